//! Memory of a station while it runs: channels of networks, failed attempts, addresses in use.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::machine::Time;
use crate::time::doubled;
use crate::types::{Frequency, Mac, Ssid};

/// Channels remembered per network; a sweep finds the others.
const MAX_CHANNELS_PER_NETWORK: usize = 4;

#[derive(Debug, Default)]
pub(crate) struct FailureMemory(BTreeMap<Ssid, Known>);

/// What is known of a network.
#[derive(Debug, Default)]
struct Known {
    /// Where it was heard, latest first.
    channels: Vec<Frequency>,
    failures: u32,
    retry_at: Time,
    /// What this station used there last.
    address: Option<Mac>,
}

/// Why an attempt failed; decides the pause before the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// No response, or the connection was lost: a retry can succeed soon.
    Transient,
    /// The supplicant did not try, because it blocks the network for a while; no frame was sent.
    Skipped,
    /// The access point refused, or a key was wrong: a retry only exposes the address.
    Refused,
}

impl Cause {
    const fn first_pause(self) -> Duration {
        match self {
            Self::Transient => Duration::from_secs(1),
            Self::Skipped => Duration::from_secs(5),
            Self::Refused => Duration::from_secs(10),
        }
    }

    const fn max_pause(self) -> Duration {
        match self {
            Self::Transient => Duration::from_secs(60),
            Self::Skipped => Duration::from_secs(5),
            Self::Refused => Duration::from_secs(300),
        }
    }
}

impl FailureMemory {
    fn of(&mut self, ssid: &Ssid) -> &mut Known {
        self.0.entry(ssid.clone()).or_default()
    }

    pub(crate) fn heard(&mut self, ssid: &Ssid, frequency: Frequency) {
        let channels = &mut self.of(ssid).channels;
        channels.retain(|&known| known != frequency);
        channels.insert(0, frequency);
        channels.truncate(MAX_CHANNELS_PER_NETWORK);
    }

    /// Channels where the network was heard, latest first.
    pub(crate) fn channels(&self, ssid: &Ssid) -> &[Frequency] {
        self.0.get(ssid).map_or(&[], |known| &known.channels)
    }

    /// Records a failure; returns the pause before the next attempt.
    pub(crate) fn failed(&mut self, now: Time, ssid: &Ssid, cause: Cause) -> Duration {
        let known = self.of(ssid);
        let pause = doubled(cause.first_pause(), known.failures, cause.max_pause());
        known.failures = known
            .failures
            .saturating_add(u32::from(cause != Cause::Skipped));
        known.retry_at = known.retry_at.max(now.saturating_add(pause));
        pause
    }

    /// Blocks attempts to join the network until then.
    pub(crate) fn block(&mut self, until: Time, ssid: &Ssid) {
        let known = self.of(ssid);
        known.retry_at = known.retry_at.max(until);
    }

    /// Records the address that this station used in the network.
    pub(crate) fn set_address(&mut self, ssid: &Ssid, address: Mac) {
        self.of(ssid).address = Some(address);
    }

    /// Whether this station last used that address in the network.
    pub(crate) fn has_address(&self, ssid: &Ssid, address: Mac) -> bool {
        self.0
            .get(ssid)
            .is_some_and(|known| known.address == Some(address))
    }

    pub(crate) fn succeeded(&mut self, ssid: &Ssid) {
        if let Some(known) = self.0.get_mut(ssid) {
            known.forget_failures();
        }
    }

    /// Ends all pauses: the user requested a connection.
    pub(crate) fn clear_failures(&mut self) {
        self.0.values_mut().for_each(Known::forget_failures);
    }

    pub(crate) fn can_try(&self, now: Time, ssid: &Ssid) -> bool {
        self.0.get(ssid).is_none_or(|known| known.retry_at <= now)
    }
}

impl Known {
    const fn forget_failures(&mut self) {
        self.failures = 0;
        self.retry_at = Time::ZERO;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> Ssid {
        Ssid::new(b"Home").unwrap()
    }

    #[test]
    fn refusals_double_the_pause_up_to_five_minutes() {
        let mut memory = FailureMemory::default();
        let pauses: Vec<u64> = (0..7)
            .map(|_| memory.failed(Time::ZERO, &home(), Cause::Refused).as_secs())
            .collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 300, 300]);
        assert!(!memory.can_try(Time::from_secs(299), &home()));
        assert!(memory.can_try(Time::from_secs(300), &home()));
    }

    #[test]
    fn skipped_attempt_does_not_extend_the_pause() {
        let mut memory = FailureMemory::default();
        for cause in [Cause::Refused, Cause::Skipped, Cause::Skipped] {
            memory.failed(Time::ZERO, &home(), cause);
        }
        let pause = memory.failed(Time::ZERO, &home(), Cause::Refused);
        assert_eq!(pause, Duration::from_secs(20));
    }

    #[test]
    fn block_outlasts_a_shorter_pause() {
        let mut memory = FailureMemory::default();
        memory.block(Time::from_secs(30), &home());
        memory.failed(Time::ZERO, &home(), Cause::Transient);
        assert!(!memory.can_try(Time::from_secs(29), &home()));
        memory.block(Time::from_secs(5), &home());
        assert!(memory.can_try(Time::from_secs(30), &home()));
    }

    #[test]
    fn success_or_clearing_failures_ends_the_pause() {
        let mut memory = FailureMemory::default();
        memory.failed(Time::ZERO, &home(), Cause::Refused);
        memory.succeeded(&home());
        assert!(memory.can_try(Time::ZERO, &home()));
        memory.failed(Time::ZERO, &home(), Cause::Transient);
        memory.clear_failures();
        assert!(memory.can_try(Time::ZERO, &home()));
    }

    #[test]
    fn latest_channel_comes_first() {
        let mut memory = FailureMemory::default();
        for frequency in [2412, 2437, 5180, 2462, 5500, 2437] {
            memory.heard(&home(), frequency);
        }
        assert_eq!(memory.channels(&home()), [2437, 5500, 2462, 5180]);
        for _ in 0..4 {
            memory.heard(&home(), 2437);
        }
        assert_eq!(memory.channels(&home()), [2437, 5500, 2462, 5180]);
    }
}
