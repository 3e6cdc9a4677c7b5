//! What requests do to interfaces.

use macveil_core::address::Policy;
use macveil_core::machine::{Rotation, ScanFailure, StateKind};
use macveil_core::types::{Bss, Mac, Ssid};
use serde::{Deserialize, Serialize};

use super::json::optional_ssid;

/// The effect of a request about a network on an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// The interface's name.
    #[serde(rename = "name")]
    pub interface: String,
    /// The policy of the network on this interface, if it is known.
    pub policy: Option<Policy>,
    /// Why the policy is not known.
    pub undetermined: Option<String>,
    /// The interface is connected to the network.
    pub connected: bool,
    /// When the address changes.
    pub effect: Effect,
}

/// When an address changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Now: the interface reconnects.
    Now,
    /// When the network is joined the next time.
    NextAssociation,
    /// Never: the policy allows one address only.
    None,
    /// It depends on how the network is joined the next time.
    Unknown,
}

/// The effect of a pause, or of its end, on an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// The interface's name.
    #[serde(rename = "name")]
    pub interface: String,
    /// The state now.
    pub state: StateKind,
    /// The network that the interface is associating or associated to.
    #[serde(flatten, with = "optional_ssid")]
    pub ssid: Option<Ssid>,
    /// Why nothing has changed.
    pub refused: Option<PauseRefusal>,
}

/// Why an interface is not paused, or a pause not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PauseRefusal {
    /// An Ethernet interface changes only while it has no carrier.
    Ethernet,
    /// iwd decides which network is joined.
    Iwd,
    /// The interface is not paused.
    NotPaused,
    /// The interface is not protected, as `on-failure = "open"` allows.
    Unprotected,
}

/// When an interface's addresses change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotated {
    /// The interface's name.
    #[serde(rename = "name")]
    pub interface: String,
    /// When the mask changes; on Ethernet, the address.
    pub mask: Rotation,
    /// The network that the interface is associating or associated to.
    #[serde(flatten, with = "optional_ssid")]
    pub ssid: Option<Ssid>,
    /// The policy of that network, or of the Ethernet interface, if it is known.
    pub policy: Option<Policy>,
    /// When that network gets another address.
    pub address: Effect,
}

/// A scan for the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanned {
    /// The interface's name.
    #[serde(rename = "name")]
    pub interface: String,
    /// The interface's address during the scan; `None`: the driver drew one for the scan alone.
    pub mask: Option<Mac>,
    /// The interface is connected, and only listened.
    #[serde(default)]
    pub passive: bool,
    /// Why there was no scan.
    pub refused: Option<ScanFailure>,
    /// The BSSs that were received.
    pub heard: Vec<Bss>,
}
