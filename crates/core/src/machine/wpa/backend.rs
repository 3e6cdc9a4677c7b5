//! The dialogue with `wpa_supplicant`: requests, replies, and unsolicited events.

use std::time::Duration;

use crate::types::{BssEntry, Frequency, Mac, Network, Ssid};

/// A request to the supplicant. The client turns each into commands of the control interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// First contact: save the settings that will change, then as `Quiesce`. A connected supplicant
    /// keeps its connection and only loses the permission to reconnect. Answered by `Reply::Quiesce`.
    Attach,
    /// End any association, scan or attempt, and start none without a request. Answered by `Reply::Quiesce`.
    Quiesce,
    /// Report your state. Answered by `Reply::Status`.
    Status,
    /// List your networks, and your entries for these BSSs and for the SSIDs of your networks. Answered by
    /// `Reply::NetworkList`.
    ListNetworks {
        /// BSSIDs to look up; if there are none, the BSS table is not read.
        bssids: Vec<Mac>,
    },
    /// Allow this network only, without these BSSs. Answered by `Reply::Done`.
    SelectNetwork {
        /// The network.
        ssid: Ssid,
        /// BSSs of the network that must not be joined.
        except: Vec<Mac>,
        /// The networks that may join some BSSs only; all others may join any.
        limits: Vec<NetworkLimit>,
        /// The network knows this station by another address: drop the keys agreed on then (PMKSA),
        /// which would link the two addresses.
        forget_keys: bool,
    },
    /// Forget the address that the supplicant would restore itself; sends nothing. Answered by `Reply::Done`.
    ForgetOwnAddress,
    /// Associate from existing scan results, without another scan. Answered by `Reply::Done`.
    Connect,
    /// Connected: allow roaming within this network, as in `SelectNetwork`, and report when the signal gets weak.
    /// Answered by `Reply::Done`.
    AllowRoaming {
        /// The network.
        ssid: Ssid,
        /// BSSs of the network to which it must not roam.
        except: Vec<Mac>,
        /// The networks that may join some BSSs only; all others may join any.
        limits: Vec<NetworkLimit>,
    },
    /// Move to this BSS of the network, of which there is a result that is not older than a few seconds: without one
    /// `wpa_supplicant` would send a probe request first (`scan_for_auth`, `driver_nl80211.c`). Answered by `Reply::Done`.
    Roam {
        /// The BSS.
        bssid: Mac,
    },
    /// Switch off again what makes the supplicant scan while connected. Answered by `Reply::Done`.
    Silence,
    /// Become the access point of the network of this number. Answered by `Reply::Done`.
    StartHotspot {
        /// The network's number.
        id: u32,
    },
    /// Restore every changed setting. Answered by `Reply::Done`.
    Restore {
        /// Search for networks again. If that is refused, the next request does it.
        resume: bool,
    },
}

/// A network that may join some BSSs only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkLimit {
    /// The network's id.
    pub id: u32,
    /// The only BSSs that it may join.
    pub bssids: Vec<Mac>,
}

/// What the client of the supplicant reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WpaEvent {
    /// An unsolicited event.
    Supplicant(Supplicant),
    /// The answer to a request; exactly one each, in their order.
    Reply(Reply),
    /// Unsolicited events were lost.
    Overrun,
    /// The kernel says that the interface, which is not masked, is no longer a station: the supplicant began a network
    /// of another mode, without a request.
    ModeChanged,
}

/// An unsolicited event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Supplicant {
    /// The supplicant accepts requests from now on.
    Appeared,
    /// The supplicant has ended, or no longer answers.
    Vanished,
    /// The supplicant starts to associate.
    Connecting {
        /// The BSS.
        bssid: Mac,
    },
    /// The connection is complete, keys included.
    Connected {
        /// The BSS.
        bssid: Mac,
        /// The network's id, if the message had one.
        id: Option<u32>,
    },
    /// The connection ended.
    Disconnected {
        /// The IEEE 802.11 reason code.
        reason: u16,
        /// This side ended it.
        local: bool,
    },
    /// A program requested the supplicant to end its connection. The end follows.
    LeaveRequested,
    /// A program told it that the machine has resumed (`wpa_cli resume`): it starts its P2P device again.
    Resumed,
    /// A program requested the supplicant to connect.
    ConnectRequested,
    /// It reads its configuration file again, and may end the connection for that.
    ConfigurationRead,
    /// The supplicant had a request to connect and found no network.
    NetworkNotFound,
    /// The access point refused.
    Rejected {
        /// The IEEE 802.11 status code.
        status: u16,
    },
    /// The supplicant disabled a network for a while, for example after a wrong passphrase.
    TemporarilyDisabled {
        /// The network's id.
        id: u32,
        /// The passphrase seems to be wrong.
        wrong_key: bool,
        /// The duration.
        pause: Duration,
    },
    /// The signal of the current BSS crossed the threshold, or moved on beyond it.
    SignalChanged {
        /// It is below the threshold, where another access point may be better.
        weak: bool,
        /// In dBm.
        signal: i32,
    },
    /// A network was added, removed or enabled.
    NetworksChanged,
    /// The BSS table contains the results of the last scan.
    ScanResults,
    /// The supplicant is terminating.
    Terminating,
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// To `Attach` and `Quiesce`.
    Quiesce(Result<QuiesceReport, Failure>),
    /// To `Status`.
    Status(Result<SupplicantStatus, Failure>),
    /// To `ListNetworks`.
    NetworkList(Result<NetworkList, Failure>),
    /// To every other request.
    Done(Result<(), Failure>),
}

