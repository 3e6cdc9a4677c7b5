//! Reads only regular files, up to a size: opening a pipe would wait, and a device may never end, or act when it is
//! opened.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;

/// Directories that only root can create or give away: their owner is the daemon's user.
const DIRECTORIES: [&str; 2] = ["/run/macveil", "/var/lib/macveil"];

/// What to do with a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// Open its target, as the administrator may have meant.
    Follow,
    /// Refuse it: macveil writes the file itself, and never a link.
    Refuse,
}

/// Opens a regular file for reading, without waiting.
///
/// # Errors
///
/// Those of the file system, and `InvalidInput` for anything but a regular file.
pub fn open(path: &Path, links: Links) -> io::Result<File> {
    // Devices are not even opened, because that can have an effect.
    require_regular(&match links {
        Links::Follow => fs::metadata(path)?,
        Links::Refuse => fs::symlink_metadata(path)?,
    })?;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags(links))
        .open(path)?;
    // The file may have been replaced in between.
    require_regular(&file.metadata()?)?;
    Ok(file)
}

/// The flags of `open(2)` with which opening neither waits nor follows what it must not.
#[must_use]
pub fn flags(links: Links) -> i32 {
    let flags = match links {
        Links::Follow => OFlags::empty(),
        Links::Refuse => OFlags::NOFOLLOW,
    };
    let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY;
    i32::try_from(flags.bits()).unwrap_or_default()
}

/// Reads a regular file of at most `max` bytes.
///
/// # Errors
///
/// Those of [`open`], and `FileTooLarge`.
pub fn read(path: &Path, links: Links, max: u64) -> io::Result<Vec<u8>> {
    read_open(open(path, links)?, max)
}

/// As [`read`], for a file that must be text.
///
/// # Errors
///
/// Those of [`read`], and `InvalidData` if it is not UTF-8.
pub fn read_text(path: &Path, links: Links, max: u64) -> io::Result<String> {
    String::from_utf8(read(path, links, max)?)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "not text in UTF-8"))
}

/// Reads an open file of at most `max` bytes.
///
/// # Errors
///
/// Those of the file system, and `FileTooLarge`.
pub fn read_open(file: File, max: u64) -> io::Result<Vec<u8>> {
    require_size(&file.metadata()?, max)?;
    let mut bytes = Vec::new();
    file.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    // It may have grown in between; files in /proc and /sys tell no size.
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= max) {
        Ok(bytes)
    } else {
        Err(too_large(max))
    }
}

/// Refuses a file that is too large.
///
/// # Errors
///
/// `FileTooLarge`.
pub(super) fn require_size(facts: &Metadata, max: u64) -> io::Result<()> {
    if facts.len() > max {
        return Err(too_large(max));
    }
    Ok(())
}

/// Refuses a file of a user who is neither root nor the daemon's.
///
/// # Errors
///
/// `PermissionDenied`, with the owner.
pub fn require_owner(facts: &Metadata) -> io::Result<()> {
    let owner = facts.uid();
    if is_trusted(owner) {
        return Ok(());
    }
    let message = format!("it belongs to user {owner}: run `chown root` on it if it is correct");
    Err(io::Error::new(ErrorKind::PermissionDenied, message))
}

/// Refuses a file to which other users have any of these permissions.
///
/// # Errors
///
/// `PermissionDenied`, with the mode and the remedy.
pub fn require_without(facts: &Metadata, mode: u32, remedy: &str) -> io::Result<()> {
    let found = facts.mode() & 0o7777;
    if found & mode == 0 {
        return Ok(());
    }
    let verb = if mode & 0o044 == 0 { "write" } else { "access" };
    let message = format!("other users can {verb} it (mode {found:o}): {remedy}");
    Err(io::Error::new(ErrorKind::PermissionDenied, message))
}

fn is_trusted(user: u32) -> bool {
    let daemons = || {
        DIRECTORIES
            .iter()
            .any(|path| fs::metadata(path).is_ok_and(|directory| directory.uid() == user))
    };
    user == 0 || user == rustix::process::geteuid().as_raw() || daemons()
}

fn require_regular(facts: &Metadata) -> io::Result<()> {
    if facts.is_file() {
        return Ok(());
    }
    let what = if facts.is_dir() {
        "it is a directory"
    } else if facts.is_symlink() {
        "it is a symbolic link: put the file itself there"
    } else {
        "it is a pipe, a socket or a device, not a file"
    };
    Err(io::Error::new(ErrorKind::InvalidInput, what))
}

fn too_large(max: u64) -> io::Error {
    let message = format!("it has more than {max} bytes");
    io::Error::new(ErrorKind::FileTooLarge, message)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
    use std::path::PathBuf;

    use super::*;

    /// A pipe without a writer.
    pub(crate) fn pipe(path: &Path) {
        let mode = rustix::fs::Mode::from_bits_truncate(0o600);
        let fifo = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, path, fifo, mode, 0).unwrap();
    }

    #[test]
    fn pipe_device_and_directory_are_refused_at_once() {
        let home = tempfile::tempdir().unwrap();
        let fifo = home.path().join("fifo");
        pipe(&fifo);
        for path in [fifo, home.path().to_owned(), PathBuf::from("/dev/zero")] {
            for links in [Links::Follow, Links::Refuse] {
                let error = read(&path, links, 10).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidInput, "{}", path.display());
            }
        }
    }

    #[test]
    fn file_is_read_up_to_its_limit() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        fs::write(&path, "0123456789").unwrap();
        assert_eq!(read(&path, Links::Refuse, 10).unwrap(), b"0123456789");
        let error = read(&path, Links::Refuse, 9).unwrap_err();
        assert_eq!(error.to_string(), "it has more than 9 bytes");
        // A file without a size.
        let kernel = Path::new("/proc/self/status");
        let error = read(kernel, Links::Refuse, 9).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
    }

    #[test]
    fn link_is_followed_only_where_allowed() {
        let home = tempfile::tempdir().unwrap();
        let (path, link) = (home.path().join("file"), home.path().join("link"));
        fs::write(&path, "text").unwrap();
        symlink(&path, &link).unwrap();
        assert_eq!(read_text(&link, Links::Follow, 10).unwrap(), "text");
        let error = read(&link, Links::Refuse, 10).unwrap_err();
        assert!(error.to_string().contains("symbolic link"), "{error}");
    }

    #[test]
    fn owner_and_mode_are_checked() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        fs::write(&path, "text").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o646)).unwrap();
        let facts = || fs::metadata(&path).unwrap();
        assert!(require_owner(&facts()).is_ok());
        assert!(require_without(&facts(), 0o002, "").is_err());
        assert!(require_without(&facts(), 0o020, "").is_ok());
        chown(&path, Some(4711), None).expect("this needs root");
        let error = require_owner(&facts()).unwrap_err();
        assert!(
            error.to_string().contains("belongs to user 4711"),
            "{error}"
        );
    }
}
