//! Fuzz target: the text of a log record.

use tracing::Level;

use super::record::Record;
use super::redaction::{is_address, without_addresses};
use crate::fuzzing::{assert_harmless, text};

/// Any text gives one line without control characters, and no address is left in it.
pub(crate) fn line(data: &[u8]) {
    let text = text(data);
    let redacted = without_addresses(&text);
    assert_eq!(redacted.len(), text.len());
    assert!(!redacted.as_bytes().windows(17).any(is_address));
    let mut record = Record::new(Level::INFO);
    for name in ["message", "answer", "MACVEIL_NETWORK"] {
        record.add(name, format_args!("{text}"));
    }
    record.redact();
    let fields = record.fields.iter().map(|(_, value)| value);
    for text in fields.chain([&record.text]) {
        assert_harmless(text);
        assert!(!text.as_bytes().windows(17).any(is_address));
    }
}
