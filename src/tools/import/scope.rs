//! Which interfaces a section is about.

use super::conf::{Section, escape_spec};
use super::report::{Outcome, Report};
use crate::config::is_spec;

/// Wi-Fi and Ethernet have settings of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    Wifi,
    Ethernet,
}

impl Medium {
    /// What its settings begin with, and its name in device specs.
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

/// The device specs of a section, as far as they can be about this medium; `None` if it is about none
/// of its interfaces.
pub(super) fn scope(section: &Section, medium: Medium, report: &mut Report) -> Option<Vec<String>> {
    let Some((specs, written)) = &section.devices else {
        return Some(vec![medium.all()]);
    };
    let is_except = |spec: &String| spec.to_ascii_lowercase().starts_with("except:");
    let mut kept = Vec::new();
    for spec in specs {
        let setting = || format!("{} match-device: {spec}", section.header());
        let (spec, version) = without_driver_version(spec);
        if version {
            let why = "macveil does not know drivers' versions, any version is meant now";
            report.add(&written.file, setting(), Outcome::Impossible, why);
        }
        if spec.contains("dhcp-plugin:") {
            let why =
                "macveil has no DHCP, so this is left out; say by hand which interfaces are meant";
            report.add(&written.file, setting(), Outcome::Impossible, why);
        } else if is_spec(&spec) {
            kept.push(spec);
        } else {
            let why = "it matches neither Wi-Fi nor Ethernet, so it is left out";
            report.add(&written.file, setting(), Outcome::Unneeded, why);
        }
    }
    if specs.iter().all(is_except) {
        if specs.is_empty() {
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

/// `driver:NAME/VERSION` without the version.
fn without_driver_version(spec: &str) -> (String, bool) {
    match spec.rsplit_once('/') {
        Some((driver, version)) if driver.contains("driver:") && version != "*" => {
            (driver.to_owned(), true)
        }
        _ => (spec.to_owned(), false),
    }
}
