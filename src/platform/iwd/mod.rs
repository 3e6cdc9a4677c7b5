//! Client for iwd 2.0 and later.
//!
//! [`run`] follows one interface of iwd, across restarts of iwd and of the bus. It reports iwd's state
//! and executes each [`Request`].
//!
//! | file | content |
//! |---|---|
//! | `client` | the D-Bus client |
//! | `objects` | pure: the interface's objects on the bus |
//! | `addresses` | writes addresses into iwd's files and restores the original values |
//! | `saved_settings` | the original values, on disk |
//! | `files/` | iwd's known networks on disk, with their addresses |

mod addresses;
mod client;
pub mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod objects;
mod saved_settings;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use client::run;
pub(super) use client::{IWD, OBJECT_MANAGER};
pub(super) use objects::Objects;

/// iwd's default state directory.
pub const STATE_DIRECTORY: &str = "/var/lib/iwd";
/// iwd's configuration directory.
pub const CONFIGURATION: &str = "/etc/iwd";

/// The interface and paths of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Interface name.
    pub ifname: String,
    /// The parent of `/run` and `/etc`: `/`, except in tests.
    pub root: PathBuf,
    /// A file with the original values of changed iwd files.
    pub saved_settings: PathBuf,
}
