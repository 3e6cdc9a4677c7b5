//! Another macveil in this network namespace, whatever its configuration and its directories are.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, connect, listen, socket_with,
    sockopt,
};

/// An abstract name: each network namespace has its own, and the kernel frees it when its owner dies.
const NAME: &str = "macveil";
/// The kernel accepts this many connections. The daemon never reads from them.
const MAX_CONNECTIONS: i32 = 4096;
/// Its owner is the user of the service.
const RUNTIME_DIR: &str = "/run/macveil";

/// Whether another macveil runs.
#[derive(Debug)]
pub enum InstanceLock {
    /// No, and none can start while this is held.
    None(OwnedFd),
    /// Yes.
    Runs,
    /// A program of an unrelated user owns the name.
    Imposter,
}

/// Takes the lock.
///
/// # Errors
///
/// The socket cannot be made.
pub fn claim() -> io::Result<InstanceLock> {
    claim_as(NAME)
}

fn claim_as(name: &str) -> io::Result<InstanceLock> {
    let address = SocketAddrUnix::new_abstract_name(name.as_bytes())?;
    let socket = open()?;
    match bind(&socket, &address) {
        Ok(()) => {
            listen(&socket, MAX_CONNECTIONS)?;
            Ok(InstanceLock::None(socket))
        }
        Err(Errno::ADDRINUSE) => Ok(if is_macveils(&address)? {
            InstanceLock::Runs
        } else {
            InstanceLock::Imposter
        }),
        Err(error) => Err(error.into()),
    }
}

/// Whether a macveil runs. Does not take the lock.
#[must_use]
pub fn runs() -> bool {
    let address = SocketAddrUnix::new_abstract_name(NAME.as_bytes());
    address.is_ok_and(|address| is_macveils(&address).unwrap_or(false))
}

fn is_macveils(address: &SocketAddrUnix) -> Result<bool, Errno> {
    let socket = open()?;
    let owner = connect(&socket, address)
        .and_then(|()| sockopt::socket_peercred(&socket))
        .map(|owner| owner.uid.as_raw());
    Ok(owner.is_ok_and(may_be_macveil))
}

fn open() -> Result<OwnedFd, Errno> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)
}

/// Any user can take the name, but must not stop macveil by it.
fn may_be_macveil(user: u32) -> bool {
    let owner = || std::fs::metadata(RUNTIME_DIR).is_ok_and(|directory| directory.uid() == user);
    user == 0 || user == rustix::process::geteuid().as_raw() || owner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_is_held_once_and_free_after_its_end() {
        let name = format!("macveil test {}", std::process::id());
        let InstanceLock::None(held) = claim_as(&name).unwrap() else {
            panic!("the name is free");
        };
        for _ in 0..3 {
            assert!(matches!(claim_as(&name).unwrap(), InstanceLock::Runs));
        }
        drop(held);
        assert!(matches!(claim_as(&name).unwrap(), InstanceLock::None(_)));
    }
}
