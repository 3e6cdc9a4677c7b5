//! The interfaces that a section matches.

use super::conf::{Section, escape_spec};
use super::enabled::after_tag;
use super::keyfile::Value;
use super::report::{ImportOutcome, ImportReport};
use super::version::InstalledVersion;
use crate::config::is_spec;
use macveil_core::address::NmVersion;

/// Wi-Fi and Ethernet have separate settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    Wifi,
    Ethernet,
}

impl Medium {
    /// Prefix of its settings, and its name in device specs.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Wifi => "wifi",
            Self::Ethernet => "ethernet",
        }
    }

    pub(super) fn all(self) -> String {
        format!("type:{}", self.name())
    }

    pub(super) fn none_of_the_other(self) -> String {
        let other = match self {
            Self::Wifi => Self::Ethernet,
            Self::Ethernet => Self::Wifi,
        };
        format!("except:{}", other.all())
    }
}

/// The device specs of a section that can match this medium; `None` if the section matches no such
/// interface.
pub(super) fn scope(
    section: &Section,
    medium: Medium,
    version: NmVersion,
    report: &mut ImportReport,
) -> Option<Vec<String>> {
    let Some((specs, written)) = &section.devices else {
        return Some(vec![medium.all()]);
    };
    let title = format!("{} match-device", section.header());
    let kept = known_specs(specs, &title, written, report);
    let is_except = |spec: &String| is_exception(spec);
    if specs.iter().all(is_except) {
        if specs.is_empty() || version < InstalledVersion::EXCEPT_ONLY {
            return None;
        }
    } else if kept.iter().all(is_except) {
        return None;
    }
    let all = [medium.all(), "*".to_owned()];
    if kept.is_empty() || kept.iter().all(|spec| all.contains(spec)) {
        return Some(vec![medium.all()]);
    }
    let mut scope: Vec<_> = kept.iter().map(|spec| escape_spec(spec)).collect();
    scope.push(medium.none_of_the_other());
    Some(scope)
}

/// The device specs that macveil has, too; the others are reported.
pub(super) fn known_specs(
    specs: &[String],
    title: &str,
    written: &Value,
    report: &mut ImportReport,
) -> Vec<String> {
    let mut kept = Vec::new();
    for spec in specs {
        let setting = || format!("{title}: {spec}");
        let (spec, version) = without_driver_version(spec);
        if version {
            let why = "macveil does not match driver versions, so it now matches any version";
            report.add(&written.file, setting(), ImportOutcome::NotPossible, why);
        }
        if spec.contains("dhcp-plugin:") {
            let why = "skipped, because macveil has no DHCP: add the interfaces yourself";
            report.add(&written.file, setting(), ImportOutcome::NotPossible, why);
        } else if is_bare_exception(&spec) {
            let why =
                "NetworkManager ignored it: `except:` needs a prefix such as `interface-name:`";
            report.add(&written.file, setting(), ImportOutcome::NotNeeded, why);
        } else if is_spec(&spec) {
            kept.push(spec);
        } else {
            let why = "skipped: it matches neither Wi-Fi nor Ethernet";
            report.add(&written.file, setting(), ImportOutcome::NotNeeded, why);
        }
    }
    kept
}

/// Whether a spec begins with `except:`. Tags ignore case.
pub(super) fn is_exception(spec: &str) -> bool {
    after_tag(spec, "except:").is_some()
}

/// `except:` with a name or address without a tag: `match_device_eval` compares those only in specs without `except:`.
fn is_bare_exception(spec: &str) -> bool {
    // The bytes of an address have at most two digits, all tags are longer.
    let has_tag = |rest: &str| rest == "*" || rest.find(':').is_some_and(|at| at > 2);
    after_tag(spec, "except:").is_some_and(|rest| !has_tag(rest))
}

/// `driver:NAME/VERSION` without the version.
fn without_driver_version(spec: &str) -> (String, bool) {
    match spec.rsplit_once('/') {
        Some((driver, version))
            if version != "*" && driver.to_ascii_lowercase().contains("driver:") =>
        {
            (driver.to_owned(), true)
        }
        _ => (spec.to_owned(), false),
    }
}
