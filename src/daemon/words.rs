//! Notices in words, for the log.

use std::time::Duration;

use crate::words::{MODE_REFUSED, iwd_problem, problem};
use macveil_core::machine::{EndReason, FailReason, Method, NetworkRemark, Remark};

pub(super) fn end_reason(reason: EndReason) -> String {
    match reason {
        EndReason::Local { reason } => format!("ended by this side (reason {reason})"),
        EndReason::AccessPoint { reason } => format!("ended by the access point (reason {reason})"),
        EndReason::LinkDown => "ended: the link was taken down".to_owned(),
        EndReason::User => "ended by the user".to_owned(),
        EndReason::Lost => "lost".to_owned(),
        EndReason::Unknown => "ended".to_owned(),
    }
}

pub(super) fn fail_reason(reason: &FailReason) -> String {
    match reason {
        FailReason::NoAddress { reason } => reason.clone(),
        FailReason::Supplicant { failure } => failure.clone(),
        FailReason::EventsLost => "events were lost during the attempt".to_owned(),
        FailReason::AddressChanged { address } => {
            format!("another program changed the address to {address}")
        }
        FailReason::LinkDown => "another program took the link down".to_owned(),
        FailReason::Stale => "it took so long that the access point may be gone".to_owned(),
        FailReason::SupplicantSlow => {
            "the supplicant takes so long that the access point may be gone".to_owned()
        }
        FailReason::Timeout { seconds } => format!("no connection within {seconds} s"),
        FailReason::Rejected { status } => format!("the access point refused (status {status})"),
        FailReason::AddressNotSet(error) => {
            format!("the assigned address could not be set: {error}")
        }
        FailReason::AddressUnnoticed => "the supplicant does not notice the new address".to_owned(),
        FailReason::WrongKey => "the passphrase seems to be wrong".to_owned(),
        FailReason::Disabled => "the supplicant disabled the network for a while".to_owned(),
        FailReason::Disconnected { reason } => format!("disconnected (reason {reason})"),
        FailReason::NotFound => "the supplicant knows no suitable access point".to_owned(),
        FailReason::AddressScanned => {
            "another program scanned under the new address before it was used".to_owned()
        }
        FailReason::ForeignConnection => {
            "another program connected the interface under the new address before it was used"
                .to_owned()
        }
        FailReason::NoAnswer => "the access point did not answer".to_owned(),
        FailReason::WrongAddress { address } => format!("authenticated as {address}"),
        FailReason::WrongPeer { bssid } => format!(
            "the supplicant chose the access point {bssid}, which gets another address by macveil's rules; cut off"
        ),
        FailReason::Iwd(problem) => iwd_problem(problem),
    }
}

pub(super) fn remark(remark: &Remark) -> String {
    match remark {
        Remark::HotspotStarts { address } => format!("a hotspot starts, under {address}"),
        Remark::HotspotAddressDrawn { failure } => {
            format!("the hotspot gets a random address: {failure}")
        }
        Remark::HotspotNotStarted { failure } => {
            format!("the hotspot did not start: {failure}; trying again in a minute")
        }
        Remark::ModeRefused => MODE_REFUSED.to_owned(),
        Remark::MethodUnavailable(method) => {
            let (name, why) = match method {
                Method::Driver => ("driver", "the driver does not support randomized scans"),
                Method::Powered => (
                    "powered",
                    "it needs a mac80211 driver and Linux 6.7 or later",
                ),
                Method::Bounce => ("bounce", "the link cannot be taken down"),
            };
            format!("mask-method = \"{name}\" is unavailable: {why}; using bounce")
        }
        Remark::UnclaimedConnection => {
            "connected, but no supplicant answers for it: the connection is ended".to_owned()
        }
        Remark::ForeignConnection => {
            "another program connects the interface: that is ended, because only wpa_supplicant connects it here"
                .to_owned()
        }
        Remark::OwnRandomizationOff => {
            "the supplicant's own address randomization is switched off while macveil runs"
                .to_owned()
        }
        Remark::Supplicant { failure } => failure.clone(),
        Remark::AddressChanged { address } => {
            format!("another program changed the address to {address}")
        }
        Remark::LiveChangeFailed(error) => format!(
            "a live address change failed ({error}); the link is taken down for each new mask from now on"
        ),
        Remark::RandomizedScanRefused(error) => format!(
            "the driver refuses to scan under a random address ({error}); the interface's own address is changed before each scan from now on"
        ),
        Remark::ScanFailed(error) => format!("{error}; trying again"),
        Remark::Unprotected(reason) => format!(
            "{}; going on without protection, as on-failure = \"open\" says",
            problem(reason)
        ),
        Remark::NotRestored(error) => format!("the initial address could not be restored: {error}"),
        Remark::SettingsNotRestored => {
            "the supplicant did not answer in time: its settings may not be as they were".to_owned()
        }
        Remark::InUseNotRestored => "in use: the initial address is not restored".to_owned(),
        Remark::StaysDown => {
            "the link stays down, because the assigned address is not in place".to_owned()
        }
        Remark::AddressSetAgain => {
            "another program changed the address; setting the assigned one again".to_owned()
        }
        Remark::Unmanaged(reason) => problem(reason),
    }
}

pub(super) fn network_remark(remark: NetworkRemark) -> String {
    match remark {
        NetworkRemark::RandomAddressReused => {
            "random-address limit reached; reusing the last one".to_owned()
        }
        NetworkRemark::WrongAddress { address } => {
            format!("connected as {address}, which is not its address; reconnecting")
        }
        NetworkRemark::WrongPeer { bssid } => format!(
            "moved to the access point {bssid} or another of its configured networks, which get another address by macveil's rules; cut off, reconnecting"
        ),
        NetworkRemark::Rejoining => "reconnecting, as requested".to_owned(),
        NetworkRemark::IwdWrongAddress => {
            "connected with the wrong address; reconnecting".to_owned()
        }
    }
}

/// A scan under the assigned address that macveil told the kernel to end.
pub(super) fn scan_ended(lasted_ms: u64, times: u32) -> String {
    const PROMPT_MS: u64 = 500;
    if lasted_ms > PROMPT_MS {
        let seconds = Duration::from_millis(lasted_ms).as_secs_f32();
        return format!(
            "a scan under the assigned address lasted {seconds} s: the driver could not end it"
        );
    }
    let scans = match times {
        1 => "a scan under the assigned address at its first channel".to_owned(),
        _ => format!("{times} scans under the assigned address at their first channel"),
    };
    format!(
        "ended {scans}: the access point (802.11k), a user or another program requested it; `macveil status` counts later ones"
    )
}
