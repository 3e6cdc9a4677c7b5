//! Our own control socket: one line of JSON for each request, one for each reply (docs/control-socket.md).
//!
//! [`Request`] and [`Reply`] are values without I/O. [`Server`] keeps the socket, [`Client`] asks;
//! what a request does is the daemon's business.

mod client;
mod errand;
mod event;
#[cfg(test)]
pub(crate) mod fake;
mod fault;
mod fields;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod group;
mod line;
mod reply;
mod request;
mod server;
mod socket;
mod status;
mod stream;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use client::{Client, ClientError};
pub use errand::{Paused, Rotated, Scanned};
pub use event::{EventLine, Kind, News};
pub use fault::{Fault, FaultKind, Mistake};
pub use group::Group;
pub use reply::{Affected, Effect, Interface, Reply};
pub use request::Request;
pub use server::{PendingRequest, Server};
pub use status::{ADDRESS_KINDS, Care, METHODS, Status};

/// The version of requests and replies; it grows when something that was there changes its meaning.
pub const VERSION: u64 = 1;

/// The longest request, in bytes, its newline included.
pub const LONGEST_REQUEST: usize = 4096;

/// Where the socket of a runtime directory is.
#[must_use]
pub fn socket_path(runtime_dir: &Path) -> PathBuf {
    runtime_dir.join("control")
}
