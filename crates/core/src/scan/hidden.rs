//! Hidden networks: their SSIDs are sent only on channels with a beacon without an SSID, and with
//! increasing delay to a BSS that does not respond.
//!
//! Anyone can send such beacons, from ever new BSSIDs: a budget for each channel and one for all channels
//! limit how often the SSIDs are sent, and the search for other networks goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::machine::Time;
use crate::types::{Bss, Frequency, Mac};

const FIRST_PAUSE: Duration = Duration::from_secs(10);
const MAX_PAUSE: Duration = Duration::from_secs(600);
/// BSSs that are remembered. One that is forgotten is as good as new.
const MAX_PROBES: usize = 128;
/// How often SSIDs are sent on one channel: so often at once, then once in this time.
const CHANNEL_BURST: u32 = 3;
const CHANNEL_INTERVAL: Duration = Duration::from_secs(20);
/// The same, on all channels together.
const BURST: u32 = 8;
const INTERVAL: Duration = Duration::from_secs(15);

/// BSSs whose beacons carry no SSID.
#[derive(Debug)]
pub(crate) struct HiddenProbes {
    probes: BTreeMap<Mac, Box<Probe>>,
    budget: Budget,
    /// There are no more than the card has channels.
    channels: BTreeMap<Frequency, Budget>,
}

/// So many at once, then one in each interval.
#[derive(Debug)]
struct Budget {
    burst: u32,
    interval: Duration,
    /// When it is full again.
    full_at: Time,
}

#[derive(Debug)]
struct Probe {
    frequency: Frequency,
    pause: Duration,
    next: Time,
    heard: Time,
}

impl Probe {
    const fn new(now: Time, frequency: Frequency) -> Self {
        Self {
            frequency,
            pause: FIRST_PAUSE,
            next: now,
            heard: now,
        }
    }
}

impl Budget {
    const fn new(burst: u32, interval: Duration) -> Self {
        Self {
            burst,
            interval,
            full_at: Time::ZERO,
        }
    }

    fn is_left(&self, now: Time) -> bool {
        let spent = self.full_at.saturating_sub(now);
        spent.saturating_add(self.interval) <= self.interval.saturating_mul(self.burst)
    }

    fn spend(&mut self, now: Time) {
        self.full_at = self.full_at.max(now).saturating_add(self.interval);
    }
}

impl Default for HiddenProbes {
    fn default() -> Self {
        Self {
            probes: BTreeMap::new(),
            budget: Budget::new(BURST, INTERVAL),
            channels: BTreeMap::new(),
        }
    }
}

impl HiddenProbes {
    pub(crate) fn add(&mut self, now: Time, fresh: &[Bss]) {
        for bss in fresh.iter().filter(|bss| bss.ssid.is_hidden()) {
            let new = || Box::new(Probe::new(now, bss.frequency));
            let probe = self.probes.entry(bss.bssid).or_insert_with(new);
            probe.frequency = bss.frequency;
            probe.heard = now;
            self.forget_surplus();
        }
    }

    /// On the fullest channel, the one that was heard longest ago makes room: invented BSSs on one channel do not
    /// displace those of others.
    fn forget_surplus(&mut self) {
        if self.probes.len() <= MAX_PROBES {
            return;
        }
        let mut counts = BTreeMap::<Frequency, usize>::new();
        for probe in self.probes.values() {
            *counts.entry(probe.frequency).or_default() += 1;
        }
        let fullest = counts.into_iter().max_by_key(|&(_, count)| count);
        let there = |probe: &Probe| fullest.is_some_and(|(at, _)| at == probe.frequency);
        let crowd = self.probes.iter().filter(|(_, probe)| there(probe));
        let oldest = crowd.min_by_key(|(_, probe)| probe.heard);
        if let Some(bssid) = oldest.map(|(bssid, _)| *bssid) {
            self.probes.remove(&bssid);
        }
    }

    /// Channels on which SSIDs should be sent now; the caller sends them.
    pub(crate) fn take_due(&mut self, now: Time) -> Vec<Frequency> {
        let mut channels = Vec::new();
        for probe in self.probes.values_mut().filter(|probe| probe.next <= now) {
            let frequency = probe.frequency;
            if !channels.contains(&frequency) {
                let new = || Budget::new(CHANNEL_BURST, CHANNEL_INTERVAL);
                let channel = self.channels.entry(frequency).or_insert_with(new);
                if !(channel.is_left(now) && self.budget.is_left(now)) {
                    continue;
                }
                channel.spend(now);
                self.budget.spend(now);
                channels.push(frequency);
            }
            probe.next = now.saturating_add(probe.pause);
            probe.pause = probe.pause.saturating_mul(2).min(MAX_PAUSE);
        }
        channels
    }

