//! What the states share. Each part keeps its own knowledge; the methods here combine parts.

use std::time::Duration;

use rand::rngs::StdRng;

use super::Action;
use super::assignment::Assignments;
use super::backend::{OtherMode, Request};
use super::dialogue::Dialogue;
use super::mask::{MaskState, best_method};
use super::networks::Networks;
use super::scan::{RunningScan, Scans};
use super::user::UserRequests;
use crate::address::{AddressFacts, AddressPolicies};
use crate::machine::action::{How, Scan};
use crate::machine::conflict::ConflictBackoff;
use crate::machine::event::{Link, MlmeEvent};
use crate::machine::link::LinkCore;
use crate::machine::notice::{FailReason, NetworkRemark, Notice, Problem, Remark};
use crate::machine::settings::{Addresses, Card, Settings};
use crate::machine::{Counters, Method, Now, Time};
use crate::scan::failures::Cause;
use crate::scan::owe;
use crate::scan::planner::{ScanPlan, ScanPlanner};
use crate::scan::selection::Candidate;
use crate::time::doubled;
use crate::types::{Bss, Frequency, Mac, Network, Ssid};

/// The interval at which a supplicant that should be idle is asked for its state: events can be lost.
const IDLE_CHECK: Duration = Duration::from_secs(60);
/// The same, after a scan of another program, which can be the start of a connection.
const IDLE_CHECK_AFTER_SCAN: Duration = Duration::from_millis(300);
/// A link that flaps is reported once in this time.
const LINK_DOWN_REPORT_PAUSE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Context {
    pub(super) core: LinkCore<Request>,
    pub(super) card: Card,
    pub(super) settings: Settings,
    pub(super) rng: StdRng,
    pub(super) assignment: Assignments,
    pub(super) mask: MaskState,
    pub(super) supplicant: Dialogue,
    pub(super) networks: Networks,
    pub(super) scan: Scans,
    pub(super) user: UserRequests,
    pub(super) conflict: ConflictBackoff,
    /// When the link was reported to be down, if it has not been up for long since.
    pub(super) link_down_reported: Option<Time>,
    pub(super) counters: Counters,
    /// Why the interface is not protected, if it is not.
    pub(super) unprotected: Option<Problem>,
    /// Another program takes the interface over.
    pub(super) is_yielding: bool,
}

impl Context {
    pub(super) fn new(
        now: Now,
        card: Card,
        settings: Settings,
        addresses: Addresses,
        link: Link,
        rng: StdRng,
    ) -> Self {
        Self {
            core: LinkCore::new(now, link),
            assignment: Assignments::new(addresses, now.boot),
            mask: MaskState::new(best_method(settings.mask_method, &card)),
            supplicant: Dialogue::default(),
            networks: Networks::default(),
            scan: Scans::new(now.boot, &card.channels),
            user: UserRequests::default(),
            conflict: ConflictBackoff::default(),
            link_down_reported: None,
            counters: Counters::default(),
            unprotected: None,
            is_yielding: false,
            card,
            settings,
            rng,
        }
    }

    pub(super) fn reconfigure(&mut self, settings: Settings, policies: AddressPolicies) {
        self.mask.method = best_method(settings.mask_method, &self.card);
        self.settings = settings;
        self.assignment.policies = policies;
    }

    pub(super) fn request(&mut self, request: Request) {
        self.supplicant.requested();
        self.core.act(Action::Request(request));
    }

    /// wpa_supplicant starts its P2P device when it starts, and when the radio is unblocked.
    pub(super) fn stop_p2p_devices(&mut self) {
        self.core.act(Action::SetP2pDevices { running: false });
    }

    /// Takes the link down; this machine has to bring it up again, even if another program took it down first.
    pub(super) fn set_link_down(&mut self) {
        self.core.set_link_down();
        self.core.is_held_down = true;
    }

    pub(super) fn remark(&mut self, remark: Remark) {
        self.core.notify(Notice::Remark(remark));
    }

    /// Takes in what the supplicant is configured for.
    pub(super) fn learn_networks(&mut self, list: Vec<Network>, other: Option<OtherMode>) {
        let was_refused = self.networks.is_mode_refused();
        self.networks.learn(self.core.now, list, other);
        if self.networks.is_mode_refused() && !was_refused {
            self.remark(Remark::ModeRefused);
        }
    }

