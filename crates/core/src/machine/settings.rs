//! What a station is, and what the user wants of it.

use std::time::Duration;

use crate::address::{AddressPolicies, History};
use crate::types::{Channel, Mac};

/// One Wi-Fi station interface and what its driver offers.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a feature flag of the driver"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Interface name.
    pub name: String,
    /// The kernel's number for the interface.
    pub ifindex: u32,
    /// The kernel's number for the radio.
    pub wiphy: u32,
    /// The driver's name, empty if unknown.
    pub driver: String,
    /// The permanent address (`IFLA_PERM_ADDRESS`), if the driver knows one.
    pub permanent: Option<Mac>,
    /// The address it had when first seen.
    pub initial: Mac,
    /// `NL80211_FEATURE_SCAN_RANDOM_MAC_ADDR`.
    pub random_address: bool,
    /// `NL80211_EXT_FEATURE_SCAN_RANDOM_SN`.
    pub random_sequence: bool,
    /// `NL80211_EXT_FEATURE_SCAN_MIN_PREQ_CONTENT`.
    pub minimal_content: bool,
    /// The address may be changed while the link is up: a mac80211 driver on Linux 6.7 or later.
    pub live_change: bool,
    /// How many SSIDs one scan can name, the wildcard included.
    pub max_scan_ssids: u8,
    /// Channels that may be scanned.
    pub channels: Vec<Channel>,
}

/// Which addresses networks get on one interface.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// What the user wants.
    pub policies: AddressPolicies,
    /// What became of it so far.
    pub history: History,
}

/// How the user wants a station treated (`[device]` of the configuration).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Scan under random addresses at all.
    pub scan_random: bool,
    /// The way to change masks.
    pub mask_method: MaskMethod,
    /// A mask serves this long; zero: one scan.
    pub mask_lifetime: Duration,
    /// What to do when the card cannot be masked.
    pub on_failure: OnFailure,
    /// What to do with the address on exit.
    pub on_exit: OnExit,
}

/// `mask-method`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskMethod {
    /// The best that the driver offers.
    Auto,
    /// Each scan carries its own random address.
    Driver,
    /// A new address before each scan, with the link up.
    Powered,
    /// A new address before each scan, with the link taken down and up.
    Bounce,
}

/// `on-failure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// Hold the card silent.
    Closed,
    /// Go on as if there were no macveil.
    Open,
}

/// `on-exit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnExit {
    /// Leave the address as it is.
    Keep,
    /// Put the initial address back.
    Restore,
}
