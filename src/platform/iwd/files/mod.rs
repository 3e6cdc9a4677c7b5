//! iwd's known networks: a file each in its state directory, which iwd reads again whenever one changes.
//!
//! | file | what it holds |
//! |---|---|
//! | `name` | pure: which network a file is about |
//! | `text` | pure: what is in it, changed value by value |
//! | `disk` | changing it while iwd may be changing it too |
//! | `lease` | what makes others wait meanwhile |
//! | `error` | what is said when that fails |

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
    /// Which one.
    pub id: KnownNetworkId,
    /// It does not tell its name: iwd's scans name it.
    pub hidden: bool,
    /// iwd joins it by itself.
    pub autoconnect: bool,
    /// The address that iwd joins it with, if it is one that iwd takes.
    pub address_override: Option<Mac>,
    /// iwd joins it with another address each time, if there is no `address_override`.
    pub always_randomize: bool,
    /// What is there now, to be put back one day if macveil has changed nothing yet.
    pub original: Original,
    /// Why nothing is known of it but that there is a file, if so.
    pub problem: Option<FileError>,
}

/// What macveil changes in a file, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Original {
    /// `AddressOverride`, whatever it says.
    pub address_override: Option<String>,
    /// `AlwaysRandomizeAddress`, whatever it says.
    pub always_randomize: Option<String>,
    /// Whether there is a `[Settings]` at all.
    pub has_settings: bool,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was so already: nothing was written.
    None,
    /// It is so now; before it was this.
    From(Original),
}

impl KnownNetworks {
    /// Those in this directory.
    #[must_use]
    pub const fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The directory, to be watched: iwd undoes what it has not seen when it writes at the same moment.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// All of them, in the order of their names.
    ///
    /// # Errors
    ///
    /// If the directory cannot be read. A file that cannot be has its error in it.
    pub fn list(&self) -> Result<Vec<KnownNetwork>, FileError> {
        let told = |error| FileError::new("list", &self.directory, Reason::Kernel(error));
        let mut networks = Vec::new();
        for entry in fs::read_dir(&self.directory).map_err(told)? {
            let name = entry.map_err(told)?.file_name();
            let id = name.to_str().and_then(KnownNetworkId::from_file_name);
            networks.extend(id.and_then(|id| self.read(id)));
        }
        networks.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(networks)
    }

    /// Has iwd join a network with this address from its next connection on. Nothing else in the file
    /// changes, but for `AlwaysRandomizeAddress`, which is `false` while an address is given.
    ///
    /// # Errors
    ///
    /// As the file system says; also for files that iwd has not written
    /// ([`is_absence`](FileError::is_absence) if there is none).
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

    /// Puts back what was there before macveil came. A network that iwd has forgotten has nothing to be put
    /// back.
    ///
    /// # Errors
    ///
    /// As the file system says; also for files that iwd has not written.
    pub fn put_back(&self, network: &KnownNetworkId, original: &Original) -> Result<(), FileError> {
        let result = disk::change(&self.path(network), |text| {
            restore(text, ADDRESS, original.address_override.as_deref());
            restore(text, RANDOM, original.always_randomize.as_deref());
            if !original.has_settings {
                text.remove_empty(GROUP);
            }
        });
        match result {
            Err(error) if error.is_absence() => Ok(()),
            result => result.map(drop),
        }
    }

    /// Removes what a macveil that was killed has left there.
    ///
    /// # Errors
    ///
    /// As the file system says.
    pub fn sweep(&self) -> Result<(), FileError> {
        let told = |error| FileError::new("sweep", &self.directory, Reason::Kernel(error));
        for entry in fs::read_dir(&self.directory).map_err(told)? {
            let entry = entry.map_err(told)?;
            let name = entry.file_name();
            if name.to_string_lossy().ends_with(disk::TEMPORARY) {
                fs::remove_file(entry.path()).map_err(told)?;
            }
        }
        Ok(())
    }

    /// `None` if iwd has just removed it.
    fn read(&self, id: KnownNetworkId) -> Option<KnownNetwork> {
        let (text, problem) = match disk::read(&self.path(&id)) {
            Ok(contents) => (contents.text, None),
            Err(error) if error.is_absence() => return None,
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

fn restore(text: &mut Text, place: Place, value: Option<&str>) {
    match value {
        Some(value) => text.set(place, value),
        None => text.remove(place),
    }
}

/// What iwd takes for an address (`util_string_to_address`, `util_is_valid_sta_address`, `util.c`).
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
