//! How an address comes about, step by step.

use rand::CryptoRng;

use super::assign_error::AssignError;
use super::generate::{Seed, Shape};
use super::network::NetworkFacts;
use super::options::ResolvedPolicy;
use super::policies::{AddressFacts, AddressPolicies};
use super::stable::{EffectiveId, Missing, Values, digest};
use super::{Binding, Origin, Policy};
use crate::types::Mac;

/// An address and what it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derivation {
    /// The address.
    pub address: Mac,
    /// Where its bits come from, but for those that a mask keeps.
    pub source: Source,
    /// Whose bits the mask kept.
    pub base: Option<Mac>,
}

/// Where the bits of an address come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The card's permanent address.
    Permanent,
    /// The address that the card had when first seen.
    Initial,
    /// The configuration.
    Explicit,
    /// Chance.
    Random,
    /// A hash.
    Hash {
        /// The id.
        id: EffectiveId,
        /// The interface's name, the permanent address, or nothing.
        binding: String,
        /// The class of the network's security, if it is a part of it.
        security: Option<&'static str>,
        /// How often the address was renewed.
        generation: u64,
    },
}

/// What is left to do for an address.
pub(super) enum Plan {
    /// Nothing.
    Fixed(Derivation),
    /// To draw it.
    Random(Shape),
}

impl AddressPolicies {
    pub(super) fn plan(
        &self,
        resolved: &ResolvedPolicy,
        network: &NetworkFacts,
        card: &AddressFacts,
        periods_ago: i64,
    ) -> Result<Plan, AssignError> {
        let fixed = |address, source| {
            Ok(Plan::Fixed(Derivation {
                address,
                source,
                base: None,
            }))
        };
        match resolved.policy.value {
            Policy::Permanent => fixed(resolved.permanent(card)?, Source::Permanent),
            Policy::Preserve if card.initial.is_usable() => fixed(card.initial, Source::Initial),
            Policy::Preserve => Err(AssignError::NothingToPreserve {
                initial: card.initial,
            }),
            Policy::Explicit(address) => fixed(address, Source::Explicit),
            Policy::Random => Ok(Plan::Random(resolved.shape())),
            Policy::Stable | Policy::StableSsid => {
                self.stable(resolved, network, card, periods_ago)
            }
        }
    }

    fn stable(
        &self,
        resolved: &ResolvedPolicy,
        network: &NetworkFacts,
        card: &AddressFacts,
        periods_ago: i64,
    ) -> Result<Plan, AssignError> {
        let values = Values {
            uuid: resolved.uuid.as_ref().map(|said| said.value.as_str()),
            ssid: network.ssid,
            boot_id: self.host.boot_id.as_deref(),
            interface: &self.interface,
            permanent: card.permanent,
            reading: network.time.map(|time| self.host.zone.reading(time)),
            periods_ago,
        };
        let id = EffectiveId::of(&resolved.meaning(), values);
        let Some(id) = id.map_err(|missing| resolved.lacks(missing))? else {
            return Ok(Plan::Random(resolved.shape()));
        };
        let binding = match resolved.binding.value {
            Binding::Interface => self.interface.clone(),
            Binding::Card => resolved.bound_card(card)?,
            Binding::Host => String::new(),
        };
        let security = resolved.security_class(network)?;
        let generation = network.generation;
        let digest = digest(&self.host.key, &binding, &id, security, generation);
        let seed = Seed::from_digest(&digest);
        let finished = resolved.shape().finish(seed, card.base_addresses());
        if !finished.address.is_usable() || card.permanent == Some(finished.address) {
            return Err(resolved.too_wide(finished.address));
        }
        Ok(Plan::Fixed(Derivation {
            address: finished.address,
            source: Source::Hash {
                id,
                binding,
                security,
                generation,
            },
            base: finished.base,
        }))
    }
}

impl Derivation {
    pub(super) fn draw(
        resolved: &ResolvedPolicy,
        shape: &Shape,
        card: &AddressFacts,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, AssignError> {
        let drawn = shape
            .draw(card.base_addresses(), &card.known(), rng)
            .ok_or_else(|| resolved.too_wide(card.initial))?;
        Ok(Self {
            address: drawn.address,
            source: Source::Random,
            base: drawn.base,
        })
    }
}

impl ResolvedPolicy {
    fn shape(&self) -> Shape {
        Shape {
            mask: self.mask.as_ref().map(|said| said.value.clone()),
            slap: self.slap.value,
        }
    }

    fn permanent(&self, card: &AddressFacts) -> Result<Mac, AssignError> {
        let usable = card.permanent.filter(|address| address.is_usable());
        usable.ok_or_else(|| AssignError::NoPermanentAddress {
            origin: self.policy.origin.clone(),
        })
    }

    /// In capitals; longer than any interface's name, so that the two cannot be confused.
    fn bound_card(&self, card: &AddressFacts) -> Result<String, AssignError> {
        let permanent = card
            .permanent
            .ok_or_else(|| AssignError::NoPermanentAddress {
                origin: self.binding.origin.clone(),
            })?;
        Ok(permanent.to_string().to_ascii_uppercase())
    }

    fn security_class(&self, network: &NetworkFacts) -> Result<Option<&'static str>, AssignError> {
        match network.security {
            _ if !self.by_security.value => Ok(None),
            Some(security) => Ok(Some(security.class())),
            None if network.ssid.is_none() => Ok(None),
            None => Err(AssignError::Undetermined {
                fact: "the security",
                origin: self.by_security.origin.clone(),
            }),
        }
    }

    fn lacks(&self, missing: Missing) -> AssignError {
        let id = self.stable_id.as_ref();
        let origin = id.map_or(Origin::BuiltIn, |said| said.origin.clone());
        match missing {
            Missing::BootId => AssignError::NoBootId { origin },
            Missing::Clock => AssignError::NoClock { origin },
        }
    }

    fn too_wide(&self, address: Mac) -> AssignError {
        let mask = self.mask.as_ref();
        AssignError::MaskTooWide {
            origin: mask.map_or(Origin::BuiltIn, |said| said.origin.clone()),
            address,
        }
    }
}
