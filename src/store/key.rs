//! The secret key: `secret_key` in the state directory, in `NetworkManager`'s format.

use std::fs::DirBuilder;
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rand::CryptoRng;
use rustix::fs::{CWD, RenameFlags};
use zeroize::Zeroizing;

use super::atomic;
use super::regular::{self, Links};
use macveil_core::address::{HostKey, MachineId, NewKey, TooShort, is_weak_key};

/// The name of the key's file in the state directory.
pub const KEY_FILE: &str = "secret_key";

/// In bytes, as in `NetworkManager`.
const MAX_KEY_SIZE: u64 = 10 * 1024;
const NOT_PRIVATE: &str = "run `chmod 600` on it; if they may have read it, remove it, which changes every stable address";

/// There is no valid key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no such file.
    #[error("there is no key {path}; the daemon creates it at its first start")]
    Missing {
        /// The expected file.
        path: PathBuf,
    },
    /// The file exists, but cannot be read. It is not replaced: a new key would change every address.
    #[error(
        "cannot read the key {path}; it is not replaced, as that would change every stable address"
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not a key.
    #[error(
        "{path} is not a valid key; remove the file to create a new key, which changes every stable address"
    )]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Why.
        source: TooShort,
    },
    /// The file has so few different bytes that it can be guessed.
    #[error(
        "{path} is not a valid key: it repeats a few bytes and can be guessed; remove the file to create a new key, which changes every stable address"
    )]
    Weak {
        /// The file.
        path: PathBuf,
    },
    /// A new key cannot be written.
    #[error("cannot write a new key to {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Reads the key of a state directory, or creates it if there is no such file.
///
/// # Errors
///
/// The key cannot be read, is not valid, or cannot be written.
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
/// The file cannot be read, is not a key, or can be guessed.
pub fn read_key(path: &Path, machine: Option<&MachineId>) -> Result<HostKey, KeyError> {
    let (key, contents) = read(path, machine)?;
    if is_weak_key(&contents) {
        let path = path.to_owned();
        return Err(KeyError::Weak { path });
    }
    Ok(key)
}

/// Reads a key that can be one for tests, which everyone can guess.
///
/// # Errors
///
/// The file cannot be read, or is not a key.
pub fn read_any_key(path: &Path, machine: Option<&MachineId>) -> Result<HostKey, KeyError> {
    read(path, machine).map(|(key, _)| key)
}

fn read(
    path: &Path,
    machine: Option<&MachineId>,
) -> Result<(HostKey, Zeroizing<Vec<u8>>), KeyError> {
    let contents = read_secret(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => KeyError::Missing {
            path: path.to_owned(),
        },
        _ => KeyError::Read {
            path: path.to_owned(),
            source,
        },
    })?;
    let key = HostKey::from_file(&contents, machine).map_err(|source| KeyError::Invalid {
        path: path.to_owned(),
        source,
    })?;
    Ok((key, contents))
}

/// Reads a file that only its owner can access, and that belongs to root or to the daemon's user.
///
/// # Errors
///
/// The file cannot be read, is not private, is not a regular file, or is too large for a key.
pub fn read_secret(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = regular::open(path, Links::Follow)?;
    let facts = file.metadata()?;
    regular::require_owner(&facts)?;
    regular::require_without(&facts, 0o077, NOT_PRIVATE)?;
    regular::require_size(&facts, MAX_KEY_SIZE)?;
    // Allocated once: a buffer that grows would leave copies of the key in memory.
    let mut contents = Zeroizing::new(Vec::with_capacity(
        usize::try_from(MAX_KEY_SIZE).unwrap_or(0) + 1,
    ));
    file.take(MAX_KEY_SIZE + 1).read_to_end(&mut contents)?;
    if u64::try_from(contents.len()).is_ok_and(|length| length > MAX_KEY_SIZE) {
        return Err(ErrorKind::FileTooLarge.into());
    }
    Ok(contents)
}

