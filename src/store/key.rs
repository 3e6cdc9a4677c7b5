//! The secret key: `secret_key` in the state directory, in `NetworkManager`'s format.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rand::CryptoRng;
use rustix::fs::{CWD, RenameFlags};
use zeroize::Zeroizing;

use crate::address::{HostKey, MachineId, NewKey, TooShort};

/// The name of the key's file in the state directory.
pub const KEY_FILE: &str = "secret_key";

/// No key is longer, as in `NetworkManager`.
const LONGEST: u64 = 10 * 1024;

/// There is no key to work with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A key is there, but cannot be read. It is left as it is: a new one would change every address.
    #[error(
        "cannot read the key {path}; it is left as it is, because a new one would change every stable address"
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
        Err(KeyError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => {
            let new = NewKey::generate(rng);
            create(state_dir, &path, &new).map_err(|source| KeyError::Write {
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
    let contents = read_secret(path).map_err(|source| KeyError::Read {
        path: path.to_owned(),
        source,
    })?;
    HostKey::from_file(&contents, machine).map_err(|source| KeyError::Invalid {
        path: path.to_owned(),
        source,
    })
}

fn read_secret(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
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
fn create(state_dir: &Path, path: &Path, key: &NewKey) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(state_dir)?;
    let temporary = state_dir.join(format!("{KEY_FILE}.{}", std::process::id()));
    let written = write_secret(&temporary, key).and_then(|()| move_unless_there(&temporary, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written?;
    File::open(state_dir)?.sync_all()
}

fn write_secret(path: &Path, key: &NewKey) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(key.contents())?;
    file.sync_all()
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
