//! `[.config] enable`: whether a drop-in is in effect (`nm-config.c`, `ignore_config_snippet`).

use super::conf::boolean;
use super::keyfile::{KeyFile, Value};
use super::report::{ImportOutcome, ImportReport};
use super::translate::ImportOptions;
use super::version::InstalledVersion;
use crate::config::split_specs;
use macveil_core::address::NmVersion;

/// The group that applies to its own file only.
pub(super) const FILE_GROUP: &str = ".config";

/// A drop-in's state, with the reason.
enum Enabled {
    Yes,
    No(&'static str),
    /// It depends on something unknown.
    Unknown(&'static str),
}

/// Conditions on the version, on 1.x with `x` as high as possible if the version is unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Exactly,
    Min,
    Max,
}

const BOUNDS: [(&str, Bound); 3] = [
    ("nm-version:", Bound::Exactly),
    ("nm-version-min:", Bound::Min),
    ("nm-version-max:", Bound::Max),
];

/// Whether a drop-in is in effect. Reports a value that disables it or needs more knowledge.
pub(super) fn is_enabled(
    file: &KeyFile,
    options: &ImportOptions,
    report: &mut ImportReport,
) -> bool {
    if let Some(value) = file.value("config", "enable") {
        let setting = format!("[config] enable={}", value.raw);
        let why = "NetworkManager ignores it: the group that enables a file is [.config], with a dot. The file was in effect";
        report.about(value, setting, ImportOutcome::NotNeeded, why);
    }
    let Some(value) = file.value(FILE_GROUP, "enable") else {
        return true;
    };
    let setting = format!("[{FILE_GROUP}] enable={}", value.raw);
    match evaluate(value, options) {
        Enabled::Yes => {
            if options.version.is_none() && depends_on_version(value) {
                let why = "read as by the newest NetworkManager; specify yours with --nm-version";
                report.about(value, setting, ImportOutcome::NotPossible, why);
            }
            true
        }
        Enabled::No(why) => {
            let (outcome, hint) = if options.version.is_none() && depends_on_version(value) {
                (
                    ImportOutcome::NotPossible,
                    "; specify your version with --nm-version",
                )
            } else {
                (ImportOutcome::NotNeeded, "")
            };
            let text =
                format!("the file is disabled ({why}), so its settings were not in effect{hint}");
            report.about(value, setting, outcome, text);
            false
        }
        Enabled::Unknown(remedy) => {
            let text = format!(
                "the file was not read, because it is unknown whether it was in effect: {remedy}"
            );
            report.about(value, setting, ImportOutcome::NotPossible, text);
            false
        }
    }
}

fn depends_on_version(value: &Value) -> bool {
    boolean(&value.raw).is_none() && value.raw.to_ascii_lowercase().contains("nm-version")
}

fn evaluate(value: &Value, options: &ImportOptions) -> Enabled {
    match boolean(&value.raw) {
        Some(true) => return Enabled::Yes,
        Some(false) => return Enabled::No("the value is false"),
        None => {}
    }
    let specs = split_specs(&value.raw);
    let conditions: Vec<_> = specs
        .iter()
        .map(|spec| match after_tag(spec, "except:") {
            Some(rest) => (true, condition(rest, options)),
            None => (false, condition(spec, options)),
        })
        .collect();
    let any = |except, wanted| conditions.contains(&(except, wanted));
    let newest = |version: InstalledVersion| version.version >= InstalledVersion::EXCEPT_ONLY;
    let only_exceptions = !conditions.is_empty()
        && conditions.iter().all(|(except, _)| *except)
        && options.version.is_none_or(newest);
    let remedy = "specify the full version, for example --nm-version 1.42.4";
    if any(true, Some(true)) {
        Enabled::No("an `except:` matches")
    } else if any(true, None) {
        Enabled::Unknown(remedy)
    } else if only_exceptions || any(false, Some(true)) {
        Enabled::Yes
    } else if any(false, None) {
        Enabled::Unknown(remedy)
    } else {
        Enabled::No("no condition matches")
    }
}

/// Whether a condition matches; `None` if it depends on an unknown patch level. Unknown conditions never match.
fn condition(spec: &str, options: &ImportOptions) -> Option<bool> {
    for (tag, bound) in BOUNDS {
        if let Some(version) = after_tag(spec, tag) {
            return version_matches(version, bound, options.version);
        }
    }
    let tag = after_tag(spec, "env:");
    let expected = options.enable_tag.as_deref().filter(|tag| !tag.is_empty());
    Some(tag.is_some() && tag == expected)
}

/// Like `match_config_eval`: the last number given is compared as the bound says, those before it must be equal.
fn version_matches(text: &str, bound: Bound, installed: Option<InstalledVersion>) -> Option<bool> {
    let Some(wanted) = numbers(text.trim_ascii()) else {
        return Some(false);
    };
    let current = match installed {
        Some(installed) => installed,
        None => InstalledVersion {
            version: NmVersion {
                major: 1,
                minor: u32::MAX,
            },
            patch: Some(u32::MAX),
        },
    };
    let current = [
        Some(current.version.major),
        Some(current.version.minor),
        current.patch,
    ];
    let last = wanted.len().saturating_sub(1);
    for (index, (wanted, current)) in wanted.into_iter().zip(current).enumerate() {
        let Some(current) = current else {
            return (bound == Bound::Min && wanted == 0).then_some(true);
        };
        let holds = match bound {
            Bound::Min if index == last => current >= wanted,
            Bound::Max if index == last => current <= wanted,
            _ => current == wanted,
        };
        if !holds {
            return Some(false);
        }
    }
    Some(true)
}

/// One to three numbers.
fn numbers(text: &str) -> Option<Vec<u32>> {
    const MAX: [u32; 3] = [0xffff, 0xff, 0xff];
    let words: Vec<_> = text.split('.').collect();
    if words.len() > MAX.len() {
        return None;
    }
    let digits = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let read = |(word, max): (&str, u32)| {
        let number = word.parse().ok().filter(|_| digits(word))?;
        (number <= max).then_some(number)
    };
    words.into_iter().zip(MAX).map(read).collect()
}

/// The text after a tag, ignoring case.
pub(super) fn after_tag<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(tag.len())?;
    head.eq_ignore_ascii_case(tag).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enabled(value: &str, version: Option<&str>) -> (bool, usize) {
        let text = format!("[.config]\nenable={value}\n");
        let file = KeyFile::parse(text.as_bytes(), &"f".into()).unwrap();
        let options = ImportOptions {
            version: version.map(|version| version.parse().unwrap()),
            enable_tag: Some("laptop".to_owned()),
            ..ImportOptions::default()
        };
        let mut report = ImportReport::default();
        let on = is_enabled(&file, &options, &mut report);
        (on, report.items().len())
    }

