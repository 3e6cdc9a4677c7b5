//! Channels, and the BSSs on them.

use std::cmp::Reverse;

use super::{KeyMgmt, Mac, Ssid};

/// Centre frequency of a channel, in MHz.
pub type Frequency = u32;

/// A channel on which the card can listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// In MHz.
    pub frequency: Frequency,
    /// The regulatory domain forbids initiating radiation: scans only listen here, for about 110 ms.
    pub no_ir: bool,
}

/// A BSS in the kernel's scan results.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bss {
    /// SSID in its last beacon or probe response.
    #[serde(flatten)]
    pub ssid: Ssid,
    /// BSSID.
    pub bssid: Mac,
    /// In MHz.
    pub frequency: Frequency,
    /// In dBm.
    pub signal: i32,
    /// Age in milliseconds when the results were read (`NL80211_BSS_SEEN_MS_AGO`).
    pub ms_ago: u32,
    /// Its OWE transition element.
    #[serde(skip)]
    pub owe: Option<OweTransition>,
}

impl Bss {
    /// Sorts BSSs by their signals, the strongest first.
    pub fn sort(bsss: &mut [&Self]) {
        bsss.sort_unstable_by_key(|bss| (Reverse(bss.signal), bss.bssid));
    }
}

/// OWE transition element (Wi-Fi Alliance, OWE Specification): an open BSS and a hidden, encrypted one
/// name each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OweTransition {
    /// BSSID of the other half.
    pub bssid: Mac,
    /// SSID of the other half.
    pub ssid: Ssid,
}

/// A BSS in the supplicant's BSS table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BssEntry {
    /// BSSID.
    pub bssid: Mac,
    /// In MHz.
    pub frequency: Frequency,
    /// In dBm.
    pub signal: i32,
    /// SSID.
    pub ssid: Ssid,
    /// Strongest protection offered.
    pub security: SecurityLevel,
    /// Key management offered.
    pub key_mgmt: Vec<KeyMgmt>,
    /// It is the open half of a pair with OWE.
    pub owe_open_half: bool,
}

/// Protection of a BSS, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecurityLevel {
    /// No encryption.
    Open,
    /// WEP.
    Wep,
    /// WPA, the first version.
    Wpa,
    /// OWE: encrypted, but not authenticated.
    Owe,
    /// WPA2 with a pre-shared key or 802.1X.
    Rsn,
    /// SAE (WPA3).
    Sae,
}
