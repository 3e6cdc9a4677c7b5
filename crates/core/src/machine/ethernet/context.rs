//! What the states share.

use std::convert::Infallible;
use std::time::Duration;

use rand::rngs::StdRng;

use super::EthernetDevice;
use crate::address::{AddressFacts, AddressPolicies, AssignError, NetworkFacts, Source};
use crate::machine::event::Link;
use crate::machine::link::LinkCore;
use crate::machine::notice::{Notice, Problem, Remark};
use crate::machine::settings::Settings;
use crate::machine::status::AddressKind;
use crate::machine::{Now, Time};
use crate::types::Mac;

/// Changes by another program are forgotten after this long with the assigned address.
const DISPUTE_MEMORY: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Context {
    pub(super) core: LinkCore<Infallible>,
    pub(super) device: EthernetDevice,
    pub(super) settings: Settings,
    pub(super) policies: AddressPolicies,
    rng: StdRng,
    pub(super) assigned: Option<Mac>,
    /// Until then a carrier that goes means another cable: the computer was asleep.
    pub(super) resuming_until: Time,
    disputes: Disputes,
    pub(super) holds_in_a_row: u32,
    /// Why the link is held down, or its address left as it is.
    pub(super) problem: Option<Problem>,
}

/// Changes of the address by another program.
#[derive(Debug)]
struct Disputes {
    /// When the assigned address was set.
    set_at: Time,
    /// How often another program changed it since.
    count: u32,
}

/// Which address to assign under a random policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chance {
    /// A new one.
    New,
    /// The current one, if the policy accepts it.
    Current,
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
        let mut core = LinkCore::new(now, link);
        core.is_held_down = device.is_held_down && !link.up;
        Self {
            core,
            device,
            settings,
            policies,
            rng,
            assigned: None,
            resuming_until: Time::ZERO,
            disputes: Disputes {
                set_at: now.boot,
                count: 0,
            },
            holds_in_a_row: 0,
            problem: None,
        }
    }

    pub(super) fn remark(&mut self, remark: Remark) {
        self.core.notify(Notice::Remark(remark));
    }

    pub(super) fn assign(&mut self, chance: Chance) -> Result<Mac, AssignError> {
        let facts = self.address_facts();
        let derivation = self
            .policies
            .derive(&self.network(), &facts, &mut self.rng)?;
        let current = self.core.link.address;
        let stays = chance == Chance::Current
            && derivation.source == Source::Random
            && self.accepts(current);
        Ok(if stays { current } else { derivation.address })
    }

    pub(super) fn accepts(&self, address: Mac) -> bool {
        self.policies
            .accepts(&self.network(), &self.address_facts(), address)
    }

    pub(super) fn has_assigned(&self) -> bool {
        self.assigned == Some(self.core.link.address)
    }

    pub(super) fn address_kind(&self) -> AddressKind {
        let address = Some(self.core.link.address);
        if address == self.assigned {
            AddressKind::Assigned
        } else if address == self.device.permanent {
            AddressKind::Permanent
        } else {
            AddressKind::Other
        }
    }

    /// The assigned address changes with time.
    pub(super) fn changes_with_time(&self) -> bool {
        let resolved = self.policies.resolve(&self.network());
        resolved.is_ok_and(|resolved| resolved.changes_with_time())
    }

    /// The assigned address is in place.
    pub(super) const fn note_assigned(&mut self) {
        self.disputes.set_at = self.core.now;
        self.holds_in_a_row = 0;
    }

    /// Another program changed the address; returns how often it did in a row.
    pub(super) fn dispute(&mut self) -> u32 {
        let disputes = &mut self.disputes;
        if self.core.now.saturating_sub(disputes.set_at) >= DISPUTE_MEMORY {
            disputes.count = 0;
        }
        disputes.count = disputes.count.saturating_add(1);
        disputes.count
    }

    fn network(&self) -> NetworkFacts<'static> {
        NetworkFacts::default().at(self.core.wall)
    }

    fn address_facts(&self) -> AddressFacts {
        AddressFacts {
            permanent: self.device.permanent,
            initial: self.device.initial,
            current: self.core.link.address,
            previous: self.assigned,
        }
    }
}
