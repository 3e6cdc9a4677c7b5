//! The drop-in with the policy of one network.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::config::{Layout, effective, quoted};
use macveil_core::types::Ssid;

/// Sorts late among the drop-ins, because later files take precedence.
const PREFIX: &str = "90-policy-";

/// The configuration is world-readable.
const MODE: u32 = 0o644;

/// The file of a network in the directory of the administrator's drop-ins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DropIn {
    directory: PathBuf,
    name: String,
}

impl DropIn {
    /// One that macveil 0.1.0 wrote keeps its name, which has every SSID in hexadecimal digits. The same name
    /// can be that of a plain SSID.
    pub(super) fn of(ssid: &Ssid, directory: &Path) -> Self {
        let hex = ssid.to_hex();
        let old = format!("{PREFIX}{hex}.toml");
        let begin = rule(ssid, &Keys::default());
        let is_old = std::fs::read_to_string(directory.join(&old));
        let name = match plain(ssid) {
            _ if is_old.is_ok_and(|text| text.contains(&begin)) => old,
            Some(text) => format!("{PREFIX}{text}.toml"),
            None => format!("{PREFIX}={hex}.toml"),
        };
        Self {
            directory: directory.to_owned(),
            name,
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// Replaces the file atomically.
    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(&self.directory)?;
        // Hidden, so that it is not read as a drop-in.
        let temporary = self
            .directory
            .join(format!(".{}.{}", self.name, std::process::id()));
        let written =
            write_new(&temporary, text).and_then(|()| std::fs::rename(&temporary, self.path()));
        if written.is_err() {
            let _ = std::fs::remove_file(&temporary);
            return written;
        }
        self.sync();
        Ok(())
    }

    /// Removes the file; whether it existed.
    pub(super) fn remove(&self) -> io::Result<bool> {
        match std::fs::remove_file(self.path()) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            result => {
                result?;
                self.sync();
                Ok(true)
            }
        }
    }

    fn sync(&self) {
        // Not every file system supports this on a directory.
        let _ = File::open(&self.directory).and_then(|directory| directory.sync_all());
    }
}

/// An SSID that needs no quotes, neither in a file name nor in a shell.
fn plain(ssid: &Ssid) -> Option<&str> {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_".contains(it);
    ssid.to_text()
        .filter(|text| !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    // An interrupted process with the same process id before a reboot can leave a file.
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

/// The keys of a rule, with their values in TOML.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Keys(Vec<(String, String)>);

impl Keys {
    /// The keys that the file has, without the name of the network.
    pub(super) fn of_file(path: &Path) -> Self {
        let sections = effective(&Layout::only(path)).unwrap_or_default();
        let rule = sections.into_iter().find(|section| section.repeated);
        let settings = rule.map(|rule| rule.settings).unwrap_or_default();
        let keys = settings.into_iter().map(|it| (it.key, it.value));
        Self(
            keys.filter(|(key, _)| !NAMES.contains(&key.as_str()))
                .collect(),
        )
    }

    pub(super) fn set(&mut self, key: &str, value: String) {
        match self.0.iter_mut().find(|(known, _)| known == key) {
            Some(known) => known.1 = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    pub(super) fn has_policy(&self) -> bool {
        self.0.iter().any(|(key, _)| key == POLICY)
    }
}

/// The key of the policy.
pub(super) const POLICY: &str = "cloned-mac-address";
const NAMES: [&str; 2] = ["ssid", "ssid-hex"];

/// The contents of the file.
pub(super) fn text(ssid: &Ssid, keys: &Keys) -> String {
    let named = plain(ssid).map_or_else(|| format!("--hex {}", ssid.to_hex()), str::to_owned);
    format!(
        "# The policy of the network {ssid}, set by `macveil policy`. To remove it:\n\
         #   macveil policy {named} --unset\n\
         {}",
        rule(ssid, keys)
    )
}

/// The rule without comments.
pub(super) fn rule(ssid: &Ssid, keys: &Keys) -> String {
    let name = match ssid.to_text() {
        Some(text) => format!("ssid = {}", quoted(text)),
        None => format!("ssid-hex = \"{}\"", ssid.to_hex()),
    };
    let lines = keys
        .0
        .iter()
        .map(|(key, value)| format!("{key} = {value}\n"));
    format!("[[network]]\n{name}\n{}", lines.collect::<String>())
}
