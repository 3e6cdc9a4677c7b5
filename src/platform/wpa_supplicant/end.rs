//! How a conversation ends.

use std::io;

/// Why a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// The socket file is gone or another one.
    Removed,
    /// Nobody has the socket open.
    Refused,
    /// The answer did not come; it may still come.
    Silent,
    /// We may not send.
    Denied,
    /// Our own sockets could not be made.
    NoClientSocket(String),
    /// Something else.
    Broken(String),
}

impl End {
    /// What an error of our own socket says of the other.
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
            Self::Refused => "nobody listens on its control socket",
            Self::Silent => "no answer in time",
            Self::Denied => "permission denied on its control socket",
            Self::NoClientSocket(reason) | Self::Broken(reason) => reason,
        })
    }
}
