//! Lines of text.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use super::record::Record;

/// Writes each event as a line to `W`.
pub(super) struct LineLayer<W> {
    style: Style,
    output: W,
}

impl<W> LineLayer<W>
where
    for<'a> &'a W: Write,
{
    pub(super) const fn new(style: Style, output: W) -> Self {
        Self { style, output }
    }

    pub(super) fn write(&self, record: &Record) {
        let line = format!("{}{}\n", self.style.prefix(record.level), record.text);
        // There is nowhere else to report that the log cannot be written.
        let _ = (&self.output).write_all(line.as_bytes());
    }
}

impl<S, W> Layer<S> for LineLayer<W>
where
    S: Subscriber,
    W: 'static,
    for<'a> &'a W: Write,
{
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.write(&Record::of(event));
    }
}

/// How a line shows its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// For systemd: the priority of syslog(3) in angle brackets (sd-daemon(3)).
    Priority,
    /// For a terminal: a word in colour.
    Colour,
    /// For a file.
    Word,
}

impl Style {
    pub(super) fn of_standard_error() -> Self {
        let stderr = io::stderr();
        let stream = std::env::var("JOURNAL_STREAM");
        if stream.is_ok_and(|stream| is_journal_stream(&stream, &stderr)) {
            Self::Priority
        } else if stderr.is_terminal() {
            Self::Colour
        } else {
            Self::Word
        }
    }

    const fn prefix(self, level: Level) -> &'static str {
        match (self, level) {
            (Self::Priority, Level::ERROR) => "<3>",
            (Self::Priority, Level::WARN) => "<4>",
            (Self::Priority, Level::INFO) => "<6>",
            (Self::Priority, _) => "<7>",
            (Self::Colour, Level::ERROR) => "\x1b[31merror\x1b[0m ",
            (Self::Colour, Level::WARN) => "\x1b[33mwarning\x1b[0m ",
            (Self::Colour, Level::INFO) => "",
            (Self::Word, Level::ERROR) => "error: ",
            (Self::Word, Level::WARN) => "warning: ",
            (Self::Word, Level::INFO) => "info: ",
            (Self::Colour | Self::Word, _) => "debug: ",
        }
    }
}

/// Whether the file is the one that `JOURNAL_STREAM` names by device and inode (systemd.exec(5)): a program that
/// a service starts inherits the variable, wherever its own output goes.
fn is_journal_stream(stream: &str, file: &impl AsFd) -> bool {
    rustix::fs::fstat(file).is_ok_and(|file| stream == format!("{}:{}", file.st_dev, file.st_ino))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::super::filter;
    use super::*;

    /// What is logged while `action` runs.
    fn logged(style: Style, action: impl FnOnce()) -> String {
        let (mut reader, writer) = io::pipe().unwrap();
        let subscriber = tracing_subscriber::registry()
            .with(LineLayer::new(style, writer))
            .with(filter::at(filter::DEFAULT));
        tracing::subscriber::with_default(subscriber, action);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn each_style_shows_the_level() {
        let event = || tracing::warn!("it rains");
        assert_eq!(logged(Style::Priority, event), "<4>it rains\n");
        assert_eq!(logged(Style::Word, event), "warning: it rains\n");
        assert_eq!(
            logged(Style::Colour, event),
            "\x1b[33mwarning\x1b[0m it rains\n"
        );
        assert_eq!(Style::Priority.prefix(Level::TRACE), "<7>");
    }

    #[test]
    fn control_characters_cannot_begin_a_line() {
        let text = logged(Style::Word, || {
            tracing::info!(answer = %"OK\n<3>all is lost\x1b[31m\u{9b}", "STATUS\r\n");
        });
        assert_eq!(
            text,
            "info: STATUS\u{fffd}\u{fffd} answer=OK\u{fffd}<3>all is lost\u{fffd}[31m\u{fffd}\n"
        );
    }

    #[test]
    fn fields_for_the_journal_are_not_in_the_line() {
        let text = logged(Style::Word, || {
            tracing::info!(
                MACVEIL_EVENT = "connected",
                tries = 2,
                "wlan0: address 02:12:34:56:78:9a"
            );
        });
        assert_eq!(text, "info: wlan0: address 02:xx:xx:xx:xx:xx tries=2\n");
    }

    #[test]
    fn only_the_stream_that_systemd_named_is_the_journal() {
        let (reader, _writer) = io::pipe().unwrap();
        let file = rustix::fs::fstat(&reader).unwrap();
        let stream = format!("{}:{}", file.st_dev, file.st_ino);
        assert!(is_journal_stream(&stream, &reader));
        assert!(!is_journal_stream("1:2", &reader));
    }
}
