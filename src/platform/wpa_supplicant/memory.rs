//! What was changed in wpa_supplicant, so that it can be put back, and what is known of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::platform::socket_watcher::Identity;
use macveil_core::types::Ssid;

use super::deny::SHORTEST_LIMIT;
use super::network::{Configured, Details, Line};
use super::originals::{Original, Originals};

/// A global setting that is changed while macveil is in charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Setting {
    /// 0: connect from what is known or not at all.
    ApScan,
    /// Scans of its own only listen.
    PassiveScan,
    /// Seconds for which results may be used to connect (2.10 and later).
    ScanResultsValid,
    /// Peer-to-peer off for this interface: no WPS element in probe requests.
    P2pDisabled,
    /// Its own address for each network.
    MacAddr,
    /// Its own address for scans.
    PreassocMacAddr,
}

impl Setting {
    pub(super) const ALL: [Self; 6] = [
        Self::ApScan,
        Self::PassiveScan,
        Self::ScanResultsValid,
        Self::P2pDisabled,
        Self::MacAddr,
        Self::PreassocMacAddr,
    ];

    /// Those that make wpa_supplicant change the address by itself.
    pub(super) const RANDOMIZING: [Self; 2] = [Self::MacAddr, Self::PreassocMacAddr];

    /// Its name in `GET` and `SET` (`global_fields`, config.c, 2.10).
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ApScan => "ap_scan",
            Self::PassiveScan => "passive_scan",
            Self::ScanResultsValid => "scan_res_valid_for_connect",
            Self::P2pDisabled => "p2p_disabled",
            Self::MacAddr => "mac_addr",
            Self::PreassocMacAddr => "preassoc_mac_addr",
        }
    }

    /// The value while macveil is in charge and nothing is under way.
    pub(super) const fn ours(self) -> i32 {
        match self {
            Self::ApScan | Self::PassiveScan | Self::P2pDisabled => 1,
            Self::ScanResultsValid => 20,
            Self::MacAddr | Self::PreassocMacAddr => 0,
        }
    }

    /// The value may be macveil's own. It sets `ap_scan` to 0 while it connects; with nl80211
    /// nobody else has a use for that.
    fn may_be_ours(self, value: i32) -> bool {
        value == self.ours() || self == Self::ApScan && value == 0
    }
}

/// A network's `mac_addr`, and the network by its SSID, because ids are given out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NetworkAddress {
    pub(super) ssid: Option<Ssid>,
    pub(super) value: i32,
}

/// Kept for as long as macveil runs, and on disk in case it is killed: a new wpa_supplicant has its own values again, and those
/// differ from macveil's, or putting them back changes nothing.
#[derive(Debug)]
pub(super) struct Memory {
    settings: BTreeMap<Setting, i32>,
    kept: Originals,
    /// The socket of the wpa_supplicant that was met last.
    identity: Option<Identity>,
    /// By network id; only those that were changed.
    network_addresses: BTreeMap<u32, NetworkAddress>,
    /// This wpa_supplicant has macveil's values, unless it has read its configuration again since.
    pub(super) imposed: bool,
    /// Something may have been changed.
    pub(super) touched: bool,
    /// Peer-to-peer was ended for the whole process.
    p2p_ended: bool,
    /// The last list of what may not be joined, as a command.
    pub(super) denied: Option<String>,
    /// The longest command, once known.
    pub(super) command_limit: Option<usize>,
    networks: BTreeMap<u32, (Vec<u8>, Details)>,
}

impl Memory {
    /// Nothing was changed yet, but by an earlier macveil that left its notes at this path.
    pub(super) fn new(kept_at: PathBuf) -> Self {
        Self {
            settings: BTreeMap::new(),
            kept: Originals::kept_at(kept_at),
            identity: None,
            network_addresses: BTreeMap::new(),
            imposed: false,
            touched: false,
            p2p_ended: false,
            denied: None,
            command_limit: None,
            networks: BTreeMap::new(),
        }
    }

    /// A conversation begins: what is known of networks may be of another wpa_supplicant.
    pub(super) fn begin(&mut self, identity: Identity) {
        match self.identity.replace(identity) {
            None => {
                for original in self.kept.read(identity) {
                    self.recall(original);
                }
            }
            Some(_) if self.touched => self.keep(),
            Some(_) => {}
        }
        self.networks.clear();
        self.imposed = false;
        self.denied = None;
        self.command_limit = None;
    }

    /// Notes a value as it was found. What is not macveil's is the user's wish, then and now.
    pub(super) fn found(&mut self, setting: Setting, value: i32) {
        let known = self.settings.get(&setting).copied();
        let original = match known {
            _ if !setting.may_be_ours(value) => value,
            Some(known) => known,
            None => setting.ours(),
        };
        if known != Some(original) {
            self.settings.insert(setting, original);
            self.keep();
        }
    }

    /// Notes a network's own address, which is about to be taken from it.
    pub(super) fn found_address(&mut self, id: u32, original: NetworkAddress) {
        self.network_addresses.insert(id, original);
        self.keep();
    }

    /// Peer-to-peer was ended for the whole process.
    pub(super) fn end_p2p(&mut self) {
        if !std::mem::replace(&mut self.p2p_ended, true) {
            self.keep();
        }
    }

    pub(super) const fn p2p_is_ended(&self) -> bool {
        self.p2p_ended
    }

    pub(super) fn take_network_addresses(&mut self) -> BTreeMap<u32, NetworkAddress> {
        std::mem::take(&mut self.network_addresses)
    }

    fn recall(&mut self, original: Original) {
        match original {
            Original::Setting(setting, value) => drop(self.settings.insert(setting, value)),
            Original::Network(id, address) => drop(self.network_addresses.insert(id, address)),
            Original::P2p => self.p2p_ended = true,
        }
    }

    fn keep(&self) {
        let Some(identity) = self.identity else {
            return;
        };
        let settings = self.originals();
        let settings = settings.map(|(setting, value)| Original::Setting(setting, value));
        let networks = self.network_addresses.iter();
        let networks = networks.map(|(&id, address)| Original::Network(id, address.clone()));
        let p2p = self.p2p_ended.then_some(Original::P2p);
        self.kept
            .write(identity, settings.chain(networks).chain(p2p));
    }

    /// What to put back.
    pub(super) fn originals(&self) -> impl Iterator<Item = (Setting, i32)> {
        self.settings
            .iter()
            .map(|(&setting, &value)| (setting, value))
    }

    /// Everything is put back.
    pub(super) fn forget_all(&mut self) {
        self.kept.remove();
        self.settings.clear();
        self.network_addresses.clear();
        self.networks.clear();
        self.imposed = false;
        self.touched = false;
        self.p2p_ended = false;
        self.denied = None;
        self.command_limit = None;
    }

    /// Details of networks have to be read again.
    pub(super) fn forget_networks(&mut self) {
        self.networks.clear();
    }

    /// What is known of a network, if its line is still the same.
    pub(super) fn details(&self, line: &Line) -> Option<&Details> {
        let (text, details) = self.networks.get(&line.id)?;
        (*text == line.text).then_some(details)
    }

    /// Notes what was read.
    pub(super) fn remember_networks(&mut self, networks: &[Configured]) {
        self.networks = networks
            .iter()
            .map(|network| {
                let known = (network.line.text.clone(), network.details.clone());
                (network.line.id, known)
            })
            .collect();
    }

    /// The longest command that may be sent.
    pub(super) fn longest_command(&self) -> usize {
        self.command_limit.unwrap_or(SHORTEST_LIMIT)
    }
}
