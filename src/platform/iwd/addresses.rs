//! The addresses in iwd's files, and restoring their original values.

use std::path::PathBuf;

use tokio::net::unix::pipe::Receiver;
use tracing::debug;

use super::files::{FileError, KnownNetworkId, KnownNetworks, Security};
use super::saved_settings::{Originals, SavedSettings};
use crate::platform::socket_watcher::{directory_changed, watch_replaced_directory};
use macveil_core::machine::iwd::{Joining, KnownNetwork, NetworkId};
use macveil_core::types::Mac;

#[derive(Debug)]
pub(super) struct Addresses {
    networks: KnownNetworks,
    saved_settings: SavedSettings,
    /// Readable when a file or the directory changes.
    watch: Option<Receiver>,
}

impl Addresses {
    pub(super) fn new(directory: PathBuf, saved_settings: PathBuf) -> Self {
        let mut addresses = Self {
            networks: KnownNetworks::new(directory),
            saved_settings: SavedSettings::at(saved_settings),
            watch: None,
        };
        addresses.watch();
        if let Err(error) = addresses.networks.remove_temporary_files() {
            debug!("{error}");
        }
        addresses
    }

    /// Watches the directory that is there now.
    pub(super) fn watch(&mut self) {
        let directory = self.networks.directory();
        let watch = watch_replaced_directory(directory);
        if let Err(error) = &watch {
            debug!("cannot watch {}: {error}", directory.display());
        }
        self.watch = watch.ok();
    }

    /// Waits until a file or the directory changes; without a watch, forever.
    pub(super) async fn changed(&self) {
        directory_changed(self.watch.as_ref()).await;
    }

    pub(super) fn known(&self) -> Result<Vec<KnownNetwork>, FileError> {
        let networks = self.networks.list()?.into_iter();
        let known = networks.map(|network| KnownNetwork {
            id: network_id(&network.id),
            autoconnect: network.autoconnect,
            hidden: network.hidden,
            // If both settings are present, iwd may use the other one.
            address: network
                .address_override
                .filter(|_| !network.always_randomize),
            problem: network.problem.map(|problem| problem.to_string()),
        });
        Ok(known.collect())
    }

    /// Saves the original values on disk before it changes a file.
    pub(super) fn write(&self, network: &NetworkId, address: Mac) -> Result<(), String> {
        let id = known_network_id(network);
        let saved = self.saved_settings.read();
        if !saved.contains_key(&id) {
            let networks = self.networks.list().map_err(|error| error.to_string())?;
            let is_known = |id: &KnownNetworkId| networks.iter().any(|network| network.id == *id);
            let mut originals = Originals::new();
            originals.extend(saved.into_iter().filter(|(id, _)| is_known(id)));
            let found = networks.into_iter().find(|network| network.id == id);
            let original = found.ok_or("iwd no longer knows this network")?.original;
            originals.insert(id.clone(), original);
            self.saved_settings.write(&originals).map_err(|error| {
                format!(
                    "cannot save the original values of iwd's file, so it is not changed: {error}"
                )
            })?;
        }
        match self.networks.set_address_override(&id, address) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Restores all original values.
    pub(super) fn restore(&self) {
        let mut originals = Originals::new();
        for (id, original) in self.saved_settings.read() {
            if let Err(error) = self.networks.restore(&id, &original) {
                tracing::warn!("{error}; the file keeps an address set by macveil");
                originals.insert(id, original);
            }
        }
        if let Err(error) = self.saved_settings.write(&originals) {
            debug!("cannot save iwd's original values: {error}");
        }
    }
}

fn network_id(id: &KnownNetworkId) -> NetworkId {
    NetworkId {
        ssid: id.ssid.clone(),
        joining: match id.security {
            Security::Open => Joining::Open,
            Security::Psk => Joining::Psk,
            Security::Enterprise => Joining::Enterprise,
        },
    }
}

fn known_network_id(id: &NetworkId) -> KnownNetworkId {
    KnownNetworkId {
        ssid: id.ssid.clone(),
        security: match id.joining {
            Joining::Open => Security::Open,
            Joining::Psk => Security::Psk,
            Joining::Enterprise => Security::Enterprise,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use macveil_core::types::Ssid;

    const FIRST: Mac = Mac([2, 0, 0, 0, 0, 1]);
    const SECOND: Mac = Mac([2, 0, 0, 0, 0, 2]);
    const TEXT: &str =
        "[Security]\nPassphrase=secret\n\n[Settings]\nAddressOverride=02:00:00:00:00:99\n";

    fn tokio() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    }

    #[test]
    fn original_values_survive_a_kill_and_are_restored() {
        let tokio = tokio();
        let _within = tokio.enter();
        let home = tempfile::tempdir().unwrap();
        let (directory, file) = (home.path().join("iwd"), home.path().join("saved_settings"));
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("Home.psk"), TEXT).unwrap();
        let id = NetworkId {
            ssid: Ssid::new(b"Home").unwrap(),
            joining: Joining::Psk,
        };
        let address = |addresses: &Addresses| addresses.known().unwrap()[0].address;
        for written in [FIRST, SECOND] {
            // A new instance each time, like a new process, which knows only the files.
            let addresses = Addresses::new(directory.clone(), file.clone());
            addresses.write(&id, written).unwrap();
            assert_eq!(address(&addresses), Some(written));
        }
        let addresses = Addresses::new(directory.clone(), file.clone());
        addresses.restore();
        assert_eq!(
            fs::read_to_string(directory.join("Home.psk")).unwrap(),
            TEXT
        );
        assert!(!file.exists());
        let gone = NetworkId {
            joining: Joining::Open,
            ..id
        };
        assert!(addresses.write(&gone, FIRST).is_err());
    }

    #[test]
    fn file_is_unchanged_if_its_values_cannot_be_saved() {
        let tokio = tokio();
        let _within = tokio.enter();
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("Home.open"), "").unwrap();
        let missing = home.path().join("missing/saved_settings");
        let addresses = Addresses::new(home.path().to_owned(), missing);
        let id = NetworkId {
            ssid: Ssid::new(b"Home").unwrap(),
            joining: Joining::Open,
        };
        addresses.write(&id, FIRST).unwrap_err();
        assert_eq!(addresses.known().unwrap()[0].address, None);
    }
}
