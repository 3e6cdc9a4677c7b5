//! What a station is doing, for people and tests.

use super::context::{Context, Method, Pause};
use super::state::State;
use crate::machine::Time;
use crate::machine::event::Link;
use crate::machine::settings::MaskMethod;
use crate::types::{Mac, Ssid};

/// What a station has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Masks put on.
    pub masks: u32,
    /// Scans of its own.
    pub scans: u32,
    /// Scans by others.
    pub external_scans: u32,
    /// Scans by others that showed an assigned address.
    pub leaking_scans: u32,
    /// Associations that succeeded.
    pub associations: u32,
    /// Associations that failed.
    pub failed_associations: u32,
    /// Times in a row that the card could not be masked and was held silent.
    pub holds_in_a_row: u32,
}

/// What the address on a card is to macveil.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressKind {
    /// A mask.
    Mask,
    /// Assigned to the network that the card is associating or associated to.
    Assigned,
    /// The permanent address, and not by a policy.
    Permanent,
    /// None of these: from before macveil, or set by somebody else.
    Other,
}

/// What a station is doing, for people and tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
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
    /// The masking method in use.
    pub method: Method,
    /// Why that method.
    pub method_reason: &'static str,
    /// When the address changes next.
    pub next_change: &'static str,
    /// Why the card is silent, or what is not kept.
    pub trouble: Option<String>,
    /// When the card is tried again.
    pub retry_at: Option<Time>,
    /// Nothing is scanned or joined, by the user's wish.
    pub pause: Option<Pause>,
    /// What of the promise cannot be kept on this card, or was not.
    pub unkept: Vec<String>,
    /// What was done so far.
    pub counters: Counters,
}

impl Snapshot {
    pub(super) fn of(state: Option<&State>, state_since: Time, cx: &Context) -> Self {
        let held = match state {
            Some(State::Blocked(held)) => Some(held.why()),
            _ => None,
        };
        let address_kind = address_kind(state, cx);
        Self {
            state: state.map_or("", State::name),
            state_since,
            link: cx.link,
            address_since: cx.address_since,
            address_kind,
            network: state.and_then(network).cloned(),
            method: cx.method,
            method_reason: method_reason(cx),
            next_change: next_change(address_kind, cx),
            trouble: held
                .or(cx.unprotected_because.as_deref())
                .map(str::to_owned),
            retry_at: held.and(cx.alarm),
            pause: cx.pause,
            unkept: unkept(cx),
            counters: cx.counters,
        }
    }
}

/// The assigned address of a state, once it may be on the card.
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

fn method_reason(cx: &Context) -> &'static str {
    let wish = cx.settings.mask_method;
    if cx.method != Method::best(wish, &cx.card) {
        return "a live change of the address has failed";
    }
    match cx.method {
        Method::Driver => "the driver scans under random addresses",
        Method::Powered => "the driver changes addresses while the link is up",
        Method::Bounce if wish == MaskMethod::Bounce => "as configured",
        Method::Bounce => "the driver offers nothing better",
    }
}

fn next_change(kind: AddressKind, cx: &Context) -> &'static str {
    match kind {
        AddressKind::Assigned => "when the association ends",
        AddressKind::Mask if cx.pause.is_some() => "after the pause, or when another program scans",
        AddressKind::Mask if cx.method == Method::Driver && cx.settings.scan_random => {
            "when a network is joined, or another program scans; each scan has an address of its own"
        }
        AddressKind::Mask if !cx.settings.scan_random => "when a network is joined",
        AddressKind::Mask if cx.settings.mask_lifetime.is_zero() => "after the next scan",
        AddressKind::Mask => "after the first scan past mask-lifetime",
        AddressKind::Permanent | AddressKind::Other => "as soon as macveil may mask the card",
    }
}

fn unkept(cx: &Context) -> Vec<String> {
    let card = &cx.card;
    let shown = cx.counters.leaking_scans;
    let shortcomings = [
        (
            !cx.settings.scan_random,
            "scans can be linked to each other: scan-rand-mac-address is false",
        ),
        (
            !card.random_sequence,
            "scans can be linked by their sequence numbers: the driver cannot make them random",
        ),
        (
            !card.minimal_content,
            "probe requests describe the card: the driver cannot leave that out",
        ),
    ];
    let applying = shortcomings.into_iter().filter(|(applies, _)| *applies);
    let mut unkept: Vec<_> = applying.map(|(_, what)| what.to_owned()).collect();
    if shown > 0 {
        let programs = "times another program scanned and showed the assigned address";
        unkept.push(format!("{shown} {programs}"));
    }
    unkept
}
