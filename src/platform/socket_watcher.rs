//! Whether another program's socket is there, watched with inotify.
//!
//! `wpa_supplicant` makes the directory and the socket when it starts, and removes both when it ends
//! (`wpas_ctrl_iface_open_sock`, `wpa_supplicant_ctrl_iface_deinit`, `ctrl_iface_unix.c`, 2.10). So
//! the nearest existing directory on the way to the socket is watched.

use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use tokio::net::unix::pipe::Receiver;

/// Tells one socket file from its successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    /// Nanoseconds; numbers of inodes are given out again, on some file systems at once.
    pub(crate) made: i128,
}

/// What is found at the socket's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Nothing.
    Absent,
    /// A socket.
    Socket(Identity),
    /// Something else.
    NotASocket,
    /// It may not be looked at.
    Denied,
}

/// Watches one socket's path.
pub(crate) struct Presence {
    socket: PathBuf,
    watch: Option<Watch>,
}

/// An inotify instance with one directory to watch.
struct Watch {
    directory: PathBuf,
    inotify: Receiver,
}

/// What inotify told since it was last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct News {
    /// Something that may matter.
    any: bool,
    /// The socket's name was taken away, whether or not it is there again.
    removed: bool,
    /// The watched directory itself is gone or moved, or notifications were lost.
    stale: bool,
}

/// How soon to look again where inotify is refused (its limits are per user).
const WITHOUT_INOTIFY: Duration = Duration::from_secs(2);

impl Presence {
    /// Watches `socket`, which need not exist, nor its directory.
    pub(crate) fn new(socket: PathBuf) -> Self {
        Self {
            socket,
            watch: None,
        }
    }

    /// The path that is watched.
    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// Checks now. [`Presence::changed`] reports later changes.
    pub(crate) fn look(&mut self) -> Sight {
        self.rearm();
        look_at(&self.socket)
    }

    /// Waits until it is worth to look again; says whether the socket was taken away meanwhile.
    pub(crate) async fn changed(&mut self) -> bool {
        loop {
            let Some(watch) = &self.watch else {
                tokio::time::sleep(WITHOUT_INOTIFY).await;
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
            if removed || self.look() != Sight::Socket(identity) {
                return;
            }
        }
    }

    /// Makes sure that the nearest existing directory is watched. A deeper one may come into being
    /// while the watch is set, so it is looked for until there is none.
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
                        "cannot watch for {}: {error}; looking every {} s instead (raise fs.inotify.max_user_instances or max_user_watches)",
                        self.socket.display(),
                        WITHOUT_INOTIFY.as_secs(),
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

/// A directory that may be watched: inotify needs the right to read.
fn readable(directory: &Path) -> bool {
    directory.is_dir() && rustix::fs::access(directory, rustix::fs::Access::READ_OK).is_ok()
}

fn look_at(socket: &Path) -> Sight {
    match std::fs::metadata(socket) {
        Ok(metadata) if metadata.file_type().is_socket() => Sight::Socket(Identity {
            device: metadata.dev(),
            inode: metadata.ino(),
            made: i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec()),
        }),
        Ok(_) => Sight::NotASocket,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Sight::Denied,
        Err(_) => Sight::Absent,
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
            // No pipe, but read like one.
            inotify: Receiver::from_owned_fd_unchecked(inotify)?,
        })
    }

    /// Waits for news and takes what there is.
    async fn news(&self, socket: &Path) -> News {
        if self.inotify.readable().await.is_err() {
            return News::LOST;
        }
        let mut news = News::default();
        let taken = self.inotify.try_io(|| self.take(socket, &mut news));
        match taken {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => News::LOST,
            _ => news,
        }
    }

    /// Takes events until there is none left, which is `WouldBlock`, or enough for now.
    fn take(&self, socket: &Path, news: &mut News) -> io::Result<()> {
        let name = next_name(&self.directory, socket);
        let mut buffer = [MaybeUninit::uninit(); READ_AT_ONCE];
        let mut reader = inotify::Reader::new(&self.inotify, &mut buffer);
        for _ in 0..EVENTS_AT_ONCE {
            let event = reader.next()?;
            let file = event
                .file_name()
                .map(|file| OsStr::from_bytes(file.to_bytes()));
            news.add(event.events(), file, name);
        }
        Ok(())
    }
}

/// Room for a dozen events with the longest names.
const READ_AT_ONCE: usize = 4096;
/// So that somebody who makes files without end does not hold up everything else.
const EVENTS_AT_ONCE: usize = 1024;

/// The name in `directory` that leads to `socket`.
fn next_name<'a>(directory: &Path, socket: &'a Path) -> Option<&'a OsStr> {
    let rest = socket.strip_prefix(directory).ok()?;
    rest.components().next().map(Component::as_os_str)
}

