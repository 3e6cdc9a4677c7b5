//! An explanation as data, from which the text and the JSON are rendered.

use super::system::derive;
use macveil_core::address::{
    AddressFacts, AddressPolicies, AssignError, Derivation, NetworkFacts, Origin, Policy,
    ResolvedPolicy, Source, Sourced, format_length,
};
use macveil_core::types::{Mac, Ssid};

/// Which address a network gets, and its derivation.
pub(super) struct Explanation {
    pub(super) ssid: Option<Ssid>,
    pub(super) interface: String,
    /// Whether macveil manages the interface.
    pub(super) managed: bool,
    /// The origins of the rules that apply, in order of precedence.
    pub(super) rules: Vec<Origin>,
    pub(super) steps: Vec<Step>,
    /// The policy, if it can be chosen.
    pub(super) policy: Option<Sourced<Policy>>,
    /// The address changes with time.
    pub(super) changes_with_time: bool,
    pub(super) outcome: Result<Outcome, AssignError>,
}

/// One input of the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Title in the text.
    pub(super) title: &'static str,
    /// Key in JSON.
    pub(super) name: &'static str,
    pub(super) value: String,
    /// Where it was set, unless it follows from other steps.
    pub(super) origin: Option<Origin>,
}

/// The resulting address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The same address for each association.
    Fixed(Mac),
    /// A new address for each association.
    Random,
    /// An address that only root can compute, with the key.
    NeedsKey,
}

impl Explanation {
    pub(super) fn of(
        policies: &AddressPolicies,
        network: &NetworkFacts,
        (interface, managed): (&str, bool),
        card: &AddressFacts,
        has_key: bool,
    ) -> Self {
        let resolved = policies.resolve(network);
        let derivation = derive(policies, network, card);
        let mut steps = Vec::new();
        if let Ok(resolved) = &resolved {
            steps.extend(options(resolved));
        }
        if let (Ok(resolved), Ok(derivation)) = (&resolved, &derivation) {
            steps.extend(sources(resolved, derivation));
        }
        Self {
            ssid: network.ssid.cloned(),
            interface: interface.to_owned(),
            managed,
            rules: policies.rules_about(network).into_iter().cloned().collect(),
            steps,
            changes_with_time: resolved.as_ref().is_ok_and(ResolvedPolicy::is_periodic),
            policy: resolved.ok().map(|resolved| resolved.policy),
            outcome: derivation.map(|derivation| match derivation.source {
                Source::Random => Outcome::Random,
                Source::Hash { .. } if !has_key => Outcome::NeedsKey,
                _ => Outcome::Fixed(derivation.address),
            }),
        }
    }
}

/// The options that affect the address under its policy.
fn options(resolved: &ResolvedPolicy) -> Vec<Step> {
    let option = |title, name, value: String, origin: &Origin| Step {
        title,
        name,
        value,
        origin: Some(origin.clone()),
    };
    let policy = &resolved.policy;
    let mut steps = vec![option(
        "policy",
        "policy",
        policy.value.to_string(),
        &policy.origin,
    )];
    let generated = match policy.value {
        Policy::Permanent | Policy::Preserve | Policy::Explicit(_) => return steps,
        Policy::Random => false,
        Policy::Stable | Policy::StableSsid => true,
    };
    if generated {
        let id = resolved
            .stable_id
            .as_ref()
            .filter(|_| policy.value == Policy::Stable);
        steps.extend(
            id.map(|id| option("stable-id", "stable_id", id.value.to_string(), &id.origin)),
        );
        let uuid = resolved.uuid.as_ref();
        steps.extend(uuid.map(|uuid| option("uuid", "uuid", uuid.value.clone(), &uuid.origin)));
        let rotate = resolved.rotate.as_ref();
        steps.extend(rotate.map(|every| {
            let value = format_length(every.value.as_secs());
            option("renewed after", "rotate", value, &every.origin)
        }));
        let binding = &resolved.binding;
        let security = Some(&resolved.by_security).filter(|security| security.value);
        steps.extend(security.map(|security| {
            let value = "the network's security".to_owned();
            option("depends on", "by_security", value, &security.origin)
        }));
        steps.push(option(
            "bound to",
            "binding",
            binding.value.to_string(),
            &binding.origin,
        ));
    }
    let mask = resolved.mask.as_ref();
    steps.extend(mask.map(|mask| option("mask", "mask", mask.value.to_string(), &mask.origin)));
    let slap = &resolved.slap;
    steps.push(option(
        "quadrant",
        "slap",
        slap.value.to_string(),
        &slap.origin,
    ));
    steps
}

/// Where the bits of the address come from.
fn sources(resolved: &ResolvedPolicy, derivation: &Derivation) -> Vec<Step> {
    let follows = |title, name, value: String| Step {
        title,
        name,
        value,
        origin: None,
    };
    let mut steps = Vec::new();
    let bits = match &derivation.source {
        Source::Permanent => "the card's permanent address",
        Source::Initial => "the card's initial address",
        Source::Explicit => "the configuration",
        Source::Random => "a random number generator",
        Source::Hash {
            id,
            binding,
            security,
            generation,
        } => {
            let expanded = id.expanded.as_ref();
            steps.extend(expanded.map(|text| follows("expanded", "expanded_id", text.clone())));
            steps.push(follows("hashed: type", "id_type", id.kind.to_string()));
            steps.push(follows("hashed: id", "id", id.text.clone()));
            steps.push(follows("hashed: bound to", "bound_to", binding.clone()));
            let security = security.map(str::to_owned);
            steps.extend(security.map(|class| follows("hashed: security", "security", class)));
            let renewed = Some(generation).filter(|&&generation| generation > 0);
            steps.extend(renewed.map(|generation| {
                follows("hashed: renewed", "generation", generation.to_string())
            }));
            "a hash of these and the key"
        }
    };
    steps.push(follows("bits from", "bits_from", bits.to_owned()));
    if let (Some(mask), Some(base)) = (&resolved.mask, derivation.base) {
        steps.push(follows(
            "kept bits",
            "kept_bits",
            mask.value.keep().to_string(),
        ));
        steps.push(follows("kept from", "kept_from", base.to_string()));
    }
    steps
}
