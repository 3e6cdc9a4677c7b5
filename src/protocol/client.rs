//! Asks a running daemon, and waits for its answer.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use super::fields::Malformed;
use super::{Fault, Group, Reply, Request};

/// A daemon that answers at all does so within moments.
const PATIENCE: Duration = Duration::from_secs(5);
/// The card may be busy with another program's scan, which is waited for.
const PATIENCE_FOR_SCANS: Duration = Duration::from_secs(40);
/// No reply is longer.
const LONGEST_REPLY: usize = 1 << 20;

/// A connection to the daemon.
#[derive(Debug)]
pub struct Client {
    path: PathBuf,
    stream: UnixStream,
    /// What was read beyond the last line.
    rest: Vec<u8>,
}

/// The daemon cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens.
    #[error(
        "macveil is not running: nobody listens at {}; start it with `systemctl start macveil`, or `macveil run`",
        .0.display()
    )]
    NoDaemon(PathBuf),
    /// The socket is not for this user.
    #[error("{} is only for {who}", .path.display())]
    NotAllowed {
        /// The socket.
        path: PathBuf,
        /// Who may connect.
        who: String,
    },
    /// Too many want to connect.
    #[error("the macveil at {} is busy with other clients; try again", .0.display())]
    Busy(PathBuf),
    /// Nothing came back in time.
    #[error("the macveil at {} did not answer in time", .0.display())]
    TimedOut(PathBuf),
    /// The connection broke.
    #[error("cannot talk to the macveil at {}", .path.display())]
    Broken {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The answer makes no sense; it may be from another version.
    #[error("cannot read the answer of the macveil at {}; is it of another version?", .path.display())]
    Unreadable {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: Malformed,
    },
    /// The daemon says no.
    #[error(transparent)]
    Refused(#[from] Fault),
}

impl Client {
    /// Connects to the socket of a daemon.
    ///
    /// # Errors
    ///
    /// There is no daemon, or it is not for this user.
    pub fn connect(path: &Path) -> Result<Self, ClientError> {
        let stream = connect(path).map_err(|error| not_connected(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            stream,
            rest: Vec::new(),
        })
    }

    /// Asks, and waits for the reply.
    ///
    /// # Errors
    ///
    /// The daemon says no, or nothing that can be understood in time.
    pub fn ask(&mut self, request: &Request) -> Result<Reply, ClientError> {
        let line = self.exchange(request).map_err(|source| {
            let path = self.path.clone();
            match source.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => ClientError::TimedOut(path),
                _ => ClientError::Broken { path, source },
            }
        })?;
        self.understood(&line, request)
    }

    /// The next line of events, without its newline; `None`: none came within `patience`.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub fn next_line(
        &mut self,
        patience: Option<Duration>,
    ) -> Result<Option<Vec<u8>>, ClientError> {
        let deadline = patience.map(|patience| Instant::now() + patience);
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

    /// What cannot be read of a line of events.
    #[must_use]
    pub fn unreadable(&self, source: Malformed) -> ClientError {
        ClientError::Unreadable {
            path: self.path.clone(),
            source,
        }
    }

    fn understood(&self, line: &[u8], request: &Request) -> Result<Reply, ClientError> {
        match Reply::read(line, request) {
            Ok(Reply::Fault(fault)) => Err(fault.into()),
            Ok(reply) => Ok(reply),
            Err(source) => Err(self.unreadable(source)),
        }
    }

    fn exchange(&mut self, request: &Request) -> io::Result<Vec<u8>> {
        let deadline = Instant::now() + patience(request);
        self.stream.set_write_timeout(Some(PATIENCE))?;
        let request = request.to_line() + "\n";
        match self.stream.write_all(request.as_bytes()) {
            // Who was sent away finds the reason in what was already said.
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
            if searched > LONGEST_REPLY {
                return Err(ErrorKind::FileTooLarge.into());
            }
            let left = deadline.map(|deadline| {
                let left = deadline.saturating_duration_since(Instant::now());
                // Zero would wait for ever.
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

/// All but scans are answered within moments.
const fn patience(request: &Request) -> Duration {
    match request {
        Request::Scan { .. } => PATIENCE_FOR_SCANS,
        _ => PATIENCE,
    }
}

/// Without waiting for a place in a queue that is full.
fn connect(path: &Path) -> io::Result<UnixStream> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

pub(super) fn not_connected(path: &Path, source: io::Error) -> ClientError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => ClientError::NoDaemon(path),
        ErrorKind::PermissionDenied => ClientError::NotAllowed {
            who: who_may_connect(&path),
            path,
        },
        ErrorKind::WouldBlock => ClientError::Busy(path),
        _ => ClientError::Broken { path, source },
    }
}

/// As far as the socket's file tells.
fn who_may_connect(path: &Path) -> String {
    const GROUP_WRITES: u32 = 0o020;
    match fs::metadata(path) {
        Ok(file) if file.file_type().is_socket() && file.mode() & GROUP_WRITES != 0 => {
            format!("root and the group {}", Group::with_id(file.gid()).name)
        }
        _ => "root (control-group in the configuration lets a group in)".to_owned(),
    }
}
