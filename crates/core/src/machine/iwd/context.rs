//! What the states share. Each part keeps its own knowledge; the methods here combine parts.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::rngs::StdRng;

use super::Action;
use super::assignment::Files;
use super::backend::{KnownNetwork, NetworkId, Request, StationPhase, StationState};
use super::backoff::ReconnectBackoff;
use crate::address::AddressFacts;
use crate::machine::action::How;
use crate::machine::ended_scans::EndedScans;
use crate::machine::event::{Link, LinkEvent, ScanStarted};
use crate::machine::link::{LINK_DOWN_RETRY, LinkChange, LinkCore};
use crate::machine::notice::{IwdProblem, Notice, Problem};
use crate::machine::settings::{Addresses, Card, MaskMethod, Settings};
use crate::machine::{Counters, KernelError, Now, RemedyContext, Time, remedy};
use crate::time::doubled;
use crate::types::{Bss, Frequency, Mac, Ssid};

/// An authentication that is not older belongs to the attempt that iwd reports.
const MAX_SHOWN_AGE: Duration = Duration::from_secs(1);

/// A card that cannot be masked is silent, and tried again.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const MAX_RETRY: Duration = Duration::from_secs(300);
/// A driver that takes no mask must not make iwd start over at each of its scans.
const CYCLE_INTERVAL: Duration = Duration::from_secs(30);

/// What iwd begins so soon after it was cut off can meet the mask that was to end the attempt before.
const CUT_OFF_TIME: Duration = Duration::from_secs(2);

/// The unit of a BSS's age in the kernel.
const KERNEL_TICK: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(super) struct Context {
    pub(super) core: LinkCore<Request>,
    pub(super) card: Card,
    pub(super) settings: Settings,
    pub(super) rng: StdRng,
    pub(super) files: Files,
    pub(super) mask: MaskState,
    pub(super) iwd: Station,
    pub(super) attempt: Attempt,
    pub(super) search: Reconnect,
    /// What iwd has made up for networks without a file.
    pub(super) made_up: BTreeMap<NetworkId, Mac>,
    /// How often in a row iwd was kept from a network.
    pub(super) refusals: BTreeMap<NetworkId, u32>,
    pub(super) counters: Counters,
    /// Scans while connected.
    pub(super) ended_scans: EndedScans,
    pub(super) problem: Option<IwdProblem>,
}

#[derive(Debug, Default)]
pub(super) struct MaskState {
    /// The mask on the interface, or the last one.
    pub(super) last: Option<Mac>,
    /// Another program used the mask.
    pub(super) is_exposed: bool,
    /// The address on the card, if no attempt of iwd's put it there: it was found, or the driver kept it.
    pub(super) found: Option<Mac>,
    /// The address that is being set.
    setting: Option<(Mac, How)>,
    /// Why the card is silent: it would show its own address.
    pub(super) problem: Option<Problem>,
    /// When a silent card is masked again.
    pub(super) retry_at: Option<Time>,
    /// When the link of a card that is to be silent is taken down again.
    pub(super) lower_at: Option<Time>,
    failures: u32,
    /// The link was taken down because a scan at rest would have shown its address.
    cycled_at: Option<Time>,
    /// The user had disconnected then: iwd, which starts over, must stay so.
    pub(super) is_unwanted: bool,
    /// iwd has said whether it uses the addresses in its files.
    is_met: bool,
}

/// What is known of iwd and its station.
#[derive(Debug)]
pub(super) struct Station {
    pub(super) state: StationState,
    /// iwd has a station for this interface. Without one, the machine of another interface can write the files.
    pub(super) is_present: bool,
    /// Why iwd does not use the addresses that it gets.
    pub(super) obstacle: Option<String>,
    /// It was told to join nothing without a request, because the files do not have this interface's addresses.
    pub(super) is_kept_off: bool,
    /// iwd randomizes scans where the driver supports it.
    pub(super) randomizes_scans: bool,
    /// Where the addresses and routes of the interface are from: the network, and the card's address there.
    entered: Option<(NetworkId, Mac)>,
}

