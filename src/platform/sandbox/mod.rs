//! What the daemon gives up once it runs: whoever takes it over can do with it what its task needs and
//! no more.
//!
//! Kernels lack one or the other part of it. What is not there is said at debug level, and the rest
//! holds.

#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
))]
mod calls;
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
)))]
#[path = "no_calls.rs"]
mod calls;
mod capabilities;
mod files;

use std::path::PathBuf;

use rustix::process::DumpableBehavior;
use rustix::time::ClockId;
use tracing::{debug, warn};

/// Switches the sandbox off where it says `off`.
const SWITCH: &str = "MACVEIL_SANDBOX";

/// The files and directories that are still needed, each with all that is below it. One that does not
/// exist stands for the nearest directory above it, where it may appear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// To be read.
    pub read: Vec<PathBuf>,
    /// Files that are there, to be read and written.
    pub write: Vec<PathBuf>,
    /// Directories in which files are made, replaced and removed.
    pub keep: Vec<PathBuf>,
    /// Directories in which sockets are made, besides files.
    pub bind: Vec<PathBuf>,
}

/// A sandbox that this process is in. It holds on to what has to stay as it is.
#[derive(Debug)]
pub struct Sandbox {
    _held: files::Held,
}

/// Whether the person who started this process wants it to be confined.
#[must_use]
pub fn is_wanted() -> bool {
    let wanted = std::env::var_os(SWITCH).is_none_or(|value| value != "off");
    if !wanted {
        warn!("{SWITCH}=off: macveil keeps every privilege it was started with");
    }
    wanted
}

/// Keeps the memory of this process, where the key is, out of core dumps and from debuggers.
pub fn hide_memory() {
    if let Err(error) = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        warn!("a core dump of macveil would hold the secret key: {error}");
    }
}

/// Gives up what is not needed, for good. This is for a process with one thread: others keep what they
/// have.
#[must_use]
pub fn enter(needs: &Needs) -> Sandbox {
    // Asking for the time has rustix look once for what it needs of the kernel, in a way that will be closed.
    let _ = rustix::time::clock_gettime(ClockId::Boottime);
    said("capabilities", capabilities::keep_one());
    let (held, restricted) = files::restrict(needs);
    said("Landlock", restricted);
    // The last, because it forbids what the others are made with.
    said("seccomp", calls::restrict());
    Sandbox { _held: held }
}

fn said(what: &str, outcome: Result<&'static str, String>) {
    match outcome {
        Ok(how) => debug!("sandbox: {what}: {how}"),
        Err(why) => debug!("sandbox: {what}: {why}"),
    }
}
