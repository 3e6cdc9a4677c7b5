//! What every state of a station shares: the card, what is known of the world, and the way out.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use rand::rngs::StdRng;

use super::Action;
use super::backend::{Reply, Request};
use crate::address::{AddressPolicies, History};
use crate::machine::action::{How, Scan};
use crate::machine::budget::RandomAddressBudget;
use crate::machine::conflict::ConflictBackoff;
use crate::machine::event::Link;
use crate::machine::notice::Notice;
use crate::machine::settings::{Addresses, Card, MaskMethod, Settings};
use crate::machine::{Counters, Method, Now, Pause, Time};
use crate::scan::failures::{Cause, FailureMemory};
use crate::scan::planner::{ScanPlan, ScanPlanner};
use crate::scan::selection;
use crate::scan::selection::Candidate;
use crate::time::doubled;
use crate::types::{Bss, Frequency, Mac, Network, Ssid};

/// Networks are edited in several steps, most of them unannounced: they are read often for this long.
const EDITING: Duration = Duration::from_secs(30);
const EDITED_STALE: Duration = Duration::from_millis(900);
/// What the kernel did before the machine slept is heard within this time after.
const AWAKENING: Duration = Duration::from_secs(5);
/// A link that goes up and down is spoken of once in this time.
const SAY_AGAIN: Duration = Duration::from_secs(10);
/// Events can be lost: a supplicant that has to be at rest is asked this often whether it is.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// After somebody's scan: whoever wants a connection goes on scanning.
const AFTER_SCAN: Duration = Duration::from_millis(300);
/// A round visits at most this many channels besides the slice of a sweep.
const MOST_KNOWN_CHANNELS: usize = 6;

#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and they come in every combination"
)]
#[derive(Debug)]
pub(super) struct Context {
    pub(super) now: Time,
    /// The clock on the wall.
    pub(super) wall: SystemTime,
    pub(super) card: Card,
    pub(super) settings: Settings,
    pub(super) policies: AddressPolicies,
    pub(super) rng: StdRng,
    pub(super) link: Link,
    /// Since when the link has its address.
    pub(super) address_since: Time,
    /// The road by which masks are changed; it may get worse when the driver refuses.
    pub(super) method: Method,
    /// The mask on the card, if it carries one.
    pub(super) mask: Option<Mask>,
    pub(super) previous_mask: Option<Mac>,
    pub(super) previous_assigned: Option<Mac>,
    /// The supplicant can be talked to.
    pub(super) supplicant: bool,
    /// The supplicant may put an address of its own back once, at its next association.
    pub(super) must_forget_own_address: bool,
    /// The link is down because this station took it down.
    pub(super) down_is_ours: bool,
    /// When it was said that the link is down, if it has not been up for good since.
    pub(super) said_down: Option<Time>,
    pub(super) conflict: ConflictBackoff,
    pub(super) networks: Vec<Network>,
    networks_read: Option<Time>,
    networks_edited: Option<Time>,
    pub(super) memory: FailureMemory,
    /// Networks whose stable address is renewed now and then.
    pub(super) history: History,
    pub(super) draws: RandomAddressBudget,
    /// The address that is being assigned, if it came about by chance.
    pub(super) drawn: Option<Mac>,
    pub(super) planner: ScanPlanner,
    /// The network whose association ended last: looked for first.
    pub(super) lost: Option<Ssid>,
    /// The network that the user asked for.
    pub(super) wanted: Option<Ssid>,
    /// When the last association began.
    pub(super) associated_since: Time,
    /// The scan that runs, if one does.
    pub(super) scan: RunningScan,
    /// The supplicant has not yet said that it knows the results of the scan before.
    pub(super) results_owed: bool,
    pub(super) counters: Counters,
    /// Why the card goes on without protection, if it does.
    pub(super) unprotected_because: Option<String>,
    /// Nothing is to be scanned or joined.
    pub(super) pause: Option<Pause>,
    /// Somebody asked for a scan of all channels, and has not had it.
    pub(super) scan_requested: bool,
    /// When the machine was last found to have slept.
    pub(super) woken: Option<Time>,
    /// When the current state wants to be woken.
    pub(super) alarm: Option<Time>,
    actions: VecDeque<Action>,
    /// Answers that are still owed by the supplicant.
    owed: u32,
    /// Of these, answers to questions of an earlier state.
    stale: u32,
}

