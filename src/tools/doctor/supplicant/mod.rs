//! `wpa_supplicant`: its control socket and its settings.

mod command;
mod control;
mod identifying;
mod networks;
mod unit_files;

use super::facts::{CardFacts, Facts};
use super::files::Content;
use super::finding::{Check, Finding, Topic};
use super::ifupdown;
use super::processes::Process;
use super::text::matches_glob;
use super::units;
use super::wpa_file::{Entry, entries};

pub(super) use command::first_word;
use unit_files::COMMON;
pub(crate) use unit_files::{VOID_FILE, files_named};

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
    &networks::BGSCAN,
    &networks::HOTSPOT,
    &networks::OWE,
    &networks::IDENTITY,
    &networks::SSID_PROTECTION,
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
    /// Otherwise it is configured over its control socket or D-Bus.
    has_file: bool,
}

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Vec<Finding> {
    let arguments = arguments(&facts.processes, &card.name);
    let wanted: Vec<_> = match &arguments {
        Some(arguments) => arguments.files.iter().copied().map(str::to_owned).collect(),
        None => usual_paths(facts, card),
    };
    if arguments.is_none() && wanted.is_empty() {
        return identifying::of_ifupdown(facts, card).into_iter().collect();
    }
    let process = arguments.as_ref().map(|arguments| arguments.process);
    let mut findings = Vec::new();
    let mut files = Vec::new();
    for file in wanted {
        match read(facts, card, process, &file) {
            Ok(found) => files.push(found),
            Err(finding) => findings.push(finding),
        }
    }
    if !findings.is_empty() {
        return findings;
    }
    let path = files.first().map(|file| file.0.clone());
    let supplicant = Supplicant {
        entries: entries(&files),
        socket_option: arguments.as_ref().and_then(|arguments| arguments.socket),
        path: path.unwrap_or_else(|| format!("{DIRECTORY}/wpa_supplicant-{}.conf", card.name)),
        has_file: !files.is_empty(),
    };
    for (path, _) in &files {
        findings.push(CONFIGURATION.good(format_args!("wpa_supplicant uses {path}")));
    }
    findings.extend(control::examine(facts, card, &supplicant));
    findings.extend(identifying::of_ifupdown(facts, card));
    if supplicant.has_file {
        findings.extend(identifying::examine(facts, card, &supplicant));
        findings.extend(networks::examine(facts, card, &supplicant));
    }
    findings
}

/// Path and text of a configuration file, or why it is unknown.
fn read<'a>(
    facts: &'a Facts,
    card: &CardFacts,
    process: Option<&Process>,
    file: &str,
) -> Result<(String, &'a str), Finding> {
    let paths = match process {
        Some(process) => process.paths_of(file),
        None => vec![file.to_owned()],
    };
    let sudo = format!("`sudo macveil doctor {}`", card.name);
    let Some(path) = paths.last() else {
        return Err(CONFIGURATION.note(
            format_args!(
                "wpa_supplicant uses {file}, relative to its directory, which this user cannot see"
            ),
            format_args!("{sudo}; or start wpa_supplicant with an absolute path"),
        ));
    };
    // What the process itself sees counts, under the plain name if that is the same.
    let plain = facts.files.text(path);
    let text = paths
        .iter()
        .find_map(|path| Some((path, facts.files.text(path)?)));
    if let Some((found, text)) = text {
        let shown = if plain == Some(text) { path } else { found };
        return Ok((shown.clone(), text));
    }
    let is_denied = |path: &String| {
        matches!(
            facts.files.get(path),
            Some(Content::Denied | Content::Exists)
        )
    };
    if paths.iter().any(is_denied) {
        return Err(CONFIGURATION.note(
            format_args!("{path} cannot be read by this user"),
            format_args!("{sudo}"),
        ));
    }
    Err(CONFIGURATION.problem(
        format_args!("wpa_supplicant uses {path}, which does not exist"),
        format_args!("create {path}, or start wpa_supplicant with the correct path"),
    ))
}

/// Arguments of a process for one interface.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Arguments<'a> {
    process: &'a Process,
    /// `-c` and then `-I`, which overrides it.
    files: Vec<&'a str>,
    socket: Option<&'a str>,
}

