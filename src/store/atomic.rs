//! Files that are either the old one or the new one, whenever the power fails.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
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
pub(crate) fn sync_directory(path: &Path) {
    let directory = path.parent().map(File::open);
    let _ = directory.map(|directory| directory?.sync_all());
}

fn write_new(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    belong_as_directory(&file, path)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// What root writes for a daemon that runs as another user must be that user's, as the directory is.
fn belong_as_directory(file: &File, path: &Path) -> io::Result<()> {
    let Some(Ok(directory)) = path.parent().map(fs::metadata) else {
        return Ok(());
    };
    let (uid, gid) = (directory.uid(), directory.gid());
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (uid, gid) {
        return Ok(());
    }
    match fchown(file, Some(uid), Some(gid)) {
        // Not root: the file is ours, and readable for us.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::chown;

    use super::*;

    #[test]
    fn a_file_belongs_to_whom_its_directory_belongs() {
        let home = tempfile::tempdir().unwrap();
        chown(home.path(), Some(65534), Some(65533)).expect("this needs root");
        let path = home.path().join("secret_key");
        write(&path, b"first", 0o600).unwrap();
        write(&path, b"second", 0o600).unwrap();
        let file = fs::metadata(&path).unwrap();
        assert_eq!((file.uid(), file.gid()), (65534, 65533));
        assert_eq!(fs::read(&path).unwrap(), b"second");
    }
}
