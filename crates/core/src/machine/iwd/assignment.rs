//! The address in the file of each known network, and whether it was used.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Action;
use super::backend::{KnownNetwork, NetworkId, Request, Turn};
use super::context::Context;
use crate::address::{AddressPolicies, AssignError, History, NetworkFacts, Record, Source};

use crate::machine::Time;
use crate::machine::budget::RandomAddressBudget;
use crate::machine::notice::Notice;
use crate::machine::settings::Addresses;
use crate::types::{Mac, Ssid};

/// How often addresses that change with time are derived.
const REVIEW_INTERVAL: Duration = Duration::from_secs(600);

/// The address that a network's file should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) address: Mac,
    /// The file's address before: iwd can still use it until it has read the file again.
    pub(super) former: Option<Mac>,
    /// It is being written.
    pub(super) is_pending: bool,
    /// It is a random one.
    is_random: bool,
    /// It was on the air: the next random address is another one.
    is_used: bool,
}

/// iwd's known networks, and the addresses in their files.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) policies: AddressPolicies,
    history: History,
    budget: RandomAddressBudget,
    pub(super) known: Vec<KnownNetwork>,
    /// The addresses that the files should have.
    pub(super) written: BTreeMap<NetworkId, Written>,
    /// What scans have shown before there was an address for any file.
    scanned: BTreeSet<Mac>,
    /// Networks that have no address, and why.
    pub(super) unassignable: BTreeMap<NetworkId, String>,
    /// Why no network has an address: the directory cannot be read.
    pub(super) problem: Option<String>,
    /// Whose addresses they are for.
    pub(super) turn: Turn,
    /// They have this interface's addresses since its turn began.
    pub(super) are_own: bool,
    /// When addresses that change with time are derived again.
    pub(super) review_at: Option<Time>,
}

impl Files {
    pub(super) fn new(addresses: Addresses) -> Self {
        let Addresses { policies, history } = addresses;
        Self {
            policies,
            history,
            budget: RandomAddressBudget::default(),
            known: Vec::new(),
            written: BTreeMap::new(),
            scanned: BTreeSet::new(),
            unassignable: BTreeMap::new(),
            problem: None,
            turn: Turn::Only,
            are_own: false,
            review_at: None,
        }
    }

    /// They are for this interface, and can be changed: else iwd is to join nothing.
    pub(super) const fn is_usable(&self) -> bool {
        !matches!(self.turn, Turn::Other) && self.problem.is_none()
    }

    /// iwd must not join what it finds with the addresses in them.
    pub(super) const fn are_wrong(&self) -> bool {
        !self.is_usable() || matches!(self.turn, Turn::Own) && !self.are_own
    }

    /// Why the network has no address, if so.
    pub(super) fn obstacle(&self, network: &NetworkId) -> Option<&String> {
        let its = self.unassignable.get(network);
        self.problem.as_ref().or(its)
    }
}

impl Context {
    /// Writes the configured address into each known network's file.
    pub(super) fn write_addresses(&mut self) {
        self.files.review_at = None;
        if !self.iwd.is_present {
            return;
        }
        self.files.are_own |= self.files.is_usable();
        let ids: Vec<_> = self
            .files
            .known
            .iter()
            .map(|known| known.id.clone())
            .collect();
        self.files.unassignable.retain(|id, _| ids.contains(id));
        for id in ids {
            match self.assign(&id) {
                Ok(address) => {
                    let known = self.known(&id);
                    let problem = known.and_then(|known| known.problem.clone());
                    if let Some(problem) = problem {
                        self.files.unassignable.insert(id.clone(), problem);
                    } else if known.is_some_and(|known| known.address == Some(address)) {
                        self.files.unassignable.remove(&id);
                    }
                    if self.files.is_usable() {
                        self.write(id, address);
                    }
                }
                Err(unassignable) => {
                    self.files.unassignable.insert(id, unassignable.to_string());
                }
            }
        }
    }

    /// Nothing is known of the files, which another program can have replaced.
    pub(super) fn files_unreadable(&mut self, why: String) {
        if self.files.problem.is_none() && self.iwd.obstacle.is_none() {
            self.core.notify(Notice::Limitation(why.clone()));
        }
        self.files.problem = Some(why);
    }

