//! Notices, problems and failures in words, for the log and the command line.

use std::time::Duration;

use macveil_core::machine::{
    EndReason, FailReason, IwdProblem, Method, NetworkRemark, Problem, Remark, ScanFailure,
    ScanRefusal, UnsupportedReason,
};

pub(crate) fn scan_failure(failure: &ScanFailure) -> String {
    match failure {
        ScanFailure::Refused { refusal } => scan_refusal(*refusal).to_owned(),
        ScanFailure::Kernel { reason } => reason.clone(),
        ScanFailure::Busy => "another program's scans keep the card busy".to_owned(),
        ScanFailure::Timeout { seconds } => format!("the scan took longer than {seconds} s"),
        ScanFailure::Unsupported { reason } => match reason {
            UnsupportedReason::Ethernet => "there is no radio to scan with",
            UnsupportedReason::Iwd => "iwd controls the scans: use `iwctl station IFACE scan`",
            UnsupportedReason::Released => "macveil no longer manages the interface",
        }
        .to_owned(),
    }
}

const fn scan_refusal(refusal: ScanRefusal) -> &'static str {
    match refusal {
        ScanRefusal::Connecting => "the card connects to a network: try again in a moment",
        ScanRefusal::LinkDown => "the link is down",
        ScanRefusal::Blocked => "the link is held down",
        ScanRefusal::Unprotected => "the card is unprotected: a scan would show its address",
        ScanRefusal::Releasing => "macveil is releasing the interface",
    }
}

pub(super) fn problem(problem: &Problem) -> String {
    match problem {
        Problem::Kernel {
            step,
            reason,
            driver,
            remedy,
            ..
        } => {
            let driver = if driver.is_empty() {
                "an unknown driver"
            } else {
                driver
            };
            format!("cannot {step} on {driver}: {reason}; {remedy}")
        }
        Problem::Supplicant { failure } => format!("{failure}; waiting until it does"),
        Problem::Unreachable => {
            "a program that macveil cannot reach connects this interface: give wpa_supplicant a control socket (ctrl_interface=) in the directory that `ctrl-interface` of [supplicant] names, and restart it".to_owned()
        }
        Problem::ModeRefused => MODE_REFUSED.to_owned(),
        Problem::Conflict => {
            "another program keeps changing the address: stop it from changing this interface, or remove the interface from `manage`".to_owned()
        }
        Problem::LinkDown => "the link is down, by the user or by rfkill".to_owned(),
        Problem::NoAddress { reason } | Problem::IwdSettings { reason } => reason.clone(),
        Problem::InUse { no_address } => {
            let why = no_address
                .as_deref()
                .unwrap_or("its address is not the assigned one");
            format!("in use already, and {why}{UNTIL_UNPLUGGED}")
        }
        Problem::ChangedInUse => {
            format!("another program changed the address of a link in use{UNTIL_UNPLUGGED}")
        }
        Problem::IwdAbsent => "iwd does not drive the interface at the moment".to_owned(),
        Problem::Iwd { problem } => iwd_problem(problem),
    }
}

const MODE_REFUSED: &str = "every enabled network of wpa_supplicant is an ad-hoc or mesh network (mode=1 or 5), in which macveil cannot protect the address: none is joined; to use one, remove the interface from `manage`";
const UNTIL_UNPLUGGED: &str =
    ": not changed until the cable is unplugged or the link is taken down";

fn iwd_problem(problem: &IwdProblem) -> String {
    match problem {
        IwdProblem::NoAddress { reason } => reason.clone(),
        IwdProblem::AddressUnused => "iwd did not use the assigned address".to_owned(),
        IwdProblem::AddressUnusedTwice => {
            "iwd did not use the assigned address, twice; is its AddressRandomization=network in force?".to_owned()
        }
        IwdProblem::NoFile => {
            "iwd has no file for this network in which an address can be set".to_owned()
        }
        IwdProblem::NotRejoined { reason } => format!("iwd does not reconnect: {reason}"),
        IwdProblem::NotWritten => "the network's address could not be written".to_owned(),
        IwdProblem::NotDisconnected => "iwd does not disconnect".to_owned(),
    }
}

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
