//! What the log and the command line say alike.

use macveil_core::machine::{IwdProblem, Problem, ScanFailure, ScanRefusal, UnsupportedReason};
use macveil_core::types::ManagerKind;

/// A program's name, and the remedy for macveil to manage the interface.
pub(crate) fn manager(manager: ManagerKind, interface: &str) -> String {
    let remedy = match manager {
        ManagerKind::NetworkManager => {
            "until it is told `nmcli device set IFACE managed no` or, for good, unmanaged-devices=interface-name:IFACE"
        }
        ManagerKind::ConnMan => "until it is told NetworkInterfaceBlacklist=IFACE",
        ManagerKind::Iwd => "which this macveil cannot work with: use wpa_supplicant instead",
    };
    let remedy = remedy.replace("IFACE", interface);
    format!("{}, {remedy}", manager_name(manager))
}

pub(crate) const fn manager_name(manager: ManagerKind) -> &'static str {
    match manager {
        ManagerKind::NetworkManager => "NetworkManager",
        ManagerKind::ConnMan => "ConnMan",
        ManagerKind::Iwd => "iwd",
    }
}

/// Why there was no scan for the user.
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

/// Why a link is held down, or an interface is not connected or not protected.
pub(crate) fn problem(problem: &Problem) -> String {
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
        Problem::NoConfiguration => "there is no valid configuration".to_owned(),
    }
}

pub(crate) const MODE_REFUSED: &str = "every enabled network of wpa_supplicant is an ad-hoc or mesh network (mode=1 or 5) or WPS, in which macveil cannot protect the address: none is joined; to use one, remove the interface from `manage`";
const UNTIL_UNPLUGGED: &str =
    ": not changed until the cable is unplugged or the link is taken down";

pub(crate) fn iwd_problem(problem: &IwdProblem) -> String {
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
