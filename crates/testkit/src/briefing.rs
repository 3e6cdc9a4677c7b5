//! What the judge is to know, drawn from the story and the record of its play.

use std::ops::Range;

use crate::air::Mac;
use crate::judge::{AccessPoint, Brief};
use crate::record::{Entry, Fact, Micros};
use crate::scenarios::{
    self, Event, Given, Ipv6, Line, Network, Security, Step, Story, Trouble, UserAction, commands,
};

/// How long wpa_supplicant may scan after its start, and any program after a request.
const FOREIGN_SCAN: Micros = 10_000_000;

/// How long a station looks for an access point whose button was pushed.
const WPS: Micros = 125_000_000;

pub fn brief(story: &Story, entries: &[Entry]) -> Brief {
    let mut brief = Brief {
        away: away(story, entries),
        strangers: story.has_strangers(),
        links_taken_down: story.lines.iter().any(|line| {
            matches!(
                line.step,
                Step::When(Event::Card(_)) | Step::Given(Given::Trouble(_))
            )
        }),
        ..Brief::default()
    };
    for entry in entries {
        if matches!(&entry.fact, Fact::Happens(words) if commands::typed(words).is_some()) {
            brief.typed.push(entry.at);
        }
        match &entry.fact {
            Fact::Station(name, address) => learn_station(&mut brief, name, address),
            Fact::AccessPoint(name, address) => {
                if let Ok(mac) = address.parse::<Mac>() {
                    let told = access_points(story).find(|it| it.name == *name);
                    let ap = AccessPoint {
                        name: name.clone(),
                        ssid: ssid(story, name),
                        subnet: told.and_then(|it| it.subnet),
                        leases_ipv6: told.is_some_and(|it| it.ipv6 == Ipv6::Leased),
                        may_see_permanent: may_see_permanent(story, entries, name),
                    };
                    brief.access_points.insert(mac, ap);
                }
            }
            // Whenever it likes, and in its own words.
            Fact::Starts(program) if program == "iwd" => {
                brief.external_scans.push(entry.at..Micros::MAX);
            }
            Fact::Starts(program) if program == "wpa_supplicant" => {
                brief.external_scans.push(entry.at..entry.at + FOREIGN_SCAN);
            }
            Fact::Happens(words) if asks_for_wps(words) => {
                brief.external_scans.push(entry.at..entry.at + WPS);
                brief.wps.push(entry.at..entry.at + WPS);
            }
            fact if user_acts(story, fact) => {
                // It may have had to wait for another scan's end.
                let next = entries.iter().find(|next| next.at > entry.at);
                let end = next.map_or(entry.at, |next| next.at) + FOREIGN_SCAN;
                brief.external_scans.push(entry.at..end);
            }
            _ => {}
        }
    }
    let draws_commands =
        troubles(story).any(|trouble| matches!(*trouble.onset.event, Event::SomeCommandRun(_)));
    if draws_commands {
        brief.hidden.push(commands::NAMED.into());
    }
    for network in networks(story).filter(|network| network.hidden) {
        brief.hidden.push(network.ssid.clone());
    }
    // The open half tells its name.
    let steps = story.lines.iter().map(|line| &line.step);
    brief.hidden.extend(steps.filter_map(|step| match step {
        Step::Given(Given::AccessPoint(ap)) if ap.hidden && ap.is_half_of_owe() => {
            Some(ap.ssid.clone())
        }
        _ => None,
    }));
    let policies = networks(story).filter_map(|network| {
        let policy = network.policy.clone()?;
        Some((network.ssid.clone(), policy))
    });
    let changes = story.lines.iter().filter_map(policy_change);
    for (ssid, policy) in policies.chain(changes) {
        if let Ok(mac) = policy.parse() {
            brief.explicit.insert(mac, ssid.escape_ascii().to_string());
        }
    }
    brief.explicit.extend(addresses_in_rules(story));
    brief.user_associates = draws_commands || story.lines.iter().any(|line| {
        matches!(&line.step, Step::When(Event::User(action))
            if !matches!(action, UserAction::Scans | UserAction::ScansWithIw | UserAction::ScansFor(_)))
    });
    brief
}

/// Access points with which a four-way handshake has to follow.
pub fn secured(story: &Story, brief: &Brief) -> Vec<Mac> {
    let open = |name: &str| {
        access_points(story).any(|ap| ap.name == name && ap.security == Security::Open)
    };
    let all = brief.access_points.iter();
    all.filter(|(_, ap)| !open(&ap.name))
        .map(|(mac, _)| *mac)
        .collect()
}

fn learn_station(brief: &mut Brief, name: &str, address: &str) {
    let Ok(mac) = address.parse::<Mac>() else {
        return;
    };
    // The virtual radios' second address, which wpa_supplicant's P2P device takes.
    let mut p2p = mac;
    p2p.0[0] |= 0x40;
    brief.permanent.insert(mac, name.to_owned());
    brief.permanent.insert(p2p, format!("{name} P2P"));
    brief.stations += 1;
}

/// Where the supplicant ran before macveil, macveil answers from its READY on.
fn away(story: &Story, entries: &[Entry]) -> Vec<Range<Micros>> {
    let mut away = Vec::new();
    let first = |wanted: &str| {
        entries
            .iter()
            .find(|entry| matches!(&entry.fact, Fact::Starts(name) if name == wanted))
            .map(|entry| entry.at)
    };
    let ready = entries.iter().find(|entry| entry.fact == Fact::Ready);
    if story.has_macveil() && first("wpa_supplicant") < first("macveil") {
        away.push(0..ready.map_or(Micros::MAX, |entry| entry.at));
    }
    let mut since = None;
    for entry in entries {
        match entry.fact {
            Fact::JudgeLooksAway => since = since.or(Some(entry.at)),
            Fact::JudgeLooksAgain => away.extend(since.take().map(|since| since..entry.at)),
            _ => {}
        }
    }
    away.extend(since.map(|since| since..Micros::MAX));
    away
}

