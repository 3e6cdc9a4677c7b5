//! The control protocol: one line of JSON for each request, one for each reply (docs/control-socket.md).
//!
//! Values without I/O, and [`Client`], which sends requests. The server is part of the daemon.

mod client;
mod effects;
mod event;
#[cfg(test)]
pub(crate) mod fake;
mod fault;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod json;
mod line;
mod reply;
mod request;
mod status;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use client::{Client, ClientError};
pub use effects::{Affected, Effect, PauseRefusal, Paused, Rotated, Scanned};
pub use event::{EventKind, EventLine};
pub use fault::{Fault, FaultKind, Mistake};
pub use json::Malformed;
pub(crate) use json::{optional_ssid, to_json, word};
pub(crate) use line::{Lines, TooLong};
pub use reply::{Answer, Interface, Reply, answer_to_line};
pub use request::Request;
pub use status::{Backend, InterfaceStatus, Status};

/// The version of requests and replies. It grows when an existing word changes its meaning.
pub const VERSION: u64 = 1;

/// The maximum length of a request in bytes, with its newline.
pub const MAX_REQUEST: usize = 4096;

/// The path of the control socket in a runtime directory.
#[must_use]
pub fn socket_path(runtime_dir: &Path) -> PathBuf {
    runtime_dir.join("control")
}
