//! The sentences a story may use.

mod check;
mod event;
mod given;
mod trouble;
mod values;

use super::story::{Line, Step, Story};
use super::words::split;
use check::check;
use event::event;
use given::given;
pub use values::shell_words;

/// Reads a story: a title, then one step a line. `and` goes on as the line before it.
pub fn parse(text: &str) -> Result<Story, String> {
    let mut title = None;
    let mut lines = Vec::new();
    let mut kind = None;
    for (index, raw) in text.lines().enumerate() {
        let number = index + 1;
        let text = raw.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if title.is_none() {
            title = Some(text.to_owned());
            continue;
        }
        let (keyword, sentence) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        kind = match keyword {
            "and" => kind,
            "given" | "when" | "then" => Some(keyword),
            _ => {
                return Err(format!(
                    "line {number}: {keyword:?} is not given, when, then or and"
                ));
            }
        };
        let at_line = |problem: String| format!("line {number}: {problem}: {text}");
        let words = split(sentence).map_err(at_line)?;
        let step = match kind {
            Some("given") => given(&words),
            Some("when") => event(&words).map(Step::When),
            Some("then") => check(&words).map(Step::Then),
            _ => Err("the first step cannot be an \"and\"".to_owned()),
        };
        lines.push(Line {
            number,
            text: format!("{} {}", kind.unwrap_or(keyword), sentence.trim()),
            step: step.map_err(at_line)?,
        });
    }
    let title = title.ok_or("the story is empty")?;
    Ok(Story { title, lines })
}
