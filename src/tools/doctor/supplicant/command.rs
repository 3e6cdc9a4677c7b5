//! Commands in units and scripts (`systemd.syntax(7)`, `systemd.service(5)`).

use crate::tools::doctor::files::Files;
use crate::tools::doctor::text::{lines_of, settings};
use crate::tools::doctor::units::{parts, settings_in};

/// Names and values; of those with one name the last one counts.
pub(super) type Variables = Vec<(String, String)>;

/// From `Environment=` and from the files that a unit names; the files override it.
pub(super) fn variables(files: &Files, unit: &str) -> Variables {
    let mut variables = Variables::new();
    for setting in settings_in(files, unit, "Service", "Environment") {
        let all = split(setting.value, &Variables::new());
        let all = all.iter().filter_map(|word| word.split_once('='));
        variables.extend(all.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    for path in environment_files(files, unit) {
        for setting in settings(files.text(&path).unwrap_or_default()) {
            let value = split(setting.value, &Variables::new()).join(" ");
            variables.push((setting.key.to_owned(), value));
        }
    }
    variables
}

/// The files of `EnvironmentFile=`.
pub(super) fn environment_files(files: &Files, unit: &str) -> Vec<String> {
    let instance = parts(unit).map_or("", |(_, instance, _)| instance);
    let named = settings_in(files, unit, "Service", "EnvironmentFile");
    let named = named
        .iter()
        .map(|setting| setting.value.trim_start_matches('-'));
    named.map(|path| of_instance(path, instance)).collect()
}

/// Replaces the specifiers for the instance's name.
pub(super) fn of_instance(text: &str, instance: &str) -> String {
    text.replace("%i", instance).replace("%I", instance)
}

/// The words of a command without quotes, with the values of known variables.
pub(super) fn split(command: &str, variables: &Variables) -> Vec<String> {
    let mut words = Vec::new();
    for line in lines_of(command) {
        let mut rest = line.trim_ascii_start();
        while !rest.is_empty() {
            let (word, after) = first_word(rest);
            // A variable that stands alone can be several words.
            let name = word.strip_prefix('$').filter(|_| rest.starts_with('$'));
            let mut last_first = variables.iter().rev();
            match last_first.find(|(its, _)| name == Some(its)) {
                Some((_, value)) => words.append(&mut split(value, &Variables::new())),
                None => words.push(with_values(word, variables)),
            }
            rest = after.trim_ascii_start();
        }
    }
    words
}

/// The first word without quotes and backslashes, and what follows.
pub(in crate::tools::doctor) fn first_word(text: &str) -> (String, &str) {
    let mut word = String::new();
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, _) if character.is_ascii_whitespace() => {
                return (word, text.get(at..).unwrap_or_default());
            }
            (_, '\\') => word.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => word.push(character),
        }
    }
    (word, "")
}

/// Replaces `${NAME}`.
fn with_values(mut word: String, variables: &Variables) -> String {
    for (name, value) in variables.iter().rev() {
        word = word.replace(&format!("${{{name}}}"), value);
    }
    word
}
