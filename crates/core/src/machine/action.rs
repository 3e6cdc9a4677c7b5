//! What a [`Station`](super::Station) wants done.

use super::KernelError;
use crate::address::Record;
use crate::types::{Bss, Frequency, Mac, Ssid};

/// One thing to do in the world. Each but the ones that say otherwise is answered by exactly one [`Event`](super::Event).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Put an address on the card; answered by `LinkSet`.
    SetAddress {
        /// The address.
        address: Mac,
        /// By which road.
        how: How,
    },
    /// Take the link down and leave it so; answered by `LinkSet`.
    SetLinkDown,
    /// Bring the link up, with the address that it has; answered by `LinkSet`.
    BringUp,
    /// Read the link; answered by `LinkSet`.
    ReadLink,
    /// Scan through nl80211; answered by `ScanAccepted`, later `ScanEnded`.
    Scan(Scan),
    /// Abort whatever scan is running; not answered.
    AbortScan,
    /// Read the kernel's BSS table; answered by `Air`.
    GetScanResults,
    /// Clear the IPv6 addresses that were made of a former address; not answered.
    ClearIpv6,
    /// Ask iwd, or change its files; answered as each [`IwdRequest`](super::IwdRequest) says.
    Iwd(super::IwdRequest),
    /// Ask the supplicant; answered by `Reply`.
    Ask(Request),
    /// Remember this for good, and let the machine's other cards know; not answered.
    Remember {
        /// The network.
        ssid: Ssid,
        /// What is to be remembered of it.
        record: Record,
    },
    /// Tell the person who reads the log; not answered.
    Say(Notice),
    /// Nothing is left to do: forget this station; not answered.
    Finish,
}

/// How an address is put on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Down, then the address together with up.
    Cycle,
    /// Only the address, the link being down anyway; it stays down.
    WhileDown,
    /// With the link up (mac80211, Linux 6.7 and later only).
    Live,
}

/// A scan, to be sent as it is described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Channels in MHz; never empty.
    pub frequencies: Vec<Frequency>,
    /// SSIDs to name in probe requests; empty bytes are the wildcard; no entry at all is a passive scan.
    pub ssids: Vec<Ssid>,
    /// The address that the card has to have, if the probe requests carry it: somebody may have set
    /// another one a moment ago, and then nothing is sent.
    pub under: Option<Mac>,
    /// `NL80211_SCAN_FLAG_RANDOM_ADDR`.
    pub random_address: bool,
    /// `NL80211_SCAN_FLAG_RANDOM_SN`.
    pub random_sequence: bool,
    /// `NL80211_SCAN_FLAG_MIN_PREQ_CONTENT`.
    pub minimal_content: bool,
}

/// What is tried when a scan is started.
pub const START_SCAN: &str = "start a scan";

impl Scan {
    /// Whether it may begin on a card that has this address: to be asked right before.
    ///
    /// # Errors
    /// The probe requests would carry an address that they are not meant to show.
    pub fn may_begin_under(&self, address: Mac) -> Result<(), KernelError> {
        if self.under.is_none_or(|under| under == address) {
            return Ok(());
        }
        Err(KernelError {
            step: START_SCAN,
            errno: None,
            reason: format!("somebody changed the address to {address}"),
        })
    }
}

/// What is asked of the supplicant. A backend turns each into its own commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// First contact: remember what will be changed, then as `Quiet`; a supplicant that is connected
    /// is only kept from reconnecting by itself. Answered by `Reply::Quiesce`.
    Attach,
    /// End any association, scan or wish for one, and do nothing unasked from now on; no network may
    /// be joined. Answered by `Reply::Quiesce`.
    Quiesce,
    /// What are you doing? Answered by `Reply::Status`.
    Status,
    /// Which networks have you, and what do you know of these BSSs? Answered by `Reply::NetworkList`.
    ListNetworks {
        /// BSSIDs to look up.
        bssids: Vec<Mac>,
    },
    /// Only this network may be joined, and none of these BSSs.
    SelectNetwork {
        /// The network.
        ssid: Ssid,
        /// BSSs of it that were not heard just now.
        except: Vec<Mac>,
        /// The network knows this station by another address: keys agreed on then (PMKSA) must not
        /// be named again, because they would tie the two together.
        forget_keys: bool,
    },
    /// Make it forget the address that it would put back by itself; sends nothing.
    ForgetOwnAddress,
    /// Associate from what you already know, without any scan.
    Connect,
    /// Connected: stay within the pinned network, roaming included.
    AllowRoaming {
        /// The network.
        ssid: Ssid,
    },
    /// Put back every setting that was changed.
    Restore {
        /// And look for networks by yourself again.
        resume: bool,
    },
}

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
        found: Result<Vec<Bss>, String>,
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
