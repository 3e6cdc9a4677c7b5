//! A datagram socket, bound to a path where wpa_supplicant can answer.
//!
//! wpa_supplicant recreates its own socket when it cannot send to an unconnected client
//! (`wpas_ctrl_iface_reinit`, `ctrl_iface_unix.c`, 2.10), and eleven messages in a row exceed the
//! kernel's default `net.unix.max_dgram_qlen`. So messages are received on a connected socket.

use std::cell::Cell;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::io::Errno;
use rustix::net::addr::SocketAddrArg as _;
use rustix::net::{
    AddressFamily, MMsgHdr, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags,
    SendAncillaryBuffer, SendFlags, SocketAddrUnix, SocketFlags, SocketType,
};
use rustix::process::Pid;
use tokio::io::Interest;
use tokio::net::UnixDatagram;

/// A bound socket; dropping it removes its file.
pub(super) struct Endpoint {
    socket: UnixDatagram,
    path: PathBuf,
    server: PathBuf,
    address: SocketAddrUnix,
    /// The process that sent the last datagram.
    sender: Cell<Option<Pid>>,
}

/// wpa_supplicant's answers have up to 4096 bytes (`wpa_supplicant_ctrl_iface_process`).
const MAX_DATAGRAM_BYTES: usize = 8192;
/// Socket names consist of this prefix, the process id and a counter.
const PREFIX: &str = "wpa-";

static COUNTER: AtomicU32 = AtomicU32::new(0);

impl Endpoint {
    /// Binds a socket in `directory` for datagrams to `server`.
    pub(super) fn bind(directory: &Path, server: &Path) -> io::Result<Self> {
        loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(format!("{PREFIX}{}-{number}", std::process::id()));
            match bind(&path) {
                // Left over from a process with the same id.
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(error),
                Ok(socket) => {
                    return Ok(Self {
                        socket,
                        path,
                        server: server.to_path_buf(),
                        address: SocketAddrUnix::new(server)?,
                        sender: Cell::new(None),
                    });
                }
            }
        }
    }

    /// Connects to the current server socket. A connected queue holds as much as wpa_supplicant's own
    /// buffer.
    pub(super) fn connect(&self) -> io::Result<()> {
        Ok(rustix::net::connect(&self.socket, &self.address)?)
    }

    /// Sends without waiting, in one system call, so that a kill cannot separate the datagrams.
    /// Returns the number sent.
    pub(super) fn send(&self, datagrams: &[&str]) -> io::Result<usize> {
        let address = self.address.as_any();
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
            .map(|(slice, control)| MMsgHdr::new_with_addr(&address, slice, control))
            .collect();
        Ok(rustix::net::sendmmsg(
            &self.socket,
            &mut headers,
            SendFlags::DONTWAIT,
        )?)
    }

    /// Waits for a datagram from wpa_supplicant.
    pub(super) async fn receive(&self) -> io::Result<Vec<u8>> {
        loop {
            let received = self
                .socket
                .async_io(Interest::READABLE, || self.receive_any())
                .await?;
            if let Some(datagram) = received {
                return Ok(datagram);
            }
        }
    }

    /// Returns a datagram that was already received.
    pub(super) fn receive_now(&self) -> Option<Vec<u8>> {
        loop {
            match self.receive_any() {
                Ok(Some(datagram)) => return Some(datagram),
                Ok(None) => {}
                Err(_) => return None,
            }
        }
    }

    /// `None` for a datagram from another sender.
    fn receive_any(&self) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = [0; MAX_DATAGRAM_BYTES];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmCredentials(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut parts = [IoSliceMut::new(&mut buffer)];
        let received =
            rustix::net::recvmsg(&self.socket, &mut parts, &mut control, RecvFlags::DONTWAIT)?;
        let datagram = buffer.get(..received.bytes).unwrap_or_default();
        let address = received.address;
        let sender = address.and_then(|sender| SocketAddrUnix::try_from(sender).ok());
        let known = sender.as_ref().is_some_and(|sender| self.is_server(sender));
        if !known {
            tracing::debug!(?sender, "ignoring a datagram from another sender");
        }
        if known {
            let process = control.drain().find_map(|message| match message {
                RecvAncillaryMessage::ScmCredentials(credentials) => Some(credentials.pid),
                _ => None,
            });
            self.sender.set(process);
        }
        // Copied at its exact length: some datagrams are stored for a while.
        Ok(known.then(|| datagram.to_vec()))
    }

    /// The process that sent the last datagram; `None` where the kernel does not tell.
    pub(super) fn sender(&self) -> Option<Pid> {
        self.sender.get()
    }

    /// wpa_supplicant can use another path to the same file, such as a relative path or one through
    /// `/var/run`.
    fn is_server(&self, sender: &SocketAddrUnix) -> bool {
        let Some(sender) = sender.path_bytes() else {
            return false;
        };
        let sender = Path::new(std::ffi::OsStr::from_bytes(sender));
        sender == self.server
            || sender.file_name() == self.server.file_name()
                && (sender.is_relative() || same_directory(sender, &self.server))
    }
}

/// Binds a socket that is told the process behind each datagram, from the first one on.
fn bind(path: &Path) -> io::Result<UnixDatagram> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::DGRAM, flags, None)?;
    if sees_every_process() {
        rustix::net::sockopt::set_socket_passcred(&socket, true)?;
    }
    rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    UnixDatagram::from_std(socket.into())
}

/// In another pid namespace than the first one, a process outside of it is reported as 0, which
/// belongs to none and which `rustix` does not expect. Its inode is `PROC_PID_INIT_INO` (`linux/proc_ns.h`).
fn sees_every_process() -> bool {
    std::fs::read_link("/proc/self/ns/pid").is_ok_and(|it| it == Path::new("pid:[4026531836]"))
}

fn same_directory(one: &Path, other: &Path) -> bool {
    let directory = |path: &Path| path.parent()?.canonicalize().ok();
    directory(one).is_some_and(|one| Some(one) == directory(other))
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "cannot remove");
        }
    }
}

/// Removes the sockets of dead processes from `directory`.
pub(super) fn remove_stale(directory: &Path) {
    let Ok(files) = std::fs::read_dir(directory) else {
        return;
    };
    for file in files.flatten() {
        let name = file.file_name();
        if name.to_str().and_then(owner).is_some_and(is_dead) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// The process that owns a socket with this name.
fn owner(name: &str) -> Option<Pid> {
    let (pid, number) = name.strip_prefix(PREFIX)?.split_once('-')?;
    number.parse::<u32>().ok()?;
    Pid::from_raw(pid.parse().ok()?)
}

fn is_dead(process: Pid) -> bool {
    rustix::process::test_kill_process(process) == Err(Errno::SRCH)
}
