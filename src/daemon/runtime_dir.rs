//! What lives in the runtime directory: the lock, the client sockets, each card's initial address, and
//! what was changed in its supplicant.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use macveil_core::types::Mac;

/// The runtime directory, held by this daemon alone.
#[derive(Debug)]
pub(super) struct RuntimeDir {
    path: PathBuf,
    _lock: File,
}

impl RuntimeDir {
    /// Creates the directory if need be and locks it; `WouldBlock` if another daemon holds it.
    pub(super) fn hold(path: &Path) -> io::Result<Self> {
        create(path, 0o755)?;
        create(&path.join("clients"), 0o700)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path.join("lock"))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Where the sockets towards the supplicant are bound; nobody else may enter.
    pub(super) fn client_dir(&self) -> PathBuf {
        self.path.join("clients")
    }

    /// Where it is noted what was changed in an interface's supplicant.
    pub(super) fn originals(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.supplicant"))
    }

    /// The address that the card had when macveil first saw it: remembered across restarts of the
    /// daemon, because by then the card carries one of ours.
    pub(super) fn initial_address(
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
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&path)?;
        writeln!(file, "{current}\n{key}")?;
        Ok(current)
    }

    /// What is remembered of an interface goes with it when it gets another name.
    pub(super) fn rename(&self, before: &str, after: &str) {
        // Nothing may have been remembered.
        let _ = fs::rename(self.initial_file(before), self.initial_file(after));
        let _ = fs::rename(self.originals(before), self.originals(after));
    }

    fn initial_file(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.initial"))
    }
}

/// Whether a daemon is running that has taken this interface in hand, and holds `runtime_dir`.
///
/// A daemon that starts in the moment of looking may find its lock taken, and says so.
#[must_use]
pub fn is_tended(runtime_dir: &Path, interface: &str, ifindex: u32) -> bool {
    let note = runtime_dir.join(format!("{interface}.initial"));
    let noted = match fs::read_to_string(&note) {
        Ok(text) => text
            .lines()
            .nth(1)
            .and_then(|key| key.split(' ').next())
            .is_some_and(|number| number == ifindex.to_string()),
        // Only root may read it, and nobody else may look at the lock.
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    };
    noted && is_held(&runtime_dir.join("lock"))
}

fn is_held(lock: &Path) -> bool {
    match File::open(lock) {
        Ok(lock) => flock(&lock, FlockOperation::NonBlockingLockShared).is_err(),
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    }
}

/// The first line is the address, the second says which card it belongs to.
fn read_initial(path: &Path, key: &str) -> Option<Mac> {
    let text = fs::read_to_string(path).ok()?;
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
    fn the_first_address_of_an_interface_is_remembered_until_the_interface_is_another() {
        let home = tempfile::tempdir().unwrap();
        let (first, second) = (Mac([2, 0, 0, 0, 0, 1]), Mac([2, 0, 0, 0, 0, 2]));
        let dir = RuntimeDir::hold(&home.path().join("run")).unwrap();
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
    fn an_interface_is_tended_while_the_daemon_runs_that_took_it_in_hand() {
        let home = tempfile::tempdir().unwrap();
        assert!(!is_tended(home.path(), "wlan0", 3));
        let dir = RuntimeDir::hold(home.path()).unwrap();
        assert!(!is_tended(home.path(), "wlan0", 3));
        dir.initial_address("wlan0", 3, None, Mac([2, 0, 0, 0, 0, 1]))
            .unwrap();
        assert!(is_tended(home.path(), "wlan0", 3));
        assert!(!is_tended(home.path(), "wlan0", 33));
        assert!(!is_tended(home.path(), "wlan1", 3));
        dir.initial_address("wlan0", 33, None, Mac([2, 0, 0, 0, 0, 1]))
            .unwrap();
        assert!(!is_tended(home.path(), "wlan0", 3));
        dir.initial_address("wlan0", 3, None, Mac([2, 0, 0, 0, 0, 1]))
            .unwrap();
        drop(dir);
        assert!(!is_tended(home.path(), "wlan0", 3));
        assert!(RuntimeDir::hold(home.path()).is_ok());
    }

    #[test]
    fn two_daemons_cannot_hold_it_at_once() {
        let home = tempfile::tempdir().unwrap();
        let held = RuntimeDir::hold(home.path()).unwrap();
        assert_eq!(
            RuntimeDir::hold(home.path()).unwrap_err().kind(),
            io::ErrorKind::WouldBlock
        );
        drop(held);
        assert!(RuntimeDir::hold(home.path()).is_ok());
    }
}