    fn write(&mut self, network: NetworkId, address: Mac) {
        let Some(known) = self.known(&network) else {
            return;
        };
        let right = known.address == Some(address) || known.problem.is_some();
        let Some(written) = self.files.written.get_mut(&network) else {
            return;
        };
        if !right && !written.is_pending {
            written.is_pending = true;
            self.request(Request::Write { network, address });
        }
    }

    /// The address for the next association to a network.
    fn assign(&mut self, id: &NetworkId) -> Result<Mac, AssignError> {
        let resolved = self.files.policies.resolve(&self.facts(id))?;
        if let Some(every) = resolved.rotates() {
            self.review_later();
            if !self.is_joined_to(id) {
                let record = self.files.history.rotate(&id.ssid, every, self.core.wall);
                self.remember(&id.ssid, record);
            }
        }
        if resolved.changes_with_time() {
            self.review_later();
        }
        let facts = self.address_facts();
        let network = network_facts(id, self);
        let derivation = self
            .files
            .policies
            .derive(&network, &facts, &mut self.rng)?;
        let random = derivation.source == Source::Random;
        let address = if random {
            self.drawn(id, derivation.address)
        } else {
            derivation.address
        };
        let before = self.files.written.get(id);
        let former = match before {
            Some(before) if before.address == address => before.former,
            Some(before) => Some(before.address),
            None => None,
        };
        let kept = before.filter(|before| before.address == address);
        let written = Written {
            address,
            former,
            is_pending: kept.is_some_and(|before| before.is_pending),
            is_random: random,
            is_used: kept.is_some_and(|before| before.is_used),
        };
        self.files.written.insert(id.clone(), written);
        Ok(address)
    }

    /// The random address in the file, if it is unused; else the drawn one.
    fn drawn(&mut self, id: &NetworkId, drawn: Mac) -> Mac {
        let there = match self.files.written.get(id) {
            Some(written) => {
                Some(written.address).filter(|_| !written.is_used || self.is_joined_to(id))
            }
            // From before this macveil: it can have been drawn for the running association. At rest it was used,
            // or a scan can have shown it.
            None if self.files.turn != Turn::Other => {
                let there = self.known(id).and_then(|known| known.address);
                there.filter(|address| self.is_joined_to(id) || !self.is_spent(*address))
            }
            None => None,
        };
        let again = there.or_else(|| self.files.budget.used_up(self.core.now, &id.ssid));
        let accepted = again.filter(|&address| {
            let facts = self.address_facts();
            self.files
                .policies
                .accepts(&self.facts(id), &facts, address)
        });
        accepted.unwrap_or(drawn)
    }

    fn is_spent(&self, address: Mac) -> bool {
        address == self.core.link.address || self.files.scanned.contains(&address)
    }

    fn is_joined_to(&self, id: &NetworkId) -> bool {
        self.iwd.state.network.as_ref() == Some(id)
    }

    fn review_later(&mut self) {
        self.files.review_at = Some(self.core.now.saturating_add(REVIEW_INTERVAL));
    }

