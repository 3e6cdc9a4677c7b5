//! dhcpcd (`dhcpcd.conf(5)`).

use super::ClientReport;
use crate::tools::doctor::facts::{CardFacts, Facts};
use crate::tools::doctor::text::{numbered, shown};

const FILE: &str = "/etc/dhcpcd.conf";

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Option<ClientReport> {
    if !facts.has_program(("dhcpcd", "dhcpcd")) {
        return None;
    }
    let text = facts.files.text(FILE).unwrap_or_default();
    let lines = lines_for(text, &card.name);
    let setting = |key: &str| lines.iter().rev().find(|line| line.key == key);
    if setting("anonymous").is_some() || setting("nodhcp").is_some() {
        return Some(ClientReport {
            client: "dhcpcd",
            host_name: None,
            identifier: None,
        });
    }
    let anonymous = |line: usize| {
        format!("{FILE} line {line}: remove it, or add `anonymous` to disable all identifiers")
    };
    let host_name =
        setting("hostname").map(|line| ("sends the host name".to_owned(), anonymous(line.line)));
    // Without a value it is the card's address.
    let client_id = setting("clientid").filter(|line| !line.value.is_empty());
    let identifier = client_id.or_else(|| setting("duid")).map(|line| {
        let what = match line.key {
            "duid" => "sends a DUID, the same in every network".to_owned(),
            _ => format!(
                "sends the client identifier {}, the same in every network",
                shown(line.value)
            ),
        };
        (
            what,
            format!(
                "{FILE} line {}: use `clientid` without a value, or `anonymous`",
                line.line
            ),
        )
    });
    Some(ClientReport {
        client: "dhcpcd",
        host_name,
        identifier,
    })
}

struct ConfigLine<'a> {
    line: usize,
    key: &'a str,
    value: &'a str,
}

/// Lines that apply to all interfaces or to this one.
fn lines_for<'a>(text: &'a str, interface: &str) -> Vec<ConfigLine<'a>> {
    let mut counts = true;
    let mut lines = Vec::new();
    for (line, text) in numbered(text) {
        let (key, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let value = value.trim_ascii();
        match key {
            "interface" => counts = value == interface,
            // Which block applies depends on the network.
            "ssid" => counts = true,
            "profile" => counts = false,
            _ if counts => lines.push(ConfigLine { line, key, value }),
            _ => {}
        }
    }
    lines
}
