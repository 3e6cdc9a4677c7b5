//! What may be said, but hardly says what was meant.

use super::document::Document;
use super::problem::Problem;
use macveil_core::address::{ConnectionOptions, Policy, Said, StableId};

/// Everything in a configuration that a person should look at again.
pub(super) fn warnings(document: &Document) -> Vec<Problem> {
    let networks: Vec<_> = document
        .networks
        .iter()
        .map(|scoped| &scoped.rule.wishes)
        .collect();
    let mut defaults = vec![&document.connection];
    defaults.extend(document.interfaces.iter().map(|rule| &rule.connection));

    let default_is_stable = defaults.iter().any(|wishes| says_stable(wishes));
    let any_is_stable = default_is_stable || networks.iter().any(|wishes| says_stable(wishes));
    let mut warnings = Vec::new();
    for wishes in &defaults {
        warnings.extend(ineffective(wishes, any_is_stable));
        warnings.extend(wishes.stable_id.as_ref().and_then(same_for_all));
    }
    for wishes in &networks {
        warnings.extend(ineffective(wishes, default_is_stable));
        warnings.extend(never_renewed(wishes));
    }
    let ids = defaults.iter().chain(&networks);
    let ids = ids.filter_map(|wishes| wishes.stable_id.as_ref());
    warnings.extend(ids.flat_map(unknown_patterns));
    warnings
}

fn says_stable(wishes: &ConnectionOptions) -> bool {
    policy(wishes) == Some(Policy::Stable)
}

fn policy(wishes: &ConnectionOptions) -> Option<Policy> {
    wishes.policy.as_ref().map(|said| said.value)
}

/// An id says something only where the policy is `stable`, and it is not by default.
fn ineffective(wishes: &ConnectionOptions, stable_elsewhere: bool) -> Option<Problem> {
    let id = wishes.stable_id.as_ref()?;
    let effective = says_stable(wishes) || stable_elsewhere;
    (!effective).then(|| {
        Problem::about(
            &id.place,
            "stable-id has no effect: it needs cloned-mac-address = \"stable\"",
        )
    })
}

/// Only a stable address can be renewed: the others are new each time, or never.
fn never_renewed(wishes: &ConnectionOptions) -> Option<Problem> {
    let rotate = wishes.rotate.as_ref().filter(|said| said.value.is_some())?;
    let stable = matches!(
        policy(wishes),
        None | Some(Policy::Stable | Policy::StableSsid)
    );
    (!stable).then(|| {
        Problem::about(
            &rotate.place,
            "rotate has no effect: it needs cloned-mac-address = \"stable-ssid\" or \"stable\"",
        )
    })
}

fn same_for_all(id: &Said<StableId>) -> Option<Problem> {
    (!id.value.tells_networks_apart()).then(|| {
        Problem::about(
            &id.place,
            "this stable-id is the same for every network, and so is the address; ${NETWORK_SSID} in it tells them apart",
        )
    })
}

/// `NetworkManager` takes them as they are written; so does macveil, but says so.
fn unknown_patterns(id: &Said<StableId>) -> impl Iterator<Item = Problem> {
    id.value.unknown_patterns().into_iter().map(|pattern| {
        let message = format!("`{pattern}` is no pattern: it stands for itself in the id");
        Problem::about(&id.place, message)
    })
}
