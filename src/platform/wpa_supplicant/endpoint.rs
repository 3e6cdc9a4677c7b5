//! One datagram socket of ours, bound where wpa_supplicant can answer.
//!
//! wpa_supplicant makes its own socket anew whenever it cannot send to a client that is not connected
//! (`wpas_ctrl_iface_reinit`, `ctrl_iface_unix.c`, 2.10), and eleven messages in a row are too many for the
//! kernel's usual `net.unix.max_dgram_qlen`. So what it says unasked is heard on a connected one.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::io::Errno;
use rustix::net::addr::SocketAddrArg as _;
use rustix::net::{MMsgHdr, RecvFlags, SendAncillaryBuffer, SendFlags, SocketAddrUnix};
use rustix::process::Pid;
use tokio::io::Interest;
use tokio::net::UnixDatagram;

/// A bound socket; its file is removed with it.
pub(super) struct Endpoint {
    socket: UnixDatagram,
    path: PathBuf,
    server: PathBuf,
    address: SocketAddrUnix,
}

/// wpa_supplicant's answers have up to 4096 bytes (`wpa_supplicant_ctrl_iface_process`).
const LONGEST_DATAGRAM: usize = 8192;
/// The names of our sockets: this, the process id, a counter.
const PREFIX: &str = "wpa-";

static COUNTER: AtomicU32 = AtomicU32::new(0);

impl Endpoint {
    /// Binds a socket in `directory` to talk to the one at `server`.
    pub(super) fn bind(directory: &Path, server: &Path) -> io::Result<Self> {
        loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(format!("{PREFIX}{}-{number}", std::process::id()));
            match UnixDatagram::bind(&path) {
                // Left by a process that had our id.
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(error),
                Ok(socket) => {
                    return Ok(Self {
                        socket,
                        path,
                        server: server.to_path_buf(),
                        address: SocketAddrUnix::new(server)?,
                    });
                }
            }
        }
    }

    /// Connects to the socket that is there now: from then on the queue has room for as much as
    /// wpa_supplicant's own buffer has.
    pub(super) fn connect(&self) -> io::Result<()> {
        Ok(rustix::net::connect(&self.socket, &self.address)?)
    }

    /// Sends without waiting, in one system call, so that nothing that kills this process can come
    /// between. Returns how many there was room for.
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

    /// Takes a datagram that is already there.
    pub(super) fn receive_now(&self) -> Option<Vec<u8>> {
        loop {
            match self.receive_any() {
                Ok(Some(datagram)) => return Some(datagram),
                Ok(None) => {}
                Err(_) => return None,
            }
        }
    }

    /// `None` for a datagram from somebody else.
    fn receive_any(&self) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = [MaybeUninit::uninit(); LONGEST_DATAGRAM];
        let ((datagram, _), _, sender) =
            rustix::net::recvfrom(&self.socket, &mut buffer, RecvFlags::DONTWAIT)?;
        let sender = sender.and_then(|sender| SocketAddrUnix::try_from(sender).ok());
        let known = sender.as_ref().is_some_and(|sender| self.is_server(sender));
        if !known {
            tracing::debug!(?sender, "a datagram from a stranger is ignored");
        }
        // As long as it is: some are kept for a while.
        Ok(known.then(|| datagram.to_vec()))
    }

    /// wpa_supplicant may know its socket by another path to the same file, such as one through
    /// `/var/run`, or by a relative one.
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

/// Removes the sockets that processes which no longer exist left in `directory`.
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

/// The process that a socket of this name belongs to.
fn owner(name: &str) -> Option<Pid> {
    let (pid, number) = name.strip_prefix(PREFIX)?.split_once('-')?;
    number.parse::<u32>().ok()?;
    Pid::from_raw(pid.parse().ok()?)
}

fn is_dead(process: Pid) -> bool {
    rustix::process::test_kill_process(process) == Err(Errno::SRCH)
}
