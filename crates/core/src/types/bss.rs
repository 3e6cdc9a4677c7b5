//! Channels, and the BSSs on them.

use super::{KeyMgmt, Mac, Ssid};

/// A channel's centre frequency in MHz.
pub type Frequency = u32;

/// One channel that the card may listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Centre frequency in MHz.
    pub frequency: Frequency,
    /// The regulatory domain forbids to transmit first here: scans only listen, about 110 ms.
    pub no_ir: bool,
}

/// A BSS as the kernel last heard it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bss {
    /// Its BSSID.
    pub bssid: Mac,
    /// Centre frequency in MHz.
    pub frequency: Frequency,
    /// Signal in dBm.
    pub signal: i32,
    /// The SSID that its last beacon or probe response carried.
    pub ssid: Ssid,
    /// How long ago, in milliseconds, counted at the time of reading (`NL80211_BSS_SEEN_MS_AGO`).
    pub ms_ago: u32,
}

/// A BSS in the supplicant's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BssEntry {
    /// Its BSSID.
    pub bssid: Mac,
    /// Centre frequency in MHz.
    pub frequency: Frequency,
    /// Signal in dBm.
    pub signal: i32,
    /// Its SSID.
    pub ssid: Ssid,
    /// How well it protects.
    pub security: SecurityLevel,
    /// The key_mgmt in which it can be joined.
    pub key_mgmt: Vec<KeyMgmt>,
}

/// Protection of a BSS, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecurityLevel {
    /// None.
    Open,
    /// WEP.
    Wep,
    /// WPA, the first.
    Wpa,
    /// OWE: encrypted, not authenticated.
    Owe,
    /// WPA2 with a pre-shared key or 802.1X.
    Rsn,
    /// SAE (WPA3).
    Sae,
}
