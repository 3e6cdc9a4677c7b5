//! Addresses joined so far.

use super::sequence::{difference, is_counted};
use super::trace::Trace;
use crate::tools::audit::capture::Micros;

/// Addresses of one card, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chain {
    /// The first and the last of its addresses.
    pub(super) ends: (usize, usize),
    pub(super) first: Micros,
    pub(super) last: Micros,
    pub(super) signal: Option<f64>,
    pub(super) length: u32,
    /// The first and the last of its sequence numbers.
    pub(super) numbers: (u16, u16),
}

impl Chain {
    /// Sorts chains by their beginnings.
    pub(super) fn sort(chains: &mut [Self]) {
        chains.sort_unstable_by_key(|chain| (chain.first, chain.ends));
    }

    pub(super) const fn lives(&self) -> Micros {
        self.last.saturating_sub(self.first)
    }

    /// How far this counter has gone on if a later chain continues it; `None` if that is too far.
    pub(super) fn counts_on_in(&self, later: &Self) -> Option<u16> {
        Some(difference(self.numbers.1, later.numbers.0)).filter(|gap| is_counted(*gap))
    }
}

/// Which addresses are joined: sets with union by their earliest address.
#[derive(Debug)]
pub(super) struct Chains<'a> {
    traces: &'a [Trace<'a>],
    parents: Vec<usize>,
}

impl<'a> Chains<'a> {
    pub(super) fn new(traces: &'a [Trace<'a>]) -> Self {
        Self {
            traces,
            parents: (0..traces.len()).collect(),
        }
    }

    /// The first address that this one is joined to.
    pub(super) fn root(&mut self, mut index: usize) -> usize {
        while let Some(&parent) = self.parents.get(index)
            && parent != index
        {
            // Halves the way for the next search.
            let further = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(slot) = self.parents.get_mut(index) {
                *slot = further;
            }
            index = further;
        }
        index
    }

    /// Joins two addresses. `false` if they were joined before.
    pub(super) fn join(&mut self, one: usize, other: usize) -> bool {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(slot) = self.parents.get_mut(one.max(other)) {
            *slot = one.min(other);
        }
        one != other
    }

    /// The chains that these addresses form, ordered by their beginning.
    pub(super) fn of(&mut self, members: &[usize]) -> Vec<Chain> {
        let mut rooted: Vec<_> = members
            .iter()
            .map(|&index| (self.root(index), index))
            .collect();
        rooted.sort_unstable();
        let mut chains: Vec<_> = rooted
            .chunk_by(|one, other| one.0 == other.0)
            .filter_map(|members| self.chain(members))
            .collect();
        Chain::sort(&mut chains);
        chains
    }

    fn chain(&self, members: &[(usize, usize)]) -> Option<Chain> {
        let traces = || {
            let indices = members.iter().map(|(_, index)| index);
            indices.filter_map(|&index| Some((index, self.traces.get(index)?)))
        };
        let (first, trace) = traces().next()?;
        let (last, ends) = traces().max_by_key(|(_, trace)| trace.last)?;
        let signals = traces().filter_map(|(_, trace)| trace.signal);
        let (sum, count) = signals.fold((0.0, 0_u32), |(sum, count), it| (sum + it, count + 1));
        Some(Chain {
            ends: (first, last),
            first: trace.first.at,
            last: ends.last,
            signal: (count > 0).then(|| sum / f64::from(count)),
            length: u32::try_from(members.len()).unwrap_or(u32::MAX),
            numbers: (trace.numbers.0, ends.numbers.1),
        })
    }
}
