//! Warnings: valid options that are likely mistakes.

use super::document::Document;
use super::network::ScopedRule;
use super::problem::Problem;
use super::spec::DeviceSpecs;
use macveil_core::address::{ConnectionOptions, Origin, Policy, Sourced, StableId};

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
    for (index, scoped) in document.networks.iter().enumerate() {
        let earlier = document.networks.get(..index).unwrap_or_default();
        warnings.extend(without_settings(scoped));
        warnings.extend(overruled(scoped, earlier));
    }
    let all = defaults.iter().chain(&networks);
    warnings.extend(all.filter_map(|options| unused_mask(options)));
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

/// A rule that sets nothing.
fn without_settings(scoped: &ScopedRule) -> Option<Problem> {
    let rule = &scoped.rule;
    (rule.options == ConnectionOptions::default()).then(|| {
        Problem::about(
            &rule.origin,
            "this rule sets nothing: add cloned-mac-address",
        )
    })
}

/// An earlier rule of the same file sets the policy of every network that this one is about. Another file may
/// take precedence on purpose.
fn overruled(scoped: &ScopedRule, earlier: &[ScopedRule]) -> Option<Problem> {
    let policy = scoped.rule.options.policy.as_ref()?;
    let ruling = earlier.iter().find(|it| {
        it.rule.options.policy.is_some()
            && it.interfaces.is_none()
            && it.rule.about.covers(&scoped.rule.about)
    })?;
    let other = ruling.rule.options.policy.as_ref()?;
    let (Origin::Line { file: a, .. }, Origin::Line { file: b, .. }) =
        (&policy.origin, &other.origin)
    else {
        return None;
    };
    if a != b {
        return None;
    }
    let message = format!(
        "cloned-mac-address has no effect here: {} sets {} for the same networks",
        other.origin, other.value
    );
    Some(Problem::about(&policy.origin, message))
}

/// Only generated addresses keep bits.
fn unused_mask(options: &ConnectionOptions) -> Option<Problem> {
    let mask = options.mask.as_ref().filter(|mask| mask.value.is_some())?;
    let fixed = matches!(
        policy(options),
        Some(Policy::Permanent | Policy::Preserve | Policy::Explicit(_))
    );
    fixed.then(|| {
        Problem::about(
            &mask.origin,
            "generate-mac-address-mask has no effect: it needs a policy that generates addresses",
        )
    })
}

/// Names that no interface of this host has, and a group that does not exist.
pub(super) fn on_host(
    manage: Option<&Sourced<DeviceSpecs>>,
    group: Option<&Sourced<Option<String>>>,
    interfaces: &[String],
    has_group: impl Fn(&str) -> bool,
) -> Vec<Problem> {
    let mut warnings = Vec::new();
    if let Some(Sourced { value, origin }) = manage {
        let unknown = value
            .literal_names()
            .filter(|name| !interfaces.iter().any(|it| it == name));
        warnings.extend(unknown.map(|name| {
            let message = format!("manage: no interface is called `{name}` now");
            let hint = match name {
                "wifi" | "ethernet" => {
                    format!("; for every interface of this kind, write \"type:{name}\"")
                }
                _ => String::new(),
            };
            Problem::about(origin, format!("{message}{hint}"))
        }));
    }
    if let Some(Sourced {
        value: Some(group),
        origin,
    }) = group
        && !has_group(group)
    {
        let message = format!(
            "control-group: there is no group `{group}`; only root can use the control socket"
        );
        warnings.push(Problem::about(origin, message));
    }
    warnings
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
