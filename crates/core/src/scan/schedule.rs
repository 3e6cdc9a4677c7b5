//! When to scan, and on which channels: often after a loss, then with increasing delay.
//!
//! A *round* is one scan. A *sweep* covers every channel in short slices. Each slice also covers the
//! known channels, so that a network on a known channel is found without waiting for the sweep.
//!
//! A long search is limited by its cost: rounds on known channels take at most 1/[`KNOWN_SHARE`] of
//! the time and sweeps at most 1/[`SWEEP_SHARE`], together less than one percent.

use std::time::Duration;

use rand::rngs::StdRng;

use crate::machine::Time;
use crate::time::jitter;
use crate::types::{Channel, Frequency};

/// Dwell on a channel where probe requests are sent (mac80211: about 33 ms).
const ACTIVE_DWELL: Duration = Duration::from_millis(40);
/// Dwell on a channel without probe requests (mac80211: about 110 ms).
const PASSIVE_DWELL: Duration = Duration::from_millis(120);
/// Target length of a slice.
const SLICE: Duration = Duration::from_millis(600);

/// Pause between rounds on known channels during [`EAGER_FOR`] after a loss.
const EAGER_PAUSE: Duration = Duration::from_millis(900);
const EAGER_FOR: Duration = Duration::from_secs(180);
/// Pause between the slices of a sweep.
const SLICE_PAUSE: Duration = Duration::from_millis(150);
/// Pause between the first and the second sweep; doubled after each sweep.
const FIRST_SWEEP_PAUSE: Duration = Duration::from_secs(3);

/// Rounds on known channels take one part in this many of the time.
const KNOWN_SHARE: u32 = 450;
/// Sweeps take one part in this many of the time.
const SWEEP_SHARE: u32 = 220;
/// The same without known channels.
const ONLY_SWEEP_SHARE: u32 = 115;

/// Channels with few access points are covered by one sweep in this many.
const RARE_SWEEPS: u32 = 4;
/// Channel 14: 802.11b in Japan only.
const CHANNEL_14: Frequency = 2484;
/// Channels 169 to 177, which few regions allow.
const ABOVE_165: std::ops::Range<Frequency> = 5830..5900;

#[derive(Debug)]
pub(crate) struct ScanSchedule {
    /// The slices of a sweep; most sweeps leave out the last `rare` of them.
    slices: Vec<Vec<Channel>>,
    rare: usize,
    sweeps: u32,
    began: Time,
    rounds: u32,
    pause: Duration,
    /// Index of the next slice during a sweep.
    sweeping: Option<usize>,
    sweep_pause: Duration,
    next_sweep: Time,
}

/// One scan of the schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Round {
    pub(crate) frequencies: Vec<Frequency>,
    /// The sweep continues after this round and can find better networks.
    pub(crate) more_to_come: bool,
}

impl Round {
    pub(crate) fn visit_too(&mut self, frequency: Option<Frequency>) {
        let missing = |frequency: &Frequency| !self.frequencies.contains(frequency);
        if let Some(frequency) = frequency.filter(missing) {
            self.frequencies.push(frequency);
        }
    }
}

impl ScanSchedule {
    pub(crate) fn new(now: Time, channels: &[Channel]) -> Self {
        let (rare, usual): (Vec<Channel>, Vec<Channel>) = channels
            .iter()
            .partition(|channel| is_rare(channel.frequency));
        let rare = slices(&rare);
        Self {
            rare: rare.len(),
            slices: [slices(&usual), rare].concat(),
            sweeps: 0,
            began: now,
            rounds: 0,
            pause: EAGER_PAUSE,
            sweeping: Some(0),
            sweep_pause: FIRST_SWEEP_PAUSE,
            next_sweep: now,
        }
    }

    /// Restarts the search: a network was lost, or the user requested a connection.
    pub(crate) fn restart(&mut self, now: Time) {
        self.began = now;
        self.rounds = 0;
        self.pause = EAGER_PAUSE;
        self.sweeping = Some(0);
        self.sweep_pause = FIRST_SWEEP_PAUSE;
        self.next_sweep = now;
    }

