//! `wpa_supplicant`: its control socket and its settings.

mod control;
mod identifying;

use super::facts::{CardFacts, Facts};
use super::files::Content;
use super::finding::{Check, Finding, Topic};
use super::processes::Process;
use super::units;
use super::wpa_file::{Entry, entries};

static CONFIGURATION: Check = Topic::Supplicant.check(
    "supplicant-configuration",
    "This file controls what wpa_supplicant does before macveil connects to it.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[
    &CONFIGURATION,
    &control::SOCKET,
    &control::GROUP,
    &control::VERSION,
    &identifying::WPS_AND_P2P,
    &identifying::WPS_NETWORK,
    &identifying::UUID,
    &identifying::HIDDEN,
    &identifying::MAC_ADDR,
    &identifying::PREASSOC,
    &identifying::LIFETIME,
    &identifying::NETWORK_MAC_ADDR,
    &identifying::INTERWORKING,
    &identifying::AP_SCAN,
    &identifying::UPDATE_CONFIG,
];

/// Options that take a value (`main.c`, 2.10).
const OPTIONS: &str = "bcCDefgGiImoOpP";
const DIRECTORY: &str = "/etc/wpa_supplicant";

/// The `wpa_supplicant` of a card.
struct Supplicant<'a> {
    path: String,
    entries: Vec<Entry<'a>>,
    /// `-C` or `-O`: directory of the socket, which overrides the file.
    socket_option: Option<&'a str>,
}

impl Supplicant<'_> {
    /// Path and line of an entry.
    fn at(&self, entry: &Entry) -> String {
        format!("{} line {}", self.path, entry.line)
    }
}

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Vec<Finding> {
    let arguments = arguments(&facts.processes, &card.name);
    let Some(path) = path(facts, card, arguments.as_ref()) else {
        return Vec::new();
    };
    let text = match facts.files.get(&path) {
        Some(Content::Text(text)) => text,
        Some(Content::Denied | Content::Exists) => {
            return vec![CONFIGURATION.note(
                format_args!("{path} cannot be read by this user"),
                format_args!("`sudo macveil doctor {}`", card.name),
            )];
        }
        None => {
            return vec![CONFIGURATION.problem(
                format_args!("wpa_supplicant uses {path}, which does not exist"),
                format_args!("create {path}, or start wpa_supplicant with the correct -c"),
            )];
        }
    };
    let socket = arguments.as_ref().and_then(|arguments| arguments.socket);
    let supplicant = Supplicant {
        entries: entries(text),
        socket_option: socket,
        path,
    };
    let mut findings =
        vec![CONFIGURATION.good(format_args!("wpa_supplicant uses {}", supplicant.path))];
    findings.extend(control::examine(facts, card, &supplicant));
    findings.extend(identifying::examine(facts, card, &supplicant));
    findings
}

/// Arguments of a process for one interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Arguments<'a> {
    file: Option<&'a str>,
    socket: Option<&'a str>,
}

/// Arguments of the process that controls the interface.
fn arguments<'a>(processes: &'a [Process], interface: &str) -> Option<Arguments<'a>> {
    let supplicants = processes
        .iter()
        .filter(|process| process.name == "wpa_supplicant");
    supplicants.into_iter().find_map(|process| {
        let options = process.options(OPTIONS);
        // One process can have several interfaces, separated by -N.
        let mut parts = options.split(|(letter, _)| *letter == 'N');
        let value = |options: &[(char, &'a str)], wanted: &str| {
            let mut options = options.iter().rev();
            options
                .find(|(letter, _)| wanted.contains(*letter))
                .map(|option| option.1)
        };
        let of_it = parts.find(|part| value(part, "i") == Some(interface))?;
        let file = value(of_it, "c");
        Some(Arguments {
            file,
            // -C applies only without a file.
            socket: value(&options, "O").or_else(|| value(of_it, "C").filter(|_| file.is_none())),
        })
    })
}

/// Path of the configuration file, if `wpa_supplicant` is used for the card.
fn path(facts: &Facts, card: &CardFacts, arguments: Option<&Arguments>) -> Option<String> {
    if let Some(arguments) = arguments {
        // Without a file it is configured over its control socket.
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
        .find(|path| facts.files.has(path))
}

/// Possible configuration files for an interface.
pub(crate) fn configuration_files(processes: &[Process], interface: &str) -> Vec<String> {
    let named = arguments(processes, interface).and_then(|arguments| arguments.file);
    let usual = [
        format!("{DIRECTORY}/wpa_supplicant-{interface}.conf"),
        format!("{DIRECTORY}/wpa_supplicant-nl80211-{interface}.conf"),
        format!("{DIRECTORY}/wpa_supplicant.conf"),
    ];
    named.map(str::to_owned).into_iter().chain(usual).collect()
}
