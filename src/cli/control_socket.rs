//! Questions to `wpa_supplicant` over its control socket, with one time limit for all replies.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::net::SocketAddrUnix;

use crate::platform::wpa_supplicant::{MAX_DATAGRAM_BYTES, connect_with_name};

/// For all replies together.
const REPLY_TIMEOUT: Duration = Duration::from_secs(1);

/// A client that `wpa_supplicant` can reply to whatever its user and its root directory are: it has an abstract
/// address, not a file.
pub(super) struct Client {
    socket: UnixDatagram,
    deadline: Instant,
}

impl Client {
    /// # Errors
    ///
    /// The reason: no permission, or no process listens.
    pub(super) fn open(server: &Path) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        connect_with_name(&socket, &SocketAddrUnix::new(server)?)?;
        Ok(Self {
            socket,
            deadline: Instant::now() + REPLY_TIMEOUT,
        })
    }

    /// Sends a request, and waits for its reply.
    ///
    /// # Errors
    ///
    /// The reason: `wpa_supplicant` has ended, or there is no reply in time.
    pub(super) fn request(&self, request: &str) -> io::Result<String> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        // Zero would be no limit.
        let left = Some(left.max(Duration::from_millis(1)));
        self.socket.set_write_timeout(left)?;
        self.socket.set_read_timeout(left)?;
        let mut reply = [0; MAX_DATAGRAM_BYTES];
        let sent = self.socket.send(request.as_bytes());
        let length = sent.and_then(|_| self.socket.recv(&mut reply));
        let length = length.map_err(in_words)?;
        let reply = reply.get(..length).unwrap_or_default();
        Ok(String::from_utf8_lossy(reply).into_owned())
    }
}

fn in_words(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock {
        let words = format!("no reply within {} s", REPLY_TIMEOUT.as_secs());
        return io::Error::new(io::ErrorKind::TimedOut, words);
    }
    error
}
