//! The search for a network: which scan comes next, and which of its finds is good enough.

use std::time::Duration;

use rand::rngs::StdRng;

use super::hidden::HiddenProbes;
use super::schedule::ScanSchedule;
use super::selection::{self, Candidate};
use crate::machine::Time;
use crate::types::{Bss, Channel, Frequency, Network, Ssid};

/// 5 GHz and up, in MHz.
const FAST_BANDS: Frequency = 5000;
/// In dBm; better than this there is little to gain.
const GOOD_SIGNAL: i32 = -70;

/// The kernel tells a BSS's age in whole ticks of its clock, up to 10 ms each.
const KERNEL_TICK: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(crate) struct ScanPlanner {
    schedule: ScanSchedule,
    hidden: HiddenProbes,
    /// A scan that comes before the schedule's next.
    next: Option<ScanPlan>,
    /// Found in a sweep that was not over: visited again at its end.
    come_back: Option<Candidate>,
    scan_began: Time,
    /// When what was heard was asked for.
    air_asked: Time,
}

/// One scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScanPlan {
    pub(crate) purpose: Purpose,
    pub(crate) frequencies: Vec<Frequency>,
    /// To be named in probe requests; empty bytes are the wildcard.
    pub(crate) ssids: Vec<Ssid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Ask for all networks; `more_to_come` while a sweep goes on.
    Asking { more_to_come: bool },
    /// Send nothing: beacons of hidden networks.
    Listening,
    /// Ask for hidden networks by name.
    Naming,
}

impl ScanPlanner {
    pub(crate) fn new(now: Time, channels: &[Channel]) -> Self {
        Self {
            schedule: ScanSchedule::new(now, channels),
            hidden: HiddenProbes::default(),
            next: None,
            come_back: None,
            scan_began: now,
            air_asked: now,
        }
    }

    /// Starts over: a network was lost, or somebody wants a connection now.
    pub(crate) fn restart(&mut self, now: Time) {
        self.schedule.restart(now);
        self.hidden.forget();
        self.next = None;
        self.come_back = None;
    }

    pub(crate) fn next_plan(&mut self, now: Time, known: &[Frequency]) -> ScanPlan {
        self.next.take().unwrap_or_else(|| {
            let mut round = self.schedule.next_round(now, known);
            if !round.more_to_come {
                round.visit_too(self.come_back.take().map(|candidate| candidate.frequency));
            }
            ScanPlan::asking(round.frequencies, round.more_to_come)
        })
    }

    /// The plan could not be carried out: it comes again.
    pub(crate) fn repeat(&mut self, plan: ScanPlan) {
        self.next = Some(plan);
    }

    /// To be called before the kernel is asked: the first answers may come before its own.
    pub(crate) const fn scan_begins(&mut self, now: Time) {
        self.scan_began = now;
    }

    /// What the last scan has heard is asked for: how long ago that was counts from here.
    pub(crate) const fn air_is_asked(&mut self, now: Time) {
        self.air_asked = now;
    }

    /// How long ago the last scan began.
    pub(crate) fn scan_age(&self, now: Time) -> Duration {
        now.saturating_sub(self.scan_began)
    }

    /// What was heard since the last scan began: an access point that may be gone is no candidate.
    pub(crate) fn fresh(&self, air: &[Bss]) -> Vec<Bss> {
        let elapsed = self.air_asked.saturating_sub(self.scan_began) + KERNEL_TICK;
        let elapsed = elapsed.as_millis();
        air.iter()
            .filter(|bss| u128::from(bss.ms_ago) <= elapsed)
            .cloned()
            .collect()
    }

    /// Whether to join at once, or to see first what the rest of the sweep brings: a network of higher
    /// priority, or the same on a faster band. Where it was joined before (`known`), that was settled.
    pub(crate) fn is_good_enough(
        candidate: &Candidate,
        plan: &ScanPlan,
        networks: &[Network],
        known: bool,
    ) -> bool {
        let eligible = networks
            .iter()
            .filter(|network| selection::is_eligible(network));
        let preferred = eligible.map(|network| network.priority).max() == Some(candidate.priority);
        let fast = candidate.frequency >= FAST_BANDS && candidate.signal >= GOOD_SIGNAL;
        plan.purpose != Purpose::Asking { more_to_come: true } || (preferred && (fast || known))
    }

    pub(crate) fn come_back_for(&mut self, candidate: &Candidate) {
        let better = |known: &Candidate| {
            (candidate.priority, candidate.signal) > (known.priority, known.signal)
        };
        if self.come_back.as_ref().is_none_or(better) {
            self.come_back = Some(candidate.clone());
        }
    }

    /// How long to stay silent after a scan that led to no association; zero: the next is due.
    pub(crate) fn pause_after(
        &mut self,
        now: Time,
        plan: &ScanPlan,
        fresh: &[Bss],
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
        plan: &ScanPlan,
        fresh: &[Bss],
        hidden: Vec<Ssid>,
    ) -> Option<ScanPlan> {
        if !hidden.is_empty() {
            self.hidden.listen(now, fresh);
            let channels = self.hidden.take_due(now);
            if !channels.is_empty() {
                return Some(ScanPlan {
                    purpose: Purpose::Naming,
                    frequencies: channels,
                    ssids: hidden,
                });
            }
            if let Purpose::Asking { .. } = plan.purpose {
                return Some(ScanPlan::listening(plan.frequencies.clone()));
            }
        }
        None
    }
}