    /// The next round; `known` are channels where a configured network was heard before, best first.
    pub(crate) fn next_round(&mut self, now: Time, known: &[Frequency]) -> Round {
        let first = self.rounds == 0;
        self.rounds = self.rounds.saturating_add(1);
        if first && !known.is_empty() {
            return Round {
                frequencies: known.to_vec(),
                more_to_come: false,
            };
        }
        if self.sweeping.is_none() && now >= self.next_sweep {
            self.sweeping = Some(0);
        }
        let mut frequencies = known.to_vec();
        let before = self.sweeping;
        while let Some(slice) = self.sweeping.and_then(|index| self.slices.get(index)) {
            let band_of = |channel: &Channel| is_fast(channel.frequency);
            let band = slice.first().map(band_of);
            let swept = slice.iter().map(|channel| channel.frequency);
            frequencies.extend(swept.filter(|frequency| !known.contains(frequency)));
            self.advance_sweep(now, known);
            let next = self
                .sweeping
                .and_then(|index| self.slices.get(index)?.first());
            // Without known channels, longer rounds are cheaper: each scan start costs 50 ms.
            if !known.is_empty() || next.map(band_of) != band {
                break;
            }
        }
        Round {
            frequencies,
            more_to_come: before.is_some() && self.sweeping.is_some(),
        }
    }

    fn advance_sweep(&mut self, now: Time, known: &[Frequency]) {
        let with_rare = self.sweeps % RARE_SWEEPS == RARE_SWEEPS - 1;
        let left_out = if with_rare { 0 } else { self.rare };
        let end = self.slices.len().saturating_sub(left_out);
        self.sweeping = self
            .sweeping
            .map(|index| index + 1)
            .filter(|&index| index < end);
        if self.sweeping.is_none() {
            self.sweeps = self.sweeps.wrapping_add(1);
            self.next_sweep = now.saturating_add(self.sweep_pause);
            let share = if known.is_empty() {
                ONLY_SWEEP_SHARE
            } else {
                SWEEP_SHARE
            };
            let max = self.sweep_cost(known).saturating_mul(share);
            self.sweep_pause = self.sweep_pause.saturating_mul(2).min(max);
        }
    }

    /// The pause before the next round.
    pub(crate) fn pause(&mut self, now: Time, known: &[Frequency], rng: &mut StdRng) -> Duration {
        if self.sweeping.is_some() {
            return if known.is_empty() {
                Duration::ZERO
            } else {
                SLICE_PAUSE
            };
        }
        if known.is_empty() {
            return jitter(self.next_sweep.saturating_sub(now), rng);
        }
        if now.saturating_sub(self.began) > EAGER_FOR {
            let max = self.cost(known).saturating_mul(KNOWN_SHARE);
            self.pause = (self.pause + self.pause / 3).min(max.max(EAGER_PAUSE));
        }
        jitter(self.pause, rng)
    }

    fn cost(&self, frequencies: &[Frequency]) -> Duration {
        let all = self.slices.iter().flatten();
        all.filter(|channel| frequencies.contains(&channel.frequency))
            .copied()
            .map(dwell)
            .sum()
    }

    /// Duration of a whole sweep, including the known channels in each slice.
    fn sweep_cost(&self, known: &[Frequency]) -> Duration {
        let channels: Duration = self.slices.iter().flatten().copied().map(dwell).sum();
        let slices = u32::try_from(self.slices.len()).unwrap_or(u32::MAX);
        channels.saturating_add(self.cost(known).saturating_mul(slices))
    }
}

/// Whether the channel is above the 2.4 GHz band.
pub(crate) const fn is_fast(frequency: Frequency) -> bool {
    frequency >= 3000
}

fn is_rare(frequency: Frequency) -> bool {
    frequency == CHANNEL_14 || ABOVE_165.contains(&frequency)
}

const fn dwell(channel: Channel) -> Duration {
    if channel.no_ir {
        PASSIVE_DWELL
    } else {
        ACTIVE_DWELL
    }
}

