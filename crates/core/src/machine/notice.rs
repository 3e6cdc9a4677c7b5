//! Reports to the user, for the log and for clients that follow events. All of them are data.

use serde::{Deserialize, Serialize};

use super::error::KernelError;
use super::remedy::Remedy;
use super::status::{Method, ScanFailure};
use crate::types::{Bss, Mac, Ssid};

/// A report to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The interface has a mask.
    Masked {
        /// The mask.
        address: Mac,
    },
    /// Associating under an assigned address.
    Associating {
        /// The network.
        ssid: Ssid,
        /// The BSS.
        bssid: Mac,
        /// The assigned address.
        address: Mac,
    },
    /// Connected.
    Connected {
        /// The network.
        ssid: Ssid,
        /// The assigned address.
        address: Mac,
        /// The connection is older than macveil.
        adopted: bool,
    },
    /// The association is over.
    Lost {
        /// The network.
        ssid: Ssid,
        /// Why.
        reason: EndReason,
    },
    /// An attempt failed.
    Failed {
        /// The network.
        ssid: Ssid,
        /// Why.
        reason: FailReason,
        /// Milliseconds until the next attempt is possible.
        retry_ms: u64,
    },
    /// The link is held down.
    Blocked {
        /// Why.
        problem: Problem,
        /// Milliseconds until the next try; `None`: it waits for an event.
        retry_ms: Option<u64>,
    },
    /// An Ethernet interface without a carrier has its assigned address.
    Assigned {
        /// The address.
        address: Mac,
    },
    /// An Ethernet interface has a carrier, under its assigned address.
    Wired {
        /// The address.
        address: Mac,
        /// The connection is older than macveil.
        adopted: bool,
    },
    /// The user disconnected the supplicant.
    Disconnected,
    /// The user's pause begins.
    Paused {
        /// Its length in milliseconds; `None`: until the user ends it.
        span_ms: Option<u64>,
    },
    /// The pause is over.
    Unpaused,
    /// The scan for the user is over.
    UserScan {
        /// The mask that it used; `None`: a random address, drawn by the driver.
        mask: Option<Mac>,
        /// The interface is connected, and only listened.
        passive: bool,
        /// The scan results.
        found: Result<Vec<Bss>, ScanFailure>,
    },
    /// A scan on an interface that iwd drives showed its address.
    Unmasked {
        /// It is the first one.
        first: bool,
        /// The address.
        address: Mac,
    },
    /// iwd does not use the addresses that it gets.
    Limitation(String),
    /// The kernel cannot drop data frames with a former address, so other programs can send them.
    Unguarded(KernelError),
    /// Another program scanned, under a mask.
    ExternalScan,
    /// A scan under an assigned address, which macveil told the kernel to end.
    ScanEnded {
        /// The address.
        address: Mac,
        /// Milliseconds from its start to its end.
        lasted_ms: u64,
        /// How many there were since the last report, this one included.
        times: u32,
        /// Others were reported a short time ago.
        repeated: bool,
    },
    /// Something else about a network.
    About {
        /// The network.
        ssid: Ssid,
        /// What.
        remark: NetworkRemark,
    },
    /// Something else about the interface.
    Remark(Remark),
}

/// Why an association ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// This side ended it.
    Local {
        /// The IEEE 802.11 reason code.
        reason: u16,
    },
    /// The access point ended it.
    AccessPoint {
        /// The IEEE 802.11 reason code.
        reason: u16,
    },
    /// The link was taken down.
    LinkDown,
    /// The user ended it.
    User,
    /// iwd lost the connection.
    Lost,
    /// Unknown.
    Unknown,
}

/// Why an attempt to connect failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailReason {
    /// The network has no address.
    NoAddress {
        /// Why.
        reason: String,
    },
    /// The supplicant did not carry out a request.
    Supplicant {
        /// Its failure.
        failure: String,
    },
    /// Events were lost during the attempt.
    EventsLost,
    /// Another program changed the address.
    AddressChanged {
        /// To this.
        address: Mac,
    },
    /// Another program took the link down.
    LinkDown,
    /// The access point was not heard for too long before the order to connect.
    Stale,
    /// The same, while the supplicant took its time.
    SupplicantSlow,
    /// There was no connection in time.
    Timeout {
        /// The limit in seconds.
        seconds: u64,
    },
    /// The access point refused.
    Rejected {
        /// The IEEE 802.11 status code.
        status: u16,
    },
    /// The assigned address could not be set.
    AddressNotSet(KernelError),
    /// The supplicant does not notice the new address.
    AddressUnnoticed,
    /// The passphrase seems to be wrong.
    WrongKey,
    /// The supplicant disabled the network for a while.
    Disabled,
    /// The connection ended during the attempt.
    Disconnected {
        /// The IEEE 802.11 reason code.
        reason: u16,
    },
    /// The supplicant knows no suitable access point.
    NotFound,
    /// Another program scanned under the new address before it was used.
    AddressScanned,
    /// Another program connected the interface under the new address before it was used.
    ForeignConnection,
    /// The access point did not answer.
    NoAnswer,
    /// The kernel authenticated under another address.
    WrongAddress {
        /// This one.
        address: Mac,
    },
    /// The supplicant tried an access point that gets another address.
    WrongPeer {
        /// This one.
        bssid: Mac,
    },
    /// iwd was disconnected.
    Iwd(IwdProblem),
}

