//! Masked, searching for a network: one round of scanning after the other, each ending in a choice.

use std::time::Duration;

use rustix::io::Errno;

use super::{Associating, Blocked, Context, Handler, Masking, NextState, Paused, State, UserScan};
use crate::machine::event::{Command, Link, MlmeEvent, ScanStarted};
use crate::machine::notice::Remark;
use crate::machine::status::Method;
use crate::machine::wpa::Action;
use crate::machine::wpa::backend::{Failure, NetworkList, Reply, Request, Supplicant};
use crate::machine::wpa::networks::EDITED_NETWORKS_PAUSE;
use crate::machine::{KernelError, Time};
use crate::scan::owe;
use crate::scan::planner::{Purpose, ScanPlan};
use crate::scan::selection;
use crate::types::Bss;

const SCAN_TIMEOUT: Duration = Duration::from_secs(15);
/// The supplicant takes results in within a few milliseconds; its event can be lost.
const RESULTS_TIMEOUT: Duration = Duration::from_millis(400);
/// The interface is busy with another program's scan, or refused ours.
const RETRY_PAUSE: Duration = Duration::from_secs(2);
const MAX_NETWORKS_AGE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(in crate::machine) struct Scanning {
    step: Step,
}

#[derive(Debug)]
enum Step {
    /// The supplicant is brought to rest first.
    Quiescing,
    /// Reading the list of networks.
    Listing,
    /// Silent until the timer.
    Resting,
    /// Silent until another program's scan ends, or the timer.
    Yielding,
    /// The scan was requested.
    Starting(ScanPlan),
    /// The scan is on the air.
    Running(Round),
    /// Reading the scan results.
    Reading(Round),
    /// Waiting until the supplicant has the results too.
    Digesting { plan: ScanPlan, found: Vec<Bss> },
    /// Asking the supplicant about the BSSs.
    Surveying { plan: ScanPlan, fresh: Vec<Bss> },
}

/// A round of scanning.
#[derive(Debug)]
struct Round {
    plan: ScanPlan,
    /// The supplicant has reported that it has the results.
    is_digested: bool,
}

impl From<Step> for State {
    fn from(step: Step) -> Self {
        Self::Scanning(Scanning { step })
    }
}

