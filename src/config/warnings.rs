//! Warnings: valid options that are likely mistakes.

use super::document::Document;
use super::problem::Problem;
use macveil_core::address::{ConnectionOptions, Policy, Sourced, StableId};

/// All warnings for a configuration.
pub(super) fn warnings(document: &Document) -> Vec<Problem> {
    let networks: Vec<_> = document
        .networks
        .iter()
        .map(|scoped| &scoped.rule.options)
        .collect();
    let mut defaults = vec![&document.connection];
    defaults.extend(document.interfaces.iter().map(|rule| &rule.connection));

    let default_is_stable = defaults.iter().any(|options| is_stable(options));
    let any_is_stable = default_is_stable || networks.iter().any(|options| is_stable(options));
    let mut warnings = Vec::new();
    for options in &defaults {
        warnings.extend(ineffective(options, any_is_stable));
        warnings.extend(options.stable_id.as_ref().and_then(same_for_all));
    }
    for options in &networks {
        warnings.extend(ineffective(options, default_is_stable));
        warnings.extend(never_renewed(options));
    }
    let ids = defaults.iter().chain(&networks);
    let ids = ids.filter_map(|options| options.stable_id.as_ref());
    warnings.extend(ids.flat_map(unknown_patterns));
    warnings
}

fn is_stable(options: &ConnectionOptions) -> bool {
    policy(options) == Some(Policy::Stable)
}

fn policy(options: &ConnectionOptions) -> Option<Policy> {
    options.policy.as_ref().map(|policy| policy.value)
}

/// A stable-id needs the policy `stable`, which is not the default.
fn ineffective(options: &ConnectionOptions, stable_elsewhere: bool) -> Option<Problem> {
    let id = options.stable_id.as_ref()?;
    let effective = is_stable(options) || stable_elsewhere;
    (!effective).then(|| {
        Problem::about(
            &id.origin,
            "stable-id has no effect: it needs cloned-mac-address = \"stable\"",
        )
    })
}

/// Only stable addresses are renewed.
fn never_renewed(options: &ConnectionOptions) -> Option<Problem> {
    let rotate = options
        .rotate
        .as_ref()
        .filter(|rotate| rotate.value.is_some())?;
    let stable = matches!(
        policy(options),
        None | Some(Policy::Stable | Policy::StableSsid)
    );
    (!stable).then(|| {
        Problem::about(
            &rotate.origin,
            "rotate has no effect: it needs cloned-mac-address = \"stable-ssid\" or \"stable\"",
        )
    })
}

fn same_for_all(id: &Sourced<StableId>) -> Option<Problem> {
    (!id.value.differs_by_network()).then(|| {
        Problem::about(
            &id.origin,
            "this stable-id gives every network the same address; add ${NETWORK_SSID} to distinguish them",
        )
    })
}

/// An unknown pattern stands for itself, as in `NetworkManager`.
fn unknown_patterns(id: &Sourced<StableId>) -> impl Iterator<Item = Problem> {
    id.value.unknown_patterns().into_iter().map(|pattern| {
        let message = format!("unknown pattern `{pattern}`: it is used literally");
        Problem::about(&id.origin, message)
    })
}