/// Why iwd is kept from a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum IwdProblem {
    /// The network has no address.
    NoAddress {
        /// Why.
        reason: String,
    },
    /// iwd did not use the assigned address.
    AddressUnused,
    /// iwd did not use the assigned address, twice.
    AddressUnusedTwice,
    /// iwd has no file for the network.
    NoFile,
    /// iwd refuses to reconnect.
    NotRejoined {
        /// Its answer.
        reason: String,
    },
    /// The network's address could not be written.
    NotWritten,
    /// iwd does not disconnect.
    NotDisconnected,
}

/// Why a link is held down, or an interface is not connected or not protected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Problem {
    /// The kernel or the driver refused.
    Kernel {
        /// The step.
        step: String,
        /// The errno, if there was one.
        errno: Option<i32>,
        /// The kernel's reason.
        reason: String,
        /// The driver; empty if unknown.
        driver: String,
        /// What the user can do.
        remedy: Remedy,
    },
    /// The supplicant cannot be brought to rest.
    Supplicant {
        /// Its failure.
        failure: String,
    },
    /// A program connects the interface, and macveil does not reach it.
    Unreachable,
    /// The supplicant is configured for an ad-hoc or mesh network only, which macveil does not allow.
    ModeRefused,
    /// Another program keeps changing the address, or bringing the link up.
    Conflict,
    /// The user or rfkill took the link down.
    LinkDown,
    /// An Ethernet interface has no address.
    NoAddress {
        /// Why.
        reason: String,
    },
    /// An Ethernet interface was in use already, under another address than the assigned one.
    InUse {
        /// Why there is no assigned address, if so.
        no_address: Option<String>,
    },
    /// Another program changed the address of an Ethernet interface in use.
    ChangedInUse,
    /// iwd does not use the addresses that it gets.
    IwdSettings {
        /// Why.
        reason: String,
    },
    /// iwd does not run, or does not drive the interface.
    IwdAbsent,
    /// iwd is kept from a network.
    Iwd {
        /// Why.
        problem: IwdProblem,
    },
    /// There is no valid configuration.
    NoConfiguration,
}

impl Problem {
    pub(super) fn of_kernel(error: &KernelError, driver: &str, remedy: Remedy) -> Self {
        Self::Kernel {
            step: error.step.to_owned(),
            errno: error.errno.map(rustix::io::Errno::raw_os_error),
            reason: error.reason.clone(),
            driver: driver.to_owned(),
            remedy,
        }
    }
}

/// A remark about an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The configured method is not available.
    MethodUnavailable(Method),
    /// The interface is connected, but no supplicant answers for it: the connection ends.
    UnclaimedConnection,
    /// Another program connects the interface, as `iw connect` does: that ends.
    ForeignConnection,
    /// The supplicant's own address randomization is off while macveil runs.
    OwnRandomizationOff,
    /// The supplicant becomes an access point.
    HotspotStarts {
        /// Under this address.
        address: Mac,
    },
    /// The hotspot has no address by its policy, and gets a random one.
    HotspotAddressDrawn {
        /// Why.
        failure: String,
    },
    /// The supplicant did not become an access point.
    HotspotNotStarted {
        /// Why.
        failure: String,
    },
    /// The supplicant is configured for an ad-hoc or mesh network only, which macveil does not allow.
    ModeRefused,
    /// The supplicant did not carry out a request.
    Supplicant {
        /// Its failure.
        failure: String,
    },
    /// Another program changed the address.
    AddressChanged {
        /// To this.
        address: Mac,
    },
    /// A live change failed: masks are changed with the link taken down from now on.
    LiveChangeFailed(KernelError),
    /// The driver refuses randomized scans: the address is changed before each scan from now on.
    RandomizedScanRefused(KernelError),
    /// A scan failed; it is repeated.
    ScanFailed(KernelError),
    /// The interface is not protected from now on, as `on-failure = "open"` allows.
    Unprotected(Problem),
    /// The initial address could not be restored.
    NotRestored(KernelError),
    /// The supplicant did not restore its settings in time.
    SettingsNotRestored,
    /// An Ethernet interface is in use: its initial address is not restored.
    InUseNotRestored,
    /// An Ethernet link stays down: the assigned address is not in place.
    StaysDown,
    /// Another program changed the address of an Ethernet interface without a carrier: it is set again.
    AddressSetAgain,
    /// An Ethernet interface keeps its address until the cable is unplugged or the link taken down.
    Unmanaged(Problem),
}

/// A remark about a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkRemark {
    /// The limit of random addresses is reached: the last one is used again.
    RandomAddressReused,
    /// Connected under another address than the network's: reconnecting.
    WrongAddress {
        /// This one.
        address: Mac,
    },
    /// The supplicant roamed to an access point that gets another address, or used another of its
    /// networks: reconnecting.
    WrongPeer {
        /// The access point.
        bssid: Mac,
    },
    /// Reconnecting, because the user wants it.
    Rejoining,
    /// iwd connected under another address than the assigned one: reconnecting.
    IwdWrongAddress,
}
