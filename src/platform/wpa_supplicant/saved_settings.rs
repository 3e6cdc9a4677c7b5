//! Original values of changed wpa_supplicant settings, and cached facts about that process.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::platform::socket_watcher::Identity;
use macveil_core::types::Ssid;

use super::deny::{Admission, DEFAULT_COMMAND_LIMIT};
use super::network::{Configured, Details, Line};
use super::settings_file::{SavedValue, SettingsFile};

/// A global setting that macveil changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Setting {
    /// 0: connect only from known scan results.
    ApScan,
    /// wpa_supplicant's own scans are passive.
    PassiveScan,
    /// How long scan results can be used to connect, in seconds (2.10 and later).
    ScanResultsValid,
    /// When wpa_supplicant forgets a BSS that it no longer receives, in seconds. It drops them every 10 s
    /// (`WPA_BSS_EXPIRATION_PERIOD`, bss.c), and the kernel after 30 s (`IEEE80211_SCAN_RESULT_EXPIRE`); for
    /// one that only wpa_supplicant knows it would send a probe request before it joins.
    BssExpirationAge,
    /// Disables P2P for this interface: no WPS element in probe requests.
    P2pDisabled,
    /// wpa_supplicant's own address for each network.
    MacAddr,
    /// wpa_supplicant's own address for scans.
    PreassocMacAddr,
}

impl Setting {
    pub(super) const ALL: [Self; 7] = [
        Self::ApScan,
        Self::PassiveScan,
        Self::ScanResultsValid,
        Self::BssExpirationAge,
        Self::P2pDisabled,
        Self::MacAddr,
        Self::PreassocMacAddr,
    ];

    /// The settings that let wpa_supplicant change the address.
    pub(super) const RANDOMIZING: [Self; 2] = [Self::MacAddr, Self::PreassocMacAddr];

    /// The setting's name in `GET` and `SET` (`global_fields`, config.c, 2.10).
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ApScan => "ap_scan",
            Self::PassiveScan => "passive_scan",
            Self::ScanResultsValid => "scan_res_valid_for_connect",
            Self::BssExpirationAge => "bss_expiration_age",
            Self::P2pDisabled => "p2p_disabled",
            Self::MacAddr => "mac_addr",
            Self::PreassocMacAddr => "preassoc_mac_addr",
        }
    }

    /// macveil's value while no connection attempt is in progress.
    pub(super) const fn ours(self) -> i32 {
        match self {
            Self::ApScan | Self::PassiveScan | Self::P2pDisabled => 1,
            Self::ScanResultsValid => 20,
            Self::BssExpirationAge => 15,
            Self::MacAddr | Self::PreassocMacAddr => 0,
        }
    }

    /// Whether macveil may have set the value: it sets `ap_scan` to 0 while it connects, and
    /// `scan_res_valid_for_connect` from then on. With nl80211, no other program uses 0.
    pub(super) fn may_be_ours(self, value: i32) -> bool {
        value == self.ours() || matches!(self, Self::ApScan | Self::ScanResultsValid) && value == 0
    }
}

/// A network's `mac_addr`, with its SSID, because wpa_supplicant reuses ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NetworkAddress {
    pub(super) ssid: Option<Ssid>,
    pub(super) value: i32,
}

/// A network's `bssid_accept`, with its SSID, because wpa_supplicant reuses ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AcceptedBssids {
    pub(super) ssid: Option<Ssid>,
    /// As wpa_supplicant shows it; empty if not set.
    pub(super) value: String,
}

/// A line of a network's block that macveil changes, because it makes wpa_supplicant scan while connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockSetting {
    /// Background scans, for roaming.
    Bgscan,
    /// Marks a network as hidden: it is named in every scan.
    ScanSsid,
}

impl BlockSetting {
    pub(super) const ALL: [Self; 2] = [Self::Bgscan, Self::ScanSsid];

