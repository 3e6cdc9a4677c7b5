//! Raw 802.11 frames through a monitor interface.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

use macveil_testkit::packet_socket::PacketSocket;

/// Version 0, eight bytes, no field: the kernel decides how it is sent.
const RADIOTAP: [u8; 8] = [0, 0, 8, 0, 0, 0, 0, 0];

/// The longest frame that is heard whole.
const LONGEST: usize = 4096;

pub struct RawSocket(PacketSocket);

impl RawSocket {
    /// One that only sends.
    pub fn for_sending(interface: &str) -> Result<Self, String> {
        let socket = PacketSocket::for_sending(interface);
        socket
            .map(Self)
            .map_err(|e| format!("a raw socket on {interface}: {e}"))
    }

    /// One that hears all frames, those that are sent here included.
    pub fn for_hearing(interface: &str) -> Result<Self, String> {
        let socket = PacketSocket::for_hearing(interface);
        socket
            .map(Self)
            .map_err(|e| format!("a raw socket on {interface}: {e}"))
    }

    pub fn send(&self, frame: &[u8]) -> Result<(), String> {
        let bytes = [&RADIOTAP, frame].concat();
        match self.0.send(&bytes) {
            // Too much at once: as on a busy channel.
            Ok(()) | Err(Errno::NOBUFS) => Ok(()),
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