    /// Whether the SSID of one BSS should be sent now; the caller sends it.
    pub(crate) fn is_due(&mut self, now: Time, bssid: Mac, frequency: Frequency) -> bool {
        let new = || Box::new(Probe::new(now, frequency));
        self.probes.entry(bssid).or_insert_with(new).heard = now;
        self.forget_surplus();
        let probe = self.probes.get_mut(&bssid);
        let Some(probe) = probe.filter(|probe| probe.next <= now) else {
            return false;
        };
        let new = || Budget::new(CHANNEL_BURST, CHANNEL_INTERVAL);
        let channel = self.channels.entry(frequency).or_insert_with(new);
        if !(channel.is_left(now) && self.budget.is_left(now)) {
            return false;
        }
        channel.spend(now);
        self.budget.spend(now);
        probe.next = now.saturating_add(probe.pause);
        probe.pause = probe.pause.saturating_mul(2).min(MAX_PAUSE);
        true
    }

    /// Every BSS is new again; what the budgets have spent stays spent.
    pub(crate) fn forget(&mut self) {
        self.probes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Ssid;

    fn beacon(ssid: &[u8]) -> Bss {
        let ssid = Ssid::new(ssid).unwrap();
        Bss {
            bssid: Mac([2, 0, 0, 0, 0, 9]),
            frequency: 2412,
            signal: -50,
            ssid,
            ms_ago: 1,
            owe: None,
        }
    }

    #[test]
    fn only_beacons_without_ssid_are_probed() {
        let mut hidden = HiddenProbes::default();
        hidden.add(Time::ZERO, &[beacon(b"Cafe")]);
        assert!(hidden.take_due(Time::ZERO).is_empty());
        for ssid in [&b""[..], &[0; 7]] {
            let mut hidden = HiddenProbes::default();
            hidden.add(Time::ZERO, &[beacon(ssid)]);
            assert_eq!(hidden.take_due(Time::ZERO), [2412]);
        }
    }

    /// Beacons from ever new BSSIDs on these channels, ten times a second; how often SSIDs were sent.
    fn flooded(channels: &[Frequency], seconds: u32) -> usize {
        let mut hidden = HiddenProbes::default();
        let mut sent = 0;
        for moment in 0..seconds * 10 {
            let now = Time::from_millis(u64::from(moment) * 100);
            let [_, a, b, c] = moment.to_be_bytes();
            let invented = |(number, &frequency): (u8, &Frequency)| Bss {
                bssid: Mac([2, number, 0, a, b, c]),
                frequency,
                ..beacon(b"")
            };
            let air: Vec<_> = (0..).zip(channels).map(invented).collect();
            hidden.add(now, &air);
            sent += hidden.take_due(now).len();
            assert!(hidden.probes.len() <= MAX_PROBES);
            if moment.is_multiple_of(50) {
                hidden.forget();
            }
        }
        sent
    }

    #[test]
    fn invented_bsss_cause_few_probe_requests() {
        assert_eq!(flooded(&[2412], 60), 3 + 3 - 1);
        let all: Vec<_> = (0..13).map(|number| 2412 + 5 * number).collect();
        assert_eq!(flooded(&all, 60), 8 + 4 - 1);
    }

    #[test]
    fn invented_bsss_do_not_hide_the_real_one_for_long() {
        let mut hidden = HiddenProbes::default();
        let real = Bss {
            frequency: 2437,
            ..beacon(b"")
        };
        for number in 0..200 {
            let invented = Bss {
                bssid: Mac([2, 0, 0, 0, 1, number]),
                ..beacon(b"")
            };
            hidden.add(Time::ZERO, &[invented]);
            hidden.take_due(Time::ZERO);
        }
        hidden.add(Time::ZERO, &[real]);
        assert_eq!(hidden.take_due(Time::ZERO), [2437]);
    }

    #[test]
    fn single_bsss_have_the_same_bounds_and_pauses() {
        let mut hidden = HiddenProbes::default();
        let mac = |last| Mac([2, 0, 0, 0, 1, last]);
        let due = (0..=255).filter(|&last| hidden.is_due(Time::ZERO, mac(last), 2412));
        assert_eq!(due.count(), CHANNEL_BURST as usize);
        assert!(hidden.probes.len() <= MAX_PROBES);
        let mut hidden = HiddenProbes::default();
        let mut due = |second| hidden.is_due(Time::from_secs(second), mac(0), 2412);
        let seconds = [0, 9, 10, 29, 30];
        assert_eq!(seconds.map(&mut due), [true, false, true, false, true]);
    }

    #[test]
    fn silent_bss_is_probed_with_increasing_delay() {
        let mut hidden = HiddenProbes::default();
        let mut probed = Vec::new();
        for second in 0..100 {
            let now = Time::from_secs(second);
            hidden.add(now, &[beacon(b"")]);
            if !hidden.take_due(now).is_empty() {
                probed.push(second);
            }
        }
        assert_eq!(probed, [0, 10, 30, 70]);
    }
}
