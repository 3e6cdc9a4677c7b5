//! Links addresses that ask for the same network, if only one card asks for it.

use std::collections::BTreeMap;

use super::chains::{Chain, Chains};
use super::trace::Trace;
use crate::tools::audit::capture::Micros;

/// Maximum time between two addresses. Later it may be another card.
const MAX_PAUSE: Micros = 600_000_000;

/// Pairs of addresses and the name that links them.
pub(super) fn shared(traces: &[Trace], chains: &mut Chains) -> Vec<(usize, usize, Box<[u8]>)> {
    let mut asking: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (index, trace) in traces.iter().enumerate() {
        for name in trace.names {
            asking.entry(name).or_default().push(index);
        }
    }
    let mut links = Vec::new();
    for (name, members) in asking {
        let optional = |index: &usize| traces.get(*index).is_some_and(|it| it.is_optional);
        let all = chains.of(&members);
        // Other elements are another card's.
        let minimal = members.iter().filter(|index| !optional(index)).count();
        if minimal != members.len() || live_side_by_side(&all) {
            continue;
        }
        for pair in all.windows(2) {
            let [one, other] = pair else { continue };
            if other.first.saturating_sub(one.last) <= MAX_PAUSE {
                links.push((one.ends.1, other.ends.0, name.into()));
                chains.join(one.ends.1, other.ends.0);
            }
        }
    }
    links
}

/// `chains` are ordered by their beginning.
fn live_side_by_side(chains: &[Chain]) -> bool {
    let mut last = None;
    chains.iter().any(|chain| {
        let overlaps = last.is_some_and(|last| chain.first <= last);
        last = last.max(Some(chain.last));
        overlaps
    })
}
