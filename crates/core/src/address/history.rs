//! Renewals of stable addresses: their number and time for each network.
//!
//! The rules are Android's: an address is never renewed during an association, nor within four hours
//! of the last one, so that a DHCP server that keeps leases does not hand out two.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::types::Ssid;

/// Minimum time between the last use of an address and its automatic renewal.
const MIN_UNUSED: Duration = Duration::from_secs(4 * 60 * 60);
/// Interval for recording the use of an address during an association.
pub(crate) const USE_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Wall-clock time in whole seconds since 1970.
type Seconds = u64;

/// The history of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// Number of renewals; hashed into the address unless 0.
    pub generation: u64,
    /// Time of the last renewal, or of the first use, in seconds since 1970.
    pub since: Seconds,
    /// Time of the last use, in seconds since 1970; 0 if never.
    pub used: Seconds,
}

/// The history of all networks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History(BTreeMap<Ssid, Record>);

impl History {
    /// Number of renewals of the network's address.
    #[must_use]
    pub fn generation(&self, ssid: &Ssid) -> u64 {
        self.record(ssid).map_or(0, |record| record.generation)
    }

    /// The record of the network.
    #[must_use]
    pub fn record(&self, ssid: &Ssid) -> Option<Record> {
        self.0.get(ssid).copied()
    }

    /// Every network with its record.
    pub fn iter(&self) -> impl Iterator<Item = (&Ssid, &Record)> {
        self.0.iter()
    }

    /// Adds or replaces a record.
    pub fn learn(&mut self, ssid: Ssid, record: Record) {
        self.0.insert(ssid, record);
    }

    /// Call before an association to a network with the maximum address age `every`: renews the address
    /// if it is older. Returns the record if it changed.
    pub fn rotate(&mut self, ssid: &Ssid, every: Duration, now: SystemTime) -> Option<Record> {
        let now = seconds(now);
        let Some(record) = self.0.get_mut(ssid) else {
            return Some(self.begin(ssid, now));
        };
        // The absolute difference, so that a record from a wrong clock does not block renewal.
        let old = record.since.abs_diff(now) >= every.as_secs();
        let unused = record.used.abs_diff(now) >= MIN_UNUSED.as_secs();
        if !(old && unused) {
            return None;
        }
        Some(record.renew(now))
    }

    /// The network's record with its address renewed, at the user's request.
    #[must_use]
    pub fn renewed(&self, ssid: &Ssid, now: SystemTime) -> Record {
        self.record(ssid).unwrap_or_default().renew(seconds(now))
    }

    /// The network's record with its previous address; `None`: it has its first one.
    #[must_use]
    pub fn restored(&self, ssid: &Ssid, now: SystemTime) -> Option<Record> {
        let record = self.record(ssid)?;
        Some(Record {
            generation: record.generation.checked_sub(1)?,
            since: seconds(now),
            ..record
        })
    }

    /// The number of networks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Call when an association to the network begins or ends. Returns the record, if there is one.
    pub fn used(&mut self, ssid: &Ssid, now: SystemTime) -> Option<Record> {
        let record = self.0.get_mut(ssid)?;
        record.used = seconds(now);
        Some(*record)
    }

    /// Call during an association. Returns the record once an hour, if there is one.
    pub fn still_used(&mut self, ssid: &Ssid, now: SystemTime) -> Option<Record> {
        let record = self.record(ssid)?;
        let due = record.used.abs_diff(seconds(now)) >= USE_INTERVAL.as_secs();
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

    /// A network first joined at hour 0 and used until `hour`.
    fn used_until(hour: u64) -> History {
        let mut history = History::default();
        history.rotate(&home(), DAY, hours(0)).unwrap();
        history.used(&home(), hours(hour)).unwrap();
        history
    }

    #[test]
    fn previous_address_is_restored_down_to_the_first() {
        let ssid = Ssid::new(b"Home").unwrap();
        let now = UNIX_EPOCH + Duration::from_secs(50);
        let mut history = History::default();
        assert_eq!(history.restored(&ssid, now), None);
        history.learn(ssid.clone(), history.renewed(&ssid, now));
        let restored = history.restored(&ssid, now).unwrap();
        assert_eq!((restored.generation, restored.since), (0, 50));
        history.learn(ssid.clone(), restored);
        assert_eq!(history.restored(&ssid, now), None);
    }

    #[test]
    fn first_association_has_generation_0() {
        let mut history = History::default();
        let record = history.rotate(&home(), DAY, hours(0)).unwrap();
        assert_eq!((record.generation, record.since), (0, START));
        assert_eq!(history.rotate(&home(), DAY, hours(1)), None);
    }

    #[test]
    fn address_is_renewed_after_its_maximum_age() {
        let mut history = used_until(1);
        assert_eq!(history.rotate(&home(), DAY, hours(23)), None);
        let record = history.rotate(&home(), DAY, hours(24)).unwrap();
        assert_eq!(record.generation, 1);
        assert_eq!(history.generation(&home()), 1);
        assert_eq!(history.rotate(&home(), DAY, hours(25)), None);
    }

    #[test]
    fn address_is_not_renewed_within_four_hours_of_use() {
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
    fn requested_renewal_is_immediate() {
        let history = used_until(1);
        assert_eq!(history.renewed(&home(), hours(1)).generation, 1);
        let elsewhere = Ssid::new(b"Elsewhere").unwrap();
        assert_eq!(history.renewed(&elsewhere, hours(1)).generation, 1);
        assert_eq!((history.len(), history.is_empty()), (1, false));
    }

    #[test]
    fn record_from_a_wrong_clock_does_not_block_renewal() {
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
    fn use_is_recorded_once_an_hour() {
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
    fn history_iterates_over_records_by_network() {
        let history = used_until(1);
        let record = history.record(&home()).unwrap();
        assert_eq!(history.iter().collect::<Vec<_>>(), [(&home(), &record)]);
    }
}