    #[test]
    fn value_is_a_boolean_or_a_list_of_conditions() {
        for (value, on) in [
            ("yes", true),
            ("TRUE", true),
            ("1", true),
            ("off", false),
            ("0", false),
            ("", false),
            ("maybe", false),
            ("*", false),
            ("nm-version:1.42", true),
            ("nm-version:1.42.4", true),
            ("nm-version:1.42.5", false),
            ("nm-version:1", true),
            ("nm-version-min:1.42", true),
            ("nm-version-min:1.43", false),
            ("nm-version-min:1.2", true),
            ("nm-version-min:1.42.3", true),
            ("nm-version-min:1.40.3", false),
            ("nm-version-max:1.42", true),
            ("nm-version-max:1.42.3", false),
            ("nm-version-max:1.44", true),
            ("nm-version-max:1.44.9", false),
            ("nm-version-min: 1.42 ", true),
            ("nm-version-min:1.42-1", false),
            ("nm-version-min:1..42", false),
            ("nm-version-min:1.2.3.4", false),
            ("nm-version-min:1.256", false),
            ("NM-Version-Min:1.42", true),
            ("env:laptop", true),
            ("env:Laptop", false),
            ("env:server", false),
            ("except:env:server", true),
            ("except:env:laptop", false),
            ("except:nm-version:1.42", false),
            ("except:nm-version:1.40", true),
            ("env:server,nm-version-min:1.40", true),
            ("env:server;nm-version-min:1.50", false),
            ("nm-version-min:1.40,except:env:laptop", false),
            ("nm-version-min:1.50,except:env:server", false),
        ] {
            assert_eq!(enabled(value, Some("1.42.4")).0, on, "{value}");
        }
    }

    #[test]
    fn before_1_16_only_exceptions_match_nothing() {
        assert!(!enabled("except:nm-version:1.10", Some("1.14")).0);
        assert!(enabled("except:nm-version:1.10", Some("1.16")).0);
    }

    #[test]
    fn unknown_patch_level_or_version_is_reported() {
        assert_eq!(enabled("nm-version-min:1.42.3", Some("1.42")), (false, 1));
        assert_eq!(enabled("nm-version-min:1.42.0", Some("1.42")), (true, 0));
        assert_eq!(enabled("nm-version-min:1.42.3", Some("1.44")), (false, 1));
        assert_eq!(enabled("nm-version-min:1.50", None), (true, 1));
        assert_eq!(enabled("nm-version-max:1.50", None), (false, 1));
        assert_eq!(enabled("yes", None), (true, 0));
    }
}
