//! When the time of each interface comes, so that the soonest is known without asking them all: with many
//! radios that is asked for far more often than it changes.

use macveil_core::machine::Time;

/// One moment an interface at most. They are few, so that looking through them is quicker than order.
#[derive(Debug, Default)]
pub(super) struct Schedule(Vec<(Time, u32)>);

impl Schedule {
    /// The interface wants to be told at this moment, and at no other.
    pub(super) fn set(&mut self, ifindex: u32, moment: Option<Time>) {
        let known = self.0.iter().position(|it| it.1 == ifindex);
        if let Some(known) = known {
            self.0.swap_remove(known);
        }
        self.0.extend(moment.map(|moment| (moment, ifindex)));
    }

    pub(super) fn soonest(&self) -> Option<Time> {
        self.0.iter().map(|it| it.0).min()
    }

    /// Those whose moment has come, once.
    pub(super) fn take_due(&mut self, now: Time) -> Vec<u32> {
        let due = self.0.extract_if(.., |it| it.0 <= now);
        due.map(|(_, ifindex)| ifindex).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::from_secs(seconds)
    }

    #[test]
    fn each_interface_is_told_once_when_its_time_has_come() {
        let mut schedule = Schedule::default();
        assert_eq!(schedule.soonest(), None);
        for (ifindex, moment) in [(3, 9), (4, 5), (5, 7), (6, 5)] {
            schedule.set(ifindex, Some(at(moment)));
        }
        assert_eq!(schedule.soonest(), Some(at(5)));
        assert!(schedule.take_due(at(4)).is_empty());
        let mut due = schedule.take_due(at(7));
        due.sort_unstable();
        assert_eq!(due, [4, 5, 6]);
        assert!(schedule.take_due(at(7)).is_empty());
        assert_eq!(schedule.soonest(), Some(at(9)));
    }

    #[test]
    fn the_last_word_of_an_interface_holds() {
        let mut schedule = Schedule::default();
        schedule.set(3, Some(at(5)));
        schedule.set(3, Some(at(8)));
        schedule.set(4, Some(at(6)));
        schedule.set(4, None);
        schedule.set(3, Some(at(8)));
        assert_eq!(schedule.soonest(), Some(at(8)));
        assert_eq!(schedule.take_due(at(9)), [3]);
        assert_eq!(schedule.soonest(), None);
    }
}
