//! The observable state.

use super::context::{Context, best_method};
use super::state::State;
use crate::machine::Time;
use crate::machine::settings::MaskMethod;
use crate::machine::status::{
    AddressKind, Limitation, Method, MethodReason, NextChange, StateKind, Status,
};
use crate::types::{Mac, Ssid};

pub(super) fn of(state: Option<&State>, state_since: Time, cx: &Context) -> Status {
    let blocked = match state {
        Some(State::Blocked(blocked)) => Some(blocked.why()),
        _ => None,
    };
    let address_kind = address_kind(state, cx);
    Status {
        state: state.map_or(StateKind::Released, State::kind),
        state_since,
        link: cx.link,
        address_since: cx.address_since,
        address_kind,
        network: state.and_then(network).cloned(),
        method: Some((cx.method, method_reason(cx))),
        next_change: next_change(address_kind, cx),
        problem: blocked
            .or(cx.unprotected_because.as_deref())
            .map(str::to_owned),
        retry_at: blocked.and(cx.alarm),
        pause: cx.pause,
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

fn network(state: &State) -> Option<&Ssid> {
    match state {
        State::Associated(associated) => Some(associated.ssid()),
        State::Associating(associating) => Some(associating.ssid()),
        _ => None,
    }
}

fn address_kind(state: Option<&State>, cx: &Context) -> AddressKind {
    let current = Some(cx.link.address);
    if current == assigned(state) {
        AddressKind::Assigned
    } else if cx.is_masked() || current == cx.previous_mask {
        AddressKind::Mask
    } else if current == cx.card.permanent {
        AddressKind::Permanent
    } else {
        AddressKind::Other
    }
}

fn method_reason(cx: &Context) -> MethodReason {
    let wanted = cx.settings.mask_method;
    if cx.method != best_method(wanted, &cx.card) {
        return MethodReason::BetterFailed;
    }
    match cx.method {
        Method::Driver => MethodReason::RandomizedScans,
        Method::Powered => MethodReason::LiveChanges,
        Method::Bounce if wanted == MaskMethod::Bounce => MethodReason::Configured,
        Method::Bounce => MethodReason::NothingBetter,
    }
}

fn next_change(kind: AddressKind, cx: &Context) -> NextChange {
    match kind {
        AddressKind::Assigned => NextChange::AssociationEnds,
        AddressKind::Mask if cx.pause.is_some() => NextChange::PauseEnds,
        AddressKind::Mask if cx.method == Method::Driver && cx.settings.scan_random => {
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
    applying.map(|(_, limitation)| limitation).collect()
}
