//! Plans the scans of a search, and decides when a candidate is good enough to join.

use std::time::Duration;

use rand::rngs::StdRng;

use super::hidden::HiddenProbes;
use super::schedule::{ScanSchedule, is_fast};
use super::selection::{self, Candidate};
use crate::machine::Time;
use crate::types::{Bss, Channel, Frequency, Mac, Network, Ssid};

/// In dBm; a stronger signal brings little gain.
const GOOD_SIGNAL: i32 = -70;

/// The kernel rounds the age of a BSS to jiffies, up to 10 ms each.
const KERNEL_TICK: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(crate) struct ScanPlanner {
    schedule: ScanSchedule,
    hidden: HiddenProbes,
    /// Hidden halves of pairs with OWE.
    halves: HiddenProbes,
    /// The same, as long as they were not heard.
    missing_halves: HiddenProbes,
    /// Replaces the schedule's next scan.
    next: Option<ScanPlan>,
    /// Where this machine was connected, also before a restart.
    joined: Vec<Frequency>,
    /// Replaces the first scan if no channel is known.
    first: Vec<Frequency>,
    /// Found before the end of a sweep: its channel is scanned again at the end.
    come_back: Option<Candidate>,
    scan_began: Time,
    /// When the results of the last scan were requested.
    results_requested: Time,
}

/// One scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScanPlan {
    pub(crate) purpose: Purpose,
    pub(crate) frequencies: Vec<Frequency>,
    /// SSIDs in the probe requests; an empty SSID is the wildcard.
    pub(crate) ssids: Vec<Ssid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Wildcard probe requests; `more_to_come` while a sweep continues.
    Wildcard { more_to_come: bool },
    /// No probe requests: beacons of hidden networks.
    Passive,
    /// Probe requests with the SSIDs of hidden networks.
    Directed,
}

impl ScanPlanner {
    pub(crate) fn new(now: Time, channels: &[Channel]) -> Self {
        Self {
            schedule: ScanSchedule::new(now, channels),
            hidden: HiddenProbes::default(),
            halves: HiddenProbes::default(),
            missing_halves: HiddenProbes::default(),
            next: None,
            joined: Vec::new(),
            first: Vec::new(),
            come_back: None,
            scan_began: now,
            results_requested: now,
        }
    }

    /// Restarts the search: a network was lost, or the user requested a connection.
    pub(crate) fn restart(&mut self, now: Time) {
        self.schedule.restart(now);
        self.hidden.forget();
        self.halves.forget();
        self.missing_halves.forget();
        self.next = None;
        self.come_back = None;
    }

    /// This machine was connected on these channels before a restart: it may be where it was.
    pub(crate) fn begin_with(&mut self, channels: Vec<Frequency>) {
        self.first.clone_from(&channels);
        self.joined = channels;
    }

    /// This machine is connected on this channel; says whether that is new.
    pub(crate) fn joined(&mut self, channel: Frequency) -> bool {
        let is_new = !self.was_joined(channel);
        if is_new {
            self.joined.push(channel);
        }
        is_new
    }

    pub(crate) fn was_joined(&self, channel: Frequency) -> bool {
        self.joined.contains(&channel)
    }

    pub(crate) fn next_plan(&mut self, now: Time, known: &[Frequency]) -> ScanPlan {
        self.next.take().unwrap_or_else(|| {
            let first = std::mem::take(&mut self.first);
            if known.is_empty() && !first.is_empty() {
                return ScanPlan::wildcard(first, true);
            }
            let mut round = self.schedule.next_round(now, known);
            if !round.more_to_come {
                round.visit_too(self.come_back.take().map(|candidate| candidate.frequency));
            }
            ScanPlan::wildcard(round.frequencies, round.more_to_come)
        })
    }

    /// The scan failed to start: the plan is returned again.
    pub(crate) fn repeat(&mut self, plan: ScanPlan) {
        self.next = Some(plan);
    }

    /// Call before sending the request to the kernel: probe responses can arrive before its reply.
    pub(crate) const fn scan_begins(&mut self, now: Time) {
        self.scan_began = now;
    }

    /// Call when requesting the scan results: the ages in them count back from now.
    pub(crate) const fn results_requested(&mut self, now: Time) {
        self.results_requested = now;
    }

    /// Time since the last scan began.
    pub(crate) fn scan_age(&self, now: Time) -> Duration {
        now.saturating_sub(self.scan_began)
    }

