//! Finds the .link or .network file of an interface (`systemd.link(5)`, `systemd.network(5)`).

use super::facts::{CardFacts, Facts};
use super::files::Files;
use super::text::{is_false, matches_glob, settings, words};

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
    fn matches(&self, text: &str) -> bool {
        let mut any = false;
        let all = settings(text);
        let mut of_match = all.iter().filter(|setting| setting.section == "Match");
        let all = of_match.all(|setting| {
            any = true;
            let globs = |value: Option<&str>| globs(setting.value, value.unwrap_or_default());
            match setting.key {
                "OriginalName" | "Name" => globs(Some(self.name)),
                "Type" => globs(Some("wlan")),
                "Driver" => globs(Some(self.driver)),
                "Path" => self.path.is_some() && globs(self.path),
                "WLANInterfaceType" => globs(Some("station")),
                "MACAddress" => lists(setting.value, Some(&self.current)),
                "PermanentMACAddress" => lists(setting.value, self.permanent.as_deref()),
                "Virtualization" => is_false(setting.value),
                _ => false,
            }
        });
        all && any
    }
}

/// Patterns with `*` and `?`; a leading `!` negates the list.
fn globs(patterns: &str, value: &str) -> bool {
    let (patterns, wanted) = match patterns.strip_prefix('!') {
        Some(rest) => (rest, false),
        None => (patterns, true),
    };
    words(patterns)
        .iter()
        .any(|pattern| matches_glob(pattern, value))
        == wanted
}

fn lists(addresses: &str, value: Option<&str>) -> bool {
    let is_it = |address: &&str| {
        value.is_some_and(|value| address.replace('-', ":").eq_ignore_ascii_case(value))
    };
    words(addresses).iter().any(is_it)
}

/// Path and text of the first file by name that matches.
pub(super) fn matching_file<'a>(
    files: &'a Files,
    directories: &[&str],
    ending: &str,
    interface: &Match,
) -> Option<(&'a str, &'a str)> {
    let mut all = files.layered(directories, ending).into_iter();
    all.find(|(_, text)| interface.matches(text))
}
