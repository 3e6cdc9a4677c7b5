//! Errors when reading or changing a file.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::text::Fault;

/// One of iwd's files could not be read or changed. The message never includes the file's content.
#[derive(Debug, thiserror::Error)]
#[error("cannot {tried} iwd's {}: {reason}", path.display())]
pub struct FileError {
    tried: &'static str,
    path: PathBuf,
    reason: Reason,
}

/// The reason.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// The kernel's error.
    #[error("{0}")]
    Kernel(#[from] io::Error),
    /// The content is malformed.
    #[error("{0}; iwd cannot read the file either")]
    Text(#[from] Fault),
    /// A symbolic link, as on systems with a declarative configuration.
    #[error("symbolic links are not replaced: put a file there")]
    Link,
    /// A directory, a pipe, a device.
    #[error("not a regular file")]
    NoFile,
    /// The file belongs to this user.
    #[error(
        "the file belongs to user {0}, who may have placed it there: run `chown root` on it if it is correct"
    )]
    Owner(u32),
    /// What is written now would be lost.
    #[error("another program is writing the file")]
    Busy,
    /// The file is larger than this, in bytes.
    #[error("larger than {0} bytes, the limit for a network's settings")]
    Size(u64),
}

impl FileError {
    pub(super) fn new(tried: &'static str, path: &Path, reason: Reason) -> Self {
        // The errno of O_NOFOLLOW would mislead users.
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

    /// Whether the file does not exist, because iwd no longer knows the network.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(&self.reason, Reason::Kernel(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl From<Errno> for Reason {
    fn from(error: Errno) -> Self {
        Self::Kernel(error.into())
    }
}
