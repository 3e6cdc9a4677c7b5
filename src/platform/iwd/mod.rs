//! iwd, 2.0 and later.
//!
//! [`run`] keeps a conversation with iwd about one interface, through restarts of iwd and of the bus. It
//! tells what iwd does, and carries out each [`Request`].
//!
//! | file | what it holds |
//! |---|---|
//! | `client` | the conversation |
//! | `objects` | pure: what iwd's objects on the bus say of the interface |
//! | `addresses` | writing addresses into iwd's files, and putting back what was there |
//! | `originals` | what was there, on disk |
//! | `files/` | its known networks on disk: what is known of each, and which address it has there |

mod addresses;
mod client;
pub mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod objects;
mod originals;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use client::run;

/// Where iwd keeps known networks, unless it says otherwise.
pub const STATE_DIRECTORY: &str = "/var/lib/iwd";
/// Where its configuration is.
pub const CONFIGURATION: &str = "/etc/iwd";

/// Which interface of which iwd, and where things are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The interface.
    pub ifname: String,
    /// What `/run` and `/etc` are below: `/` but in tests.
    pub root: PathBuf,
    /// A file of ours for what iwd's files said before macveil changed them.
    pub originals: PathBuf,
}