    pub(super) fn remark_on(&mut self, ssid: &Ssid, remark: NetworkRemark) {
        let ssid = ssid.clone();
        self.core.notify(Notice::About { ssid, remark });
    }

    /// Called when a state is left: its timer, its attempt to set an address and the replies to its
    /// requests no longer count.
    pub(super) fn leave_state(&mut self) {
        self.core.timer = None;
        self.core.forget_attempt();
        self.supplicant.drop_replies();
    }

    pub(super) fn address_facts(&self) -> AddressFacts {
        AddressFacts {
            permanent: self.card.permanent,
            initial: self.card.initial,
            current: self.core.link.address,
            previous: self.assignment.previous,
        }
    }

    /// A mask that is not the current, the permanent or the former address.
    pub(super) fn draw_mask(&mut self) -> Mac {
        let facts = self.address_facts();
        let former: Vec<Mac> = self.mask.previous.into_iter().collect();
        let policies = &self.assignment.policies;
        let mask = policies.mask_address(&facts, &former, &mut self.rng);
        self.mask.previous = Some(mask);
        mask
    }

    /// The address for the hotspot that the user wants.
    pub(super) fn draw_hotspot_address(&mut self) -> Mac {
        let facts = self.address_facts();
        let policies = &self.assignment.policies;
        let name = self.networks.hotspot_name();
        let address = name.map(|ssid| policies.hotspot_address(ssid, &facts));
        match address {
            Some(Ok(Some(address))) => address,
            Some(Ok(None)) | None => self.draw_mask(),
            Some(Err(error)) => {
                let failure = error.to_string();
                self.remark(Remark::HotspotAddressDrawn { failure });
                self.draw_mask()
            }
        }
    }

    /// Sets a mask on a link that is down.
    pub(super) fn mask_while_down(&mut self) {
        let mask = self.draw_mask();
        self.mask.current = None;
        self.core.set_mask(mask, How::WhileDown);
    }

    pub(super) fn is_masked(&self) -> bool {
        self.mask.is(self.core.link.address)
    }

    /// Whether the interface needs another mask before its next scan.
    pub(super) fn mask_is_spent(&self) -> bool {
        let lifetime = self.settings.mask_lifetime;
        self.mask.is_spent(self.core.now, lifetime)
    }

    /// The user wants another mask, and nothing on the air has to end before.
    pub(super) fn may_rotate_now(&self) -> bool {
        self.mask.is_exposed() && self.scan.running == RunningScan::None
    }

    pub(super) fn failed(&mut self, ssid: &Ssid, cause: Cause, reason: FailReason) {
        let pause = self.networks.failures.failed(self.core.now, ssid, cause);
        self.counters.failed_associations = self.counters.failed_associations.saturating_add(1);
        self.core.notify(Notice::Failed {
            ssid: ssid.clone(),
            reason,
            retry_ms: u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
        });
    }

    /// Sets the timer that asks whether the supplicant is still idle.
    pub(super) fn check_idle_later(&mut self) {
        self.core.wake_in(IDLE_CHECK);
    }

    pub(super) fn check_idle_after_scan(&mut self) {
        self.core.wake_in(IDLE_CHECK_AFTER_SCAN);
    }

    /// The masked interface is being connected, or is, and the supplicant has no order to do that.
    pub(super) fn is_connected_by_others(&self, event: MlmeEvent) -> bool {
        !self.settings.others_connect
            && match event {
                MlmeEvent::Authenticated { station, .. } => station == self.core.link.address,
                MlmeEvent::Authenticating { .. } | MlmeEvent::Associated { .. } => true,
                MlmeEvent::TimedOut | MlmeEvent::Ended => false,
            }
    }

    /// As [`Context::is_connected_by_others`], as the link tells it.
    pub(super) const fn has_foreign_carrier(&self, link: Link) -> bool {
        link.carrier && !self.settings.others_connect
    }

    /// Another program changed the address, or brought the link up.
    pub(super) fn note_dispute(&mut self) {
        self.conflict.dispute(self.core.now);
    }

    /// The link is up. A program that takes it down again at once is not reported each time.
    pub(super) fn note_link_up(&mut self) {
        let now = self.core.now;
        self.link_down_reported
            .take_if(|reported| now.saturating_sub(*reported) >= LINK_DOWN_REPORT_PAUSE);
    }