/// Writes a key unless another process has written one in the meantime.
pub(super) fn create(state_dir: &Path, path: &Path, key: &[u8]) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(state_dir)?;
    let temporary = atomic::write_temporary(path, key, 0o600)?;
    let moved = rename_unless_exists(&temporary, path);
    if moved.is_err() {
        let _ = std::fs::remove_file(&temporary);
        return moved;
    }
    atomic::sync_directory(path);
    Ok(())
}

/// Replaces a key, and saves the old one as `secret_key.replaced`.
pub(super) fn replace(state_dir: &Path, path: &Path, key: &[u8]) -> io::Result<()> {
    let saved = state_dir.join(format!("{KEY_FILE}.replaced"));
    let present = read_secret(path)?;
    atomic::write(&saved, &present, 0o600)?;
    atomic::write(path, key, 0o600)
}

fn rename_unless_exists(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::io::Errno;
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Another process was faster: its key is used.
        Err(Errno::EXIST) => std::fs::remove_file(from),
        // Few file systems do not support NOREPLACE.
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

    fn put(path: &Path, contents: &[u8]) {
        let _ = fs::remove_file(path);
        atomic::write(path, contents, 0o600).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_missing_key_is_created_once_and_private() {
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
            "no temporary file is left"
        );
        assert_eq!(load(&state_dir, 2).unwrap(), made);
        assert_eq!(fs::read(&path).unwrap(), contents);
    }

    #[test]
    fn a_temporary_file_of_a_crash_is_removed() {
        let root = tempfile::tempdir().unwrap();
        let left = root
            .path()
            .join(format!("{KEY_FILE}.{}", std::process::id()));
        fs::write(left, "nm-v2:cut sho").unwrap();
        load(root.path(), 1).unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_unreadable_key_is_unchanged() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(KEY_FILE);
        fs::create_dir(&path).unwrap();
        assert!(matches!(load(root.path(), 1), Err(KeyError::Read { .. })));
        assert!(path.is_dir());
        fs::remove_dir(&path).unwrap();
        put(&path, b"too short");
        assert!(matches!(
            load(root.path(), 1),
            Err(KeyError::Invalid { .. })
        ));
        assert_eq!(fs::read(&path).unwrap(), b"too short");
        put(&path, &[b'x'; 10 * 1024 + 1]);
        assert!(matches!(load(root.path(), 1), Err(KeyError::Read { .. })));
    }

    #[test]
    fn a_key_that_can_be_guessed_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(KEY_FILE);
        for weak in [
            &[b'a'; 64][..],
            b"nm-v2:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
            &[0; 16],
        ] {
            put(&path, weak);
            assert!(matches!(load(root.path(), 1), Err(KeyError::Weak { .. })));
            assert_eq!(fs::read(&path).unwrap(), weak);
        }
    }

    #[test]
    fn a_key_that_others_can_reach_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(KEY_FILE);
        load(root.path(), 1).unwrap();
        let refused = |expected: &str| {
            let error = load(root.path(), 2).unwrap_err();
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(cause.contains(expected), "{cause}");
        };
        for mode in [0o666, 0o640, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            refused(&format!("(mode {mode:o}): run `chmod 600`"));
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::chown(&path, Some(4711), None).expect("this needs root");
        refused("it belongs to user 4711");
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        refused("a pipe, a socket or a device");
    }

    #[test]
    fn reading_a_missing_key_does_not_create_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(KEY_FILE);
        assert!(matches!(
            read_key(&path, None),
            Err(KeyError::Missing { .. })
        ));
        assert!(!path.exists());
    }

    #[test]
    fn a_key_written_by_another_process_is_used() {
        let root = tempfile::tempdir().unwrap();
        let (ours, theirs) = (root.path().join("ours"), root.path().join("theirs"));
        fs::write(&ours, "ours").unwrap();
        fs::write(&theirs, "theirs").unwrap();
        rename_unless_exists(&ours, &theirs).unwrap();
        assert_eq!(fs::read(&theirs).unwrap(), b"theirs");
        assert!(!ours.exists());
    }

    #[test]
    fn an_unusable_state_directory_is_an_error_with_a_cause() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        let error = load(&file.join("state"), 1).unwrap_err();
        assert!(std::error::Error::source(&error).is_some(), "{error}");
    }
}
