//! `wpa_supplicant`: how it is reached, and what it would give away by itself.

mod control;
mod giveaways;

use super::facts::{Card, Facts};
use super::files::Content;
use super::finding::{Check, Finding, Topic};
use super::processes::Process;
use super::units;
use super::wpa_file::{Entry, entries};

const fn check(id: &'static str, why: &'static str) -> Check {
    Check {
        id,
        topic: Topic::Supplicant,
        why,
    }
}

static CONFIGURATION: Check = check(
    "supplicant-configuration",
    "What wpa_supplicant does before macveil meets it stands there.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[
    &CONFIGURATION,
    &control::SOCKET,
    &control::GROUP,
    &control::VERSION,
    &giveaways::WPS_AND_P2P,
    &giveaways::WPS_NETWORK,
    &giveaways::UUID,
    &giveaways::HIDDEN,
    &giveaways::MAC_ADDR,
    &giveaways::PREASSOC,
    &giveaways::LIFETIME,
    &giveaways::NETWORK_MAC_ADDR,
    &giveaways::INTERWORKING,
    &giveaways::AP_SCAN,
    &giveaways::UPDATE_CONFIG,
];

/// Options that have a value (`main.c`, 2.10).
const OPTIONS: &str = "bcCDefgGiImoOpP";
const DIRECTORY: &str = "/etc/wpa_supplicant";

/// The `wpa_supplicant` of a card.
struct Supplicant<'a> {
    path: String,
    entries: Vec<Entry<'a>>,
    /// `-C` or `-O`: where its socket is, whatever the file says.
    socket_option: Option<&'a str>,
}

impl Supplicant<'_> {
    /// Where something is written.
    fn at(&self, entry: &Entry) -> String {
        format!("{} line {}", self.path, entry.line)
    }
}

pub(super) fn examine(facts: &Facts, card: &Card) -> Vec<Finding> {
    let arguments = arguments(&facts.processes, &card.name);
    let Some(path) = path(facts, card, arguments.as_ref()) else {
        return Vec::new();
    };
    let text = match facts.files.get(&path) {
        Some(Content::Text(text)) => text,
        Some(Content::Denied | Content::There) => {
            return vec![CONFIGURATION.note(
                format_args!("{path} cannot be read by this user"),
                format_args!("`sudo macveil doctor {}`", card.name),
            )];
        }
        None => {
            return vec![CONFIGURATION.problem(
                format_args!("wpa_supplicant is to read {path}, which does not exist"),
                format_args!("write {path}, or name the right file with wpa_supplicant's -c"),
            )];
        }
    };
    let socket = arguments.as_ref().and_then(|it| it.socket);
    let supplicant = Supplicant {
        entries: entries(text),
        socket_option: socket,
        path,
    };
    let mut findings =
        vec![CONFIGURATION.good(format_args!("wpa_supplicant reads {}", supplicant.path))];
    findings.extend(control::examine(facts, card, &supplicant));
    findings.extend(giveaways::examine(facts, card, &supplicant));
    findings
}

/// What a process was told of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Arguments<'a> {
    file: Option<&'a str>,
    socket: Option<&'a str>,
}

/// Those of the process that drives the interface.
fn arguments<'a>(processes: &'a [Process], interface: &str) -> Option<Arguments<'a>> {
    let supplicants = processes.iter().filter(|it| it.name == "wpa_supplicant");
    supplicants.into_iter().find_map(|process| {
        let options = process.options(OPTIONS);
        // One process may have several interfaces.
        let mut parts = options.split(|(letter, _)| *letter == 'N');
        let value = |options: &[(char, &'a str)], wanted: &str| {
            let mut options = options.iter().rev();
            options
                .find(|(letter, _)| wanted.contains(*letter))
                .map(|it| it.1)
        };
        let of_it = parts.find(|part| value(part, "i") == Some(interface))?;
        let file = value(of_it, "c");
        Some(Arguments {
            file,
            // -C counts where there is no file.
            socket: value(&options, "O").or_else(|| value(of_it, "C").filter(|_| file.is_none())),
        })
    })
}

/// Its configuration file, if it has anything to do with the card.
fn path(facts: &Facts, card: &Card, arguments: Option<&Arguments>) -> Option<String> {
    if let Some(arguments) = arguments {
        // Without a file it is told everything by its control socket.
        return arguments.file.map(str::to_owned);
    }
    let name = &card.name;
    let own = format!("{DIRECTORY}/wpa_supplicant-{name}.conf");
    let is_enabled = |unit: &&str| units::is_enabled(facts, &format!("{unit}@{name}.service"));
    let own_is_used = ["wpa_supplicant"].iter().any(is_enabled) || facts.files.has(&own);
    if own_is_used {
        return Some(own);
    }
    let by_driver = format!("{DIRECTORY}/wpa_supplicant-nl80211-{name}.conf");
    let common = format!("{DIRECTORY}/wpa_supplicant.conf");
    [by_driver, common]
        .into_iter()
        .find(|it| facts.files.has(it))
}

/// The files that may matter to an interface.
pub(crate) fn configuration_files(processes: &[Process], interface: &str) -> Vec<String> {
    let named = arguments(processes, interface).and_then(|it| it.file);
    let usual = [
        format!("{DIRECTORY}/wpa_supplicant-{interface}.conf"),
        format!("{DIRECTORY}/wpa_supplicant-nl80211-{interface}.conf"),
        format!("{DIRECTORY}/wpa_supplicant.conf"),
    ];
    named.map(str::to_owned).into_iter().chain(usual).collect()
}
