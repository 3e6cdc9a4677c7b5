//! What a [`Station`](super::Station) is told.

use std::time::Duration;

use super::error::KernelError;
use crate::address::Record;
use crate::types::{Bss, BssEntry, Frequency, Mac, Network, Ssid};

/// Something that happened to the interface, its supplicant, or macveil itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The kernel says what the link is like now, unasked.
    Link(Link),
    /// Answer to `SetAddress`, `SetLinkDown`, `BringUp` and `ReadLink`: the link as read back afterwards.
    LinkSet(Result<Link, KernelError>),
    /// Somebody's scan began on this interface (`NL80211_CMD_TRIGGER_SCAN`), ours included.
    ScanStarted(ScanStarted),
    /// Answer to `Scan`: whether the kernel took it.
    ScanAccepted(Result<(), KernelError>),
    /// A scan ended, completely or aborted; its results can be read.
    ScanEnded,
    /// Answer to `GetScanResults`: what the kernel has heard within the last 30 s.
    ScanResults(Vec<Bss>),
    /// The kernel's MLME says something of an association (`NL80211_MCGRP_MLME`).
    Mlme(Mlme),
    /// The supplicant says something unasked.
    Supplicant(Supplicant),
    /// Answer to `Ask`.
    Reply(Reply),
    /// The user or the service manager wants something.
    Command(Command),
    /// A network's address was renewed, or used by another card.
    Renewed {
        /// The network.
        ssid: Ssid,
        /// What is remembered of it now.
        record: Record,
    },
    /// iwd says or has done something.
    Iwd(super::IwdEvent),
    /// Notifications were lost: what is remembered may be stale.
    Overrun,
}

/// The link as rtnetlink shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The current address.
    pub address: Mac,
    /// `IFF_UP`: administratively up.
    pub up: bool,
    /// `IFF_LOWER_UP`: associated, for a station.
    pub carrier: bool,
}

/// A scan as its announcement describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanStarted {
    /// It sends probe requests at all: it has at least one SSID, the wildcard included.
    pub active: bool,
    /// Under a random address (`NL80211_SCAN_FLAG_RANDOM_ADDR`).
    pub random_address: bool,
}

impl ScanStarted {
    /// It shows the card's own address.
    #[must_use]
    pub const fn is_leaking(self) -> bool {
        self.active && !self.random_address
    }
}

/// What the kernel's MLME reports of our own station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mlme {
    /// The kernel has begun to authenticate (`NL80211_CMD_NEW_STATION`: the access point is its peer from then on).
    Authenticating,
    /// An authentication frame was answered; `station` is the address that it was sent to.
    Authenticated {
        /// Our address on the air, from the answer's first address field.
        station: Mac,
    },
    /// An authentication or association request found nobody.
    TimedOut,
    /// A deauthentication or disassociation, sent or received, or `NL80211_CMD_DISCONNECT`.
    Ended,
}

/// What a supplicant says unasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Supplicant {
    /// It can be talked to now.
    Appeared,
    /// It is gone, or no longer answers.
    Vanished,
    /// It tries to associate.
    Connecting {
        /// To this BSS.
        bssid: Mac,
    },
    /// It is connected, keys included.
    Connected {
        /// To this BSS.
        bssid: Mac,
    },
    /// It is no longer connected.
    Disconnected {
        /// The IEEE 802.11 reason code.
        reason: u16,
        /// The end came from this side.
        local: bool,
    },
    /// It wanted to connect and found no network: somebody asked it to.
    NetworkNotFound,
    /// The access point refused.
    Rejected {
        /// The IEEE 802.11 status code.
        status: u16,
    },
    /// It gave up a network for a while, as after a wrong passphrase.
    TemporarilyDisabled {
        /// Its network id.
        id: u32,
        /// The passphrase seems to be wrong.
        wrong_key: bool,
        /// For how long.
        pause: Duration,
    },
    /// A network was added, removed or enabled again.
    NetworksChanged,
    /// It has taken a scan's results into its BSS table.
    ScanResults,
    /// It says goodbye.
    Terminating,
}

/// The supplicant's answer to a [`Request`](super::Request).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// To `Attach` and `Quiesce`.
    Quiesce(Result<QuiesceReport, Failure>),
    /// To `Status`.
    Status(Result<Status, Failure>),
    /// To `ListNetworks`.
    NetworkList(Result<NetworkList, Failure>),
    /// To every other request.
    Done(Result<(), Failure>),
}

/// The supplicant did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The control socket is gone or silent.
    #[error("the supplicant does not answer: {0}")]
    Unreachable(String),
    /// It answered, but not as hoped.
    #[error("the supplicant answered {answer:?} to {command}")]
    Refused {
        /// The command, without secrets.
        command: String,
        /// Its answer.
        answer: String,
    },
}

/// What was found while the supplicant was brought to rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuiesceReport {
    /// Its state before.
    pub status: Status,
    /// It was set to change the address by itself (`mac_addr`, `preassoc_mac_addr`), and may still
    /// put its idea of a permanent address back once.
    pub had_own_randomization: bool,
    /// Somebody had it read its configuration again, which ends a connection and macveil's settings.
    pub reconfigured: bool,
}

/// `wpa_state`, as far as decisions hang on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// `INTERFACE_DISABLED`: it knows that the link is down.
    LinkDown,
    /// `DISCONNECTED` or `INACTIVE`.
    Idle,
    /// `SCANNING`: it wants to connect.
    Scanning,
    /// From `AUTHENTICATING` to the end of the handshakes.
    Connecting,
    /// `COMPLETED`.
    Connected,
}

/// The supplicant's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// What it is doing.
    pub phase: Phase,
    /// The address that it believes to have.
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

/// The supplicant's networks, and its knowledge of the BSSs asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetworkList {
    /// Every network in its configuration, in its order.
    pub networks: Vec<Network>,
    /// Those of the BSSs asked for that are in its own table.
    pub table: Vec<BssEntry>,
}

/// What the user or the service manager wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Put everything back and let go.
    Release,
    /// Let go, because another program drives the interface: the address stays for it to change.
    Yield,
    /// The machine was asleep.
    Resumed,
    /// Join this network anew if it is the one that the card is connected to.
    Rejoin(Ssid),
    /// Neither scan nor join anything; a connection that stands stays.
    Pause {
        /// For so long; `None`: until told otherwise.
        span: Option<Duration>,
    },
    /// The pause is over.
    Unpause,
    /// Take another mask, and other random addresses from the next association on.
    Rotate,
    /// Scan all channels once, masked.
    Scan,
}
