//! Which BSSs may see an assigned address: those for which the policy yields that very address.
//!
//! wpa_supplicant selects and roams by its own rules, among all its networks of one SSID. So the BSSs
//! with another address are denied to it beforehand, and whom it joins is compared with the decision.

use std::cmp::Reverse;

use super::assignment::network_facts;
use super::backend::NetworkLimit;
use super::context::Context;
use crate::machine::action::Action;
use crate::scan::owe;
use crate::scan::selection::Joined;
use crate::types::{Bss, BssEntry, Mac, Network, Ssid};

/// As many BSSs of one network as fit into one command of 4095 bytes, with room to spare.
const MAX_BSSIDS: usize = 150;

/// What an assigned address was decided for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) ssid: Ssid,
    pub(super) joined: Joined,
    pub(super) address: Mac,
}

/// The BSSs that may see the address of a decision, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Peers {
    /// Every BSS and every network of the SSID gets this address.
    is_uniform: bool,
    /// Networks that get this address at every BSS.
    unlimited: Vec<u32>,
    /// The others.
    pub(super) limits: Vec<NetworkLimit>,
    /// Open halves of pairs with OWE are denied.
    wants_owe: bool,
    /// BSSs that may not see the address.
    pub(super) denied: Vec<Mac>,
}

/// Whether a BSS may see the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    Denied,
    /// The supplicant's table or list of networks is newer than what is known.
    Unknown,
}

impl Peers {
    /// Every BSS gets the address: nothing has to be denied or read.
    pub(super) const fn are_uniform(&self) -> bool {
        self.is_uniform
    }

    /// Nor is anything to be denied if the table changes.
    pub(super) const fn need_no_table(&self) -> bool {
        self.is_uniform && !self.wants_owe
    }

    /// Whether this BSS may see the address. The kernel does not know the network's id.
    pub(super) fn verdict(&self, bssid: Mac, id: Option<u32>) -> Verdict {
        let named = |known: u32| id.is_none_or(|id| id == known);
        let mut limits = self.limits.iter().filter(|limit| named(limit.id));
        if self.is_uniform
            || self.unlimited.iter().any(|&known| named(known))
            || limits.any(|limit| limit.bssids.contains(&bssid))
        {
            return Verdict::Allowed;
        }
        let is_known = self.denied.contains(&bssid);
        let is_of_another_network = self.limits.iter().any(|it| it.bssids.contains(&bssid));
        let knows_network = self.limits.iter().any(|limit| named(limit.id));
        if knows_network && (is_known || is_of_another_network) {
            return Verdict::Denied;
        }
        Verdict::Unknown
    }
}

/// The peer of which the kernel was asked to which network it belongs.
#[derive(Debug, Default)]
pub(super) struct PeerLookup(Option<Mac>);

impl PeerLookup {
    /// Asks once, and not for the `known` peer.
    pub(super) fn ask(&mut self, cx: &mut Context, peer: Mac, known: Option<Mac>) {
        if known != Some(peer) && self.0.replace(peer) != Some(peer) {
            cx.core.act(Action::GetScanResults);
        }
    }

    /// The peer, if the kernel's table has it under other names only: a program added a network and joined it, or is a
    /// second supplicant.
    pub(super) fn of_another_network(&self, ssid: &Ssid, found: &[Bss]) -> Option<Mac> {
        let peer = self.0?;
        let of_peer = found.iter().filter(|bss| bss.bssid == peer);
        let mut names = of_peer.filter(|bss| !bss.ssid.is_hidden()).peekable();
        let is_half = |bss: &Bss| bss.owe.as_ref().is_some_and(|open| open.ssid == *ssid);
        let is_named_otherwise =
            names.peek().is_some() && names.all(|bss| bss.ssid != *ssid && !is_half(bss));
        is_named_otherwise.then_some(peer)
    }
}

