//! The file that holds one network's policy.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use macveil_core::address::Policy;
use macveil_core::types::Ssid;

/// Late among the drop-ins: of two rules about a network that of the later file holds.
const PREFIX: &str = "90-policy-";

/// Everybody may read what the configuration says.
const MODE: u32 = 0o644;

/// A network's file among the administrator's drop-ins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DropIn {
    directory: PathBuf,
    name: String,
}

impl DropIn {
    pub(super) fn of(ssid: &Ssid, directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            name: format!("{PREFIX}{}.toml", ssid.to_hex()),
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// Puts the text in the place of what is there, all of it at once.
    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(&self.directory)?;
        // Its name begins with a dot, so that it is no drop-in.
        let temporary = self
            .directory
            .join(format!(".{}.{}", self.name, std::process::id()));
        let written =
            write_new(&temporary, text).and_then(|()| std::fs::rename(&temporary, self.path()));
        if written.is_err() {
            let _ = std::fs::remove_file(&temporary);
            return written;
        }
        self.settle();
        Ok(())
    }

    /// Whether there was one to remove.
    pub(super) fn remove(&self) -> io::Result<bool> {
        match std::fs::remove_file(self.path()) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            result => {
                result?;
                self.settle();
                Ok(true)
            }
        }
    }

    fn settle(&self) {
        // Not every file system can do this with a directory.
        let _ = File::open(&self.directory).and_then(|directory| directory.sync_all());
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    // Left there by one that was cut short, under the same number before a reboot.
    let _ = std::fs::remove_file(path);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(MODE))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// What the file says.
pub(super) fn text(ssid: &Ssid, policy: Policy) -> String {
    format!(
        "# The policy of the network {ssid}, set by `macveil policy`. To remove it:\n\
         #   macveil policy --hex {} --unset\n\
         {}",
        ssid.to_hex(),
        rule(ssid, policy)
    )
}

/// The rule alone.
pub(super) fn rule(ssid: &Ssid, policy: Policy) -> String {
    let name = match ssid.to_text() {
        Some(text) => format!(
            "ssid = \"{}\"",
            text.replace('\\', "\\\\").replace('"', "\\\"")
        ),
        None => format!("ssid-hex = \"{}\"", ssid.to_hex()),
    };
    format!("[[network]]\n{name}\ncloned-mac-address = \"{policy}\"\n")
}
