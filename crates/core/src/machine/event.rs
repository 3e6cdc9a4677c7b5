//! The input of a machine, one type for each source.

use std::convert::Infallible;
use std::time::Duration;

use super::error::KernelError;
use crate::address::Record;
use crate::types::{Bss, Mac, Ssid};

/// Something that happened to an interface. `B` is what the machine's backend reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<B = Infallible> {
    /// From rtnetlink.
    Link(LinkEvent),
    /// A scan, from nl80211.
    Scan(ScanEvent),
    /// From the kernel's MLME (`NL80211_MCGRP_MLME`), about the association of this interface.
    Mlme(MlmeEvent),
    /// From the supplicant.
    Backend(B),
    /// From the user or the service manager.
    Command(Command),
    /// Another interface renewed or used the address of a network.
    Renewed {
        /// The network.
        ssid: Ssid,
        /// Its record from now on.
        record: Record,
    },
    /// Kernel notifications were lost: the machine's knowledge may be stale.
    Overrun,
}

impl Event {
    /// The same event for a machine with a backend.
    #[must_use]
    pub fn widen<B>(self) -> Event<B> {
        match self {
            Self::Link(event) => Event::Link(event),
            Self::Scan(event) => Event::Scan(event),
            Self::Mlme(event) => Event::Mlme(event),
            Self::Backend(never) => match never {},
            Self::Command(command) => Event::Command(command),
            Self::Renewed { ssid, record } => Event::Renewed { ssid, record },
            Self::Overrun => Event::Overrun,
        }
    }
}

/// The state of the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEvent {
    /// A notification: the link has this state now.
    Changed(Link),
    /// Answer to `SetAddress`, `SetLinkDown`, `BringUp` and `ReadLink`: the link as read afterwards.
    Answered(Result<Link, KernelError>),
    /// Answer to `SetSourceGuard`.
    Guarded(Result<(), KernelError>),
    /// The source guard is gone, or has to be set in another way: it is set again.
    GuardLost,
}

/// The link as rtnetlink shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The current address.
    pub address: Mac,
    /// `IFF_UP`: administratively up.
    pub up: bool,
    /// `IFF_LOWER_UP`: associated, or the cable is plugged in.
    pub carrier: bool,
}

/// Progress of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanEvent {
    /// A scan of any program began on this interface (`NL80211_CMD_TRIGGER_SCAN`).
    Started(ScanStarted),
    /// Answer to `Scan`: whether the kernel accepted it.
    Accepted(Result<(), KernelError>),
    /// A scan ended, completed or aborted; its results can be read.
    Ended,
    /// Answer to `GetScanResults`: the BSSs that the kernel heard within the last 30 s.
    Results(Vec<Bss>),
}

/// A scan as nl80211 announces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanStarted {
    /// It sends probe requests: it has at least one SSID, the wildcard included.
    pub active: bool,
    /// It uses a random address (`NL80211_SCAN_FLAG_RANDOM_ADDR`).
    pub random_address: bool,
}

impl ScanStarted {
    /// Its probe requests carry the interface's own address.
    #[must_use]
    pub const fn is_leaking(self) -> bool {
        self.active && !self.random_address
    }
}

/// Progress of authentication and association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MlmeEvent {
    /// The kernel starts to authenticate (`NL80211_CMD_NEW_STATION`: the access point is its peer from then on).
    Authenticating {
        /// The BSSID; for a multi-link device (MLD) its MLD address.
        peer: Option<Mac>,
    },
    /// The access point answered an authentication frame.
    Authenticated {
        /// The address of this interface on the air: the receiver address of the answer.
        station: Mac,
        /// The sender, as in `Authenticating`.
        peer: Mac,
    },
    /// The access point answered an association request, or the driver connected or roamed
    /// (`NL80211_CMD_ASSOCIATE`, `_CONNECT`, `_ROAM`).
    Associated {
        /// The access point, as in `Authenticating`.
        peer: Mac,
    },
    /// An authentication or association request got no answer.
    TimedOut,
    /// A deauthentication or disassociation, sent or received, or `NL80211_CMD_DISCONNECT`.
    Ended,
}

impl MlmeEvent {
    /// The access point that the event names as the peer of this station.
    #[must_use]
    pub const fn peer(self) -> Option<Mac> {
        match self {
            Self::Authenticating { peer } => peer,
            Self::Authenticated { peer, .. } | Self::Associated { peer } => Some(peer),
            Self::TimedOut | Self::Ended => None,
        }
    }
}

/// A command of the user or the service manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Restore all settings and release the interface.
    Release,
    /// Release the interface to another program: the address stays for that program to change.
    Yield,
    /// The computer has resumed from sleep.
    Resumed,
    /// Reconnect to this network if the interface is connected to it.
    Rejoin(Ssid),
    /// Neither scan nor connect. An existing connection stays.
    Pause {
        /// The duration; `None`: until `Unpause`.
        span: Option<Duration>,
    },
    /// End the pause.
    Unpause,
    /// Use another mask, and other random addresses from the next association on.
    Rotate,
    /// Scan all channels once, masked.
    Scan,
}
