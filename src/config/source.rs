//! The text of a configuration file, and positions in it.

use std::ops::Range;
use std::sync::Arc;

use macveil_core::address::Origin;

/// The text of a file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) file: Arc<str>,
    pub(super) text: String,
    /// Byte offset of each line.
    lines: Vec<usize>,
}

/// A position: line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Characters shown of a line.
const MAX_WIDTH: usize = 160;

/// A line of a file with a marked part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The line, without control characters.
    pub line: String,
    /// Carets below the marked part.
    pub marks: String,
}

impl Source {
    pub(super) fn new(file: Arc<str>, text: String) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Self { file, text, lines }
    }

    /// The origin of a value at this span.
    pub(super) fn origin(&self, span: &Range<usize>) -> Origin {
        let Position { line, column } = self.position(span.start);
        Origin::Line {
            file: Arc::clone(&self.file),
            line,
            column,
        }
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let (line, before) = self.before(offset);
        let before = self.text.get(before).unwrap_or_default();
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    pub(super) fn excerpt(&self, span: &Range<usize>) -> Excerpt {
        let (_, before) = self.before(span.start);
        let line = self.text.get(before.start..).unwrap_or_default();
        let line = line.lines().next().unwrap_or_default();
        let (before, rest) = line.split_at_checked(before.len()).unwrap_or((line, ""));
        let marked = span.len().min(rest.len());
        let marked = rest
            .get(..marked)
            .map_or(marked, |marked| marked.chars().count());
        let left_out = match before.chars().count() {
            short if short < MAX_WIDTH / 2 => 0,
            long => long - MAX_WIDTH / 2,
        };
        let shown: String = line.chars().skip(left_out).take(MAX_WIDTH).collect();
        let indent = before.chars().skip(left_out);
        let indent = indent.map(|c| if c == '\t' { '\t' } else { ' ' });
        Excerpt {
            line: harmless(&shown),
            marks: indent
                .chain(std::iter::repeat_n('^', marked.clamp(1, MAX_WIDTH / 2)))
                .collect(),
        }
    }

    /// The number of the line at an offset, and the span from the start of the line to the offset. The
    /// offset is moved back to a character boundary.
    fn before(&self, offset: usize) -> (usize, Range<usize>) {
        let offset = offset.min(self.text.len());
        let mut ends = (0..=offset).rev();
        let end = ends.find(|&end| self.text.is_char_boundary(end));
        let end = end.unwrap_or_default();
        let number = self.lines.partition_point(|&start| start <= end);
        let start = self.lines.get(number.saturating_sub(1)).copied();
        (number, start.unwrap_or_default()..end)
    }
}

/// The text with control characters replaced, except tabs.
pub(crate) fn harmless(text: &str) -> String {
    let printable = |character: char| match character {
        '\t' => '\t',
        control if control.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    };
    text.chars().map(printable).collect()
}