    /// BSSs heard since the last scan began. Older ones can be out of range and are not candidates.
    pub(crate) fn fresh(&self, air: &[Bss]) -> Vec<Bss> {
        let elapsed = self.results_requested.saturating_sub(self.scan_began) + KERNEL_TICK;
        let elapsed = elapsed.as_millis();
        air.iter()
            .filter(|bss| u128::from(bss.ms_ago) <= elapsed)
            .cloned()
            .collect()
    }

    /// Whether to join now, or to finish the sweep first: it can find a network of higher priority, or
    /// the same network on a faster band. On a channel where it was joined before (`known`), join now.
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
        let fast = is_fast(candidate.frequency) && candidate.signal >= GOOD_SIGNAL;
        plan.purpose != Purpose::Wildcard { more_to_come: true } || (preferred && (fast || known))
    }

    pub(crate) fn come_back_for(&mut self, candidate: &Candidate) {
        let better = |known: &Candidate| {
            (candidate.priority, candidate.signal) > (known.priority, known.signal)
        };
        if self.come_back.as_ref().is_none_or(better) {
            self.come_back = Some(candidate.clone());
        }
    }

    /// The next scan sends these SSIDs, unless they were sent to these BSSs of late; says whether it does.
    pub(crate) fn name_halves(&mut self, now: Time, halves: Vec<(Mac, Frequency, Ssid)>) -> bool {
        let mut plan = ScanPlan {
            purpose: Purpose::Directed,
            frequencies: Vec::new(),
            ssids: Vec::new(),
        };
        for (bssid, frequency, ssid) in halves {
            if self.halves.is_due(now, bssid, frequency) {
                plan.frequencies.push(frequency);
                plan.ssids.push(ssid);
            }
        }
        plan.frequencies.sort_unstable();
        plan.frequencies.dedup();
        plan.ssids.dedup();
        let is_due = !plan.ssids.is_empty();
        if is_due {
            self.next = Some(plan);
        }
        is_due
    }

    /// The next scan listens for these BSSs, unless one did of late; says whether it does.
    pub(crate) fn hear_halves(&mut self, now: Time, halves: &[(Mac, Frequency)]) -> bool {
        let missing = &mut self.missing_halves;
        let due = halves
            .iter()
            .filter(|(bssid, at)| missing.is_due(now, *bssid, *at));
        let mut frequencies: Vec<Frequency> = due.map(|(_, frequency)| *frequency).collect();
        frequencies.sort_unstable();
        frequencies.dedup();
        let is_due = !frequencies.is_empty();
        if is_due {
            self.next = Some(ScanPlan::passive(frequencies));
        }
        is_due
    }

    /// The pause after a scan without an association; zero if the next scan is due now.
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
            self.hidden.add(now, fresh);
            let channels = self.hidden.take_due(now);
            if !channels.is_empty() {
                return Some(ScanPlan {
                    purpose: Purpose::Directed,
                    frequencies: channels,
                    ssids: hidden,
                });
            }
            if let Purpose::Wildcard { .. } = plan.purpose {
                return Some(ScanPlan::passive(plan.frequencies.clone()));
            }
        }
        None
    }
}

impl ScanPlan {
    /// Sorted by frequency: known channels first would reveal which channels are known.
    pub(crate) fn wildcard(mut frequencies: Vec<Frequency>, more_to_come: bool) -> Self {
        frequencies.sort_unstable();
        let wildcard = Ssid::wildcard();
        Self {
            purpose: Purpose::Wildcard { more_to_come },
            frequencies,
            ssids: vec![wildcard],
        }
    }