    /// The name in `GET_NETWORK` and `SET_NETWORK`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Bgscan => "bgscan",
            Self::ScanSsid => "scan_ssid",
        }
    }

    /// macveil's value.
    pub(super) const fn ours(self) -> &'static str {
        match self {
            Self::Bgscan => "\"\"",
            Self::ScanSsid => "0",
        }
    }

    /// The network's value, or what it has without this line. `NULL` makes wpa_supplicant drop the line
    /// (`wpa_config_parse_str`, `config.c`, 2.10).
    pub(super) fn value(self, details: &Details) -> &str {
        match self {
            Self::Bgscan => details.bgscan.as_deref().unwrap_or("NULL"),
            Self::ScanSsid => details.scan_ssid.as_deref().unwrap_or("0"),
        }
    }
}

/// The original value of a block's line as it can be set, with the network's SSID, because wpa_supplicant
/// reuses ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BlockLine {
    pub(super) id: u32,
    pub(super) setting: BlockSetting,
    pub(super) ssid: Option<Ssid>,
    pub(super) value: String,
}

impl BlockLine {
    fn key(&self) -> (u32, BlockSetting) {
        (self.id, self.setting)
    }
}

/// The `mode` of a network that is none of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NetworkMode {
    pub(super) ssid: Option<Ssid>,
    pub(super) mode: u32,
}

/// The original values, also on disk in case macveil is killed.
///
/// A new wpa_supplicant starts with its own values again. Values that equal macveil's need no restoring.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about wpa_supplicant"
)]
#[derive(Debug)]
pub(super) struct SavedSettings {
    settings: BTreeMap<Setting, i32>,
    file: SettingsFile,
    /// The socket of the last session.
    identity: Option<Identity>,
    /// By network id; only changed networks.
    network_addresses: BTreeMap<u32, Box<NetworkAddress>>,
    /// By network id; only limited networks.
    accepted_bssids: BTreeMap<u32, Box<AcceptedBssids>>,
    /// The limits that this wpa_supplicant has now, by network id.
    pub(super) imposed_limits: Vec<(u32, String)>,
    /// Only changed ones, each once.
    blocks: Vec<BlockLine>,
    /// By network id; only changed networks.
    network_modes: BTreeMap<u32, Box<NetworkMode>>,
    /// macveil's values were set in this wpa_supplicant. It may have reread its configuration since.
    pub(super) imposed: bool,
    /// A setting may have been changed.
    pub(super) touched: bool,
    /// P2P was disabled for the whole process.
    p2p_disabled: bool,
    /// A radio work of macveil may be running.
    radio_reserved: bool,
    /// The last command that denies networks, and what it is to allow.
    pub(super) denied: Option<(String, Admission)>,
    /// Maximum command length in bytes, once known.
    pub(super) command_limit: Option<usize>,
    networks: BTreeMap<u32, Box<(Vec<u8>, Details)>>,
}