/// Cuts the channels into slices of equal length. The 2.4 GHz band comes last, so that its results
/// are fresh if no faster band has a network.
fn slices(channels: &[Channel]) -> Vec<Vec<Channel>> {
    let mut ordered = channels.to_vec();
    ordered.sort_unstable_by_key(|channel| {
        (
            !is_fast(channel.frequency),
            channel.no_ir,
            channel.frequency,
        )
    });
    let mut slices: Vec<Vec<Channel>> = Vec::new();
    let mut room = Duration::ZERO;
    for channel in ordered {
        match slices.last_mut() {
            Some(slice) if room >= dwell(channel) => slice.push(channel),
            _ => {
                slices.push(vec![channel]);
                room = SLICE;
            }
        }
        room = room.saturating_sub(dwell(channel));
    }
    slices
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const HOME: &[Frequency] = &[2437];

    fn card_channels() -> Vec<Channel> {
        let low = (0..13).map(|n| Channel {
            frequency: 2412 + 5 * n,
            no_ir: n > 10,
        });
        let high = (0..25).map(|n| Channel {
            frequency: 5180 + 20 * n,
            no_ir: true,
        });
        low.chain(high).collect()
    }

    /// Runs the schedule for `span`; returns (start, length, channels) of each round.
    fn rounds(known: &[Frequency], span: Duration) -> Vec<(Time, Duration, Vec<Frequency>)> {
        let channels = card_channels();
        let mut rng = StdRng::seed_from_u64(1);
        let mut schedule = ScanSchedule::new(Time::ZERO, &channels);
        let mut now = Time::ZERO;
        let mut seen = Vec::new();
        while now < span {
            let round = schedule.next_round(now, known);
            let length = schedule.cost(&round.frequencies);
            seen.push((now, length, round.frequencies));
            now += length;
            now += schedule.pause(now, known, &mut rng);
        }
        seen
    }

    #[test]
    fn channel_14_is_covered_by_few_sweeps() {
        let mut channels = card_channels();
        channels.push(Channel {
            frequency: CHANNEL_14,
            no_ir: true,
        });
        let mut schedule = ScanSchedule::new(Time::ZERO, &channels);
        let mut visits = Vec::new();
        for second in 0..10_000 {
            let now = Time::from_secs(second);
            if schedule
                .next_round(now, &[])
                .frequencies
                .contains(&CHANNEL_14)
            {
                visits.push(schedule.sweeps);
            }
        }
        assert_eq!(visits.first(), Some(&4));
        assert!(visits.len() > 2);
    }

    #[test]
    fn first_round_covers_only_known_channels() {
        assert_eq!(rounds(HOME, Duration::from_secs(1))[0].2, HOME);
    }

    #[test]
    fn known_channel_is_scanned_every_two_seconds_after_a_loss() {
        let rounds = rounds(HOME, EAGER_FOR);
        for pair in rounds.windows(2) {
            assert!(pair[1].2.contains(&2437));
            assert!(pair[1].0 < pair[0].0 + Duration::from_secs(2), "{pair:?}");
        }
    }

    #[test]
    fn first_sweep_covers_every_channel_within_ten_seconds() {
        for known in [&[], HOME] {
            let rounds = rounds(known, Duration::from_secs(10));
            for channel in card_channels() {
                let visited = rounds
                    .iter()
                    .any(|round| round.2.contains(&channel.frequency));
                assert!(visited, "{channel:?} with {known:?} known");
            }
        }
    }

    #[test]
    fn scanning_for_a_day_takes_less_than_one_percent() {
        let day = Duration::from_secs(24 * 3600);
        for known in [&[], HOME, &[2437, 5180, 5500]] {
            let spent: Duration = rounds(known, day).iter().map(|round| round.1).sum();
            assert!(spent < day / 100, "{spent:?} with {known:?} known");
        }
    }

    #[test]
    fn sweep_starts_with_the_fast_bands() {
        let mut schedule = ScanSchedule::new(Time::ZERO, &card_channels());
        let fast = schedule.next_round(Time::ZERO, &[]);
        assert!(fast.more_to_come);
        assert_eq!(fast.frequencies.len(), 25);
        assert!(fast.frequencies.iter().all(|&frequency| frequency > 5000));
        let slow = schedule.next_round(Time::ZERO, &[]);
        assert!(!slow.more_to_come);
        assert_eq!(slow.frequencies.len(), 13);
        assert_eq!(
            slow.frequencies[..2],
            [2412, 2417],
            "active channels before passive ones"
        );
    }

    #[test]
    fn pauses_grow_after_three_minutes_up_to_their_share() {
        let mut schedule = ScanSchedule::new(Time::ZERO, &card_channels());
        schedule.sweeping = None;
        let mut rng = StdRng::seed_from_u64(1);
        schedule.pause(EAGER_FOR, HOME, &mut rng);
        assert_eq!(schedule.pause, EAGER_PAUSE);
        let later = EAGER_FOR + Duration::from_secs(1);
        for millis in [1_200, 1_600] {
            schedule.pause(later, HOME, &mut rng);
            assert_eq!(schedule.pause, Duration::from_millis(millis));
        }
        for _ in 0..20 {
            schedule.pause(later, HOME, &mut rng);
        }
        assert_eq!(schedule.pause, ACTIVE_DWELL * KNOWN_SHARE);
    }

    #[test]
    fn restart_resets_the_schedule() {
        let channels = card_channels();
        let mut schedule = ScanSchedule::new(Time::ZERO, &channels);
        let mut rng = StdRng::seed_from_u64(1);
        for minute in 0..600 {
            let now = Time::from_secs(60 * minute);
            schedule.next_round(now, HOME);
            schedule.pause(now, HOME, &mut rng);
        }
        let now = Time::from_secs(36_000);
        schedule.restart(now);
        schedule.sweeps = 0;
        let first = ScanSchedule::new(now, &channels);
        assert_eq!(format!("{schedule:?}"), format!("{first:?}"));
    }
}