impl News {
    /// Nothing is known any more.
    const LOST: Self = Self {
        any: true,
        removed: false,
        stale: true,
    };

    fn add(&mut self, events: ReadFlags, file: Option<&OsStr>, name: Option<&OsStr>) {
        let gone = ReadFlags::DELETE_SELF
            | ReadFlags::MOVE_SELF
            | ReadFlags::IGNORED
            | ReadFlags::UNMOUNT
            | ReadFlags::QUEUE_OVERFLOW;
        let taken_away = ReadFlags::DELETE | ReadFlags::MOVED_FROM;
        let concerned = file.is_none() || file == name;
        self.any |= concerned;
        self.stale |= events.intersects(gone);
        self.removed |= concerned && file.is_some() && events.intersects(taken_away);
    }
}

/// Watches a directory in which files are written, replaced by others of their name, and removed.
#[cfg(feature = "dbus")]
pub(crate) fn watch_directory(directory: &Path) -> io::Result<Receiver> {
    let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    let flags = WatchFlags::MOVED_TO | WatchFlags::CLOSE_WRITE | WatchFlags::DELETE;
    inotify::add_watch(&inotify, directory, flags)?;
    // No pipe, but read like one.
    Receiver::from_owned_fd_unchecked(inotify)
}

/// Waits until something changes in the directory; forever, if it is not watched. What exactly has changed
/// is not told.
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

    fn on_tokio(test: impl Future<Output = ()>) {
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

    async fn until(presence: &mut Presence, wanted: impl Fn(&Sight) -> bool) -> Sight {
        loop {
            let sight = presence.look();
            if wanted(&sight) {
                return sight;
            }
            presence.changed().await;
        }
    }

    fn is_socket(sight: &Sight) -> bool {
        matches!(sight, Sight::Socket(_))
    }

    #[test]
    fn follows_directories_and_socket_as_they_come_go_and_return() {
        on_tokio(async {
            let top = tempfile::tempdir().unwrap();
            let directory = top.path().join("run/wpa_supplicant");
            let socket = directory.join("wlan0");
            let mut presence = Presence::new(socket.clone());
            assert_eq!(presence.look(), Sight::Absent);
            for _ in 0..3 {
                let path = socket.clone();
                let maker = tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    UnixDatagram::bind(&path).unwrap()
                });
                let Sight::Socket(identity) = until(&mut presence, is_socket).await else {
                    panic!("is a socket");
                };
                let _bound = maker.await.unwrap();
                std::fs::remove_dir_all(top.path().join("run")).unwrap();
                presence.lost(identity).await;
                assert_eq!(presence.look(), Sight::Absent);
            }
        });
    }

    #[test]
    fn watches_a_directory_that_took_the_place_of_another() {
        on_tokio(async {
            let top = tempfile::tempdir().unwrap();
            let socket = top.path().join("wpa_supplicant/wlan0");
            let directory = socket.parent().unwrap();
            std::fs::create_dir(directory).unwrap();
            let mut presence = Presence::new(socket.clone());
            assert_eq!(presence.look(), Sight::Absent);
            for _ in 0..3 {
                std::fs::remove_dir(directory).unwrap();
                std::fs::create_dir(directory).unwrap();
                presence.changed().await;
                assert_eq!(presence.look(), Sight::Absent);
                let bound = UnixDatagram::bind(&socket).unwrap();
                until(&mut presence, is_socket).await;
                drop(bound);
                std::fs::remove_file(&socket).unwrap();
                until(&mut presence, |sight| *sight == Sight::Absent).await;
            }
        });
    }

    #[test]
    fn a_socket_in_place_of_another_is_another_even_with_its_inode() {
        on_tokio(async {
            let top = tempfile::tempdir().unwrap();
            let socket = top.path().join("wlan0");
            let mut presence = Presence::new(socket.clone());
            for _ in 0..3 {
                let _ = std::fs::remove_file(&socket);
                let _bound = UnixDatagram::bind(&socket).unwrap();
                let Sight::Socket(identity) = until(&mut presence, is_socket).await else {
                    panic!("is a socket");
                };
                std::fs::remove_file(&socket).unwrap();
                let _again = UnixDatagram::bind(&socket).unwrap();
                presence.lost(identity).await;
            }
        });
    }

    #[test]
    fn other_sockets_come_and_go_unnoticed() {
        on_tokio(async {
            let top = tempfile::tempdir().unwrap();
            let mut presence = Presence::new(top.path().join("wlan0"));
            assert_eq!(presence.look(), Sight::Absent);
            let other = top.path().join("wlan1");
            let _bound = UnixDatagram::bind(&other).unwrap();
            std::fs::remove_file(&other).unwrap();
            let soon = Duration::from_millis(50);
            let change = tokio::time::timeout(soon, presence.changed()).await;
            assert!(change.is_err());
        });
    }
}
