//! Tells cards of one model apart by their signal: that of a card varies no more between its scans than within one.

use super::chains::Chain;
use crate::tools::audit::capture::Micros;

/// Longer silence is between two scans.
const MAX_PAUSE: Micros = 1_000_000;
/// Number of neighbours within scans from which the variation can be told.
const MIN_NEIGHBOURS: u32 = 8;
/// Cards are told apart if the variance between scans exceeds that within scans so many times.
const MAX_RATIO: f64 = 2.25;

/// Of the changes between weak and strong that chance would cause, independent cards have at least this share.
const MIN_ALTERNATION: f64 = 0.7;

/// Chains that were heard in one scan.
#[derive(Debug)]
struct Scan {
    chains: Vec<Chain>,
    signal: f64,
    weight: f64,
}

/// Splits chains, which are ordered by their beginning, so that the signal of each part varies little.
pub(super) fn split(chains: Vec<Chain>) -> Vec<Vec<Chain>> {
    let (Some(scans), Some(within)) = (scans(&chains), variance_within(&chains)) else {
        return vec![chains];
    };
    let mut parts: Vec<Vec<Chain>> = Vec::new();
    let mut rest = vec![scans];
    while let Some(scans) = rest.pop() {
        match cut(&scans, within).filter(|at| alternate(&scans, *at)) {
            Some(at) => {
                let (weak, strong) = scans.into_iter().partition(|scan| scan.signal < at);
                rest.extend([weak, strong]);
            }
            None => parts.push(scans.into_iter().flat_map(|scan| scan.chains).collect()),
        }
    }
    for part in &mut parts {
        Chain::sort(part);
    }
    parts
}

/// `None` if the sniffer does not report every signal.
fn scans(chains: &[Chain]) -> Option<Vec<Scan>> {
    let mut scans: Vec<Scan> = Vec::new();
    let mut last = None;
    for chain in chains {
        let signal = chain.signal?;
        let pause = last.map(|last| chain.first.saturating_sub(last));
        match scans
            .last_mut()
            .filter(|_| pause.is_some_and(|pause| pause < MAX_PAUSE))
        {
            Some(scan) => {
                scan.weight += 1.0;
                scan.signal += (signal - scan.signal) / scan.weight;
                scan.chains.push(chain.clone());
            }
            None => scans.push(Scan {
                chains: vec![chain.clone()],
                signal,
                weight: 1.0,
            }),
        }
        last = last.max(Some(chain.last));
    }
    Some(scans)
}

/// From neighbours in one scan. `None` if there are too few.
fn variance_within(chains: &[Chain]) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0);
    for pair in chains.windows(2) {
        let [one, other] = pair else { continue };
        if other.first.saturating_sub(one.last) < MAX_PAUSE
            && let (Some(one), Some(other)) = (one.signal, other.signal)
        {
            sum += (one - other).powi(2) / 2.0;
            count += 1;
        }
    }
    (count >= MIN_NEIGHBOURS).then(|| sum / f64::from(count))
}

/// Whether weak and strong scans alternate as those of independent cards do. The signal of one card changes when it is
/// moved, and then stays so. A change counts as much as the smaller of its scans: a few addresses of another card in
/// between say little about the many.
fn alternate(scans: &[Scan], at: f64) -> bool {
    let is_weak = |scan: &Scan| scan.signal < at;
    let (mut weak, mut all) = (0.0, 0.0);
    for scan in scans {
        weak += if is_weak(scan) { scan.weight } else { 0.0 };
        all += scan.weight;
    }
    let share = weak / all;
    let (mut changes, mut pairs) = (0.0, 0.0);
    for pair in scans.windows(2) {
        let [one, other] = pair else { continue };
        let weight = one.weight.min(other.weight);
        changes += if is_weak(one) == is_weak(other) {
            0.0
        } else {
            weight
        };
        pairs += weight;
    }
    changes >= MIN_ALTERNATION * 2.0 * share * (1.0 - share) * pairs
}

/// The signal that divides the scans best (Otsu's method); `None` if they are those of one card.
fn cut(scans: &[Scan], within: f64) -> Option<f64> {
    let mut sorted: Vec<_> = scans
        .iter()
        .map(|scan| (scan.signal, scan.weight))
        .collect();
    sorted.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let weight: f64 = sorted.iter().map(|it| it.1).sum();
    let sum: f64 = sorted.iter().map(|(signal, weight)| signal * weight).sum();
    let mean = sum / weight;
    let squares = sorted
        .iter()
        .map(|(signal, weight)| (signal - mean).powi(2) * weight);
    if squares.sum::<f64>() / weight <= MAX_RATIO * within {
        return None;
    }
    let mut best = (0.0, None);
    let (mut below, mut sum_below) = (0.0, 0.0);
    for pair in sorted.windows(2) {
        let [(signal, of_it), (next, _)] = pair else {
            continue;
        };
        below += of_it;
        sum_below += signal * of_it;
        let apart = sum_below / below - (sum - sum_below) / (weight - below);
        let between = apart.powi(2) * below * (weight - below);
        if signal < next && between > best.0 {
            best = (between, Some(*next));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scans of two addresses each, with these signals, a minute apart.
    fn parts(signals: impl Iterator<Item = f64>) -> usize {
        parts_of(signals.map(|signal| (signal, 2)))
    }

    /// Scans with these signals and numbers of addresses.
    fn parts_of(scans: impl Iterator<Item = (f64, u32)>) -> usize {
        let scans = (0..).zip(scans);
        let chains = scans.flat_map(|(minute, (signal, addresses))| {
            (0..addresses).map(move |place| {
                let index = place as usize;
                let at = minute * 60_000_000 + Micros::from(place) * 100_000;
                Chain {
                    ends: (index, index),
                    first: at,
                    last: at,
                    signal: Some(signal + f64::from(place % 2)),
                    length: 1,
                    numbers: (0, 0),
                }
            })
        });
        split(chains.collect()).len()
    }

    #[test]
    fn cards_whose_scans_alternate_are_told_apart() {
        assert_eq!(
            parts((0..20).map(|n| if n % 2 == 0 { -40.0 } else { -60.0 })),
            2
        );
    }

    #[test]
    fn card_that_was_moved_is_one() {
        assert_eq!(
            parts((0..20).map(|n| if n < 10 { -40.0 } else { -60.0 })),
            1
        );
    }

    #[test]
    fn card_that_was_moved_among_few_others_is_one() {
        let scan = |n| match n % 3 {
            2 => (-62.0, 1),
            _ => (if n < 20 { -40.0 } else { -60.0 }, 12),
        };
        assert_eq!(parts_of((0..40).map(scan)), 1);
    }
}