    fn facts<'a>(&self, id: &'a NetworkId) -> NetworkFacts<'a> {
        network_facts(id, self)
    }

    /// The result of writing a file.
    pub(super) fn address_written(&mut self, network: &NetworkId, result: Result<(), String>) {
        if let Some(written) = self.files.written.get_mut(network) {
            written.is_pending = false;
        }
        match result {
            Ok(()) => {
                let address = self
                    .files
                    .written
                    .get(network)
                    .map(|written| written.address);
                let known = self
                    .files
                    .known
                    .iter_mut()
                    .find(|known| known.id == *network);
                if let Some(known) = known {
                    known.address = address;
                }
                self.files.unassignable.remove(network);
            }
            Err(why) => {
                self.files.unassignable.insert(network.clone(), why);
            }
        }
    }

    /// Whether the file has its address.
    pub(super) fn is_in_place(&self, network: &NetworkId) -> bool {
        let address = self
            .files
            .written
            .get(network)
            .map(|written| written.address);
        let known = self.known(network).and_then(|known| known.address);
        address.is_some() && known == address
    }

    /// Whether the network can see this address.
    pub(super) fn is_right(&self, network: &NetworkId, address: Mac) -> bool {
        match self.files.written.get(network) {
            Some(written) => written.address == address || written.former == Some(address),
            None => self.policy_is_fixed_to(network, address),
        }
    }

    /// Whether another network sees this address.
    pub(super) fn is_anothers(&self, network: &NetworkId, address: Mac) -> bool {
        let mut others = self.files.written.iter().filter(|(id, _)| *id != network);
        let mut made_up = self.made_up.iter().filter(|(id, _)| *id != network);
        others.any(|(_, it)| it.address == address || it.former == Some(address))
            || made_up.any(|(_, made_up)| *made_up == address)
    }

    /// Whether it is the configured address of a network without a file.
    fn policy_is_fixed_to(&self, network: &NetworkId, address: Mac) -> bool {
        let facts = self.address_facts();
        let resolved = self.files.policies.resolve(&self.facts(network));
        let by_chance = resolved.is_ok_and(|resolved| resolved.is_random());
        !by_chance
            && self
                .files
                .policies
                .accepts(&self.facts(network), &facts, address)
    }

    /// An association has begun under this address.
    pub(super) fn association_begins(&mut self, network: &NetworkId, address: Mac) {
        self.counters.associations = self.counters.associations.saturating_add(1);
        self.refusals.remove(network);
        if let Some(written) = self.files.written.get_mut(network)
            && written.address == address
        {
            written.former = None;
            written.is_used = true;
        }
        self.network_sees(network, address);
        self.network_is_used(network);
    }

    /// The network's access point sees this address.
    pub(super) fn network_sees(&mut self, network: &NetworkId, address: Mac) {
        let written = self.files.written.get(network);
        if written.is_some_and(|it| it.is_random && it.address == address) {
            let (now, ssid) = (self.core.now, &network.ssid);
            self.files.budget.spend(now, ssid, address);
        }
    }

    /// A scan shows the address on the card, or can have shown it: a random one that no network has seen yet
    /// is drawn again, so that the next association cannot be linked with the scan.
    pub(super) fn spend_scanned(&mut self) {
        let address = self.core.link.address;
        if self.files.written.is_empty() && !self.has_mask() {
            self.files.scanned.insert(address);
        }
        let mut is_spent = false;
        for written in self.files.written.values_mut() {
            if written.is_random && written.address == address {
                is_spent |= !std::mem::replace(&mut written.is_used, true);
            }
        }
        if is_spent {
            self.write_addresses();
        }
    }

    pub(super) fn network_is_used(&mut self, network: &NetworkId) {
        let record = self.files.history.used(&network.ssid, self.core.wall);
        self.remember(&network.ssid, record);
    }

    /// Networks get other random addresses from the next association on.
    pub(super) fn spend_random(&mut self) {
        for (id, written) in &mut self.files.written {
            if written.is_random {
                written.is_used = true;
                self.files.budget.forget(&id.ssid);
            }
        }
        self.write_addresses();
    }

    fn remember(&mut self, ssid: &Ssid, record: Option<Record>) {
        if let Some(record) = record {
            let ssid = ssid.clone();
            self.core.act(Action::Remember { ssid, record });
        }
    }

    /// Another interface renewed or used the network's address.
    pub(super) fn learn_record(&mut self, ssid: Ssid, record: Record) {
        if self.files.history.generation(&ssid) != record.generation {
            self.files.budget.forget(&ssid);
            for (id, written) in &mut self.files.written {
                if id.ssid == ssid {
                    written.is_used = true;
                }
            }
        }
        self.files.history.learn(ssid, record);
    }
}

fn network_facts<'a>(id: &'a NetworkId, cx: &Context) -> NetworkFacts<'a> {
    NetworkFacts {
        ssid: Some(&id.ssid),
        bssid: None,
        security: Some(id.joining.security()),
        // iwd has no `id_str`.
        id_str: Some(""),
        time: Some(cx.core.wall),
        generation: cx.files.history.generation(&id.ssid),
    }
}
