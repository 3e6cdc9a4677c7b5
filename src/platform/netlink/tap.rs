//! TAP devices, whose owner may change the address without `CAP_NET_ADMIN`.
//!
//! The kernel checks the owner where a descriptor of `/dev/net/tun` is attached to a device, and nothing
//! where that descriptor sets the address. This is one of two modules with unsafe code: see
//! `docs/dependencies.md`.
#![allow(
    unsafe_code,
    reason = "the two ioctls have no safe interface anywhere; they go through one function"
)]

use std::ffi::c_int;
use std::fs::{File, OpenOptions};

use rustix::io::Errno;
use rustix::ioctl::{Opcode, Updater, ioctl, opcode};

use super::adapter::Adapter;
use super::sysfs;
use macveil_core::types::Mac;

/// Where TUN and TAP devices are attached to.
const CLONE_DEVICE: &str = "/dev/net/tun";

/// `TUNSETIFF` (`linux/if_tun.h`).
const ATTACH: Opcode = opcode::write::<c_int>(b'T', 202);
/// `SIOCSIFHWADDR` (`linux/sockios.h`).
const SET_ADDRESS: Opcode = 0x8924;
/// `ARPHRD_ETHER`.
const ETHERNET: u16 = 1;

/// `IFF_TAP`.
const TAP: u16 = 0x0002;
/// `IFF_MULTI_QUEUE`.
const MULTI_QUEUE: u16 = 0x0100;
/// `IFF_PERSIST`: shown, but not taken.
const PERSISTENT: u16 = 0x0800;
/// `IFF_NO_PI`.
const NO_HEADER: u16 = 0x1000;

/// Why the owner's way did not lead to another address. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TapError {
    /// It is no TAP device.
    #[error(
        "it is no TAP device, and only those can be changed without CAP_NET_ADMIN: run this as root (sudo)"
    )]
    NotTap,
    /// `/dev/net/tun` is not there.
    #[error(
        "{CLONE_DEVICE} is missing, and only root can do without it: `modprobe tun` makes it, or in a container its host has to pass it on"
    )]
    NoDevice,
    /// `/dev/net/tun` cannot be opened.
    #[error(
        "{CLONE_DEVICE} cannot be opened ({0}), and only root can do without it: `chmod 0666 {CLONE_DEVICE}` is what distributions have"
    )]
    NotOpened(Errno),
    /// `EPERM`.
    #[error(
        "this user may not: the device belongs to {owner}. Run this as the owner, or as root (sudo)"
    )]
    NotOwner {
        /// As sysfs shows it.
        owner: String,
    },
    /// `EBUSY`.
    #[error(
        "another process holds the device, which has a single queue (a virtual machine, say): end that process first, or run this as root (sudo)"
    )]
    Held,
    /// The device could not be attached to for another reason.
    #[error("cannot attach to the device through {CLONE_DEVICE}: {0}; run this as root (sudo)")]
    NotAttached(Errno),
    /// The address was refused.
    #[error("the device does not take the address: {0}")]
    Refused(Errno),
}

impl TapError {
    /// The kernel's errno, if there was one.
    #[must_use]
    pub fn errno(&self) -> Option<Errno> {
        match self {
            Self::NotTap => None,
            Self::NoDevice => Some(Errno::NOENT),
            Self::NotOwner { .. } => Some(Errno::PERM),
            Self::Held => Some(Errno::BUSY),
            Self::NotOpened(errno) | Self::NotAttached(errno) | Self::Refused(errno) => {
                Some(*errno)
            }
        }
    }
}

/// Puts an address on a TAP device as its owner, whether the link is up or not.
///
/// # Errors
/// It is no TAP device, belongs to somebody else, or is held by a process.
pub fn set_tap_address(adapter: &Adapter, address: Mac) -> Result<(), TapError> {
    if !adapter.tap {
        return Err(TapError::NotTap);
    }
    let file = open()?;
    attach(&file, adapter)?;
    call::<SET_ADDRESS>(&file, Request::address(address)).map_err(TapError::Refused)
}

fn open() -> Result<File, TapError> {
    let opened = OpenOptions::new().read(true).write(true).open(CLONE_DEVICE);
    opened.map_err(|error| match Errno::from_io_error(&error) {
        Some(Errno::NOENT) => TapError::NoDevice,
        errno => TapError::NotOpened(errno.unwrap_or(Errno::IO)),
    })
}

