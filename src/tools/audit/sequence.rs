//! Finds sequence numbers of probe requests that continue under another address.

use super::capture::Micros;
use super::links::{LinkReason, LinkedAddresses};
use super::station::Moment;
use macveil_core::types::Mac;

/// Maximum difference between two sequence numbers for the counter to continue.
const MAX_GAP: u16 = 32;
const SEQUENCE_NUMBERS: u16 = 4096;
/// Number of addresses that scanned last and are compared with a new one.
const MAX_CANDIDATES: usize = 6;
/// Older counters are not compared.
const MAX_AGE: Micros = 60_000_000;
/// Links are reported if chance has less than this probability to cause them.
const MAX_PROBABILITY: f64 = 1e-6;
/// Maximum number of links that are kept.
const MAX_LINKS: usize = 1000;

/// The counters seen last, and how often one continued under another address.
#[derive(Debug, Default)]
pub(super) struct Counters {
    recent: Vec<Counter>,
    changes: u32,
    /// Number of counters that would continue by chance.
    expected: f64,
    continued: u32,
    links: Vec<LinkedAddresses>,
}

#[derive(Debug, Clone, Copy)]
struct Counter {
    address: Mac,
    sequence: u16,
    at: Micros,
}

impl Counters {
    /// Adds a probe request.
    pub(super) fn observe(&mut self, address: Mac, sequence: u16, moment: Moment) {
        let at = moment.at;
        let now = Counter {
            address,
            sequence,
            at,
        };
        self.recent
            .retain(|counter| at.saturating_sub(counter.at) <= MAX_AGE);
        if let Some(known) = self
            .recent
            .iter_mut()
            .find(|counter| counter.address == address)
        {
            *known = now;
            return;
        }
        if !self.recent.is_empty() {
            self.changes += 1;
            let near = f64::from(MAX_GAP) / f64::from(SEQUENCE_NUMBERS);
            self.expected += self.recent.iter().map(|_| near).sum::<f64>();
        }
        let before = self
            .recent
            .iter()
            .filter_map(|counter| Some((counter, counter.gap(sequence)?)));
        if let Some((before, gap)) = before.min_by_key(|(_, gap)| *gap) {
            self.continued += 1;
            let reason = LinkReason::CountsOn { gap };
            let link = LinkedAddresses::new(before.address, address, moment, reason);
            if self.links.len() < MAX_LINKS {
                self.links.push(link);
            }
        }
        if self.recent.len() >= MAX_CANDIDATES
            && let Some(oldest) =
                (0..MAX_CANDIDATES).min_by_key(|i| self.recent.get(*i).map(|counter| counter.at))
        {
            self.recent.swap_remove(oldest);
        }
        self.recent.push(now);
    }

    /// The links, if chance cannot explain their number.
    pub(super) fn links(self) -> Vec<LinkedAddresses> {
        if self.changes == 0 {
            return Vec::new();
        }
        let chance = (self.expected / f64::from(self.changes)).min(1.0);
        if at_least(self.continued, self.changes, chance) < MAX_PROBABILITY {
            self.links
        } else {
            Vec::new()
        }
    }
}

impl Counter {
    /// Difference to this counter, if the sequence number continues it.
    fn gap(&self, sequence: u16) -> Option<u16> {
        let gap = (sequence + SEQUENCE_NUMBERS - self.sequence) % SEQUENCE_NUMBERS;
        (1..=MAX_GAP).contains(&gap).then_some(gap)
    }
}

/// Probability of at least `continued` successes in `tries` (binomial distribution).
///
/// Sums the tail in logarithms: in a long capture the powers would underflow.
fn at_least(continued: u32, tries: u32, chance: f64) -> f64 {
    if f64::from(continued) <= f64::from(tries) * chance {
        return 1.0;
    }
    let mut exactly = f64::from(tries) * (-chance).ln_1p();
    let odds = (chance / (1.0 - chance)).ln();
    let mut sum = 0.0;
    for number in 0..=tries {
        if number >= continued {
            let term = exactly.exp();
            sum += term;
            if term < sum * 1e-9 || sum > MAX_PROBABILITY {
                break;
            }
        }
        exactly += (f64::from(tries - number) / f64::from(number + 1)).ln() + odds;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binomial_tail_matches_known_values() {
        let near = |value: f64, expected: f64| (value - expected).abs() < expected * 1e-6;
        assert!(near(at_least(2, 2, 1e-4), 1e-8));
        assert!(near(at_least(3, 3, 1.0 / 128.0), 4.768_371_6e-7));
        assert!(at_least(1, 1000, 0.01) > 0.5);
        assert!(at_least(20_000, 1_000_000, 0.01) < MAX_PROBABILITY);
        assert!(at_least(10_100, 1_000_000, 0.01) > MAX_PROBABILITY);
    }
}
