//! iwd's known networks: one file each in its state directory. iwd rereads a file when it changes.
//!
//! | file | content |
//! |---|---|
//! | `name` | pure: maps file names to networks |
//! | `text` | pure: the file's text, changed value by value |
//! | `disk` | changes a file that iwd may be changing too |
//! | `lease` | makes other programs wait meanwhile |
//! | `error` | error messages |

mod disk;
mod error;
mod lease;
mod name;
#[cfg(test)]
mod tests;
mod text;

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};

use macveil_core::types::Mac;

pub use error::{FileError, Reason};
pub use name::{KnownNetworkId, Security};
pub use text::Fault;
use text::{Place, Text};

const GROUP: &str = "Settings";
const ADDRESS: Place = Place {
    group: GROUP,
    key: "AddressOverride",
};
const RANDOM: Place = Place {
    group: GROUP,
    key: "AlwaysRandomizeAddress",
};
const HIDDEN: Place = Place {
    group: GROUP,
    key: "Hidden",
};
const AUTOCONNECT: Place = Place {
    group: GROUP,
    key: "AutoConnect",
};

/// iwd's state directory (`StateDirectory` of `Daemon.GetInfo`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownNetworks {
    directory: PathBuf,
}

/// A network that iwd knows.
#[derive(Debug)]
pub struct KnownNetwork {
    /// SSID and security type.
    pub id: KnownNetworkId,
    /// The SSID is hidden: iwd's scans include it.
    pub hidden: bool,
    /// iwd connects automatically.
    pub autoconnect: bool,
    /// The address that iwd uses for this network, if iwd accepts the value.
    pub address_override: Option<Mac>,
    /// iwd uses a new address for each connection, unless `address_override` is set.
    pub always_randomize: bool,
    /// The current values, which are the original ones if macveil has not changed them.
    pub original: Original,
    /// Why the file cannot be read, if so.
    pub problem: Option<FileError>,
}

/// The original values of a file that macveil changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Original {
    /// The raw value of `AddressOverride`.
    pub address_override: Option<String>,
    /// The raw value of `AlwaysRandomizeAddress`.
    pub always_randomize: Option<String>,
    /// Whether the file has a `[Settings]` group.
    pub has_settings: bool,
}

/// The result of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The value was already set; nothing was written.
    None,
    /// The value was changed; contains the original values.
    From(Original),
}

impl KnownNetworks {
    /// The networks in this directory.
    #[must_use]
    pub const fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The directory, which the caller must watch: iwd reverts a change made while it writes.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// All networks, sorted by file name.
    ///
    /// # Errors
    ///
    /// The directory cannot be read. An unreadable file has its error in the list.
    pub fn list(&self) -> Result<Vec<KnownNetwork>, FileError> {
        let failed = |error| FileError::new("list", &self.directory, Reason::Kernel(error));
        let mut networks = Vec::new();
        for entry in fs::read_dir(&self.directory).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let id = name.to_str().and_then(KnownNetworkId::from_file_name);
            networks.extend(id.and_then(|id| self.read(id)));
        }
        networks.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Ok(networks)
    }

    /// Sets the address that iwd uses from its next connection to this network on. In the file, only
    /// `AlwaysRandomizeAddress` changes as well, to `false`.
    ///
    /// # Errors
    ///
    /// The file system fails, the file is malformed, or it does not exist
    /// ([`is_not_found`](FileError::is_not_found)).
    pub fn set_address_override(
        &self,
        network: &KnownNetworkId,
        address: Mac,
    ) -> Result<Change, FileError> {
        let original = OnceCell::new();
        let changed = disk::change(&self.path(network), |text| {
            original.get_or_init(|| Original::of(text));
            text.set(ADDRESS, &address.to_string());
            if is_true(text.value(RANDOM)) {
                text.set(RANDOM, "false");
            }
        })?;
        let original = original.into_inner().filter(|_| changed);
        Ok(original.map_or(Change::None, Change::From))
    }

    /// Restores the original values. Does nothing for a network that iwd has forgotten.
    ///
    /// # Errors
    ///
    /// The file system fails, or the file is malformed.
    pub fn restore(&self, network: &KnownNetworkId, original: &Original) -> Result<(), FileError> {
        let result = disk::change(&self.path(network), |text| {
            restore_value(text, ADDRESS, original.address_override.as_deref());
            restore_value(text, RANDOM, original.always_randomize.as_deref());
            if !original.has_settings {
                text.remove_empty(GROUP);
            }
        });
        match result {
            Err(error) if error.is_not_found() => Ok(()),
            result => result.map(drop),
        }
    }

    /// Removes temporary files of a killed macveil.
    ///
    /// # Errors
    ///
    /// The file system fails.
    pub fn remove_temporary_files(&self) -> Result<(), FileError> {
        let failed = |error| FileError::new("clean up", &self.directory, Reason::Kernel(error));
        for entry in fs::read_dir(&self.directory).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            if name.to_string_lossy().ends_with(disk::TEMPORARY) {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// `None` if iwd removed the file meanwhile.
    fn read(&self, id: KnownNetworkId) -> Option<KnownNetwork> {
        let (text, problem) = match disk::read(&self.path(&id)) {
            Ok(contents) => (contents.text, None),
            Err(error) if error.is_not_found() => return None,
            Err(error) => (Text::default(), Some(error)),
        };
        Some(KnownNetwork {
            id,
            hidden: is_true(text.value(HIDDEN)),
            autoconnect: !is_false(text.value(AUTOCONNECT)),
            address_override: text.value(ADDRESS).and_then(address),
            always_randomize: is_true(text.value(RANDOM)),
            original: Original::of(&text),
            problem,
        })
    }

    fn path(&self, network: &KnownNetworkId) -> PathBuf {
        self.directory.join(network.file_name())
    }
}

impl Original {
    fn of(text: &Text) -> Self {
        let value = |place| text.value(place).map(str::to_owned);
        Self {
            address_override: value(ADDRESS),
            always_randomize: value(RANDOM),
            has_settings: text.has_group(GROUP),
        }
    }
}

fn restore_value(text: &mut Text, place: Place, value: Option<&str>) {
    match value {
        Some(value) => text.set(place, value),
        None => text.remove(place),
    }
}

/// Parses an address as iwd does (`util_string_to_address`, `util_is_valid_sta_address`, `util.c`).
fn address(value: &str) -> Option<Mac> {
    let full = value.len() == 17 && !value.contains('-');
    let mac: Mac = value.parse().ok().filter(|_| full)?;
    mac.is_usable().then_some(mac)
}

pub(super) fn is_true(value: Option<&str>) -> bool {
    value.is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
}

fn is_false(value: Option<&str>) -> bool {
    value.is_some_and(|value| value.eq_ignore_ascii_case("false") || value == "0")
}
