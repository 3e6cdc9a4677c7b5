//! The search for a network: which scan comes next, and which of its finds is good enough.

use std::time::Duration;

use rand::rngs::StdRng;

use super::Time;
use super::candidates::{self, Candidate};
use super::event::Network;
use super::nameless::Nameless;
use super::schedule::Schedule;
use crate::wifi::{Channel, Frequency, Heard, Ssid};

/// 5 GHz and up, in MHz.
const FAST_BANDS: Frequency = 5000;
/// In dBm; better than this there is little to gain.
const GOOD_SIGNAL: i32 = -70;

/// The kernel tells a BSS's age in whole ticks of its clock, up to 10 ms each.
const KERNEL_TICK: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(super) struct Hunt {
    schedule: Schedule,
    nameless: Nameless,
    /// A scan that comes before the schedule's next.
    next: Option<Plan>,
    /// Found in a sweep that was not over: visited again at its end.
    come_back: Option<Candidate>,
    scan_began: Time,
}

/// One scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) purpose: Purpose,
    pub(super) frequencies: Vec<Frequency>,
    /// To be named in probe requests; empty bytes are the wildcard.
    pub(super) ssids: Vec<Ssid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Ask for all networks; `more_to_come` while a sweep goes on.
    Asking { more_to_come: bool },
    /// Send nothing: beacons of hidden networks.
    Listening,
    /// Ask for hidden networks by name.
    Naming,
}

impl Hunt {
    pub(super) fn new(now: Time, channels: &[Channel]) -> Self {
        Self {
            schedule: Schedule::new(now, channels),
            nameless: Nameless::default(),
            next: None,
            come_back: None,
            scan_began: now,
        }
    }

    /// Starts over: a network was lost, or somebody wants a connection now.
    pub(super) fn restart(&mut self, now: Time) {
        self.schedule.restart(now);
        self.nameless.forget();
        self.next = None;
        self.come_back = None;
    }

    pub(super) fn next_plan(&mut self, now: Time, known: &[Frequency]) -> Plan {
        self.next.take().unwrap_or_else(|| {
            let mut round = self.schedule.next_round(now, known);
            if !round.more_to_come {
                round.visit_too(self.come_back.take().map(|candidate| candidate.frequency));
            }
            Plan::asking(round.frequencies, round.more_to_come)
        })
    }

    /// The plan could not be carried out: it comes again.
    pub(super) fn repeat(&mut self, plan: Plan) {
        self.next = Some(plan);
    }

    /// To be called before the kernel is asked: the first answers may come before its own.
    pub(super) const fn scan_begins(&mut self, now: Time) {
        self.scan_began = now;
    }

    /// How long ago the last scan began.
    pub(super) fn scan_age(&self, now: Time) -> Duration {
        now.saturating_sub(self.scan_began)
    }

    /// What was heard since the last scan began: an access point that may be gone is no candidate.
    pub(super) fn fresh(&self, now: Time, air: &[Heard]) -> Vec<Heard> {
        let elapsed = (now.saturating_sub(self.scan_began) + KERNEL_TICK).as_millis();
        air.iter()
            .filter(|bss| u128::from(bss.ms_ago) <= elapsed)
            .cloned()
            .collect()
    }

    /// Whether to join at once, or to see first what the rest of the sweep brings: a network of higher
    /// priority, or the same on a faster band. Where it was joined before (`known`), that was settled.
    pub(super) fn is_good_enough(
        candidate: &Candidate,
        plan: &Plan,
        networks: &[Network],
        known: bool,
    ) -> bool {
        let eligible = networks
            .iter()
            .filter(|network| candidates::is_eligible(network));
        let preferred = eligible.map(|network| network.priority).max() == Some(candidate.priority);
        let fast = candidate.frequency >= FAST_BANDS && candidate.signal >= GOOD_SIGNAL;
        plan.purpose != Purpose::Asking { more_to_come: true } || (preferred && (fast || known))
    }

    pub(super) fn come_back_for(&mut self, candidate: &Candidate) {
        let better = |known: &Candidate| {
            (candidate.priority, candidate.signal) > (known.priority, known.signal)
        };
        if self.come_back.as_ref().is_none_or(better) {
            self.come_back = Some(candidate.clone());
        }
    }

    /// How long to stay silent after a scan that led to no association; zero: the next is due.
    pub(super) fn pause_after(
        &mut self,
        now: Time,
        plan: &Plan,
        fresh: &[Heard],
        hidden: Vec<Ssid>,
        known: &[Frequency],
        rng: &mut StdRng,
    ) -> Duration {
        self.next = self.follow_up(now, plan, fresh, hidden);
        if self.next.is_some() {
            return Duration::ZERO;
        }
        self.schedule.pause(now, known, rng)
    }

    fn follow_up(
        &mut self,
        now: Time,
        plan: &Plan,
        fresh: &[Heard],
        hidden: Vec<Ssid>,
    ) -> Option<Plan> {
        if !hidden.is_empty() {
            self.nameless.listen(now, fresh);
            let channels = self.nameless.take_due(now);
            if !channels.is_empty() {
                return Some(Plan {
                    purpose: Purpose::Naming,
                    frequencies: channels,
                    ssids: hidden,
                });
            }
            if let Purpose::Asking { .. } = plan.purpose {
                return Some(Plan::listening(plan.frequencies.clone()));
            }
        }
        None
    }
}

impl Plan {
    /// In the order of the channels: the order known channels first would tell which they are.
    fn asking(mut frequencies: Vec<Frequency>, more_to_come: bool) -> Self {
        frequencies.sort_unstable();
        let wildcard = Ssid::wildcard();
        Self {
            purpose: Purpose::Asking { more_to_come },
            frequencies,
            ssids: vec![wildcard],
        }
    }

    const fn listening(frequencies: Vec<Frequency>) -> Self {
        Self {
            purpose: Purpose::Listening,
            frequencies,
            ssids: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Mac;
    use crate::supervisor::candidates::Joined;

    fn candidate(frequency: Frequency, priority: i32) -> Candidate {
        Candidate {
            ssid: Ssid::wildcard(),
            bssid: Mac([2, 0, 0, 0, 0, 1]),
            frequency,
            signal: -50,
            priority,
            joined: Joined::default(),
            silent: Vec::new(),
        }
    }

    fn networks() -> [Network; 2] {
        [0, 1].map(|priority| Network {
            id: 0,
            ssid: None,
            enabled: true,
            temporarily_disabled: false,
            hidden: false,
            priority,
            bssid: None,
            open: false,
            ways: Vec::new(),
            id_str: String::new(),
        })
    }

    fn joins_in_a_sweep(candidate: &Candidate, known: bool) -> bool {
        let plan = Plan::asking(vec![candidate.frequency], true);
        Hunt::is_good_enough(candidate, &plan, &networks(), known)
    }

    #[test]
    fn in_a_sweep_only_the_preferred_network_is_joined_and_only_where_nothing_better_can_follow() {
        assert!(joins_in_a_sweep(&candidate(5180, 1), false));
        assert!(joins_in_a_sweep(&candidate(2437, 1), true));
        assert!(!joins_in_a_sweep(&candidate(2437, 1), false));
        assert!(!joins_in_a_sweep(&candidate(5180, 0), true));
    }

    #[test]
    fn after_a_sweep_whatever_was_found_is_joined() {
        let plan = Plan::asking(vec![2437], false);
        assert!(Hunt::is_good_enough(
            &candidate(2437, 0),
            &plan,
            &networks(),
            false
        ));
    }
}
