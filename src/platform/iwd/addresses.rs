//! iwd's files, as the supervisor wants them: which addresses they give, and what was there before.

use std::path::PathBuf;

use tokio::net::unix::pipe::Receiver;
use tracing::debug;

use super::files::{FileError, KnownNetworkId, KnownNetworks, Security};
use super::originals::Originals;
use crate::platform::socket_watcher::{directory_changed, watch_directory};
use macveil_core::machine::iwd::{Joining, KnownNetwork, NetworkId};
use macveil_core::types::Mac;

#[derive(Debug)]
pub(super) struct Addresses {
    networks: KnownNetworks,
    originals: Originals,
    /// Reports when a file changes.
    watch: Option<Receiver>,
}

impl Addresses {
    pub(super) fn new(directory: PathBuf, originals: PathBuf) -> Self {
        let watch = watch_directory(&directory);
        if let Err(error) = &watch {
            debug!("{}: cannot be watched: {error}", directory.display());
        }
        let networks = KnownNetworks::new(directory);
        if let Err(error) = networks.sweep() {
            debug!("{error}");
        }
        Self {
            networks,
            originals: Originals::kept_at(originals),
            watch: watch.ok(),
        }
    }

    /// Waits until a file changes; forever, if that cannot be known.
    pub(super) async fn changed(&self) {
        directory_changed(self.watch.as_ref()).await;
    }

    pub(super) fn known(&self) -> Result<Vec<KnownNetwork>, FileError> {
        let networks = self.networks.list()?.into_iter();
        let known = networks.map(|network| KnownNetwork {
            id: as_seen(&network.id),
            autoconnect: network.autoconnect,
            hidden: network.hidden,
            // With the other setting there it may not be the one that is used.
            address: network
                .address_override
                .filter(|_| !network.always_randomize),
            problem: network.problem.map(|problem| problem.to_string()),
        });
        Ok(known.collect())
    }

    /// What was there is on disk before it is changed.
    pub(super) fn write(&self, network: &NetworkId, address: Mac) -> Result<(), String> {
        let id = as_filed(network);
        let mut kept = self.originals.read();
        if !kept.contains_key(&id) {
            let networks = self.networks.list().map_err(|error| error.to_string())?;
            kept.retain(|id, _| networks.iter().any(|network| network.id == *id));
            let found = networks.into_iter().find(|network| network.id == id);
            let original = found.ok_or("iwd does not know it any more")?.original;
            kept.insert(id.clone(), original);
            self.originals.write(&kept).map_err(|error| {
                format!("what iwd's file says cannot be kept, so it is not changed: {error}")
            })?;
        }
        match self.networks.set_address_override(&id, address) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Puts everything back.
    pub(super) fn release(&self) {
        let mut kept = self.originals.read();
        kept.retain(|id, original| match self.networks.put_back(id, original) {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!("{error}; it goes on saying an address of macveil's");
                true
            }
        });
        if let Err(error) = self.originals.write(&kept) {
            debug!("iwd's originals: {error}");
        }
    }
}

fn as_seen(id: &KnownNetworkId) -> NetworkId {
    NetworkId {
        ssid: id.ssid.clone(),
        joining: match id.security {
            Security::Open => Joining::Open,
            Security::Psk => Joining::Psk,
            Security::Enterprise => Joining::Enterprise,
        },
    }
}

fn as_filed(id: &NetworkId) -> KnownNetworkId {
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
    fn what_was_there_survives_a_kill_and_is_put_back() {
        let tokio = tokio();
        let _within = tokio.enter();
        let home = tempfile::tempdir().unwrap();
        let (directory, kept) = (home.path().join("iwd"), home.path().join("originals"));
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("Home.psk"), TEXT).unwrap();
        let id = NetworkId {
            ssid: Ssid::new(b"Home").unwrap(),
            joining: Joining::Psk,
        };
        let address = |addresses: &Addresses| addresses.known().unwrap()[0].address;
        for written in [FIRST, SECOND] {
            // Each time as another process, which knows only what is on disk.
            let addresses = Addresses::new(directory.clone(), kept.clone());
            addresses.write(&id, written).unwrap();
            assert_eq!(address(&addresses), Some(written));
        }
        let addresses = Addresses::new(directory.clone(), kept.clone());
        addresses.release();
        assert_eq!(
            fs::read_to_string(directory.join("Home.psk")).unwrap(),
            TEXT
        );
        assert!(!kept.exists());
        let gone = NetworkId {
            joining: Joining::Open,
            ..id
        };
        assert!(addresses.write(&gone, FIRST).is_err());
    }

    #[test]
    fn nothing_is_changed_that_could_not_be_put_back() {
        let tokio = tokio();
        let _within = tokio.enter();
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("Home.open"), "").unwrap();
        let nowhere = home.path().join("missing/originals");
        let addresses = Addresses::new(home.path().to_owned(), nowhere);
        let id = NetworkId {
            ssid: Ssid::new(b"Home").unwrap(),
            joining: Joining::Open,
        };
        addresses.write(&id, FIRST).unwrap_err();
        assert_eq!(addresses.known().unwrap()[0].address, None);
    }
}
