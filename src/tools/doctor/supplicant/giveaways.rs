//! What `wpa_supplicant` would give away by itself.

use super::{Supplicant, check};
use crate::tools::doctor::facts::{Card, Facts};
use crate::tools::doctor::finding::{Check, Finding, Severity};
use crate::tools::doctor::text::{shown, words};
use crate::tools::doctor::units;
use crate::tools::doctor::wpa_file::{global, name};

pub(super) static WPS_AND_P2P: Check = check(
    "supplicant-p2p",
    "With P2P each of its scans carries a WPS element that names the device and, by its UUID, the card.",
);
pub(super) static WPS_NETWORK: Check = check(
    "supplicant-wps-network",
    "A network that is joined by WPS has a WPS element put into each scan, P2P or not.",
);
pub(super) static UUID: Check = check(
    "supplicant-uuid",
    "The UUID in a WPS element is the same in each scan; where none is set it is made of the card's address.",
);
pub(super) static HIDDEN: Check = check(
    "supplicant-hidden",
    "A network that is marked hidden is asked for by its name, which tells where its owner is at home.",
);
pub(super) static MAC_ADDR: Check = check(
    "supplicant-mac-addr",
    "Whoever else sets addresses undoes what macveil has set, and puts the permanent one back in between.",
);
pub(super) static PREASSOC: Check = check(
    "supplicant-preassoc-mac-addr",
    "Its own masks are kept over many scans, and after an association it scans under the card's address.",
);
pub(super) static LIFETIME: Check = check(
    "supplicant-rand-addr-lifetime",
    "It says for how long wpa_supplicant keeps a random address of its own.",
);
pub(super) static NETWORK_MAC_ADDR: Check = check(
    "supplicant-network-mac-addr",
    "An address that wpa_supplicant takes for a network is not the one that macveil has set for it.",
);
pub(super) static INTERWORKING: Check = check(
    "supplicant-interworking",
    "Interworking and Hotspot 2.0 add elements to its scans, and questions to access points that nobody joins.",
);
pub(super) static AP_SCAN: Check = check(
    "supplicant-ap-scan",
    "Only with ap_scan=1 it chooses an access point from what was heard, and can be told which.",
);
pub(super) static UPDATE_CONFIG: Check = check(
    "supplicant-update-config",
    "Whoever says `save_config` while macveil runs has macveil's run-time values written into the file.",
);

/// What is set for everything, and is better left out.
const BETTER_LEFT_OUT: [(&Check, &str, Severity, &str); 8] = [
    (&MAC_ADDR, "mac_addr", Severity::Warning, BY_ITSELF),
    (&PREASSOC, "preassoc_mac_addr", Severity::Warning, BY_ITSELF),
    (
        &LIFETIME,
        "rand_addr_lifetime",
        Severity::Note,
        "macveil makes it needless",
    ),
    (
        &INTERWORKING,
        "interworking",
        Severity::Note,
        "its scans say so",
    ),
    (&INTERWORKING, "hs20", Severity::Note, "its scans say so"),
    (
        &AP_SCAN,
        "ap_scan",
        Severity::Warning,
        "the driver is to choose the access point",
    ),
    (
        &UPDATE_CONFIG,
        "update_config",
        Severity::Note,
        "wpa_supplicant may write its file, if it is told `save_config`",
    ),
    (
        &UUID,
        "uuid",
        Severity::Warning,
        "the same in each place; `auto_uuid=1` draws one at each start",
    ),
];
const BY_ITSELF: &str = "wpa_supplicant changes addresses by itself; macveil switches that off while it runs, but neither before nor after";
/// What is as if nothing were set.
const DEFAULTS: [(&str, &str); 2] = [
    ("ap_scan", "1"),
    ("uuid", "00000000-0000-0000-0000-000000000000"),
];

pub(super) fn examine(facts: &Facts, card: &Card, supplicant: &Supplicant) -> Vec<Finding> {
    let mut findings = wps(facts, supplicant);
    for (check, key, severity, what) in BETTER_LEFT_OUT {
        let is_default = |value| DEFAULTS.contains(&(key, value));
        let set = global(&supplicant.entries, key).filter(|it| !is_default(it.value));
        if let Some(set) = set.filter(|it| it.value != "0" || key == "ap_scan") {
            findings.push(check.found(
                severity,
                format_args!("{key}={} is set: {what}", shown(set.value)),
                Some(format_args!("{}: leave it out", supplicant.at(&set))),
            ));
        } else if let Some(value) = card.control.answer(key).filter(|it| *it != "0") {
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
    let is_off = global(entries, "p2p_disabled").is_some_and(|it| it.value != "0");
    findings.push(if is_off {
        WPS_AND_P2P.good(format_args!("P2P is off, and WPS elements with it"))
    } else {
        let remedy = format!("{}: add the line `p2p_disabled=1`", supplicant.path);
        if facts.macveil.runs || units::is_enabled(facts, "macveil.service") {
            WPS_AND_P2P.note(
                format_args!("P2P is not switched off in the file; macveil does it at run time"),
                format_args!("{remedy}"),
            )
        } else {
            WPS_AND_P2P.warning(
                format_args!("P2P is on, with a WPS element in each scan"),
                format_args!("{remedy}"),
            )
        }
    });
    let wps = entries
        .iter()
        .find(|it| it.key == "key_mgmt" && words(it.value).contains(&"WPS"));
    let is_set = |key| global(entries, key).is_some_and(|it| it.value != "0");
    if wps.is_some() && !is_set("auto_uuid") && !is_set("uuid") {
        findings.push(UUID.warning(
            format_args!("WPS is in use with a UUID that is a hash of the card's address"),
            format_args!("{}: add the line `auto_uuid=1`", supplicant.path),
        ));
    }
    findings
}

/// What is said of single networks.
fn of_networks(supplicant: &Supplicant) -> Vec<Finding> {
    let entries = &supplicant.entries;
    let mut findings = Vec::new();
    for it in entries.iter().filter(|it| it.network.is_some()) {
        let (name, place) = (shown(name(entries, it)), supplicant.at(it));
        match (it.key, it.value) {
            ("scan_ssid", "1") => findings.push(HIDDEN.warning(
                format_args!("{name} is marked hidden, and asked for by name"),
                format_args!("{place}: leave `scan_ssid=1` out if the access point shows its name; if it does not, have it do so"),
            )),
            // -1, or nothing, is what is said for everything.
            ("mac_addr", "0" | "-1") => {}
            ("mac_addr", _) => findings.push(NETWORK_MAC_ADDR.warning(
                format_args!("wpa_supplicant takes an address of its own for {name}"),
                format_args!("{place}: leave it out; `macveil policy` says which address a network gets"),
            )),
            ("key_mgmt", methods) if words(methods).contains(&"WPS") => findings.push(WPS_NETWORK.warning(
                format_args!("{name} is joined by WPS"),
                format_args!("{place}: `key_mgmt=WPA-PSK` and the passphrase in place of WPS"),
            )),
            _ => {}
        }
    }
    findings
}
