//! Whether one address's probe requests go on counting where another's ended.

use super::capture::Micros;
use super::links::{Link, Reason};
use super::station::Moment;
use macveil_core::types::Mac;

/// A counter that goes on is found at most so many numbers later.
const NEAR: u16 = 32;
const NUMBERS: u16 = 4096;
/// Among so many that scanned last the one before is looked for.
const CANDIDATES: usize = 6;
/// Longer ago nothing is said: others may have used the counter.
const RECENT: Micros = 60_000_000;
/// How unlikely chance must be before it is ruled out.
const RULED_OUT: f64 = 1e-6;
/// More examples are not kept.
const EXAMPLES: usize = 1000;

/// The counters heard last, and how often one went on under another address.
#[derive(Debug, Default)]
pub(super) struct Counters {
    recent: Vec<Counter>,
    changes: u32,
    /// How many would go on by chance.
    expected: f64,
    hits: u32,
    found: Vec<Link>,
}

#[derive(Debug, Clone, Copy)]
struct Counter {
    address: Mac,
    sequence: u16,
    at: Micros,
}

impl Counters {
    /// Takes in a probe request.
    pub(super) fn see(&mut self, address: Mac, sequence: u16, moment: Moment) {
        let at = moment.at;
        let now = Counter {
            address,
            sequence,
            at,
        };
        self.recent.retain(|it| at.saturating_sub(it.at) <= RECENT);
        if let Some(known) = self.recent.iter_mut().find(|it| it.address == address) {
            *known = now;
            return;
        }
        if !self.recent.is_empty() {
            self.changes += 1;
            let near = f64::from(NEAR) / f64::from(NUMBERS);
            self.expected += self.recent.iter().map(|_| near).sum::<f64>();
        }
        let before = self
            .recent
            .iter()
            .filter_map(|it| Some((it, it.gap(sequence)?)));
        if let Some((before, gap)) = before.min_by_key(|(_, gap)| *gap) {
            self.hits += 1;
            let reason = Reason::CountsOn { gap };
            let link = Link::new(before.address, address, moment, reason);
            if self.found.len() < EXAMPLES {
                self.found.push(link);
            }
        }
        if self.recent.len() >= CANDIDATES
            && let Some(oldest) =
                (0..CANDIDATES).min_by_key(|i| self.recent.get(*i).map(|it| it.at))
        {
            self.recent.swap_remove(oldest);
        }
        self.recent.push(now);
    }

    /// The links, if there are more than chance makes.
    pub(super) fn links(self) -> Vec<Link> {
        if self.changes == 0 {
            return Vec::new();
        }
        let chance = (self.expected / f64::from(self.changes)).min(1.0);
        if at_least(self.hits, self.changes, chance) < RULED_OUT {
            self.found
        } else {
            Vec::new()
        }
    }
}

impl Counter {
    /// How far the number is from this counter's, if it goes on there.
    fn gap(&self, sequence: u16) -> Option<u16> {
        let gap = (sequence + NUMBERS - self.sequence) % NUMBERS;
        (1..=NEAR).contains(&gap).then_some(gap)
    }
}

/// The probability of so many hits or more in so many tries.
///
/// From the tail's side, and in logarithms: a long capture has more tries than powers have room for.
fn at_least(hits: u32, tries: u32, chance: f64) -> f64 {
    if f64::from(hits) <= f64::from(tries) * chance {
        return 1.0;
    }
    let mut exactly = f64::from(tries) * (-chance).ln_1p();
    let odds = (chance / (1.0 - chance)).ln();
    let mut sum = 0.0;
    for number in 0..=tries {
        if number >= hits {
            let term = exactly.exp();
            sum += term;
            if term < sum * 1e-9 || sum > RULED_OUT {
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
    fn chance_is_reckoned_as_in_the_book() {
        let near = |value: f64, expected: f64| (value - expected).abs() < expected * 1e-6;
        assert!(near(at_least(2, 2, 1e-4), 1e-8));
        assert!(near(at_least(3, 3, 1.0 / 128.0), 4.768_371_6e-7));
        assert!(at_least(1, 1000, 0.01) > 0.5);
        assert!(at_least(20_000, 1_000_000, 0.01) < RULED_OUT);
        assert!(at_least(10_100, 1_000_000, 0.01) > RULED_OUT);
    }
}
