//! Packet sockets of an interface: what a program that builds its own frames uses.

use std::num::NonZeroU32;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::addr::{SocketAddrArg, SocketAddrLen, SocketAddrOpaque};
use rustix::net::{AddressFamily, Protocol, SendFlags, SocketFlags, SocketType};
use rustix::net::{bind, netdevice::name_to_index, send, socket_with};

/// `ETH_P_ALL` (`linux/if_ether.h`): whatever is heard.
const EVERYTHING: u16 = 3;

/// Frames from their first byte on.
pub struct PacketSocket(OwnedFd);

impl PacketSocket {
    /// One that only sends.
    pub fn for_sending(interface: &str) -> Result<Self, Errno> {
        Self::open(interface, 0)
    }

    /// One that hears all frames, those that are sent here included.
    pub fn for_hearing(interface: &str) -> Result<Self, Errno> {
        Self::open(interface, EVERYTHING)
    }

    fn open(interface: &str, protocol: u16) -> Result<Self, Errno> {
        let protocol = protocol.to_be();
        let socket = socket_with(
            AddressFamily::PACKET,
            SocketType::RAW,
            SocketFlags::CLOEXEC,
            NonZeroU32::new(protocol.into()).map(Protocol::from_raw),
        )?;
        let address = LinkAddress {
            family: AddressFamily::PACKET.as_raw(),
            protocol,
            index: name_to_index(&socket, interface)?.cast_signed(),
            kind: 0,
            packet: 0,
            length: 0,
            address: [0; 8],
        };
        bind(&socket, &address)?;
        Ok(Self(socket))
    }

    /// Sends past all queues from now on (`PACKET_QDISC_BYPASS`).
    pub fn bypass_queues(&self) -> Result<(), Errno> {
        const BYPASS: libc::c_int = 20;
        let on: libc::c_int = 1;
        #[allow(unsafe_code, reason = "rustix lacks this option")]
        // SAFETY: the pointer is to a whole `c_int`, and the length is that of it.
        let outcome = unsafe {
            libc::setsockopt(
                self.0.as_raw_fd(),
                libc::SOL_PACKET,
                BYPASS,
                std::ptr::from_ref(&on).cast(),
                size_of::<libc::c_int>() as libc::socklen_t,
            )
        };
        let failure = || Errno::from_io_error(&std::io::Error::last_os_error());
        if outcome == 0 {
            return Ok(());
        }
        Err(failure().unwrap_or(Errno::IO))
    }

    pub fn send(&self, frame: &[u8]) -> Result<(), Errno> {
        send(&self.0, frame, SendFlags::empty()).map(drop)
    }
}

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// `struct sockaddr_ll` (`linux/if_packet.h`).
#[repr(C)]
struct LinkAddress {
    family: u16,
    protocol: u16,
    index: i32,
    kind: u16,
    packet: u8,
    length: u8,
    address: [u8; 8],
}

#[allow(unsafe_code, reason = "rustix knows no addresses of packet sockets")]
// SAFETY: the pointer is to a whole `sockaddr_ll`, and as long as that is.
unsafe impl SocketAddrArg for LinkAddress {
    unsafe fn with_sockaddr<R>(
        &self,
        f: impl FnOnce(*const SocketAddrOpaque, SocketAddrLen) -> R,
    ) -> R {
        f(
            std::ptr::from_ref(self).cast(),
            size_of::<Self>() as SocketAddrLen,
        )
    }
}