impl Context {
    /// The BSSs of the supplicant's table that may see the address; `absent` ones are not allowed, but only those with
    /// another address are denied. What was `denied` stays so: it can return to the table while no macveil looks.
    pub(super) fn peers(
        &self,
        decision: &Decision,
        table: &[BssEntry],
        denied: &[Mac],
        absent: &[Mac],
    ) -> Peers {
        let of_ssid = |network: &&Network| {
            let ssid = network.ssid.as_ref();
            ssid.is_none_or(|ssid| *ssid == decision.ssid)
        };
        let mut networks = self.networks.list.iter().filter(of_ssid);
        let wants_owe = networks.any(|network| network.enabled && owe::wants_owe(network));
        let is_half =
            |entry: &BssEntry| wants_owe && entry.owe_open_half && entry.ssid == decision.ssid;
        let halves = table.iter().filter(|entry| is_half(entry));
        let halves = halves.map(|entry| entry.bssid);
        let mut denied: Vec<Mac> = halves
            .chain(denied.iter().copied())
            .take(MAX_BSSIDS)
            .collect();
        denied.sort_unstable();
        denied.dedup();
        if !self.depends_on_bss(&decision.ssid, None) {
            return Peers {
                is_uniform: true,
                wants_owe,
                denied,
                ..Peers::default()
            };
        }
        let chosen = decision.joined.bssid;
        let mut entries: Vec<&BssEntry> = table
            .iter()
            .filter(|entry| entry.ssid == decision.ssid || Some(entry.bssid) == chosen)
            .filter(|entry| !is_half(entry))
            .collect();
        entries.sort_unstable_by_key(|entry| {
            let is_other = Some(entry.bssid) != chosen;
            (is_other, Reverse(entry.signal), entry.bssid)
        });
        let mut peers = Peers {
            wants_owe,
            denied,
            ..Peers::default()
        };
        for network in self.networks.list.iter().filter(of_ssid) {
            match self.limit(decision, network, &entries) {
                None => peers.unlimited.push(network.id),
                Some(bssids) => peers.limits.push(NetworkLimit {
                    id: network.id,
                    bssids,
                }),
            }
        }
        if peers.unlimited.is_empty() {
            let bssids = entries.iter().map(|entry| entry.bssid);
            let limits = &peers.limits;
            let others = bssids.filter(|bssid| !limits.iter().any(|it| it.bssids.contains(bssid)));
            peers.denied.extend(others);
            peers.denied.sort_unstable();
            peers.denied.dedup();
        }
        for limit in &mut peers.limits {
            limit.bssids.retain(|bssid| !absent.contains(bssid));
            limit.bssids.truncate(MAX_BSSIDS);
        }
        peers
    }

    /// The BSSs that the network may join; `None` if any.
    fn limit(
        &self,
        decision: &Decision,
        network: &Network,
        entries: &[&BssEntry],
    ) -> Option<Vec<Mac>> {
        if !self.depends_on_bss(&decision.ssid, Some(&network.id_str)) {
            let any_bss = Joined {
                id_str: Some(network.id_str.clone()),
                ..Joined::default()
            };
            return (!self.shares(decision, &any_bss)).then(Vec::new);
        }
        let shared = entries
            .iter()
            .filter(|entry| self.shares(decision, &Joined::of(network, entry)))
            .map(|entry| entry.bssid);
        Some(shared.collect())
    }

    fn depends_on_bss(&self, ssid: &Ssid, id_str: Option<&String>) -> bool {
        let any_bss = Joined {
            id_str: id_str.cloned(),
            ..Joined::default()
        };
        let facts = network_facts(&self.assignment.history, self.core.wall, ssid, &any_bss);
        self.assignment.policies.depends_on_bss(&facts)
    }

    fn shares(&self, decision: &Decision, other: &Joined) -> bool {
        let Decision {
            ssid,
            joined,
            address,
        } = decision;
        let facts = |joined| network_facts(&self.assignment.history, self.core.wall, ssid, joined);
        let (decided, other) = (facts(joined), facts(other));
        let card = self.address_facts();
        let policies = &self.assignment.policies;
        policies.shares(&decided, &other, &card, *address)
    }
}
