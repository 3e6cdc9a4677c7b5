//! What every state shares.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime};

use rand::rngs::StdRng;

use super::Action;
use super::assignment::Written;
use super::backend::{KnownNetwork, NetworkId, Request, StationPhase, StationState};
use super::backoff::ReconnectBackoff;
use crate::address::{AddressFacts, AddressPolicies, History};
use crate::machine::action::How;
use crate::machine::budget::RandomAddressBudget;
use crate::machine::event::{Link, ScanStarted};
use crate::machine::notice::Notice;
use crate::machine::settings::{Addresses, Card, MaskMethod, Settings};
use crate::machine::{Counters, KernelError, Now, Time};
use crate::types::{Bss, Frequency, Mac, Ssid};

/// What was shown before iwd said that it connects belongs to this attempt if it is no older.
const JUST_SHOWN: Duration = Duration::from_secs(1);

/// The kernel counts a BSS's age in these.
const KERNEL_TICK: Duration = Duration::from_millis(10);

#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Context {
    pub(super) now: Time,
    pub(super) wall: SystemTime,
    pub(super) card: Card,
    pub(super) settings: Settings,
    pub(super) policies: AddressPolicies,
    pub(super) history: History,
    pub(super) draws: RandomAddressBudget,
    pub(super) rng: StdRng,
    pub(super) link: Link,
    pub(super) address_since: Time,
    /// The mask on the card, or the last one.
    pub(super) mask: Option<Mac>,
    /// Something was sent under the mask by others.
    pub(super) mask_is_exposed: bool,
    /// What the link is still to answer, in this order: a question, or an address that is put on the card.
    unanswered: VecDeque<Option<(Mac, How)>>,
    /// The kernel has begun to authenticate; the link is being read.
    pub(super) begun: bool,
    /// It was cut off before iwd has said to whom.
    pub(super) cut: bool,
    /// Somebody scans with the card, by the kernel's word.
    pub(super) scanning: bool,
    /// The address of the last authentication.
    pub(super) shown: Option<(Mac, Time)>,
    /// Why iwd will not use the addresses that it is given.
    pub(super) obstacle: Option<String>,
    /// iwd scans under random addresses where the driver can.
    pub(super) random_scans: bool,
    pub(super) doing: StationState,
    /// iwd has a station for this interface. While it has none, another interface's machine may write the files.
    pub(super) has_station: bool,
    pub(super) known: Vec<KnownNetwork>,
    /// What networks' files are to say.
    pub(super) written: BTreeMap<NetworkId, Written>,
    /// Networks that have no address, and why.
    pub(super) unassignable: BTreeMap<NetworkId, String>,
    /// How often a network had to be given up in a row.
    pub(super) refusals: BTreeMap<NetworkId, u32>,
    /// A network is looked for that was lost.
    pub(super) wake: Option<ReconnectBackoff>,
    /// Which one.
    pub(super) lost: Option<NetworkId>,
    /// The channel that the last network was heard on.
    pub(super) frequency: Option<Frequency>,
    /// When the last scan began.
    scan_began: Time,
    pub(super) counters: Counters,
    pub(super) trouble: Option<String>,
    /// When addresses are looked at again that change with time.
    pub(super) review: Option<Time>,
    /// When the current state wants to be woken.
    pub(super) alarm: Option<Time>,
    pub(super) actions: VecDeque<Action>,
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
        let Now { boot: now, wall } = now;
        let Addresses { policies, history } = addresses;
        Self {
            now,
            wall,
            card,
            settings,
            policies,
            history,
            draws: RandomAddressBudget::default(),
            rng,
            link,
            address_since: now,
            mask: None,
            mask_is_exposed: false,
            unanswered: VecDeque::new(),
            begun: false,
            cut: false,
            scanning: false,
            shown: None,
            obstacle: None,
            random_scans: true,
            doing: StationState::default(),
            has_station: false,
            known: Vec::new(),
            written: BTreeMap::new(),
            unassignable: BTreeMap::new(),
            refusals: BTreeMap::new(),
            wake: None,
            lost: None,
            frequency: None,
            scan_began: now,
            counters: Counters::default(),
            trouble: None,
            review: None,
            alarm: None,
            actions: VecDeque::new(),
        }
    }

    pub(super) fn set_clocks(&mut self, now: Now) {
        Now {
            boot: self.now,
            wall: self.wall,
        } = now;
    }

    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::SetAddress { address, how } => self.unanswered.push_back(Some((address, how))),
            Action::ReadLink => self.unanswered.push_back(None),
            _ => {}
        }
        self.actions.push_back(action);
    }

    pub(super) fn ask(&mut self, request: Request) {
        self.act(Action::Request(request));
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        self.act(Action::Notify(notice));
    }

    pub(super) fn wake_in(&mut self, pause: Duration) {
        self.alarm = Some(self.now.saturating_add(pause));
    }

    pub(super) fn address_facts(&self) -> AddressFacts {
        AddressFacts {
            permanent: self.card.permanent,
            initial: self.card.initial,
            current: self.link.address,
            previous: None,
        }
    }

    /// The link is like this now. iwd changes the address of a link that is up, and leaves the link-local
    /// address that was made of the old one.
    pub(super) fn hear_link(&mut self, link: Link) {
        let another = link.address != self.link.address;
        if another && self.link.up && link.up {
            self.act(Action::ClearIpv6);
        }
        self.note_link(link);
    }

    fn note_link(&mut self, link: Link) {
        if link.address != self.link.address {
            self.address_since = self.now;
        }
        self.link = link;
    }

    /// True if it is no answer to a change of the address.
    pub(super) fn link_answered(&mut self, result: Result<Link, KernelError>) -> bool {
        let setting = self.unanswered.pop_front().flatten();
        match (result, setting) {
            (Ok(link), None) => {
                self.hear_link(link);
                true
            }
            (Ok(link), Some((address, _))) => {
                self.note_link(link);
                if link.address == address {
                    self.mask = Some(address);
                    self.mask_is_exposed = false;
                    self.counters.masks = self.counters.masks.saturating_add(1);
                    self.notify(Notice::Masked { address });
                }
                false
            }
            // iwd's first scan goes on: it begins anew.
            (Err(_), Some((_, How::Live))) if self.is_own(self.link.address) => {
                self.put_mask(How::Cycle);
                false
            }
            // The kernel does not do it while anybody scans or connects; the next rest is another chance.
            (Err(_), _) => false,
        }
    }

    pub(super) fn is_masked(&self) -> bool {
        self.mask == Some(self.link.address) && !self.mask_is_exposed
    }

    /// The idle card can be masked without iwd taking it for another one.
    pub(super) fn may_mask(&self) -> bool {
        let wished = self.settings.mask_method != MaskMethod::Bounce;
        wished && self.card.live_change && self.obstacle.is_none()
    }

    /// Whether iwd's scans show the address on the card (`station_scan_trigger`, `station.c`): it asks for
    /// networks where the driver could do that under random addresses, even if iwd may not, and where it knows a
    /// hidden one; otherwise it listens.
    pub(super) fn scans_show(&self) -> bool {
        if self.card.random_address {
            !self.random_scans
        } else {
            self.known.iter().any(|known| known.hidden)
        }
    }

    /// iwd can be told to scan without showing an address that a network knows.
    pub(super) fn may_wake(&self) -> bool {
        self.may_mask() || !self.scans_show()
    }

    /// An address that gives the card away.
    pub(super) fn is_own(&self, address: Mac) -> bool {
        self.card.permanent == Some(address) || self.card.initial == address
    }

    /// Masks a card that iwd has just taken: before that, nobody could.
    pub(super) fn mask_at_first(&mut self) {
        let idle = self.doing.phase == StationPhase::Disconnected;
        if idle && self.obstacle.is_none() && self.is_own(self.link.address) {
            self.put_mask(if self.may_mask() {
                How::Live
            } else {
                How::Cycle
            });
        }
    }

    /// Takes an attempt to connect off the air. The kernel does so at once, and iwd starts over; asked by
    /// itself it would go on for a while.
    pub(super) fn cut_off(&mut self) {
        self.shown = None;
        self.put_mask(How::Cycle);
    }

    pub(super) fn put_mask(&mut self, how: How) {
        let former: Vec<Mac> = self.mask.into_iter().collect();
        let facts = self.address_facts();
        let address = self.policies.mask_address(&facts, &former, &mut self.rng);
        self.act(Action::SetAddress { address, how });
    }

    pub(super) fn scan_started(&mut self, scan: ScanStarted) {
        self.scanning = true;
        self.scan_began = self.now;
        self.counters.scans = self.counters.scans.saturating_add(1);
        if !scan.is_leaking() {
            return;
        }
        self.mask_is_exposed = true;
        self.counters.leaking_scans = self.counters.leaking_scans.saturating_add(1);
        self.notify(Notice::Unmasked {
            first: self.counters.leaking_scans == 1,
            address: self.link.address,
        });
    }

    /// What was heard in the last scan and is to be joined: the lost network or, after a while, another one. By
    /// itself iwd joins nothing for minutes that it has tried in vain, as right after a loss.
    pub(super) fn heard_again(&self, air: &[Bss]) -> Option<NetworkId> {
        let lost = self.lost.as_ref()?;
        let elapsed = (self.now.saturating_sub(self.scan_began) + KERNEL_TICK).as_millis();
        let is_heard = |id: &&NetworkId| {
            let fresh = |bss: &Bss| u128::from(bss.ms_ago) <= elapsed && bss.ssid == id.ssid;
            air.iter().any(fresh)
        };
        let others = self.known.iter().filter(|known| known.autoconnect);
        let others = others.map(|known| &known.id);
        let late = self.wake.is_some_and(|wake| wake.has_lasted(self.now));
        let others = others.filter(|_| late);
        [lost].into_iter().chain(others).find(is_heard).cloned()
    }

    /// Notes where a network that was joined is.
    pub(super) fn note_channel(&mut self, ssid: &Ssid, air: &[Bss]) {
        let its = air.iter().filter(|bss| bss.ssid == *ssid);
        self.frequency = its.min_by_key(|bss| bss.ms_ago).map(|bss| bss.frequency);
    }

    /// The address under which the attempt that begins now has already shown itself.
    pub(super) fn just_shown(&self) -> Option<Mac> {
        let (address, at) = self.shown?;
        (self.now.saturating_sub(at) < JUST_SHOWN).then_some(address)
    }

    pub(super) fn iwd_appeared(&mut self, obstacle: Option<String>) {
        if let Some(obstacle) = &obstacle
            && self.obstacle.as_ref() != Some(obstacle)
        {
            self.notify(Notice::Limitation(obstacle.clone()));
        }
        self.obstacle = obstacle;
        self.act(Action::ReadLink);
    }

    pub(super) fn iwd_vanished(&mut self) {
        self.doing = StationState::default();
        self.has_station = false;
        self.shown = None;
        self.known.clear();
        self.wake = None;
        self.obstacle = None;
        for written in self.written.values_mut() {
            written.asked = false;
        }
    }

    pub(super) fn known(&self, network: &NetworkId) -> Option<&KnownNetwork> {
        self.known.iter().find(|known| known.id == *network)
    }
}
