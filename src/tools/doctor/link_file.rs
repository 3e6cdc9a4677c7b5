//! Finds the .link or .network file of an interface (`systemd.link(5)`, `systemd.network(5)`).

use std::collections::BTreeMap;

use super::facts::{CardFacts, Facts};
use super::files::Files;
use super::text::{file_name, is_false, last, matches_glob, settings, words};

/// Directories of both types of files, highest priority first.
pub(super) const NETWORK_DIRECTORIES: [&str; 5] = [
    "/etc/systemd/network",
    "/run/systemd/network",
    "/usr/local/lib/systemd/network",
    "/usr/lib/systemd/network",
    "/lib/systemd/network",
];

/// The properties of an interface that `[Match]` can use.
pub(super) struct Match<'a> {
    name: &'a str,
    driver: &'a str,
    /// `ID_PATH` of udev, if known.
    path: Option<&'a str>,
    current: String,
    permanent: Option<String>,
}

impl<'a> Match<'a> {
    pub(super) fn of(facts: &'a Facts, card: &'a CardFacts) -> Self {
        let kernel = &card.kernel;
        let notes = format!("/run/udev/data/n{}", kernel.ifindex);
        let notes = facts.files.text(&notes).unwrap_or_default();
        Self {
            name: &card.name,
            driver: &kernel.driver,
            path: notes
                .lines()
                .find_map(|line| line.strip_prefix("E:ID_PATH=")),
            current: kernel.initial.to_string(),
            permanent: kernel.permanent.map(|address| address.to_string()),
        }
    }

    /// Whether all conditions in `[Match]` are true. Unknown conditions count as false.
    fn matches(&self, parts: &[(&str, &str)]) -> bool {
        let mut conditions: BTreeMap<&str, Vec<(bool, &str)>> = BTreeMap::new();
        let all = parts.iter().flat_map(|(_, text)| settings(text));
        for setting in all.filter(|setting| setting.section == "Match") {
            let values = conditions.entry(setting.key).or_default();
            // Several lines are one list, and an empty one begins it again.
            if setting.value.is_empty() {
                values.clear();
            }
            let (wanted, patterns) = match setting.value.strip_prefix('!') {
                Some(unwanted) => (false, unwanted),
                None => (true, setting.value),
            };
            values.extend(words(patterns).into_iter().map(|word| (wanted, word)));
        }
        let conditions = conditions.iter().filter(|(_, values)| !values.is_empty());
        let mut conditions = conditions.peekable();
        conditions.peek().is_some() && conditions.all(|(key, values)| self.is_true(key, values))
    }

    fn is_true(&self, key: &str, values: &[(bool, &str)]) -> bool {
        let globs = |value| globs(values, value);
        match key {
            "OriginalName" | "Name" => globs(Some(self.name)),
            "Type" => globs(Some("wlan")),
            "Driver" => globs(Some(self.driver)),
            "Path" => globs(self.path),
            // A card has none (`IFLA_INFO_KIND`).
            "Kind" => globs(None),
            "WLANInterfaceType" => globs(Some("station")),
            "MACAddress" => lists(values, Some(&self.current)),
            "PermanentMACAddress" => lists(values, self.permanent.as_deref()),
            "Virtualization" => values.last().is_some_and(|(_, value)| is_false(value)),
            _ => false,
        }
    }
}

/// Patterns of which some are unwanted (`net_condition_test_strv`, net-condition.c of systemd).
fn globs(patterns: &[(bool, &str)], value: Option<&str>) -> bool {
    let matches = |pattern| value.is_some_and(|value| matches_glob(pattern, value));
    let has = |of: bool| {
        patterns
            .iter()
            .any(|(wanted, pattern)| *wanted == of && matches(pattern))
    };
    !has(false) && (has(true) || patterns.iter().all(|(wanted, _)| !wanted))
}

fn lists(addresses: &[(bool, &str)], value: Option<&str>) -> bool {
    let is_it = |(_, address): &(bool, &str)| {
        value.is_some_and(|value| address.replace('-', ":").eq_ignore_ascii_case(value))
    };
    addresses.iter().any(is_it)
}

/// Endings of directories with drop-ins.
pub(super) const DROP_INS: [&str; 2] = [".link.d", ".network.d"];

/// A file with its drop-ins.
pub(super) struct LinkFile<'a> {
    /// Path of the file itself.
    pub(super) path: &'a str,
    /// The file, then its drop-ins, which override it.
    parts: Vec<(&'a str, &'a str)>,
}

/// A setting with the path of its file.
pub(super) struct Placed<'a> {
    pub(super) path: &'a str,
    pub(super) line: usize,
    pub(super) value: &'a str,
}

impl<'a> LinkFile<'a> {
    /// The effective setting of a key: the last one.
    pub(super) fn last(&self, section: &str, key: &str) -> Option<Placed<'a>> {
        self.parts.iter().rev().find_map(|&(path, text)| {
            let setting = last(text, section, key)?;
            let (line, value) = (setting.line, setting.value);
            Some(Placed { path, line, value })
        })
    }
}

/// The first file by name that matches, with its drop-ins (`NAME.link.d/*.conf`).
pub(super) fn matching_file<'a>(
    files: &'a Files,
    directories: &[&str],
    ending: &str,
    interface: &Match,
) -> Option<LinkFile<'a>> {
    let mut all = files.layered(directories, ending).into_iter().map(|file| {
        let drop_ins: Vec<_> = directories
            .iter()
            .map(|directory| format!("{directory}/{}.d", file_name(file.0)))
            .collect();
        let drop_ins: Vec<_> = drop_ins.iter().map(String::as_str).collect();
        let mut parts = vec![file];
        // An empty file hides the whole name.
        if !file.1.is_empty() {
            parts.extend(files.layered(&drop_ins, ".conf"));
        }
        LinkFile {
            path: file.0,
            parts,
        }
    });
    all.find(|file| interface.matches(&file.parts))
}
