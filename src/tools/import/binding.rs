//! The interfaces that a profile is limited to: `interface-name`, `mac-address`, denylists and `[match]`.

use super::conf::escape_spec;
use super::keyfile::Value;
use super::patterns::{PatternError, Patterns};
use super::report::{ImportOutcome, ImportReport};
use super::scope::Medium;
use crate::config::is_spec;
use macveil_core::types::Mac;

/// The interfaces of a profile, as device specs of macveil.
#[derive(Debug, Clone, Default)]
pub(super) struct Binding {
    /// All interfaces if empty.
    pub(super) specs: Vec<String>,
    /// The settings that the specs stand for.
    settings: Vec<String>,
}

/// The settings of a profile that limit it to interfaces.
#[derive(Debug, Default)]
pub(super) struct BindingSettings<'a> {
    /// `connection.interface-name`.
    pub(super) name: Option<(String, &'a Value)>,
    /// `mac-address`.
    pub(super) card: Option<(Mac, &'a Value)>,
    /// `mac-address-denylist`, or its older name.
    pub(super) denied: Option<(&'static str, &'a Value, Vec<Mac>)>,
    /// `match.interface-name`.
    pub(super) names: Option<&'a Value>,
    /// `match.driver`.
    pub(super) drivers: Option<&'a Value>,
    /// `match.path` and `match.kernel-command-line`.
    pub(super) others: Vec<(&'static str, &'a Value)>,
}

/// Why a profile is not imported.
pub(super) struct Unbindable {
    pub(super) setting: String,
    pub(super) value: Value,
    pub(super) outcome: ImportOutcome,
    pub(super) why: String,
}

/// A set of interfaces that a profile requires, with its setting.
struct Required<'a> {
    specs: Vec<String>,
    setting: String,
    value: &'a Value,
}

impl Binding {
    /// Whether it is limited to some interfaces.
    pub(super) fn is_bound(&self) -> bool {
        !self.specs.is_empty()
    }

    pub(super) fn settings(&self) -> &[String] {
        &self.settings
    }

    /// Combines the settings. Specs are alternatives, so of several requirements only the narrowest is kept, and
    /// the others are reported.
    pub(super) fn new(
        settings: &BindingSettings<'_>,
        group: &str,
        medium: Medium,
        report: &mut ImportReport,
    ) -> Result<Self, Unbindable> {
        if let Some((key, value)) = settings.others.first() {
            let why = format!(
                "macveil cannot select interfaces by {key}, so the profile was not imported: add a [[network]] with `match`, such as match = \"mac:ADDRESS\""
            );
            return Err(unbindable(
                format!("[match] {key}={}", value.raw),
                value,
                why,
            ));
        }
        let mut required = Vec::new();
        let mut excluded = Vec::new();
        let mut used = Vec::new();
        if let Some((card, value)) = &settings.card {
            required.push(Required {
                specs: vec![format!("mac:{card}")],
                setting: format!("[{group}] mac-address={}", value.raw),
                value,
            });
        }
        if let Some((name, value)) = &settings.name {
            required.push(Required {
                specs: vec![format!("interface-name:={}", escape_spec(name))],
                setting: format!("[connection] interface-name={}", value.raw),
                value,
            });
        }
        if let Some(value) = settings.names {
            names(settings, value, &mut required, &mut excluded, &mut used)?;
        }
        if let Some(value) = settings.drivers {
            drivers(value, &mut required, &mut excluded, &mut used)?;
        }
        if let Some((key, value, cards)) = &settings.denied {
            used.push(format!("[{group}] {key}={}", value.raw));
            excluded.extend(cards.iter().map(|card| format!("except:mac:{card}")));
        }
        let mut required = required.into_iter();
        let mut specs = Vec::new();
        if let Some(narrowest) = required.next() {
            specs = narrowest.specs;
            used.push(narrowest.setting);
        } else if !excluded.is_empty() {
            specs.push(medium.all());
        }
        for wider in required {
            let why = format!(
                "macveil cannot require this together with {}, so it was ignored",
                specs.join(" or ")
            );
            report.about(wider.value, wider.setting, ImportOutcome::NotPossible, why);
        }
        specs.extend(excluded);
        Ok(Self {
            specs,
            settings: used,
        })
    }
}

