//! Finds sequence numbers of probe requests that continue under another address.
//!
//! A new address can continue the counter of any address that has fallen silent. How often a difference occurs is
//! compared with how often chance would cause it, among as many candidates. The doubt about a link is the probability
//! that the address continues another candidate, or none: the more candidates, the more likely is chance.

use super::Confidence;
use super::succession::float;
use super::trace::Trace;
use crate::tools::audit::capture::Micros;

const NUMBERS: u16 = 4096;
/// Differences are counted in classes: 1, 2, 3 to 4, 5 to 8, ..., 513 to 1024.
const CLASSES: usize = 11;
/// Older counters are not compared.
const MAX_AGE: Micros = 600_000_000;
/// A counter that has been silent for longer is less likely to go on.
const USUAL_PAUSE: f64 = 60_000_000.0;
/// Number of counters that are compared with a new one.
const MAX_CANDIDATES: usize = 64;
/// Classes are believed if chance has less than this probability to fill them.
const MAX_PROBABILITY: f64 = 1e-6;
/// The same for each of several classes that are believed together.
const MAX_PROBABILITY_OF_EACH: f64 = 1e-2;
/// Classes so near to one that is believed are likely: a scan was missed, or came early.
const NEAR: usize = 2;
/// Excess over chance that is assumed at least for such a class.
const MIN_EXCESS: f64 = 0.5;
/// Least doubt about a class that is only near to one that is believed.
const DOUBT_OF_NEAR: f64 = 0.01;
const MAX_DOUBT_IF_CERTAIN: f64 = 0.005;
const MAX_DOUBT: f64 = 0.05;

/// A counter that continues.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Continuation {
    pub(super) earlier: usize,
    pub(super) later: usize,
    pub(super) gap: u16,
    pub(super) confidence: Confidence,
}

/// A new address and the counter that it seems to continue.
#[derive(Debug, Clone, Copy)]
struct Birth {
    later: usize,
    candidates: u32,
    before: Option<Before>,
}

#[derive(Debug, Clone, Copy)]
struct Before {
    earlier: usize,
    gap: u16,
    /// Weight of this candidate, and of all.
    weight: f64,
    sum: f64,
}

/// Finds the continued counters among `members`, which are ordered by their first frames.
pub(super) fn continued(traces: &[Trace], members: &[usize]) -> Vec<Continuation> {
    let mut guess = Counts::of(&births(traces, members, |gap| 1.0 / f64::from(gap)));
    guess.expect_uneven(traces, members);
    let believed = guess.believed();
    if !believed.contains(&true) {
        return Vec::new();
    }
    let is_near = |class: usize| {
        let from = class.saturating_sub(NEAR);
        let near = believed.iter().skip(from).take(class + NEAR + 1 - from);
        near.into_iter().any(|it| *it)
    };
    let births = births(traces, members, |gap| {
        let class = class(gap);
        if is_near(class) {
            guess.density(class)
        } else {
            0.0
        }
    });
    let counts = Counts::of(&births);
    let without = counts.share_without_origin(is_near);
    // So that the weights of all differences are the share of addresses that continue one.
    let scale = (1.0 - without) / guess.excess(is_near);
    let links = births.iter().filter_map(|birth| {
        let before = birth.before?;
        let chance = without * f64::from(birth.candidates) / f64::from(NUMBERS);
        let mut doubt = 1.0 - scale * before.weight / (scale * before.sum + chance);
        if !*believed.get(class(before.gap))? {
            doubt = doubt.max(DOUBT_OF_NEAR);
        }
        (doubt < MAX_DOUBT).then_some(Continuation {
            earlier: before.earlier,
            later: birth.later,
            gap: before.gap,
            confidence: if doubt < MAX_DOUBT_IF_CERTAIN {
                Confidence::Certain
            } else {
                Confidence::Likely
            },
        })
    });
    links.collect()
}

