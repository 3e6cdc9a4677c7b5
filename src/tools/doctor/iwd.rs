//! iwd's configuration: `iwd.config(5)`, `iwd.network(5)`.

use super::facts::{CardFacts, Facts};
use super::finding::{Check, Finding, Topic};
use super::text::shown;
use super::units;
use crate::platform::iwd_main_conf::{
    address_randomization, disabled_scan_randomization, is_per_network, setting, why_unread,
};

static RANDOMIZATION: Check = Topic::Supplicant.check(
    "iwd-address-randomization",
    "iwd uses a separate address for each network only with AddressRandomization=network.",
);
static OVERRIDE: Check = Topic::Supplicant.check(
    "iwd-address-override",
    "iwd derives its own address from the SSID and the permanent address without a secret: anyone who sees it can find the permanent address by search.",
);
static SCANS: Check = Topic::Supplicant.check(
    "iwd-scan-randomization",
    "Without it, iwd scans with the card's current address, which after a connection is the last network's address. macveil then lets iwd scan for a lost network with mask addresses only.",
);
static HIDDEN: Check = Topic::Supplicant.check(
    "iwd-hidden",
    "For a hidden network, probe requests contain its SSID and the card's current address.",
);
static HOST_NAME: Check = Topic::Supplicant.check(
    "iwd-host-name",
    "The host name is the same in every network and often contains the owner's name.",
);

static NETWORK_CONFIGURATION: Check = Topic::Dhcp.check(
    "iwd-network-configuration",
    "iwd's DHCP client keeps the first network's address: it shows that address in the next network, and gets no lease there.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[
    &NETWORK_CONFIGURATION,
    &RANDOMIZATION,
    &OVERRIDE,
    &SCANS,
    &HIDDEN,
    &HOST_NAME,
];

const MAIN: &str = "/etc/iwd/main.conf";
const NETWORKS: &str = "/var/lib/iwd";
const KINDS: [&str; 3] = [".open", ".psk", ".8021x"];

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Vec<Finding> {
    let is_used = facts.runs("iwd") || units::is_enabled(facts, "iwd.service");
    if !is_used || has_wpa_supplicant(facts, card) {
        return Vec::new();
    }
    let text = facts.files.text(MAIN).unwrap_or_default();
    let randomization = address_randomization(text);
    let per_network = is_per_network(randomization);
    let place = randomization.map_or(MAIN.to_owned(), |setting| {
        format!("{MAIN} line {}", setting.line)
    });
    let remedy = format!("{place}: `AddressRandomization=network` in [General]");
    let mut findings = vec![match randomization.map(|setting| setting.value) {
        Some("network") => {
            RANDOMIZATION.good(format_args!("iwd uses a separate address for each network"))
        }
        Some("once") => RANDOMIZATION.warning(
            format_args!("iwd uses one address for all networks"),
            format_args!("{remedy}"),
        ),
        _ => RANDOMIZATION.problem(
            format_args!("iwd uses the permanent address in every network"),
            format_args!("{remedy}{}", why_unread(text)),
        ),
    }];
    if let Some(set) = disabled_scan_randomization(text) {
        let shown = if card.kernel.live_change {
            "mask addresses"
        } else {
            "the last network's address"
        };
        findings.push(SCANS.problem(
            format_args!("iwd scans without random addresses and shows {shown}"),
            format_args!("{MAIN} line {}: remove it", set.line),
        ));
    }
    let configures = setting(text, "General", "EnableNetworkConfiguration")
        .or_else(|| setting(text, "General", "enable_network_config"));
    if let Some(set) = configures.filter(|setting| setting.is_true()) {
        findings.push(NETWORK_CONFIGURATION.problem(
            format_args!("iwd's own DHCP client is enabled"),
            format_args!("{MAIN} line {}: `EnableNetworkConfiguration=false`, and use systemd-networkd with `Anonymize=yes`", set.line),
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
    let hidden = setting(text, "Settings", "Hidden").filter(|setting| setting.is_true());
    if let Some(set) = hidden {
        findings.push(HIDDEN.warning(
            format_args!("{path} is marked as a hidden network"),
            format_args!(
                "{path} line {}: remove it if the access point sends its SSID in beacons",
                set.line
            ),
        ));
    }
    let fixed = setting(text, "Settings", "AddressOverride").map(|_| "AddressOverride");
    let random = setting(text, "Settings", "AlwaysRandomizeAddress")
        .filter(|setting| setting.is_true())
        .map(|_| "AlwaysRandomizeAddress");
    match fixed.or(random) {
        Some(key) if !per_network => findings.push(OVERRIDE.warning(format_args!("{key} has no effect without AddressRandomization=network"), format_args!("{MAIN}: `AddressRandomization=network` in [General]"))),
        None if per_network => findings.push(OVERRIDE.note(format_args!("iwd derives the address for {path} itself"), format_args!("{path}: in [Settings], `AlwaysRandomizeAddress=true` or `AddressOverride=` with an address"))),
        _ => {}
    }
    let host_name = setting(text, "IPv4", "SendHostname").filter(|setting| setting.is_true());
    if let Some(set) = host_name {
        findings.push(HOST_NAME.warning(
            format_args!("iwd sends the host name to the network in {path}"),
            format_args!("{path} line {}: remove it", set.line),
        ));
    }
    findings
}

/// Whether `wpa_supplicant` controls the card instead of iwd.
fn has_wpa_supplicant(facts: &Facts, card: &CardFacts) -> bool {
    let unit = format!("wpa_supplicant@{}.service", card.name);
    let names = |process: &super::processes::Process| {
        process
            .arguments
            .iter()
            .any(|argument| argument == &card.name || *argument == format!("-i{}", card.name))
    };
    facts.running("wpa_supplicant").any(names)
        || (!facts.runs("iwd") && units::is_enabled(facts, &unit))
}
