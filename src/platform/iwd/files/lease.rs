//! File leases: another program that opens a leased file waits (`fcntl(2)`, leases).
//!
//! One of two modules with unsafe code; see docs/dependencies.md.

#![allow(
    unsafe_code,
    reason = "no dependency offers F_SETLEASE; the call takes only numbers"
)]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;

use libc::{F_GETLEASE, F_RDLCK, F_SETLEASE, F_WRLCK, SIGURG, c_int};

/// From `asm-generic/fcntl.h`.
const F_SETSIG: c_int = 10;

/// Leases a file until it is closed, or for 45 s (`/proc/sys/fs/lease-break-time`). No other
/// program may have it open.
///
/// # Errors
///
/// The kernel rejects the lease; not every file system supports leases.
pub(super) fn take(file: &File) -> io::Result<()> {
    set(file, F_WRLCK)
}

/// The same for programs that open the file to write it.
///
/// # Errors
///
/// One has it open already ([`WouldBlock`](io::ErrorKind::WouldBlock)), or the kernel rejects the lease.
pub(super) fn take_from_writers(file: &File) -> io::Result<()> {
    set(file, F_RDLCK)
}

/// Whether a program waits to write a file that was taken from writers.
pub(super) fn is_awaited(file: &File) -> bool {
    control(file, F_GETLEASE, 0).is_ok_and(|lease| lease != F_RDLCK)
}

fn set(file: &File, lease: c_int) -> io::Result<()> {
    // The signal sent when a program waits. The default, SIGIO, would end the process.
    control(file, F_SETSIG, SIGURG)?;
    control(file, F_SETLEASE, lease).map(drop)
}

fn control(file: &File, command: c_int, argument: c_int) -> io::Result<c_int> {
    // SAFETY: the descriptor is open, and the commands take a number or nothing.
    let answer = unsafe { libc::fcntl(file.as_raw_fd(), command, argument) };
    if answer < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::time::Duration;

    use super::*;

    #[test]
    fn leased_file_cannot_be_opened_until_it_is_closed() {
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
