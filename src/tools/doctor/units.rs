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

/// Directories of units that start other units at boot.
pub(super) const TARGETS: [&str; 7] = [
    "multi-user.target.wants",
    "sysinit.target.wants",
    "basic.target.wants",
    "network.target.wants",
    "network-online.target.wants",
    "graphical.target.wants",
    // Where netplan puts its units.
    "systemd-networkd.service.wants",
];

/// Whether systemd starts the services of this machine.
pub(super) fn has_systemd(facts: &Facts) -> bool {
    facts.runs("systemd") || facts.files.has("/run/systemd/system")
}

/// Whether a unit starts at boot. One that is masked, that is an empty file, does not.
pub(super) fn is_enabled(facts: &Facts, unit: &str) -> bool {
    file(facts, unit) != Some("")
        && TARGETS.iter().any(|target| {
            let mut places = DIRECTORIES.iter();
            places.any(|directory| facts.files.has(&format!("{directory}/{target}/{unit}")))
        })
}

/// Text of the unit file.
pub(super) fn file<'a>(facts: &'a Facts, unit: &str) -> Option<&'a str> {
    file_in(&facts.files, unit)
}

fn file_in<'a>(files: &'a Files, unit: &str) -> Option<&'a str> {
    let names = names(unit);
    let mut paths = names
        .iter()
        .flat_map(|name| DIRECTORIES.map(|directory| format!("{directory}/{name}")));
    paths.find_map(|path| files.text(&path))
}

/// The names of a unit's files: an instance has its own and those of its template.
fn names(unit: &str) -> Vec<String> {
    let template = parts(unit).map(|(name, _, kind)| format!("{name}@.{kind}"));
    [unit.to_owned()].into_iter().chain(template).collect()
}

/// `NAME@INSTANCE.KIND` of an instance.
pub(super) fn parts(unit: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = unit.split_once('@')?;
    let (instance, kind) = rest.rsplit_once('.')?;
    (!instance.is_empty()).then_some((name, instance, kind))
}

/// All settings of a key in the unit file and its drop-ins. An empty one removes those before it.
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
    let names = names(unit);
    let directories: Vec<_> = names
        .iter()
        .flat_map(|name| DIRECTORIES.map(|directory| format!("{directory}/{name}.d")))
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
    let last_empty = matching
        .iter()
        .rposition(|setting| setting.value.is_empty());
    matching.drain(..last_empty.map_or(0, |at| at + 1));
    matching
}

/// Whether a list of units, users or groups contains this word.
pub(super) fn lists(settings: &[Setting], word: &str) -> bool {
    settings
        .iter()
        .any(|setting| text::words(setting.value).contains(&word))
}
