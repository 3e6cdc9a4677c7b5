//! The shortest day that still goes wrong.

use std::time::Duration;

use super::{Day, Hour, Trouble};

/// The search for a shorter day ends then.
const TRIES: usize = 3_000;

/// Shortens a day for as long as it fails: fewer faults, fewer troubles, shorter pauses, a plainer world.
pub fn shrink(day: &Day, fails: impl Fn(&Day) -> bool) -> Day {
    let mut shrinking = Shrinking {
        shortest: day.clone(),
        tries: TRIES,
        fails,
    };
    while shrinking.goes_on() {}
    shrinking.shortest
}

struct Shrinking<F> {
    shortest: Day,
    tries: usize,
    fails: F,
}

impl<F: Fn(&Day) -> bool> Shrinking<F> {
    /// One turn of everything that can be left out; says whether anything could.
    fn goes_on(&mut self) -> bool {
        let before = self.shortest.clone();
        self.drop_rows(|day| &mut day.faults);
        self.drop_rows(|day| &mut day.hours);
        self.shorten_pauses();
        self.make_plainer();
        self.shortest != before && self.tries > 0
    }

    /// Keeps a shorter day if it fails, too.
    fn attempt(&mut self, change: impl FnOnce(&mut Day)) -> bool {
        let mut day = self.shortest.clone();
        change(&mut day);
        if day == self.shortest || self.tries == 0 {
            return false;
        }
        self.tries -= 1;
        let fails = (self.fails)(&day);
        if fails {
            self.shortest = day;
        }
        fails
    }

    /// Leaves rows out, long ones first.
    fn drop_rows<T>(&mut self, list: impl Fn(&mut Day) -> &mut Vec<T>) {
        let mut length = list(&mut self.shortest).len();
        while length > 0 {
            let mut first = 0;
            while first < list(&mut self.shortest).len() {
                let end = (first + length).min(list(&mut self.shortest).len());
                let dropped = self.attempt(|day| drop(list(day).drain(first..end)));
                first = if dropped { first } else { end };
            }
            length /= 2;
        }
    }

    fn shorten_pauses(&mut self) {
        for at in 0..self.shortest.hours.len() {
            let pause = self.shortest.hours[at].pause;
            let tenths = Duration::from_millis(pause.as_millis() as u64 / 100 * 100);
            for shorter in [Duration::ZERO, pause / 10, pause / 2, tenths] {
                if shorter < self.shortest.hours[at].pause {
                    self.attempt(|day| day.hours[at].pause = shorter);
                }
            }
        }
    }

    fn make_plainer(&mut self) {
        let plain = Day::new(Vec::new());
        self.attempt(|day| day.driver = plain.driver);
        self.attempt(|day| day.on_failure = plain.on_failure);
        for at in (1..self.shortest.sites.len()).rev() {
            self.attempt(|day| drop(day.sites.drain(at..)));
        }
        for at in 0..self.shortest.sites.len() {
            self.attempt(|day| day.sites[at].hidden = false);
            self.attempt(|day| day.sites[at].open = false);
            self.attempt(|day| day.sites[at].owe = false);
            self.attempt(|day| day.sites[at].second = None);
            self.attempt(|day| day.sites[at].priority = 0);
        }
        // What is left of a row of pauses.
        for at in (1..self.shortest.hours.len()).rev() {
            self.attempt(|day| {
                let Hour { pause, trouble } = day.hours[at - 1];
                if trouble == Trouble::Nothing {
                    day.hours.remove(at - 1);
                    day.hours[at - 1].pause += pause;
                }
            });
        }
    }
}
