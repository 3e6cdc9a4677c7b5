//! Atomic writes: after a power failure a file has either its old or its new contents.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

/// Replaces a file, or creates it. It belongs to the owner of its directory.
///
/// # Errors
///
/// Those of the file system. The old file is then unchanged and no temporary file is left.
pub fn write(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    require_replaceable(path)?;
    let temporary = write_temporary(path, contents, mode)?;
    let moved = fs::rename(&temporary, path);
    if moved.is_err() {
        let _ = fs::remove_file(&temporary);
        return moved;
    }
    sync_directory(path);
    Ok(())
}

/// Fails where something else than a file or a link is: to replace a device such as /dev/null breaks the machine.
pub(crate) fn require_replaceable(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() || found.is_symlink() => Ok(()),
        Ok(_) => Err(io::Error::new(
            ErrorKind::InvalidInput,
            "not a regular file",
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Writes a new file in the directory of `path`, for the caller to rename.
pub(super) fn write_temporary(path: &Path, contents: &[u8], mode: u32) -> io::Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let temporary = PathBuf::from(name);
    // A file of an interrupted write may be left: on small machines the process id is the same after each boot.
    let _ = fs::remove_file(&temporary);
    let written = write_new(&temporary, contents, mode);
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.map(|()| temporary)
}

/// Makes a rename durable. Not every file system supports this on a directory, so errors are ignored.
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
    give_to_directory_owner(&file, path)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// A command that runs as root writes files that a daemon without root reads.
fn give_to_directory_owner(file: &File, path: &Path) -> io::Result<()> {
    let Some(Ok(directory)) = path.parent().map(fs::metadata) else {
        return Ok(());
    };
    let (uid, gid) = (directory.uid(), directory.gid());
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (uid, gid) {
        return Ok(());
    }
    match fchown(file, Some(uid), Some(gid)) {
        // Not root: the file is ours and readable.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::chown;

    use super::*;

    #[test]
    fn what_is_not_a_file_is_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let error = write(&socket, b"text", 0o600).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(!fs::symlink_metadata(&socket).unwrap().is_file());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_has_the_owner_of_its_directory() {
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
