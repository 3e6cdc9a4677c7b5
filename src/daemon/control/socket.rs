//! The file of the control socket: its owner, group and mode decide which clients can connect.

use std::fs::Permissions;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

/// The maximum number of clients that wait to be accepted.
const BACKLOG: i32 = 16;

const OWNER_ONLY: u32 = 0o600;
const OWNER_AND_GROUP: u32 = 0o660;

/// The file of the socket; removed when dropped.
#[derive(Debug)]
pub(super) struct SocketFile(PathBuf);

impl SocketFile {
    /// Listens at a path that only this daemon uses: the file of a killed daemon is replaced.
    pub(super) fn listen(path: &Path) -> io::Result<(Self, UnixListener)> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        net::bind(&socket, &SocketAddrUnix::new(path)?)?;
        let file = Self(path.to_owned());
        // Before `listen`, because clients can connect from then on.
        file.admit(None)?;
        net::listen(&socket, BACKLOG)?;
        Ok((file, socket.into()))
    }

    /// Gives access to the owner and a group; `None`: to the owner only.
    pub(super) fn admit(&self, group: Option<u32>) -> io::Result<()> {
        let set_mode = |mode| std::fs::set_permissions(&self.0, Permissions::from_mode(mode));
        // The mode must not give access to the former group.
        set_mode(OWNER_ONLY)?;
        if let Some(group) = group {
            chown(&self.0, None, Some(group))?;
            set_mode(OWNER_AND_GROUP)?;
        }
        Ok(())
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // If the file stays, connections are refused.
        let _ = std::fs::remove_file(&self.0);
    }
}
