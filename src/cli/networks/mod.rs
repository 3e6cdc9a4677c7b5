//! `macveil networks`: the known networks, with their policies and addresses.

pub(super) mod known;
mod render;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use super::explain::system::{self, Card};
use super::failure::{Failure, ignore_broken_pipe};
use crate::config::{self, Config};
use crate::{protocol, store};
use known::Known;
use macveil_core::address::{AddressPolicies, History, NetworkFacts, Policy, Source, Sourced};
use macveil_core::types::{Mac, Ssid};

/// List the known networks: name, policy, address, where the policy was set, and when the address was last used.
///
/// Known are the networks of wpa_supplicant's and iwd's configuration, and those that have a rule. The addresses are
/// made with the key, which only root can read; without it they are left out. When an address was last used is known
/// only of networks whose address is renewed (`rotate`, `reroll`): macveil keeps no list of the places where you were.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sudo macveil networks
  sudo macveil networks wlan0 --json")]
pub struct Args {
    /// The interface (default: the first that macveil manages).
    interface: Option<String>,
    /// Read only this file instead of /etc/macveil/macveil.toml and its drop-ins.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Print only the names that are text, one in each line.
    #[arg(long, conflicts_with = "json")]
    names: bool,
}

impl Args {
    pub(super) const fn of(interface: Option<String>, config: Option<PathBuf>, json: bool) -> Self {
        Self {
            interface,
            config,
            json,
            names: false,
        }
    }
}

/// Writes the list.
///
/// # Errors
///
/// There is no such interface, or the configuration is invalid.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(list(args, out))
}

fn list(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let config = config::load(args.config.as_deref())
        .map_err(|errors| Failure::cannot("the configuration is invalid", errors))?;
    let card = system::card(&config, args.interface.as_deref())?;
    let (known, problems) = known::on(&config, &card.name);
    let host = system::host(&config);
    let history = store::read_history(&config.state_dir).unwrap_or_default();
    let note = host
        .as_ref()
        .err()
        .map(|failure| super::with_causes(failure));
    let rows = Rows {
        config: &config,
        card: &card,
        history: &history,
        policies: card.policies(&config, host.unwrap_or_else(|_| system::keyless()).into()),
        has_key: note.is_none(),
    }
    .all(&known);
    if args.names {
        for name in rows.iter().filter_map(|row| row.ssid.to_text()) {
            writeln!(out, "{name}")?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if args.json {
        writeln!(out, "{}", render::to_json(&card.name, &rows))?;
    } else {
        write!(out, "{}", render::text(&card.name, &rows))?;
    }
    for problem in problems.into_iter().chain(note) {
        eprintln!("macveil: {problem}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A note if the programs that know networks do not know this one; `None` also if nothing could be asked.
pub(super) fn unknown(ssid: &Ssid) -> Option<String> {
    let config = config::load(None).ok()?;
    let card = system::card(&config, None).ok()?;
    let (known, _) = known::on(&config, &card.name);
    note_on(ssid, &known)
}

fn note_on(ssid: &Ssid, known: &[Known]) -> Option<String> {
    if known.is_empty() || known.iter().any(|network| network.ssid == *ssid) {
        return None;
    }
    let name = ssid.to_string();
    let names = known.iter().map(|network| network.ssid.to_string());
    let similar = names
        .map(|other| {
            (
                strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase()),
                other,
            )
        })
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    Some(match similar {
        Some((_, other)) => format!("no known network is called {name}; did you mean {other}?"),
        None => format!("no known network is called {name} (`macveil networks` lists them)"),
    })
}

/// A network in the list.
struct Row {
    ssid: Ssid,
    known_by: Option<protocol::Backend>,
    policy: Result<Sourced<Policy>, String>,
    address: Address,
    last_used: Option<SystemTime>,
}

/// The address that a network would get now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Address {
    Fixed(Mac),
    /// Another one for each association.
    Random,
    /// It depends on what is not known here, or on the key.
    Unknown,
}

struct Rows<'a> {
    config: &'a Config,
    card: &'a Card,
    history: &'a History,
    policies: AddressPolicies,
    has_key: bool,
}

impl Rows<'_> {
    fn all(&self, known: &[Known]) -> Vec<Row> {
        let mut networks: BTreeMap<(&Ssid, Option<&str>), Option<protocol::Backend>> =
            BTreeMap::new();
        for network in known {
            let id_str = network.id_str.as_deref();
            networks.insert((&network.ssid, id_str), Some(network.by));
        }
        for rule in self.config.network_rules() {
            let ssids = rule.about.ssids.iter();
            for ssid in ssids.filter(|ssid| known.iter().all(|it| it.ssid != **ssid)) {
                networks.insert((ssid, None), None);
            }
        }
        networks
            .into_iter()
            .map(|((ssid, id_str), known_by)| self.row(ssid, id_str, known_by))
            .collect()
    }

    fn row(&self, ssid: &Ssid, id_str: Option<&str>, known_by: Option<protocol::Backend>) -> Row {
        let record = self.history.record(ssid);
        let facts = NetworkFacts {
            id_str: id_str.or(known_by.map(|_| "")),
            time: Some(SystemTime::now()),
            generation: self.history.generation(ssid),
            ..NetworkFacts::new(ssid)
        };
        let resolved = self.policies.resolve(&facts);
        Row {
            ssid: ssid.clone(),
            known_by,
            policy: resolved
                .map(|resolved| resolved.policy)
                .map_err(|error| error.to_string()),
            address: self.address(&facts),
            last_used: record.and_then(|record| time_of(record.used)),
        }
    }

    fn address(&self, facts: &NetworkFacts<'_>) -> Address {
        match system::derive(&self.policies, facts, &self.card.facts) {
            Ok(derivation) => match derivation.source {
                Source::Random => Address::Random,
                Source::Hash { .. } if !self.has_key => Address::Unknown,
                _ => Address::Fixed(derivation.address),
            },
            Err(_) => Address::Unknown,
        }
    }
}

fn time_of(seconds: u64) -> Option<SystemTime> {
    (seconds > 0)
        .then(|| SystemTime::UNIX_EPOCH.checked_add(std::time::Duration::from_secs(seconds)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(names: &[&str]) -> Vec<Known> {
        let known = names.iter().map(|name| Known {
            ssid: Ssid::new(name.as_bytes()).unwrap(),
            id_str: None,
            by: protocol::Backend::WpaSupplicant,
        });
        known.collect()
    }

    #[test]
    fn similar_name_is_suggested() {
        let note = |name: &[u8], names: &[&str]| note_on(&Ssid::new(name).unwrap(), &known(names));
        assert_eq!(note(b"Home", &["Home", "Cafe"]), None);
        assert_eq!(note(b"Home", &[]), None);
        assert_eq!(
            note(b"Hmoe", &["Cafe", "Home"]).unwrap(),
            "no known network is called Hmoe; did you mean Home?"
        );
        let note = note(b"Station", &["Cafe", "Home"]).unwrap();
        assert!(note.ends_with("(`macveil networks` lists them)"), "{note}");
    }
}
