//! Files that are either the old one or the new one, whenever the power fails.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Writes a file beside where it is to be, then moves it there.
///
/// # Errors
///
/// As the file system says; nothing is left beside the old file then.
pub fn write(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    let temporary = beside(path, contents, mode)?;
    let moved = fs::rename(&temporary, path);
    if moved.is_err() {
        let _ = fs::remove_file(&temporary);
        return moved;
    }
    sync_directory(path);
    Ok(())
}

/// Writes a new file beside `path`, for the caller to move.
pub(super) fn beside(path: &Path, contents: &[u8], mode: u32) -> io::Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let temporary = PathBuf::from(name);
    // On small machines the number is the same after each boot: one that was cut short may be there.
    let _ = fs::remove_file(&temporary);
    let written = write_new(&temporary, contents, mode);
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.map(|()| temporary)
}

/// Makes a file's new name last; not every file system can do this with a directory.
pub(super) fn sync_directory(path: &Path) {
    let directory = path.parent().map(File::open);
    let _ = directory.map(|directory| directory?.sync_all());
}

fn write_new(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}
