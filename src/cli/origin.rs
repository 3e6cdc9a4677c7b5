//! The origin of a value as JSON.

use macveil_core::address::Origin;
use serde::Serialize;

/// A position in a file; null in JSON for settings that are not in a file.
#[derive(Serialize)]
pub(super) struct Position<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

pub(super) fn position(origin: &Origin) -> Option<Position<'_>> {
    match origin {
        Origin::BuiltIn | Origin::Arguments => None,
        Origin::Line { file, line, column } => Some(Position {
            file,
            line: *line,
            column: *column,
        }),
    }
}
