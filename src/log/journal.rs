//! Records of the journal in its native protocol (<https://systemd.io/JOURNAL_NATIVE_PROTOCOL/>): fields, and an
//! id for each kind of message.

use std::io::{self, Write};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

use rustix::net::SendFlags;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use super::line::LineLayer;
use super::record::Record;

/// Writes each event as a record, or as a line if the journal does not take the record.
pub(super) struct JournalLayer {
    socket: JournalSocket,
    fallback: LineLayer<JournalStream>,
}

impl JournalLayer {
    pub(super) const fn new(socket: JournalSocket, fallback: LineLayer<JournalStream>) -> Self {
        Self { socket, fallback }
    }
}

impl<S: Subscriber> Layer<S> for JournalLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let record = Record::of(event);
        let target = event.metadata().target();
        if self.socket.send(&datagram(&record, target)).is_err() {
            self.fallback.write(&record);
        }
    }
}

/// Sends to the journal's socket by its path each time, because a restarted journald makes another one.
pub(super) struct JournalSocket {
    socket: UnixDatagram,
    path: PathBuf,
}

impl JournalSocket {
    pub(super) fn of_the_system() -> io::Result<Self> {
        Self::at("/run/systemd/journal/socket".into())
    }

    fn at(path: PathBuf) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        // A journal that is stuck must not stop the daemon.
        socket.set_nonblocking(true)?;
        Ok(Self { socket, path })
    }

    fn send(&self, datagram: &[u8]) -> io::Result<()> {
        self.socket.send_to(datagram, &self.path).map(drop)
    }
}

/// Standard error where it is a stream to the journal. What the journal does not take at once is lost.
pub(super) struct JournalStream;

impl Write for &JournalStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        Ok(rustix::net::send(io::stderr(), bytes, flags)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn datagram(record: &Record, target: &str) -> Vec<u8> {
    let usual = [
        ("MESSAGE", record.text.as_str()),
        ("PRIORITY", priority(record.level)),
        ("SYSLOG_IDENTIFIER", "macveil"),
        ("MACVEIL_TARGET", target),
    ];
    let fields = record.fields.iter();
    let fields = fields.map(|(name, value)| (*name, value.as_str()));
    let mut bytes = Vec::new();
    for (name, value) in usual.into_iter().chain(fields) {
        // A record has no newlines in its values: they would need another form.
        bytes.extend([name.as_bytes(), b"=", value.as_bytes(), b"\n"].concat());
    }
    bytes
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tempfile::TempDir;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::super::filter;
    use super::super::line::Style;
    use super::*;

    struct FakeJournal {
        directory: TempDir,
        listener: UnixDatagram,
    }

    impl FakeJournal {
        fn start() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let listener = UnixDatagram::bind(directory.path().join("socket")).unwrap();
            listener.set_nonblocking(true).unwrap();
            Self {
                directory,
                listener,
            }
        }

        fn path(&self) -> PathBuf {
            self.directory.path().join("socket")
        }

        fn restart(&mut self) {
            std::fs::remove_file(self.path()).unwrap();
            self.listener = UnixDatagram::bind(self.path()).unwrap();
            self.listener.set_nonblocking(true).unwrap();
        }

        fn next(&self) -> Option<String> {
            let mut buffer = [0; 1024];
            let length = self.listener.recv(&mut buffer).ok()?;
            Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
        }
    }

    fn log_to(path: &Path, action: impl FnOnce()) {
        let socket = JournalSocket::at(path.to_owned()).unwrap();
        let layer = JournalLayer::new(socket, LineLayer::new(Style::Priority, JournalStream));
        let subscriber = tracing_subscriber::registry()
            .with(layer)
            .with(filter::at(filter::DEFAULT));
        tracing::subscriber::with_default(subscriber, action);
    }

    #[test]
    fn an_event_is_a_record_with_its_fields() {
        let journal = FakeJournal::start();
        log_to(&journal.path(), || {
            tracing::warn!(
                target: "macveil::test",
                MESSAGE_ID = "0123",
                MACVEIL_NETWORK = None::<&str>,
                MACVEIL_ADDRESS = "02:00:00:00:00:07",
                "hello"
            );
        });
        assert_eq!(
            journal.next().as_deref(),
            Some(
                "MESSAGE=hello\nPRIORITY=4\nSYSLOG_IDENTIFIER=macveil\nMACVEIL_TARGET=macveil::test\n\
                 MESSAGE_ID=0123\nMACVEIL_ADDRESS=02:xx:xx:xx:xx:xx\n"
            )
        );
    }

    #[test]
    fn a_value_cannot_begin_another_field() {
        let journal = FakeJournal::start();
        log_to(&journal.path(), || {
            tracing::info!(target: "macveil::test", MACVEIL_NETWORK = "x\nPRIORITY=0", "lost\nPRIORITY=0");
        });
        assert_eq!(
            journal.next().as_deref(),
            Some(
                "MESSAGE=lost\u{fffd}PRIORITY=0\nPRIORITY=6\nSYSLOG_IDENTIFIER=macveil\n\
                 MACVEIL_TARGET=macveil::test\nMACVEIL_NETWORK=x\u{fffd}PRIORITY=0\n"
            )
        );
    }

    #[test]
    fn a_restarted_journal_receives_records_again() {
        let mut journal = FakeJournal::start();
        let path = journal.path();
        log_to(&path, || {
            tracing::info!("before");
            assert!(journal.next().unwrap().contains("MESSAGE=before\n"));
            journal.restart();
            tracing::info!("after");
            assert!(journal.next().unwrap().contains("MESSAGE=after\n"));
        });
    }

    #[test]
    fn a_full_journal_does_not_block() {
        let journal = FakeJournal::start();
        let socket = JournalSocket::at(journal.path()).unwrap();
        let refused = (0..10_000).find_map(|_| socket.send(b"MESSAGE=hello\n").err());
        assert_eq!(refused.unwrap().kind(), io::ErrorKind::WouldBlock);
    }
}
