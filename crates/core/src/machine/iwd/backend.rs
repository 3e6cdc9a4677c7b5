//! The dialogue with iwd: its D-Bus objects, and its network files.

use crate::types::Ssid;
use crate::types::{KeyMgmt, Mac};

/// What iwd tells networks apart by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetworkId {
    /// Its name.
    pub ssid: Ssid,
    /// How it is joined.
    pub joining: Joining,
}

/// How a network is joined, as far as iwd tells networks apart by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Joining {
    /// Without any key, OWE among them.
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

/// A network that iwd has a file of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownNetwork {
    /// Which one.
    pub id: NetworkId,
    /// iwd joins it by itself.
    pub autoconnect: bool,
    /// iwd's scans name it.
    pub hidden: bool,
    /// The address that the file gives it.
    pub address: Option<Mac>,
    /// Why the file cannot be read.
    pub problem: Option<String>,
}

/// `State` of iwd's station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StationPhase {
    /// Looking for networks by itself, or at rest: iwd does not say which.
    #[default]
    Disconnected,
    /// From the choice of a network on: the address is changed after this is said.
    Connecting,
    /// Keys included; also while it roams.
    Connected,
    /// By somebody's wish.
    Disconnecting,
}

/// What iwd's station does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StationState {
    /// `State`.
    pub phase: StationPhase,
    /// `Scanning`.
    pub scanning: bool,
    /// `ConnectedNetwork`, from `Connecting` on.
    pub network: Option<NetworkId>,
}

/// iwd says or has done something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IwdEvent {
    /// It can be talked to. `KnownNetwork` and `Station` follow in this order.
    Appeared {
        /// Why it will not use the addresses that it is given, if so.
        obstacle: Option<String>,
        /// It scans under random addresses where the driver can.
        random_scans: bool,
    },
    /// It is gone.
    Vanished,
    /// What its station does, whenever that changes; `None`: it has none for this interface.
    Station(Option<StationState>),
    /// Every network that it knows, whenever one or its file changes.
    Known(Vec<KnownNetwork>),
    /// Answer to `Write`.
    Written {
        /// The network.
        network: NetworkId,
        /// What the file system said, if it was no.
        result: Result<(), String>,
    },
    /// It did not do what was asked with `Disconnect`, `Connect` or `Scan`; without this it did.
    Refused {
        /// Its answer.
        why: String,
    },
    /// Answer to `Release`.
    Released,
}

/// What is asked of iwd, or done to its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Write an address into a known network's file; answered by `Written`.
    Write {
        /// The network.
        network: NetworkId,
        /// The address that iwd is to join it with.
        address: Mac,
    },
    /// Put back what the files said before macveil; answered by `Released`.
    Restore,
    /// End the connection, or the attempt at one, and join nothing by yourself.
    Disconnect,
    /// Join this network.
    Connect(NetworkId),
    /// Look for networks.
    Scan,
}
