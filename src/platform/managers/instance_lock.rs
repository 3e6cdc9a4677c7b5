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
/// Nobody takes them out of the queue: the kernel answers them all.
const QUESTIONS: i32 = 4096;
/// Its owner is whom the service runs as.
const RUNTIME_DIR: &str = "/run/macveil";

/// Whether there is another one.
#[derive(Debug)]
pub enum InstanceLock {
    /// No, nor can there be while this is held.
    None(OwnedFd),
    /// Yes.
    Runs,
    /// The name is taken by a user who has nothing to do with macveil.
    Imposter,
}

/// Makes sure to be the only one.
///
/// # Errors
///
/// There is no socket to be had.
pub fn claim() -> io::Result<InstanceLock> {
    claim_as(NAME)
}

fn claim_as(name: &str) -> io::Result<InstanceLock> {
    let address = SocketAddrUnix::new_abstract_name(name.as_bytes())?;
    let socket = open()?;
    match bind(&socket, &address) {
        Ok(()) => {
            listen(&socket, QUESTIONS)?;
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

/// Whether there is one, without keeping any from starting.
#[must_use]
pub fn runs() -> bool {
    let address = SocketAddrUnix::new_abstract_name(NAME.as_bytes());
    address.is_ok_and(|address| is_macveils(&address).unwrap_or(false))
}

fn is_macveils(address: &SocketAddrUnix) -> Result<bool, Errno> {
    let asking = open()?;
    let owner = connect(&asking, address)
        .and_then(|()| sockopt::socket_peercred(&asking))
        .map(|owner| owner.uid.as_raw());
    Ok(owner.is_ok_and(may_be_macveil))
}

fn open() -> Result<OwnedFd, Errno> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)
}

/// Everybody may take the name, but not keep macveil from running with it.
fn may_be_macveil(user: u32) -> bool {
    let owner = || std::fs::metadata(RUNTIME_DIR).is_ok_and(|directory| directory.uid() == user);
    user == 0 || user == rustix::process::geteuid().as_raw() || owner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_at_a_time_and_another_after_its_end() {
        let name = format!("macveil test {}", std::process::id());
        let InstanceLock::None(held) = claim_as(&name).unwrap() else {
            panic!("nobody else has the name");
        };
        for _ in 0..3 {
            assert!(matches!(claim_as(&name).unwrap(), InstanceLock::Runs));
        }
        drop(held);
        assert!(matches!(claim_as(&name).unwrap(), InstanceLock::None(_)));
    }
}
