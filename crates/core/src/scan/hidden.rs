//! Hidden networks: their names are sent only where a beacon without a name was heard, and ever more
//! rarely to those that do not answer.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::machine::Time;
use crate::types::{Bss, Frequency, Mac};

const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// The BSSs heard that do not say their names.
#[derive(Debug, Default)]
pub(crate) struct HiddenProbes {
    heard: BTreeMap<Mac, Asked>,
}

#[derive(Debug)]
struct Asked {
    frequency: Frequency,
    pause: Duration,
    next: Time,
}

impl HiddenProbes {
    pub(crate) fn listen(&mut self, now: Time, fresh: &[Bss]) {
        for bss in fresh.iter().filter(|bss| bss.ssid.is_hidden()) {
            let asked = Asked {
                frequency: bss.frequency,
                pause: FIRST_PAUSE,
                next: now,
            };
            self.heard.entry(bss.bssid).or_insert(asked).frequency = bss.frequency;
        }
    }

    /// Channels on which names should be sent now; counts as done.
    pub(crate) fn take_due(&mut self, now: Time) -> Vec<Frequency> {
        let mut channels = Vec::new();
        for asked in self.heard.values_mut().filter(|asked| asked.next <= now) {
            asked.next = now.saturating_add(asked.pause);
            asked.pause = asked.pause.saturating_mul(2).min(LONGEST_PAUSE);
            if !channels.contains(&asked.frequency) {
                channels.push(asked.frequency);
            }
        }
        channels
    }

    pub(crate) fn forget(&mut self) {
        self.heard.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Ssid;

    fn beacon(name: &[u8]) -> Bss {
        let ssid = Ssid::new(name).unwrap();
        Bss {
            bssid: Mac([2, 0, 0, 0, 0, 9]),
            frequency: 2412,
            signal: -50,
            ssid,
            ms_ago: 1,
        }
    }

    #[test]
    fn only_a_beacon_without_a_name_is_asked_for_one() {
        let mut hidden = HiddenProbes::default();
        hidden.listen(Time::ZERO, &[beacon(b"Cafe")]);
        assert!(hidden.take_due(Time::ZERO).is_empty());
        for ssid in [&b""[..], &[0; 7]] {
            let mut hidden = HiddenProbes::default();
            hidden.listen(Time::ZERO, &[beacon(ssid)]);
            assert_eq!(hidden.take_due(Time::ZERO), [2412]);
        }
    }

    #[test]
    fn one_that_does_not_answer_is_asked_ever_more_rarely() {
        let mut hidden = HiddenProbes::default();
        let mut asked = Vec::new();
        for second in 0..100 {
            let now = Time::from_secs(second);
            hidden.listen(now, &[beacon(b"")]);
            if !hidden.take_due(now).is_empty() {
                asked.push(second);
            }
        }
        assert_eq!(asked, [0, 10, 30, 70]);
    }
}