/// Why the supplicant did not carry out a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The control socket is gone, or nothing answers on it.
    #[error("the supplicant does not answer: {0}")]
    Unreachable(String),
    /// The supplicant's answer was not the expected one.
    #[error("the supplicant answered {answer:?} to {command}")]
    Refused {
        /// The command, without secrets.
        command: String,
        /// The answer.
        answer: String,
    },
}

/// The supplicant as it was when it was brought to rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuiesceReport {
    /// Its state before.
    pub status: SupplicantStatus,
    /// It changed addresses itself (`mac_addr`, `preassoc_mac_addr`), and may restore its idea of the
    /// permanent address again.
    pub had_own_randomization: bool,
    /// Its configuration was read again, which ends a connection and reverts macveil's settings.
    pub reconfigured: bool,
    /// The end of its process is reported at once; otherwise it has to be asked.
    pub is_watched: bool,
}

/// `wpa_state`, as far as decisions depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// `INTERFACE_DISABLED`: the supplicant knows that the link is down.
    LinkDown,
    /// `DISCONNECTED` or `INACTIVE`.
    Idle,
    /// `SCANNING`: the supplicant wants to connect.
    Scanning,
    /// From `AUTHENTICATING` to the end of the handshakes.
    Connecting,
    /// `COMPLETED`.
    Connected,
}

/// The supplicant's `STATUS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplicantStatus {
    /// Its state.
    pub phase: Phase,
    /// The interface's address as the supplicant knows it.
    pub address: Option<Mac>,
    /// The BSS, from association on.
    pub bssid: Option<Mac>,
    /// The network, from association on.
    pub ssid: Option<Ssid>,
    /// The network's id, from association on.
    pub id: Option<u32>,
    /// The channel in MHz, from association on.
    pub frequency: Option<Frequency>,
}

/// The supplicant's networks, and its BSS table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetworkList {
    /// All configured networks, in the supplicant's order.
    pub networks: Vec<Network>,
    /// The requested BSSs and those with the SSID of a network, as far as they are in the supplicant's table.
    pub table: Vec<BssEntry>,
    /// What else is to begin, if no enabled network is for a station.
    pub other: Option<OtherMode>,
}

/// The mode of a network in which the interface is not a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherMode {
    /// An access point.
    AccessPoint {
        /// The network's number.
        id: u32,
        /// Its name.
        ssid: Option<Ssid>,
    },
    /// An ad-hoc or a mesh network, or WPS, which macveil does not allow.
    Refused,
}

impl Supplicant {
    /// The BSS that the supplicant names as its peer, and the network's id if it is known. All zeros
    /// stand for a BSS that the driver chooses.
    pub(in crate::machine::wpa) fn peer(&self) -> Option<(Mac, Option<u32>)> {
        match *self {
            Self::Connecting { bssid } => Some((bssid, None)),
            Self::Connected { bssid, id } => Some((bssid, id)),
            _ => None,
        }
        .filter(|&(bssid, _)| bssid != Mac([0; 6]))
    }

    /// The supplicant connects, or a program asked it to.
    pub(in crate::machine::wpa) const fn wants_connection(&self) -> bool {
        match self {
            Self::NetworkNotFound | Self::Connecting { .. } | Self::Connected { .. } => true,
            Self::Appeared
            | Self::Vanished
            | Self::Disconnected { .. }
            | Self::LeaveRequested
            | Self::Resumed
            | Self::ConnectRequested
            | Self::ConfigurationRead
            | Self::Rejected { .. }
            | Self::TemporarilyDisabled { .. }
            | Self::SignalChanged { .. }
            | Self::NetworksChanged
            | Self::ScanResults
            | Self::Terminating => false,
        }
    }
}
