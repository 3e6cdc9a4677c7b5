//! Reports to the user, for the log and for clients that follow events.

use super::status::ScanFailure;
use crate::types::{Bss, Mac, Ssid};

/// What a person should know, said once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The card carries a mask.
    Masked {
        /// The mask address.
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
        /// The connection was there before macveil.
        adopted: bool,
    },
    /// The association is over.
    Lost {
        /// The network.
        ssid: Ssid,
        /// In words.
        why: String,
    },
    /// An attempt failed.
    Failed {
        /// The network.
        ssid: Ssid,
        /// In words.
        why: String,
        /// Milliseconds until the network may be tried again.
        retry_ms: u64,
    },
    /// The card is held silent.
    Blocked {
        /// In words: driver, errno and remedy.
        why: String,
        /// Milliseconds until the next try; `None`: when the link comes back by itself.
        retry_ms: Option<u64>,
    },
    /// An Ethernet interface without a carrier carries its assigned address.
    Assigned {
        /// The address.
        address: Mac,
    },
    /// An Ethernet interface has a carrier, under its assigned address.
    Wired {
        /// The address.
        address: Mac,
        /// The connection was there before macveil.
        adopted: bool,
    },
    /// The user asked the supplicant to stay disconnected.
    Disconnected,
    /// Nothing is scanned or joined from now on, as the user asked.
    Paused {
        /// Milliseconds until the pause is over; `None`: until told otherwise.
        span_ms: Option<u64>,
    },
    /// The pause is over.
    Unpaused,
    /// The scan that somebody asked for is over.
    UserScan {
        /// The mask that it went out under; `None`: an address of its own, which the driver drew.
        mask: Option<Mac>,
        /// What was heard in it, or why there was none.
        found: Result<Vec<Bss>, ScanFailure>,
    },
    /// A scan on an interface that iwd drives showed its address.
    Unmasked {
        /// It is the first.
        first: bool,
        /// The address.
        address: Mac,
    },
    /// What of the promise cannot be kept, and what would help.
    Limitation(String),
    /// Somebody else scanned.
    ExternalScan {
        /// It exposed the address that the card had.
        exposed: Option<Mac>,
    },
    /// Anything else about a network that is worth a line.
    About {
        /// The network.
        ssid: Ssid,
        /// In words.
        remark: String,
    },
    /// Anything else worth a line. It names no network.
    Remark(String),
}