impl Scanning {
    /// Starts a round at once; the interface is masked.
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        if cx.networks.are_stale(cx.core.now, MAX_NETWORKS_AGE) {
            cx.request(Request::ListNetworks { bssids: Vec::new() });
            return Step::Listing.into();
        }
        Self::next_round(cx)
    }

    /// Starts a round at that moment.
    pub(super) fn begin_at(cx: &mut Context, moment: Time) -> State {
        cx.leave_state();
        Self::rest(cx, moment.saturating_sub(cx.core.now))
    }

    /// A program asked the supplicant for a connection: macveil makes it, under the right address.
    pub(super) fn on_demand(cx: &mut Context) -> State {
        let now = cx.core.now;
        cx.leave_state();
        cx.networks.failures.clear_failures();
        cx.scan.planner.restart(now);
        cx.networks.changed(now);
        cx.request(Request::Quiesce);
        Step::Quiescing.into()
    }

    /// Commands of the user come first.
    fn diverted(cx: &mut Context) -> Option<State> {
        if cx.user.scan_requested {
            return Some(UserScan::begin(cx, NextState::Scan));
        }
        let is_paused = cx.user.pause.is_some();
        is_paused.then(|| Paused::begin(cx, NextState::Scan))
    }

    fn next_round(cx: &mut Context) -> State {
        if let Some(diverted) = Self::diverted(cx) {
            return diverted;
        }
        if let Some(id) = cx.networks.hotspot(cx.core.now) {
            return Masking::begin(cx, NextState::Hotspot(id));
        }
        if !cx.networks.list.iter().any(selection::is_eligible) {
            let pause = if cx.networks.are_edited(cx.core.now) {
                EDITED_NETWORKS_PAUSE
            } else {
                MAX_NETWORKS_AGE
            };
            return Self::rest(cx, pause);
        }
        if cx.mask_is_spent() {
            return Masking::rotate(cx, NextState::Scan);
        }
        let plan = cx.next_plan();
        if plan.frequencies.is_empty() {
            return Self::rest(cx, RETRY_PAUSE);
        }
        cx.start_scan(&plan);
        Step::Starting(plan).into()
    }

    fn rest(cx: &mut Context, pause: Duration) -> State {
        if let Some(diverted) = Self::diverted(cx) {
            return diverted;
        }
        cx.core.wake_in(pause);
        Step::Resting.into()
    }

    fn refused(cx: &mut Context, plan: ScanPlan, error: KernelError) -> State {
        let is_busy = error.errno == Some(Errno::BUSY);
        if error.errno == Some(Errno::OPNOTSUPP) && cx.mask.method == Method::Driver {
            cx.remark(Remark::RandomizedScanRefused(error));
            cx.mask.method = Method::Bounce;
        } else if !is_busy {
            cx.remark(Remark::ScanFailed(error));
        }
        cx.scan.planner.repeat(plan);
        if is_busy {
            cx.core.wake_in(RETRY_PAUSE);
            return Step::Yielding.into();
        }
        Self::rest(cx, RETRY_PAUSE)
    }

    fn supplicant_failed(cx: &mut Context, failure: &Failure) -> State {
        let failure = failure.to_string();
        cx.remark(Remark::Supplicant { failure });
        Self::rest(cx, RETRY_PAUSE)
    }

    fn heard(cx: &mut Context, round: Round, mut found: Vec<Bss>) -> State {
        let Round { plan, is_digested } = round;
        cx.scan.pairs = owe::pairs(&found);
        cx.scan.strays = owe::strays(&found, &cx.scan.pairs);
        for bss in &mut found {
            owe::rename(&cx.scan.pairs, bss.bssid, &mut bss.ssid);
        }
        let fresh = cx.scan.planner.fresh(&found);
        if selection::known_bssids(&cx.networks.list, &fresh).is_empty() {
            cx.scan.results_owed = !is_digested;
            return Self::end_round(cx, &plan, &fresh);
        }
        if is_digested {
            return Self::survey(cx, plan, &found);
        }
        cx.core.wake_in(RESULTS_TIMEOUT);
        Step::Digesting { plan, found }.into()
    }

    fn survey(cx: &mut Context, plan: ScanPlan, found: &[Bss]) -> State {
        let bssids = selection::known_bssids(&cx.networks.list, found);
        cx.request(Request::ListNetworks { bssids });
        let fresh = cx.scan.planner.fresh(found);
        Step::Surveying { plan, fresh }.into()
    }

    fn choose(cx: &mut Context, plan: &ScanPlan, fresh: &[Bss], mut list: NetworkList) -> State {
        owe::rename_table(&cx.scan.pairs, &mut list.table);
        let now = cx.core.now;
        cx.learn_networks(list.networks, list.other);
        let networks = &cx.networks;
        let can_try = |ssid: &_| networks.failures.can_try(now, ssid);
        let wanted = networks.wanted.as_ref();
        let strays = &cx.scan.strays;
        match selection::choose(&networks.list, &list.table, fresh, strays, wanted, can_try) {
            Some(candidate)
                if cx.user.pause.is_none() && cx.is_worth_joining_now(&candidate, plan) =>
            {
                Associating::begin(cx, candidate, &list.table)
            }
            Some(candidate) => {
                cx.scan.planner.come_back_for(&candidate);
                Self::end_round(cx, plan, fresh)
            }
            None => Self::end_round(cx, plan, fresh),
        }
    }

    fn end_round(cx: &mut Context, plan: &ScanPlan, fresh: &[Bss]) -> State {
        let pause = cx.pause_after(plan, fresh);
        if pause.is_zero() {
            return Self::next_round(cx);
        }
        if cx.mask_is_spent() {
            // Another program's scan in the pause then has an address that was never on the air.
            let moment = cx.core.now.saturating_add(pause);
            return Masking::rotate(cx, NextState::ScanAt(moment));
        }
        Self::rest(cx, pause)
    }

    /// There is one scan at a time: the end of ours was lost, or can have been.
    fn lost_scan(self, cx: &mut Context) -> State {
        match self.step {
            Step::Running(Round { plan, .. }) => {
                // Names that were sent are not sent again without their pauses.
                if plan.purpose != Purpose::Directed {
                    cx.scan.planner.repeat(plan);
                }
                Self::rest(cx, RETRY_PAUSE)
            }
            step => step.into(),
        }
    }

    const fn is_silent(&self) -> bool {
        matches!(self.step, Step::Resting | Step::Yielding)
    }
}

