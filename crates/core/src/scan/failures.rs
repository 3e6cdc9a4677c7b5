//! Memory of a station while it runs: channels of networks, failed attempts, addresses in use.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::machine::Time;
use crate::time::doubled;
use crate::types::{Frequency, Mac, Ssid};

/// Channels remembered per network; a sweep finds the others.
const MAX_CHANNELS_PER_NETWORK: usize = 4;

#[derive(Debug, Default)]
pub(crate) struct FailureMemory {
    channels: BTreeMap<Ssid, Vec<Frequency>>,
    failures: BTreeMap<Ssid, Failures>,
    addresses: BTreeMap<Ssid, Mac>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    retry_at: Time,
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
    pub(crate) fn heard(&mut self, ssid: &Ssid, frequency: Frequency) {
        let channels = self.channels.entry(ssid.clone()).or_default();
        channels.retain(|&known| known != frequency);
        channels.insert(0, frequency);
        channels.truncate(MAX_CHANNELS_PER_NETWORK);
    }

    /// Channels where the network was heard, latest first.
    pub(crate) fn channels(&self, ssid: &Ssid) -> &[Frequency] {
        self.channels.get(ssid).map_or(&[], Vec::as_slice)
    }

    /// Records a failure; returns the pause before the next attempt.
    pub(crate) fn failed(&mut self, now: Time, ssid: &Ssid, cause: Cause) -> Duration {
        let count = self.failures.get(ssid).map_or(0, |failures| failures.count);
        let pause = doubled(cause.first_pause(), count, cause.max_pause());
        let failures = Failures {
            count: count.saturating_add(u32::from(cause != Cause::Skipped)),
            retry_at: now.saturating_add(pause).max(self.retry_at(ssid)),
        };
        self.failures.insert(ssid.clone(), failures);
        pause
    }

    /// Blocks attempts to join the network until then.
    pub(crate) fn block(&mut self, until: Time, ssid: &Ssid) {
        let count = self.failures.get(ssid).map_or(0, |failures| failures.count);
        let retry_at = until.max(self.retry_at(ssid));
        self.failures
            .insert(ssid.clone(), Failures { count, retry_at });
    }

    fn retry_at(&self, ssid: &Ssid) -> Time {
        self.failures
            .get(ssid)
            .map_or(Time::ZERO, |failures| failures.retry_at)
    }

    /// Records the address that this station used in the network.
    pub(crate) fn set_address(&mut self, ssid: &Ssid, address: Mac) {
        self.addresses.insert(ssid.clone(), address);
    }

    /// Whether this station last used that address in the network.
    pub(crate) fn has_address(&self, ssid: &Ssid, address: Mac) -> bool {
        self.addresses.get(ssid) == Some(&address)
    }

    pub(crate) fn succeeded(&mut self, ssid: &Ssid) {
        self.failures.remove(ssid);
    }

    /// Ends all pauses: the user requested a connection.
    pub(crate) fn clear_failures(&mut self) {
        self.failures.clear();
    }

    pub(crate) fn can_try(&self, now: Time, ssid: &Ssid) -> bool {
        self.retry_at(ssid) <= now
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
