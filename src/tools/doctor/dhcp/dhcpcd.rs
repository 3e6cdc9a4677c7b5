//! dhcpcd (`dhcpcd.conf(5)`).

use super::Told;
use crate::tools::doctor::facts::{Card, Facts};
use crate::tools::doctor::text::{numbered, shown};

const FILE: &str = "/etc/dhcpcd.conf";

pub(super) fn examine(facts: &Facts, card: &Card) -> Option<Told> {
    if !facts.has_program(("dhcpcd", "dhcpcd")) {
        return None;
    }
    let text = facts.files.text(FILE).unwrap_or_default();
    let lines = lines_for(text, &card.name);
    let says = |key: &str| lines.iter().rev().find(|it| it.key == key);
    if says("anonymous").is_some() || says("nodhcp").is_some() {
        return Some(Told {
            client: "dhcpcd",
            host_name: None,
            identifier: None,
        });
    }
    let anonymous = |line: usize| {
        format!("{FILE} line {line}: leave it out, or say `anonymous` for everything of that kind")
    };
    let host_name =
        says("hostname").map(|it| ("tells the host name".to_owned(), anonymous(it.line)));
    // An address as the identifier changes with it.
    let client_id = says("clientid").filter(|it| !it.value.is_empty());
    let identifier = client_id.or_else(|| says("duid")).map(|it| {
        let what = match it.key {
            "duid" => "tells a DUID, the same in each network".to_owned(),
            _ => format!(
                "tells the client identifier {}, the same in each network",
                shown(it.value)
            ),
        };
        (
            what,
            format!("{FILE} line {}: `clientid` alone, or `anonymous`", it.line),
        )
    });
    Some(Told {
        client: "dhcpcd",
        host_name,
        identifier,
    })
}

struct Said<'a> {
    line: usize,
    key: &'a str,
    value: &'a str,
}

/// What is said for all interfaces, and what for this one.
fn lines_for<'a>(text: &'a str, interface: &str) -> Vec<Said<'a>> {
    let mut counts = true;
    let mut lines = Vec::new();
    for (line, text) in numbered(text) {
        let (key, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let value = value.trim_ascii();
        match key {
            "interface" => counts = value == interface,
            // Which of them counts depends on where the card is.
            "ssid" => counts = true,
            "profile" => counts = false,
            _ if counts => lines.push(Said { line, key, value }),
            _ => {}
        }
    }
    lines
}
