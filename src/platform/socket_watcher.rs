//! Watches another program's socket with inotify.
//!
//! `wpa_supplicant` creates the directory and the socket when it starts, and removes both when it exits
//! (`wpas_ctrl_iface_open_sock`, `wpa_supplicant_ctrl_iface_deinit`, `ctrl_iface_unix.c`, 2.10). So
//! the nearest existing parent directory of the socket is watched.

use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use tokio::net::unix::pipe::Receiver;

/// Identifies a socket file, to distinguish it from a later one at the same path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    /// Nanoseconds since the epoch. Inode numbers are reused, on some file systems at once.
    pub(crate) created: i128,
}

/// The state of the socket's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SocketState {
    /// The file does not exist.
    Absent,
    /// A socket.
    Socket(Identity),
    /// A file of another type.
    NotASocket,
    /// No permission to read the path.
    Denied,
}

/// Watches one socket's path.
pub(crate) struct SocketWatcher {
    socket: PathBuf,
    watch: Option<Watch>,
}

/// An inotify instance with one directory to watch.
struct Watch {
    directory: PathBuf,
    inotify: Receiver,
}

/// What inotify reported since the last read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct News {
    /// A relevant event.
    any: bool,
    /// The socket's name was removed; it may exist again.
    removed: bool,
    /// The watched directory was removed or moved, or events were lost.
    stale: bool,
}

/// How often to poll without inotify, whose limits are per user.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

impl SocketWatcher {
    /// Watches `socket`. Neither the socket nor its directory needs to exist.
    pub(crate) fn new(socket: PathBuf) -> Self {
        Self {
            socket,
            watch: None,
        }
    }

    /// The watched path.
    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// Reads the current state. [`SocketWatcher::changed`] reports all later changes.
    pub(crate) fn state(&mut self) -> SocketState {
        self.rearm();
        read_state(&self.socket)
    }

    /// Waits until the state may have changed; returns whether the socket was removed meanwhile.
    pub(crate) async fn changed(&mut self) -> bool {
        loop {
            let Some(watch) = &self.watch else {
                tokio::time::sleep(POLL_INTERVAL).await;
                return false;
            };
            let news = watch.news(&self.socket).await;
            if news.stale {
                self.watch = None;
            }
            if news.any {
                return news.removed;
            }
        }
    }

    /// Waits until the socket is no longer this one.
    pub(crate) async fn lost(&mut self, identity: Identity) {
        loop {
            let removed = self.changed().await;
            if removed || self.state() != SocketState::Socket(identity) {
                return;
            }
        }
    }

    /// Watches the nearest existing directory. Repeats until stable, because a deeper directory can
    /// appear while the watch is being set.
    fn rearm(&mut self) {
        while let Some(directory) = self.nearest_directory() {
            if self
                .watch
                .as_ref()
                .is_some_and(|w| w.directory == directory)
            {
                return;
            }
            match Watch::new(directory) {
                Ok(watch) => self.watch = Some(watch),
                Err(error) => {
                    tracing::warn!(
                        "cannot watch for {}: {error}; polling every {} s instead (raise fs.inotify.max_user_instances or max_user_watches)",
                        self.socket.display(),
                        POLL_INTERVAL.as_secs(),
                    );
                    self.watch = None;
                    return;
                }
            }
        }
    }

    fn nearest_directory(&self) -> Option<PathBuf> {
        let mut ancestors = self.socket.ancestors().skip(1);
        let nearest = ancestors.find(|directory| readable(directory))?;
        Some(nearest.to_path_buf())
    }
}

/// Whether the directory can be watched: inotify requires read permission.
fn readable(directory: &Path) -> bool {
    directory.is_dir() && rustix::fs::access(directory, rustix::fs::Access::READ_OK).is_ok()
}

fn read_state(socket: &Path) -> SocketState {
    match std::fs::metadata(socket) {
        Ok(metadata) if metadata.file_type().is_socket() => SocketState::Socket(Identity {
            device: metadata.dev(),
            inode: metadata.ino(),
            created: i128::from(metadata.mtime()) * 1_000_000_000
                + i128::from(metadata.mtime_nsec()),
        }),
        Ok(_) => SocketState::NotASocket,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => SocketState::Denied,
        Err(_) => SocketState::Absent,
    }
}