    const fn passive(frequencies: Vec<Frequency>) -> Self {
        Self {
            purpose: Purpose::Passive,
            frequencies,
            ssids: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::selection::Joined;

    fn candidate(frequency: Frequency, priority: i32) -> Candidate {
        Candidate {
            network: 0,
            ssid: Ssid::wildcard(),
            bssid: Mac([2, 0, 0, 0, 0, 1]),
            frequency,
            signal: -50,
            priority,
            joined: Joined::default(),
            stale: Vec::new(),
        }
    }

    #[test]
    fn bss_older_than_the_scan_is_not_fresh() {
        let began = Time::from_secs(100);
        let mut planner = ScanPlanner::new(began, &[]);
        planner.scan_begins(began);
        planner.results_requested(began + Duration::from_millis(600));
        let heard = |ms_ago| Bss {
            bssid: Mac([2, 0, 0, 0, 0, 1]),
            frequency: 2412,
            signal: -50,
            ssid: Ssid::wildcard(),
            ms_ago,
            owe: None,
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
        let plan = ScanPlan::wildcard(vec![candidate.frequency], true);
        ScanPlanner::is_good_enough(candidate, &plan, &networks(), known)
    }

    #[test]
    fn preferred_network_is_joined_before_the_sweep_ends() {
        assert!(joins_in_a_sweep(&candidate(5180, 1), false));
        assert!(joins_in_a_sweep(&candidate(2437, 1), true));
        assert!(!joins_in_a_sweep(&candidate(2437, 1), false));
        assert!(!joins_in_a_sweep(&candidate(5180, 0), true));
    }

    #[test]
    fn any_network_is_joined_after_the_sweep() {
        let plan = ScanPlan::wildcard(vec![2437], false);
        assert!(ScanPlanner::is_good_enough(
            &candidate(2437, 0),
            &plan,
            &networks(),
            false
        ));
    }

    /// A card with two bands; a sweep starts with the fast one.
    fn planner() -> ScanPlanner {
        let channel = |frequency| Channel {
            frequency,
            no_ir: true,
        };
        let channels = [2412, 2437, 2462, 2472, 2484, 5180, 5200, 5220, 5240, 5500];
        ScanPlanner::new(Time::ZERO, &channels.map(channel))
    }

    #[test]
    fn best_candidate_is_scanned_again_at_the_end_of_a_sweep() {
        let mut planner = planner();
        let first = planner.next_plan(Time::ZERO, &[]);
        assert_eq!(first.purpose, Purpose::Wildcard { more_to_come: true });
        assert_eq!(first.frequencies, [5180, 5200, 5220, 5240, 5500]);
        for (frequency, priority) in [(5180, 0), (5200, 1), (5220, 1), (5240, 0)] {
            planner.come_back_for(&candidate(frequency, priority));
        }
        let last = planner.next_plan(Time::ZERO, &[]);
        let more_to_come = false;
        assert_eq!(last.purpose, Purpose::Wildcard { more_to_come });
        assert_eq!(last.frequencies, [2412, 2437, 2462, 2472, 5200]);
    }

    #[test]
    fn candidate_channel_in_the_last_slice_is_scanned_once() {
        let mut planner = planner();
        planner.next_plan(Time::ZERO, &[]);
        planner.come_back_for(&candidate(2437, 0));
        let last = planner.next_plan(Time::ZERO, &[]);
        assert_eq!(last.frequencies, [2412, 2437, 2462, 2472]);
    }

    #[test]
    fn restart_drops_the_pending_plan_and_candidate() {
        let mut planner = planner();
        let first = planner.next_plan(Time::ZERO, &[]);
        planner.come_back_for(&candidate(5200, 0));
        planner.repeat(ScanPlan::wildcard(vec![5500], false));
        planner.restart(Time::ZERO);
        assert_eq!(planner.next_plan(Time::ZERO, &[]), first);
        let last = planner.next_plan(Time::ZERO, &[]);
        assert_eq!(last.frequencies, [2412, 2437, 2462, 2472]);
    }

    #[test]
    fn restart_probes_hidden_networks_without_delay() {
        let mut planner = planner();
        let plan = ScanPlan::passive(vec![2412]);
        let beacon = Bss {
            bssid: Mac([2, 0, 0, 0, 0, 9]),
            frequency: 2412,
            signal: -50,
            ssid: Ssid::wildcard(),
            ms_ago: 1,
            owe: None,
        };
        let name = || vec![Ssid::new(b"Hidden").unwrap()];
        let air = [beacon];
        for purpose in [Some(Purpose::Directed), None] {
            let next = planner.follow_up(Time::ZERO, &plan, &air, name());
            assert_eq!(next.map(|plan| plan.purpose), purpose);
        }
        planner.restart(Time::ZERO);
        let next = planner.follow_up(Time::ZERO, &plan, &air, name());
        assert_eq!(next.map(|plan| plan.purpose), Some(Purpose::Directed));
    }

    #[test]
    fn failed_plan_is_repeated() {
        let mut planner = planner();
        let plan = ScanPlan::wildcard(vec![5500, 2412], true);
        assert_eq!(
            plan.frequencies,
            [2412, 5500],
            "the order does not reveal known channels"
        );
        planner.repeat(plan.clone());
        assert_eq!(planner.next_plan(Time::ZERO, &[]), plan);
        assert_ne!(planner.next_plan(Time::ZERO, &[]), plan);
    }

    #[test]
    fn scan_age_counts_from_the_start() {
        let mut planner = planner();
        planner.scan_begins(Time::from_secs(10));
        assert_eq!(
            planner.scan_age(Time::from_secs(13)),
            Duration::from_secs(3)
        );
    }
}
