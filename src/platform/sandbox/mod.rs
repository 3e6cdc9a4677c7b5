//! Drops privileges once the daemon runs: an attacker who takes it over can do what the daemon needs and no more.
//!
//! A part that the kernel does not support is logged at debug level; the others still apply.

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
mod calls {
    pub(super) fn restrict() -> Result<&'static str, String> {
        Err("macveil has no filter for this architecture".to_owned())
    }
}
mod capabilities;
mod files;

use std::path::PathBuf;

use rustix::process::DumpableBehavior;
use rustix::time::ClockId;
use tracing::{debug, warn};

/// Environment variable; `off` disables the sandbox.
const SWITCH: &str = "MACVEIL_SANDBOX";

/// Files and directories that stay accessible, each with everything below it. For a path that does not exist it is
/// the nearest directory above, where the file can appear later; if the daemon is root, it is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedPaths {
    /// Read only.
    pub read: Vec<PathBuf>,
    /// Read and write existing files.
    pub write: Vec<PathBuf>,
    /// Create, replace and remove files, too.
    pub create: Vec<PathBuf>,
    /// Create sockets, too.
    pub bind: Vec<PathBuf>,
}

/// The sandbox of this process. It keeps the files open that Landlock rules refer to.
#[derive(Debug)]
pub struct Sandbox {
    _open: files::OpenFiles,
}

/// Whether the environment leaves the sandbox enabled.
#[must_use]
pub fn is_enabled() -> bool {
    let enabled = std::env::var_os(SWITCH).is_none_or(|value| value != "off");
    if !enabled {
        warn!("{SWITCH}=off: macveil keeps all its privileges");
    }
    enabled
}

/// Keeps the memory of this process, which includes the key, out of core dumps and debuggers.
pub fn hide_memory() {
    if let Err(error) = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        warn!("cannot disable core dumps, which would contain the secret key: {error}");
    }
}

/// Drops everything else for good. Call it while the process has one thread: other threads keep their privileges.
#[must_use]
pub fn enter(allowed: &AllowedPaths) -> Sandbox {
    // rustix initialises itself at its first call for the time, with system calls that the sandbox forbids.
    let _ = rustix::time::clock_gettime(ClockId::Boottime);
    log_outcome("capabilities", capabilities::drop_others());
    let (open, restricted) = files::restrict(allowed);
    log_outcome("Landlock", restricted);
    // Last, because it forbids the system calls of the others.
    log_outcome("seccomp", calls::restrict());
    Sandbox { _open: open }
}

fn log_outcome(what: &str, outcome: Result<&'static str, String>) {
    match outcome {
        Ok(how) => debug!("sandbox: {what}: {how}"),
        Err(why) => debug!("sandbox: {what}: {why}"),
    }
}
