//! Network blocks that scan on their own, show an identity, or are not for a station.

use super::{Supplicant, control};
use crate::tools::doctor::facts::{CardFacts, Facts};
use crate::tools::doctor::finding::{Check, Finding, Severity, Topic};
use crate::tools::doctor::text::{shown, words};
use crate::tools::doctor::units;
use crate::tools::doctor::wpa_file::{Entry, global, in_network, name};

pub(super) static BGSCAN: Check = Topic::Supplicant.check(
    "supplicant-bgscan",
    "With bgscan, wpa_supplicant scans while it is connected: each probe request contains the network's SSID and its assigned address.",
);
pub(super) static HOTSPOT: Check = Topic::Supplicant.check(
    "supplicant-hotspot",
    "Beacons of a hotspot, ad-hoc or mesh network show the card's address all the time.",
);
pub(super) static OWE: Check = Topic::Supplicant.check(
    "supplicant-owe",
    "Where an access point offers a network both open and encrypted (OWE transition mode), wpa_supplicant can use the open one.",
);
pub(super) static IDENTITY: Check = Topic::Supplicant.check(
    "supplicant-identity",
    "Without an anonymous identity, 802.1X sends the user name unencrypted: everyone nearby can link all addresses of this user.",
);
pub(super) static SSID_PROTECTION: Check = Topic::Supplicant.check(
    "supplicant-ssid-protection",
    "An access point of another network with the same password can pretend to be this one, and sees the address of this one (CVE-2023-52424).",
);

/// The first version with `ssid_protection`.
const SSID_PROTECTION_SINCE: (u32, u32) = (2, 11);
/// EAP methods that need no user name in clear text.
const TUNNELLED: [&str; 5] = ["PEAP", "TTLS", "FAST", "TEAP", "TLS"];

pub(super) fn examine(facts: &Facts, card: &CardFacts, supplicant: &Supplicant) -> Vec<Finding> {
    let entries = &supplicant.entries;
    let mut findings = Vec::new();
    let global_bgscan = global(entries, "bgscan");
    findings.extend(global_bgscan.and_then(|entry| bgscan(facts, supplicant, &entry)));
    let networks = entries.iter().filter_map(|entry| entry.network).max();
    for network in 1..=networks.unwrap_or(0) {
        let of_it = |key| in_network(entries, Some(network), key);
        findings.extend(of_it("bgscan").and_then(|entry| bgscan(facts, supplicant, &entry)));
        findings.extend(of_it("mode").and_then(|entry| hotspot(supplicant, &entry)));
        findings.extend(of_it("key_mgmt").and_then(|entry| owe(supplicant, &entry)));
        findings.extend(of_it("identity").and_then(|entry| identity(supplicant, &entry)));
    }
    findings.extend(ssid_protection(card, supplicant));
    findings
}

fn title(supplicant: &Supplicant, entry: &Entry) -> String {
    match entry.network {
        Some(_) => shown(name(&supplicant.entries, entry)),
        None => "every network".to_owned(),
    }
}

fn bgscan(facts: &Facts, supplicant: &Supplicant, entry: &Entry) -> Option<Finding> {
    if matches!(entry.value, "" | "\"\"") {
        return None;
    }
    let place = entry.place();
    let title = title(supplicant, entry);
    let handled = facts.macveil.runs || units::is_enabled(facts, "macveil.service");
    let (severity, what) = if handled {
        (Severity::Note, "; macveil disables this while it runs")
    } else {
        (Severity::Warning, "")
    };
    Some(BGSCAN.found(
        severity,
        format_args!("bgscan is set for {title}: wpa_supplicant scans while connected{what}"),
        Some(format_args!("{place}: remove it")),
    ))
}

fn hotspot(supplicant: &Supplicant, entry: &Entry) -> Option<Finding> {
    let kind = match entry.value {
        "1" => "an ad-hoc network",
        "2" => "a hotspot",
        "5" => "a mesh network",
        _ => return None,
    };
    Some(HOTSPOT.warning(
        format_args!("{} is {kind} (mode={}); macveil protects stations only", title(supplicant, entry), entry.value),
        format_args!("{}: use a separate interface and a separate configuration for it, and exclude it with `manage`", entry.place()),
    ))
}

fn owe(supplicant: &Supplicant, entry: &Entry) -> Option<Finding> {
    let of_it = |key| in_network(&supplicant.entries, entry.network, key);
    let methods = words(entry.value);
    let (title, place) = (title(supplicant, entry), entry.place());
    if methods.contains(&"OWE") && of_it("owe_only").is_none_or(|only| only.value != "1") {
        return Some(OWE.warning(
            format_args!("{title} can be used without encryption"),
            format_args!("{place}: add `owe_only=1` to the network, and remove NONE from key_mgmt"),
        ));
    }
    let has_wep = supplicant
        .entries
        .iter()
        .any(|other| other.network == entry.network && other.key.starts_with("wep_key"));
    (methods == ["NONE"] && !has_wep).then(|| {
        OWE.note(
            format_args!("{title} is open: without encryption"),
            format_args!(
                "{place}: if the access point supports it, `key_mgmt=OWE` and `owe_only=1`"
            ),
        )
    })
}

fn identity(supplicant: &Supplicant, entry: &Entry) -> Option<Finding> {
    let of_it = |key| in_network(&supplicant.entries, entry.network, key);
    let is_anonymous = of_it("anonymous_identity").is_some_and(|anonymous| {
        !matches!(anonymous.value, "" | "\"\"") && anonymous.value != entry.value
    });
    let methods = of_it("eap").map_or("", |methods| methods.value);
    let is_tunnelled = methods.is_empty()
        || words(methods)
            .iter()
            .any(|method| TUNNELLED.contains(method));
    if is_anonymous || !is_tunnelled {
        return None;
    }
    let realm = entry
        .value
        .trim_matches('"')
        .split_once('@')
        .map(|(_, realm)| realm);
    let realm = realm.map_or(String::new(), |realm| format!("@{}", shown(realm)));
    Some(IDENTITY.warning(
        format_args!(
            "{} sends the user name unencrypted",
            title(supplicant, entry)
        ),
        format_args!(
            "{}: add `anonymous_identity=\"anonymous{realm}\"` to the network",
            entry.place()
        ),
    ))
}

/// The setting is about networks with a password or 802.1X.
fn ssid_protection(card: &CardFacts, supplicant: &Supplicant) -> Option<Finding> {
    if control::version(card)? < SSID_PROTECTION_SINCE {
        return None;
    }
    let entries = &supplicant.entries;
    let is_secret = |entry: &&Entry| {
        entry.network.is_some() && matches!(entry.key, "psk" | "sae_password" | "eap")
    };
    let unprotected = |entry: &&Entry| {
        in_network(entries, entry.network, "ssid_protection").is_none_or(|set| set.value != "1")
    };
    let first = entries.iter().filter(is_secret).find(unprotected)?;
    Some(SSID_PROTECTION.note(
        format_args!("{} does not use SSID protection", title(supplicant, first)),
        format_args!("{}: add `ssid_protection=1` to the network; access points that do not support it ignore it", first.place()),
    ))
}
