//! The observable state.

use super::context::Context;
use super::state::State;
use crate::machine::Time;
use crate::machine::notice::{IwdProblem, Problem};
use crate::machine::status::{
    AddressKind, IwdScanReason, Limitation, Method, MethodReason, NextChange, StateKind, Status,
    UnmaskedReason,
};

pub(super) fn of(state: Option<&State>, state_since: Time, cx: &Context) -> Status {
    let network = state.and_then(State::network);
    let right = network.is_some_and(|network| cx.is_right(network, cx.core.link.address));
    let address_kind = if right {
        AddressKind::Assigned
    } else if cx.mask.last == Some(cx.core.link.address) {
        AddressKind::Mask
    } else if cx.card.permanent == Some(cx.core.link.address) {
        AddressKind::Permanent
    } else {
        AddressKind::Other
    };
    let waiting = state.filter(|state| matches!(state, State::Waiting));
    let absent = waiting.map(|_| Problem::IwdAbsent);
    let settings = cx.iwd.obstacle.clone();
    let settings = settings.map(|reason| Problem::IwdSettings { reason });
    let unreadable = cx.files.problem.clone();
    let unreadable = unreadable.map(|reason| IwdProblem::NoAddress { reason });
    let is_refused = unreadable.is_some();
    let refusal = unreadable.or_else(|| cx.problem.clone());
    let refusal = refusal.map(|problem| Problem::Iwd { problem });
    Status {
        state: match state.map_or(StateKind::Released, State::kind) {
            StateKind::Idle if is_refused => StateKind::Refused,
            kind => kind,
        },
        state_since,
        link: cx.core.link,
        address_since: cx.core.address_since,
        address_kind,
        network: network.map(|network| network.ssid.clone()),
        method: cx
            .can_mask()
            .then_some((Method::Powered, MethodReason::WhileIwdIdle)),
        next_change: next_change(address_kind, cx.can_mask()),
        problem: settings
            .or_else(|| cx.mask.problem.clone())
            .or(refusal)
            .or(absent),
        retry_at: cx.mask.retry_at.or_else(|| state?.retry_at()),
        pause: None,
        limitations: limitations(cx),
        counters: cx.counters,
    }
}

const fn next_change(kind: AddressKind, masks: bool) -> NextChange {
    match (kind, masks) {
        (AddressKind::Assigned, true) => NextChange::AssociationEnds,
        (AddressKind::Mask, _) => NextChange::NetworkJoined,
        (_, true) => NextChange::IwdIdle,
        (_, false) => NextChange::IwdJoins,
    }
}

fn limitations(cx: &Context) -> Vec<Limitation> {
    let mut all = Vec::new();
    let masked = cx.can_mask();
    if cx.iwd.obstacle.is_none() && !masked {
        let reason = if cx.card.live_change {
            UnmaskedReason::Bounce
        } else {
            UnmaskedReason::NoLiveChanges
        };
        all.push(Limitation::UnmaskedWhileIdle { reason });
    }
    if cx.iwd.obstacle.is_none() && cx.scans_leak() {
        let reason = if cx.card.random_address {
            IwdScanReason::RandomizationDisabled
        } else {
            IwdScanReason::HiddenNetwork
        };
        all.push(Limitation::IwdScansLeak { reason, masked });
    }
    let ended = cx.ended_scans.count;
    if ended > 0 {
        all.push(Limitation::AssignedAddressScanned { times: ended });
    }
    let times = cx.unended_scans();
    if times > 0 {
        all.push(Limitation::AddressScanned { times });
    }
    all.extend(cx.core.guard_limitation());
    let unassignable = cx.files.unassignable.values().cloned();
    all.extend(unassignable.map(|reason| Limitation::NoAddress { reason }));
    all
}
