//! The end of a session.

use std::io;

/// Why a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// The socket file was removed or replaced.
    Removed,
    /// The process has ended.
    Died,
    /// No process listens on the socket.
    Refused,
    /// No answer within the timeout; it can still arrive.
    Silent,
    /// No permission to send.
    Denied,
    /// macveil's own sockets could not be created.
    NoClientSocket(String),
    /// Any other reason.
    Broken(String),
}

impl End {
    /// Converts an error on macveil's own socket.
    pub(super) fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::NotFound => Self::Removed,
            io::ErrorKind::PermissionDenied => Self::Denied,
            _ => Self::Broken(error.to_string()),
        }
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Removed => "its control socket is gone",
            Self::Died => "its process has ended",
            Self::Refused => "no process listens on its control socket",
            Self::Silent => "no answer in time",
            Self::Denied => "permission denied on its control socket",
            Self::NoClientSocket(reason) | Self::Broken(reason) => reason,
        })
    }
}
