//! What is said when a file cannot be read or changed.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::text::Fault;

/// One of iwd's files could not be read or changed. Nothing of what is in it is said.
#[derive(Debug, thiserror::Error)]
#[error("cannot {tried} iwd's {}: {reason}", path.display())]
pub struct FileError {
    tried: &'static str,
    path: PathBuf,
    reason: Reason,
}

/// Why it could not.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// The kernel's answer.
    #[error("{0}")]
    Kernel(#[from] io::Error),
    /// What is in it.
    #[error("{0}; iwd does not read it either")]
    Text(#[from] Fault),
    /// A symbolic link, such as systems that are built from a description have.
    #[error("it is a symbolic link, which macveil does not replace: put a file there")]
    Link,
    /// A directory, a pipe, a device.
    #[error("it is no file")]
    NoFile,
    /// It belongs to this user.
    #[error("it belongs to user {0}, who could have put it there: `chown root` it if it is right")]
    Owner(u32),
    /// It is larger than this, in bytes.
    #[error("it is larger than {0} bytes, which no network's settings are")]
    Size(u64),
}

impl FileError {
    pub(super) fn new(tried: &'static str, path: &Path, reason: Reason) -> Self {
        // What O_NOFOLLOW answers says nothing to people.
        let reason = match reason {
            Reason::Kernel(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
                Reason::Link
            }
            reason => reason,
        };
        Self {
            tried,
            path: path.to_owned(),
            reason,
        }
    }

    /// Whether there is no such file: iwd knows the network no longer.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        matches!(&self.reason, Reason::Kernel(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl From<Errno> for Reason {
    fn from(error: Errno) -> Self {
        Self::Kernel(error.into())
    }
}
