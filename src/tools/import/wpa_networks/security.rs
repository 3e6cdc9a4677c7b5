//! `[wifi-security]`.

use super::block::{Block, text_or_hex};
use super::{Settings, eap};
use crate::tools::import::profile::Profile;
use crate::tools::import::report::{ImportOutcome, ImportReport};

const GROUP: &str = "wifi-security";
/// Length of a key in hexadecimal digits.
const RAW_KEY: usize = 64;
const FILS_REQUIRED: i32 = 3;
const PMF_DISABLED: i32 = 1;
const WPA2: &str = "WPA-PSK WPA-PSK-SHA256";

pub(super) fn add(
    profile: &Profile,
    settings: &Settings,
    block: &mut Block,
    report: &mut ImportReport,
) {
    if settings.group(GROUP).is_none() {
        block.set("key_mgmt", "NONE");
        if settings.group("802-1x").is_some() {
            block.problem(
                "[802-1x] has no effect without [wifi-security], so the network would be open",
            );
        }
        return;
    }
    let pmf = settings.number(GROUP, "pmf").unwrap_or(0);
    match settings.text(GROUP, "key-mgmt").as_deref() {
        Some("wpa-psk") => wpa_psk(settings, pmf, block),
        Some("sae") => sae(settings, block),
        Some("owe") => {
            block.set("key_mgmt", "OWE");
            block.set("owe_only", "1");
            block.set("ieee80211w", "2");
        }
        Some("wpa-eap") => {
            block.set("key_mgmt", "WPA-EAP WPA-EAP-SHA256");
            management_frames(pmf, block);
            eap::add(profile, settings, block, report);
        }
        Some("wpa-eap-suite-b-192") => {
            block.set("key_mgmt", "WPA-EAP-SUITE-B-192");
            block.set("pairwise", "GCMP-256");
            block.set("group", "GCMP-256");
            block.set("ieee80211w", "2");
            eap::add(profile, settings, block, report);
            return;
        }
        // `none` is WEP also without a key: NetworkManager asks for one (`need_secrets`,
        // nm-setting-wireless-security.c).
        Some("none" | "ieee8021x" | "wpa-none") => {
            block.set("key_mgmt", "NONE");
            block.problem("WEP, LEAP and ad-hoc encryption are obsolete and not converted; a profile of an open network has no [wifi-security]");
        }
        other => {
            let other = other.unwrap_or_default().to_owned();
            block.problem(format!("key-mgmt={other} is unknown"));
        }
    }
    ciphers(settings, block);
    if settings.number(GROUP, "fils") == Some(FILS_REQUIRED) {
        block.problem("fils is not converted");
    }
    if settings
        .text(GROUP, "auth-alg")
        .is_some_and(|how| how != "open")
    {
        block.problem("auth-alg is not converted");
    }
    let group = settings.group(GROUP).unwrap_or(GROUP);
    for key in settings.keys(GROUP).iter().filter(|key| !is_known(key)) {
        let title = format!("[{group}] {key}");
        let why = "unknown setting, not in the network block";
        report.add(&profile.path, title, ImportOutcome::NotPossible, why);
    }
}

fn is_known(key: &str) -> bool {
    const KNOWN: [&str; 10] = [
        "key-mgmt",
        "psk",
        "psk-flags",
        "pmf",
        "proto",
        "pairwise",
        "group",
        "auth-alg",
        "wps-method",
        "fils",
    ];
    KNOWN.contains(&key) || key.starts_with("wep-") || key.starts_with("leap-")
}

/// WPA2, and WPA3 where the access point has it, as `NetworkManager` does. WPA3 requires protected management frames.
fn wpa_psk(settings: &Settings, pmf: i32, block: &mut Block) {
    let any = if pmf == PMF_DISABLED {
        WPA2
    } else {
        "WPA-PSK WPA-PSK-SHA256 SAE"
    };
    match settings.secret(GROUP, "psk") {
        Some(key) if is_raw_key(&key) => {
            block.set("key_mgmt", WPA2);
            block.set("psk", &key);
        }
        Some(psk) if psk.contains('"') && psk.contains('#') => {
            block.problem("wpa_supplicant cannot read a quote and # in one password: add psk= from wpa_passphrase");
        }
        Some(psk) if (8..=63).contains(&psk.len()) && !psk.contains(char::is_control) => {
            block.set("key_mgmt", any);
            block.set("psk", &format!("\"{psk}\""));
        }
        Some(_) => block.problem("psk is not a valid password"),
        None => {
            block.set("key_mgmt", any);
            block.set("psk", "\"\"");
            block.problem("the password is not in the profile: add psk=");
        }
    }
    management_frames(pmf, block);
}

fn is_raw_key(text: &str) -> bool {
    text.len() == RAW_KEY && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn sae(settings: &Settings, block: &mut Block) {
    block.set("key_mgmt", "SAE");
    if let Some(password) = settings.secret(GROUP, "psk") {
        block.set("sae_password", &text_or_hex(password.as_bytes()));
    } else {
        block.set("sae_password", "\"\"");
        block.problem("the password is not in the profile: add sae_password=");
    }
    block.set("ieee80211w", "2");
}

/// `pmf`: 0 default, 1 disabled, 2 optional, 3 required.
fn management_frames(pmf: i32, block: &mut Block) {
    let value = match pmf {
        PMF_DISABLED => "0",
        3 => "2",
        _ => "1",
    };
    block.set("ieee80211w", value);
}

fn ciphers(settings: &Settings, block: &mut Block) {
    for (key, known) in [
        ("proto", ["WPA", "RSN"]),
        ("pairwise", ["TKIP", "CCMP"]),
        ("group", ["TKIP", "CCMP"]),
    ] {
        let words = settings.list(GROUP, key);
        let mut words: Vec<_> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
        // wpa_supplicant without CONFIG_WEP, its default since 2.10, refuses the whole file.
        words.retain(|word| !word.starts_with("WEP"));
        if words.iter().any(|word| !known.contains(&word.as_str())) {
            block.problem(format!("{key} has an unknown value"));
        } else if !words.is_empty() {
            block.set(key, &words.join(" "));
        }
    }
}