impl Watch {
    fn new(directory: PathBuf) -> io::Result<Self> {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let flags = WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::ATTRIB
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR;
        inotify::add_watch(&inotify, &directory, flags)?;
        Ok(Self {
            directory,
            // Not a pipe, but read in the same way.
            inotify: Receiver::from_owned_fd_unchecked(inotify)?,
        })
    }

    /// Waits for events and reads them.
    async fn news(&self, socket: &Path) -> News {
        if self.inotify.readable().await.is_err() {
            return News::LOST;
        }
        let mut news = News::default();
        let read = self.inotify.try_io(|| self.read(socket, &mut news));
        match read {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => News::LOST,
            _ => news,
        }
    }

    /// Reads events until none is left (`WouldBlock`) or the limit is reached.
    fn read(&self, socket: &Path, news: &mut News) -> io::Result<()> {
        let name = next_name(&self.directory, socket);
        let mut buffer = [MaybeUninit::uninit(); BUFFER_SIZE];
        let mut reader = inotify::Reader::new(&self.inotify, &mut buffer);
        for _ in 0..MAX_EVENTS {
            let event = reader.next()?;
            let file = event
                .file_name()
                .map(|file| OsStr::from_bytes(file.to_bytes()));
            news.add(event.events(), file, name);
        }
        Ok(())
    }
}

/// In bytes; holds a dozen events with the longest names.
const BUFFER_SIZE: usize = 4096;
/// Limits one read, so that a program that keeps creating files cannot block the daemon.
const MAX_EVENTS: usize = 1024;

/// The name in `directory` that leads to `socket`.
fn next_name<'a>(directory: &Path, socket: &'a Path) -> Option<&'a OsStr> {
    let rest = socket.strip_prefix(directory).ok()?;
    rest.components().next().map(Component::as_os_str)
}

impl News {
    /// Events were lost.
    const LOST: Self = Self {
        any: true,
        removed: false,
        stale: true,
    };

    fn add(&mut self, events: ReadFlags, file: Option<&OsStr>, name: Option<&OsStr>) {
        let lost = ReadFlags::DELETE_SELF
            | ReadFlags::MOVE_SELF
            | ReadFlags::IGNORED
            | ReadFlags::UNMOUNT
            | ReadFlags::QUEUE_OVERFLOW;
        let removed = ReadFlags::DELETE | ReadFlags::MOVED_FROM;
        let relevant = file.is_none() || file == name;
        self.any |= relevant;
        self.stale |= events.intersects(lost);
        self.removed |= relevant && file.is_some() && events.intersects(removed);
    }
}

/// Watches a directory for written, replaced and removed files.
#[cfg(feature = "dbus")]
pub(crate) fn watch_directory(directory: &Path) -> io::Result<Receiver> {
    let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    let flags = WatchFlags::MOVED_TO | WatchFlags::CLOSE_WRITE | WatchFlags::DELETE;
    inotify::add_watch(&inotify, directory, flags)?;
    // Not a pipe, but read in the same way.
    Receiver::from_owned_fd_unchecked(inotify)
}

/// Watches the files in a directory, and whether it appears or is replaced, from the nearest one above it that
/// exists.
#[cfg(feature = "dbus")]
pub(crate) fn watch_replaced_directory(directory: &Path) -> io::Result<Receiver> {
    let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    let itself = WatchFlags::DELETE_SELF | WatchFlags::MOVE_SELF;
    let names = WatchFlags::MOVED_FROM | WatchFlags::MOVED_TO | WatchFlags::DELETE;
    let above = itself | names | WatchFlags::CREATE | WatchFlags::ATTRIB;
    let watch = |path, flags| inotify::add_watch(&inotify, path, flags);
    for path in directory.ancestors().skip(1) {
        if watch(path, above).is_ok() {
            break;
        }
    }
    // It need not exist.
    let _ = watch(directory, itself | names | WatchFlags::CLOSE_WRITE);
    Receiver::from_owned_fd_unchecked(inotify)
}

