//! The output of a machine.

use std::convert::Infallible;

use super::KernelError;
use super::notice::Notice;
use crate::address::Record;
use crate::types::{Frequency, Mac, Ssid};

/// An action for the shell to carry out. `R` is a request to the machine's backend.
///
/// Unless its description says otherwise, each action is answered by exactly one
/// [`Event`](super::Event), in the order of the actions.
///
/// A machine cannot send a request to the wrong backend:
///
/// ```
/// use macveil_core::machine::{Action, wpa};
/// let action: Action<wpa::Request> = Action::Request(wpa::Request::Quiesce);
/// ```
///
/// ```compile_fail
/// use macveil_core::machine::{Action, iwd, wpa};
/// let action: Action<iwd::Request> = Action::Request(wpa::Request::Quiesce);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action<R> {
    /// Set the interface's address; answered by `LinkEvent::Answered`.
    SetAddress {
        /// The address.
        address: Mac,
        /// How the link is treated meanwhile.
        how: How,
    },
    /// Let the kernel drop data frames with other source addresses, now and after the daemon's end;
    /// answered by `LinkEvent::Guarded`.
    SetSourceGuard(SourceGuard),
    /// Take the link down; answered by `LinkEvent::Answered`.
    SetLinkDown,
    /// Bring the link up, with its current address; answered by `LinkEvent::Answered`.
    BringUp,
    /// Read the link; answered by `LinkEvent::Answered`.
    ReadLink,
    /// Scan through nl80211; answered by `ScanEvent::Accepted`, later `ScanEvent::Ended`.
    Scan(Scan),
    /// Abort the running scan of any program; not answered.
    AbortScan,
    /// Read the kernel's BSS table; answered by `ScanEvent::Results`.
    GetScanResults,
    /// Stop or start the P2P devices of the interface's radio, which answer frames under an address of their own;
    /// not answered.
    SetP2pDevices {
        /// Whether they run.
        running: bool,
    },
    /// Remove the IPv6 addresses that were derived from a former address; not answered.
    ClearIpv6,
    /// Another network is next, or the last one under another address: remove the IP addresses that the interface
    /// got there; not answered.
    LeaveNetwork,
    /// An association has begun: set the routes and addresses that the interface had in this network and lost
    /// when its link went down; not answered.
    EnterNetwork(Ssid),
    /// Send a request to the backend; answered as the request says.
    Request(R),
    /// Store this record, and pass it to the other interfaces; not answered.
    Remember {
        /// The network.
        ssid: Ssid,
        /// Its record.
        record: Record,
    },
    /// Store the channel of a connection, in MHz: after a restart the first scan covers it; not answered.
    KeepChannel(Frequency),
    /// Report to the user; not answered.
    Notify(Notice),
    /// The machine has ended: drop it; not answered.
    Finish,
}

impl<R> Action<R> {
    /// Separates a request to the backend from an action of the kernel or the daemon.
    ///
    /// # Errors
    /// The request, if it is one.
    pub fn split(self) -> Result<Action<Infallible>, R> {
        Ok(match self {
            Self::SetAddress { address, how } => Action::SetAddress { address, how },
            Self::SetSourceGuard(guard) => Action::SetSourceGuard(guard),
            Self::SetLinkDown => Action::SetLinkDown,
            Self::BringUp => Action::BringUp,
            Self::ReadLink => Action::ReadLink,
            Self::Scan(scan) => Action::Scan(scan),
            Self::AbortScan => Action::AbortScan,
            Self::GetScanResults => Action::GetScanResults,
            Self::SetP2pDevices { running } => Action::SetP2pDevices { running },
            Self::ClearIpv6 => Action::ClearIpv6,
            Self::LeaveNetwork => Action::LeaveNetwork,
            Self::EnterNetwork(ssid) => Action::EnterNetwork(ssid),
            Self::Request(request) => return Err(request),
            Self::Remember { ssid, record } => Action::Remember { ssid, record },
            Self::KeepChannel(channel) => Action::KeepChannel(channel),
            Self::Notify(notice) => Action::Notify(notice),
            Self::Finish => Action::Finish,
        })
    }
}

/// How an address is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Take the link down, set the address, bring the link up.
    Cycle,
    /// The link is down already, and stays down.
    WhileDown,
    /// With the link up (mac80211, Linux 6.7 and later only).
    Live,
}

/// Which data frames may leave an interface, whatever program built them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceGuard {
    /// Those with this source address.
    Only(Mac),
    /// None: the interface has a mask and is not associated.
    Nothing,
    /// All: the interface is not protected, or no longer macveil's.
    Off,
}

/// A scan request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Channels in MHz; never empty.
    pub frequencies: Vec<Frequency>,
    /// SSIDs for probe requests; empty bytes are the wildcard. Without an entry the scan is passive.
    pub ssids: Vec<Ssid>,
    /// The expected address of the interface, if probe requests carry it. The scan is not sent
    /// under another address, which another program may just have set.
    pub under: Option<Mac>,
    /// `NL80211_SCAN_FLAG_RANDOM_ADDR`.
    pub random_address: bool,
    /// `NL80211_SCAN_FLAG_RANDOM_SN`.
    pub random_sequence: bool,
    /// `NL80211_SCAN_FLAG_MIN_PREQ_CONTENT`.
    pub minimal_content: bool,
}

/// The step of a [`KernelError`] when a scan cannot start.
pub const START_SCAN: &str = "start a scan";

impl Scan {
    /// Checks, right before the scan starts, that the interface has the expected address.
    ///
    /// # Errors
    /// The probe requests would carry another address than expected.
    pub fn may_begin_under(&self, address: Mac) -> Result<(), KernelError> {
        if self.under.is_none_or(|under| under == address) {
            return Ok(());
        }
        Err(KernelError {
            step: START_SCAN,
            errno: None,
            reason: format!("another program changed the address to {address}"),
        })
    }
}
