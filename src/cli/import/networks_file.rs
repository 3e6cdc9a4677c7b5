//! The file with networks and passwords: new, and for its owner only.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::cli::Failure;
use crate::platform::Group;
use crate::store::atomic;

/// # Errors
///
/// Something exists at this path.
pub(super) fn require_new(path: &Path) -> Result<(), Failure> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot(path, error)),
        Ok(_) => Err(Failure::No(format!(
            "nothing imported: {} already exists; --force replaces it",
            path.display()
        ))),
    }
}

/// What macveil needs in wpa_supplicant's configuration. wpa_supplicant refuses a group that does not exist.
pub(super) fn control_line(groups: &Path) -> &'static str {
    if Group::find_in(groups, "netdev").is_ok() {
        "ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev\n"
    } else {
        "ctrl_interface=DIR=/run/wpa_supplicant\n"
    }
}

/// Writes the file. Replaces an existing one only if `force`, and never writes through a link.
pub(super) fn write(path: &Path, contents: &[u8], force: bool) -> Result<(), Failure> {
    let written = if force {
        atomic::require_replaceable(path).map_err(|error| cannot(path, error))?;
        let temporary = temporary_for(path);
        // A file of an interrupted import may be left.
        let _ = fs::remove_file(&temporary);
        let written = create(&temporary, contents).and_then(|()| fs::rename(&temporary, path));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written
    } else {
        create(path, contents)
    };
    written.map_err(|error| cannot(path, error))
}

fn create(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

fn temporary_for(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    PathBuf::from(name)
}

fn cannot(path: &Path, error: io::Error) -> Failure {
    Failure::cannot(format!("cannot write {}", path.display()), error)
}