/// Assigns the heaviest candidate to each address. A counter is continued once.
fn births(traces: &[Trace], members: &[usize], weight: impl Fn(u16) -> f64) -> Vec<Birth> {
    let mut open: Vec<(usize, &Trace)> = Vec::new();
    let mut births = Vec::with_capacity(members.len());
    for &later in members {
        let Some(trace) = traces.get(later) else {
            continue;
        };
        let at = trace.first.at;
        open.retain(|(_, counter)| at.saturating_sub(counter.last) <= MAX_AGE);
        open.drain(..open.len().saturating_sub(MAX_CANDIDATES));
        let silent = || open.iter().filter(|(_, counter)| counter.last < at);
        let nearness = |counter: &Trace| {
            let pause = float(at.saturating_sub(counter.last));
            USUAL_PAUSE / (USUAL_PAUSE + pause)
        };
        let (mut candidates, mut near) = (0, 0.0);
        for (_, counter) in silent() {
            candidates += 1;
            near += nearness(counter);
        }
        // On average 1.
        let scale = f64::from(candidates) / near;
        let mut sum = 0.0;
        let mut best: Option<Before> = None;
        for (earlier, counter) in silent() {
            let gap = difference(counter.numbers.1, trace.numbers.0);
            let weight = if is_counted(gap) {
                weight(gap) * scale * nearness(counter)
            } else {
                0.0
            };
            sum += weight;
            if weight > best.map_or(0.0, |most| most.weight) {
                best = Some(Before {
                    earlier: *earlier,
                    gap,
                    weight,
                    sum,
                });
            }
        }
        let before = best.map(|before| Before { sum, ..before });
        births.push(Birth {
            later,
            candidates,
            before,
        });
        open.retain(|(index, _)| Some(*index) != before.map(|it| it.earlier));
        open.push((later, trace));
    }
    births
}

/// How far a counter has gone on.
pub(super) const fn difference(earlier: u16, later: u16) -> u16 {
    (later + NUMBERS - earlier) % NUMBERS
}

pub(super) const fn is_counted(gap: u16) -> bool {
    gap > 0 && (gap as usize) <= 1 << (CLASSES - 1)
}

fn class(gap: u16) -> usize {
    gap.saturating_sub(1)
        .checked_ilog2()
        .map_or(0, |log| log as usize + 1)
}

/// Number of differences in a class.
fn width(class: usize) -> f64 {
    f64::from(1_u16 << class.saturating_sub(1))
}

/// How often each class occurs, and how often chance would cause it.
#[derive(Debug)]
struct Counts {
    found: [u32; CLASSES],
    expected: [f64; CLASSES],
    /// Addresses that could continue another one, and those that seem to.
    with_candidates: u32,
    continued: u32,
}

impl Counts {
    fn of(births: &[Birth]) -> Self {
        let mut counts = Self {
            found: [0; CLASSES],
            expected: [0.0; CLASSES],
            with_candidates: 0,
            continued: 0,
        };
        for birth in births {
            counts.with_candidates += u32::from(birth.candidates > 0);
            for (class, expected) in counts.expected.iter_mut().enumerate() {
                let chance = f64::from(birth.candidates) * width(class) / f64::from(NUMBERS);
                *expected += chance.min(1.0);
            }
            if let Some(before) = birth.before {
                counts.continued += 1;
                if let Some(found) = counts.found.get_mut(class(before.gap)) {
                    *found += 1;
                }
            }
        }
        counts
    }

    /// Chance causes more if numbers are not spread evenly, as those of counters that begin again with each address.
    /// It causes the same back in time, where no counter goes on.
    fn expect_uneven(&mut self, traces: &[Trace], members: &[usize]) {
        let numbers = members.iter().filter_map(|index| traces.get(*index));
        let numbers: Vec<_> = numbers.map(|trace| trace.numbers).collect();
        let (mut pairs, mut all) = ([0_u32; CLASSES], 0_u32);
        for (place, (_, last)) in numbers.iter().enumerate() {
            let before = numbers.iter().take(place).rev().take(MAX_CANDIDATES);
            for (first, _) in before {
                all += 1;
                let gap = difference(*last, *first);
                if let Some(pairs) = pairs.get_mut(class(gap)).filter(|_| gap > 0) {
                    *pairs += 1;
                }
            }
        }
        // The width of the first class is 1.
        let [candidates, ..] = self.expected.map(|expected| expected * f64::from(NUMBERS));
        let most = f64::from(self.with_candidates);
        for (expected, pairs) in self.expected.iter_mut().zip(pairs) {
            let by_chance = candidates * f64::from(pairs) / f64::from(all.max(1));
            *expected = expected.max(by_chance.min(most));
        }
    }