fn unbindable(setting: String, value: &Value, why: String) -> Unbindable {
    Unbindable {
        setting,
        value: value.clone(),
        outcome: ImportOutcome::NotPossible,
        why,
    }
}

fn not_convertible(setting: String, value: &Value, error: PatternError) -> Unbindable {
    let why = format!(
        "{error}, so the profile was not imported: add a [[network]] with `match` for your interfaces"
    );
    unbindable(setting, value, why)
}

/// `match.interface-name`. With a fixed interface name, the patterns are compared with it here.
fn names<'a>(
    settings: &BindingSettings<'a>,
    value: &'a Value,
    required: &mut Vec<Required<'a>>,
    excluded: &mut Vec<String>,
    used: &mut Vec<String>,
) -> Result<(), Unbindable> {
    let setting = format!("[match] interface-name={}", value.raw);
    let patterns = Patterns::parse(&value.list());
    if let Some((name, _)) = &settings.name {
        return match patterns.matches(name) {
            Ok(true) => {
                used.push(setting);
                Ok(())
            }
            Ok(false) => Err(Unbindable {
                setting,
                value: value.clone(),
                outcome: ImportOutcome::NotNeeded,
                why: format!(
                    "the profile never matched an interface, because it is limited to {name}"
                ),
            }),
            Err(error) => Err(not_convertible(setting, value, error)),
        };
    }
    let sets = match patterns.sets() {
        Ok(sets) => sets,
        Err(error) => return Err(not_convertible(setting, value, error)),
    };
    let spec = |pattern: &String| {
        if pattern.contains(['*', '?']) {
            format!("interface-name:~{}", escape_spec(pattern))
        } else {
            format!("interface-name:={}", escape_spec(pattern))
        }
    };
    let usable = |specs: Vec<String>| specs.into_iter().filter(|spec| is_spec(spec)).collect();
    let wanted: Option<Vec<String>> = sets
        .any_of
        .map(|set| usable(set.iter().map(spec).collect()));
    let except: Vec<String> = usable(sets.none_of.iter().map(spec).collect());
    excluded.extend(except.into_iter().map(|spec| format!("except:{spec}")));
    match wanted {
        Some(specs) if specs.is_empty() => Err(Unbindable {
            setting,
            value: value.clone(),
            outcome: ImportOutcome::NotNeeded,
            why: "the profile never matched an interface: no interface can have such a name"
                .to_owned(),
        }),
        Some(specs) => {
            required.push(Required {
                specs,
                setting,
                value,
            });
            Ok(())
        }
        None => {
            used.push(setting);
            Ok(())
        }
    }
}

/// `match.driver`. macveil compares drivers literally.
fn drivers<'a>(
    value: &'a Value,
    required: &mut Vec<Required<'a>>,
    excluded: &mut Vec<String>,
    used: &mut Vec<String>,
) -> Result<(), Unbindable> {
    let setting = format!("[match] driver={}", value.raw);
    let sets = match Patterns::parse(&value.list()).sets() {
        Ok(sets) => sets,
        Err(error) => return Err(not_convertible(setting, value, error)),
    };
    let all = sets.any_of.iter().flatten().chain(&sets.none_of);
    if all.clone().any(|pattern| pattern.contains(['*', '?'])) {
        let error = PatternError::Wildcard;
        return Err(not_convertible(setting, value, error));
    }
    let spec = |driver: &String| format!("driver:{}", escape_spec(driver));
    excluded.extend(
        sets.none_of
            .iter()
            .map(|driver| format!("except:{}", spec(driver))),
    );
    match sets.any_of {
        Some(drivers) => required.push(Required {
            specs: drivers.iter().map(spec).collect(),
            setting,
            value,
        }),
        None => used.push(setting),
    }
    Ok(())
}