/// What the kernel reports of an attempt to connect.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// The kernel starts to authenticate; the link is being read.
    pub(super) is_authenticating: bool,
    /// The address of the last authentication.
    pub(super) shown: Option<(Mac, Time)>,
    /// The last mask is to end it.
    is_ended_by_mask: bool,
    /// It was cut off before iwd reported its network.
    pub(super) cut: Option<Cut>,
    /// When one was cut off last.
    cut_at: Option<Time>,
    /// It met the mask that was to end the one before; the next one that shows it does not count as such.
    is_spared: bool,
}

/// Why an attempt was cut off whose network is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// It was begun under a mask.
    WrongAddress,
    /// It met the mask that was to end the attempt before, which says nothing of its network.
    Spared,
}

/// How the state of the link became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkSource {
    Notification,
    Reading,
}

/// The search for a lost network.
#[derive(Debug)]
pub(super) struct Reconnect {
    pub(super) backoff: Option<ReconnectBackoff>,
    pub(super) lost: Option<NetworkId>,
    /// The channel of the last network.
    pub(super) frequency: Option<Frequency>,
    /// When the last scan began.
    scan_began: Time,
    /// A scan of any program is running, as the kernel reports.
    pub(super) is_scanning: bool,
    /// It shows the interface's address.
    is_leaking: bool,
    /// iwd's first scan was ended: it starts over once the files have this interface's addresses.
    pub(super) was_ended: bool,
}

