//! Links chains with the same elements that follow each other.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::chains::Chain;
use crate::tools::audit::capture::Micros;

/// Number of overlaps that must be expected before their number says anything.
const MIN_EXPECTED: f64 = 4.0;
/// Share of the expected overlaps from which chains are those of several cards.
const MANY_CARDS: f64 = 0.5;

/// Pairs of addresses, the last of a chain and the first of the next one. `chains` are ordered by their beginning;
/// `counts_on` if most of their counters do.
pub(super) fn pairs(chains: &[Chain], span: Micros, counts_on: bool) -> Vec<(usize, usize)> {
    let Crowd { is_many, is_dense } = crowd(chains, span);
    // Only counters tell which card a chain continues.
    let is_many = is_many && counts_on;
    if is_many && !is_dense {
        return Vec::new();
    }
    let mut pairs = Vec::new();
    let mut tracks: Vec<&Chain> = Vec::new();
    for chain in chains {
        let silent = tracks.iter_mut().filter(|track| track.last < chain.first);
        let (fitting, others): (Vec<_>, Vec<_>) =
            silent.partition(|track| !counts_on || track.counts_on_in(chain).is_some());
        let before = if is_many {
            fitting
                .into_iter()
                .min_by_key(|track| track.counts_on_in(chain))
        } else {
            // A counter begins again when a card was switched off.
            let latest = |tracks: Vec<_>| {
                tracks
                    .into_iter()
                    .max_by_key(|track: &&mut &Chain| track.last)
            };
            latest(fitting).or_else(|| latest(others))
        };
        match before {
            Some(track) => {
                pairs.push((track.ends.1, chain.ends.0));
                *track = chain;
            }
            None => tracks.push(chain),
        }
    }
    pairs
}

struct Crowd {
    /// The chains are those of several cards.
    is_many: bool,
    /// Usually at least every other moment belongs to a chain, so each card is known.
    is_dense: bool,
}

/// Chains of one card never overlap; those of independent cards do as often as chance lets them.
fn crowd(chains: &[Chain], span: Micros) -> Crowd {
    let share = |micros: Micros| float(micros) / float(span.max(1));
    let overlaps = overlaps(chains);
    let lives = chains.iter().map(|chain| share(chain.lives()));
    let is_dense = lives.clone().sum::<f64>() >= 0.5;
    if overlaps == 0 {
        return Crowd {
            is_many: false,
            is_dense,
        };
    }
    let lives: Vec<_> = lives.collect();
    let expected: f64 = lives
        .iter()
        .enumerate()
        .flat_map(|(index, one)| lives.iter().skip(index + 1).map(move |other| one + other))
        .map(|sum| sum.min(1.0))
        .sum();
    let is_told = is_dense || expected >= MIN_EXPECTED;
    Crowd {
        is_many: is_told && float(overlaps) > MANY_CARDS * expected,
        is_dense,
    }
}

/// Number of pairs that live side by side.
fn overlaps(chains: &[Chain]) -> u64 {
    let mut alive = BinaryHeap::new();
    let mut overlaps = 0;
    for chain in chains {
        while alive
            .peek()
            .is_some_and(|Reverse(last)| *last < chain.first)
        {
            alive.pop();
        }
        overlaps += alive.len() as u64;
        alive.push(Reverse(chain.last));
    }
    overlaps
}

#[expect(clippy::cast_precision_loss, reason = "a share needs few digits")]
pub(super) const fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_without_counters_are_linked_in_a_crowd() {
        const SIDE_BY_SIDE: usize = 6;
        let chains = (0..24).map(|index| {
            let first = (index / SIDE_BY_SIDE) as Micros * 15_000_000 + index as Micros;
            Chain {
                ends: (index, index),
                first,
                last: first + 1_000_000,
                signal: None,
                length: 1,
                numbers: (0, 0),
            }
        });
        let chains: Vec<_> = chains.collect();
        assert!(crowd(&chains, 60_000_000).is_many);
        assert_eq!(pairs(&chains, 60_000_000, false).len(), 18);
        assert_eq!(pairs(&chains, 60_000_000, true), []);
    }
}