impl ScanPlan {
    /// In the order of the channels: the order known channels first would tell which they are.
    pub(crate) fn asking(mut frequencies: Vec<Frequency>, more_to_come: bool) -> Self {
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
    use crate::scan::selection::Joined;
    use crate::types::Mac;

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

    #[test]
    fn what_was_heard_before_the_scan_is_not_fresh_however_late_the_answer_comes() {
        let began = Time::from_secs(100);
        let mut planner = ScanPlanner::new(began, &[]);
        planner.scan_begins(began);
        planner.air_is_asked(began + Duration::from_millis(600));
        let heard = |ms_ago| Bss {
            bssid: Mac([2, 0, 0, 0, 0, 1]),
            frequency: 2412,
            signal: -50,
            ssid: Ssid::wildcard(),
            ms_ago,
        };
        let air = [0, 610, 611, 4_621].map(heard);
        assert_eq!(planner.fresh(&air), air[..2]);
    }

    fn networks() -> [Network; 2] {
        [0, 1].map(|priority| Network {
            id: 0,
            ssid: None,
            enabled: true,
            hidden: false,
            priority,
            bssid: None,
            open: false,
            key_mgmt: Vec::new(),
            id_str: String::new(),
        })
    }

    fn joins_in_a_sweep(candidate: &Candidate, known: bool) -> bool {
        let plan = ScanPlan::asking(vec![candidate.frequency], true);
        ScanPlanner::is_good_enough(candidate, &plan, &networks(), known)
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
        let plan = ScanPlan::asking(vec![2437], false);
        assert!(ScanPlanner::is_good_enough(
            &candidate(2437, 0),
            &plan,
            &networks(),
            false
        ));
    }

    /// A card of two bands, the fast one first in a sweep.
    fn planner() -> ScanPlanner {
        let channel = |frequency| Channel {
            frequency,
            no_ir: true,
        };
        let channels = [2412, 2437, 2462, 2472, 2484, 5180, 5200, 5220, 5240, 5500];
        ScanPlanner::new(Time::ZERO, &channels.map(channel))
    }

    #[test]
    fn the_best_find_of_a_sweep_is_visited_again_at_its_end() {
        let mut planner = planner();
        let first = planner.next_plan(Time::ZERO, &[]);
        assert_eq!(first.purpose, Purpose::Asking { more_to_come: true });
        assert_eq!(first.frequencies, [5180, 5200, 5220, 5240, 5500]);
        for (frequency, priority) in [(5180, 0), (5200, 1), (5220, 1), (5240, 0)] {
            planner.come_back_for(&candidate(frequency, priority));
        }
        let last = planner.next_plan(Time::ZERO, &[]);
        let more_to_come = false;
        assert_eq!(last.purpose, Purpose::Asking { more_to_come });
        assert_eq!(last.frequencies, [2412, 2437, 2462, 2472, 5200]);
    }

    #[test]
    fn a_find_on_a_channel_that_is_visited_anyway_is_not_visited_twice() {
        let mut planner = planner();
        planner.next_plan(Time::ZERO, &[]);
        planner.come_back_for(&candidate(2437, 0));
        let last = planner.next_plan(Time::ZERO, &[]);
        assert_eq!(last.frequencies, [2412, 2437, 2462, 2472]);
    }

    #[test]
    fn a_new_search_forgets_what_the_one_before_was_about_to_do() {
        let mut planner = planner();
        let first = planner.next_plan(Time::ZERO, &[]);
        planner.come_back_for(&candidate(5200, 0));
        planner.repeat(ScanPlan::asking(vec![5500], false));
        planner.restart(Time::ZERO);
        assert_eq!(planner.next_plan(Time::ZERO, &[]), first);
        let last = planner.next_plan(Time::ZERO, &[]);
        assert_eq!(last.frequencies, [2412, 2437, 2462, 2472]);
    }

    #[test]
    fn hidden_networks_are_asked_for_at_once_in_a_new_search() {
        let mut planner = planner();
        let plan = ScanPlan::listening(vec![2412]);
        let beacon = Bss {
            bssid: Mac([2, 0, 0, 0, 0, 9]),
            frequency: 2412,
            signal: -50,
            ssid: Ssid::wildcard(),
            ms_ago: 1,
        };
        let name = || vec![Ssid::new(b"Hidden").unwrap()];
        let air = [beacon];
        for purpose in [Some(Purpose::Naming), None] {
            let next = planner.follow_up(Time::ZERO, &plan, &air, name());
            assert_eq!(next.map(|plan| plan.purpose), purpose);
        }
        planner.restart(Time::ZERO);
        let next = planner.follow_up(Time::ZERO, &plan, &air, name());
        assert_eq!(next.map(|plan| plan.purpose), Some(Purpose::Naming));
    }

    #[test]
    fn a_plan_that_could_not_be_carried_out_comes_again() {
        let mut planner = planner();
        let plan = ScanPlan::asking(vec![5500, 2412], true);
        assert_eq!(
            plan.frequencies,
            [2412, 5500],
            "no order tells what is known"
        );
        planner.repeat(plan.clone());
        assert_eq!(planner.next_plan(Time::ZERO, &[]), plan);
        assert_ne!(planner.next_plan(Time::ZERO, &[]), plan);
    }

    #[test]
    fn the_age_of_a_scan_is_counted_from_its_beginning() {
        let mut planner = planner();
        planner.scan_begins(Time::from_secs(10));
        assert_eq!(
            planner.scan_age(Time::from_secs(13)),
            Duration::from_secs(3)
        );
    }
}
