//! The dialogue with iwd: its D-Bus objects, and its network files.

use crate::scan::owe;
use crate::types::{Bss, KeyMgmt, Mac, Ssid};

/// iwd's identity of a network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetworkId {
    /// The SSID.
    pub ssid: Ssid,
    /// How the network is joined.
    pub joining: Joining,
}

impl NetworkId {
    /// Whether these scan results have it: not the open half of a pair with OWE. `halves`: the hidden one counts,
    /// if its name is known.
    pub(super) fn is_in(&self, air: &[Bss], halves: bool) -> bool {
        match self.joining {
            Joining::Open => {
                owe::has_single(air, &self.ssid) || halves && owe::has_named_half(air, &self.ssid)
            }
            Joining::Psk | Joining::Enterprise => air.iter().any(|bss| bss.ssid == self.ssid),
        }
    }
}

/// How a network is joined, as in the extension of iwd's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Joining {
    /// Without a key; includes OWE.
    Open,
    /// With a passphrase, WPA2 or WPA3.
    Psk,
    /// 802.1X.
    Enterprise,
}

impl Joining {
    pub(super) const fn security(self) -> KeyMgmt {
        match self {
            Self::Open => KeyMgmt::Open,
            Self::Psk => KeyMgmt::Psk,
            Self::Enterprise => KeyMgmt::Eap,
        }
    }
}

/// A network that has a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownNetwork {
    /// The network.
    pub id: NetworkId,
    /// iwd joins it automatically.
    pub autoconnect: bool,
    /// iwd's scans send its SSID.
    pub hidden: bool,
    /// The address in the file.
    pub address: Option<Mac>,
    /// Why the file cannot be read.
    pub problem: Option<String>,
}

/// `State` of iwd's station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StationPhase {
    /// Searching, or idle: iwd does not report which.
    #[default]
    Disconnected,
    /// From the choice of a network on; iwd changes the address after it reports this.
    Connecting,
    /// Keys included; also while it roams.
    Connected,
    /// A program told it to disconnect.
    Disconnecting,
}

/// The properties of iwd's station.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StationState {
    /// `State`.
    pub phase: StationPhase,
    /// `Scanning`.
    pub scanning: bool,
    /// `ConnectedNetwork`, from `Connecting` on.
    pub network: Option<NetworkId>,
}

/// What the client of iwd reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IwdEvent {
    /// iwd accepts requests from now on. `Known` and `Station` follow in this order.
    Appeared {
        /// Why iwd does not use the addresses in its files, if so.
        obstacle: Option<String>,
        /// iwd randomizes scans where the driver supports it.
        random_scans: bool,
    },
    /// iwd has ended.
    Vanished,
    /// The station has changed; `None`: iwd has none for this interface.
    Station(Option<StationState>),
    /// All known networks, whenever one of them or its file changes.
    Known(Vec<KnownNetwork>),
    /// The directory with the files cannot be read. Until the next `Known`, no network has an address.
    Unreadable {
        /// Why, with the remedy.
        why: String,
    },
    /// Answer to `Write`.
    Written {
        /// The network.
        network: NetworkId,
        /// The error of the file system.
        result: Result<(), String>,
    },
    /// iwd refused `Disconnect`, `Connect` or `Scan`. Success is not reported.
    Refused {
        /// Its error.
        why: String,
    },
    /// Answer to `Restore`.
    Released,
    /// Not from iwd: whose addresses the files are for. Until it is told, an interface assumes that no other
    /// one is iwd's.
    Turn(Turn),
}

/// Whose addresses iwd's files are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Those of the only interface that iwd has.
    Only,
    /// Those of this interface from now on, and another one's before.
    Own,
    /// Those of another interface.
    Other,
}

/// A request to iwd, or for its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Write an address into a known network's file; answered by `Written`.
    Write {
        /// The network.
        network: NetworkId,
        /// The address for the next association.
        address: Mac,
    },
    /// Restore the files; answered by `Released`.
    Restore,
    /// End the connection or the attempt, and join nothing without a request.
    Disconnect,
    /// Join this network.
    Connect(NetworkId),
    /// Scan.
    Scan,
}
