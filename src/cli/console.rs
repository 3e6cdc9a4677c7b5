//! What people read on a terminal.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;

/// The minimum width of a console.
const WIDTH: usize = 80;

/// Whether what matters is set off by colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Coloured,
}

impl Paint {
    /// Colour is used on terminals, unless `NO_COLOR` is set (no-color.org).
    pub(super) fn on(output: &impl IsTerminal) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if is_screen(output) && !unwanted {
            Self::Coloured
        } else {
            Self::Plain
        }
    }

    pub(super) fn put(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// Whether it is a terminal that can be written over.
pub(super) fn is_screen(output: &impl IsTerminal) -> bool {
    output.is_terminal() && !is_dumb(std::env::var_os("TERM").as_deref())
}

/// As terminals say it of themselves in TERM (terminfo's `dumb`), or say nothing.
fn is_dumb(term: Option<&OsStr>) -> bool {
    term.is_none_or(|term| term.is_empty() || term == "dumb")
}

/// How many lines a terminal has now, if it knows.
pub(super) fn rows(output: impl AsFd) -> Option<usize> {
    let rows = tcgetwinsize(output).ok()?.ws_row;
    (rows > 0).then(|| rows.into())
}

/// The first of the lines, so that all is seen that fits above the cursor, and how many are not.
pub(super) fn fitted(text: &str, rows: Option<usize>) -> String {
    let lines: Vec<_> = text.lines().collect();
    let room = rows.map_or(usize::MAX, |rows| rows.saturating_sub(1).max(1));
    if lines.len() <= room {
        return text.to_owned();
    }
    let (shown, hidden) = lines.split_at(room - 1);
    let mut fitted: String = shown.iter().flat_map(|line| [line, "\n"]).collect();
    let _ = writeln!(fitted, "... and {} lines more", hidden.len());
    fitted
}

pub(super) const BOLD: &str = "1";
pub(super) const GREEN: &str = "32";
pub(super) const YELLOW: &str = "33";
pub(super) const RED: &str = "1;31";

/// Broken between words, under one another: what stands at `indent` in its first line.
pub(super) fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut column = indent;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > indent && column + 1 + width > WIDTH - 1 {
            let _ = write!(lines, "\n{:indent$}", "");
            column = indent;
        } else if column > indent {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += width;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_shown_whole() {
        assert_eq!(fitted("a\nb\nc\n", Some(4)), "a\nb\nc\n");
        assert_eq!(fitted("a\nb\nc\n", None), "a\nb\nc\n");
    }

    #[test]
    fn what_does_not_fit_leaves_a_line_for_the_cursor() {
        assert_eq!(
            fitted("a\nb\nc\nd\n", Some(4)),
            "a\nb\n... and 2 lines more\n"
        );
        assert_eq!(fitted("a\nb\n", Some(1)), "... and 2 lines more\n");
        assert_eq!(fitted("a\nb\n", Some(0)), "... and 2 lines more\n");
    }

    #[test]
    fn a_terminal_that_says_nothing_of_itself_is_not_written_over() {
        assert!(
            is_dumb(None) && is_dumb(Some(OsStr::new(""))) && is_dumb(Some(OsStr::new("dumb")))
        );
        assert!(!is_dumb(Some(OsStr::new("linux"))));
    }
}