/// Arguments of the process that controls the interface.
fn arguments<'a>(processes: &'a [Process], interface: &str) -> Option<Arguments<'a>> {
    let supplicants = processes
        .iter()
        .filter(|process| process.name == "wpa_supplicant");
    supplicants.into_iter().find_map(|process| {
        let options = process.options(OPTIONS);
        let of_it = of_interface(&options, interface, |_| false)?;
        let file = last(of_it, "c");
        Some(Arguments {
            process,
            files: file.into_iter().chain(last(of_it, "I")).collect(),
            // -C applies only without a file.
            socket: last(&options, "O").or_else(|| last(of_it, "C").filter(|_| file.is_none())),
        })
    })
}

type Options<'a> = [(char, &'a str)];

/// The options for an interface: those of several are separated by -N, or by -M if `-i` is a pattern. If there are none,
/// those of the first interface that `may_be` this one.
fn of_interface<'a, 'b>(
    options: &'b Options<'a>,
    interface: &str,
    may_be: impl Fn(Option<&str>) -> bool,
) -> Option<&'b Options<'a>> {
    let parts = || options.chunk_by(|_, (letter, _)| !matches!(letter, 'N' | 'M'));
    let named = |part: &&Options| match (part.first(), last(part, "i")) {
        (Some(('M', _)), Some(pattern)) => matches_glob(pattern, interface),
        (_, name) => name == Some(interface),
    };
    let exact = parts().find(named);
    exact.or_else(|| parts().find(|part| may_be(last(part, "i"))))
}

/// The value of the last of these options.
fn last<'a>(options: &Options<'a>, letters: &str) -> Option<&'a str> {
    let mut options = options.iter().rev();
    options
        .find(|(letter, _)| letters.contains(*letter))
        .map(|option| option.1)
}

/// Interfaces that `wpa_supplicant` is told to use.
pub(crate) fn interfaces(processes: &[Process]) -> Vec<String> {
    let supplicants = processes
        .iter()
        .filter(|process| process.name == "wpa_supplicant");
    let options = supplicants.flat_map(|process| process.options(OPTIONS));
    // Patterns are no names.
    let names = options.filter(|(letter, name)| *letter == 'i' && !name.contains(['*', '?', '[']));
    names.map(|(_, name)| name.to_owned()).collect()
}

/// The configuration files, if a unit starts `wpa_supplicant` for the card or there is a file for it.
fn usual_paths(facts: &Facts, card: &CardFacts) -> Vec<String> {
    let name = &card.name;
    let own = format!("{DIRECTORY}/wpa_supplicant-{name}.conf");
    let is_enabled = |unit: &str| units::is_enabled(facts, unit);
    let is_enabled_for_it = |unit: &str| unit != COMMON && is_enabled(unit);
    let named = unit_files::of_units(&facts.files, name, is_enabled_for_it);
    if !named.is_empty() {
        return named;
    }
    if is_enabled(&format!("wpa_supplicant@{name}.service")) {
        return vec![own];
    }
    if let Some(named) = ifupdown::supplicant_file(&facts.files, name) {
        return vec![named];
    }
    if facts.files.has(&own) {
        return vec![own];
    }
    let named = unit_files::configured(&facts.files, name, is_enabled);
    if !named.is_empty() {
        return named;
    }
    let by_driver = format!("{DIRECTORY}/wpa_supplicant-nl80211-{name}.conf");
    let common = format!("{DIRECTORY}/wpa_supplicant.conf");
    let there = [by_driver, common]
        .into_iter()
        .find(|path| facts.files.has(path));
    there.into_iter().collect()
}

/// Possible configuration files for an interface.
pub(crate) fn configuration_files(processes: &[Process], interface: &str) -> Vec<String> {
    let named = arguments(processes, interface).into_iter();
    let named = named.flat_map(|arguments| {
        let paths = |file: &&str| arguments.process.paths_of(file);
        arguments.files.iter().flat_map(paths).collect::<Vec<_>>()
    });
    let usual = [
        format!("{DIRECTORY}/wpa_supplicant-{interface}.conf"),
        format!("{DIRECTORY}/wpa_supplicant-nl80211-{interface}.conf"),
        format!("{DIRECTORY}/wpa_supplicant.conf"),
    ];
    named.chain(usual).collect()
}
