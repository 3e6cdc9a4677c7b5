//! The status of interfaces.

use std::fmt;

use macveil_core::machine::{
    AddressKind, Counters, Limitation, Method, MethodReason, NextChange, Problem,
};
use macveil_core::types::{ManagerKind, Ssid};
use serde::{Deserialize, Deserializer, Serialize};

use super::Interface;
use super::json::{self, Object, optional_ssid};

/// An interface, and the status of those that macveil manages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The interface.
    #[serde(flatten)]
    pub interface: Interface,
    /// The program that controls the interface instead of macveil.
    pub managed_by: Option<ManagerKind>,
    /// The status; `None`: macveil does not manage the interface.
    #[serde(flatten)]
    pub details: Option<InterfaceStatus>,
}

/// The program that joins networks for macveil.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backend {
    /// `wpa_supplicant`.
    #[serde(rename = "wpa_supplicant")]
    WpaSupplicant,
    /// iwd.
    #[serde(rename = "iwd")]
    Iwd,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WpaSupplicant => "wpa_supplicant",
            Self::Iwd => "iwd",
        })
    }
}

/// The status of an interface that macveil manages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceStatus {
    /// The driver's name, empty if unknown.
    pub driver: String,
    /// The program that joins networks; `None`: no such program, as on Ethernet.
    pub backend: Option<Backend>,
    /// The link is administratively up.
    pub up: bool,
    /// Milliseconds in the present state.
    pub state_ms: u64,
    /// What the address is.
    pub address_kind: AddressKind,
    /// It is the permanent address, whatever else it is.
    pub permanent: bool,
    /// Milliseconds since the address changed.
    pub address_ms: u64,
    /// When the address changes next.
    pub next_change: NextChange,
    /// The network that the interface is associating or associated to.
    #[serde(flatten, with = "optional_ssid")]
    pub ssid: Option<Ssid>,
    /// How masks are changed; `None`: there are no masks, as on Ethernet.
    pub method: Option<Method>,
    /// Why masks are changed so.
    pub method_reason: Option<MethodReason>,
    /// Why the link is held down or not protected.
    pub problem: Option<Problem>,
    /// Milliseconds until macveil tries again.
    pub retry_ms: Option<u64>,
    /// The user has paused the interface.
    pub paused: bool,
    /// Milliseconds until the pause ends; `None`: until the user ends it.
    pub pause_ms: Option<u64>,
    /// Guarantees that do not hold on this interface.
    pub limitations: Vec<Limitation>,
    /// Totals since macveil manages the interface.
    pub counters: Counters,
}

/// A flattened `Option` would pass over errors: whether there are details depends on `managed`.
impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Head {
            #[serde(flatten)]
            interface: Interface,
            managed_by: Option<ManagerKind>,
        }
        let object = Object::deserialize(deserializer)?;
        let Head {
            interface,
            managed_by,
        } = json::part(&object)?;
        let is_managed = interface.state.is_some();
        Ok(Self {
            details: is_managed.then(|| json::part(&object)).transpose()?,
            interface,
            managed_by,
        })
    }
}

impl Status {
    /// The status with all times set to zero, to compare it with an earlier one.
    #[must_use]
    pub fn without_times(mut self) -> Self {
        if let Some(details) = &mut self.details {
            details.state_ms = 0;
            details.address_ms = 0;
            details.retry_ms = details.retry_ms.map(|_| 0);
            details.pause_ms = details.pause_ms.map(|_| 0);
        }
        self
    }
}
