//! Hidden networks: their SSIDs are sent only on channels with a beacon without an SSID, and with
//! increasing delay to a BSS that does not respond.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::machine::Time;
use crate::types::{Bss, Frequency, Mac};

const FIRST_PAUSE: Duration = Duration::from_secs(10);
const MAX_PAUSE: Duration = Duration::from_secs(600);

/// BSSs whose beacons carry no SSID.
#[derive(Debug, Default)]
pub(crate) struct HiddenProbes {
    probes: BTreeMap<Mac, Probe>,
}

#[derive(Debug)]
struct Probe {
    frequency: Frequency,
    pause: Duration,
    next: Time,
}

impl HiddenProbes {
    pub(crate) fn add(&mut self, now: Time, fresh: &[Bss]) {
        for bss in fresh.iter().filter(|bss| bss.ssid.is_hidden()) {
            let probe = Probe {
                frequency: bss.frequency,
                pause: FIRST_PAUSE,
                next: now,
            };
            self.probes.entry(bss.bssid).or_insert(probe).frequency = bss.frequency;
        }
    }

    /// Channels on which SSIDs should be sent now; the caller sends them.
    pub(crate) fn take_due(&mut self, now: Time) -> Vec<Frequency> {
        let mut channels = Vec::new();
        for probe in self.probes.values_mut().filter(|probe| probe.next <= now) {
            probe.next = now.saturating_add(probe.pause);
            probe.pause = probe.pause.saturating_mul(2).min(MAX_PAUSE);
            if !channels.contains(&probe.frequency) {
                channels.push(probe.frequency);
            }
        }
        channels
    }

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