impl Handler for Scanning {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        if !link.up {
            return Blocked::until_up(cx, NextState::Scan);
        }
        Masking::if_disturbed(cx, link, NextState::Scan).unwrap_or_else(|| self.into())
    }

    fn mlme(self, cx: &mut Context, event: MlmeEvent) -> State {
        Masking::if_connected(cx, event, NextState::Scan).unwrap_or_else(|| self.into())
    }

    fn external_scan_started(self, cx: &mut Context, _scan: ScanStarted) -> State {
        self.lost_scan(cx)
    }

    fn scan_accepted(self, cx: &mut Context, result: Result<(), KernelError>) -> State {
        match (self.step, result) {
            (Step::Starting(plan), Ok(())) => {
                cx.scan_accepted();
                cx.core.wake_in(SCAN_TIMEOUT);
                let is_digested = false;
                Step::Running(Round { plan, is_digested }).into()
            }
            (Step::Starting(plan), Err(error)) => Self::refused(cx, plan, error),
            (step, _) => step.into(),
        }
    }

    fn scan_ended(self, cx: &mut Context) -> State {
        match self.step {
            Step::Resting | Step::Yielding if cx.mask.is_exposed() => {
                Masking::rotate(cx, NextState::Scan)
            }
            // A program that scans all the time leaves the interface free for a moment only.
            Step::Yielding => Self::begin(cx),
            Step::Running(round) => {
                cx.get_scan_results();
                Step::Reading(round).into()
            }
            step => step.into(),
        }
    }

    fn scan_results(self, cx: &mut Context, found: Vec<Bss>) -> State {
        match self.step {
            Step::Reading(round) => Self::heard(cx, round, found),
            step => step.into(),
        }
    }

    fn supplicant(self, cx: &mut Context, event: Supplicant) -> State {
        if event.wants_connection() {
            return Self::on_demand(cx);
        }
        match (self.step, event) {
            (Step::Resting | Step::Yielding, Supplicant::NetworksChanged) => {
                cx.core.wake_in(EDITED_NETWORKS_PAUSE);
                Step::Resting.into()
            }
            (Step::Running(round), Supplicant::ScanResults) => {
                let is_ours = !std::mem::take(&mut cx.scan.results_owed);
                let is_digested = round.is_digested || is_ours;
                Step::Running(Round {
                    is_digested,
                    ..round
                })
                .into()
            }
            (Step::Digesting { plan, found }, Supplicant::ScanResults) => {
                Self::survey(cx, plan, &found)
            }
            (step, Supplicant::ScanResults) => {
                cx.scan.results_owed = false;
                step.into()
            }
            (step, _) => step.into(),
        }
    }

    fn reply(self, cx: &mut Context, reply: Reply) -> State {
        match (self.step, reply) {
            (Step::Quiescing, Reply::Quiesce(Ok(_))) => Self::begin(cx),
            (Step::Listing, Reply::NetworkList(Ok(list))) => {
                cx.learn_networks(list.networks, list.other);
                Self::next_round(cx)
            }
            (Step::Surveying { plan, fresh }, Reply::NetworkList(Ok(list))) => {
                Self::choose(cx, &plan, &fresh, list)
            }
            (_, Reply::Quiesce(Err(failure)) | Reply::NetworkList(Err(failure))) => {
                Self::supplicant_failed(cx, &failure)
            }
            (step, _) => step.into(),
        }
    }

    fn command(self, cx: &mut Context, command: Command) -> State {
        match command {
            Command::Resumed if self.is_silent() => Self::begin(cx),
            Command::Pause { .. } | Command::Scan | Command::Rotate if self.is_silent() => {
                if cx.may_rotate_now() {
                    return Masking::rotate(cx, NextState::Scan);
                }
                Self::diverted(cx).unwrap_or_else(|| self.into())
            }
            Command::Pause { .. }
            | Command::Scan
            | Command::Rotate
            | Command::Unpause
            | Command::Resumed
            | Command::Rejoin(_)
            | Command::Release
            | Command::Yield => self.into(),
        }
    }

    fn overrun(self, cx: &mut Context) -> State {
        self.lost_scan(cx)
    }

    fn timeout(self, cx: &mut Context) -> State {
        match self.step {
            Step::Digesting { plan, found } => Self::survey(cx, plan, &found),
            Step::Running(_) => {
                cx.core.act(Action::AbortScan);
                Self::rest(cx, RETRY_PAUSE)
            }
            Step::Resting | Step::Yielding => Self::begin(cx),
            step @ (Step::Quiescing
            | Step::Listing
            | Step::Starting(_)
            | Step::Reading(_)
            | Step::Surveying { .. }) => step.into(),
        }
    }
}
