//! Why the daemon cannot start.

use std::io;
use std::path::{Path, PathBuf};

use crate::platform::netlink;

/// Why the daemon cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Addresses cannot be set.
    #[error(
        "the capability CAP_NET_ADMIN is missing: start macveil as root or through its service unit"
    )]
    Privilege,
    /// The kernel's interfaces are not to be had.
    #[error(transparent)]
    Kernel(#[from] netlink::Error),
    /// Another daemon runs.
    #[error("another macveil is running: it holds {}", .0.display())]
    AlreadyRunning(PathBuf),
    /// Another daemon runs, with another runtime directory.
    #[error(
        "another macveil is running in this network namespace, with another runtime directory: they would compete for each interface"
    )]
    InstanceLock,
    /// The runtime directory cannot be used.
    #[error("cannot use the runtime directory {}", .path.display())]
    RuntimeDir {
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// No random numbers.
    #[error("the operating system provides no random numbers: {0}")]
    Random(String),
    /// The event loop cannot be set up.
    #[error("cannot set up the event loop")]
    Runtime(#[source] io::Error),
}

impl Error {
    pub(super) fn runtime_dir(path: &Path, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::WouldBlock {
            return Self::AlreadyRunning(path.join("lock"));
        }
        Self::RuntimeDir {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn random(error: impl std::fmt::Display) -> Self {
        Self::Random(error.to_string())
    }
}

pub(super) fn require_privilege() -> Result<(), Error> {
    if netlink::has_net_admin() {
        Ok(())
    } else {
        Err(Error::Privilege)
    }
}
