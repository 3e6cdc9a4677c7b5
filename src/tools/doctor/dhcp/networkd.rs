//! systemd-networkd (`systemd.network(5)`).

use super::ClientReport;
use crate::tools::doctor::facts::{CardFacts, Facts};
use crate::tools::doctor::link_file::{
    LinkFile, Match, NETWORK_DIRECTORIES, Placed, matching_file,
};
use crate::tools::doctor::text::{is_false, is_yes, last, shown};
use crate::tools::doctor::units;

const UNIT: &str = "systemd-networkd.service";
/// Settings for all cards, and their drop-ins.
pub(in crate::tools::doctor) const FILE: &str = "/etc/systemd/networkd.conf";
pub(in crate::tools::doctor) const DROP_INS: [&str; 4] = [
    "/etc/systemd/networkd.conf.d",
    "/run/systemd/networkd.conf.d",
    "/usr/local/lib/systemd/networkd.conf.d",
    "/usr/lib/systemd/networkd.conf.d",
];

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Option<ClientReport> {
    if !units::is_enabled(facts, UNIT) && !facts.runs("systemd-network") {
        return None;
    }
    let interface = Match::of(facts, card);
    let file = matching_file(&facts.files, &NETWORK_DIRECTORIES, ".network", &interface)?;
    let path = file.path;
    let is_set = |section, key| {
        let setting = file.last(section, key);
        setting.is_some_and(|setting| is_yes(setting.value))
    };
    if is_set("Link", "Unmanaged") {
        return None;
    }
    let dhcp = file.last("Network", "DHCP");
    let is_for_ipv4 = |setting: Placed| matches!(setting.value, "ipv4" | "both" | "v4");
    let has_dhcp4 = is_set("Network", "DHCP") || dhcp.is_some_and(is_for_ipv4);
    // systemd still reads the older section name.
    let setting = |key| file.last("DHCPv4", key).or_else(|| file.last("DHCP", key));
    let anonymous = !has_dhcp4 || setting("Anonymize").is_some_and(|setting| is_yes(setting.value));
    let place = |setting: Option<&Placed>| match setting {
        Some(setting) => format!("{} line {}", setting.path, setting.line),
        None => path.to_owned(),
    };
    let name = setting("SendHostname");
    let tells_name = !anonymous && name.as_ref().is_none_or(|setting| !is_false(setting.value));
    let configured = setting("ClientIdentifier");
    let tells_identifier = !anonymous
        && configured
            .as_ref()
            .is_none_or(|setting| setting.value != "mac");
    let by = configured
        .as_ref()
        .map_or_else(|| "a DUID".to_owned(), |setting| shown(setting.value));
    let identifier = if tells_identifier {
        Some((
            format!("sends {by} as the client identifier, the same in every network"),
            format!(
                "{}: `ClientIdentifier=mac`, or `Anonymize=yes`, in [DHCPv4]",
                place(configured.as_ref())
            ),
        ))
    } else {
        of_dhcp6(facts, &file)
    };
    Some(ClientReport {
        host_name: tells_name.then(|| {
            (
                "sends the host name".to_owned(),
                format!(
                    "{}: `SendHostname=no`, or `Anonymize=yes`, in [DHCPv4]",
                    place(name.as_ref())
                ),
            )
        }),
        identifier,
        lease: (!anonymous).then(|| {
            (
                "asks the next network for the lease of the last one".to_owned(),
                format!("{path}: `Anonymize=yes` in [DHCPv4]"),
            )
        }),
        ..ClientReport::good("systemd-networkd")
    })
}

/// `DUIDType=` for all cards (`networkd.conf(5)`); `[DHCP]` is the older name of the section.
fn of_all_cards(facts: &Facts) -> Option<&str> {
    let drop_ins = facts.files.layered(&DROP_INS, ".conf").into_iter().rev();
    let texts = drop_ins.map(|(_, text)| text).chain(facts.files.text(FILE));
    let of = |text| last(text, "DHCPv6", "DUIDType").or_else(|| last(text, "DHCP", "DUIDType"));
    texts.filter_map(of).map(|setting| setting.value).next()
}

/// Router advertisements start `DHCPv6`, whatever `DHCP=` says.
fn of_dhcp6(facts: &Facts, file: &LinkFile) -> Option<(String, String)> {
    let refuses = |setting: Placed| is_false(setting.value);
    let has_link_local = file
        .last("Network", "LinkLocalAddressing")
        .is_none_or(|setting| is_yes(setting.value) || matches!(setting.value, "" | "ipv6"));
    let accepts = has_link_local
        && !file.last("Network", "IPv6AcceptRA").is_some_and(refuses)
        && !file
            .last("IPv6AcceptRA", "DHCPv6Client")
            .is_some_and(refuses);
    let own = file.last("DHCPv6", "DUIDType").map(|setting| setting.value);
    let follows = own.or_else(|| of_all_cards(facts)) == Some("link-layer")
        && file.last("DHCPv6", "IAID").is_some();
    (accepts && !follows).then(|| {
        (
            "sends a DUID or IAID to networks with DHCPv6, the same in every network".to_owned(),
            format!(
                "{}: `DUIDType=link-layer` and `IAID=1` in [DHCPv6]",
                file.path
            ),
        )
    })
}
