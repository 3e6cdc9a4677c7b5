//! Targets of the fuzzer: what ends up in a line of the log.

use super::Line;
use super::identity::{is_address, without_addresses};
use crate::fuzzing::{assert_harmless, text};

/// One line whatever it says, and no address in it by which somebody could be known.
pub(crate) fn line(data: &[u8]) {
    let text = text(data);
    let veiled = without_addresses(&text);
    assert_eq!(veiled.len(), text.len());
    assert!(!veiled.as_bytes().windows(17).any(is_address));
    let mut line = Line(String::new());
    line.add("message", &format_args!("{text}"));
    line.add("answer", &format_args!("{text}"));
    assert_harmless(&line.0);
}
