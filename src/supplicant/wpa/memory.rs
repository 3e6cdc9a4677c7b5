//! What was changed in wpa_supplicant, so that it can be put back, and what is known of it.

use std::collections::BTreeMap;

use crate::wifi::Ssid;

use super::deny::SHORTEST_LIMIT;
use super::network::{Configured, Details, Line};

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

/// Kept for as long as macveil runs: a new wpa_supplicant has its own values again, and those
/// differ from macveil's, or putting them back changes nothing.
#[derive(Debug)]
pub(super) struct Memory {
    settings: BTreeMap<Setting, i32>,
    /// By network id; only those that were changed.
    pub(super) network_addresses: BTreeMap<u32, NetworkAddress>,
    /// This wpa_supplicant has macveil's values, unless it has read its configuration again since.
    pub(super) imposed: bool,
    /// Something may have been changed.
    pub(super) touched: bool,
    /// Peer-to-peer was ended for the whole process.
    pub(super) p2p_ended: bool,
    /// The last list of what may not be joined, as a command.
    pub(super) denied: Option<String>,
    /// The longest command, once known.
    pub(super) command_limit: Option<usize>,
    networks: BTreeMap<u32, (Vec<u8>, Details)>,
}

impl Memory {
    /// Nothing was changed yet.
    pub(super) fn new() -> Self {
        Self {
            settings: BTreeMap::new(),
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
    pub(super) fn begin(&mut self) {
        self.networks.clear();
        self.imposed = false;
        self.denied = None;
        self.command_limit = None;
    }

    /// Notes a value as it was found. What is not macveil's is the user's wish, then and now.
    pub(super) fn found(&mut self, setting: Setting, value: i32) {
        if setting.may_be_ours(value) {
            self.settings.entry(setting).or_insert(setting.ours());
        } else {
            self.settings.insert(setting, value);
        }
    }

    /// What to put back.
    pub(super) fn originals(&self) -> impl Iterator<Item = (Setting, i32)> {
        self.settings
            .iter()
            .map(|(&setting, &value)| (setting, value))
    }

    /// Everything is put back.
    pub(super) fn forget_all(&mut self) {
        *self = Self::new();
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
