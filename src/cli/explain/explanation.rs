//! An explanation as a value: the text and the JSON are made from the same.

use rand::SeedableRng;
use rand::rngs::StdRng;

use macveil_core::address::{
    AddressFacts, AddressPolicies, AssignError, Derivation, NetworkFacts, Origin, Policy,
    ResolvedPolicy, Source, format_length,
};
use macveil_core::types::{Mac, Ssid};

/// Which address a network gets, and all that leads to it.
pub(super) struct Explanation {
    pub(super) ssid: Option<Ssid>,
    pub(super) interface: String,
    /// Whether macveil cares for the interface at all.
    pub(super) managed: bool,
    /// Where the rules about the network are, the one that is asked first before the others.
    pub(super) rules: Vec<Origin>,
    pub(super) steps: Vec<Step>,
    pub(super) outcome: Result<Outcome, AssignError>,
}

/// One thing that leads to the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// In words.
    pub(super) title: &'static str,
    /// Its name in JSON.
    pub(super) name: &'static str,
    pub(super) value: String,
    /// Where it was said, unless it follows from the others.
    pub(super) origin: Option<Origin>,
}

/// The address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// This one, at each association.
    Fixed(Mac),
    /// Another one at each association.
    Anew,
}

impl Explanation {
    pub(super) fn of(
        policies: &AddressPolicies,
        network: &NetworkFacts,
        interface: &str,
        managed: bool,
        card: &AddressFacts,
    ) -> Self {
        let resolved = policies.resolve(network);
        // A drawn address is not shown, so it may as well be drawn from a fixed seed.
        let mut rng = StdRng::seed_from_u64(0);
        let derivation = policies.derive(network, card, &mut rng);
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
            outcome: derivation.map(|derivation| match derivation.source {
                Source::Random => Outcome::Anew,
                _ => Outcome::Fixed(derivation.address),
            }),
        }
    }
}

/// What the user wants of the address, as far as it matters under the policy.
fn options(resolved: &ResolvedPolicy) -> Vec<Step> {
    let said = |title, name, value: String, origin: &Origin| Step {
        title,
        name,
        value,
        origin: Some(origin.clone()),
    };
    let policy = &resolved.policy;
    let mut steps = vec![said(
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
        steps.extend(id.map(|id| said("stable-id", "stable_id", id.value.to_string(), &id.origin)));
        let uuid = resolved.uuid.as_ref();
        steps.extend(uuid.map(|uuid| said("uuid", "uuid", uuid.value.clone(), &uuid.origin)));
        let rotate = resolved.rotate.as_ref();
        steps.extend(rotate.map(|every| {
            let value = format_length(every.value.as_secs());
            said("renewed after", "rotate", value, &every.origin)
        }));
        let binding = &resolved.binding;
        let security = Some(&resolved.by_security).filter(|said| said.value);
        steps.extend(security.map(|said_so| {
            let value = "how the network is joined".to_owned();
            said("hangs on", "by_security", value, &said_so.origin)
        }));
        steps.push(said(
            "bound to",
            "binding",
            binding.value.to_string(),
            &binding.origin,
        ));
    }
    let mask = resolved.mask.as_ref();
    steps.extend(mask.map(|mask| said("mask", "mask", mask.value.to_string(), &mask.origin)));
    let slap = &resolved.slap;
    steps.push(said(
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
        Source::Initial => "the address that the card had at first",
        Source::Explicit => "the configuration",
        Source::Random => "chance",
        Source::Hash {
            id,
            binding,
            security,
            generation,
        } => {
            let expanded = id.expanded.as_ref();
            steps.extend(expanded.map(|text| follows("filled in", "expanded_id", text.clone())));
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
