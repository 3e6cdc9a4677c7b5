//! When iwd is asked to search again for a lost network: without a request, its pauses grow up to five
//! minutes.

use std::time::Duration;

use rand::rngs::StdRng;

use crate::time::doubled;
use crate::time::{Time, jitter};

/// iwd searches once without a request.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Between searches in the first minutes.
const EAGER_PAUSE: Duration = Duration::from_millis(400);
const EAGER_FOR: Duration = Duration::from_secs(180);
const MAX_PAUSE: Duration = Duration::from_secs(300);
/// After this another known network is joined as well.
const LOST_ONLY: Duration = Duration::from_secs(2);
/// Doubled with each failure.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy)]
pub(super) struct ReconnectBackoff {
    since: Time,
    pause: Duration,
    /// Failed attempts: iwd would retry at once after each search.
    failures: u32,
}

impl ReconnectBackoff {
    pub(super) const fn new(now: Time) -> Self {
        Self {
            since: now,
            pause: FIRST_PAUSE,
            failures: 0,
        }
    }

    /// Whether another network is joined as well.
    pub(super) fn has_lasted(&self, now: Time) -> bool {
        now.saturating_sub(self.since) >= LOST_ONLY
    }

    pub(super) const fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// The pause before the next search; it grows by a third each time.
    pub(super) fn pause(&mut self, now: Time, rng: &mut StdRng) -> Duration {
        let pause = self.pause;
        self.pause = if now.saturating_sub(self.since) < EAGER_FOR {
            EAGER_PAUSE
        } else {
            (pause + pause / 3).min(MAX_PAUSE)
        };
        let after_failures = match self.failures {
            // Right after the loss iwd tries the last access point.
            0 | 1 => Duration::ZERO,
            failures => doubled(FAILURE_PAUSE, failures - 1, MAX_PAUSE),
        };
        jitter(pause.max(after_failures), rng)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn attempts_that_fail_make_it_patient() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut wake = ReconnectBackoff::new(Time::ZERO);
        for least in [0, 1, 3, 6, 12] {
            wake.failed();
            let pause = wake.pause(Time::ZERO, &mut rng);
            assert!(pause >= Duration::from_secs(least), "{pause:?}");
            assert!(pause < Duration::from_secs(3 * least + 1), "{pause:?}");
        }
    }

    #[test]
    fn it_grows_rarer_by_a_third_each_time() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut wake = ReconnectBackoff::new(Time::ZERO);
        let mut now = Time::ZERO.saturating_add(EAGER_FOR);
        let mut average = FIRST_PAUSE;
        while average < MAX_PAUSE {
            let pause = wake.pause(now, &mut rng);
            assert!(pause >= average.mul_f64(0.74), "{pause:?} {average:?}");
            assert!(pause <= average.mul_f64(1.26), "{pause:?} {average:?}");
            average = average.mul_f64(4.0 / 3.0);
            now += pause;
        }
    }

    #[test]
    fn another_network_will_do_after_two_seconds() {
        let wake = ReconnectBackoff::new(Time::from_secs(10));
        assert!(!wake.has_lasted(Time::from_secs(11)));
        assert!(wake.has_lasted(Time::from_secs(12)));
    }

    #[test]
    fn it_is_eager_for_three_minutes_and_rare_after_an_hour() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut wake = ReconnectBackoff::new(Time::ZERO);
        let mut now = Time::ZERO;
        let mut early = 0;
        while now < EAGER_FOR {
            now += wake.pause(now, &mut rng);
            early += 1;
        }
        assert!(early > 300, "{early}");
        while now < Time::from_secs(3600) {
            now += wake.pause(now, &mut rng);
        }
        let late: Vec<_> = (0..20).map(|_| wake.pause(now, &mut rng)).collect();
        assert!(late.iter().all(|pause| *pause > MAX_PAUSE / 2), "{late:?}");
        assert!(late.iter().all(|pause| *pause < MAX_PAUSE * 2), "{late:?}");
        assert!(late.iter().any(|pause| pause != &late[0]), "no rhythm");
    }
}
