//! `wpa_supplicant` settings that identify the card or interfere with macveil.

use super::Supplicant;
use crate::tools::doctor::facts::{CardFacts, Facts};
use crate::tools::doctor::finding::{Check, Finding, Severity, Topic};
use crate::tools::doctor::ifupdown::lines_for;
use crate::tools::doctor::text::{shown, words};
use crate::tools::doctor::units;
use crate::tools::doctor::wpa_file::{global, name};

pub(super) static WPS_AND_P2P: Check = Topic::Supplicant.check(
    "supplicant-p2p",
    "With P2P, every scan contains a WPS element with the device name and a UUID of the card.",
);
pub(super) static WPS_NETWORK: Check = Topic::Supplicant.check(
    "supplicant-wps-network",
    "A network that uses WPS adds a WPS element to every scan, even without P2P.",
);
pub(super) static UUID: Check = Topic::Supplicant.check(
    "supplicant-uuid",
    "The UUID in WPS elements is the same in every scan; by default it is derived from the card's address.",
);
pub(super) static HIDDEN: Check = Topic::Supplicant.check(
    "supplicant-hidden",
    "For a hidden network, probe requests contain its SSID, which shows which networks you use.",
);
pub(super) static MAC_ADDR: Check = Topic::Supplicant.check(
    "supplicant-mac-addr",
    "wpa_supplicant then overwrites macveil's addresses, and restores the permanent one in between.",
);
pub(super) static PREASSOC: Check = Topic::Supplicant.check(
    "supplicant-preassoc-mac-addr",
    "wpa_supplicant keeps a mask address over many scans, and scans with the card's address after an association.",
);
pub(super) static LIFETIME: Check = Topic::Supplicant.check(
    "supplicant-rand-addr-lifetime",
    "It sets how long wpa_supplicant keeps its own random address.",
);
pub(super) static NETWORK_MAC_ADDR: Check = Topic::Supplicant.check(
    "supplicant-network-mac-addr",
    "wpa_supplicant's address for a network overwrites the one set by macveil.",
);
pub(super) static INTERWORKING: Check = Topic::Supplicant.check(
    "supplicant-interworking",
    "Interworking and Hotspot 2.0 add elements to scans, and send queries to access points before joining.",
);
pub(super) static AP_SCAN: Check = Topic::Supplicant.check(
    "supplicant-ap-scan",
    "wpa_supplicant selects an access point from scan results, and accepts a selection, only with ap_scan=1.",
);
pub(super) static UPDATE_CONFIG: Check = Topic::Supplicant.check(
    "supplicant-update-config",
    "`save_config` while macveil runs writes macveil's run-time values into the file.",
);

/// Global settings that should not be set.
const UNWANTED: [(&Check, &str, Severity, &str); 8] = [
    (&MAC_ADDR, "mac_addr", Severity::Warning, CHANGES_ADDRESSES),
    (
        &PREASSOC,
        "preassoc_mac_addr",
        Severity::Warning,
        CHANGES_ADDRESSES,
    ),
    (
        &LIFETIME,
        "rand_addr_lifetime",
        Severity::Note,
        "macveil makes it unnecessary",
    ),
    (
        &INTERWORKING,
        "interworking",
        Severity::Note,
        "scans show it",
    ),
    (&INTERWORKING, "hs20", Severity::Note, "scans show it"),
    (
        &AP_SCAN,
        "ap_scan",
        Severity::Warning,
        "the driver selects the access point",
    ),
    (
        &UPDATE_CONFIG,
        "update_config",
        Severity::Note,
        "`save_config` can overwrite the file",
    ),
    (
        &UUID,
        "uuid",
        Severity::Warning,
        "it is the same everywhere; `auto_uuid=1` generates one at each start",
    ),
];
const CHANGES_ADDRESSES: &str = "wpa_supplicant changes addresses itself; macveil disables this while it runs, but not before or after";
/// Values that are the default.
const DEFAULTS: [(&str, &str); 2] = [
    ("ap_scan", "1"),
    ("uuid", "00000000-0000-0000-0000-000000000000"),
];

