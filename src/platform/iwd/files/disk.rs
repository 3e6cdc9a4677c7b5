//! Changes a file on disk that iwd may be changing at the same time.
//!
//! iwd reads a file, writes a new one and renames it, without a lock (`write_file`, `storage.c`). macveil
//! does the same but *exchanges* the files (`RENAME_EXCHANGE`): the old file shows whether another program
//! wrote meanwhile. macveil then merges both changes. Until that is done, other programs wait when they open
//! the file ([`lease`]). So no change by iwd is lost, and a file that iwd removes does not come back. A program
//! that writes the file in place, as a shell does, would go on with the old one: macveil lets it finish first.
//!
//! One race remains, which only iwd could fix: if it reads the file before an exchange and renames its own
//! file afterwards, macveil's value is lost. The caller must check the value again when the file changes.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{CWD, OFlags, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::error::{FileError, Reason};
use super::lease;
use super::text::Text;
use crate::store::atomic;

/// In bytes; more than certificates need.
const MAX_FILE_BYTES: u64 = 256 * 1024;
/// The suffix of temporary files. iwd's also end with `.tmp`.
pub(super) const TEMPORARY: &str = ".macveil.tmp";
const MODE: u32 = 0o600;

/// The text of a file and its mtime, iwd's time of the last connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) text: Text,
    modified: SystemTime,
}

/// Reads a file in iwd's format.
pub(super) fn read(path: &Path) -> Result<Contents, FileError> {
    inspect(path).map_err(|reason| FileError::new("read", path, reason))
}

/// Changes a file; returns whether it differs from before.
pub(super) fn change(path: &Path, edit: impl Fn(&mut Text)) -> Result<bool, FileError> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(TEMPORARY);
    let temporary = PathBuf::from(temporary);
    let changed = exchange(path, &temporary, edit);
    // The temporary file may not exist, if nothing was written.
    let _ = fs::remove_file(&temporary);
    if matches!(changed, Ok(true)) {
        atomic::sync_directory(path);
    }
    changed.map_err(|reason| FileError::new("change", path, reason))
}

fn exchange(path: &Path, temporary: &Path, edit: impl Fn(&mut Text)) -> Result<bool, Reason> {
    let old = open(path)?;
    let held = lease::take_from_writers(&old);
    let before = contents(&old)?;
    let mut wanted = before.clone();
    edit(&mut wanted.text);
    if wanted == before {
        return Ok(false);
    }
    if matches!(&held, Err(error) if error.kind() == ErrorKind::WouldBlock) {
        return Err(Reason::Busy);
    }
    let file = write(temporary, &wanted)?;
    // Without leases, other programs can briefly read the file before the correction below.
    let _ = lease::take(&file);
    let found = swap(path, temporary)?;
    if held.is_ok() && lease::is_awaited(&old) && exchange_names(path, temporary).is_ok() {
        return Err(Reason::Busy);
    }
    if found != before {
        let size = wanted.text.to_string().len();
        wanted.merge(&before, &found);
        edit(&mut wanted.text);
        overwrite(&file, size, &wanted)?;
    }
    Ok(true)
}

impl Contents {
    fn merge(&mut self, base: &Self, theirs: &Self) {
        self.text.merge(&base.text, &theirs.text);
        if theirs.modified != base.modified {
            self.modified = theirs.modified;
        }
    }
}

/// Exchanges the files and returns the contents of the old one.
fn swap(path: &Path, temporary: &Path) -> Result<Contents, Reason> {
    match exchange_names(path, temporary) {
        Ok(()) => {
            let found = inspect(temporary);
            if found.is_err() {
                // Another program put a file there that macveil must not replace.
                exchange_names(path, temporary)?;
            }
            found
        }
        // Without support from the file system, there is a gap between reading and renaming.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            let found = inspect(path)?;
            fs::rename(temporary, path)?;
            Ok(found)
        }
        Err(error) => Err(error.into()),
    }
}

fn exchange_names(path: &Path, temporary: &Path) -> Result<(), Errno> {
    renameat_with(CWD, temporary, CWD, path, RenameFlags::EXCHANGE)
}

fn inspect(path: &Path) -> Result<Contents, Reason> {
    contents(&open(path)?)
}

fn open(path: &Path) -> Result<File, Reason> {
    // Neither follows a symbolic link nor blocks on a pipe.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let mut options = OpenOptions::new();
    Ok(options.read(true).custom_flags(flags).open(path)?)
}

fn contents(file: &File) -> Result<Contents, Reason> {
    let facts = file.metadata()?;
    let ours = rustix::process::geteuid().as_raw();
    if !facts.is_file() {
        return Err(Reason::NoFile);
    }
    if facts.uid() != 0 && facts.uid() != ours {
        return Err(Reason::Owner(facts.uid()));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Reason::Size(MAX_FILE_BYTES));
    }
    Ok(Contents {
        text: Text::parse(&bytes)?,
        modified: facts.modified()?,
    })
}

fn write(path: &Path, contents: &Contents) -> Result<File, Reason> {
    // An incomplete file may be left over.
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path)?;
    file.write_all(contents.text.to_string().as_bytes())?;
    finish(&file, contents)?;
    Ok(file)
}

/// Overwrites a file of this size so that it stays complete if the power fails.
fn overwrite(file: &File, size: usize, contents: &Contents) -> Result<(), Reason> {
    let mut bytes = contents.text.to_string().into_bytes();
    let length = bytes.len();
    bytes.resize(length.max(size), b'\n');
    file.write_all_at(&bytes, 0)?;
    file.set_len(length as u64)?;
    finish(file, contents)
}

fn finish(file: &File, contents: &Contents) -> Result<(), Reason> {
    file.set_times(FileTimes::new().set_modified(contents.modified))?;
    Ok(file.sync_all()?)
}
