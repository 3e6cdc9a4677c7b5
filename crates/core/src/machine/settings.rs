//! The properties and the configuration of a Wi-Fi interface.

use std::time::Duration;

use crate::address::{AddressPolicies, History};
use crate::types::{Channel, Mac};

/// A Wi-Fi station interface and the features of its driver.
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
    /// The driver supports live changes of the address: mac80211 on Linux 6.7 or later.
    pub live_change: bool,
    /// Maximum number of SSIDs in one scan, the wildcard included.
    pub max_scan_ssids: u8,
    /// Channels that can be scanned.
    pub channels: Vec<Channel>,
}

/// The addresses of networks on one interface.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The policies.
    pub policies: AddressPolicies,
    /// The records of networks.
    pub history: History,
}

/// The configuration of an interface (`[device]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Scan under random addresses.
    pub scan_random: bool,
    /// How masks are changed.
    pub mask_method: MaskMethod,
    /// The lifetime of a mask; zero: one scan.
    pub mask_lifetime: Duration,
    /// What to do when the interface cannot be masked.
    pub on_failure: OnFailure,
    /// What to do with the address on exit.
    pub on_exit: OnExit,
    /// Programs that macveil does not reach may connect the interface, under a mask (`backend = "none"`).
    pub others_connect: bool,
}

/// What an empty configuration says.
impl Default for Settings {
    fn default() -> Self {
        Self {
            scan_random: true,
            mask_method: MaskMethod::Auto,
            mask_lifetime: Duration::ZERO,
            on_failure: OnFailure::Closed,
            on_exit: OnExit::Keep,
            others_connect: false,
        }
    }
}

/// `mask-method`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskMethod {
    /// The best method that the driver supports.
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
    /// Hold the link down.
    Closed,
    /// Go on without protection.
    Open,
}

/// `on-exit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnExit {
    /// Leave the address as it is.
    Keep,
    /// Restore the initial address.
    Restore,
}
