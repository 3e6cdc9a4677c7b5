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
/// No reply is longer.
const LONGEST_REPLY: usize = 1 << 20;

/// A connection to the daemon.
#[derive(Debug)]
pub struct Client {
    path: PathBuf,
    stream: UnixStream,
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
    #[error("the macveil at {} did not answer within {} s", .0.display(), PATIENCE.as_secs())]
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
        match Reply::read(&line, request) {
            Ok(Reply::Fault(fault)) => Err(fault.into()),
            Ok(reply) => Ok(reply),
            Err(source) => Err(ClientError::Unreadable {
                path: self.path.clone(),
                source,
            }),
        }
    }

    fn exchange(&mut self, request: &Request) -> io::Result<Vec<u8>> {
        let deadline = Instant::now() + PATIENCE;
        self.stream.set_write_timeout(Some(PATIENCE))?;
        let request = request.to_line() + "\n";
        match self.stream.write_all(request.as_bytes()) {
            // Who was sent away finds the reason in what was already said.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            sent => sent?,
        }
        let mut line = Vec::new();
        let mut chunk = [0; 4096];
        while !line.ends_with(b"\n") {
            let left = deadline.saturating_duration_since(Instant::now());
            // Zero would wait for ever.
            let left = left.max(Duration::from_millis(1));
            self.stream.set_read_timeout(Some(left))?;
            match self.stream.read(&mut chunk)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                count => line.extend_from_slice(chunk.get(..count).unwrap_or_default()),
            }
            if line.len() > LONGEST_REPLY {
                return Err(ErrorKind::FileTooLarge.into());
            }
        }
        line.pop();
        Ok(line)
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
