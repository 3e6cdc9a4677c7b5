//! A datagram socket without a file, on which wpa_supplicant can answer.
//!
//! Its name is one of the network namespace (an abstract address, unix(7)). So wpa_supplicant needs neither a
//! permission nor a directory in common with macveil to answer: it can run as another user (Void Linux) or below
//! another root directory (NixOS). The socket gets its name after it is connected, and from then on the kernel
//! refuses what other sockets send to it (`unix_may_send`, `af_unix.c`).
//!
//! wpa_supplicant recreates its own socket when it cannot send to an unconnected client
//! (`wpas_ctrl_iface_reinit`, `ctrl_iface_unix.c`, 2.10), and eleven messages in a row exceed the
//! kernel's default `net.unix.max_dgram_qlen`. A connected socket's queue holds as much as wpa_supplicant's
//! own buffer.

use std::cell::Cell;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::net::{
    AddressFamily, MMsgHdr, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags,
    SendAncillaryBuffer, SendFlags, SocketAddrUnix, SocketFlags, SocketType,
};
use rustix::process::Pid;
use tokio::io::Interest;
use tokio::net::UnixDatagram;

/// A socket that is connected to wpa_supplicant's from the first datagram on.
pub(super) struct Endpoint {
    socket: UnixDatagram,
    server: SocketAddrUnix,
    has_name: Cell<bool>,
    /// The process that sent the last datagram.
    sender: Cell<Option<Pid>>,
}

/// wpa_supplicant's answers have up to 4096 bytes (`wpa_supplicant_ctrl_iface_process`).
pub(crate) const MAX_DATAGRAM_BYTES: usize = 8192;

/// Connects a socket, and only then gives it a name on which wpa_supplicant can answer.
pub(crate) fn connect_with_name(socket: impl AsFd, server: &SocketAddrUnix) -> io::Result<()> {
    rustix::net::connect(&socket, server)?;
    rustix::net::bind(&socket, &SocketAddrUnix::new_unnamed())?;
    Ok(())
}

impl Endpoint {
    /// Creates a socket for datagrams to `server`.
    pub(super) fn new(server: &Path) -> io::Result<Self> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::DGRAM, flags, None)?;
        Ok(Self {
            socket: UnixDatagram::from_std(socket.into())?,
            server: SocketAddrUnix::new(server)?,
            has_name: Cell::new(false),
            sender: Cell::new(None),
        })
    }

    /// Connects to the server socket that has the path now.
    fn connect(&self) -> io::Result<()> {
        if self.has_name.get() {
            return Ok(rustix::net::connect(&self.socket, &self.server)?);
        }
        connect_with_name(&self.socket, &self.server)?;
        if sees_every_process() {
            rustix::net::sockopt::set_socket_passcred(&self.socket, true)?;
        }
        self.has_name.set(true);
        Ok(())
    }

    /// Sends without waiting, in one system call, so that a kill cannot separate the datagrams.
    /// Returns the number sent.
    pub(super) fn send(&self, datagrams: &[&str]) -> io::Result<usize> {
        self.connect()?;
        let slices: Vec<[IoSlice<'_>; 1]> = datagrams
            .iter()
            .map(|datagram| [IoSlice::new(datagram.as_bytes())])
            .collect();
        let mut controls: Vec<_> = datagrams
            .iter()
            .map(|_| SendAncillaryBuffer::default())
            .collect();
        let mut headers: Vec<MMsgHdr<'_>> = slices
            .iter()
            .zip(&mut controls)
            .map(|(slice, control)| MMsgHdr::new(slice, control))
            .collect();
        Ok(rustix::net::sendmmsg(
            &self.socket,
            &mut headers,
            SendFlags::DONTWAIT,
        )?)
    }

    /// Waits for a datagram from wpa_supplicant.
    pub(super) async fn receive(&self) -> io::Result<Vec<u8>> {
        self.socket
            .async_io(Interest::READABLE, || self.receive_one())
            .await
    }

    /// Returns a datagram that was already received.
    pub(super) fn receive_now(&self) -> Option<Vec<u8>> {
        self.receive_one().ok()
    }

    fn receive_one(&self) -> io::Result<Vec<u8>> {
        let mut buffer = [0; MAX_DATAGRAM_BYTES];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmCredentials(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut parts = [IoSliceMut::new(&mut buffer)];
        let received =
            rustix::net::recvmsg(&self.socket, &mut parts, &mut control, RecvFlags::DONTWAIT)?;
        let process = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmCredentials(credentials) => Some(credentials.pid),
            _ => None,
        });
        self.sender.set(process);
        // Copied at its exact length: some datagrams are stored for a while.
        Ok(buffer.get(..received.bytes).unwrap_or_default().to_vec())
    }

    /// The process that sent the last datagram; `None` where the kernel does not tell.
    pub(super) fn sender(&self) -> Option<Pid> {
        self.sender.get()
    }
}

/// In another pid namespace than the first one, a process outside of it is reported as 0, which
/// belongs to none and which `rustix` does not expect. Its inode is `PROC_PID_INIT_INO` (`linux/proc_ns.h`).
fn sees_every_process() -> bool {
    std::fs::read_link("/proc/self/ns/pid").is_ok_and(|it| it == Path::new("pid:[4026531836]"))
}
