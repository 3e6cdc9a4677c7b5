//! Whoever opens a file while it is leased waits (`fcntl(2)`, leases).
//!
//! One of two modules with unsafe code: see docs/dependencies.md.

#![allow(
    unsafe_code,
    reason = "no crate that is there has F_SETLEASE; it takes numbers only"
)]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;

use libc::{F_SETLEASE, F_WRLCK, SIGURG, c_int};

/// As `asm-generic/fcntl.h` has it.
const F_SETSIG: c_int = 10;

/// Leases a file until it is closed, or for 45 s (`/proc/sys/fs/lease-break-time`). Nobody else may have it
/// open.
///
/// # Errors
///
/// As the kernel says: not every file system has leases.
pub(super) fn take(file: &File) -> io::Result<()> {
    // The signal that tells of somebody who waits; by default it is SIGIO, which ends the process.
    control(file, F_SETSIG, SIGURG)?;
    control(file, F_SETLEASE, F_WRLCK)
}

fn control(file: &File, command: c_int, argument: c_int) -> io::Result<()> {
    // SAFETY: the descriptor is open, and both commands take a number.
    let answer = unsafe { libc::fcntl(file.as_raw_fd(), command, argument) };
    if answer < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::time::Duration;

    use super::*;

    #[test]
    fn nobody_can_open_a_leased_file_until_it_is_closed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let file = File::create(&path).unwrap();
        take(&file).unwrap();
        let open = || {
            let mut options = OpenOptions::new();
            options.read(true).custom_flags(libc::O_NONBLOCK);
            options.open(&path)
        };
        let refused = open().unwrap_err().kind();
        assert_eq!(refused, io::ErrorKind::WouldBlock);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| File::open(&path).is_ok());
            std::thread::sleep(Duration::from_millis(50));
            assert!(!waits.is_finished());
            drop(file);
            assert!(waits.join().unwrap());
        });
    }
}
