//! iwd: `iwd.config(5)`, `iwd.network(5)`.

use super::facts::{Card, Facts};
use super::finding::{Check, Finding, Topic};
use super::text::{first, is_yes, shown};
use super::units;

const fn check(id: &'static str, why: &'static str) -> Check {
    Check {
        id,
        topic: Topic::Supplicant,
        why,
    }
}

static RANDOMIZATION: Check = check(
    "iwd-address-randomization",
    "Only with AddressRandomization=network iwd takes another address for each network.",
);
static PREDICTABLE: Check = check(
    "iwd-address-override",
    "An address that iwd makes itself is a hash of the network's name and the permanent address, without a secret: whoever hears it finds the card by search.",
);
static SCANS: Check = check(
    "iwd-scan-randomization",
    "With it switched off iwd asks for networks under the address on the card, after a connection that of the last network; macveil then has it look for a lost network under masks only.",
);
static HIDDEN: Check = check(
    "iwd-hidden",
    "A network that is marked hidden is asked for by its name, under the address that the card has.",
);
static HOST_NAME: Check = check(
    "iwd-host-name",
    "A host name is the same in each network, and often its owner's.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[&RANDOMIZATION, &PREDICTABLE, &SCANS, &HIDDEN, &HOST_NAME];

const MAIN: &str = "/etc/iwd/main.conf";
const NETWORKS: &str = "/var/lib/iwd";
const KINDS: [&str; 3] = [".open", ".psk", ".8021x"];

pub(super) fn examine(facts: &Facts, card: &Card) -> Vec<Finding> {
    let is_used = facts.runs("iwd") || units::is_enabled(facts, "iwd.service");
    if !is_used || has_wpa_supplicant(facts, card) {
        return Vec::new();
    }
    let text = facts.files.text(MAIN).unwrap_or_default();
    let randomization = first(text, "General", "AddressRandomization");
    let per_network = randomization.is_some_and(|it| it.value == "network");
    let place = randomization.map_or(MAIN.to_owned(), |it| format!("{MAIN} line {}", it.line));
    let remedy = format!("{place}: `AddressRandomization=network` in [General]");
    let mut findings = vec![match randomization.map(|it| it.value) {
        Some("network") => {
            RANDOMIZATION.good(format_args!("iwd takes another address for each network"))
        }
        Some("once") => RANDOMIZATION.warning(
            format_args!("iwd takes one address for all networks"),
            format_args!("{remedy}"),
        ),
        _ => RANDOMIZATION.problem(
            format_args!("iwd uses the card's own address everywhere"),
            format_args!("{remedy}"),
        ),
    }];
    let not_random = first(text, "Scan", "DisableMacAddressRandomization");
    if let Some(set) = not_random.filter(|it| is_yes(it.value)) {
        let shown = if card.kernel.live_change {
            "masks"
        } else {
            "the last network's address"
        };
        findings.push(SCANS.problem(
            format_args!("iwd does not scan under random addresses, and shows {shown}"),
            format_args!("{MAIN} line {}: leave it out", set.line),
        ));
    }
    let networks = facts.files.in_directory(NETWORKS);
    let networks = networks.filter(|(path, _)| KINDS.iter().any(|kind| path.ends_with(kind)));
    for (path, text) in networks {
        findings.extend(of_network(path, text, per_network));
    }
    findings
}

fn of_network(path: &str, text: &str, per_network: bool) -> Vec<Finding> {
    let path = shown(path);
    let mut findings = Vec::new();
    let hidden = first(text, "Settings", "Hidden").filter(|it| is_yes(it.value));
    if let Some(set) = hidden {
        findings.push(HIDDEN.warning(
            format_args!("the network of {path} is marked hidden"),
            format_args!(
                "{path} line {}: leave it out if the access point shows its name",
                set.line
            ),
        ));
    }
    let over = first(text, "Settings", "AddressOverride");
    let random = first(text, "Settings", "AlwaysRandomizeAddress").filter(|it| is_yes(it.value));
    match over.or(random) {
        Some(set) if !per_network => findings.push(PREDICTABLE.warning(format_args!("{} has no effect without AddressRandomization=network", set.key), format_args!("{MAIN}: `AddressRandomization=network` in [General]"))),
        None if per_network => findings.push(PREDICTABLE.note(format_args!("iwd makes the address for {path} itself"), format_args!("{path}: `AlwaysRandomizeAddress=true` in [Settings], or an `AddressOverride=` of your own"))),
        _ => {}
    }
    let host_name = first(text, "IPv4", "SendHostname").filter(|it| is_yes(it.value));
    if let Some(set) = host_name {
        findings.push(HOST_NAME.warning(
            format_args!("iwd tells the host name to the network of {path}"),
            format_args!("{path} line {}: leave it out", set.line),
        ));
    }
    findings
}

/// Then the card is not iwd's.
fn has_wpa_supplicant(facts: &Facts, card: &Card) -> bool {
    let unit = format!("wpa_supplicant@{}.service", card.name);
    let names = |it: &super::processes::Process| {
        it.arguments
            .iter()
            .any(|it| it == &card.name || *it == format!("-i{}", card.name))
    };
    facts.running("wpa_supplicant").any(names)
        || (!facts.runs("iwd") && units::is_enabled(facts, &unit))
}