/// Attaching gives the device the flags that are said, so they have to be those that it has.
fn attach(file: &File, adapter: &Adapter) -> Result<(), TapError> {
    let shown = sysfs::number(&adapter.name, adapter.ifindex, "tun_flags");
    let shown = shown.and_then(|flags| u16::try_from(flags).ok());
    let flags = shown.map_or(TAP | NO_HEADER, |flags| flags & !PERSISTENT);
    let attached = match call::<ATTACH>(file, Request::flags(&adapter.name, flags)) {
        Err(Errno::INVAL) if shown.is_none() => {
            call::<ATTACH>(file, Request::flags(&adapter.name, flags | MULTI_QUEUE))
        }
        attached => attached,
    };
    attached.map_err(|errno| match errno {
        Errno::PERM => TapError::NotOwner {
            owner: owner(adapter),
        },
        Errno::BUSY => TapError::Held,
        errno => TapError::NotAttached(errno),
    })
}

/// Who may attach: a user, a group, or both at once.
fn owner(adapter: &Adapter) -> String {
    let id = |entry| sysfs::number(&adapter.name, adapter.ifindex, entry).filter(|&id| id >= 0);
    match (id("owner"), id("group")) {
        (Some(user), Some(group)) => format!("the user {user} in the group {group}"),
        (Some(user), None) => format!("the user {user}"),
        (None, Some(group)) => format!("the group {group}"),
        (None, None) => "somebody else".to_owned(),
    }
}

/// `struct ifreq` (`linux/if.h`) where it is longest, on 64-bit machines.
#[repr(C)]
struct Request {
    name: [u8; 16],
    value: [u8; 24],
}

impl Request {
    fn new(name: &str, value: impl IntoIterator<Item = u8>) -> Self {
        let mut request = Self {
            name: [0; 16],
            value: [0; 24],
        };
        fill(&mut request.name[..15], name.bytes());
        fill(&mut request.value, value);
        request
    }

    /// `ifr_flags`.
    fn flags(name: &str, flags: u16) -> Self {
        Self::new(name, flags.to_ne_bytes())
    }

    /// `ifr_hwaddr`; the descriptor says which device is meant.
    fn address(address: Mac) -> Self {
        let family = ETHERNET.to_ne_bytes();
        Self::new("", family.into_iter().chain(address.bytes()))
    }
}

fn fill(place: &mut [u8], bytes: impl IntoIterator<Item = u8>) {
    for (place, byte) in place.iter_mut().zip(bytes) {
        *place = byte;
    }
}

fn call<const OPCODE: Opcode>(file: &File, mut request: Request) -> Result<(), Errno> {
    // SAFETY: both ioctls that this module makes take a pointer to a `struct ifreq`, which the kernel
    // reads and may write back. `Request` is no shorter, has no padding, and any bytes are valid in it.
    // It outlives the call, and the kernel keeps no pointer to it.
    unsafe { ioctl(file, Updater::<OPCODE, _>::new(&mut request)) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    const ALLOWED: [&str; 2] = ["netlink/tap.rs", "iwd/files/lease.rs"];

    #[test]
    fn a_name_is_cut_before_its_nul_and_an_address_follows_its_family() {
        let request = Request::flags("a-name-that-is-too-long", 0x0102);
        assert_eq!(&request.name, b"a-name-that-is-\0");
        assert_eq!(request.value[..2], 0x0102_u16.to_ne_bytes());
        let request = Request::address(Mac([2, 3, 4, 5, 6, 7]));
        assert_eq!(request.value[..2], 1_u16.to_ne_bytes());
        assert_eq!(request.value[2..10], [2, 3, 4, 5, 6, 7, 0, 0]);
    }

    #[test]
    fn no_other_module_has_unsafe_code() {
        let mut files = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        let mut read = 0;
        while let Some(path) = files.pop() {
            if path.is_dir() {
                let entries = fs::read_dir(&path).unwrap();
                files.extend(entries.map(|entry| entry.unwrap().path()));
            } else if !ALLOWED.iter().any(|allowed| path.ends_with(allowed)) {
                read += 1;
                assert!(!has_unsafe_code(&path), "{}", path.display());
            }
        }
        assert!(read > 100, "{read} files");
    }

    fn has_unsafe_code(path: &Path) -> bool {
        // The compiler denies it to whoever does not ask for leave.
        fs::read_to_string(path).unwrap().contains("unsafe_code")
    }
}
