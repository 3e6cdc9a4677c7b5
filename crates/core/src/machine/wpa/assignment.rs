//! Which address an association gets, and what is remembered of it.

use std::time::{Duration, SystemTime};

use super::Action;
use super::context::Context;
use crate::address::{AddressPolicies, AssignError, History, NetworkFacts, Record, Source};
use crate::machine::Time;
use crate::machine::budget::RandomAddressBudget;
use crate::machine::notice::NetworkRemark;
use crate::machine::settings::Addresses;
use crate::scan::failures::Cause;
use crate::scan::selection::{Candidate, Joined};
use crate::types::{Mac, Ssid};

/// An association that ended sooner counts as failed.
const MIN_ASSOCIATION: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Assignments {
    pub(super) policies: AddressPolicies,
    pub(super) history: History,
    pub(super) budget: RandomAddressBudget,
    /// The address that is being assigned, if it is a random one.
    drawn: Option<Mac>,
    pub(super) previous: Option<Mac>,
    /// When the last association began.
    associated_since: Time,
}

impl Assignments {
    pub(super) fn new(addresses: Addresses, now: Time) -> Self {
        let Addresses { policies, history } = addresses;
        Self {
            policies,
            history,
            budget: RandomAddressBudget::default(),
            drawn: None,
            previous: None,
            associated_since: now,
        }
    }

    /// The address that is being assigned is a random one: another one is as good.
    pub(super) const fn has_drawn(&self) -> bool {
        self.drawn.is_some()
    }

    /// Another interface renewed or used the network's address.
    pub(super) fn learn_record(&mut self, ssid: Ssid, record: Record) {
        if self.history.generation(&ssid) != record.generation {
            self.budget.forget(&ssid);
        }
        self.history.learn(ssid, record);
    }
}

impl Context {
    /// The address for an association that begins now, renewed if it is due.
    pub(super) fn assign(&mut self, candidate: &Candidate) -> Result<Mac, AssignError> {
        let Candidate { ssid, joined, .. } = candidate;
        let wall = self.core.wall;
        let assignment = &mut self.assignment;
        let facts = network_facts(&assignment.history, wall, ssid, joined);
        if let Some(every) = assignment.policies.resolve(&facts)?.rotates() {
            let record = assignment.history.rotate(ssid, every, wall);
            self.remember(ssid, record);
        }
        let card = self.address_facts();
        let assignment = &mut self.assignment;
        let network = network_facts(&assignment.history, wall, ssid, joined);
        let derivation = assignment.policies.derive(&network, &card, &mut self.rng)?;
        if derivation.source != Source::Random {
            assignment.drawn = None;
            return Ok(derivation.address);
        }
        let last = assignment.budget.used_up(self.core.now, ssid);
        let reused = last.filter(|&last| assignment.policies.accepts(&network, &card, last));
        let address = reused.unwrap_or(derivation.address);
        assignment.drawn = Some(address);
        if reused.is_some() {
            self.remark_on(ssid, NetworkRemark::RandomAddressReused);
        }
        Ok(address)
    }

    pub(super) fn accepts(&self, ssid: &Ssid, joined: &Joined, address: Mac) -> bool {
        let assignment = &self.assignment;
        let network = network_facts(&assignment.history, self.core.wall, ssid, joined);
        let card = self.address_facts();
        assignment.policies.accepts(&network, &card, address)
    }

    /// The address that is being assigned was on the air. It counts, also if the attempt fails: an attacker who
    /// ends each attempt would otherwise see any number of addresses.
    pub(super) fn address_is_shown(&mut self, ssid: &Ssid) {
        if let Some(address) = self.assignment.drawn {
            self.assignment.budget.spend(self.core.now, ssid, address);
        }
    }

    /// An association has begun under the interface's address.
    pub(super) fn association_begins(&mut self, ssid: &Ssid) {
        let (now, address) = (self.core.now, self.core.link.address);
        let assignment = &mut self.assignment;
        assignment.previous = Some(address);
        if assignment.drawn.take() == Some(address) {
            assignment.budget.spend(now, ssid, address);
        }
        assignment.associated_since = now;
        self.networks.failures.set_address(ssid, address);
        self.network_is_used(ssid);
    }

    /// An association has ended. One that ended unexpectedly and did not last counts as a failure: an
    /// attacker who ends each association could otherwise see the address at any rate.
    pub(super) fn association_ends(&mut self, ssid: &Ssid, is_unexpected: bool) {
        let now = self.core.now;
        self.network_is_used(ssid);
        let length = now.saturating_sub(self.assignment.associated_since);
        if length >= MIN_ASSOCIATION {
            self.networks.failures.succeeded(ssid);
        } else if is_unexpected {
            self.networks.failures.failed(now, ssid, Cause::Transient);
        }
    }

    /// An association begins or ends.
    pub(super) fn network_is_used(&mut self, ssid: &Ssid) {
        let record = self.assignment.history.used(ssid, self.core.wall);
        self.remember(ssid, record);
    }

    /// Whether it matters when the network is used.
    pub(super) fn is_use_recorded(&self, ssid: &Ssid) -> bool {
        self.assignment.history.record(ssid).is_some()
    }

    /// An association goes on.
    pub(super) fn network_is_still_used(&mut self, ssid: &Ssid) {
        let record = self.assignment.history.still_used(ssid, self.core.wall);
        self.remember(ssid, record);
    }

    fn remember(&mut self, ssid: &Ssid, record: Option<Record>) {
        if let Some(record) = record {
            let ssid = ssid.clone();
            self.core.act(Action::Remember { ssid, record });
        }
    }
}

pub(super) fn network_facts<'a>(
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
