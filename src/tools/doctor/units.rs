//! systemd's units: which are enabled, and what is said of them.

use super::facts::Facts;
use super::text::{self, Setting};

/// Where units are, the most important first (`systemd.unit(5)`).
pub(super) const DIRECTORIES: [&str; 5] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// The targets through which units start at boot.
pub(super) const TARGETS: [&str; 6] = [
    "multi-user.target.wants",
    "sysinit.target.wants",
    "basic.target.wants",
    "network.target.wants",
    "network-online.target.wants",
    "graphical.target.wants",
];

/// Whether systemd is what starts services here.
pub(super) fn has_systemd(facts: &Facts) -> bool {
    facts.runs("systemd") || facts.files.has("/run/systemd/system")
}

/// Whether a unit starts at boot.
pub(super) fn is_enabled(facts: &Facts, unit: &str) -> bool {
    TARGETS.iter().any(|target| {
        let mut places = DIRECTORIES.iter();
        places.any(|directory| facts.files.has(&format!("{directory}/{target}/{unit}")))
    })
}

/// The unit's own file.
pub(super) fn file<'a>(facts: &'a Facts, unit: &str) -> Option<&'a str> {
    let mut paths = DIRECTORIES.iter().map(|it| format!("{it}/{unit}"));
    paths.find_map(|path| facts.files.text(&path))
}

/// What the unit's file and its drop-ins say of a key.
pub(super) fn said<'a>(
    facts: &'a Facts,
    unit: &str,
    section: &'a str,
    key: &'a str,
) -> Vec<Setting<'a>> {
    let directories: Vec<_> = DIRECTORIES
        .iter()
        .map(|it| format!("{it}/{unit}.d"))
        .collect();
    let directories: Vec<_> = directories.iter().map(String::as_str).collect();
    let drop_ins = facts.files.layered(&directories, ".conf");
    let texts = file(facts, unit).into_iter();
    let texts = texts.chain(drop_ins.into_iter().map(|(_, text)| text));
    let mut said = Vec::new();
    for text in texts {
        said.append(&mut text::settings(text));
    }
    said.retain(|it| it.section == section && it.key == key);
    said
}

/// Whether one of the words that a list of units, users or groups consists of is this one.
pub(super) fn lists(said: &[Setting], word: &str) -> bool {
    said.iter().any(|it| text::words(it.value).contains(&word))
}
