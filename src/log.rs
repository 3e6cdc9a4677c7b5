//! The log: one line an event on standard error, or, where that leads to the journal, an entry with
//! fields.
//!
//! A subscriber of our own, because the usual one keeps 150 kB resident for spans, filters and formats
//! that are not used here.

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod identity;
mod journal;

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal, Write as _};
use std::sync::{Arc, OnceLock};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

pub use identity::{Name, Naming, set_naming};
use journal::Journal;

/// Starts the log; `MACVEIL_LOG` takes error, warn, info (the default), debug or trace.
pub fn start() {
    let wished = std::env::var("MACVEIL_LOG").unwrap_or_default();
    let log = Arc::new(Log {
        most: most(&wished),
        style: Style::of_standard_error(),
        journal: Journal::of_standard_error(),
    });
    // There is no other log: this is called once.
    let _ = LOG.set(Arc::clone(&log));
    let _ = tracing::subscriber::set_global_default(log);
}

static LOG: OnceLock<Arc<Log>> = OnceLock::new();

/// Writes an entry that programs may want to tell from others; the fields are for the journal.
pub(crate) fn write(level: Level, text: &str, fields: &[(&str, &str)]) {
    if let Some(log) = LOG.get().filter(|log| level <= log.most) {
        let mut line = Line(String::new());
        line.add("message", &format_args!("{text}"));
        log.write(level, &line.0, fields);
    }
}

/// An empty text would be read as `error`.
fn most(wished: &str) -> LevelFilter {
    let wished = Some(wished).filter(|wished| !wished.is_empty());
    wished
        .and_then(|wished| wished.parse().ok())
        .unwrap_or(LevelFilter::INFO)
}

struct Log {
    most: LevelFilter,
    style: Style,
    journal: Option<Journal>,
}

impl Log {
    fn write(&self, level: Level, text: &str, fields: &[(&str, &str)]) {
        let shown = |text: &str| {
            if identity::are_shown() {
                text.to_owned()
            } else {
                identity::without_addresses(text)
            }
        };
        let text = shown(text);
        if let Some(journal) = &self.journal {
            let hidden: Vec<_> = fields
                .iter()
                .map(|(key, value)| (*key, shown(value)))
                .collect();
            let usual = [
                ("MESSAGE", text.as_str()),
                ("PRIORITY", priority(level)),
                ("SYSLOG_IDENTIFIER", "macveil"),
            ];
            let fields = hidden.iter().map(|(key, value)| (*key, value.as_str()));
            let fields: Vec<_> = usual.into_iter().chain(fields).collect();
            if journal.send(&fields).is_ok() {
                return;
            }
        }
        let line = format!("{}{text}\n", self.style.prefix(level));
        // Nobody is left to be told that the log cannot be written.
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
}

/// As in syslog(3).
const fn priority(level: Level) -> &'static str {
    match level {
        Level::ERROR => "3",
        Level::WARN => "4",
        Level::INFO => "6",
        _ => "7",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// For systemd: the priority of syslog(3) between angle brackets (sd-daemon(3)).
    Journal,
    /// For a person at a terminal: the level, in colour.
    Terminal,
    /// For a file.
    Plain,
}

impl Style {
    fn of_standard_error() -> Self {
        if std::env::var_os("JOURNAL_STREAM").is_some() {
            Self::Journal
        } else if io::stderr().is_terminal() {
            Self::Terminal
        } else {
            Self::Plain
        }
    }

    const fn prefix(self, level: Level) -> &'static str {
        match (self, level) {
            (Self::Journal, Level::ERROR) => "<3>",
            (Self::Journal, Level::WARN) => "<4>",
            (Self::Journal, Level::INFO) => "<6>",
            (Self::Journal, _) => "<7>",
            (Self::Terminal, Level::ERROR) => "\x1b[31merror\x1b[0m ",
            (Self::Terminal, Level::WARN) => "\x1b[33mwarning\x1b[0m ",
            (Self::Terminal, Level::INFO) => "",
            (Self::Plain, Level::ERROR) => "error: ",
            (Self::Plain, Level::WARN) => "warning: ",
            (Self::Plain, Level::INFO) => "info: ",
            (Self::Terminal | Self::Plain, _) => "debug: ",
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= self.most
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.most)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.write(*event.metadata().level(), &line.0, &[]);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// A line in the making; what is recorded is on one line whatever it contains.
struct Line(String);

impl Line {
    fn add(&mut self, name: &str, value: &dyn fmt::Debug) {
        let start = self.0.len();
        // Writing to a string cannot fail.
        let _ = match name {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
        if self
            .0
            .get(start..)
            .is_some_and(|text| text.contains(char::is_control))
        {
            let tail = self.0.split_off(start);
            self.0.extend(
                tail.chars()
                    .map(|c| if c.is_control() { '\u{fffd}' } else { c }),
            );
        }
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field.name(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_wishes_nothing_or_nonsense_gets_the_usual() {
        assert_eq!(most(""), LevelFilter::INFO);
        assert_eq!(most("loud"), LevelFilter::INFO);
        assert_eq!(most("debug"), LevelFilter::DEBUG);
        assert_eq!(most("error"), LevelFilter::ERROR);
    }

    #[test]
    fn the_journal_gets_priorities_and_a_file_gets_words() {
        assert_eq!(Style::Journal.prefix(Level::WARN), "<4>");
        assert_eq!(Style::Journal.prefix(Level::TRACE), "<7>");
        assert_eq!(Style::Plain.prefix(Level::WARN), "warning: ");
    }

    #[test]
    fn a_stranger_cannot_begin_a_line_of_the_log() {
        struct Probe(std::sync::mpsc::Sender<String>);
        impl Subscriber for Probe {
            fn enabled(&self, _: &Metadata<'_>) -> bool {
                true
            }
            fn event(&self, event: &Event<'_>) {
                let mut line = Line(String::new());
                event.record(&mut line);
                self.0.send(line.0).unwrap();
            }
            fn new_span(&self, _: &Attributes<'_>) -> Id {
                Id::from_u64(1)
            }
            fn record(&self, _: &Id, _: &Record<'_>) {}
            fn record_follows_from(&self, _: &Id, _: &Id) {}
            fn enter(&self, _: &Id) {}
            fn exit(&self, _: &Id) {}
        }
        let (lines, read) = std::sync::mpsc::channel();
        tracing::subscriber::with_default(Probe(lines), || {
            tracing::info!(answer = %"OK\n<3>all is lost", "STATUS");
        });
        assert_eq!(
            read.recv().unwrap(),
            "STATUS answer=OK\u{fffd}<3>all is lost"
        );
    }
}
