//! The observable state.

use super::context::Context;
use super::mask::best_method;
use super::scan::RunningScan;
use super::state::State;
use crate::machine::Time;
use crate::machine::notice::Problem;
use crate::machine::settings::MaskMethod;
use crate::machine::status::{
    AddressKind, Limitation, Method, MethodReason, NextChange, Rotation, ScanRefusal, StateKind,
    Status,
};
use crate::types::{Mac, Ssid};

pub(super) fn of(state: Option<&State>, state_since: Time, cx: &Context) -> Status {
    let blocked = match state {
        Some(State::Blocked(blocked)) => Some(blocked.problem()),
        _ => None,
    };
    let refused = cx.networks.is_mode_refused();
    let refused = refused.then_some(Problem::ModeRefused);
    let address_kind = address_kind(state, cx);
    Status {
        state: state.map_or(StateKind::Released, State::kind),
        state_since,
        link: cx.core.link,
        address_since: cx.core.address_since,
        address_kind,
        network: state.and_then(network).cloned(),
        method: Some((cx.mask.method, method_reason(cx))),
        next_change: next_change(address_kind, cx),
        problem: blocked.or(cx.unprotected.as_ref()).cloned().or(refused),
        retry_at: blocked.and(cx.core.timer),
        pause: cx.user.pause,
        limitations: limitations(cx),
        counters: cx.counters,
    }
}

/// The assigned address of a state, once it may be on the interface.
pub(super) fn assigned(state: Option<&State>) -> Option<Mac> {
    match state? {
        State::Associated(associated) => Some(associated.address()),
        State::Associating(associating) => associating.address(),
        _ => None,
    }
}

/// The address that a scan would show, and must not: that of an association, or of one that just ended.
pub(super) fn exposed(state: Option<&State>, cx: &Context) -> Option<Mac> {
    let is_exposed = match state? {
        State::Associated(_) | State::Associating(_) => return assigned(state),
        State::Waiting(_) | State::Attaching(_) => cx.core.link.carrier,
        State::Disconnecting(_) => true,
        State::Masking(_)
        | State::Scanning(_)
        | State::Disconnected(_)
        | State::Paused(_)
        | State::UserScan(_)
        | State::Hotspot(_)
        | State::Blocked(_)
        | State::Releasing(_)
        | State::Released(_)
        | State::Unprotected(_) => false,
    };
    (is_exposed && !cx.is_masked()).then_some(cx.core.link.address)
}

fn network(state: &State) -> Option<&Ssid> {
    match state {
        State::Associated(associated) => Some(associated.ssid()),
        State::Associating(associating) => Some(associating.ssid()),
        _ => None,
    }
}

fn address_kind(state: Option<&State>, cx: &Context) -> AddressKind {
    let current = Some(cx.core.link.address);
    if current == assigned(state) {
        AddressKind::Assigned
    } else if cx.is_masked() || current == cx.mask.previous {
        AddressKind::Mask
    } else if current == cx.card.permanent {
        AddressKind::Permanent
    } else {
        AddressKind::Other
    }
}

fn method_reason(cx: &Context) -> MethodReason {
    let wanted = cx.settings.mask_method;
    if cx.mask.method != best_method(wanted, &cx.card) {
        return MethodReason::BetterFailed;
    }
    match cx.mask.method {
        Method::Driver => MethodReason::RandomizedScans,
        Method::Powered => MethodReason::LiveChanges,
        Method::Bounce if wanted == MaskMethod::Bounce => MethodReason::Configured,
        Method::Bounce => MethodReason::NothingBetter,
    }
}

fn next_change(kind: AddressKind, cx: &Context) -> NextChange {
    match kind {
        AddressKind::Assigned => NextChange::AssociationEnds,
        AddressKind::Mask if cx.user.pause.is_some() => NextChange::PauseEnds,
        AddressKind::Mask if cx.mask.method == Method::Driver && cx.settings.scan_random => {
            NextChange::NetworkJoinedOrExternalScan
        }
        AddressKind::Mask if !cx.settings.scan_random => NextChange::NetworkJoined,
        AddressKind::Mask if cx.settings.mask_lifetime.is_zero() => NextChange::NextScan,
        AddressKind::Mask => NextChange::MaskLifetime,
        AddressKind::Permanent | AddressKind::Other => NextChange::Masking,
    }
}

fn limitations(cx: &Context) -> Vec<Limitation> {
    let times = cx.counters.leaking_scans;
    let all = [
        (!cx.settings.scan_random, Limitation::LinkableScans),
        (!cx.card.random_sequence, Limitation::SequenceNumbers),
        (!cx.card.minimal_content, Limitation::ProbeContent),
        (times > 0, Limitation::AssignedAddressScanned { times }),
    ];
    let applying = all.into_iter().filter(|(applies, _)| *applies);
    let applying = applying.map(|(_, limitation)| limitation);
    applying.chain(cx.core.guard_limitation()).collect()
}

/// When another mask would be set.
pub(super) fn rotation(state: &State, cx: &Context) -> Rotation {
    match state {
        State::Scanning(_) | State::Disconnected(_) | State::Paused(_) | State::Waiting(_)
            if cx.is_masked() && cx.scan.running == RunningScan::None =>
        {
            Rotation::Now
        }
        State::Associating(_) | State::Associated(_) => Rotation::AfterAssociation,
        State::Unprotected(_) | State::Releasing(_) | State::Released(_) => Rotation::Never,
        State::Masking(_)
        | State::Waiting(_)
        | State::Attaching(_)
        | State::Scanning(_)
        | State::Disconnecting(_)
        | State::Disconnected(_)
        | State::Paused(_)
        | State::UserScan(_)
        | State::Hotspot(_)
        | State::Blocked(_) => Rotation::Soon,
    }
}

/// Whether a masked or a passive scan is possible in a state, or will be within moments.
pub(super) const fn can_scan(state: &State, cx: &Context) -> Result<(), ScanRefusal> {
    match state {
        State::Associating(_) => Err(ScanRefusal::Connecting),
        State::Waiting(_) if !cx.core.link.up => Err(ScanRefusal::LinkDown),
        State::Blocked(_) => Err(ScanRefusal::Blocked),
        State::Unprotected(_) => Err(ScanRefusal::Unprotected),
        State::Releasing(_) | State::Released(_) => Err(ScanRefusal::Releasing),
        State::Masking(_)
        | State::Waiting(_)
        | State::Attaching(_)
        | State::Scanning(_)
        | State::Disconnecting(_)
        | State::Disconnected(_)
        | State::Paused(_)
        | State::Hotspot(_)
        | State::Associated(_)
        | State::UserScan(_) => Ok(()),
    }
}
