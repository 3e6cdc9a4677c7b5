//! ISC's dhclient (`dhclient.conf(5)`).

use super::ClientReport;
use crate::tools::doctor::facts::{CardFacts, Facts};
use crate::tools::doctor::text::{shown, words};

const FILES: [&str; 2] = ["/etc/dhcp/dhclient.conf", "/etc/dhclient.conf"];

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Option<ClientReport> {
    if !facts.has_program(("dhclient", "dhclient")) {
        return None;
    }
    let known = FILES
        .iter()
        .find_map(|path| Some((*path, facts.files.text(path)?)));
    let (path, text) = known.unwrap_or((FILES[0], ""));
    let statements = statements(text, &card.name);
    let sent = |option: &str| {
        statements.iter().rev().find_map(|statement| {
            let rest = statement
                .text
                .strip_prefix("send")?
                .trim_ascii_start()
                .strip_prefix(option)?;
            let value = rest.trim_ascii_start().trim_start_matches('=').trim_ascii();
            rest.starts_with([' ', '=', '\t'])
                .then_some((statement.line, value))
        })
    };
    let host_name = sent("host-name").or_else(|| sent("fqdn.fqdn"));
    // `hardware` changes with the address.
    let identifier = sent("dhcp-client-identifier").filter(|(_, value)| *value != "hardware");
    Some(ClientReport {
        client: "dhclient",
        host_name: host_name.map(|(line, _)| {
            (
                "sends the host name".to_owned(),
                format!("{path} line {line}: remove it"),
            )
        }),
        identifier: identifier.map(|(line, value)| {
            (
                format!(
                    "sends the client identifier {}, the same in every network",
                    shown(value)
                ),
                format!("{path} line {line}: `send dhcp-client-identifier = hardware;`"),
            )
        }),
    })
}

struct Statement<'a> {
    line: usize,
    text: &'a str,
}

/// Statements that apply to all interfaces or to this one.
fn statements<'a>(text: &'a str, interface: &str) -> Vec<Statement<'a>> {
    let mut statements = Vec::new();
    // For each open block, whether it applies to the interface.
    let mut blocks = Vec::new();
    let mut line = 1;
    let mut begin: Option<(usize, usize)> = None;
    let mut quoted = false;
    let mut comment = false;
    for (at, character) in text.char_indices() {
        match character {
            '\n' => {
                line += 1;
                comment = false;
                continue;
            }
            _ if comment => continue,
            '"' => quoted = !quoted,
            _ if quoted => continue,
            '#' => {
                comment = true;
                continue;
            }
            ';' | '{' | '}' => {
                let statement = begin.take().and_then(|(from, line)| {
                    let text = text.get(from..at)?.trim_ascii();
                    Some(Statement { line, text })
                });
                let counts = blocks.iter().all(|applies| *applies);
                match (character, statement) {
                    ('{', statement) => blocks.push(
                        statement.is_none_or(|statement| is_about(statement.text, interface)),
                    ),
                    ('}', _) => drop(blocks.pop()),
                    (_, Some(statement)) if counts => statements.push(statement),
                    _ => {}
                }
                continue;
            }
            other if other.is_whitespace() => continue,
            _ => {}
        }
        begin.get_or_insert((at, line));
    }
    statements
}

/// Whether a block can apply to the interface.
fn is_about(beginning: &str, interface: &str) -> bool {
    match words(beginning).as_slice() {
        ["interface", name, ..] => name.trim_matches('"') == interface,
        // Static leases and other declarations.
        ["lease" | "alias" | "key" | "zone", ..] => false,
        _ => true,
    }
}
