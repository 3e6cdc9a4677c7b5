//! The address policies of one interface.

use std::sync::Arc;

use rand::CryptoRng;

use super::assign_error::AssignError;
use super::derive::{Derivation, Plan};
use super::generate::mask_address;
use super::mask::{BaseAddresses, Mask};
use super::network::{Matched, NetworkFacts};
use super::options::{ConnectionOptions, NetworkRule, ResolvedPolicy, Sourced, resolve};
use super::stable_id::{Meaning, StableId};
use super::{Binding, HostKey, Origin, Policy, Zone};
use crate::types::{Mac, Ssid};

/// What a stable address can depend on, in addition to the network and the card.
#[derive(Debug)]
pub struct Host {
    /// The secret key.
    pub key: HostKey,
    /// The kernel's `boot_id`, if it can be read.
    pub boot_id: Option<String>,
    /// The local clock.
    pub zone: Zone,
}

/// The addresses of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressFacts {
    /// Permanent address, if the driver has one.
    pub permanent: Option<Mac>,
    /// The address when macveil first saw the card.
    pub initial: Mac,
    /// The current address.
    pub current: Mac,
    /// The address assigned last.
    pub previous: Option<Mac>,
}

impl AddressFacts {
    /// The addresses from which a mask can keep bits.
    #[must_use]
    pub const fn base_addresses(&self) -> BaseAddresses {
        BaseAddresses {
            initial: self.initial,
            current: self.current,
        }
    }

    /// Addresses that a random address must differ from.
    pub(super) fn known(&self) -> Vec<Mac> {
        let certain = [self.initial, self.current];
        certain
            .into_iter()
            .chain(self.permanent)
            .chain(self.previous)
            .collect()
    }
}

/// Assigns addresses to the networks of one interface, from the configuration and the key.
#[derive(Debug, Clone)]
pub struct AddressPolicies {
    pub(super) interface: String,
    pub(super) host: Arc<Host>,
    scan_mask: Option<Mask>,
    /// Earlier rules take precedence.
    rules: Vec<NetworkRule>,
    defaults: ConnectionOptions,
    hotspot: Policy,
}

