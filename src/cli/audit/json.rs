//! The answer for programs. Times are microseconds since the capture's beginning.

use serde::Serialize;

use super::Judged;
use super::text::{begin, hex, shown};
use crate::protocol::to_json;
use crate::tools::audit::{
    Leak, LeakFinding, LinkReason, LinkedAddresses, Micros, Moment, StationReport, Verdict,
};
use macveil_core::types::Mac;

#[derive(Serialize)]
struct Report {
    leaks: bool,
    frames: u64,
    lasted_us: u64,
    wrong_checksum: u64,
    truncated: u64,
    unreadable: u64,
    foreign: u64,
    not_followed: u64,
    partial: bool,
    ends_early: bool,
    access_points: usize,
    stations: Vec<Station>,
    links: Vec<LinkReport>,
}

#[derive(Serialize)]
struct Station {
    address: Mac,
    local: bool,
    first_us: u64,
    last_us: u64,
    probe_requests: u64,
    scans: u64,
    authentications: u64,
    association_requests: u64,
    data_frames: u64,
    goodbyes: u64,
    access_points: Vec<Mac>,
    names: Vec<String>,
    identifiers: Vec<Identified>,
    other_addresses: Vec<Mac>,
    beamforming_reports: u64,
    #[serde(flatten)]
    likeness: Option<Likeness>,
    uuids: Vec<String>,
    leaks: Vec<Observation>,
    notes: Vec<Observation>,
}

#[derive(Serialize)]
struct Likeness {
    similar_cards: u32,
    cards: u32,
    revealed_bits: f64,
}

#[derive(Serialize)]
struct Identified {
    kind: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Observation {
    kind: &'static str,
    count: u64,
    #[serde(flatten)]
    first: Option<When>,
}

#[derive(Serialize)]
struct LinkReport {
    earlier: Mac,
    later: Mac,
    reason: &'static str,
    by: String,
    confidence: &'static str,
    #[serde(flatten)]
    when: When,
}

#[derive(Serialize)]
struct When {
    at_us: u64,
    frame: u64,
}

#[derive(Serialize)]
struct Places {
    leaks: bool,
    captures: [Report; 2],
    between: Vec<LinkReport>,
}

pub(super) fn answer(verdict: &Verdict, ends_early: bool) -> String {
    to_json(&report(verdict, ends_early))
}

/// The answer about two captures. Times of links are those of the second one.
pub(super) fn places(judged: &[Judged; 2], between: &[LinkedAddresses], leaks: bool) -> String {
    let [_, there] = judged;
    let begin = begin(&there.verdict.counts);
    to_json(&Places {
        leaks,
        captures: judged
            .each_ref()
            .map(|it| report(&it.verdict, it.ends_early)),
        between: between.iter().map(|it| link(it, begin)).collect(),
    })
}

fn report(verdict: &Verdict, ends_early: bool) -> Report {
    let counts = &verdict.counts;
    let begin = begin(counts);
    let stations = verdict.stations.iter().map(|it| station(it, begin));
    let links = verdict.links.iter().map(|it| link(it, begin));
    Report {
        leaks: verdict.leaks(),
        frames: counts.packets,
        lasted_us: verdict.lasted(),
        wrong_checksum: counts.damaged,
        truncated: counts.truncated,
        unreadable: counts.unreadable,
        foreign: counts.not_wifi,
        not_followed: counts.ignored,
        partial: verdict.is_partial(),
        ends_early,
        access_points: verdict.access_points,
        stations: stations.collect(),
        links: links.collect(),
    }
}

fn station(judged: &StationReport, begin: Micros) -> Station {
    let station = &judged.station;
    let observations = |leaks: bool| {
        let all = judged.findings.iter();
        let chosen = all.filter(|it| it.leak.is_note() != leaks);
        chosen.map(|it| observation(it, begin)).collect()
    };
    let first = station.any.first.map_or(begin, |it| it.at);
    let names = station.names.iter().map(|it| it.escape_ascii().to_string());
    Station {
        address: judged.address,
        local: judged.address.is_local(),
        first_us: first - begin,
        last_us: station.last - begin,
        probe_requests: station.probes.count,
        scans: station.scans(),
        authentications: station.authentications,
        association_requests: station.associations,
        data_frames: station.data,
        goodbyes: station.deauthentications,
        access_points: station.partners.clone(),
        names: names.collect(),
        identifiers: station
            .identifiers
            .iter()
            .map(|it| Identified {
                kind: it.word(),
                value: shown(it),
            })
            .collect(),
        other_addresses: station.others.clone(),
        beamforming_reports: station.beamforming.count,
        likeness: judged.likeness.map(|likeness| Likeness {
            similar_cards: likeness.others,
            cards: likeness.cards,
            revealed_bits: (likeness.bits() * 100.0).round() / 100.0,
        }),
        uuids: station.uuids.iter().map(|it| hex(it)).collect(),
        leaks: observations(true),
        notes: observations(false),
    }
}

fn observation(finding: &LeakFinding, begin: Micros) -> Observation {
    Observation {
        kind: Leak::word(finding.leak),
        count: finding.tally.count,
        first: finding.tally.first.map(|it| when(it, begin)),
    }
}

fn when(moment: Moment, begin: Micros) -> When {
    When {
        at_us: moment.at.saturating_sub(begin),
        frame: moment.frame,
    }
}

fn link(link: &LinkedAddresses, begin: Micros) -> LinkReport {
    let (reason, by) = match &link.reason {
        LinkReason::CountsOn { gap } => ("sequence-numbers", gap.to_string()),
        LinkReason::SameAddress => ("address", link.later.to_string()),
        LinkReason::SameIdentifier(value) => (value.word(), shown(value)),
        LinkReason::SameName(name) => ("name", name.escape_ascii().to_string()),
        LinkReason::SameContent(hash) => ("elements", format!("{hash:016x}")),
    };
    LinkReport {
        earlier: link.earlier,
        later: link.later,
        reason,
        by,
        confidence: link.confidence.word(),
        when: when(link.moment, begin),
    }
}
