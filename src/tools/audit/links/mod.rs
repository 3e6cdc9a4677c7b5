//! Addresses that belong to one card, with the reason and how certain it is.
//!
//! A link leads from an address that has fallen silent to a new one. Addresses that live side by side are different
//! cards, and an address that a vendor assigned is a card of its own.
//!
//! | module | content |
//! |---|---|
//! | `trace` | what of a station is compared |
//! | `groups` | stations that send the same elements under addresses of one kind |
//! | `sequence` | sequence numbers that continue |
//! | `chains` | addresses joined so far |
//! | `signal` | cards of one model, told apart by their signal |
//! | `succession` | addresses with the same elements, one after the other |
//! | `names` | addresses that ask for the same network |
//! | `identifiers` | values that belong to one card only |

mod chains;
mod groups;
mod identifiers;
mod names;
mod sequence;
mod signal;
mod succession;
#[cfg(test)]
mod tests;
mod trace;

use std::collections::BTreeMap;

use super::capture::Micros;
use super::identity::Identifier;
use super::station::{Moment, Station};
use chains::Chains;
use macveil_core::types::Mac;
use trace::Trace;

/// How certain a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// At most one of two hundred such links is chance: counts as a leak.
    Certain,
    /// More likely than not, but another card can look the same.
    Likely,
}

impl Confidence {
    /// The word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
        }
    }
}

/// Two addresses that belong to one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedAddresses {
    /// The address that was used first.
    pub earlier: Mac,
    /// The address that was used next.
    pub later: Mac,
    /// First use of `later`.
    pub moment: Moment,
    /// Why both belong to one card.
    pub reason: LinkReason,
    /// How certain that is.
    pub confidence: Confidence,
}

/// Why two addresses belong to one card.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkReason {
    /// The sequence numbers of the probe requests continue.
    CountsOn {
        /// Difference between the last number of the one and the first of the other.
        gap: u16,
    },
    /// The address is the same, in two captures.
    SameAddress,
    /// The frames contain the same value.
    SameIdentifier(Identifier),
    /// The probe requests have the same SSID.
    SameName(Box<[u8]>),
    /// The probe requests have the same optional elements (as a hash).
    SameContent(u64),
}

/// Finds links among stations.
pub(super) fn find(stations: &BTreeMap<Mac, Box<Station>>, span: Micros) -> Vec<LinkedAddresses> {
    let mut links = identifiers::shared(stations);
    let traces = trace::of(stations);
    let mut chains = Chains::new(&traces);
    for link in &links {
        let index = |address| traces.iter().position(|trace| trace.address == address);
        if let (Some(earlier), Some(later)) = (index(link.earlier), index(link.later)) {
            chains.join(earlier, later);
        }
    }
    for group in groups::by_elements(&traces) {
        let continuations = sequence::continued(&traces, &group.members);
        let counts_on = 2 * continuations.len() >= group.members.len();
        for found in continuations {
            if chains.join(found.earlier, found.later) {
                let reason = LinkReason::CountsOn { gap: found.gap };
                links.extend(link(
                    &traces,
                    found.earlier,
                    found.later,
                    reason,
                    found.confidence,
                ));
            }
        }
        if !group.is_distinctive {
            continue;
        }
        for part in signal::split(chains.of(&group.members)) {
            for (earlier, later) in succession::pairs(&part, span, counts_on) {
                let Some(hash) = traces.get(later).and_then(|it| it.contents.first()) else {
                    continue;
                };
                chains.join(earlier, later);
                let reason = LinkReason::SameContent(*hash);
                links.extend(link(&traces, earlier, later, reason, Confidence::Likely));
            }
        }
    }
    for (earlier, later, name) in names::shared(&traces, &mut chains) {
        let reason = LinkReason::SameName(name);
        links.extend(link(&traces, earlier, later, reason, Confidence::Likely));
    }
    sort(&mut links, Order::ByTime);
    links
}

/// The order of links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    ByTime,
    /// Then by time.
    CertainFirst,
}

pub(super) fn sort(links: &mut [LinkedAddresses], order: Order) {
    links.sort_unstable_by_key(|link| {
        let confidence = (order == Order::CertainFirst).then_some(link.confidence);
        (confidence, link.moment, link.earlier, link.later)
    });
}

fn link(
    traces: &[Trace],
    earlier: usize,
    later: usize,
    reason: LinkReason,
    confidence: Confidence,
) -> Option<LinkedAddresses> {
    let (earlier, later) = (traces.get(earlier)?, traces.get(later)?);
    Some(LinkedAddresses {
        earlier: earlier.address,
        later: later.address,
        moment: later.first,
        reason,
        confidence,
    })
}
