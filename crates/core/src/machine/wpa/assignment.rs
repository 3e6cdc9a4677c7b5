//! Which address an association gets, and what is remembered of it.

use std::time::{Duration, SystemTime};

use super::context::Context;
use crate::address::{AddressFacts, AssignError, History, NetworkFacts, Record, Source};
use crate::machine::action::Action;
use crate::scan::failures::Cause;
use crate::scan::selection::{Candidate, Joined};
use crate::types::{Mac, Ssid};

/// An association that ended sooner came to nothing.
const BRIEF: Duration = Duration::from_secs(3);

impl Context {
    pub(super) fn address_facts(&self) -> AddressFacts {
        AddressFacts {
            permanent: self.card.permanent,
            initial: self.card.initial,
            current: self.link.address,
            previous: self.previous_assigned,
        }
    }

    /// The address for an association that begins now, renewed if its time is over.
    pub(super) fn assign(&mut self, candidate: &Candidate) -> Result<Mac, AssignError> {
        let Candidate { ssid, joined, .. } = candidate;
        let resolved = self.policies.resolve(&self.network_facts(ssid, joined))?;
        if let Some(every) = resolved.rotates() {
            let record = self.history.rotate(ssid, every, self.wall);
            self.remember(ssid, record);
        }
        let network = network_facts(&self.history, self.wall, ssid, joined);
        let card = self.address_facts();
        let derivation = self.policies.derive(&network, &card, &mut self.rng)?;
        if derivation.source != Source::Random {
            self.drawn = None;
            return Ok(derivation.address);
        }
        let last = self.draws.used_up(self.now, ssid);
        let again = last.filter(|&last| self.policies.accepts(&network, &card, last));
        if again.is_some() {
            self.remark_on(
                ssid,
                "many random addresses of late: the last one is used again",
            );
        }
        let address = again.unwrap_or(derivation.address);
        self.drawn = Some(address);
        Ok(address)
    }

    pub(super) fn accepts(&self, ssid: &Ssid, joined: &Joined, address: Mac) -> bool {
        let network = self.network_facts(ssid, joined);
        self.policies
            .accepts(&network, &self.address_facts(), address)
    }

    fn network_facts<'a>(&self, ssid: &'a Ssid, joined: &'a Joined) -> NetworkFacts<'a> {
        network_facts(&self.history, self.wall, ssid, joined)
    }

    /// The address that is being assigned came about by chance: another one is as good.
    pub(super) const fn has_drawn(&self) -> bool {
        self.drawn.is_some()
    }

    /// An association has begun under the address on the card.
    pub(super) fn association_begins(&mut self, ssid: &Ssid) {
        let address = self.link.address;
        self.previous_assigned = Some(address);
        if self.drawn.take() == Some(address) {
            self.draws.spend(self.now, ssid, address);
        }
        self.associated_since = self.now;
        self.memory.set_address(ssid, address);
        self.network_is_used(ssid);
    }

    /// An association has ended; `unasked`: not by a wish from this side. One that did not last counts as
    /// a failure, or somebody who ends each would see the address as often as he likes.
    pub(super) fn association_ends(&mut self, ssid: &Ssid, unasked: bool) {
        self.network_is_used(ssid);
        if self.now.saturating_sub(self.associated_since) >= BRIEF {
            self.memory.succeeded(ssid);
        } else if unasked {
            self.memory.failed(self.now, ssid, Cause::Transient);
        }
    }

    /// An association begins or ends.
    pub(super) fn network_is_used(&mut self, ssid: &Ssid) {
        let record = self.history.used(ssid, self.wall);
        self.remember(ssid, record);
    }

    /// An association goes on.
    pub(super) fn network_is_still_used(&mut self, ssid: &Ssid) {
        let record = self.history.still_used(ssid, self.wall);
        self.remember(ssid, record);
    }

    fn remember(&mut self, ssid: &Ssid, record: Option<Record>) {
        if let Some(record) = record {
            let ssid = ssid.clone();
            self.act(Action::Remember { ssid, record });
        }
    }

    /// Somebody else renewed or used the network's address.
    pub(super) fn learn_record(&mut self, ssid: Ssid, record: Record) {
        if self.history.generation(&ssid) != record.generation {
            self.draws.forget(&ssid);
        }
        self.history.learn(ssid, record);
    }
}

fn network_facts<'a>(
    history: &History,
    wall: SystemTime,
    ssid: &'a Ssid,
    joined: &'a Joined,
) -> NetworkFacts<'a> {
    NetworkFacts {
        ssid: Some(ssid),
        bssid: joined.bssid,
        security: joined.security,
        id_str: joined.id_str.as_deref(),
        time: Some(wall),
        generation: history.generation(ssid),
    }
}
