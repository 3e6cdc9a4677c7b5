//! TAP devices, whose owner can change the address without `CAP_NET_ADMIN`.
//!
//! The kernel checks the owner when a descriptor of `/dev/net/tun` is attached to a device, but not when
//! that descriptor sets the address. This is one of two modules with unsafe code; see
//! `docs/dependencies.md`.
#![allow(
    unsafe_code,
    reason = "no crate offers a safe interface to these two ioctls; both use one function"
)]

use std::ffi::c_int;
use std::fs::{File, OpenOptions};

use rustix::io::Errno;
use rustix::ioctl::{Opcode, Updater, ioctl, opcode};

use super::adapter::Adapter;
use super::sysfs;
use macveil_core::types::Mac;

/// The file through which processes attach to TUN and TAP devices.
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
/// `IFF_PERSIST`: sysfs shows it, but `TUNSETIFF` rejects it.
const PERSISTENT: u16 = 0x0800;
/// `IFF_NO_PI`.
const NO_HEADER: u16 = 0x1000;

/// Why the owner cannot change the address; each message includes the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TapError {
    /// Not a TAP device.
    #[error(
        "this needs root: try the same with sudo (without it, only TAP devices of your own can be changed)"
    )]
    NotTap,
    /// `/dev/net/tun` is missing.
    #[error(
        "{CLONE_DEVICE} is missing: run `modprobe tun`, or in a container pass the file on from the host, or run this as root (sudo)"
    )]
    NoDevice,
    /// `/dev/net/tun` cannot be opened.
    #[error(
        "cannot open {CLONE_DEVICE} ({0}): run `chmod 0666 {CLONE_DEVICE}`, the default of distributions, or run this as root (sudo)"
    )]
    NotOpened(Errno),
    /// `EPERM`.
    #[error(
        "permission denied: the device belongs to {owner}. Run this as the owner or as root (sudo)"
    )]
    NotOwner {
        /// The owner as sysfs shows it.
        owner: String,
    },
    /// `EBUSY`.
    #[error(
        "another process, such as a virtual machine, uses the device's only queue: stop that process first, or run this as root (sudo)"
    )]
    Held,
    /// Attaching to the device failed for another reason.
    #[error("cannot attach to the device through {CLONE_DEVICE}: {0}; run this as root (sudo)")]
    NotAttached(Errno),
    /// The device rejected the address.
    #[error("the device rejected the address: {0}")]
    Refused(Errno),
}

impl TapError {
    /// The kernel's errno, if any.
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

/// Sets the address of a TAP device as its owner, with the link up or down.
///
/// # Errors
/// The device is not a TAP device, belongs to another user, or is in use by a process.
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

/// Attaching sets the device's flags, so the request must repeat its current flags.
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

/// Who can attach: a user, a group, or a user in a group.
fn owner(adapter: &Adapter) -> String {
    let id = |entry| sysfs::number(&adapter.name, adapter.ifindex, entry).filter(|&id| id >= 0);
    match (id("owner"), id("group")) {
        (Some(user), Some(group)) => format!("the user {user} in the group {group}"),
        (Some(user), None) => format!("the user {user}"),
        (None, Some(group)) => format!("the group {group}"),
        (None, None) => "another user".to_owned(),
    }
}

/// `struct ifreq` (`linux/if.h`) at its maximum size, that of 64-bit machines.
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

    /// `ifr_hwaddr`; the descriptor selects the device.
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
    // reads and may write back. `Request` is at least as long, has no padding, and any bytes are valid in it.
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
    fn long_name_is_truncated_and_address_follows_its_family() {
        let request = Request::flags("a-name-that-is-too-long", 0x0102);
        assert_eq!(&request.name, b"a-name-that-is-\0");
        assert_eq!(request.value[..2], 0x0102_u16.to_ne_bytes());
        let request = Request::address(Mac([2, 3, 4, 5, 6, 7]));
        assert_eq!(request.value[..2], 1_u16.to_ne_bytes());
        assert_eq!(request.value[2..10], [2, 3, 4, 5, 6, 7, 0, 0]);
    }

    #[test]
    fn unsafe_code_is_limited_to_the_allowed_modules() {
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
        // The compiler rejects unsafe code in modules that do not contain this word.
        fs::read_to_string(path).unwrap().contains("unsafe_code")
    }
}
