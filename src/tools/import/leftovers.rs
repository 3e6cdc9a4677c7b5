//! Settings that are not imported, each with the reason.

use super::conf::{Conf, boolean};
use super::keyfile::{KeyFile, Value};
use super::report::{ImportOutcome, ImportReport};

/// Settings that the other modules import or report.
const HANDLED: &[&str] = &[
    "connection.id",
    "connection.uuid",
    "connection.type",
    "connection.timestamp",
    "connection.interface-name",
    "connection.stable-id",
    "connection.autoconnect",
    "connection.autoconnect-priority",
    "wifi.ssid",
    "wifi.mode",
    "wifi.bssid",
    "wifi.mac-address",
    "wifi.mac-address-blacklist",
    "wifi.mac-address-denylist",
    "wifi.cloned-mac-address",
    "wifi.generate-mac-address-mask",
    "wifi.mac-address-randomization",
    "wifi.seen-bssids",
    "ethernet.mac-address",
    "ethernet.mac-address-blacklist",
    "ethernet.mac-address-denylist",
    "ethernet.cloned-mac-address",
    "ethernet.generate-mac-address-mask",
    "match.interface-name",
    "match.driver",
    "match.path",
    "match.kernel-command-line",
];

/// Settings of a Wi-Fi connection that are not about addresses.
const OTHER_WIFI: &[&str] = &[
    "ap-isolation",
    "channel-width",
    "mtu",
    "powersave",
    "rate",
    // Obsolete since 1.0, but files still have it.
    "security",
    "tx-power",
    "wake-on-wlan",
];

/// Maximum number of settings listed by name.
const MAX_NAMES: usize = 20;

/// What is reported about a setting.
enum Leftover {
    Handled,
    About(ImportOutcome, String),
    /// Listed with others.
    Other,
}

/// Reports the settings of a profile.
pub(super) fn of_profile(file: &KeyFile, report: &mut ImportReport) {
    let mut others = Vec::new();
    let mut path = None;
    for (group, settings) in file.groups() {
        let group_name = match group.as_str() {
            "802-11-wireless" => "wifi",
            "802-3-ethernet" => "ethernet",
            "802-11-wireless-security" => "wifi-security",
            other => other,
        };
        for (key, value) in settings.all() {
            path = Some(&value.file);
            let name = format!("{group_name}.{key}");
            report_one(group, key, &name, value, in_profile, &mut others, report);
        }
    }
    report_others(path.map(AsRef::as_ref), &others, report);
}

/// Reports the settings of the configuration.
pub(super) fn of_configuration(conf: &Conf, report: &mut ImportReport) {
    let mut by_file: Vec<(&str, Vec<String>)> = Vec::new();
    for (group, settings) in conf.groups() {
        for (key, value) in settings.all() {
            let mut others = Vec::new();
            let name = format!("{group}.{key}");
            let judge = |_: &str, key: &str, value: &Value| in_configuration(group, key, value);
            report_one(group, key, &name, value, judge, &mut others, report);
            let known = by_file
                .iter_mut()
                .find(|(file, _)| *file == value.file.as_ref());
            match known {
                Some((_, listed)) => listed.append(&mut others),
                None => by_file.push((&value.file, others)),
            }
        }
    }
    for (file, others) in by_file {
        report_others(Some(file), &others, report);
    }
}

fn report_one(
    group: &str,
    key: &str,
    name: &str,
    value: &Value,
    judge: impl Fn(&str, &str, &Value) -> Leftover,
    others: &mut Vec<String>,
    report: &mut ImportReport,
) {
    match judge(name, key, value) {
        Leftover::Handled => {}
        Leftover::About(outcome, text) => {
            let setting = format!("[{group}] {key}={}", value.raw);
            report.about(value, setting, outcome, text);
        }
        Leftover::Other => others.push(name.to_owned()),
    }
}

fn report_others(file: Option<&str>, others: &[String], report: &mut ImportReport) {
    if let Some(file) = file.filter(|_| !others.is_empty()) {
        let mut names = others.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>();
        if others.len() > MAX_NAMES {
            names.push(format!("{} more", others.len() - MAX_NAMES));
        }
        let setting = format!("other settings: {}", names.join(", "));
        let why = "not about MAC addresses";
        report.add(file, setting, ImportOutcome::NotNeeded, why);
    }
}

/// A setting of a profile, `GROUP.KEY`.
fn in_profile(name: &str, key: &str, value: &Value) -> Leftover {
    if matches!(name, "wifi.hidden" | "connection.autoconnect") && value.boolean().is_none() {
        return not_needed("NetworkManager ignored it: expected true or false");
    }
    if HANDLED.contains(&name) {
        return Leftover::Handled;
    }
    match name {
        "wifi.hidden" if value.boolean() == Some(true) => not_needed(
            "macveil finds hidden networks itself if wpa_supplicant's network has scan_ssid=1",
        ),
        "wifi.band" | "wifi.channel" => {
            not_needed("to keep it, use freq_list= in wpa_supplicant's network")
        }
        "connection.permissions" if !value.list().is_empty() => {
            not_possible("the networks of macveil and wpa_supplicant are for all users")
        }
        _ if is_wifi_unknown(name, key) || name.starts_with("match.") => {
            not_possible("macveil does not know this setting, so it was ignored")
        }
        _ => identifier(name, value),
    }
}