    fn at(&self, class: usize) -> (u32, f64) {
        let found = self.found.get(class).copied().unwrap_or_default();
        (found, self.expected.get(class).copied().unwrap_or_default())
    }

    /// Classes that chance does not explain, alone or together with neighbours: one card alone fills few of each.
    fn believed(&self) -> [bool; CLASSES] {
        let mut believed = [false; CLASSES];
        for from in 0..CLASSES {
            let (mut found, mut expected) = (0, 0.0);
            for to in from..CLASSES {
                let (more, by_chance) = self.at(to);
                found += more;
                expected += by_chance;
                if at_least(found, expected) >= MAX_PROBABILITY {
                    continue;
                }
                for class in from..=to {
                    let (found, expected) = self.at(class);
                    if let Some(slot) = believed.get_mut(class) {
                        *slot |= at_least(found, expected) < MAX_PROBABILITY_OF_EACH;
                    }
                }
            }
        }
        believed
    }

    /// Excess over chance for each difference of a class.
    fn density(&self, class: usize) -> f64 {
        let (found, expected) = self.at(class);
        (f64::from(found) - expected).max(MIN_EXCESS) / width(class)
    }

    /// Excess over chance in all counted classes.
    fn excess(&self, is_counted: impl Fn(usize) -> bool) -> f64 {
        let classes = (0..CLASSES).filter(|&class| is_counted(class));
        let excess = classes.map(|class| self.density(class) * width(class));
        excess.sum()
    }

    /// Share of addresses that continue no other one, estimated from those that do not seem to.
    fn share_without_origin(&self, is_counted: impl Fn(usize) -> bool) -> f64 {
        let addresses = f64::from(self.with_candidates).max(1.0);
        let classes = (0..CLASSES).filter(|&class| is_counted(class));
        let by_chance: f64 = classes.map(|class| self.at(class).1).sum();
        let missed = 1.0 - (by_chance / addresses).min(0.99);
        let without = f64::from(self.with_candidates.saturating_sub(self.continued));
        ((without + 1.0) / (addresses * missed + 1.0)).min(1.0)
    }
}

/// Probability of at least `found` events where `expected` are expected (Poisson distribution).
///
/// The first term is computed in logarithms: in a long capture the powers would underflow.
fn at_least(found: u32, expected: f64) -> f64 {
    if f64::from(found) <= expected {
        return 1.0;
    }
    let logarithm = (1..=found).fold(-expected, |sum, n| sum + (expected / f64::from(n)).ln());
    let (mut term, mut number, mut sum) = (logarithm.exp(), found, 0.0);
    while term > sum * 1e-9 {
        sum += term;
        number += 1;
        term *= expected / f64::from(number);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_tail_matches_known_values() {
        let near = |value: f64, expected: f64| (value - expected).abs() < expected * 1e-6;
        assert!(near(at_least(1, 0.5), 1.0 - (-0.5_f64).exp()));
        assert!(near(at_least(3, 0.1), 1.546_530_7e-4));
        assert!(near(at_least(5, 5.0), 1.0));
        assert!(at_least(20_000, 10_000.0) < MAX_PROBABILITY);
        assert!(at_least(10_100, 10_000.0) > MAX_PROBABILITY);
    }

    #[test]
    fn classes_cover_all_counted_differences() {
        assert_eq!(
            [1, 2, 3, 4, 5, 8, 9, 512, 1024].map(class),
            [0, 1, 2, 2, 3, 3, 4, 9, 10]
        );
        let all: f64 = (0..CLASSES).map(width).sum();
        assert!((all - 1024.0).abs() < f64::EPSILON);
        assert!(is_counted(1024) && !is_counted(1025) && !is_counted(0));
    }
}
