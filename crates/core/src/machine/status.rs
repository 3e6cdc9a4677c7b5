//! The observable state of a machine. All of it is data; the clients of macveil turn it into words.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Time;
use super::event::Link;
use super::notice::Problem;
use crate::types::Ssid;

/// The observable state of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The state.
    pub state: StateKind,
    /// When the machine entered this state.
    pub state_since: Time,
    /// The link as last read.
    pub link: Link,
    /// When the link got its address.
    pub address_since: Time,
    /// What the address is.
    pub address_kind: AddressKind,
    /// The network that the interface is associating or associated to.
    pub network: Option<Ssid>,
    /// How masks are changed, and why so; `None` where nothing is masked.
    pub method: Option<(Method, MethodReason)>,
    /// When the address changes next.
    pub next_change: NextChange,
    /// Why the link is held down, or the interface is not connected or not protected.
    pub problem: Option<Problem>,
    /// When the machine tries again.
    pub retry_at: Option<Time>,
    /// The user's pause.
    pub pause: Option<Pause>,
    /// Guarantees that do not hold on this interface.
    pub limitations: Vec<Limitation>,
    /// Totals since the machine started.
    pub counters: Counters,
}

/// A state of any machine. Its word in the protocol never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateKind {
    /// Setting a mask.
    Masking,
    /// Masked; there is no supplicant yet.
    Waiting,
    /// First contact with the supplicant.
    Attaching,
    /// Masked, searching for a network.
    Scanning,
    /// From the choice of a network to its connection.
    Associating,
    /// Connected under the assigned address.
    Associated,
    /// The association is over.
    Disconnecting,
    /// Masked and silent: the user disconnected.
    Disconnected,
    /// Masked and silent: the user paused macveil.
    Paused,
    /// Masked, scanning for the user.
    UserScan,
    /// Masked: the supplicant is to become an access point.
    Hotspot,
    /// The link is held down.
    Blocked,
    /// Restoring settings.
    Releasing,
    /// The machine has ended.
    Released,
    /// Not protected, as `on-failure = "open"` allows.
    Unprotected,
    /// iwd does not run, or has no station for this interface.
    Absent,
    /// iwd is not connected.
    Idle,
    /// iwd reconnects under the assigned address.
    Rejoining,
    /// iwd was disconnected from a network: the address was wrong.
    Refused,
    /// Ethernet: setting the assigned address.
    Setting,
    /// Ethernet: no carrier, under the assigned address.
    Unplugged,
    /// Ethernet: in use under the assigned address.
    Connected,
    /// Ethernet: in use under another address.
    Unmanaged,
}

impl StateKind {
    /// The word of the protocol.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Masking => "masking",
            Self::Waiting => "waiting",
            Self::Attaching => "attaching",
            Self::Scanning => "scanning",
            Self::Associating => "associating",
            Self::Associated => "associated",
            Self::Disconnecting => "disconnecting",
            Self::Disconnected => "disconnected",
            Self::Paused => "paused",
            Self::UserScan => "user-scan",
            Self::Hotspot => "hotspot",
            Self::Blocked => "blocked",
            Self::Releasing => "releasing",
            Self::Released => "released",
            Self::Unprotected => "unprotected",
            Self::Absent => "absent",
            Self::Idle => "idle",
            Self::Rejoining => "rejoining",
            Self::Refused => "refused",
            Self::Setting => "setting",
            Self::Unplugged => "unplugged",
            Self::Connected => "connected",
            Self::Unmanaged => "unmanaged",
        }
    }
}

impl fmt::Display for StateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the address of an interface is to macveil.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressKind {
    /// A mask.
    Mask,
    /// Assigned to the network that the interface is associating or associated to.
    Assigned,
    /// The permanent address, and not by a policy.
    Permanent,
    /// None of these: from before macveil, or set by another program.
    Other,
}

/// How masks are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Each scan carries its own random address, drawn by the driver.
    Driver,
    /// A new address before each scan, with the link up.
    Powered,
    /// A new address before each scan, with the link taken down and up.
    Bounce,
}

/// Why a [`Method`] is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MethodReason {
    /// A better method failed.
    BetterFailed,
    /// The driver supports randomized scans.
    RandomizedScans,
    /// The driver supports live changes.
    LiveChanges,
    /// The configuration demands it.
    Configured,
    /// The driver supports nothing better.
    NothingBetter,
    /// Masks are changed while iwd is idle only.
    WhileIwdIdle,
}

