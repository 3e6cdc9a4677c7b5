//! One event as it is written.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::redaction;

/// An event's text and fields, on one line each and redacted.
pub(super) struct Record {
    pub(super) level: Level,
    /// The message and the fields in lower case.
    pub(super) text: String,
    /// The fields in capitals, which are for the journal only.
    pub(super) fields: Vec<(&'static str, String)>,
}

impl Record {
    pub(super) fn of(event: &Event<'_>) -> Self {
        let mut record = Self::new(*event.metadata().level());
        event.record(&mut record);
        if !redaction::shows_identities() {
            record.redact();
        }
        record
    }

    pub(super) fn new(level: Level) -> Self {
        Self {
            level,
            text: String::new(),
            fields: Vec::new(),
        }
    }

    pub(super) fn redact(&mut self) {
        let fields = self.fields.iter_mut().map(|(_, value)| value);
        for text in fields.chain([&mut self.text]) {
            *text = redaction::without_addresses(text);
        }
    }

    pub(super) fn add(&mut self, name: &'static str, value: fmt::Arguments<'_>) {
        if name.starts_with(|first: char| first.is_ascii_uppercase()) {
            self.fields.push((name, on_one_line(value)));
            return;
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        // tracing records the message first.
        if name != "message" {
            self.text.extend([name, "="]);
        }
        self.text.push_str(&on_one_line(value));
    }
}

impl Visit for Record {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field.name(), format_args!("{value:?}"));
    }
}

/// Without control characters, which could begin a line or steer a terminal.
fn on_one_line(value: fmt::Arguments<'_>) -> String {
    let text = value.to_string();
    if !text.contains(char::is_control) {
        return text;
    }
    let harmless = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(harmless).collect()
}
