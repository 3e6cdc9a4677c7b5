//! What a station learns while it runs: where networks were heard, and which attempts failed.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::machine::Time;
use crate::time::doubled;
use crate::types::{Frequency, Mac, Ssid};

/// More channels than this are not remembered for one network: the sweep finds the rest.
const CHANNELS_PER_NETWORK: usize = 4;

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

/// Why an attempt failed, as far as the next one depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Nobody answered, or the connection broke: it may work in a moment.
    Passing,
    /// The supplicant would not even try, as for a while after a refusal; nothing was sent.
    Unwilling,
    /// The access point or its keys said no: asking again shows the address for nothing.
    Refused,
}

impl Cause {
    const fn first_pause(self) -> Duration {
        match self {
            Self::Passing => Duration::from_secs(1),
            Self::Unwilling => Duration::from_secs(5),
            Self::Refused => Duration::from_secs(10),
        }
    }

    const fn longest_pause(self) -> Duration {
        match self {
            Self::Passing => Duration::from_secs(60),
            Self::Unwilling => Duration::from_secs(5),
            Self::Refused => Duration::from_secs(300),
        }
    }
}

impl FailureMemory {
    pub(crate) fn heard(&mut self, ssid: &Ssid, frequency: Frequency) {
        let channels = self.channels.entry(ssid.clone()).or_default();
        channels.retain(|&known| known != frequency);
        channels.insert(0, frequency);
        channels.truncate(CHANNELS_PER_NETWORK);
    }

    /// Where the network was heard, latest first.
    pub(crate) fn channels(&self, ssid: &Ssid) -> &[Frequency] {
        self.channels.get(ssid).map_or(&[], Vec::as_slice)
    }

    /// Notes a failure; returns how long to leave the network alone.
    pub(crate) fn failed(&mut self, now: Time, ssid: &Ssid, cause: Cause) -> Duration {
        let count = self.failures.get(ssid).map_or(0, |failures| failures.count);
        let pause = doubled(cause.first_pause(), count, cause.longest_pause());
        let failures = Failures {
            count: count.saturating_add(u32::from(cause != Cause::Unwilling)),
            retry_at: now.saturating_add(pause).max(self.retry_at(ssid)),
        };
        self.failures.insert(ssid.clone(), failures);
        pause
    }

    /// The network is not to be tried before that.
    pub(crate) fn leave_alone(&mut self, until: Time, ssid: &Ssid) {
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

    /// The network has seen this station under that address.
    pub(crate) fn known_as(&mut self, ssid: &Ssid, address: Mac) {
        self.addresses.insert(ssid.clone(), address);
    }

    /// Whether that address is the one under which the network knows this station.
    pub(crate) fn is_known_as(&self, ssid: &Ssid, address: Mac) -> bool {
        self.addresses.get(ssid) == Some(&address)
    }

    pub(crate) fn succeeded(&mut self, ssid: &Ssid) {
        self.failures.remove(ssid);
    }

    /// Somebody wants a connection now: everything may be tried again.
    pub(crate) fn forgive(&mut self) {
        self.failures.clear();
    }

    pub(crate) fn may_try(&self, now: Time, ssid: &Ssid) -> bool {
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
    fn a_refusal_is_left_alone_longer_each_time_up_to_five_minutes() {
        let mut memory = FailureMemory::default();
        let pauses: Vec<u64> = (0..7)
            .map(|_| memory.failed(Time::ZERO, &home(), Cause::Refused).as_secs())
            .collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 300, 300]);
        assert!(!memory.may_try(Time::from_secs(299), &home()));
        assert!(memory.may_try(Time::from_secs(300), &home()));
    }

    #[test]
    fn an_attempt_that_was_not_made_does_not_lengthen_the_pauses() {
        let mut memory = FailureMemory::default();
        for cause in [Cause::Refused, Cause::Unwilling, Cause::Unwilling] {
            memory.failed(Time::ZERO, &home(), cause);
        }
        let pause = memory.failed(Time::ZERO, &home(), Cause::Refused);
        assert_eq!(pause, Duration::from_secs(20));
    }

    #[test]
    fn a_network_that_is_to_be_left_alone_is_left_alone_however_short_its_own_pause() {
        let mut memory = FailureMemory::default();
        memory.leave_alone(Time::from_secs(30), &home());
        memory.failed(Time::ZERO, &home(), Cause::Passing);
        assert!(!memory.may_try(Time::from_secs(29), &home()));
        memory.leave_alone(Time::from_secs(5), &home());
        assert!(memory.may_try(Time::from_secs(30), &home()));
    }

    #[test]
    fn success_and_forgiveness_end_the_pause() {
        let mut memory = FailureMemory::default();
        memory.failed(Time::ZERO, &home(), Cause::Refused);
        memory.succeeded(&home());
        assert!(memory.may_try(Time::ZERO, &home()));
        memory.failed(Time::ZERO, &home(), Cause::Passing);
        memory.forgive();
        assert!(memory.may_try(Time::ZERO, &home()));
    }

    #[test]
    fn the_latest_channels_come_first() {
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
