//! What every state of a wire shares.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use rand::rngs::StdRng;

use super::{Action, EthernetDevice};
use crate::address::{AddressFacts, AddressPolicies, AssignError, NetworkFacts, Source};
use crate::machine::event::Link;
use crate::machine::notice::Notice;
use crate::machine::settings::Settings;
use crate::machine::status::AddressKind;
use crate::machine::{Now, Time};
use crate::types::Mac;

/// After this long with the assigned address, whoever changed it before is forgotten.
const PEACE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Context {
    pub(super) now: Time,
    wall: SystemTime,
    pub(super) device: EthernetDevice,
    pub(super) settings: Settings,
    pub(super) policies: AddressPolicies,
    rng: StdRng,
    pub(super) link: Link,
    /// Since when the link has its address.
    pub(super) address_since: Time,
    pub(super) assigned: Option<Mac>,
    /// The link is down because macveil took it down, and is to come up again.
    pub(super) raise: bool,
    /// Until then a carrier that goes is another cable, not a blink: the machine was asleep.
    pub(super) waking_until: Time,
    /// Since when the assigned address is in place.
    settled: Time,
    /// How often somebody changed it since.
    quarrels: u32,
    pub(super) holds_in_a_row: u32,
    /// Why the link is held down, or its address left as it is.
    pub(super) trouble: Option<String>,
    /// When the current state wants to be woken.
    pub(super) alarm: Option<Time>,
    pub(super) actions: VecDeque<Action>,
}

/// Which address is to be assigned where chance decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chance {
    /// A new one.
    Anew,
    /// The one that is there, if chance could have led to it.
    AsItIs,
}

impl Context {
    pub(super) fn new(
        now: Now,
        device: EthernetDevice,
        settings: Settings,
        policies: AddressPolicies,
        link: Link,
        rng: StdRng,
    ) -> Self {
        let Now { boot: now, wall } = now;
        Self {
            now,
            wall,
            device,
            settings,
            policies,
            rng,
            link,
            address_since: now,
            assigned: None,
            raise: false,
            waking_until: Time::ZERO,
            settled: now,
            quarrels: 0,
            holds_in_a_row: 0,
            trouble: None,
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

    pub(super) fn note_link(&mut self, link: Link) {
        if link.address != self.link.address {
            self.address_since = self.now;
        }
        self.link = link;
        if link.up {
            self.raise = false;
        }
    }

    pub(super) fn act(&mut self, action: Action) {
        self.raise |= action == Action::SetLinkDown && self.link.up;
        self.actions.push_back(action);
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        self.act(Action::Notify(notice));
    }

    pub(super) fn remark(&mut self, text: impl Into<String>) {
        self.notify(Notice::Remark(text.into()));
    }

    pub(super) fn wake_in(&mut self, pause: Duration) {
        self.alarm = Some(self.now.saturating_add(pause));
    }

    pub(super) fn assign(&mut self, chance: Chance) -> Result<Mac, AssignError> {
        let facts = self.address_facts();
        let derivation = self
            .policies
            .derive(&self.network(), &facts, &mut self.rng)?;
        let current = self.link.address;
        let stays = chance == Chance::AsItIs
            && derivation.source == Source::Random
            && self.accepts(current);
        Ok(if stays { current } else { derivation.address })
    }

    pub(super) fn accepts(&self, address: Mac) -> bool {
        self.policies
            .accepts(&self.network(), &self.address_facts(), address)
    }

    pub(super) fn has_assigned(&self) -> bool {
        self.assigned == Some(self.link.address)
    }

    pub(super) fn address_kind(&self) -> AddressKind {
        let address = Some(self.link.address);
        if address == self.assigned {
            AddressKind::Assigned
        } else if address == self.device.permanent {
            AddressKind::Permanent
        } else {
            AddressKind::Other
        }
    }

    /// The address is another one when time has passed, though nothing happened.
    pub(super) fn changes_with_time(&self) -> bool {
        let resolved = self.policies.resolve(&self.network());
        resolved.is_ok_and(|resolved| resolved.changes_with_time())
    }

    /// The assigned address is in place.
    pub(super) fn settle(&mut self) {
        self.settled = self.now;
        self.holds_in_a_row = 0;
    }

    /// Somebody else changed the address; how often that was since there was peace.
    pub(super) fn quarrel(&mut self) -> u32 {
        if self.now.saturating_sub(self.settled) >= PEACE {
            self.quarrels = 0;
        }
        self.quarrels = self.quarrels.saturating_add(1);
        self.quarrels
    }

    fn network(&self) -> NetworkFacts<'static> {
        NetworkFacts::default().at(self.wall)
    }

    fn address_facts(&self) -> AddressFacts {
        AddressFacts {
            permanent: self.device.permanent,
            initial: self.device.initial,
            current: self.link.address,
            previous: self.assigned,
        }
    }
}
