//! One file on disk, changed while iwd may be changing it too.
//!
//! iwd reads a file, changes it and moves the new one there, in one go but without any lock
//! (`write_file`, `storage.c`). So does macveil, but it *exchanges* the two (`RENAME_EXCHANGE`): what comes
//! out tells whether somebody wrote in between. What they changed is then put together with what
//! macveil has changed. Until that is done nobody can open the file: whoever tries waits ([`lease`]). So
//! nothing that iwd wrote is lost, nor does a file that iwd removes come back.
//!
//! What nobody but iwd could help: if it had read the file before an exchange and moves its own there
//! afterwards, macveil's value is gone again. Whoever wants it there has to look once more when the file
//! changes.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{CWD, OFlags, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::error::{FileError, Reason};
use super::lease;
use super::text::Text;
use crate::store::atomic;

/// More than certificates need.
const LARGEST: u64 = 256 * 1024;
/// What ends the names of files that are to become others. iwd's end with `.tmp` too.
pub(super) const TEMPORARY: &str = ".macveil.tmp";
const MODE: u32 = 0o600;

/// What a file holds, and iwd's time of the last connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) text: Text,
    modified: SystemTime,
}

/// Reads a file that iwd could have written.
pub(super) fn read(path: &Path) -> Result<Contents, FileError> {
    look(path).map_err(|reason| FileError::new("read", path, reason))
}

/// Changes a file; says whether that made a difference.
pub(super) fn change(path: &Path, edit: impl Fn(&mut Text)) -> Result<bool, FileError> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(TEMPORARY);
    let temporary = PathBuf::from(temporary);
    let changed = exchange(path, &temporary, edit);
    // Where nothing was to be written, or it could not be, there may be none.
    let _ = fs::remove_file(&temporary);
    if matches!(changed, Ok(true)) {
        atomic::sync_directory(path);
    }
    changed.map_err(|reason| FileError::new("change", path, reason))
}

fn exchange(path: &Path, temporary: &Path, edit: impl Fn(&mut Text)) -> Result<bool, Reason> {
    let before = look(path)?;
    let mut wanted = before.clone();
    edit(&mut wanted.text);
    if wanted == before {
        return Ok(false);
    }
    let file = write(temporary, &wanted)?;
    // Where the file system has no leases there is a moment in which what is put right below can be read.
    let _ = lease::take(&file);
    let found = swap(path, temporary)?;
    if found != before {
        let size = wanted.text.to_string().len();
        wanted.merge(&before, &found);
        edit(&mut wanted.text);
        correct(&file, size, &wanted)?;
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

/// Puts one file into the other's place, and says what was there.
fn swap(path: &Path, temporary: &Path) -> Result<Contents, Reason> {
    let swap = || renameat_with(CWD, temporary, CWD, path, RenameFlags::EXCHANGE);
    match swap() {
        Ok(()) => {
            let found = look(temporary);
            if found.is_err() {
                // Somebody put something else there: it is not macveil's to replace.
                swap()?;
            }
            found
        }
        // The file system cannot: there is a moment between looking and moving.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            let found = look(path)?;
            fs::rename(temporary, path)?;
            Ok(found)
        }
        Err(error) => Err(error.into()),
    }
}

fn look(path: &Path) -> Result<Contents, Reason> {
    // Neither led elsewhere nor kept waiting by what is no file.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    let facts = file.metadata()?;
    let ours = rustix::process::geteuid().as_raw();
    if !facts.is_file() {
        return Err(Reason::NoFile);
    }
    if facts.uid() != 0 && facts.uid() != ours {
        return Err(Reason::Owner(facts.uid()));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Reason::Size(LARGEST));
    }
    Ok(Contents {
        text: Text::parse(&bytes)?,
        modified: facts.modified()?,
    })
}

fn write(path: &Path, contents: &Contents) -> Result<File, Reason> {
    // One that was cut short may be there.
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

/// Writes something else into a file of this size, which is whole whenever the power fails.
fn correct(file: &File, size: usize, contents: &Contents) -> Result<(), Reason> {
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
