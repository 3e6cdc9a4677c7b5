//! dhcpcd (`dhcpcd.conf(5)`).

use super::{ClientReport, duid};
use crate::tools::doctor::facts::{CardFacts, Facts};
use crate::tools::doctor::text::{matches_glob, numbered, shown};

const FILE: &str = "/etc/dhcpcd.conf";
const DUID_FILES: [&str; 3] = [
    "/var/lib/dhcpcd/duid",
    "/var/db/dhcpcd/duid",
    "/etc/dhcpcd.duid",
];

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Option<ClientReport> {
    if !facts.has_program(("dhcpcd", "dhcpcd")) {
        return None;
    }
    let text = facts.files.text(FILE).unwrap_or_default();
    if leaves_alone(text, &card.name) {
        return None;
    }
    let lines = lines_for(text, &card.name);
    let always = |line: &&ConfigLine| !line.of_one_network;
    let setting = |key: &str| lines.iter().rev().find(|line| line.key == key);
    let is_set = |keys: &[&str]| {
        let mut lines = lines.iter().filter(always);
        lines.any(|line| keys.contains(&line.key))
    };
    let has_dhcp6 = !is_set(&["nodhcp6", "noipv6rs", "noipv6", "ipv4only"]);
    if is_set(&["nodhcp"]) && !has_dhcp6 {
        return Some(ClientReport::good("dhcpcd"));
    }
    // A line below `anonymous` enables the name again (`parse_option`, if-options.c).
    let hides = |line: &ConfigLine| line.key == "anonymous" && !line.of_one_network;
    let below = lines.rsplit(hides).next().unwrap_or_default();
    let host_name = below.iter().rev().find(|line| match line.key {
        "hostname" | "hostname_short" => true,
        "fqdn" => line.value != "disable",
        _ => false,
    });
    let host_name = host_name.map(|line| {
        let place = format!("{FILE} line {}", line.line);
        (
            "sends the host name".to_owned(),
            format!("{place}: remove it, or add `anonymous` below it to disable all identifiers"),
        )
    });
    if is_set(&["anonymous"]) {
        return Some(ClientReport {
            host_name,
            ..ClientReport::good("dhcpcd")
        });
    }
    let identifier = setting("clientid").or_else(|| setting("duid")).map(|line| {
        let what = match (line.key, line.value) {
            ("duid", _) => "sends a DUID, the same in every network".to_owned(),
            // It also asks for the lease of that address under the next one.
            (_, "") => "sends a client identifier that can be an earlier address".to_owned(),
            (_, value) => format!(
                "sends the client identifier {}, the same in every network",
                shown(value)
            ),
        };
        (
            what,
            format!("{FILE} line {}: replace it with `anonymous`", line.line),
        )
    });
    let permanent = card.kernel.permanent.and_then(|address| {
        let mut stored = DUID_FILES.iter();
        let path = stored.find(|path| {
            let text = facts.files.text(path).unwrap_or_default();
            duid::of_hexadecimal(text).is_some_and(|duid| duid::contains(&duid, address))
        })?;
        Some((
            "has stored a DUID with the permanent address".to_owned(),
            format!("remove {path}, add `anonymous` to {FILE}, then restart dhcpcd"),
        ))
    });
    // Router advertisements start it, and it tells the DUID without `duid`, too (`dhcp6_makemessage`, dhcp6.c).
    let identifier = identifier.or_else(|| {
        (has_dhcp6 && permanent.is_none()).then(|| {
            (
                "sends a DUID to networks with DHCPv6, the same in every network".to_owned(),
                format!("{FILE}: add `anonymous`"),
            )
        })
    });
    Some(ClientReport {
        host_name,
        identifier,
        permanent,
        ..ClientReport::good("dhcpcd")
    })
}

/// Whether `denyinterfaces` or `allowinterfaces` exclude the interface, wherever they stand.
fn leaves_alone(text: &str, interface: &str) -> bool {
    let lists = |key| {
        let lines = numbered(text).into_iter();
        let lists = lines.filter_map(move |(_, line)| line.strip_prefix(key));
        let patterns = lists.flat_map(|list| list.split([' ', '\t', ',']));
        patterns.filter(|pattern| !pattern.is_empty())
    };
    let matches = |pattern| matches_glob(pattern, interface);
    let mut allowed = lists("allowinterfaces").peekable();
    lists("denyinterfaces").any(matches) || (allowed.peek().is_some() && !allowed.any(matches))
}

pub(in crate::tools::doctor) struct ConfigLine<'a> {
    pub(in crate::tools::doctor) line: usize,
    pub(in crate::tools::doctor) key: &'a str,
    value: &'a str,
    of_one_network: bool,
}

/// Lines that apply to all interfaces or to this one.
pub(in crate::tools::doctor) fn lines_for<'a>(
    text: &'a str,
    interface: &str,
) -> Vec<ConfigLine<'a>> {
    let mut counts = true;
    let mut of_one_network = false;
    let mut lines = Vec::new();
    for (line, text) in numbered(text) {
        let (key, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let value = value.trim_ascii();
        match key {
            "interface" => counts = matches_glob(value, interface),
            "ssid" => counts = true,
            "profile" => counts = false,
            _ if counts => lines.push(ConfigLine {
                line,
                key,
                value,
                of_one_network,
            }),
            _ => {}
        }
        of_one_network = key == "ssid" || (of_one_network && key != "interface");
    }
    lines
}
