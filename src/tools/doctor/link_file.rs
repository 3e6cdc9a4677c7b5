//! Which of systemd's files about links is an interface's (`systemd.link(5)`, `systemd.network(5)`).

use super::facts::{Card, Facts};
use super::files::Files;
use super::text::{fits, is_no, settings, words};

/// Where they are, the most important first; the same for both kinds.
pub(super) const NETWORK_DIRECTORIES: [&str; 5] = [
    "/etc/systemd/network",
    "/run/systemd/network",
    "/usr/local/lib/systemd/network",
    "/usr/lib/systemd/network",
    "/lib/systemd/network",
];

/// What of an interface can be matched.
pub(super) struct Match<'a> {
    name: &'a str,
    driver: &'a str,
    /// As udev calls it, if it has noted that.
    path: Option<&'a str>,
    current: String,
    permanent: Option<String>,
}

impl<'a> Match<'a> {
    pub(super) fn of(facts: &'a Facts, card: &'a Card) -> Self {
        let kernel = &card.kernel;
        let notes = format!("/run/udev/data/n{}", kernel.ifindex);
        let notes = facts.files.text(&notes).unwrap_or_default();
        Self {
            name: &card.name,
            driver: &kernel.driver,
            path: notes.lines().find_map(|it| it.strip_prefix("E:ID_PATH=")),
            current: kernel.initial.to_string(),
            permanent: kernel.permanent.map(|it| it.to_string()),
        }
    }

    /// Whether all that a file's `[Match]` says is so. What cannot be known is taken for not so.
    fn fits(&self, text: &str) -> bool {
        let mut any = false;
        let all = settings(text);
        let mut of_match = all.iter().filter(|it| it.section == "Match");
        let all = of_match.all(|it| {
            any = true;
            let globs = |value: Option<&str>| globs(it.value, value.unwrap_or_default());
            match it.key {
                "OriginalName" | "Name" => globs(Some(self.name)),
                "Type" => globs(Some("wlan")),
                "Driver" => globs(Some(self.driver)),
                "Path" => self.path.is_some() && globs(self.path),
                "WLANInterfaceType" => globs(Some("station")),
                "MACAddress" => lists(it.value, Some(&self.current)),
                "PermanentMACAddress" => lists(it.value, self.permanent.as_deref()),
                "Virtualization" => is_no(it.value),
                _ => false,
            }
        });
        all && any
    }
}

/// Words with `*` and `?`; `!` before the first turns it around.
fn globs(patterns: &str, value: &str) -> bool {
    let (patterns, wanted) = match patterns.strip_prefix('!') {
        Some(rest) => (rest, false),
        None => (patterns, true),
    };
    words(patterns).iter().any(|it| fits(it, value)) == wanted
}

fn lists(addresses: &str, value: Option<&str>) -> bool {
    let is_it =
        |it: &&str| value.is_some_and(|value| it.replace('-', ":").eq_ignore_ascii_case(value));
    words(addresses).iter().any(is_it)
}

/// The first file, in the order of names, that fits, with its text.
pub(super) fn first<'a>(
    files: &'a Files,
    directories: &[&str],
    ending: &str,
    interface: &Match,
) -> Option<(&'a str, &'a str)> {
    let mut all = files.layered(directories, ending).into_iter();
    all.find(|(_, text)| interface.fits(text))
}
