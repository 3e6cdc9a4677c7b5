//! A configuration file's text, and where in it something stands.

use std::ops::Range;
use std::sync::Arc;

use crate::address::Place;

/// A file that was read.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) file: Arc<str>,
    pub(super) text: String,
}

/// A position for people: both numbers count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A line of a file with a part of it marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The line, with what could disturb a terminal replaced.
    pub line: String,
    /// Marks below it: what stands before the marked part as white space, then carets.
    pub marks: String,
}

impl Source {
    /// The place of a span, for later reference.
    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        let Position { line, column } = self.position(span.start);
        Place::Line {
            file: Arc::clone(&self.file),
            line,
            column,
        }
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let before = self.before(offset);
        let in_line = before.rsplit('\n').next().unwrap_or_default();
        Position {
            line: before.matches('\n').count() + 1,
            column: in_line.chars().count() + 1,
        }
    }

    pub(super) fn excerpt(&self, span: &Range<usize>) -> Excerpt {
        let before = self
            .before(span.start)
            .rsplit('\n')
            .next()
            .unwrap_or_default();
        let start = self.before(span.start).len() - before.len();
        let line = self.text.get(start..).unwrap_or_default();
        let line = line.lines().next().unwrap_or_default();
        let marked = span.len().min(line.len().saturating_sub(before.len()));
        let marked = line
            .get(before.len()..before.len() + marked)
            .map_or(marked, |marked| marked.chars().count());
        let indent = before.chars().map(|c| if c == '\t' { '\t' } else { ' ' });
        Excerpt {
            line: harmless(line),
            marks: indent
                .chain(std::iter::repeat_n('^', marked.max(1)))
                .collect(),
        }
    }

    /// The text before an offset, moved back to where a character begins.
    fn before(&self, offset: usize) -> &str {
        let offset = offset.min(self.text.len());
        let mut ends = (0..=offset).rev();
        ends.find_map(|end| self.text.get(..end))
            .unwrap_or_default()
    }
}

/// The text without anything that could disturb a terminal.
pub(crate) fn harmless(text: &str) -> String {
    let harmless = |character: char| match character {
        '\t' => '\t',
        control if control.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    };
    text.chars().map(harmless).collect()
}
