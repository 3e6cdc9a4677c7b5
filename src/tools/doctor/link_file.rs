//! Finds the .link or .network file of an interface (`systemd.link(5)`, `systemd.network(5)`).

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
        let all = parts.iter().flat_map(|(_, text)| settings(text));
        let all: Vec<_> = all.filter(|setting| setting.section == "Match").collect();
        let mut has_any = false;
        let is_true = all.iter().all(|setting| {
            // Several lines are one list, and an empty one begins it again.
            let its = all.iter().filter(|other| other.key == setting.key);
            let its: Vec<_> = its.map(|setting| setting.value).collect();
            let lines = its.rsplit(|line| line.is_empty()).next();
            let lines = lines.unwrap_or_default();
            has_any |= !lines.is_empty();
            lines.is_empty() || self.is_true(setting.key, lines)
        });
        has_any && is_true
    }

    fn is_true(&self, key: &str, lines: &[&str]) -> bool {
        let globs = |value| globs(lines, value);
        match key {
            "OriginalName" | "Name" => globs(Some(self.name)),
            "Type" => globs(Some("wlan")),
            "Driver" => globs(Some(self.driver)),
            "Path" => globs(self.path),
            // A card has none (`IFLA_INFO_KIND`).
            "Kind" => globs(None),
            "WLANInterfaceType" => globs(Some("station")),
            "MACAddress" => lists(lines, Some(&self.current)),
            "PermanentMACAddress" => lists(lines, self.permanent.as_deref()),
            "Virtualization" => lines.last().is_some_and(|line| is_false(line)),
            _ => false,
        }
    }
}

/// The patterns of a line after `!` are unwanted (`net_condition_test_strv`, net-condition.c of systemd).
fn globs(lines: &[&str], value: Option<&str>) -> bool {
    let matches = |line: &str| {
        let patterns = words(line.strip_prefix('!').unwrap_or(line));
        value.is_some_and(|value| patterns.iter().any(|it| matches_glob(it, value)))
    };
    let is_unwanted = |line: &&str| line.starts_with('!');
    let has = |of: bool| {
        lines
            .iter()
            .any(|line| is_unwanted(line) == of && matches(line))
    };
    !has(true) && (has(false) || lines.iter().all(is_unwanted))
}

fn lists(lines: &[&str], value: Option<&str>) -> bool {
    let is_it = |address: &str| {
        value.is_some_and(|value| address.replace('-', ":").eq_ignore_ascii_case(value))
    };
    lines.iter().any(|line| words(line).into_iter().any(is_it))
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
