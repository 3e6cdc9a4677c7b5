//! The client: sends requests to a running daemon.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use super::{Fault, Malformed, Reply, Request};

const REPLY_TIMEOUT: Duration = Duration::from_secs(5);
/// The daemon waits for scans of other programs first.
const SCAN_TIMEOUT: Duration = Duration::from_secs(40);
const MAX_REPLY: usize = 1 << 20;

/// A connection to the daemon.
#[derive(Debug)]
pub struct Client {
    path: PathBuf,
    stream: UnixStream,
    /// The bytes after the last line.
    rest: Vec<u8>,
}

/// A request has failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No daemon is running.
    #[error(
        "start it with `sudo systemctl start macveil`, or `sudo macveil run` (no daemon listens at {})",
        .0.display()
    )]
    NoDaemon(PathBuf),
    /// The user has no permission.
    #[error("permission denied at {}", .path.display())]
    NotAllowed {
        /// The socket.
        path: PathBuf,
        /// The group that may connect, with root.
        group: Option<u32>,
    },
    /// Too many clients are waiting.
    #[error("macveil at {} is busy with other clients; try again", .0.display())]
    Busy(PathBuf),
    /// No reply came in time.
    #[error("macveil at {} did not reply in time", .0.display())]
    TimedOut(PathBuf),
    /// The connection failed.
    #[error("connection to macveil at {} failed", .path.display())]
    Broken {
        /// The socket.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The reply is not valid; the daemon may be of another version.
    #[error("cannot read the reply of macveil at {}; is it another version?", .path.display())]
    Unreadable {
        /// The socket.
        path: PathBuf,
        /// The reason.
        source: Malformed,
    },
    /// The daemon refused the request.
    #[error(transparent)]
    Refused(#[from] Fault),
}

impl Client {
    /// Connects to the socket of a daemon.
    ///
    /// # Errors
    ///
    /// No daemon is running, or the user has no permission.
    pub fn connect(path: &Path) -> Result<Self, ClientError> {
        let stream = connect(path).map_err(|error| not_connected(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            stream,
            rest: Vec::new(),
        })
    }

    /// Sends a request and waits for the reply.
    ///
    /// # Errors
    ///
    /// The daemon refused the request, or sent no valid reply in time.
    pub fn ask(&mut self, request: &Request) -> Result<Reply, ClientError> {
        let line = self.exchange(request).map_err(|source| {
            let path = self.path.clone();
            match source.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => ClientError::TimedOut(path),
                _ => ClientError::Broken { path, source },
            }
        })?;
        Ok(Reply::read(&line, request).map_err(|source| self.unreadable(source))??)
    }

    /// The next line of events, without its newline; `None` after the timeout.
    ///
    /// # Errors
    ///
    /// The connection failed.
    pub fn next_line(&mut self, timeout: Option<Duration>) -> Result<Option<Vec<u8>>, ClientError> {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        match self.read_line(deadline) {
            Ok(line) => Ok(Some(line)),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Ok(None)
            }
            Err(source) => Err(ClientError::Broken {
                path: self.path.clone(),
                source,
            }),
        }
    }

    /// The error for a line of events that is not valid.
    #[must_use]
    pub fn unreadable(&self, source: Malformed) -> ClientError {
        ClientError::Unreadable {
            path: self.path.clone(),
            source,
        }
    }

    fn exchange(&mut self, request: &Request) -> io::Result<Vec<u8>> {
        let deadline = Instant::now() + reply_timeout(request);
        self.stream.set_write_timeout(Some(REPLY_TIMEOUT))?;
        let request = request.to_line() + "\n";
        match self.stream.write_all(request.as_bytes()) {
            // A client that the daemon refuses finds the reason in the reply.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            sent => sent?,
        }
        self.read_line(Some(deadline))
    }

    fn read_line(&mut self, deadline: Option<Instant>) -> io::Result<Vec<u8>> {
        let mut chunk = [0; 4096];
        let mut searched = 0;
        loop {
            let unsearched = self.rest.get(searched..).unwrap_or_default();
            if let Some(end) = unsearched.iter().position(|&byte| byte == b'\n') {
                let mut line: Vec<_> = self.rest.drain(..=searched + end).collect();
                line.pop();
                return Ok(line);
            }
            searched = self.rest.len();
            if searched > MAX_REPLY {
                return Err(ErrorKind::FileTooLarge.into());
            }
            let left = deadline.map(|deadline| {
                let left = deadline.saturating_duration_since(Instant::now());
                // Zero would mean no timeout.
                left.max(Duration::from_millis(1))
            });
            self.stream.set_read_timeout(left)?;
            match self.stream.read(&mut chunk)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                count => self
                    .rest
                    .extend_from_slice(chunk.get(..count).unwrap_or_default()),
            }
        }
    }
}

const fn reply_timeout(request: &Request) -> Duration {
    match request {
        Request::Scan { .. } => SCAN_TIMEOUT,
        _ => REPLY_TIMEOUT,
    }
}

/// Connects without waiting if the queue is full.
fn connect(path: &Path) -> io::Result<UnixStream> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

pub(crate) fn not_connected(path: &Path, source: io::Error) -> ClientError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => ClientError::NoDaemon(path),
        ErrorKind::PermissionDenied => ClientError::NotAllowed {
            group: group_of(&path),
            path,
        },
        ErrorKind::WouldBlock => ClientError::Busy(path),
        _ => ClientError::Broken { path, source },
    }
}

/// The group that may connect, if the socket's file has one.
fn group_of(path: &Path) -> Option<u32> {
    const GROUP_WRITES: u32 = 0o020;
    let file = fs::metadata(path).ok()?;
    let is_open = file.file_type().is_socket() && file.mode() & GROUP_WRITES != 0;
    is_open.then(|| file.gid())
}