pub(super) fn examine(facts: &Facts, card: &CardFacts, supplicant: &Supplicant) -> Vec<Finding> {
    let mut findings = wps(facts, supplicant);
    for (check, key, severity, what) in UNWANTED {
        let is_default = |value| DEFAULTS.contains(&(key, value));
        let set = global(&supplicant.entries, key).filter(|entry| !is_default(entry.value));
        if let Some(set) = set.filter(|entry| entry.value != "0" || key == "ap_scan") {
            findings.push(check.found(
                severity,
                format_args!("{key}={} is set: {what}", shown(set.value)),
                Some(format_args!("{}: remove it", set.place())),
            ));
        } else if let Some(value) = card.control.answer(key).filter(|value| *value != "0") {
            findings.push(check.found(
                severity,
                format_args!("{key} is {} at run time: {what}", shown(value)),
                Some(format_args!("`wpa_cli -i {} set {key} 0`", card.name)),
            ));
        }
    }
    findings.append(&mut of_networks(supplicant));
    findings
}

fn wps(facts: &Facts, supplicant: &Supplicant) -> Vec<Finding> {
    let entries = &supplicant.entries;
    let mut findings = Vec::new();
    let is_off = global(entries, "p2p_disabled").is_some_and(|entry| entry.value != "0");
    findings.push(if is_off {
        WPS_AND_P2P.good(format_args!("P2P is disabled, and with it WPS elements"))
    } else {
        let remedy = format!("{}: add the line `p2p_disabled=1`", supplicant.path);
        if facts.macveil.runs || units::is_enabled(facts, "macveil.service") {
            WPS_AND_P2P.note(
                format_args!("P2P is not disabled in the file; macveil disables it at run time"),
                format_args!("{remedy}"),
            )
        } else {
            WPS_AND_P2P.warning(
                format_args!("P2P is enabled and adds a WPS element to every scan"),
                format_args!("{remedy}"),
            )
        }
    });
    let wps = entries
        .iter()
        .find(|entry| entry.key == "key_mgmt" && words(entry.value).contains(&"WPS"));
    let is_set = |key| global(entries, key).is_some_and(|entry| entry.value != "0");
    if wps.is_some() && !is_set("auto_uuid") && !is_set("uuid") {
        findings.push(UUID.warning(
            format_args!("WPS uses a UUID that is a hash of the card's address"),
            format_args!("{}: add the line `auto_uuid=1`", supplicant.path),
        ));
    }
    findings
}

/// Settings of single networks.
fn of_networks(supplicant: &Supplicant) -> Vec<Finding> {
    let entries = &supplicant.entries;
    let mut findings = Vec::new();
    for entry in entries.iter().filter(|entry| entry.network.is_some()) {
        let (name, place) = (shown(name(entries, entry)), entry.place());
        match (entry.key, entry.value) {
            ("scan_ssid", "1") => findings.push(HIDDEN.warning(
                format_args!(
                    "{name} is marked as a hidden network: probe requests contain its SSID"
                ),
                format_args!(
                    "{place}: remove `scan_ssid=1`; if the access point hides its SSID, change that"
                ),
            )),
            // -1 is the global setting.
            ("mac_addr", "0" | "-1") => {}
            ("mac_addr", _) => findings.push(NETWORK_MAC_ADDR.warning(
                format_args!("wpa_supplicant sets its own address for {name}"),
                format_args!("{place}: remove it; `macveil policy` sets the address of a network"),
            )),
            ("key_mgmt", methods) if words(methods).contains(&"WPS") => {
                findings.push(WPS_NETWORK.warning(
                    format_args!("{name} uses WPS"),
                    format_args!(
                        "{place}: use `key_mgmt=WPA-PSK` and the passphrase instead of WPS"
                    ),
                ));
            }
            _ => {}
        }
    }
    findings
}

/// A network that a stanza of ifupdown has `wpa_cli` set (functions.sh of Debian's wpasupplicant).
pub(super) fn of_ifupdown(facts: &Facts, card: &CardFacts) -> Option<Finding> {
    let lines = lines_for(&facts.files, &card.name);
    let set = lines
        .iter()
        .find(|line| line.words == ["wpa-scan-ssid", "1"])?;
    Some(HIDDEN.warning(
        format_args!(
            "ifupdown's network is marked as a hidden network: probe requests contain its SSID"
        ),
        format_args!(
            "{} line {}: remove it; if the access point hides its SSID, change that",
            set.path, set.number
        ),
    ))
}