fn is_wifi_unknown(name: &str, key: &str) -> bool {
    name.starts_with("wifi.") && key != "hidden" && !OTHER_WIFI.contains(&key)
}

/// A setting of the configuration.
fn in_configuration(group: &str, key: &str, value: &Value) -> Leftover {
    let (connection, device) = (group.starts_with("connection"), group.starts_with("device"));
    match key {
        "match-device" | "stop-match" if connection || device => Leftover::Handled,
        "wifi.cloned-mac-address"
        | "ethernet.cloned-mac-address"
        | "wifi.generate-mac-address-mask"
        | "ethernet.generate-mac-address-mask"
        | "wifi.mac-address-randomization"
        | "connection.stable-id"
            if connection =>
        {
            Leftover::Handled
        }
        "managed"
        | "wifi.backend"
        | "wifi.scan-rand-mac-address"
        | "wifi.scan-generate-mac-address-mask"
            if device =>
        {
            Leftover::Handled
        }
        "unmanaged-devices" | "path" if group == "keyfile" => Leftover::Handled,
        "allowed-connections" if device => not_possible(
            "macveil does not limit interfaces to networks: remove the others from wpa_supplicant's file for this interface",
        ),
        _ if key.contains("mac-address") || key.contains("stable-id") => not_needed(&format!(
            "NetworkManager ignored it: [{group}] has no such setting"
        )),
        _ if connection => identifier(key, value),
        _ => Leftover::Other,
    }
}

/// Other identifiers than the MAC address belong to the DHCP client and the kernel.
fn identifier(name: &str, value: &Value) -> Leftover {
    let text = value.text().text;
    let text = text.trim_ascii();
    let networkd = match name {
        "ipv4.dhcp-client-id" => match text {
            "" => return Leftover::Handled,
            "mac" | "perm-mac" => "[DHCPv4] ClientIdentifier=mac",
            "duid" | "ipv6-duid" => "[DHCPv4] ClientIdentifier=duid",
            _ => "[DHCPv4] ClientIdentifier=, which has no equivalent of this value",
        },
        "ipv4.dhcp-iaid" => "[DHCPv4] IAID=",
        "ipv6.dhcp-iaid" => "[DHCPv6] IAID=",
        "ipv6.dhcp-duid" => "[DHCPv6] DUIDType= and DUIDRawData=",
        "ipv4.dhcp-send-hostname"
        | "ipv4.dhcp-send-hostname-v2"
        | "ipv4.dhcp-send-hostname-deprecated" => {
            if is_default_true(text) {
                return Leftover::Handled;
            }
            "[DHCPv4] SendHostname=no"
        }
        "ipv6.dhcp-send-hostname"
        | "ipv6.dhcp-send-hostname-v2"
        | "ipv6.dhcp-send-hostname-deprecated" => {
            if is_default_true(text) {
                return Leftover::Handled;
            }
            "[DHCPv6] SendHostname=no"
        }
        "ipv4.dhcp-hostname" | "ipv4.dhcp-fqdn" | "ipv4.dhcp-hostname-flags" => {
            "[DHCPv4] Hostname="
        }
        "ipv6.dhcp-hostname" | "ipv6.dhcp-hostname-flags" => "[DHCPv6] Hostname=",
        "ipv4.dhcp-vendor-class-identifier" => "[DHCPv4] VendorClassIdentifier=",
        "ipv6.ip6-privacy" => match text {
            "-1" | "" => return Leftover::Handled,
            "0" => "[Network] IPv6PrivacyExtensions=no",
            "1" => "[Network] IPv6PrivacyExtensions=prefer-public",
            _ => "[Network] IPv6PrivacyExtensions=yes",
        },
        "ipv6.addr-gen-mode" => match text {
            "default" | "3" | "-1" | "" => return Leftover::Handled,
            "eui64" | "0" => {
                "[Network] IPv6LinkLocalAddressGenerationMode=eui64 (this shows the MAC address in IPv6 addresses)"
            }
            _ => "[Network] IPv6LinkLocalAddressGenerationMode=stable-privacy",
        },
        "ipv6.token" => "[IPv6AcceptRA] Token=static:",
        "ipv6.temp-valid-lifetime" | "ipv6.temp-preferred-lifetime" => {
            "net.ipv6.conf.*.temp_valid_lft and temp_prefered_lft (sysctl)"
        }
        _ => return Leftover::Other,
    };
    not_possible(&format!(
        "macveil configures neither DHCP nor IP addresses. With systemd-networkd: {networkd}"
    ))
}

fn is_default_true(text: &str) -> bool {
    boolean(text) == Some(true) || text.is_empty() || text == "-1"
}

fn not_needed(text: &str) -> Leftover {
    Leftover::About(ImportOutcome::NotNeeded, text.to_owned())
}

fn not_possible(text: &str) -> Leftover {
    Leftover::About(ImportOutcome::NotPossible, text.to_owned())
}