    pub(super) fn scan_request(&self, plan: &ScanPlan) -> Scan {
        let random_address = self.scans_are_randomized();
        let mask = self.mask.current.filter(|_| !random_address);
        Scan {
            frequencies: plan.frequencies.clone(),
            ssids: plan.ssids.clone(),
            under: mask.map(|mask| mask.address),
            random_address,
            random_sequence: self.card.random_sequence,
            minimal_content: self.card.minimal_content,
        }
    }

    pub(super) fn start_scan(&mut self, plan: &ScanPlan) {
        self.scan.planner.scan_begins(self.core.now);
        let scan = self.scan_request(plan);
        self.core.act(Action::Scan(scan));
    }

    /// All channels, without a probe request: the interface has the assigned address.
    pub(super) fn all_frequencies(&self) -> Vec<Frequency> {
        let channels = self.card.channels.iter();
        channels.map(|channel| channel.frequency).collect()
    }

    pub(super) fn start_passive_scan(&mut self, frequencies: Vec<Frequency>) {
        self.scan.planner.scan_begins(self.core.now);
        self.core.act(Action::Scan(Scan {
            frequencies,
            ssids: Vec::new(),
            under: None,
            random_address: false,
            random_sequence: false,
            minimal_content: false,
        }));
    }

    pub(super) fn passive_scan_accepted(&mut self) {
        self.scan.running = RunningScan::Accepted;
        self.counters.scans = self.counters.scans.saturating_add(1);
    }

    /// Each scan carries its own random address.
    pub(super) fn scans_are_randomized(&self) -> bool {
        self.mask.method == Method::Driver && self.settings.scan_random
    }

    pub(super) fn scan_accepted(&mut self) {
        self.passive_scan_accepted();
        if !self.scans_are_randomized() && self.settings.scan_random {
            self.mask.scanned();
        }
    }

    pub(super) fn all_channels(&self) -> ScanPlan {
        ScanPlan::wildcard(self.all_frequencies(), false)
    }

    pub(super) fn next_plan(&mut self) -> ScanPlan {
        let known = self.networks.known_channels();
        self.scan.planner.next_plan(self.core.now, &known)
    }

    /// Reads the results of the scan that has just ended.
    pub(super) fn get_scan_results(&mut self) {
        self.scan.planner.results_requested(self.core.now);
        self.core.act(Action::GetScanResults);
    }

    pub(super) fn is_worth_joining_now(&self, candidate: &Candidate, plan: &ScanPlan) -> bool {
        let networks = &self.networks;
        let known = networks.failures.channels(&candidate.ssid);
        let known = known.contains(&candidate.frequency)
            || self.scan.planner.was_joined(candidate.frequency);
        networks.is_wanted(&candidate.ssid)
            || ScanPlanner::is_good_enough(candidate, plan, &networks.list, known)
    }

    pub(super) fn pause_after(&mut self, plan: &ScanPlan, fresh: &[Bss]) -> Duration {
        let now = self.core.now;
        let known = self.networks.known_channels();
        let hidden = self.networks.hidden(now, self.card.max_scan_ssids);
        let halves = owe::to_name(
            &self.scan.pairs,
            &self.networks.list,
            self.card.max_scan_ssids,
        );
        let missing = owe::to_hear(&self.scan.strays, &self.networks.list);
        let planner = &mut self.scan.planner;
        if planner.name_halves(now, halves) || planner.hear_halves(now, &missing) {
            return Duration::ZERO;
        }
        planner.pause_after(now, plan, fresh, hidden, &known, &mut self.rng)
    }

    pub(super) fn heard_at(&mut self, ssid: &Ssid, frequency: Option<Frequency>) {
        self.networks.heard_at(ssid, frequency);
    }

    pub(super) fn connected_at(&mut self, ssid: &Ssid, frequency: Option<Frequency>) {
        self.heard_at(ssid, frequency);
        if let Some(channel) = frequency.filter(|channel| self.scan.planner.joined(*channel)) {
            self.core.act(Action::KeepChannel(channel));
        }
    }

    /// How long to hold the link down before the next try: doubled each time in a row.
    pub(super) fn next_hold_pause(&mut self, first: Duration, longest: Duration) -> Duration {
        let pause = doubled(first, self.counters.holds_in_a_row, longest);
        self.counters.holds_in_a_row = self.counters.holds_in_a_row.saturating_add(1);
        pause
    }
}
