//! The rules for networks, and which policy applies.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::drop_in::DropIn;
use crate::cli::origin::{Position, position};
use crate::config::{Config, Layout};
use crate::protocol::to_json;
use macveil_core::address::{
    Matched, NetworkFacts, NetworkMatch, NetworkRule, Origin, Policy, Sourced,
};
use macveil_core::types::{Mac, Ssid};

/// All network rules, or those that match one network.
#[derive(Debug)]
pub(super) struct Rules {
    ssid: Option<Ssid>,
    /// In order of precedence.
    list: Vec<NetworkRule>,
    default: Sourced<Policy>,
    /// The drop-in of `macveil policy` for the network.
    own_file: Option<PathBuf>,
}

/// The policies of a network.
pub(super) struct Verdict<'a> {
    /// The first that applies regardless of how the network is joined.
    pub(super) holds: &'a Sourced<Policy>,
    /// Earlier ones, which apply in some cases.
    pub(super) sometimes: Vec<(&'a NetworkRule, &'a Sourced<Policy>)>,
}

impl Rules {
    pub(super) fn of(config: &Config, layout: &Layout, ssid: Option<&Ssid>) -> Self {
        let about = |rule: &&NetworkRule| {
            ssid.is_none_or(|ssid| rule.about.matches(&NetworkFacts::new(ssid)) != Matched::No)
        };
        let own_file = ssid
            .zip(layout.own_drop_ins())
            .map(|(ssid, directory)| DropIn::of(ssid, directory).path());
        Self {
            ssid: ssid.cloned(),
            list: config.network_rules().filter(about).cloned().collect(),
            default: config.default_policy(),
            own_file,
        }
    }

    /// The policies of the network; for all rules, the default policy.
    pub(super) fn verdict(&self) -> Verdict<'_> {
        let mut sometimes = Vec::new();
        let facts = self.ssid.as_ref().map(NetworkFacts::new);
        for rule in &self.list {
            let Some(policy) = &rule.options.policy else {
                continue;
            };
            match facts.map(|facts| rule.about.matches(&facts)) {
                Some(Matched::Yes) => {
                    return Verdict {
                        holds: policy,
                        sometimes,
                    };
                }
                Some(Matched::Unknown(_)) => sometimes.push((rule, policy)),
                Some(Matched::No) | None => {}
            }
        }
        Verdict {
            holds: &self.default,
            sometimes,
        }
    }

    pub(super) fn to_json(&self) -> String {
        let own_file = self.own_file.as_ref().filter(|file| file.exists());
        to_json(&Report {
            network: self.ssid.as_ref().map(|ssid| NetworkReport {
                ssid,
                holds: HeldPolicy::of(self.verdict().holds),
                own_file: own_file.map(|file| file.display().to_string()),
            }),
            rules: self.list.iter().map(RuleReport::of).collect(),
            default: HeldPolicy::of(&self.default),
        })
    }
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    network: Option<NetworkReport<'a>>,
    rules: Vec<RuleReport<'a>>,
    default: HeldPolicy<'a>,
}

#[derive(Serialize)]
struct NetworkReport<'a> {
    #[serde(flatten)]
    ssid: &'a Ssid,
    holds: HeldPolicy<'a>,
    own_file: Option<String>,
}

/// A policy and its origin.
#[derive(Serialize)]
pub(super) struct HeldPolicy<'a> {
    policy: Policy,
    origin: Option<Position<'a>>,
}

impl<'a> HeldPolicy<'a> {
    pub(super) fn of(policy: &'a Sourced<Policy>) -> Self {
        Self {
            policy: policy.value,
            origin: position(&policy.origin),
        }
    }
}

#[derive(Serialize)]
struct RuleReport<'a> {
    ssids: Vec<String>,
    ssids_hex: Vec<String>,
    bssids: &'a [Mac],
    securities: Vec<String>,
    id_strs: &'a [String],
    policy: Option<Policy>,
    origin: Option<Position<'a>>,
}

impl<'a> RuleReport<'a> {
    fn of(rule: &'a NetworkRule) -> Self {
        let about = &rule.about;
        Self {
            ssids: strings(&about.ssids),
            ssids_hex: about.ssids.iter().map(Ssid::to_hex).collect(),
            bssids: &about.bssids,
            securities: strings(&about.securities),
            id_strs: &about.id_strs,
            policy: rule.options.policy.as_ref().map(|policy| policy.value),
            origin: position(&rule.origin),
        }
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ssid) = &self.ssid {
            let verdict = self.verdict();
            writeln!(f, "{ssid}: {}", shown(verdict.holds))?;
            for (rule, policy) in &verdict.sometimes {
                let cases = cases(&rule.about);
                writeln!(f, "  but {} if {cases}", shown(policy))?;
            }
            return Ok(());
        }
        for rule in &self.list {
            let policy = rule.options.policy.as_ref();
            let policy = policy.map_or_else(
                || "(no policy)".to_owned(),
                |policy| policy.value.to_string(),
            );
            writeln!(f, "{}: {policy} ({})", network(&rule.about), rule.origin)?;
        }
        let others = if self.list.is_empty() {
            "every network"
        } else {
            "every other network"
        };
        writeln!(f, "{others}: {}", shown(&self.default))
    }
}

fn shown(policy: &Sourced<Policy>) -> String {
    format!("{} ({})", policy.value, policy.origin)
}

/// The networks of a rule as text.
fn network(about: &NetworkMatch) -> String {
    let names: Vec<_> = about.ssids.iter().map(ToString::to_string).collect();
    match (names.is_empty(), cases(about)) {
        (true, cases) => format!("every network, if {cases}"),
        (false, cases) if cases.is_empty() => names.join(", "),
        (false, cases) => format!("{}, if {cases}", names.join(", ")),
    }
}

/// The criteria of a rule other than the SSID, as text.
fn cases(about: &NetworkMatch) -> String {
    let mut cases = Vec::new();
    for (name, values) in [
        ("the BSSID", strings(&about.bssids)),
        ("the security", strings(&about.securities)),
        ("the id_str", strings(&about.id_strs)),
    ] {
        if !values.is_empty() {
            cases.push(format!("{name} is {}", values.join(" or ")));
        }
    }
    cases.join(" and ")
}

fn strings<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Whether the origin is in this file.
pub(super) fn is_in(origin: &Origin, path: &Path) -> bool {
    matches!(origin, Origin::Line { file, .. } if **file == *path.display().to_string())
}