impl Attempt {
    /// It is over: what is read of the link from now on was not shown by it.
    pub(super) const fn end(&mut self) {
        self.shown = None;
        self.is_authenticating = false;
    }
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
            card,
            settings,
            rng,
            files: Files::new(addresses),
            mask: MaskState {
                found: Some(link.address),
                ..MaskState::default()
            },
            iwd: Station {
                state: StationState::default(),
                is_present: false,
                is_kept_off: false,
                obstacle: None,
                randomizes_scans: true,
                entered: None,
            },
            attempt: Attempt::default(),
            search: Reconnect {
                backoff: None,
                lost: None,
                frequency: None,
                scan_began: now.boot,
                is_scanning: false,
                is_leaking: false,
                was_ended: false,
            },
            made_up: BTreeMap::new(),
            refusals: BTreeMap::new(),
            counters: Counters::default(),
            ended_scans: EndedScans::default(),
            problem: None,
        }
    }

    pub(super) fn request(&mut self, request: Request) {
        self.core.act(Action::Request(request));
    }

    pub(super) fn address_facts(&self) -> AddressFacts {
        AddressFacts {
            permanent: self.card.permanent,
            initial: self.card.initial,
            current: self.core.link.address,
            previous: None,
        }
    }

    /// Applies an event of the link to the shared parts; `None` if it concerns no state.
    ///
    /// iwd changes the address of a link that is up, and leaves the link-local address that was derived
    /// from the old one.
    pub(super) fn link_event(&mut self, event: LinkEvent) -> Option<LinkSource> {
        let before = self.core.link;
        let (link, source) = match self.core.handle(event)? {
            LinkChange::Changed(link) => (link, LinkSource::Notification),
            LinkChange::Answered(Ok(link)) => (link, LinkSource::Reading),
            LinkChange::Answered(Err(_)) => {
                self.silence_later();
                return None;
            }
            LinkChange::AddressSet(result) => {
                self.mask_set(&result);
                return None;
            }
        };
        self.mask.found.take_if(|found| *found != link.address);
        self.keep_silent(before);
        if self.search.is_leaking {
            self.spend_scanned();
        }
        if link.address != before.address && before.up && link.up {
            self.core.act(Action::ClearIpv6);
        }
        Some(source)
    }

    /// iwd goes on under whatever address there is. A driver that refuses every mask, and a link that another
    /// program brings up, would show the card's own.
    fn keep_silent(&mut self, before: Link) {
        let came_up = self.core.link.up && !before.up;
        let is_silent = self.mask.problem.is_some() || self.shows_card();
        if came_up && self.mask.setting.is_none() && is_silent {
            self.silence();
        }
    }

    /// The link has the address that identifies the card, and no network is to see that one.
    pub(super) fn shows_card(&self) -> bool {
        let identifies = |address| self.card.permanent == Some(address);
        let mut written = self.files.written.values();
        self.mask.is_met
            && self.iwd.obstacle.is_none()
            && identifies(self.core.link.address)
            && !written.any(|it| identifies(it.address) || it.former.is_some_and(identifies))
    }

    /// The link stays down until the next try.
    fn stay_silent(&mut self, error: &KernelError) {
        let remedy = remedy(error.errno, RemedyContext::Wifi);
        let problem = Problem::of_kernel(error, &self.card.driver, remedy);
        self.mask.problem = Some(problem.clone());
        let pause = doubled(FIRST_RETRY, self.mask.failures, MAX_RETRY);
        self.mask.failures = self.mask.failures.saturating_add(1);
        self.mask.retry_at = Some(self.core.now.saturating_add(pause));
        if self.mask.failures == 1 {
            let retry_ms = u64::try_from(pause.as_millis()).ok();
            self.core.notify(Notice::Blocked { problem, retry_ms });
        }
        if self.core.link.up {
            self.core.set_link_down();
        }
    }

    /// The link did not go down.
    fn silence_later(&mut self) {
        if self.mask.problem.is_some() && self.core.link.up {
            self.mask.lower_at = Some(self.core.now.saturating_add(LINK_DOWN_RETRY));
        }
    }

    /// A silent card is masked again, if it is time.
    pub(super) fn mask_again(&mut self) {
        let now = self.core.now;
        let is_due = self.mask.lower_at.take_if(|at| *at <= now).is_some();
        if is_due && self.core.link.up && self.mask.problem.is_some() {
            self.core.set_link_down();
        }
        if self
            .mask
            .retry_at
            .take_if(|at| *at <= self.core.now)
            .is_some()
            && (self.shows_card() || self.core.is_held_down)
        {
            self.silence();
        }
    }

    fn mask_set(&mut self, result: &Result<Link, KernelError>) {
        let Some((address, how)) = self.mask.setting.take() else {
            return;
        };
        self.mask.found = Some(self.core.link.address).filter(|found| *found != address);
        // Also if the driver reports an error afterwards.
        if self.mask.found.is_none() {
            self.mask.last = Some(address);
        }
        match result {
            Ok(link) if link.address == address => {
                self.mask.is_exposed = false;
                self.mask.problem = None;
                self.mask.retry_at = None;
                self.mask.failures = 0;
                self.counters.masks = self.counters.masks.saturating_add(1);
                self.core.notify(Notice::Masked { address });
            }
            // During iwd's first scan: iwd starts over.
            Err(_) if how == How::Live && self.is_own(self.core.link.address) => {
                self.put_mask(How::Cycle);
            }
            Err(error) if self.must_be_silent(address) => self.stay_silent(error),
            Ok(link) if self.must_be_silent(address) => {
                self.stay_silent(&KernelError::of_another_address(*link));
            }
            // The kernel refuses during a scan or an association; the next idle time is another chance.
            Ok(_) | Err(_) => {}
        }
    }

    /// It would show the card's own address, or the address for which an attempt was cut off.
    fn must_be_silent(&self, mask: Mac) -> bool {
        self.shows_card() || self.attempt.is_ended_by_mask && self.core.link.address != mask
    }

    /// Tries another mask, for the same reason as before.
    fn silence(&mut self) {
        let is_ended = self.attempt.is_ended_by_mask;
        self.put_mask(How::Cycle);
        self.attempt.is_ended_by_mask = is_ended;
    }

    /// Sets an address; an earlier attempt no longer counts.
    pub(super) fn set_address(&mut self, address: Mac, how: How) {
        self.mask.setting = Some((address, how));
        self.core.set_address(address, how);
    }

    pub(super) fn is_masked(&self) -> bool {
        self.has_mask() && !self.mask.is_exposed
    }

    /// The address is a mask, which scans of iwd may have shown.
    pub(super) fn has_mask(&self) -> bool {
        self.mask.last == Some(self.core.link.address)
    }

    /// The idle interface can be masked: a live change does not make iwd start over.
    pub(super) fn can_mask(&self) -> bool {
        let is_allowed = self.settings.mask_method != MaskMethod::Bounce;
        is_allowed && self.card.live_change && self.iwd.obstacle.is_none()
    }

    /// Whether iwd's scans show the interface's address (`station_scan_trigger`, `station.c`): they are
    /// active where the driver supports randomized scans, even if iwd's are not, and where iwd knows a
    /// hidden network; otherwise they are passive.
    pub(super) fn scans_leak(&self) -> bool {
        if self.card.random_address {
            !self.iwd.randomizes_scans
        } else {
            self.files.known.iter().any(|known| known.hidden)
        }
    }

    /// iwd can scan without showing an address that a network knows, and join what it finds.
    pub(super) fn can_search(&self) -> bool {
        self.files.is_usable() && (self.can_mask() || self.has_mask() || !self.scans_leak())
    }

    /// An address that identifies the card.
    pub(super) fn is_own(&self, address: Mac) -> bool {
        self.card.permanent == Some(address) || self.card.initial == address
    }

    /// iwd makes up an address for a network without a file, always the same one. If macveil started under it,
    /// iwd returns to it after it was refused, from a mask.
    pub(super) fn can_be_made_up(&self, network: &NetworkId, address: Mac) -> bool {
        let is_again = self.card.permanent != Some(address) && self.refusals.contains_key(network);
        let was_there = [self.mask.last, self.mask.found].contains(&Some(address));
        let own = self.is_own(address) && !is_again || was_there;
        let anothers = self.is_anothers(network, address);
        self.made_up.get(network) == Some(&address) || !own && !anothers
    }

    /// Masks an interface that iwd has just started to drive.
    pub(super) fn mask_at_first(&mut self) {
        let idle = self.iwd.state.phase == StationPhase::Disconnected;
        if idle && self.iwd.obstacle.is_none() && self.is_own(self.core.link.address) {
            self.put_mask(if self.can_mask() {
                How::Live
            } else {
                How::Cycle
            });
        }
    }

    /// Nothing is connected: scans may show a mask, and no other address.
    pub(super) fn mask_in_place_of_assigned(&mut self) {
        if !self.has_mask() && self.iwd.obstacle.is_none() {
            self.put_mask(How::Cycle);
        }
    }

    /// A scan at rest that shows an address of a network was ended. Where the mask needs a link that is down, iwd
    /// starts over, and scans under the mask.
    pub(super) fn mask_after_ended_scan(&mut self, is_unwanted: bool) {
        let cycled = self.mask.cycled_at;
        let is_due = cycled.is_none_or(|at| at.saturating_add(CYCLE_INTERVAL) <= self.core.now);
        if is_due && !self.can_mask() {
            self.mask.cycled_at = Some(self.core.now);
            self.mask.is_unwanted = is_unwanted;
            self.put_mask(How::Cycle);
        }
    }

    /// The running scan shows an address other than a mask.
    pub(super) fn is_exposed_by_scan(&self) -> bool {
        let is_protected = self.mask.is_met && self.iwd.obstacle.is_none();
        is_protected && self.search.is_leaking && !self.has_mask()
    }

    /// iwd is there, whether or not it has a station.
    pub(super) const fn is_met(&self) -> bool {
        self.mask.is_met
    }

    /// Keeps iwd from joining anything with the addresses of another interface. It starts over after the
    /// link was down.
    pub(super) fn keep_off(&mut self) {
        let idle = self.iwd.is_present && self.iwd.state.phase == StationPhase::Disconnected;
        let must = idle && !self.files.is_usable() && self.iwd.obstacle.is_none();
        if must && !std::mem::replace(&mut self.iwd.is_kept_off, true) {
            self.request(Request::Disconnect);
        }
    }

    /// Keeps iwd, which has not said yet that it has a station, from joining what its scan finds with the
    /// addresses of another interface. The scan can have begun before this machine.
    pub(super) fn find_nothing(&mut self) {
        if self.files.are_wrong() && self.iwd.obstacle.is_none() {
            self.search.was_ended = true;
            self.core.act(Action::AbortScan);
        }
    }

    /// Ends an attempt to connect. The kernel does so at once, and iwd starts over; after a request to
    /// disconnect, iwd would go on for a while.
    pub(super) fn cut_off(&mut self) {
        self.attempt.end();
        self.attempt.cut_at = Some(self.core.now);
        self.put_mask(How::Cycle);
        self.attempt.is_ended_by_mask = true;
    }

    /// iwd is about to join this network, which learns nothing of the addresses of the last one.
    pub(super) fn leave_last_network(&mut self, next: &NetworkId) {
        let address = self.known(next).and_then(|known| known.address);
        let is_same = |(network, its): &(NetworkId, Mac)| network == next && Some(*its) == address;
        if self.iwd.entered.take_if(|last| !is_same(last)).is_some() {
            self.core.act(Action::LeaveNetwork);
        }
    }

    pub(super) fn enter_network(&mut self, network: &NetworkId, address: Mac) {
        self.iwd.entered = Some((network.clone(), address));
        self.core.act(Action::EnterNetwork(network.ssid.clone()));
    }

    /// Whether an attempt shows the mask that was to end the one before: iwd does not notice a link that goes
    /// down while it changes the address, or while it scans for an access point. Not twice in a row, because a
    /// driver that refuses every address looks the same.
    pub(super) fn is_spared(&mut self, address: Mac) -> bool {
        let now = self.core.now;
        let is_soon = |at: Time| now.saturating_sub(at) < CUT_OFF_TIME;
        let is_mask = self.mask.last == Some(address);
        let is_recent = self.attempt.cut_at.is_some_and(is_soon);
        let is_spared = is_mask && is_recent && !self.attempt.is_spared;
        self.attempt.is_spared = is_spared;
        is_spared
    }

    pub(super) fn put_mask(&mut self, how: How) {
        let former: Vec<Mac> = self.mask.last.into_iter().collect();
        let facts = self.address_facts();
        let address = self
            .files
            .policies
            .mask_address(&facts, &former, &mut self.rng);
        self.attempt.is_ended_by_mask = false;
        self.set_address(address, how);
    }

    /// A scan began; `connected`: under an address that only the network sees.
    pub(super) fn scan_started(&mut self, scan: ScanStarted, connected: bool) {
        self.search.is_scanning = true;
        self.search.is_leaking = scan.is_leaking();
        self.search.scan_began = self.core.now;
        self.counters.scans = self.counters.scans.saturating_add(1);
        if !scan.is_leaking() {
            return;
        }
        self.mask.is_exposed = true;
        self.counters.leaking_scans = self.counters.leaking_scans.saturating_add(1);
        let address = self.core.link.address;
        if connected {
            // First of all: the first probe request follows within milliseconds.
            self.core.act(Action::AbortScan);
            self.ended_scans.begin(self.core.now, address);
        } else {
            let first = self.unended_scans() == 1;
            self.core.notify(Notice::Unmasked { first, address });
        }
        self.spend_scanned();
    }

    /// Scans that showed the address, and went on.
    pub(super) const fn unended_scans(&self) -> u32 {
        let all = self.counters.leaking_scans;
        all.saturating_sub(self.ended_scans.count)
    }

    pub(super) fn scan_ended(&mut self) {
        self.search.is_scanning = false;
        self.search.is_leaking = false;
        if let Some(notice) = self.ended_scans.report(self.core.now) {
            self.core.notify(notice);
        }
    }

    /// A scan from before must not go on under the network's address.
    pub(super) fn end_leaking_scan(&mut self) {
        if self.search.is_leaking && self.iwd.obstacle.is_none() {
            self.core.act(Action::AbortScan);
        }
    }

    /// The network of the last scan results to join: the lost one or, after a while, another one. Without
    /// a request, iwd does not retry a network for minutes after an attempt that failed.
    pub(super) fn heard_again(&self, air: &[Bss]) -> Option<NetworkId> {
        let lost = self
            .search
            .lost
            .as_ref()
            .filter(|_| self.files.is_usable())?;
        let late = self
            .search
            .backoff
            .is_some_and(|wake| wake.has_lasted(self.core.now));
        let others = self.joined_by_themselves().filter(|_| late);
        self.first_heard([lost].into_iter().chain(others), air)
    }

    /// A network of the last scan results to join instead of one that is refused.
    pub(super) fn another_heard(&self, network: &NetworkId, air: &[Bss]) -> Option<NetworkId> {
        let others = self.others(network).filter(|_| self.files.is_usable());
        self.first_heard(others, air)
    }

    /// Networks that can be joined instead of one that is refused.
    pub(super) fn others(&self, network: &NetworkId) -> impl Iterator<Item = &NetworkId> {
        self.joined_by_themselves().filter(move |id| {
            *id != network
                && !self.refusals.contains_key(id)
                && !self.files.unassignable.contains_key(id)
        })
    }

    /// Known networks that need no request of the user.
    fn joined_by_themselves(&self) -> impl Iterator<Item = &NetworkId> {
        let known = self.files.known.iter().filter(|known| known.autoconnect);
        known.map(|known| &known.id)
    }

    fn first_heard<'a>(
        &self,
        mut wanted: impl Iterator<Item = &'a NetworkId>,
        air: &[Bss],
    ) -> Option<NetworkId> {
        let elapsed =
            (self.core.now.saturating_sub(self.search.scan_began) + KERNEL_TICK).as_millis();
        let fresh = |bss: &&Bss| u128::from(bss.ms_ago) <= elapsed;
        let air: Vec<_> = air.iter().filter(fresh).cloned().collect();
        // While iwd asks for a hidden half it would join the open one.
        let halves = !self.search.is_scanning;
        wanted.find(|id| id.is_in(&air, halves)).cloned()
    }

    /// Notes the channel of a network that was joined.
    pub(super) fn note_channel(&mut self, ssid: &Ssid, air: &[Bss]) {
        let its = air.iter().filter(|bss| bss.ssid == *ssid);
        self.search.frequency = its.min_by_key(|bss| bss.ms_ago).map(|bss| bss.frequency);
    }

    /// The address that the attempt which begins now has already shown.
    pub(super) fn just_shown(&self) -> Option<Mac> {
        let (address, at) = self.attempt.shown?;
        (self.core.now.saturating_sub(at) < MAX_SHOWN_AGE).then_some(address)
    }

    pub(super) fn iwd_appeared(&mut self, obstacle: Option<String>) {
        if let Some(obstacle) = &obstacle
            && self.iwd.obstacle.as_ref() != Some(obstacle)
        {
            self.core.notify(Notice::Limitation(obstacle.clone()));
        }
        self.iwd.obstacle = obstacle;
        self.mask.is_met = true;
        self.core.read_link();
    }

    pub(super) fn iwd_vanished(&mut self) {
        self.iwd.state = StationState::default();
        self.iwd.is_present = false;
        self.files.are_own = false;
        self.search.was_ended = false;
        self.iwd.is_kept_off = false;
        self.mask.is_unwanted = false;
        self.attempt.end();
        self.files.known.clear();
        self.search.backoff = None;
        self.iwd.obstacle = None;
        for written in self.files.written.values_mut() {
            written.is_pending = false;
        }
    }

    pub(super) fn known(&self, network: &NetworkId) -> Option<&KnownNetwork> {
        self.files.known.iter().find(|known| known.id == *network)
    }
}