/// Waits until a file in the directory changes; without a watch, forever.
#[cfg(feature = "dbus")]
pub(crate) async fn directory_changed(watch: Option<&Receiver>) {
    let mut events = [0; 1024];
    match watch {
        Some(watch) if watch.readable().await.is_ok() => {
            while watch.try_read(&mut events).is_ok() {}
        }
        _ => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::time::Duration;

    use super::*;

    fn with_runtime(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                tokio::time::timeout(Duration::from_secs(10), test)
                    .await
                    .unwrap();
            });
    }

    async fn wait_for(
        watcher: &mut SocketWatcher,
        wanted: impl Fn(&SocketState) -> bool,
    ) -> SocketState {
        loop {
            let state = watcher.state();
            if wanted(&state) {
                return state;
            }
            watcher.changed().await;
        }
    }

    fn is_socket(state: &SocketState) -> bool {
        matches!(state, SocketState::Socket(_))
    }

    #[test]
    fn created_and_removed_directories_are_followed() {
        with_runtime(async {
            let top = tempfile::tempdir().unwrap();
            let directory = top.path().join("run/wpa_supplicant");
            let socket = directory.join("wlan0");
            let mut watcher = SocketWatcher::new(socket.clone());
            assert_eq!(watcher.state(), SocketState::Absent);
            for _ in 0..3 {
                let path = socket.clone();
                let maker = tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    UnixDatagram::bind(&path).unwrap()
                });
                let SocketState::Socket(identity) = wait_for(&mut watcher, is_socket).await else {
                    panic!("is a socket");
                };
                let _bound = maker.await.unwrap();
                std::fs::remove_dir_all(top.path().join("run")).unwrap();
                watcher.lost(identity).await;
                assert_eq!(watcher.state(), SocketState::Absent);
            }
        });
    }

    #[test]
    fn replaced_directory_is_watched() {
        with_runtime(async {
            let top = tempfile::tempdir().unwrap();
            let socket = top.path().join("wpa_supplicant/wlan0");
            let directory = socket.parent().unwrap();
            std::fs::create_dir(directory).unwrap();
            let mut watcher = SocketWatcher::new(socket.clone());
            assert_eq!(watcher.state(), SocketState::Absent);
            for _ in 0..3 {
                std::fs::remove_dir(directory).unwrap();
                std::fs::create_dir(directory).unwrap();
                watcher.changed().await;
                assert_eq!(watcher.state(), SocketState::Absent);
                let bound = UnixDatagram::bind(&socket).unwrap();
                wait_for(&mut watcher, is_socket).await;
                drop(bound);
                std::fs::remove_file(&socket).unwrap();
                wait_for(&mut watcher, |state| *state == SocketState::Absent).await;
            }
        });
    }

    #[test]
    fn replaced_socket_with_same_inode_is_detected() {
        with_runtime(async {
            let top = tempfile::tempdir().unwrap();
            let socket = top.path().join("wlan0");
            let mut watcher = SocketWatcher::new(socket.clone());
            for _ in 0..3 {
                let _ = std::fs::remove_file(&socket);
                let _bound = UnixDatagram::bind(&socket).unwrap();
                let SocketState::Socket(identity) = wait_for(&mut watcher, is_socket).await else {
                    panic!("is a socket");
                };
                std::fs::remove_file(&socket).unwrap();
                let _again = UnixDatagram::bind(&socket).unwrap();
                watcher.lost(identity).await;
            }
        });
    }

    #[test]
    fn other_sockets_are_ignored() {
        with_runtime(async {
            let top = tempfile::tempdir().unwrap();
            let mut watcher = SocketWatcher::new(top.path().join("wlan0"));
            assert_eq!(watcher.state(), SocketState::Absent);
            let other = top.path().join("wlan1");
            let _bound = UnixDatagram::bind(&other).unwrap();
            std::fs::remove_file(&other).unwrap();
            let soon = Duration::from_millis(50);
            let change = tokio::time::timeout(soon, watcher.changed()).await;
            assert!(change.is_err());
        });
    }
}
