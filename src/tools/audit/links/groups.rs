//! Stations that send the same elements and take their addresses from the same list: cards of one model with one
//! program.

use std::collections::BTreeMap;

use super::chains::Chains;
use super::trace::Trace;

/// Stations of one group, ordered by their first frames.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) members: Vec<usize>,
    /// Whether few other cards do the same. Minimal elements under wholly random addresses say nothing about a card.
    pub(super) is_distinctive: bool,
}

/// Groups stations: two are in one group if a third one sent what each of them sent.
pub(super) fn by_elements(traces: &[Trace]) -> Vec<Group> {
    let mut sets = Chains::new(traces);
    let mut senders = BTreeMap::new();
    for (index, trace) in traces.iter().enumerate() {
        for content in trace.contents {
            let alike = (trace.is_optional, trace.prefix, content);
            let sender = *senders.entry(alike).or_insert(index);
            sets.join(sender, index);
        }
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (index, trace) in traces.iter().enumerate() {
        let group = groups.entry(sets.root(index)).or_insert_with(|| Group {
            members: Vec::new(),
            is_distinctive: trace.is_optional || trace.prefix.is_some(),
        });
        group.members.push(index);
    }
    groups
        .into_values()
        .filter(|group| group.members.len() > 1)
        .collect()
}
