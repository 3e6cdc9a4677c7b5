//! What the kernel measures of the connection's signal.

use std::time::Duration;

use macveil_core::machine::wpa;

use super::{Condition, Due, Happening, World};

/// Some beacons.
const MEASURES_FOR: Duration = Duration::from_millis(700);
/// Below this, in dBm, the signal is weak.
const THRESHOLD: i32 = -70;

impl World {
    /// mac80211 reports the mean of some beacons (`IEEE80211_SIGNAL_AVE_MIN_COUNT`, `ieee80211_i.h`).
    pub(in crate::world) fn measure_signal(&mut self) {
        let due = Due::Measures(self.supplicant.number);
        self.after(MEASURES_FOR, Happening::Supplicant(due));
    }

    pub(super) fn report_signal(&mut self, number: u64) {
        let supplicant = &self.supplicant;
        let attempt = supplicant.attempt.as_ref();
        let ap = attempt
            .filter(|it| it.number == number)
            .and_then(|it| it.ap);
        if supplicant.phase != Condition::Connected || !supplicant.settings.monitors {
            return;
        }
        if let Some(ap) = ap {
            let signal = self.access_points[ap].signal;
            let weak = signal < THRESHOLD;
            self.say(wpa::Supplicant::SignalChanged { weak, signal });
        }
    }
}
