//! The book to look a network's address up in.

use std::sync::Arc;

use rand::CryptoRng;

use super::assign_error::AssignError;
use super::derive::{Derivation, Plan};
use super::generate::mask_address;
use super::mask::{BaseAddresses, Mask};
use super::network::{Matched, NetworkFacts};
use super::options::{ConnectionOptions, NetworkRule, ResolvedPolicy, Sourced, choose};
use super::stable_id::{Meaning, StableId};
use super::{Binding, HostKey, Origin, Policy, Zone};
use crate::types::Mac;

/// What a stable address may hang on besides the network and the card.
#[derive(Debug)]
pub struct Host {
    /// The secret.
    pub key: HostKey,
    /// The kernel's `boot_id`, if it can be read.
    pub boot_id: Option<String>,
    /// The local clock.
    pub zone: Zone,
}

/// What is known of the card at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressFacts {
    /// Its permanent address, if the driver knows one.
    pub permanent: Option<Mac>,
    /// The address that it had when first seen.
    pub initial: Mac,
    /// The address that it has now.
    pub current: Mac,
    /// The address that was assigned last.
    pub previous: Option<Mac>,
}

impl AddressFacts {
    /// The addresses that a mask may keep bits of.
    #[must_use]
    pub const fn base_addresses(&self) -> BaseAddresses {
        BaseAddresses {
            initial: self.initial,
            current: self.current,
        }
    }

    /// Every address that a random one must not be.
    pub(super) fn known(&self) -> Vec<Mac> {
        let certain = [self.initial, self.current];
        certain
            .into_iter()
            .chain(self.permanent)
            .chain(self.previous)
            .collect()
    }
}

/// Which address each network gets on one interface: configuration and key put together.
#[derive(Debug, Clone)]
pub struct AddressPolicies {
    /// The interface's name.
    pub(super) interface: String,
    pub(super) host: Arc<Host>,
    scan_mask: Option<Mask>,
    /// In the order in which they are asked.
    rules: Vec<NetworkRule>,
    defaults: ConnectionOptions,
}

impl AddressPolicies {
    /// Puts together what is said for one interface; of two rules about a network the earlier holds.
    #[must_use]
    pub const fn new(
        interface: String,
        host: Arc<Host>,
        scan_mask: Option<Mask>,
        rules: Vec<NetworkRule>,
        defaults: ConnectionOptions,
    ) -> Self {
        Self {
            interface,
            host,
            scan_mask,
            rules,
            defaults,
        }
    }

    /// Binds what nobody has bound otherwise to the card: its interface's name does not last, as with iwd, which
    /// makes one of its own whenever it begins.
    #[must_use]
    pub fn bound_to_card(mut self) -> Self {
        let binding = Sourced::built_in(Binding::Card);
        self.defaults.binding.get_or_insert(binding);
        self
    }

    /// The address for an association that begins now; for `random` another one at each call, so call
    /// once an association.
    ///
    /// # Errors
    ///
    /// The policy asks for something that this card or machine has not.
    pub fn assign(
        &self,
        network: &NetworkFacts,
        card: &AddressFacts,
        rng: &mut impl CryptoRng,
    ) -> Result<Mac, AssignError> {
        Ok(self.derive(network, card, rng)?.address)
    }

    /// As [`Self::assign`], with every step that leads to the address.
    ///
    /// # Errors
    ///
    /// As [`Self::assign`].
    pub fn derive(
        &self,
        network: &NetworkFacts,
        card: &AddressFacts,
        rng: &mut impl CryptoRng,
    ) -> Result<Derivation, AssignError> {
        let resolved = self.resolve(network)?;
        match self.plan(&resolved, network, card, 0)? {
            Plan::Fixed(derivation) => Ok(derivation),
            Plan::Random(shape) => Derivation::draw(&resolved, &shape, card, rng),
        }
    }

    /// Whether an association that already runs under `current` may stay as it is: the address that
    /// would be assigned, now or when an earlier period began or before it was last renewed; for
    /// `random` one that chance could have led to.
    #[must_use]
    pub fn accepts(&self, network: &NetworkFacts, card: &AddressFacts, current: Mac) -> bool {
        let card = AddressFacts { current, ..*card };
        let Ok(resolved) = self.resolve(network) else {
            return false;
        };
        let periods = if resolved.changes_with_time() {
            PAST_PERIODS
        } else {
            1
        };
        let now_and_before = [network.generation, network.generation.saturating_sub(1)];
        now_and_before.iter().any(|&generation| {
            let network = network.in_generation(generation);
            (0..periods).any(|ago| match self.plan(&resolved, &network, &card, ago) {
                Ok(Plan::Fixed(derivation)) => derivation.address == current,
                Ok(Plan::Random(shape)) => {
                    card.permanent.unwrap_or(card.initial) != current
                        && shape.could_have_made(current, card.base_addresses())
                }
                Err(_) => false,
            })
        })
    }

    /// The policy that holds for a network.
    ///
    /// # Errors
    ///
    /// It hangs on something of the network that is not known.
    pub fn policy(&self, network: &NetworkFacts) -> Result<Policy, AssignError> {
        Ok(self.resolve(network)?.policy.value)
    }

    /// All that holds for a network.
    ///
    /// # Errors
    ///
    /// It hangs on something of the network that is not known.
    pub fn resolve(&self, network: &NetworkFacts) -> Result<ResolvedPolicy, AssignError> {
        choose(&self.rules, &self.defaults, network).map_err(|undetermined| {
            AssignError::Undetermined {
                fact: undetermined.fact,
                origin: undetermined.origin,
            }
        })
    }

    /// The local clock.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.host.zone
    }

    /// Where the rules about a network begin, the one that is asked first before the others.
    #[must_use]
    pub fn rules_about(&self, network: &NetworkFacts) -> Vec<&Origin> {
        let about = |rule: &&NetworkRule| rule.about.matches(network) == Matched::Yes;
        let rules = self.rules.iter().filter(about);
        rules.map(|rule| &rule.origin).collect()
    }

    /// A mask address: random, none of the card's addresses, and none of `avoid`.
    #[must_use]
    pub fn mask_address(
        &self,
        card: &AddressFacts,
        avoid: &[Mac],
        rng: &mut impl CryptoRng,
    ) -> Mac {
        let avoid = [&card.known(), avoid].concat();
        mask_address(self.scan_mask.as_ref(), card.base_addresses(), &avoid, rng)
    }
}

/// An association may have begun this many periods ago.
const PAST_PERIODS: i64 = 400;

impl ResolvedPolicy {
    /// Chance makes the address.
    #[must_use]
    pub const fn is_random(&self) -> bool {
        matches!(self.policy.value, Policy::Random)
    }

    /// The id as it is asked for: none, or that of the policy.
    pub(super) fn meaning(&self) -> Meaning {
        match (self.policy.value, &self.stable_id) {
            (Policy::StableSsid, _) => Meaning::of_ssid(),
            (_, Some(id)) => id.value.meaning().clone(),
            (_, None) => Meaning::Connection,
        }
    }

    /// It is renewed by itself after some time, and so may be renewed sooner.
    #[must_use]
    pub fn is_periodic(&self) -> bool {
        self.rotates().is_some() || self.changes_with_time()
    }

    /// The address is another one when time has passed, though nothing happened.
    #[must_use]
    pub fn changes_with_time(&self) -> bool {
        let id = self.stable_id.as_ref().map(|said| &said.value);
        self.policy.value == Policy::Stable && id.is_some_and(StableId::changes_with_time)
    }
}
