//! ISC's dhclient (`dhclient.conf(5)`).

use super::{ClientReport, duid};
use crate::tools::doctor::facts::{CardFacts, Facts};
use crate::tools::doctor::ifupdown::{Line, lines_for};
use crate::tools::doctor::processes::Process;
use crate::tools::doctor::text::{shown, words};

const FILES: [&str; 2] = ["/etc/dhcp/dhclient.conf", "/etc/dhclient.conf"];
const LEASES: [&str; 2] = ["/var/lib/dhcp", "/var/lib/dhclient"];

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Option<ClientReport> {
    if !facts.has_program(("dhclient", "dhclient")) {
        return None;
    }
    let process = process_of(facts, card);
    let named = process.and_then(|process| process.value_after("-cf"));
    let named = named.into_iter().flat_map(|file| {
        let paths = process.map(|process| process.paths_of(file));
        paths.unwrap_or_default()
    });
    let usual = FILES.into_iter().map(str::to_owned);
    let known = named
        .chain(usual)
        .find_map(|path| Some((facts.files.text(&path)?, path)));
    let (text, path) = known.unwrap_or(("", FILES[0].to_owned()));
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
    let configured = sent("dhcp-client-identifier").filter(|(_, value)| *value != "hardware");
    let configured = configured.map(|(line, value)| {
        (
            format!(
                "sends the client identifier {}, the same in every network",
                shown(value)
            ),
            format!("{path} line {line}: `send dhcp-client-identifier = hardware;`"),
        )
    });
    let started = starter(facts, card, process);
    // The program of macveil-hooks has given it a lease file for this network alone.
    let leases = process.and_then(|process| process.value_after("-lf"));
    let follows = leases.is_some_and(|file| file.contains("/dhclient.macveil-"));
    let uses_duid = started
        .as_ref()
        .filter(|started| started.with_duid && !follows);
    let identifier = configured.or_else(|| {
        let started = uses_duid?;
        // A configured identifier has priority over the DUID.
        sent("dhcp-client-identifier").is_none().then(|| {
            (
                format!(
                    "is started with -i by {}: it sends a DUID, the same in every network",
                    started.by
                ),
                format!("{path}: add `send dhcp-client-identifier = hardware;`"),
            )
        })
    });
    Some(ClientReport {
        host_name: host_name.map(|(line, _)| {
            (
                "sends the host name".to_owned(),
                format!("{path} line {line}: remove it"),
            )
        }),
        identifier,
        permanent: stored(facts, card, process),
        source: started.map(|started| {
            format!(
                "is started by {}, and does not notice that the card's address changes",
                started.by
            )
        }),
        ..ClientReport::good("dhclient")
    })
}

/// The running dhclient of a card.
fn process_of<'a>(facts: &'a Facts, card: &CardFacts) -> Option<&'a Process> {
    let mut running = facts.running("dhclient");
    running.find(|process| process.has_argument(&card.name))
}

/// What starts dhclient for the card.
struct Starter {
    by: String,
    with_duid: bool,
}

fn starter(facts: &Facts, card: &CardFacts, process: Option<&Process>) -> Option<Starter> {
    let lines = lines_for(&facts.files, &card.name);
    let by = ifupdown(&lines);
    let with_duid = match process {
        Some(process) => process.has_argument("-i") || process.has_argument("-D"),
        // As in Debian's ifupdown (inet.defn).
        None => by.is_some() && !lines.iter().any(|line| line.words == ["client", "no"]),
    };
    let is_known = process.is_some() || by.is_some();
    is_known.then(|| Starter {
        by: by.unwrap_or_else(|| "another program".to_owned()),
        with_duid,
    })
}

/// `iface NAME inet dhcp`, with its place. Without dhcpcd and udhcpc, ifupdown uses dhclient.
fn ifupdown(lines: &[Line]) -> Option<String> {
    let mut with_dhcp = lines.iter().filter(|line| {
        let words = line.words.as_slice();
        matches!(words, ["iface", _, "inet" | "inet6", "dhcp", ..])
    });
    let line = with_dhcp.next()?;
    Some(format!("ifupdown ({} line {})", line.path, line.number))
}

/// A lease file whose DUID contains the permanent address.
fn stored(facts: &Facts, card: &CardFacts, process: Option<&Process>) -> Option<(String, String)> {
    let permanent = card.kernel.permanent?;
    let named = process.and_then(|process| Some((process, process.value_after("-lf")?)));
    let named = named
        .into_iter()
        .flat_map(|(process, file)| process.paths_of(file));
    let named: Vec<_> = named.collect();
    let named = named
        .iter()
        .filter_map(|path| Some((path.as_str(), facts.files.text(path)?)));
    let usual = LEASES
        .into_iter()
        .flat_map(|directory| facts.files.in_directory(directory));
    let has_it = |text| {
        duid::of_lease_file(text)
            .is_some_and(|duid| duid::has_link_address(&duid) && duid::contains(&duid, permanent))
    };
    let (path, _) = named.chain(usual).find(|(_, text)| has_it(text))?;
    Some((
        "has stored a DUID with the permanent address".to_owned(),
        format!("stop dhclient and remove {path}"),
    ))
}

/// Files that `-cf` and `-lf` name.
pub(super) fn files_of_processes(processes: &[Process]) -> Vec<String> {
    let running = processes
        .iter()
        .filter(|process| process.name == "dhclient");
    let named = running.flat_map(|process| {
        let values = ["-cf", "-lf"].into_iter();
        let values = values.filter_map(|option| process.value_after(option));
        values
            .flat_map(|file| process.paths_of(file))
            .collect::<Vec<_>>()
    });
    named.collect()
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
