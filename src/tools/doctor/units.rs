//! systemd units: whether they are enabled, and their settings.

use super::facts::Facts;
use super::files::Files;
use super::text::{self, Setting};

/// Directories of units, highest priority first (`systemd.unit(5)`).
pub(super) const DIRECTORIES: [&str; 5] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// Directories of targets that start units at boot.
pub(super) const TARGETS: [&str; 6] = [
    "multi-user.target.wants",
    "sysinit.target.wants",
    "basic.target.wants",
    "network.target.wants",
    "network-online.target.wants",
    "graphical.target.wants",
];

/// Whether systemd starts the services of this machine.
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

/// Text of the unit file.
pub(super) fn file<'a>(facts: &'a Facts, unit: &str) -> Option<&'a str> {
    file_in(&facts.files, unit)
}

fn file_in<'a>(files: &'a Files, unit: &str) -> Option<&'a str> {
    let mut paths = DIRECTORIES
        .iter()
        .map(|directory| format!("{directory}/{unit}"));
    paths.find_map(|path| files.text(&path))
}

/// All settings of a key in the unit file and its drop-ins.
pub(super) fn settings<'a>(
    facts: &'a Facts,
    unit: &str,
    section: &'a str,
    key: &'a str,
) -> Vec<Setting<'a>> {
    settings_in(&facts.files, unit, section, key)
}

/// The same, without the other facts.
pub(super) fn settings_in<'a>(
    files: &'a Files,
    unit: &str,
    section: &'a str,
    key: &'a str,
) -> Vec<Setting<'a>> {
    let directories: Vec<_> = DIRECTORIES
        .iter()
        .map(|directory| format!("{directory}/{unit}.d"))
        .collect();
    let directories: Vec<_> = directories.iter().map(String::as_str).collect();
    let drop_ins = files.layered(&directories, ".conf");
    let texts = file_in(files, unit).into_iter();
    let texts = texts.chain(drop_ins.into_iter().map(|(_, text)| text));
    let mut matching = Vec::new();
    for text in texts {
        matching.append(&mut text::settings(text));
    }
    matching.retain(|setting| setting.section == section && setting.key == key);
    matching
}

/// Whether a list of units, users or groups contains this word.
pub(super) fn lists(settings: &[Setting], word: &str) -> bool {
    settings
        .iter()
        .any(|setting| text::words(setting.value).contains(&word))
}
