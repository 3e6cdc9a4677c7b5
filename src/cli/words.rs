//! The values of the control protocol in words.

use macveil_core::machine::{
    IwdScanReason, Limitation, MethodReason, NextChange, StateKind, UnmaskedReason,
};

pub(super) use crate::words::{manager, problem, scan_failure};

/// What an interface is doing; a network's name can follow.
pub(super) const fn state(state: StateKind) -> &'static str {
    match state {
        StateKind::Masking => "setting a mask address",
        StateKind::Waiting => "masked, waiting for wpa_supplicant",
        StateKind::Attaching => "masked, connecting to wpa_supplicant",
        StateKind::Scanning => "masked, looking for a network",
        StateKind::Associating => "joining",
        StateKind::Associated => "connected to",
        StateKind::Disconnecting => "disconnecting",
        StateKind::Disconnected => "masked and silent: disconnected by the user",
        StateKind::Paused => "masked and silent",
        StateKind::UserScan => "masked, scanning as requested",
        StateKind::Hotspot => "masked, starting a hotspot",
        StateKind::Blocked => "link held down",
        StateKind::Releasing => "releasing the interface",
        StateKind::Released => "released",
        StateKind::Unprotected => "not protected",
        StateKind::Absent => "waiting for iwd",
        StateKind::Idle => "not connected",
        StateKind::Rejoining => "reconnecting under the assigned address",
        StateKind::Refused => "blocked: wrong address",
        StateKind::Setting => "setting its address",
        StateKind::Unplugged => "no cable",
        StateKind::Connected => "connected by cable",
        StateKind::Unmanaged => "in use under another address than the assigned one",
    }
}

pub(super) const fn next_change(next: NextChange) -> &'static str {
    match next {
        NextChange::AssociationEnds => "when the association ends",
        NextChange::PauseEnds => "after the pause, or when another program scans",
        NextChange::NetworkJoinedOrExternalScan => {
            "when a network is joined, or another program scans; each scan has its own address"
        }
        NextChange::NetworkJoined => "when a network is joined",
        NextChange::NextScan => "after the next scan",
        NextChange::MaskLifetime => "after the first scan past mask-lifetime",
        NextChange::Masking => "as soon as macveil can mask the card",
        NextChange::IwdIdle => "as soon as iwd is idle",
        NextChange::IwdJoins => "when iwd joins another network",
        NextChange::Unplugged => "when the cable is unplugged, if the policy changes it",
    }
}

pub(super) const fn method_reason(reason: MethodReason) -> &'static str {
    match reason {
        MethodReason::BetterFailed => "a live change of the address has failed",
        MethodReason::RandomizedScans => "the driver scans under random addresses",
        MethodReason::LiveChanges => "the driver changes addresses while the link is up",
        MethodReason::Configured => "as configured",
        MethodReason::NothingBetter => "the driver offers nothing better",
        MethodReason::WhileIwdIdle => "while iwd is idle",
    }
}

pub(super) fn limitation(limitation: &Limitation) -> String {
    match limitation {
        Limitation::LinkableScans => {
            "scans can be linked to each other: scan-rand-mac-address is false".to_owned()
        }
        Limitation::SequenceNumbers => {
            "scans can be linked by their sequence numbers: the driver cannot randomize them"
                .to_owned()
        }
        Limitation::ProbeContent => {
            "probe requests describe the card: the driver cannot omit it".to_owned()
        }
        Limitation::Unguarded { reason } => {
            format!("other programs can send frames under former addresses: {reason}")
        }
        Limitation::AssignedAddressScanned { times } => {
            let scans = counted(*times, "scan");
            format!("{scans} under the assigned address, ended at the first channel")
        }
        Limitation::AddressScanned { times } => {
            let times = counted(*times, "time");
            format!("{times} a scan showed the address on the card")
        }
        Limitation::UnmaskedWhileIdle { reason } => {
            let why = match reason {
                UnmaskedReason::Bounce => "mask-method is \"bounce\", which makes iwd start over",
                UnmaskedReason::NoLiveChanges => {
                    "this needs a mac80211 driver and Linux 6.7 or later"
                }
            };
            format!("while iwd is idle the card keeps its last address: {why}")
        }
        Limitation::IwdScansLeak { reason, masked } => iwd_scans_leak(*reason, *masked),
        Limitation::NoAddress { reason } => {
            format!("a network that iwd knows has no address: {reason}")
        }
    }
}

/// As in `1 scan` and `2 scans`.
pub(super) fn counted(count: u32, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn iwd_scans_leak(reason: IwdScanReason, masked: bool) -> String {
    let why = match reason {
        IwdScanReason::RandomizationDisabled => {
            "DisableMacAddressRandomization is set in its main.conf"
        }
        IwdScanReason::HiddenNetwork => {
            "it knows a hidden network, and the driver has no random addresses"
        }
    };
    let what = if masked {
        "the mask, and before it is on the card the last network's"
    } else {
        "a mask, the same one until the next connection"
    };
    format!("iwd's scans show the address on the card, because {why}: {what}")
}