/// A mask address on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mask {
    pub(super) address: Mac,
    pub(super) since: Time,
    /// A scan of ours went out under it.
    pub(super) scanned: bool,
    /// Somebody else sent something under it.
    pub(super) exposed: bool,
}

/// Whose scan is on the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunningScan {
    None,
    /// Ours, accepted but not yet announced.
    Accepted,
    /// Ours.
    Own,
    /// Somebody else's; it exposes the card's address or not.
    External {
        exposing: bool,
    },
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
        let Addresses { policies, history } = addresses;
        let Now { boot: now, wall } = now;
        Self {
            now,
            wall,
            method: best_method(settings.mask_method, &card),
            planner: ScanPlanner::new(now, &card.channels),
            card,
            settings,
            policies,
            rng,
            link,
            address_since: now,
            mask: None,
            previous_mask: None,
            previous_assigned: None,
            supplicant: false,
            must_forget_own_address: false,
            down_is_ours: false,
            said_down: None,
            conflict: ConflictBackoff::default(),
            networks: Vec::new(),
            networks_read: None,
            networks_edited: None,
            memory: FailureMemory::default(),
            history,
            draws: RandomAddressBudget::default(),
            drawn: None,
            lost: None,
            wanted: None,
            associated_since: now,
            scan: RunningScan::None,
            results_owed: false,
            counters: Counters::default(),
            unprotected_because: None,
            pause: None,
            scan_requested: false,
            woken: None,
            alarm: None,
            actions: VecDeque::new(),
            owed: 0,
            stale: 0,
        }
    }

    pub(super) fn set_clocks(&mut self, now: Now) {
        Now {
            boot: self.now,
            wall: self.wall,
        } = now;
    }

    pub(super) fn reconfigure(&mut self, settings: Settings, policies: AddressPolicies) {
        self.method = best_method(settings.mask_method, &self.card);
        self.settings = settings;
        self.policies = policies;
    }

    pub(super) fn act(&mut self, action: Action) {
        // A bounce that fails half-way leaves the link down.
        self.down_is_ours |= matches!(
            action,
            Action::SetLinkDown
                | Action::SetAddress {
                    how: How::Cycle,
                    ..
                }
        );
        self.actions.push_back(action);
    }

    pub(super) fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    pub(super) fn ask(&mut self, request: Request) {
        self.owed = self.owed.saturating_add(1);
        self.act(Action::Request(request));
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        self.act(Action::Notify(notice));
    }

    pub(super) fn remark(&mut self, text: impl Into<String>) {
        self.notify(Notice::Remark(text.into()));
    }

    pub(super) fn remark_on(&mut self, ssid: &Ssid, text: impl Into<String>) {
        let (ssid, remark) = (ssid.clone(), text.into());
        self.notify(Notice::About { ssid, remark });
    }

    pub(super) fn wake_in(&mut self, pause: Duration) {
        self.alarm = Some(self.now.saturating_add(pause));
    }

    /// Called when a state is left: its alarm and the answers to its questions no longer matter.
    pub(super) fn leave_state(&mut self) {
        self.alarm = None;
        self.stale = self.owed;
    }

    /// Passes on an answer of the supplicant unless it was asked for by an earlier state.
    pub(super) fn accept_reply(&mut self, reply: Reply) -> Option<Reply> {
        self.owed = self.owed.saturating_sub(1);
        if self.stale > 0 {
            self.stale -= 1;
            return None;
        }
        Some(reply)
    }

    /// A mask address that is neither on the card, nor its permanent or a former address.
    pub(super) fn draw_mask(&mut self) -> Mac {
        let former: Vec<Mac> = self.previous_mask.into_iter().collect();
        let mask = self
            .policies
            .mask_address(&self.address_facts(), &former, &mut self.rng);
        self.previous_mask = Some(mask);
        mask
    }

    /// Whether the card needs another mask before its next scan.
    pub(super) fn mask_is_spent(&self) -> bool {
        self.mask.as_ref().is_none_or(|mask| {
            let age = self.now.saturating_sub(mask.since);
            mask.exposed || (mask.scanned && age >= self.settings.mask_lifetime)
        })
    }

    /// Channels of networks that may be joined, the lost one's first.
    pub(super) fn known_channels(&self) -> Vec<Frequency> {
        let lost = self.lost.iter();
        let others = self.networks.iter().filter(|network| network.enabled);
        let names = lost.chain(others.filter_map(|network| network.ssid.as_ref()));
        let mut channels = Vec::new();
        for &frequency in names.flat_map(|ssid| self.memory.channels(ssid)) {
            if channels.len() < MOST_KNOWN_CHANNELS && !channels.contains(&frequency) {
                channels.push(frequency);
            }
        }
        channels
    }

    pub(super) fn failed(&mut self, ssid: &Ssid, cause: Cause, why: impl Into<String>) {
        let pause = self.memory.failed(self.now, ssid, cause);
        self.counters.failed_associations = self.counters.failed_associations.saturating_add(1);
        let retry_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        self.notify(Notice::Failed {
            ssid: ssid.clone(),
            why: why.into(),
            retry_ms,
        });
    }

    /// The supplicant will not join the network any sooner.
    pub(super) fn leave_alone(&mut self, id: u32, pause: Duration) {
        let until = self
            .now
            .saturating_add(pause)
            .saturating_add(Duration::from_secs(1));
        let named = self.networks.iter().find(|network| network.id == id);
        if let Some(ssid) = named.and_then(|network| network.ssid.as_ref()) {
            self.memory.block(until, ssid);
        }
    }

    pub(super) fn is_masked(&self) -> bool {
        self.mask
            .is_some_and(|mask| mask.address == self.link.address)
    }

    /// The alarm that asks whether the supplicant is still at rest.
    pub(super) fn look_whether_at_rest(&mut self) {
        self.wake_in(KEEP_ALIVE);
    }

    /// Likewise, after a scan that somebody may have made for a connection.
    pub(super) fn look_soon_whether_at_rest(&mut self) {
        self.wake_in(AFTER_SCAN);
    }

    pub(super) fn mask_is_exposed(&self) -> bool {
        self.mask.is_some_and(|mask| mask.exposed)
    }

    pub(super) fn expose_mask(&mut self) {
        if let Some(mask) = &mut self.mask {
            mask.exposed = true;
        }
    }

    /// The user wishes another mask, and nothing is on the air that has to end before.
    pub(super) fn may_rotate_now(&self) -> bool {
        self.mask_is_exposed() && self.scan == RunningScan::None
    }

    /// Somebody else changed the address, or brought the link up.
    pub(super) fn note_dispute(&mut self) {
        self.conflict.dispute(self.now);
    }

    /// The link is up. Somebody who fights for it takes it down again at once, which is not said each time.
    pub(super) fn forget_said_down(&mut self) {
        let now = self.now;
        let is_old = |said: &Time| now.saturating_sub(*said) >= SAY_AGAIN;
        self.said_down = self.said_down.filter(|said| !is_old(said));
    }

    pub(super) fn scan_request(&self, plan: &ScanPlan) -> Scan {
        let (mask, own_address) = (self.mask, self.scans_carry_own_address());
        Scan {
            frequencies: plan.frequencies.clone(),
            ssids: plan.ssids.clone(),
            under: mask.filter(|_| !own_address).map(|mask| mask.address),
            random_address: own_address,
            random_sequence: self.card.random_sequence,
            minimal_content: self.card.minimal_content,
        }
    }

    pub(super) fn scans_carry_own_address(&self) -> bool {
        self.method == Method::Driver && self.settings.scan_random
    }

    pub(super) fn scan_accepted(&mut self) {
        self.scan = RunningScan::Accepted;
        self.counters.scans = self.counters.scans.saturating_add(1);
        let exposes = !self.scans_carry_own_address() && self.settings.scan_random;
        if let Some(mask) = self.mask.as_mut().filter(|_| exposes) {
            mask.scanned = true;
        }
    }

    /// Everything that the card can hear, once.
    pub(super) fn plan_of_all_channels(&self) -> ScanPlan {
        let channels = self.card.channels.iter();
        ScanPlan::wildcard(channels.map(|channel| channel.frequency).collect(), false)
    }

    pub(super) fn next_plan(&mut self) -> ScanPlan {
        let known = self.known_channels();
        self.planner.next_plan(self.now, &known)
    }

    /// Asks what the scan has heard that has just ended.
    pub(super) fn read_air(&mut self) {
        self.planner.results_requested(self.now);
        self.act(Action::GetScanResults);
    }

    pub(super) fn fresh(&self, air: &[Bss]) -> Vec<Bss> {
        self.planner.fresh(air)
    }

    pub(super) fn is_worth_joining_now(&self, candidate: &Candidate, plan: &ScanPlan) -> bool {
        let asked_for = [&self.lost, &self.wanted].contains(&&Some(candidate.ssid.clone()));
        let known = self
            .memory
            .channels(&candidate.ssid)
            .contains(&candidate.frequency);
        asked_for || ScanPlanner::is_good_enough(candidate, plan, &self.networks, known)
    }

    pub(super) fn pause_after(&mut self, plan: &ScanPlan, fresh: &[Bss]) -> Duration {
        let (known, hidden) = (self.known_channels(), self.hidden_networks());
        self.planner
            .pause_after(self.now, plan, fresh, hidden, &known, &mut self.rng)
    }

    /// Names to be sent where a hidden beacon was heard, as many as one scan can carry.
    fn hidden_networks(&self) -> Vec<Ssid> {
        let eligible = self
            .networks
            .iter()
            .filter(|network| selection::is_eligible(network));
        let hidden = eligible.filter(|network| network.hidden);
        let names = hidden.filter_map(|network| network.ssid.clone());
        let due = names.filter(|ssid| self.memory.can_try(self.now, ssid));
        due.take(usize::from(self.card.max_scan_ssids)).collect()
    }

    pub(super) fn heard_at(&mut self, ssid: &Ssid, frequency: Option<Frequency>) {
        let known = self
            .networks
            .iter()
            .any(|network| network.ssid.as_ref() == Some(ssid));
        let current = self.lost.as_ref() == Some(ssid) || self.networks.is_empty();
        if let Some(frequency) = frequency.filter(|_| known || current) {
            self.memory.heard(ssid, frequency);
        }
    }

    pub(super) fn learn_networks(&mut self, networks: Vec<Network>) {
        self.networks = networks;
        self.networks_read = Some(self.now);
    }

    /// Somebody edits the networks: they are read again before the next round.
    pub(super) fn networks_changed(&mut self) {
        self.networks_read = None;
        self.networks_edited = Some(self.now);
    }

    pub(super) fn networks_are_stale(&self, age: Duration) -> bool {
        let age = if self.networks_are_edited() {
            EDITED_STALE
        } else {
            age
        };
        self.networks_read
            .is_none_or(|read| self.now.saturating_sub(read) >= age)
    }

    pub(super) fn has_just_woken(&self) -> bool {
        let ago = self.woken.map(|woken| self.now.saturating_sub(woken));
        ago.is_some_and(|ago| ago < AWAKENING)
    }

    pub(super) fn networks_are_edited(&self) -> bool {
        self.networks_edited
            .is_some_and(|at| self.now.saturating_sub(at) < EDITING)
    }

    /// How long to hold the card before the next try: doubled each time in a row.
    pub(super) fn next_hold_pause(&mut self, first: Duration, longest: Duration) -> Duration {
        let pause = doubled(first, self.counters.holds_in_a_row, longest);
        self.counters.holds_in_a_row = self.counters.holds_in_a_row.saturating_add(1);
        pause
    }
}

