//! The journal's own protocol (<https://systemd.io/JOURNAL_NATIVE_PROTOCOL/>), for entries that programs can
//! tell apart: fields, and an id for each kind of message.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

/// Where the journal listens.
const SOCKET: &str = "/run/systemd/journal/socket";

/// A way to the journal.
#[derive(Debug)]
pub(super) struct Journal(UnixDatagram);

impl Journal {
    /// The journal, if it is what standard error leads to.
    pub(super) fn of_standard_error() -> Option<Self> {
        let stream = std::env::var("JOURNAL_STREAM").ok()?;
        let error = std::fs::metadata("/proc/self/fd/2").ok()?;
        let is_it = stream == format!("{}:{}", error.dev(), error.ino());
        is_it.then(|| Self::at(Path::new(SOCKET)).ok()).flatten()
    }

    pub(super) fn at(path: &Path) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.connect(path)?;
        // Whoever protects a card does not wait for the log.
        socket.set_nonblocking(true)?;
        Ok(Self(socket))
    }

    pub(super) fn send(&self, fields: &[(&str, &str)]) -> io::Result<()> {
        self.0.send(&datagram(fields)).map(drop)
    }
}

/// Values of several lines, which nothing here makes, would have their length in front.
fn datagram(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, value) in fields {
        bytes.extend_from_slice(key.as_bytes());
        if value.contains('\n') {
            bytes.push(b'\n');
            let length = u64::try_from(value.len()).unwrap_or(u64::MAX);
            bytes.extend_from_slice(&length.to_le_bytes());
        } else {
            bytes.push(b'=');
        }
        bytes.extend_from_slice(value.as_bytes());
        bytes.push(b'\n');
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_begin_another_field() {
        let fields = [("MESSAGE", "all is lost\nPRIORITY=0"), ("PRIORITY", "6")];
        let expected = b"MESSAGE\n\x16\0\0\0\0\0\0\0all is lost\nPRIORITY=0\nPRIORITY=6\n";
        assert_eq!(datagram(&fields), expected);
    }

    #[test]
    fn what_is_sent_arrives_as_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let listener = UnixDatagram::bind(&path).unwrap();
        let journal = Journal::at(&path).unwrap();
        journal
            .send(&[("MESSAGE", "hello"), ("PRIORITY", "4")])
            .unwrap();
        let mut room = [0; 64];
        let count = listener.recv(&mut room).unwrap();
        assert_eq!(&room[..count], b"MESSAGE=hello\nPRIORITY=4\n");
    }

    #[test]
    fn a_journal_that_takes_nothing_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let _deaf = UnixDatagram::bind(&path).unwrap();
        let journal = Journal::at(&path).unwrap();
        let refused = (0..10_000).find_map(|_| journal.send(&[("MESSAGE", "hello")]).err());
        assert_eq!(refused.unwrap().kind(), io::ErrorKind::WouldBlock);
    }
}
