//! Fuzz target: files of the state directory.

use super::history::{parse, print};
use crate::fuzzing::text;

/// A history that parses survives being written and parsed again; an error has the number of a line.
pub(crate) fn history(data: &[u8]) {
    let text = text(data);
    match parse(&text) {
        Ok(history) => assert_eq!(parse(&print(&history)), Ok(history)),
        Err(line) => assert!((1..=text.lines().count().max(1)).contains(&line)),
    }
}
