//! ISC's dhclient (`dhclient.conf(5)`).

use super::Told;
use crate::tools::doctor::facts::{Card, Facts};
use crate::tools::doctor::text::{shown, words};

const FILES: [&str; 2] = ["/etc/dhcp/dhclient.conf", "/etc/dhclient.conf"];

pub(super) fn examine(facts: &Facts, card: &Card) -> Option<Told> {
    if !facts.has_program(("dhclient", "dhclient")) {
        return None;
    }
    let known = FILES
        .iter()
        .find_map(|path| Some((*path, facts.files.text(path)?)));
    let (path, text) = known.unwrap_or((FILES[0], ""));
    let statements = statements(text, &card.name);
    let sent = |option: &str| {
        statements.iter().rev().find_map(|it| {
            let rest = it
                .text
                .strip_prefix("send")?
                .trim_ascii_start()
                .strip_prefix(option)?;
            let value = rest.trim_ascii_start().trim_start_matches('=').trim_ascii();
            rest.starts_with([' ', '=', '\t'])
                .then_some((it.line, value))
        })
    };
    let host_name = sent("host-name").or_else(|| sent("fqdn.fqdn"));
    // `hardware` changes with the address.
    let identifier = sent("dhcp-client-identifier").filter(|(_, value)| *value != "hardware");
    Some(Told {
        client: "dhclient",
        host_name: host_name.map(|(line, _)| {
            (
                "tells the host name".to_owned(),
                format!("{path} line {line}: leave it out"),
            )
        }),
        identifier: identifier.map(|(line, value)| {
            (
                format!(
                    "tells the client identifier {}, the same in each network",
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

/// What is said for all interfaces, and what for this one.
fn statements<'a>(text: &'a str, interface: &str) -> Vec<Statement<'a>> {
    let mut statements = Vec::new();
    // Of each block that goes on, whether it counts.
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
                let said = begin.take().and_then(|(from, line)| {
                    let text = text.get(from..at)?.trim_ascii();
                    Some(Statement { line, text })
                });
                let counts = blocks.iter().all(|it| *it);
                match (character, said) {
                    ('{', said) => blocks.push(said.is_none_or(|it| is_about(it.text, interface))),
                    ('}', _) => drop(blocks.pop()),
                    (_, Some(said)) if counts => statements.push(said),
                    _ => {}
                }
                continue;
            }
            it if it.is_whitespace() => continue,
            _ => {}
        }
        begin.get_or_insert((at, line));
    }
    statements
}

/// Whether a block is not about another interface.
fn is_about(beginning: &str, interface: &str) -> bool {
    match words(beginning).as_slice() {
        ["interface", name, ..] => name.trim_matches('"') == interface,
        // What was leased once, and what is asked for in another form.
        ["lease" | "alias" | "key" | "zone", ..] => false,
        _ => true,
    }
}
