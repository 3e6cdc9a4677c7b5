//! A network of the supplicant's configuration.

use super::{KeyMgmt, Mac, Ssid};

/// A network of the supplicant's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Its id, valid until the configuration is read again.
    pub id: u32,
    /// Its SSID; `None` matches any.
    pub ssid: Option<Ssid>,
    /// It may be joined.
    pub enabled: bool,
    /// The user marked it as hidden (`scan_ssid=1`).
    pub hidden: bool,
    /// Higher is preferred.
    pub priority: i32,
    /// Only this BSS may be used.
    pub bssid: Option<Mac>,
    /// It is joined without any key.
    pub open: bool,
    /// The key_mgmt in which it may be joined.
    pub key_mgmt: Vec<KeyMgmt>,
    /// `wpa_supplicant`'s `id_str`: empty if it has none.
    pub id_str: String,
}
