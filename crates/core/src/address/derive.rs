//! Derives an address and records the steps.

use rand::CryptoRng;

use super::assign_error::AssignError;
use super::generate::{Seed, Shape};
use super::network::NetworkFacts;
use super::options::ResolvedPolicy;
use super::policies::{AddressFacts, AddressPolicies};
use super::stable::{EffectiveId, Missing, Values, digest};
use super::{Binding, Origin, Policy};
use crate::types::Mac;

/// An address and how it was derived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derivation {
    /// The address.
    pub address: Mac,
    /// Where its bits come from, except those kept by a mask.
    pub source: Source,
    /// The base address of the bits kept by a mask.
    pub base: Option<Mac>,
}

/// Where the bits of an address come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The card's permanent address.
    Permanent,
    /// The card's initial address.
    Initial,
    /// The configuration.
    Explicit,
    /// Random.
    Random,
    /// A keyed hash.
    Hash {
        /// The id.
        id: EffectiveId,
        /// The interface name, the permanent address, or empty.
        binding: String,
        /// The security class of the network, if it is hashed.
        security: Option<&'static str>,
        /// Number of renewals.
        generation: u64,
    },
}

/// An address before random bits are drawn.
pub(super) enum Plan {
    /// Already complete.
    Fixed(Derivation),
    /// To be drawn.
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
            uuid: resolved.uuid.as_ref().map(|uuid| uuid.value.as_str()),
            ssid: network.ssid,
            boot_id: self.host.boot_id.as_deref(),
            interface: &self.interface,
            permanent: card.permanent,
            reading: network.time.map(|time| self.host.zone.reading(time)),
            periods_ago,
        };
        let id = EffectiveId::of(&resolved.meaning(), values);
        let Some(id) = id.map_err(|missing| resolved.missing(missing))? else {
            return Ok(Plan::Random(resolved.shape()));
        };
        let host_id = self.host.key.host_id().map_err(|reason| {
            let reason = reason.to_owned();
            AssignError::NoKey { reason }
        })?;
        let binding = match resolved.binding.value {
            Binding::Interface => self.interface.clone(),
            Binding::Card => resolved.bound_card(card)?,
            Binding::Host => String::new(),
        };
        let security = resolved.security_class(network)?;
        let generation = network.generation;
        let digest = digest(host_id, &binding, &id, security, generation);
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
            mask: self.mask.as_ref().map(|mask| mask.value.clone()),
            slap: self.slap.value,
        }
    }

    fn permanent(&self, card: &AddressFacts) -> Result<Mac, AssignError> {
        let usable = card.permanent.filter(|address| address.is_usable());
        usable.ok_or_else(|| AssignError::NoPermanentAddress {
            origin: self.policy.origin.clone(),
        })
    }

    /// In upper case. Longer than any interface name, so that the two cannot collide.
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

    fn missing(&self, missing: Missing) -> AssignError {
        let id = self.stable_id.as_ref();
        let origin = id.map_or(Origin::BuiltIn, |id| id.origin.clone());
        match missing {
            Missing::BootId => AssignError::NoBootId { origin },
            Missing::Clock => AssignError::NoClock { origin },
        }
    }

    fn too_wide(&self, address: Mac) -> AssignError {
        let mask = self.mask.as_ref();
        AssignError::MaskTooWide {
            origin: mask.map_or(Origin::BuiltIn, |mask| mask.origin.clone()),
            address,
        }
    }
}