impl AddressPolicies {
    /// The policies of one interface; earlier `rules` take precedence.
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
            hotspot: Policy::Random,
        }
    }

    /// Sets the policy of hotspots, which is `random` otherwise: another mask at each start.
    #[must_use]
    pub const fn with_hotspot(mut self, policy: Policy) -> Self {
        self.hotspot = policy;
        self
    }

    /// Makes `card` the default of `stable-binding`. For iwd, which creates a new interface at each start
    /// and so does not keep the name.
    #[must_use]
    pub fn bound_to_card(mut self) -> Self {
        let binding = Sourced::built_in(Binding::Card);
        self.defaults.binding.get_or_insert(binding);
        self
    }

    /// The address for an association that begins now. Call once per association, because `random` draws
    /// a new address at each call.
    ///
    /// # Errors
    ///
    /// The policy needs something that this card or host does not have.
    pub fn assign(
        &self,
        network: &NetworkFacts,
        card: &AddressFacts,
        rng: &mut impl CryptoRng,
    ) -> Result<Mac, AssignError> {
        Ok(self.derive(network, card, rng)?.address)
    }

    /// Like [`Self::assign`], with the derivation of the address.
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

    /// Whether an association that already uses `current` can continue: `current` is the address that
    /// would be assigned now, in an earlier period or before the last renewal; for `random`, any address
    /// that could have been drawn.
    #[must_use]
    pub fn accepts(&self, network: &NetworkFacts, card: &AddressFacts, current: Mac) -> bool {
        let card = AddressFacts { current, ..*card };
        let Ok(resolved) = self.resolve(network) else {
            return false;
        };
        let periods = if resolved.changes_with_time() {
            MAX_PAST_PERIODS
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
                        && shape.can_produce(current, card.base_addresses())
                }
                Err(_) => false,
            })
        })
    }

    /// Whether a BSS of another BSSID or security could get another address in this network.
    #[must_use]
    pub fn depends_on_bss(&self, network: &NetworkFacts) -> bool {
        let any_bss = NetworkFacts {
            bssid: None,
            security: None,
            ..*network
        };
        self.resolve(&any_bss)
            .map_or(true, |resolved| resolved.depends_on_security())
    }

    /// Whether `current`, the address for `decided`, is also the one for `other`. A random address
    /// is shared only with networks whose address is random, too.
    #[must_use]
    pub fn shares(
        &self,
        decided: &NetworkFacts,
        other: &NetworkFacts,
        card: &AddressFacts,
        current: Mac,
    ) -> bool {
        let is_drawn = |network: &NetworkFacts| {
            let plan = self
                .plan(&self.resolve(network).ok()?, network, card, 0)
                .ok()?;
            Some(matches!(plan, Plan::Random(_)))
        };
        let drawn = is_drawn(decided);
        drawn.is_some() && drawn == is_drawn(other) && self.accepts(other, card, current)
    }

    /// The policy of a network.
    ///
    /// # Errors
    ///
    /// It depends on an unknown fact about the network.
    pub fn policy(&self, network: &NetworkFacts) -> Result<Policy, AssignError> {
        Ok(self.resolve(network)?.policy.value)
    }

    /// All options that apply to a network.
    ///
    /// # Errors
    ///
    /// They depend on an unknown fact about the network.
    pub fn resolve(&self, network: &NetworkFacts) -> Result<ResolvedPolicy, AssignError> {
        resolve(&self.rules, &self.defaults, network).map_err(|undetermined| {
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

    /// The origins of the rules that apply to a network, in order of precedence.
    #[must_use]
    pub fn rules_about(&self, network: &NetworkFacts) -> Vec<&Origin> {
        let about = |rule: &&NetworkRule| rule.about.matches(network) == Matched::Yes;
        let rules = self.rules.iter().filter(about);
        rules.map(|rule| &rule.origin).collect()
    }

    /// The address of a hotspot of this name; `None`: a mask. A stable one differs from that of a network
    /// of the same name.
    ///
    /// # Errors
    ///
    /// The policy needs something that this card or host does not have.
    pub fn hotspot_address(
        &self,
        ssid: &Ssid,
        card: &AddressFacts,
    ) -> Result<Option<Mac>, AssignError> {
        let policy = match self.hotspot {
            Policy::StableSsid => Policy::Stable,
            policy => policy,
        };
        let options = ConnectionOptions {
            policy: Some(Sourced::built_in(policy)),
            stable_id: Some(Sourced::built_in(StableId::of_hotspot())),
            rotate: None,
            by_security: None,
            ..self.defaults.clone()
        };
        let resolved = options.or_built_in();
        match self.plan(&resolved, &NetworkFacts::new(ssid), card, 0)? {
            Plan::Fixed(derivation) => Ok(Some(derivation.address)),
            Plan::Random(_) => Ok(None),
        }
    }

    /// A random mask address that is neither an address of the card nor in `avoid`.
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

/// Maximum age of an association, in periods.
const MAX_PAST_PERIODS: i64 = 400;

impl ResolvedPolicy {
    /// Whether the address is random.
    #[must_use]
    pub const fn is_random(&self) -> bool {
        matches!(self.policy.value, Policy::Random)
    }

    fn depends_on_security(&self) -> bool {
        let is_stable = matches!(self.policy.value, Policy::Stable | Policy::StableSsid);
        is_stable && self.by_security.value
    }

    /// The meaning of the id: the user's, or the one of the policy.
    pub(super) fn meaning(&self) -> Meaning {
        match (self.policy.value, &self.stable_id) {
            (Policy::StableSsid, _) => Meaning::of_ssid(),
            (_, Some(id)) => id.value.meaning().clone(),
            (_, None) => Meaning::Connection,
        }
    }

    /// Whether the address is renewed over time; the user can renew it earlier.
    #[must_use]
    pub fn is_periodic(&self) -> bool {
        self.rotates().is_some() || self.changes_with_time()
    }

    /// Whether the address depends on the local time.
    #[must_use]
    pub fn changes_with_time(&self) -> bool {
        let id = self.stable_id.as_ref().map(|id| &id.value);
        self.policy.value == Policy::Stable && id.is_some_and(StableId::changes_with_time)
    }
}
