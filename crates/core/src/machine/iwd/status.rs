//! What an interface that iwd drives is doing, for people and tests.

use super::context::Context;
use super::state::State;
use crate::machine::event::Link;
use crate::machine::{AddressKind, Counters, Time};
use crate::types::Ssid;

/// What an [`IwdMachine`](super::IwdMachine) is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IwdStatus {
    /// The state's name.
    pub state: &'static str,
    /// Since when it is in this state.
    pub state_since: Time,
    /// The link as last read.
    pub link: Link,
    /// Since when the link has its address.
    pub address_since: Time,
    /// What the address on the card is.
    pub address_kind: AddressKind,
    /// The network that it is associating or associated to.
    pub network: Option<Ssid>,
    /// The idle card is masked.
    pub masks: bool,
    /// When the address changes next.
    pub next_change: &'static str,
    /// Why the card is not connected, or not protected.
    pub trouble: Option<String>,
    /// When that is tried again.
    pub retry_at: Option<Time>,
    /// What of the promise cannot be kept on this card, or was not.
    pub unkept: Vec<String>,
    /// What was done so far.
    pub counters: Counters,
}

impl IwdStatus {
    pub(super) fn of(state: Option<&State>, state_since: Time, cx: &Context) -> Self {
        let network = state.and_then(State::network);
        let right = network.is_some_and(|network| cx.is_right(network, cx.link.address));
        let address_kind = if right {
            AddressKind::Assigned
        } else if cx.mask == Some(cx.link.address) {
            AddressKind::Mask
        } else if cx.card.permanent == Some(cx.link.address) {
            AddressKind::Permanent
        } else {
            AddressKind::Other
        };
        let waiting = state.filter(|state| matches!(state, State::Waiting));
        let absent = waiting.map(|_| "iwd does not drive it at the moment".to_owned());
        Self {
            state: state.map_or("", State::name),
            state_since,
            link: cx.link,
            address_since: cx.address_since,
            address_kind,
            network: network.map(|network| network.ssid.clone()),
            masks: cx.may_mask(),
            next_change: next_change(address_kind, cx.may_mask()),
            trouble: cx.obstacle.clone().or(cx.trouble.clone()).or(absent),
            retry_at: cx
                .alarm
                .filter(|_| matches!(state, Some(State::Refused(_)))),
            unkept: unkept(cx),
            counters: cx.counters,
        }
    }
}

const fn next_change(kind: AddressKind, masks: bool) -> &'static str {
    match (kind, masks) {
        (AddressKind::Assigned, true) => "when the association ends",
        (AddressKind::Mask, _) => "when a network is joined",
        (_, true) => "as soon as iwd is at rest",
        (_, false) => "when iwd joins another network",
    }
}

fn unkept(cx: &Context) -> Vec<String> {
    let mut unkept = Vec::new();
    if cx.obstacle.is_none() && !cx.may_mask() {
        let why = if cx.card.live_change {
            "mask-method is \"bounce\", which iwd takes for another card"
        } else {
            "it takes a mac80211 driver and Linux 6.7 or later"
        };
        unkept.push(format!(
            "while iwd is at rest the card keeps its last address: {why}"
        ));
    }
    if cx.obstacle.is_none() && cx.scans_show() {
        let why = if cx.card.random_address {
            "DisableMacAddressRandomization is set in its main.conf"
        } else {
            "it knows a hidden network, and the driver has no random addresses"
        };
        let what = if cx.may_mask() {
            "the mask, and before it is on the card the last network's"
        } else {
            "the last network's; it is not asked to look for a lost one sooner than it does by itself"
        };
        unkept.push(format!(
            "iwd's scans show the address on the card, because {why}: {what}"
        ));
    }
    if cx.counters.leaking_scans > 0 {
        let times = cx.counters.leaking_scans;
        unkept.push(format!(
            "{times} times a scan showed the address on the card"
        ));
    }
    let named = cx.unassignable.values();
    unkept.extend(named.map(|why| format!("a network that iwd knows has no address: {why}")));
    unkept
}
