//! The answer for people.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;

use crate::tools::audit::{
    Counts, Judged, Leak, Link, MOST_ADDRESSES, Micros, Reason, Station, Verdict,
};
use crate::tools::vendors::Vendors;

/// More stations and links than that nobody reads; `--json` has them all.
const SHOWN: usize = 100;

pub(super) fn answer(verdict: &Verdict, ends_early: bool, vendors: &Vendors) -> String {
    let mut text = heading(verdict, ends_early);
    let begin = begin(&verdict.counts);
    let (leaking, others): (Vec<_>, Vec<_>) = verdict.stations.iter().partition(|it| it.leaks());
    let all: Vec<_> = leaking.into_iter().chain(others).collect();
    for judged in all.iter().take(SHOWN) {
        station(&mut text, judged, begin, vendors);
    }
    more(&mut text, all.len());
    if !verdict.links.is_empty() {
        text.push_str("\nAddresses that belong to one card:\n");
        for link in verdict.links.iter().take(SHOWN) {
            let _ = writeln!(text, "  {}", self::link(link, begin));
        }
        more(&mut text, verdict.links.len());
    }
    text.push('\n');
    text.push_str(&conclusion(verdict));
    text
}

fn heading(verdict: &Verdict, ends_early: bool) -> String {
    let Counts {
        packets,
        damaged,
        truncated,
        unreadable,
        foreign,
        unfollowed,
        ..
    } = verdict.counts;
    let mut text = format!(
        "{} in {} s: {} of stations, {}\n",
        number(packets, "frame"),
        seconds(verdict.lasted()),
        number(verdict.stations.len() as u64, "address").replace("addresss", "addresses"),
        number(verdict.access_points as u64, "access point"),
    );
    for (count, what) in [
        (damaged, "with a wrong checksum, left out"),
        (
            truncated,
            "cut off by the sniffer: what is missing is not judged",
        ),
        (unreadable, "that make no sense, left out"),
        (foreign, "that are no Wi-Fi, left out"),
    ] {
        if count > 0 {
            let _ = writeln!(text, "note: {} {what}", number(count, "frame"));
        }
    }
    if unfollowed > 0 {
        let _ = writeln!(
            text,
            "note: only the first {MOST_ADDRESSES} addresses are judged; {} of others",
            number(unfollowed, "frame")
        );
    }
    if ends_early {
        text.push_str("note: the capture ends in the middle of a frame\n");
    }
    text
}

fn station(text: &mut String, judged: &Judged, begin: Micros, vendors: &Vendors) {
    let Judged {
        address,
        station,
        findings,
    } = judged;
    let kind = match vendors.name(*address) {
        _ if address.is_local() => "locally administered",
        Some(vendor) => vendor,
        None => "globally administered",
    };
    let first = station.any.first.map_or(0, |it| it.at);
    let (from, to) = (seconds(first - begin), seconds(station.last - begin));
    let _ = writeln!(text, "\n{address}  {kind}, {from} to {to} s");
    let _ = writeln!(text, "  sent  {}", sent(station));
    for finding in findings {
        let word = if finding.leak.is_note() {
            "note"
        } else {
            "LEAK"
        };
        let _ = write!(text, "  {word}  {}: {}", finding.leak, finding.tally.count);
        if let Some(first) = finding.tally.first {
            let at = seconds(first.at - begin);
            let _ = write!(text, ", first at {at} s (frame {})", first.frame);
        }
        text.push_str(&detail(finding.leak, station));
        text.push('\n');
    }
}

fn sent(station: &Station) -> String {
    let mut parts = Vec::new();
    for (count, what) in [
        (station.probes.count, "probe request"),
        (station.authentications, "authentication"),
        (station.associations, "association request"),
        (station.data, "data frame"),
        (station.goodbyes, "goodbye"),
    ] {
        if count > 0 {
            parts.push(number(count, what));
        }
    }
    if let Some(probes) = parts.first_mut()
        && station.probes.count > 0
    {
        let _ = write!(probes, " in {}", number(station.scans(), "scan"));
    }
    if parts.is_empty() {
        parts.push(number(station.any.count, "other frame"));
    }
    let mut text = parts.join(", ");
    if !station.partners.is_empty() {
        let partners: Vec<_> = station.partners.iter().map(ToString::to_string).collect();
        let _ = write!(text, "; with {}", partners.join(", "));
    }
    text
}

fn detail(leak: Leak, station: &Station) -> String {
    match leak {
        Leak::NetworkNamed => {
            let names = station.names.iter().map(|name| quoted(name));
            format!(": {}", names.collect::<Vec<_>>().join(", "))
        }
        Leak::WpsOrP2p => {
            let uuids = station.uuids.iter().map(|it| format!(", UUID {}", hex(it)));
            uuids.collect()
        }
        _ => String::new(),
    }
}

fn link(link: &Link, begin: Micros) -> String {
    let why = match &link.reason {
        Reason::CountsOn { gap } => format!("its sequence numbers go on ({gap} later)"),
        Reason::SameUuid(uuid) => format!("the same UUID of WPS, {}", hex(uuid)),
        Reason::SameName(name) => {
            format!("soon after it, naming the same network {}", quoted(name))
        }
        Reason::SameContent(hash) => {
            format!("soon after it, with the same elements (fingerprint {hash:016x})")
        }
    };
    let at = seconds(link.moment.at.saturating_sub(begin));
    let (earlier, later, frame) = (link.earlier, link.later, link.moment.frame);
    format!("{earlier} is {later}: {why}, at {at} s (frame {frame})")
}

fn conclusion(verdict: &Verdict) -> String {
    if verdict.stations.is_empty() {
        return "VERDICT: no leak found, for no station was heard\n".to_owned();
    }
    if !verdict.leaks() {
        return "VERDICT: no leak found\n".to_owned();
    }
    let mut text = "VERDICT: leaks found\n".to_owned();
    for leak in Leak::ALL.into_iter().filter(|it| !it.is_note()) {
        let (count, addresses) = verdict.total(leak);
        if count > 0 {
            let _ = writeln!(text, "  {leak}: {count}, addresses: {addresses}");
        }
    }
    if !verdict.links.is_empty() {
        let _ = writeln!(
            text,
            "  addresses linked to another: {}",
            verdict.links.len()
        );
    }
    text
}

fn more(text: &mut String, all: usize) {
    if all > SHOWN {
        let _ = writeln!(text, "\n... and {} more: --json has them", all - SHOWN);
    }
}

pub(super) fn begin(counts: &Counts) -> Micros {
    counts.span.map_or(0, |(first, _)| first)
}

fn seconds(micros: Micros) -> String {
    format!("{}.{:02}", micros / 1_000_000, micros % 1_000_000 / 10_000)
}

fn number(count: u64, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}

fn quoted(name: &[u8]) -> String {
    format!("\"{}\"", name.escape_ascii())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}