/// The best method that the configuration allows and the driver supports.
pub(super) fn best_method(wanted: MaskMethod, card: &Card) -> Method {
    match wanted {
        MaskMethod::Auto | MaskMethod::Driver if card.random_address => Method::Driver,
        MaskMethod::Auto | MaskMethod::Powered if card.live_change => Method::Powered,
        MaskMethod::Auto | MaskMethod::Driver | MaskMethod::Powered | MaskMethod::Bounce => {
            Method::Bounce
        }
    }
}

/// Why a configured method is not available.
pub(super) fn method_shortfall(wanted: MaskMethod, card: &Card) -> Option<&'static str> {
    match wanted {
        MaskMethod::Driver if !card.random_address => Some(
            "mask-method \"driver\" is unavailable: the driver does not support randomized scans",
        ),
        MaskMethod::Powered if !card.live_change => Some(
            "mask-method \"powered\" is unavailable: it needs a mac80211 driver and Linux 6.7 or later",
        ),
        MaskMethod::Auto | MaskMethod::Driver | MaskMethod::Powered | MaskMethod::Bounce => None,
    }
}

impl Method {
    /// How this method changes a mask.
    pub(super) const fn how(self) -> How {
        match self {
            Self::Powered => How::Live,
            Self::Driver | Self::Bounce => How::Cycle,
        }
    }
}
