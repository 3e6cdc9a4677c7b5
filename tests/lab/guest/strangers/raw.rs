//! Raw 802.11 frames through a monitor interface.

use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::addr::{SocketAddrArg, SocketAddrLen, SocketAddrOpaque};
use rustix::net::{AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType};
use rustix::net::{bind, netdevice::name_to_index, recv, send, socket_with};

/// `ETH_P_ALL` (`linux/if_ether.h`): whatever is heard.
const EVERYTHING: u16 = 3;

/// Version 0, eight bytes, no field: the kernel decides how it is sent.
const RADIOTAP: [u8; 8] = [0, 0, 8, 0, 0, 0, 0, 0];

/// The longest frame that is heard whole.
const LONGEST: usize = 4096;

pub struct RawSocket(OwnedFd);

impl RawSocket {
    /// One that only sends.
    pub fn for_sending(interface: &str) -> Result<Self, String> {
        Self::open(interface, 0).map_err(|e| format!("a raw socket on {interface}: {e}"))
    }

    /// One that hears all frames, those that are sent here included.
    pub fn for_hearing(interface: &str) -> Result<Self, String> {
        Self::open(interface, EVERYTHING).map_err(|e| format!("a raw socket on {interface}: {e}"))
    }

    fn open(interface: &str, protocol: u16) -> Result<Self, Errno> {
        let protocol = protocol.to_be();
        let socket = socket_with(
            AddressFamily::PACKET,
            SocketType::RAW,
            SocketFlags::CLOEXEC,
            std::num::NonZeroU32::new(protocol.into()).map(Protocol::from_raw),
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

    pub fn send(&self, frame: &[u8]) -> Result<(), String> {
        let bytes = [&RADIOTAP, frame].concat();
        match send(&self.0, &bytes, SendFlags::empty()) {
            // Too much at once: as on a busy channel.
            Ok(_) | Err(Errno::NOBUFS) => Ok(()),
            Err(problem) => Err(format!("sending {} bytes: {problem}", frame.len())),
        }
    }

    /// A frame that is heard within that time.
    pub fn hear(&self, patience: std::time::Duration) -> Option<Vec<u8>> {
        let patience = Timespec::try_from(patience).ok()?;
        let mut sockets = [PollFd::new(&self.0, PollFlags::IN)];
        if poll(&mut sockets, Some(&patience)) != Ok(1) {
            return None;
        }
        let mut bytes = vec![0; LONGEST];
        let (length, _) = recv(&self.0, &mut bytes[..], RecvFlags::DONTWAIT).ok()?;
        bytes.truncate(length);
        let header = u16::from_le_bytes([*bytes.get(2)?, *bytes.get(3)?]);
        bytes.get(usize::from(header)..).map(<[u8]>::to_vec)
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
