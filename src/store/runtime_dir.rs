//! The runtime directory: the daemon's lock, each interface's initial address, and the settings of
//! `wpa_supplicant` to restore.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::atomic;
use super::regular::{self, Links};
use macveil_core::types::Mac;

/// Of a file with an initial address, in bytes.
const MAX_SIZE: u64 = 4096;

/// The runtime directory, locked by one daemon.
#[derive(Debug)]
pub struct RuntimeDir {
    path: PathBuf,
    _lock: File,
}

impl RuntimeDir {
    /// Creates the directory if it does not exist, and locks it.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if another daemon has locked it; otherwise, the directory cannot be used.
    pub fn lock(path: &Path) -> io::Result<Self> {
        create(path, 0o755)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .custom_flags(regular::flags(Links::Refuse))
            .open(path.join("lock"))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// The file with the settings of an interface's `wpa_supplicant` to restore.
    #[must_use]
    pub fn originals(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.supplicant"))
    }

    /// The address that the card had when macveil first saw it. It is kept across restarts of the
    /// daemon, because after a restart the card carries one of macveil's addresses.
    ///
    /// # Errors
    ///
    /// The address cannot be written.
    pub fn initial_address(
        &self,
        name: &str,
        ifindex: u32,
        permanent: Option<Mac>,
        current: Mac,
    ) -> io::Result<Mac> {
        let path = self.initial_file(name);
        let key = format!("{ifindex} {permanent:?}");
        if let Some(known) = read_initial(&path, &key) {
            return Ok(known);
        }
        atomic::write(&path, format!("{current}\n{key}\n").as_bytes(), 0o600)?;
        Ok(current)
    }

    /// Renames an interface's files with the interface.
    pub fn rename(&self, before: &str, after: &str) {
        // The interface may have no files.
        let _ = fs::rename(self.initial_file(before), self.initial_file(after));
        let _ = fs::rename(self.originals(before), self.originals(after));
        let _ = fs::rename(self.held_file(before), self.held_file(after));
    }

    /// Notes that an interface is held down, so that a later daemon brings it up again. This is done at
    /// each change of address: nothing is written to disk for it at once.
    ///
    /// # Errors
    ///
    /// The note cannot be written.
    pub fn note_held(&self, name: &str, ifindex: u32) -> io::Result<()> {
        let path = self.held_file(name);
        let _ = fs::remove_file(&path);
        let mut note = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        note.write_all(ifindex.to_string().as_bytes())
    }

    /// Whether an interface is noted to be held down. The note is removed.
    #[must_use]
    pub fn end_hold(&self, name: &str, ifindex: u32) -> bool {
        let is_held = self.is_held(name, ifindex);
        let _ = fs::remove_file(self.held_file(name));
        is_held
    }

    /// Whether an interface is noted to be held down.
    #[must_use]
    pub fn is_held(&self, name: &str, ifindex: u32) -> bool {
        let noted = regular::read_text(&self.held_file(name), Links::Refuse, MAX_SIZE);
        noted.is_ok_and(|number| number == ifindex.to_string())
    }

    fn held_file(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.held"))
    }

    fn initial_file(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.initial"))
    }
}

/// Whether a running daemon with this runtime directory manages the interface.
///
/// The check locks the directory for a moment, for which a daemon that starts just then waits.
#[must_use]
pub fn is_managed(runtime_dir: &Path, interface: &str, ifindex: u32) -> bool {
    let note = runtime_dir.join(format!("{interface}.initial"));
    let noted = match regular::read_text(&note, Links::Refuse, MAX_SIZE) {
        Ok(text) => text
            .lines()
            .nth(1)
            .and_then(|key| key.split(' ').next())
            .is_some_and(|number| number == ifindex.to_string()),
        // Only root can read the file and the lock: assume that the interface is managed.
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    };
    noted && is_in_use(runtime_dir)
}

/// Whether a running daemon has this runtime directory; assumed if only root can find out.
#[must_use]
pub fn is_in_use(runtime_dir: &Path) -> bool {
    match regular::open(&runtime_dir.join("lock"), Links::Refuse) {
        Ok(lock) => flock(&lock, FlockOperation::NonBlockingLockShared).is_err(),
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    }
}

/// The initial address in a file of the runtime directory.
#[must_use]
pub fn saved_initial(path: &Path) -> Option<Mac> {
    let text = regular::read_text(path, Links::Refuse, MAX_SIZE).ok()?;
    text.lines().next()?.parse().ok()
}

/// The first line is the address, the second says which card it belongs to.
fn read_initial(path: &Path, key: &str) -> Option<Mac> {
    let text = regular::read_text(path, Links::Refuse, MAX_SIZE).ok()?;
    let (address, owner) = text.trim_end().split_once('\n')?;
    (owner == key).then(|| address.parse().ok()).flatten()
}

fn create(path: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(mode).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initial_address_of_the_same_interface_is_kept() {
        let home = tempfile::tempdir().unwrap();
        let (first, second) = (Mac([2, 0, 0, 0, 0, 1]), Mac([2, 0, 0, 0, 0, 2]));
        let dir = RuntimeDir::lock(&home.path().join("run")).unwrap();
        let initial = |name, ifindex, current| {
            let address = dir.initial_address(name, ifindex, None, current);
            address.unwrap()
        };
        assert_eq!(initial("eth0", 3, first), first);
        assert_eq!(initial("eth0", 3, second), first);
        dir.rename("eth0", "enp0s1");
        assert_eq!(initial("enp0s1", 3, second), first);
        assert_eq!(initial("enp0s1", 4, second), second);
    }

    #[test]
    fn interface_is_managed_while_its_daemon_runs() {
        let home = tempfile::tempdir().unwrap();
        assert!(!is_managed(home.path(), "wlan0", 3));
        let dir = RuntimeDir::lock(home.path()).unwrap();
        assert!(!is_managed(home.path(), "wlan0", 3));
        dir.initial_address("wlan0", 3, None, Mac([2, 0, 0, 0, 0, 1]))
            .unwrap();
        assert!(is_managed(home.path(), "wlan0", 3));
        assert!(!is_managed(home.path(), "wlan0", 33));
        assert!(!is_managed(home.path(), "wlan1", 3));
        dir.initial_address("wlan0", 33, None, Mac([2, 0, 0, 0, 0, 1]))
            .unwrap();
        assert!(!is_managed(home.path(), "wlan0", 3));
        dir.initial_address("wlan0", 3, None, Mac([2, 0, 0, 0, 0, 1]))
            .unwrap();
        drop(dir);
        assert!(!is_managed(home.path(), "wlan0", 3));
        assert!(RuntimeDir::lock(home.path()).is_ok());
    }

    #[test]
    fn held_interface_is_known_once() {
        let home = tempfile::tempdir().unwrap();
        let dir = RuntimeDir::lock(home.path()).unwrap();
        dir.note_held("wlan0", 3).unwrap();
        dir.rename("wlan0", "wlp1s0");
        assert!(!dir.end_hold("wlan0", 3));
        assert!(dir.is_held("wlp1s0", 3));
        assert!(dir.end_hold("wlp1s0", 3));
        assert!(!dir.is_held("wlp1s0", 3));
        assert!(!dir.end_hold("wlp1s0", 3));
        dir.note_held("wlan0", 3).unwrap();
        assert!(!dir.end_hold("wlan0", 4));
    }

    #[test]
    fn second_daemon_cannot_lock_the_directory() {
        let home = tempfile::tempdir().unwrap();
        let locked = RuntimeDir::lock(home.path()).unwrap();
        assert_eq!(
            RuntimeDir::lock(home.path()).unwrap_err().kind(),
            io::ErrorKind::WouldBlock
        );
        drop(locked);
        assert!(RuntimeDir::lock(home.path()).is_ok());
    }
}
