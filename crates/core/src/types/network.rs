//! A network in the supplicant's configuration.

use super::{KeyMgmt, Mac, Ssid};

/// A network in the supplicant's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// `wpa_supplicant`'s network id, valid until it reloads its configuration.
    pub id: u32,
    /// SSID; `None` matches any.
    pub ssid: Option<Ssid>,
    /// Whether it can be joined.
    pub enabled: bool,
    /// Whether the user marked it as hidden (`scan_ssid=1`).
    pub hidden: bool,
    /// Higher is preferred.
    pub priority: i32,
    /// The only BSS to use, if set.
    pub bssid: Option<Mac>,
    /// Whether it is joined without a key.
    pub open: bool,
    /// Accepted key management.
    pub key_mgmt: Vec<KeyMgmt>,
    /// `wpa_supplicant`'s `id_str`, empty if unset.
    pub id_str: String,
}
