//! Targets of the fuzzer: files of the state directory.

use super::history::{parse, print};
use crate::fuzzing::text;

/// The history of renewed addresses: what is read is written so that it is read again.
pub(crate) fn history(data: &[u8]) {
    let text = text(data);
    match parse(&text) {
        Ok(history) => assert_eq!(parse(&print(&history)), Ok(history)),
        Err(line) => assert!((1..=text.lines().count().max(1)).contains(&line)),
    }
}
