//! The socket as a file: who may connect is decided by its owner, group and mode.

use std::fs::Permissions;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use super::Group;

/// How many may wait until they are looked at.
const WAITING: i32 = 16;

const OWNER_ONLY: u32 = 0o600;
const OWNER_AND_GROUP: u32 = 0o660;

/// A socket's file, which goes away with this.
#[derive(Debug)]
pub(super) struct SocketFile(PathBuf);

impl SocketFile {
    /// Listens at a path that is nobody else's; one that a killed daemon left is replaced.
    pub(super) fn listen(path: &Path) -> io::Result<(Self, UnixListener)> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        net::bind(&socket, &SocketAddrUnix::new(path)?)?;
        let file = Self(path.to_owned());
        // Before anybody can connect, which is from `listen` on.
        file.admit(None)?;
        net::listen(&socket, WAITING)?;
        Ok((file, socket.into()))
    }

    /// Lets a group connect besides the owner; `None`: nobody.
    pub(super) fn admit(&self, group: Option<&Group>) -> io::Result<()> {
        let set_mode = |mode| std::fs::set_permissions(&self.0, Permissions::from_mode(mode));
        // Never one group's file with another group's mode.
        set_mode(OWNER_ONLY)?;
        if let Some(group) = group {
            chown(&self.0, None, Some(group.id))?;
            set_mode(OWNER_AND_GROUP)?;
        }
        Ok(())
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Whoever finds it meets a closed door either way.
        let _ = std::fs::remove_file(&self.0);
    }
}