/// When the address of an interface changes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NextChange {
    /// When the association ends.
    AssociationEnds,
    /// After the pause, or when another program scans.
    PauseEnds,
    /// When a network is joined, or another program scans. Each scan has its own address.
    NetworkJoinedOrExternalScan,
    /// When a network is joined.
    NetworkJoined,
    /// After the next scan.
    NextScan,
    /// After the first scan past `mask-lifetime`.
    MaskLifetime,
    /// As soon as the interface can be masked.
    Masking,
    /// As soon as iwd is idle.
    IwdIdle,
    /// When iwd joins another network.
    IwdJoins,
    /// Ethernet: while there is no carrier, if the configuration demands another address.
    Unplugged,
}

/// A guarantee that does not hold on an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Limitation {
    /// Scans can be linked to each other: `scan-rand-mac-address` is false.
    LinkableScans,
    /// Scans can be linked by their sequence numbers: the driver cannot randomize them.
    SequenceNumbers,
    /// Probe requests describe the interface: the driver cannot reduce them.
    ProbeContent,
    /// Other programs can send data frames under a former address.
    Unguarded {
        /// Why the kernel does not drop them.
        reason: String,
    },
    /// Scans of the supplicant or of other programs began under the assigned address, and were ended.
    AssignedAddressScanned {
        /// How often.
        times: u32,
    },
    /// Scans showed the interface's address.
    AddressScanned {
        /// How often.
        times: u32,
    },
    /// While iwd is idle the interface keeps its last address.
    UnmaskedWhileIdle {
        /// Why.
        reason: UnmaskedReason,
    },
    /// iwd's scans show the interface's address.
    IwdScansLeak {
        /// Why.
        reason: IwdScanReason,
        /// The address is a mask, once the interface is masked.
        masked: bool,
    },
    /// A network that iwd knows has no address.
    NoAddress {
        /// Why.
        reason: String,
    },
}

/// Why an interface is not masked while iwd is idle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnmaskedReason {
    /// `mask-method` is "bounce", which makes iwd start over.
    Bounce,
    /// Live changes need a mac80211 driver and Linux 6.7 or later.
    NoLiveChanges,
}

/// Why iwd's scans show the interface's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IwdScanReason {
    /// `DisableMacAddressRandomization` is set in iwd's `main.conf`.
    RandomizationDisabled,
    /// iwd knows a hidden network, and the driver does not support randomized scans.
    HiddenNetwork,
}

/// The user's pause: no scans, no connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When it ends; `None`: when the user ends it.
    pub until: Option<Time>,
}

/// When an interface gets another mask after [`Command::Rotate`](super::Command::Rotate).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    /// At once.
    Now,
    /// As soon as the running scan is over, or the interface can be masked.
    Soon,
    /// When the association ends: until then the interface keeps its assigned address.
    AfterAssociation,
    /// The interface is not protected.
    Never,
}

/// Why an interface cannot scan for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanRefusal {
    /// The interface connects to a network.
    Connecting,
    /// The link is down.
    LinkDown,
    /// The link is held down.
    Blocked,
    /// The interface is not protected: a scan would show its address.
    Unprotected,
    /// macveil releases the interface.
    Releasing,
}

/// Why a scan for the user failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ScanFailure {
    /// The state allows no scan.
    Refused {
        /// Why.
        refusal: ScanRefusal,
    },
    /// The kernel or the driver refused.
    Kernel {
        /// Its error.
        reason: String,
    },
    /// Scans of other programs keep the interface busy.
    Busy,
    /// The scan did not end in time.
    Timeout {
        /// The limit in seconds.
        seconds: u64,
    },
    /// This interface cannot scan through macveil.
    Unsupported {
        /// Why.
        reason: UnsupportedReason,
    },
}

/// Why an interface does not support a command of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnsupportedReason {
    /// It is an Ethernet interface.
    Ethernet,
    /// iwd scans and joins networks.
    Iwd,
    /// macveil no longer manages the interface.
    Released,
}

/// Totals since a machine started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counters {
    /// Masks set.
    pub masks: u32,
    /// Scans of macveil; with iwd, all scans.
    pub scans: u32,
    /// Scans of the supplicant and of other programs.
    pub external_scans: u32,
    /// Of these, scans that began under an assigned address, and were ended.
    pub leaking_scans: u32,
    /// Successful associations.
    pub associations: u32,
    /// Failed associations.
    pub failed_associations: u32,
    /// Attempts to join or roam to an access point that may not see the address, each cut off.
    #[serde(default)]
    pub wrong_peers: u32,
    /// How often in a row the address could not be set and the link was held down.
    pub holds_in_a_row: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_name_is_its_word_in_the_protocol() {
        for state in [StateKind::UserScan, StateKind::Absent, StateKind::Masking] {
            let deserializer =
                serde::de::value::StrDeserializer::<serde::de::value::Error>::new(state.name());
            assert_eq!(StateKind::deserialize(deserializer), Ok(state));
        }
    }
}
