//! The answer for programs. Times are microseconds since the capture's beginning.

use super::text::{begin, hex};
use crate::json::Json;
use crate::tools::audit::{
    Leak, LeakFinding, LinkReason, LinkedAddresses, Micros, Moment, StationReport, Tally, Verdict,
};

pub(super) fn answer(verdict: &Verdict, ends_early: bool) -> Json {
    let counts = &verdict.counts;
    let begin = begin(counts);
    let stations = verdict.stations.iter().map(|it| station(it, begin));
    let links = verdict.links.iter().map(|it| link(it, begin));
    Json::Object(vec![
        ("leaks", Json::Bool(verdict.leaks())),
        ("frames", Json::Number(counts.packets)),
        ("lasted_us", Json::Number(verdict.lasted())),
        ("wrong_checksum", Json::Number(counts.damaged)),
        ("truncated", Json::Number(counts.truncated)),
        ("unreadable", Json::Number(counts.unreadable)),
        ("foreign", Json::Number(counts.not_wifi)),
        ("not_followed", Json::Number(counts.ignored)),
        ("ends_early", Json::Bool(ends_early)),
        ("access_points", Json::Number(verdict.access_points as u64)),
        ("stations", Json::List(stations.collect())),
        ("links", Json::List(links.collect())),
    ])
}

fn station(judged: &StationReport, begin: Micros) -> Json {
    let station = &judged.station;
    let named = |leaks: bool| {
        let all = judged.findings.iter();
        let chosen = all.filter(|it| it.leak.is_note() != leaks);
        Json::List(chosen.map(|it| finding(it, begin)).collect())
    };
    let first = station.any.first.map_or(begin, |it| it.at);
    Json::Object(vec![
        ("address", Json::text(judged.address)),
        ("local", Json::Bool(judged.address.is_local())),
        ("first_us", Json::Number(first - begin)),
        ("last_us", Json::Number(station.last - begin)),
        ("probe_requests", Json::Number(station.probes.count)),
        ("scans", Json::Number(station.scans())),
        ("authentications", Json::Number(station.authentications)),
        ("association_requests", Json::Number(station.associations)),
        ("data_frames", Json::Number(station.data)),
        ("goodbyes", Json::Number(station.deauthentications)),
        (
            "access_points",
            Json::List(station.partners.iter().map(Json::text).collect()),
        ),
        (
            "names",
            Json::List(
                station
                    .names
                    .iter()
                    .map(|it| Json::text(it.escape_ascii()))
                    .collect(),
            ),
        ),
        (
            "uuids",
            Json::List(station.uuids.iter().map(|it| Json::text(hex(it))).collect()),
        ),
        ("leaks", named(true)),
        ("notes", named(false)),
    ])
}

fn finding(finding: &LeakFinding, begin: Micros) -> Json {
    let LeakFinding {
        leak,
        tally: Tally { count, first },
    } = finding;
    let mut entries = vec![
        ("kind", Json::text(Leak::word(*leak))),
        ("count", Json::Number(*count)),
    ];
    entries.extend(first.iter().flat_map(|it| moment(*it, begin)));
    Json::Object(entries)
}

fn moment(moment: Moment, begin: Micros) -> [(&'static str, Json); 2] {
    [
        ("at_us", Json::Number(moment.at.saturating_sub(begin))),
        ("frame", Json::Number(moment.frame)),
    ]
}

fn link(link: &LinkedAddresses, begin: Micros) -> Json {
    let (kind, by) = match &link.reason {
        LinkReason::CountsOn { gap } => ("sequence-numbers", gap.to_string()),
        LinkReason::SameUuid(uuid) => ("uuid", hex(uuid)),
        LinkReason::SameName(name) => ("name", name.escape_ascii().to_string()),
        LinkReason::SameContent(hash) => ("elements", format!("{hash:016x}")),
    };
    let mut entries = vec![
        ("earlier", Json::text(link.earlier)),
        ("later", Json::text(link.later)),
        ("reason", Json::text(kind)),
        ("by", Json::text(by)),
    ];
    entries.extend(moment(link.moment, begin));
    Json::Object(entries)
}
