//! Kinds of network interfaces.

use serde::{Deserialize, Serialize};

/// What an interface is, as far as macveil can manage it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// A Wi-Fi station.
    Wifi,
    /// Physical Ethernet.
    Ethernet,
    /// Neither: a bridge, a bond, a VLAN, one end of a `veth` pair.
    Other,
}

impl DeviceKind {
    /// The kind of an interface without a radio; `physical`: it has a device.
    #[must_use]
    pub const fn wired(physical: bool) -> Self {
        if physical {
            Self::Ethernet
        } else {
            Self::Other
        }
    }
}