impl SavedSettings {
    /// No changes yet, except those that an earlier macveil saved at this path.
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            settings: BTreeMap::new(),
            file: SettingsFile::at(path),
            identity: None,
            network_addresses: BTreeMap::new(),
            accepted_bssids: BTreeMap::new(),
            imposed_limits: Vec::new(),
            blocks: Vec::new(),
            network_modes: BTreeMap::new(),
            imposed: false,
            touched: false,
            p2p_disabled: false,
            radio_reserved: false,
            denied: None,
            command_limit: None,
            networks: BTreeMap::new(),
        }
    }

    /// Starts a session. Cached networks may belong to another wpa_supplicant.
    pub(super) fn begin(&mut self, identity: Identity) {
        match self.identity.replace(identity) {
            None => {
                for original in self.file.read(identity) {
                    self.load(original);
                }
            }
            Some(_) if self.touched => self.save(),
            Some(_) => {}
        }
        self.networks.clear();
        self.imposed_limits.clear();
        self.imposed = false;
        self.denied = None;
        self.command_limit = None;
    }

    /// Records a setting's current value. A value that is not macveil's is the user's.
    pub(super) fn record_setting(&mut self, setting: Setting, value: i32) {
        let known = self.settings.get(&setting).copied();
        let original = match known {
            _ if !setting.may_be_ours(value) => value,
            Some(known) => known,
            None => setting.ours(),
        };
        if known != Some(original) {
            self.settings.insert(setting, original);
            self.save();
        }
    }

    /// Records a network's `mac_addr` before it is changed.
    pub(super) fn record_network_address(&mut self, id: u32, original: NetworkAddress) {
        self.network_addresses.insert(id, Box::new(original));
        self.save();
    }

    /// The user's `bssid_accept` of a limited network.
    pub(super) fn accepted_bssids(&self, id: u32) -> Option<&AcceptedBssids> {
        self.accepted_bssids.get(&id).map(Box::as_ref)
    }

    /// Whether a network is limited to some BSSs.
    pub(super) fn are_limited(&self) -> bool {
        !self.accepted_bssids.is_empty()
    }

    /// Records a network's `bssid_accept` before it is changed.
    pub(super) fn record_accepted_bssids(&mut self, id: u32, original: AcceptedBssids) {
        self.accepted_bssids.insert(id, Box::new(original));
        self.save();
    }

    /// The user's value is in place again.
    pub(super) fn forget_accepted_bssids_of(&mut self, id: u32) {
        self.imposed_limits.retain(|(limited, _)| *limited != id);
        self.accepted_bssids.remove(&id);
        self.save();
    }

    /// The user's values are in place again.
    pub(super) fn forget_accepted_bssids(&mut self) {
        self.imposed_limits.clear();
        if !std::mem::take(&mut self.accepted_bssids).is_empty() {
            self.save();
        }
    }

    /// After RECONFIGURE wpa_supplicant 2.12 uses no id again, so that old ones would pile up.
    pub(super) fn forget_blocks_except(&mut self, networks: &[Configured]) {
        let is_there = |id| networks.iter().any(|network| network.line.id == id);
        self.blocks.retain(|line| is_there(line.id));
    }

    /// Records lines of networks' blocks before they are changed.
    pub(super) fn record_blocks(&mut self, originals: Vec<BlockLine>) {
        self.blocks
            .retain(|old| !originals.iter().any(|new| new.key() == old.key()));
        self.blocks.extend(originals);
        self.save();
    }

    fn block(&self, id: u32, setting: BlockSetting) -> Option<&BlockLine> {
        let mut blocks = self.blocks.iter();
        blocks.find(|line| line.key() == (id, setting))
    }

    /// The user marked the network hidden, which macveil changed.
    pub(super) fn was_hidden(&self, id: u32, ssid: Option<&Ssid>) -> bool {
        let block = self.block(id, BlockSetting::ScanSsid);
        block.is_some_and(|block| block.ssid.as_ref() == ssid && block.value == "1")
    }

    /// The `bgscan` that macveil has switched off for this network.
    pub(super) fn bgscan(&self, id: u32) -> Option<&str> {
        Some(&self.block(id, BlockSetting::Bgscan)?.value)
    }

    pub(super) fn take_blocks(&mut self) -> Vec<BlockLine> {
        std::mem::take(&mut self.blocks)
    }

    /// Records a network's `mode` before it is changed.
    pub(super) fn record_mode(&mut self, id: u32, original: NetworkMode) {
        if self.network_modes.get(&id).map(Box::as_ref) != Some(&original) {
            self.network_modes.insert(id, Box::new(original));
            self.save();
        }
    }

    /// The network's `mode` was changed.
    pub(super) fn is_parked(&self, id: u32) -> bool {
        self.network_modes.contains_key(&id)
    }

    /// The network's original `mode`, if it was changed. wpa_supplicant reuses ids.
    pub(super) fn mode_of(&self, network: &Configured) -> Option<u32> {
        let original = self.network_modes.get(&network.line.id)?;
        (original.ssid == network.details.ssid).then_some(original.mode)
    }

    pub(super) fn take_modes(&mut self) -> BTreeMap<u32, Box<NetworkMode>> {
        std::mem::take(&mut self.network_modes)
    }

    /// P2P was disabled for the whole process.
    pub(super) fn disable_p2p(&mut self) {
        if !std::mem::replace(&mut self.p2p_disabled, true) {
            self.save();
        }
    }

    /// Notes on disk that a radio work of macveil may be running: a successor then ends it.
    pub(super) fn reserve_radio(&mut self, reserved: bool) {
        if std::mem::replace(&mut self.radio_reserved, reserved) != reserved {
            self.save();
        }
    }

    pub(super) const fn is_radio_reserved(&self) -> bool {
        self.radio_reserved
    }

    pub(super) const fn is_p2p_disabled(&self) -> bool {
        self.p2p_disabled
    }

    pub(super) fn take_network_addresses(&mut self) -> BTreeMap<u32, Box<NetworkAddress>> {
        std::mem::take(&mut self.network_addresses)
    }

    fn load(&mut self, original: SavedValue) {
        match original {
            SavedValue::Setting(setting, value) => drop(self.settings.insert(setting, value)),
            SavedValue::Network(id, address) => {
                drop(self.network_addresses.insert(id, Box::new(address)));
            }
            SavedValue::Accepted(id, accepted) => {
                self.accepted_bssids.insert(id, Box::new(accepted));
            }
            SavedValue::Block(line) => self.blocks.push(line),
            SavedValue::Mode(id, mode) => drop(self.network_modes.insert(id, Box::new(mode))),
            SavedValue::RadioWork => self.radio_reserved = true,
            SavedValue::P2p => self.p2p_disabled = true,
        }
    }

    fn save(&self) {
        let Some(identity) = self.identity else {
            return;
        };
        let settings = self.settings();
        let settings = settings.map(|(setting, value)| SavedValue::Setting(setting, value));
        let networks = self.network_addresses.iter();
        let networks = networks.map(|(&id, address)| SavedValue::Network(id, *address.clone()));
        let accepted = self.accepted_bssids.iter();
        let accepted = accepted.map(|(&id, accepted)| SavedValue::Accepted(id, *accepted.clone()));
        let networks = networks.chain(accepted);
        let blocks = self.blocks.iter().cloned().map(SavedValue::Block);
        let modes = self.network_modes.iter();
        let modes = modes.map(|(&id, mode)| SavedValue::Mode(id, *mode.clone()));
        let p2p = self.p2p_disabled.then_some(SavedValue::P2p);
        let work = self.radio_reserved.then_some(SavedValue::RadioWork);
        let values = settings
            .chain(networks)
            .chain(blocks)
            .chain(modes)
            .chain(p2p)
            .chain(work);
        self.file.write(identity, values);
    }

    /// The settings to restore.
    pub(super) fn settings(&self) -> impl Iterator<Item = (Setting, i32)> {
        self.settings
            .iter()
            .map(|(&setting, &value)| (setting, value))
    }

    /// Clears everything after restoring.
    pub(super) fn forget_all(&mut self) {
        self.file.remove();
        self.settings.clear();
        self.network_addresses.clear();
        self.accepted_bssids.clear();
        self.imposed_limits.clear();
        self.blocks.clear();
        self.network_modes.clear();
        self.networks.clear();
        self.imposed = false;
        self.touched = false;
        self.p2p_disabled = false;
        self.denied = None;
        self.command_limit = None;
    }

    /// Drops cached details, so that they are read again.
    pub(super) fn forget_networks(&mut self) {
        self.networks.clear();
    }

    /// A line of a network's block was changed.
    pub(super) fn silenced(&mut self, id: u32, setting: BlockSetting) {
        if let Some(known) = self.networks.get_mut(&id) {
            let details = &mut known.1;
            let value = match setting {
                BlockSetting::Bgscan => &mut details.bgscan,
                BlockSetting::ScanSsid => &mut details.scan_ssid,
            };
            *value = Some(setting.ours().to_owned());
        }
    }

    /// Drops what is cached of the networks with this SSID.
    pub(super) fn forget_networks_of(&mut self, ssid: &Ssid) {
        self.networks
            .retain(|_, known| known.1.ssid.as_ref() != Some(ssid));
    }

    /// The cached details of a network, if its line has not changed.
    pub(super) fn details(&self, line: &Line) -> Option<&Details> {
        let (text, details) = &**self.networks.get(&line.id)?;
        (*text == line.text).then_some(details)
    }

    /// Caches the details of networks.
    pub(super) fn remember_networks(&mut self, networks: &[Configured]) {
        self.networks.clear();
        self.networks.extend(networks.iter().map(|network| {
            let known = (network.line.text.clone(), network.details.clone());
            (network.line.id, Box::new(known))
        }));
    }

    /// Maximum command length in bytes.
    pub(super) fn max_command_bytes(&self) -> usize {
        self.command_limit.unwrap_or(DEFAULT_COMMAND_LIMIT)
    }
}