fn access_points(story: &Story) -> impl Iterator<Item = &scenarios::AccessPoint> {
    story.lines.iter().filter_map(|line| match &line.step {
        Step::Given(Given::AccessPoint(ap)) => Some(ap),
        _ => None,
    })
}

fn ssid(story: &Story, name: &str) -> Vec<u8> {
    let ap = access_points(story).find(|ap| ap.name == *name);
    ap.map(|ap| ap.ssid.clone()).unwrap_or_default()
}

fn networks(story: &Story) -> impl Iterator<Item = &Network> {
    story.lines.iter().filter_map(|line| match &line.step {
        Step::Given(Given::Network(network) | Given::Profile(network))
        | Step::When(Event::User(UserAction::Adds(network))) => Some(network),
        _ => None,
    })
}

fn troubles(story: &Story) -> impl Iterator<Item = &Trouble> {
    let lanes = story.lines.iter().filter_map(|line| match &line.step {
        Step::Given(Given::Trouble(lane)) => Some(lane),
        _ => None,
    });
    lanes.flatten()
}

/// Explicit addresses of macveil's rules, and what the rule is about.
fn addresses_in_rules(story: &Story) -> impl Iterator<Item = (Mac, String)> {
    let rules = story.lines.iter().filter_map(|line| match &line.step {
        Step::Given(Given::Rule(lines)) => Some(lines),
        _ => None,
    });
    rules.filter_map(|lines| {
        let policy = lines
            .iter()
            .find_map(|line| line.strip_prefix("cloned-mac-address = "))?;
        let mac = policy.trim_matches('"').parse().ok()?;
        Some((mac, lines.first()?.clone()))
    })
}

/// When an association with this access point may begin under the permanent address.
fn may_see_permanent(story: &Story, entries: &[Entry], access_point: &str) -> Vec<Range<Micros>> {
    let Some(ap) = access_points(story).find(|ap| ap.name == access_point) else {
        return Vec::new();
    };
    let by_hand = story
        .lines
        .iter()
        .any(|line| matches!(line.step, Step::Given(Given::InterfaceAddress(_))));
    let shows = |policy: &str| policy == "permanent" || (policy == "preserve" && !by_hand);
    let by_default = story.lines.iter().any(|line| match &line.step {
        Step::Given(Given::Setting { table, line }) if table == "connection" => line
            .strip_prefix("cloned-mac-address = ")
            .is_some_and(|value| shows(value.trim_matches(['"', '\'']))),
        _ => false,
    });
    let at_first = networks(story)
        .filter(|network| network.ssid == ap.ssid)
        .any(|network| network.policy.as_deref().map_or(by_default, shows));
    let mut since = at_first.then_some(0);
    let mut times = Vec::new();
    for entry in entries {
        match new_policy(story, &entry.fact) {
            Some((ssid, policy)) if ssid == ap.ssid && shows(&policy) => {
                since = since.or(Some(entry.at));
            }
            Some((ssid, _)) if ssid == ap.ssid => {
                times.extend(since.take().map(|since| since..entry.at));
            }
            _ => {}
        }
    }
    times.extend(since.map(|since| since..Micros::MAX));
    times
}

/// What this makes of a network's policy.
fn new_policy(story: &Story, fact: &Fact) -> Option<(Vec<u8>, String)> {
    match fact {
        Fact::Step(number) => {
            policy_change(story.lines.iter().find(|line| line.number == *number)?)
        }
        Fact::Happens(words) => policy_command(&commands::typed(words)?),
        _ => None,
    }
}

fn policy_change(line: &Line) -> Option<(Vec<u8>, String)> {
    match &line.step {
        Step::When(Event::PolicyWritten { ssid, policy }) => Some((ssid.clone(), policy.clone())),
        Step::When(Event::CommandRun(words)) => policy_command(words),
        _ => None,
    }
}

fn policy_command(words: &[String]) -> Option<(Vec<u8>, String)> {
    let has = |option: &str| words.iter().any(|word| word == option);
    let names = words.iter().filter(|word| !word.starts_with("--"));
    let names: Vec<_> = names.map(String::as_str).collect();
    let (ssid, policy) = match names[..] {
        ["macveil", "trust", ssid] if has("--preserve") => (ssid, "preserve"),
        ["macveil", "trust", ssid] => (ssid, "permanent"),
        ["macveil", "policy", ssid] if has("--unset") => (ssid, ""),
        ["macveil", "policy", ssid, policy] => (ssid, policy),
        _ => return None,
    };
    Some((ssid.into(), policy.to_owned()))
}

/// Of iwd, whose scans are as WPS wants them from then on.
fn asks_for_wps(words: &str) -> bool {
    let words = commands::typed(words).unwrap_or_default();
    matches!(&words[..], [program, kind, ..] if program == "iwctl" && kind == "wsc")
}

/// Whether a program commands or starts wpa_supplicant, which may result in a scan.
fn user_acts(story: &Story, fact: &Fact) -> bool {
    match fact {
        Fact::Step(number) => {
            let step = story.lines.iter().find(|it| it.number == *number);
            step.is_some_and(|line| {
                matches!(
                    line.step,
                    Step::When(Event::User(_) | Event::MachineBoots | Event::RadioAppears { .. })
                )
            })
        }
        Fact::Happens(words) if commands::typed(words).is_some() => true,
        Fact::Happens(words) => {
            let mut onsets = troubles(story).map(|trouble| &trouble.onset);
            onsets.any(|deed| deed.words == *words && matches!(*deed.event, Event::User(_)))
        }
        _ => false,
    }
}
