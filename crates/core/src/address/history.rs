//! What is remembered of networks whose stable address is renewed: how often, and when.
//!
//! The rules proved themselves in Android: never within an association, and not within four hours of
//! the last one, so that a network that keeps leases does not give out two.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::types::Ssid;

/// An address is not renewed by itself so soon after it was last used.
const REST: Duration = Duration::from_secs(4 * 60 * 60);
/// While an association lasts, its use is written down anew this often.
const STILL_IN_USE: Duration = Duration::from_secs(60 * 60);

/// Whole seconds since 1970 on the wall clock.
type Seconds = u64;

/// What is remembered of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// How often its address was renewed: a part of what is hashed, unless it is 0.
    pub generation: u64,
    /// When its address was renewed last, or first used, in seconds since 1970.
    pub since: Seconds,
    /// When it was in use last, in seconds since 1970; 0 if never.
    pub used: Seconds,
}

/// What is remembered of all networks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History(BTreeMap<Ssid, Record>);

impl History {
    /// How often the network's address was renewed.
    #[must_use]
    pub fn generation(&self, ssid: &Ssid) -> u64 {
        self.record(ssid).map_or(0, |record| record.generation)
    }

    /// What is remembered of the network.
    #[must_use]
    pub fn record(&self, ssid: &Ssid) -> Option<Record> {
        self.0.get(ssid).copied()
    }

    /// Every network with what is remembered of it.
    pub fn iter(&self) -> impl Iterator<Item = (&Ssid, &Record)> {
        self.0.iter()
    }

    /// Takes over what was learned elsewhere.
    pub fn learn(&mut self, ssid: Ssid, record: Record) {
        self.0.insert(ssid, record);
    }

    /// Before an association to a network whose address may serve for `every`: renews it if its time
    /// is over. Returns the record if it is another one now.
    pub fn rotate(&mut self, ssid: &Ssid, every: Duration, now: SystemTime) -> Option<Record> {
        let now = seconds(now);
        let Some(record) = self.0.get_mut(ssid) else {
            return Some(self.begin(ssid, now));
        };
        // A clock that was wrong by more than that has nothing to say against it.
        let old = record.since.abs_diff(now) >= every.as_secs();
        let rested = record.used.abs_diff(now) >= REST.as_secs();
        if !(old && rested) {
            return None;
        }
        Some(record.renew(now))
    }

    /// Renews the address because somebody asked for it.
    pub fn renew(&mut self, ssid: &Ssid, now: SystemTime) -> Record {
        self.0.entry(ssid.clone()).or_default().renew(seconds(now))
    }

    /// An association to the network begins or ends. Returns its record, if it has one.
    pub fn used(&mut self, ssid: &Ssid, now: SystemTime) -> Option<Record> {
        let record = self.0.get_mut(ssid)?;
        record.used = seconds(now);
        Some(*record)
    }

    /// An association to the network goes on. Returns its record once an hour, if it has one.
    pub fn still_used(&mut self, ssid: &Ssid, now: SystemTime) -> Option<Record> {
        let record = self.record(ssid)?;
        let due = record.used.abs_diff(seconds(now)) >= STILL_IN_USE.as_secs();
        due.then(|| self.used(ssid, now)).flatten()
    }

    fn begin(&mut self, ssid: &Ssid, now: Seconds) -> Record {
        let record = Record {
            since: now,
            ..Record::default()
        };
        self.0.insert(ssid.clone(), record);
        record
    }
}

impl Record {
    fn renew(&mut self, now: Seconds) -> Self {
        self.generation = self.generation.saturating_add(1);
        self.since = now;
        *self
    }
}

fn seconds(time: SystemTime) -> Seconds {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    const START: u64 = 1_800_000_000;

    fn home() -> Ssid {
        Ssid::new(b"Home").unwrap()
    }

    fn hours(hours: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(START + hours * 60 * 60)
    }

    /// A network first joined at hour 0 and in use until that hour.
    fn used_until(hour: u64) -> History {
        let mut history = History::default();
        history.rotate(&home(), DAY, hours(0)).unwrap();
        history.used(&home(), hours(hour)).unwrap();
        history
    }

    #[test]
    fn the_first_association_begins_generation_0() {
        let mut history = History::default();
        let record = history.rotate(&home(), DAY, hours(0)).unwrap();
        assert_eq!((record.generation, record.since), (0, START));
        assert_eq!(history.rotate(&home(), DAY, hours(1)), None);
    }

    #[test]
    fn an_address_is_renewed_once_its_time_is_over() {
        let mut history = used_until(1);
        assert_eq!(history.rotate(&home(), DAY, hours(23)), None);
        let record = history.rotate(&home(), DAY, hours(24)).unwrap();
        assert_eq!(record.generation, 1);
        assert_eq!(history.generation(&home()), 1);
        assert_eq!(history.rotate(&home(), DAY, hours(25)), None);
    }

    #[test]
    fn not_within_four_hours_of_the_last_use() {
        let mut history = used_until(23);
        assert_eq!(history.rotate(&home(), DAY, hours(26)), None);
        assert_eq!(
            history
                .rotate(&home(), DAY, hours(27))
                .map(|record| record.generation),
            Some(1)
        );
    }

    #[test]
    fn who_asks_for_it_gets_it_at_once() {
        let mut history = used_until(1);
        assert_eq!(history.renew(&home(), hours(1)).generation, 1);
        let elsewhere = Ssid::new(b"Elsewhere").unwrap();
        assert_eq!(history.renew(&elsewhere, hours(1)).generation, 1);
    }

    #[test]
    fn a_clock_that_was_wrong_does_not_keep_an_address_for_good() {
        let mut history = used_until(1);
        let before = UNIX_EPOCH + Duration::from_secs(60);
        assert_eq!(
            history
                .rotate(&home(), DAY, before)
                .map(|record| record.generation),
            Some(1)
        );
    }

    #[test]
    fn the_use_is_written_down_at_the_edges_and_hourly_between() {
        let mut history = used_until(1);
        let half = hours(1) + Duration::from_secs(30 * 60);
        assert_eq!(history.still_used(&home(), half), None);
        assert!(
            history
                .still_used(&home(), hours(2))
                .is_some_and(|record| record.used == START + 2 * 60 * 60)
        );
        let elsewhere = Ssid::new(b"Elsewhere").unwrap();
        assert_eq!(history.used(&elsewhere, hours(2)), None);
    }

    #[test]
    fn what_is_remembered_is_told_network_by_network() {
        let history = used_until(1);
        let record = history.record(&home()).unwrap();
        assert_eq!(history.iter().collect::<Vec<_>>(), [(&home(), &record)]);
    }
}
