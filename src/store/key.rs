//! The secret key: `secret_key` in the state directory, in `NetworkManager`'s format.

use std::fs::{DirBuilder, File};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rand::CryptoRng;
use rustix::fs::{CWD, RenameFlags};
use zeroize::Zeroizing;

use super::atomic;
use macveil_core::address::{HostKey, MachineId, NewKey, TooShort};

/// The name of the key's file in the state directory.
pub const KEY_FILE: &str = "secret_key";

/// No key is longer, as in `NetworkManager`.
const LONGEST: u64 = 10 * 1024;

/// There is no key to work with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no such file.
    #[error("there is no key {path}; the daemon makes one when it starts for the first time")]
    Missing {
        /// Where it would be.
        path: PathBuf,
    },
    /// It is there, but cannot be read. It is left as it is: a new one would change every address.
    #[error(
        "cannot read the key {path}; it is not replaced, as that would change every stable address"
    )]
    Read {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds no key.
    #[error(
        "{path} holds no key; remove it to have a new one made, which changes every stable address"
    )]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Why.
        source: TooShort,
    },
    /// A new key cannot be written.
    #[error("cannot write a new key to {path}")]
    Write {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Reads the key of a state directory; if there is none at all, makes one.
///
/// # Errors
///
/// The key cannot be read, is none, or cannot be written.
pub fn load_or_create_key(
    state_dir: &Path,
    machine: Option<&MachineId>,
    rng: &mut impl CryptoRng,
) -> Result<HostKey, KeyError> {
    let path = state_dir.join(KEY_FILE);
    match read_key(&path, machine) {
        Err(KeyError::Missing { .. }) => {
            let new = NewKey::generate(rng);
            create(state_dir, &path, new.contents()).map_err(|source| KeyError::Write {
                path: path.clone(),
                source,
            })?;
            read_key(&path, machine)
        }
        key => key,
    }
}

/// Reads a key.
///
/// # Errors
///
/// It cannot be read, or is none.
pub fn read_key(path: &Path, machine: Option<&MachineId>) -> Result<HostKey, KeyError> {
    let contents = read_secret(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => KeyError::Missing {
            path: path.to_owned(),
        },
        _ => KeyError::Read {
            path: path.to_owned(),
            source,
        },
    })?;
    HostKey::from_file(&contents, machine).map_err(|source| KeyError::Invalid {
        path: path.to_owned(),
        source,
    })
}

pub(super) fn read_secret(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > LONGEST {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            "longer than any key",
        ));
    }
    // Room for everything at once: a buffer that grows would leave copies behind.
    let mut contents = Zeroizing::new(Vec::with_capacity(
        usize::try_from(LONGEST).unwrap_or(0) + 1,
    ));
    file.take(LONGEST).read_to_end(&mut contents)?;
    Ok(contents)
}

/// Writes a key beside where it is to be, then moves it there unless another one has appeared.
pub(super) fn create(state_dir: &Path, path: &Path, key: &[u8]) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(state_dir)?;
    let temporary = atomic::beside(path, key, 0o600)?;
    let moved = move_unless_there(&temporary, path);
    if moved.is_err() {
        let _ = std::fs::remove_file(&temporary);
        return moved;
    }
    atomic::sync_directory(path);
    Ok(())
}

/// Puts a key in the place of another one, which stays beside it.
pub(super) fn replace(state_dir: &Path, path: &Path, key: &[u8]) -> io::Result<()> {
    let kept = state_dir.join(format!("{KEY_FILE}.replaced"));
    let present = read_secret(path)?;
    atomic::write(&kept, &present, 0o600)?;
    atomic::write(path, key, 0o600)
}

fn move_unless_there(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::io::Errno;
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Somebody else was faster; theirs is the key.
        Err(Errno::EXIST) => std::fs::remove_file(from),
        // Few file systems cannot do it in one step.
        Err(Errno::INVAL | Errno::NOSYS) if !to.try_exists()? => std::fs::rename(from, to),
        result => Ok(result?),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn load(directory: &Path, seed: u64) -> Result<HostKey, KeyError> {
        let machine = MachineId::parse("0123456789abcdef0123456789abcdef");
        load_or_create_key(
            directory,
            machine.as_ref(),
            &mut StdRng::seed_from_u64(seed),
        )
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_missing_key_is_made_once_and_kept_from_others() {
        let root = tempfile::tempdir().unwrap();
        let state_dir = root.path().join("var/lib/macveil");
        let made = load(&state_dir, 1).unwrap();
        let path = state_dir.join(KEY_FILE);
        let contents = fs::read(&path).unwrap();
        assert_eq!(
            (mode(&path), mode(&state_dir), contents.len()),
            (0o600, 0o700, 50)
        );
        assert_eq!(
            fs::read_dir(&state_dir).unwrap().count(),
            1,
            "nothing is left beside it"
        );
        assert_eq!(load(&state_dir, 2).unwrap(), made);
        assert_eq!(fs::read(&path).unwrap(), contents);
    }

    #[test]
    fn what_a_crash_has_left_is_no_obstacle() {
        let root = tempfile::tempdir().unwrap();
        let left = root
            .path()
            .join(format!("{KEY_FILE}.{}", std::process::id()));
        fs::write(left, "nm-v2:cut sho").unwrap();
        load(root.path(), 1).unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_cannot_be_read_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(KEY_FILE);
        fs::create_dir(&path).unwrap();
        assert!(matches!(load(root.path(), 1), Err(KeyError::Read { .. })));
        assert!(path.is_dir());
        fs::remove_dir(&path).unwrap();
        fs::write(&path, "too short").unwrap();
        assert!(matches!(
            load(root.path(), 1),
            Err(KeyError::Invalid { .. })
        ));
        assert_eq!(fs::read(&path).unwrap(), b"too short");
        fs::write(&path, vec![b'x'; 10 * 1024 + 1]).unwrap();
        assert!(matches!(load(root.path(), 1), Err(KeyError::Read { .. })));
    }

    #[test]
    fn a_key_that_is_only_to_be_read_is_not_made() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(KEY_FILE);
        assert!(matches!(
            read_key(&path, None),
            Err(KeyError::Missing { .. })
        ));
        assert!(!path.exists());
    }

    #[test]
    fn somebody_who_was_faster_is_respected() {
        let root = tempfile::tempdir().unwrap();
        let (ours, theirs) = (root.path().join("ours"), root.path().join("theirs"));
        fs::write(&ours, "ours").unwrap();
        fs::write(&theirs, "theirs").unwrap();
        move_unless_there(&ours, &theirs).unwrap();
        assert_eq!(fs::read(&theirs).unwrap(), b"theirs");
        assert!(!ours.exists());
    }

    #[test]
    fn a_state_directory_that_cannot_be_had_is_an_error_with_a_cause() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        let error = load(&file.join("state"), 1).unwrap_err();
        assert!(std::error::Error::source(&error).is_some(), "{error}");
    }
}
