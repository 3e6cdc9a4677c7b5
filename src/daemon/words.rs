//! Failures in words, for the log and the command line.

use macveil_core::machine::{ScanFailure, ScanRefusal, UnsupportedReason};

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
        ScanRefusal::Connected => {
            "the card has the network's address, and Linux cannot randomize scans of a connected card: a scan would show that address"
        }
        ScanRefusal::LinkDown => "the link is down",
        ScanRefusal::Blocked => "the link is held down",
        ScanRefusal::Unprotected => "the card is unprotected: a scan would show its address",
        ScanRefusal::Releasing => "macveil is releasing the interface",
    }
}
