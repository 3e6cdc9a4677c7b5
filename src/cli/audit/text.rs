//! Text output.

use std::fmt::Write as _;

use base16ct::lower;

use super::Judged;
use crate::tools::audit::{
    Confidence, FrameCounts, Identifier, Leak, LinkReason, LinkedAddresses, MAX_ADDRESSES, Micros,
    Station, StationReport, Verdict,
};
use crate::tools::vendors::Vendors;

/// Maximum number of stations and of links in the text; `--json` has all.
const MAX_SHOWN: usize = 100;

pub(super) fn answer(verdict: &Verdict, ends_early: bool, vendors: &Vendors) -> String {
    let conclusion = conclusion(verdict);
    let first = conclusion.lines().next().unwrap_or_default();
    let mut text = format!("{first}\n\n{}", heading(verdict, ends_early));
    let begin = begin(&verdict.counts);
    let (leaking, others): (Vec<_>, Vec<_>) =
        verdict.stations.iter().partition(|report| report.leaks());
    let (plain, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|it| is_plain(it));
    // One says as much in its own words.
    let (plain, alone) = if plain.len() > 1 {
        (plain, Vec::new())
    } else {
        (Vec::new(), plain)
    };
    let all: Vec<_> = leaking.into_iter().chain(others).chain(alone).collect();
    for judged in all.iter().take(MAX_SHOWN) {
        station(&mut text, judged, begin, vendors);
    }
    more(&mut text, all.len());
    if let [first, .., last] = plain.as_slice() {
        let _ = writeln!(
            text,
            "\n{} more addresses, {} to {}, sent one scan each and nothing else",
            plain.len(),
            first.address,
            last.address
        );
    }
    for (confidence, title) in [
        (Confidence::Certain, "Addresses that belong to one card:"),
        (
            Confidence::Likely,
            "Addresses that probably belong to one card:",
        ),
    ] {
        links(&mut text, verdict, confidence, title);
    }
    text.push('\n');
    text.push_str(&conclusion);
    text
}

fn heading(verdict: &Verdict, ends_early: bool) -> String {
    let FrameCounts {
        packets,
        damaged,
        truncated,
        unreadable,
        not_wifi,
        ignored,
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
        (damaged, "with a wrong checksum (skipped)"),
        (
            truncated,
            "cut off by the sniffer (missing parts not judged)",
        ),
        (unreadable, "not valid (skipped)"),
        (not_wifi, "not Wi-Fi (skipped)"),
    ] {
        if count > 0 {
            let _ = writeln!(text, "note: {} {what}", number(count, "frame"));
        }
    }
    if ignored > 0 {
        let _ = writeln!(
            text,
            "note: {} of other addresses skipped: only the first {MAX_ADDRESSES} addresses are judged",
            number(ignored, "frame")
        );
    }
    let incomplete = verdict
        .stations
        .iter()
        .filter(|it| it.station.is_incomplete);
    let incomplete = incomplete.count();
    if incomplete > 0 {
        let _ = writeln!(
            text,
            "note: addresses with more identifiers than were compared: {incomplete}"
        );
    }
    if ends_early {
        text.push_str("note: the capture ends within a frame\n");
    }
    text
}

/// Whether there is nothing to say but that it scanned once.
fn is_plain(report: &StationReport) -> bool {
    let station = &report.station;
    report.findings.is_empty() && station.scans() == 1 && station.any.count == station.probes.count
}

fn station(text: &mut String, judged: &StationReport, begin: Micros, vendors: &Vendors) {
    let StationReport {
        address,
        station,
        findings,
        likeness,
        ..
    } = judged;
    let kind = match vendors.name(*address) {
        _ if address.is_local() => "locally administered",
        Some(vendor) => vendor,
        None => "globally administered",
    };
    let first = station.any.first.map_or(0, |moment| moment.at);
    let (from, to) = (seconds(first - begin), seconds(station.last - begin));
    let _ = writeln!(text, "\n{address}  {kind}, {from} to {to} s");
    let _ = writeln!(text, "  sent  {}", sent(station));
    if let Some(likeness) = likeness.filter(|it| it.cards > 1) {
        let _ = writeln!(
            text,
            "  like  {} of {} other cards: its probe requests reveal {:.1} bits",
            likeness.others,
            likeness.cards - 1,
            likeness.bits()
        );
    }
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
        (station.deauthentications, "deauthentication"),
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
            let uuids = station
                .uuids
                .iter()
                .map(|uuid| format!(", UUID {}", hex(uuid)));
            uuids.collect()
        }
        Leak::OtherAddress => {
            let others: Vec<_> = station.others.iter().map(ToString::to_string).collect();
            format!(": {}", others.join(", "))
        }
        Leak::Personal => {
            let all = station.identifiers.iter();
            let personal = all.filter(|it| it.is_personal());
            let named: Vec<_> = personal
                .map(|it| format!("{} {}", what(it), said(it)))
                .collect();
            format!(": {}", named.join(", "))
        }
        Leak::RequestedScan => station
            .request
            .map_or_else(String::new, |(moment, beacons)| {
                let kind = if beacons { "beacon" } else { "transition" };
                format!(": after a {kind} request (frame {})", moment.frame)
            }),
        _ => String::new(),
    }
}

fn links(text: &mut String, verdict: &Verdict, confidence: Confidence, title: &str) {
    let all = verdict.links_that_are(confidence);
    if all == 0 {
        return;
    }
    let _ = writeln!(text, "\n{title}");
    let links = verdict.links.iter();
    let chosen = links.filter(|link| link.confidence == confidence);
    pairs(text, chosen, begin(&verdict.counts));
}

/// A line for each pair of addresses.
fn pairs<'a>(text: &mut String, links: impl Iterator<Item = &'a LinkedAddresses>, begin: Micros) {
    let mut pairs: Vec<(&LinkedAddresses, String)> = Vec::new();
    for link in links {
        let same = |it: &&mut (&LinkedAddresses, String)| {
            (it.0.earlier, it.0.later) == (link.earlier, link.later)
        };
        match pairs.last_mut().filter(same) {
            Some((_, reasons)) => {
                let _ = write!(reasons, ", {}", why(link));
            }
            None => pairs.push((link, why(link))),
        }
    }
    for (link, reasons) in pairs.iter().take(MAX_SHOWN) {
        let at = seconds(link.moment.at.saturating_sub(begin));
        let (earlier, later, frame) = (link.earlier, link.later, link.moment.frame);
        let _ = writeln!(
            text,
            "  {earlier} is {later}: {reasons}, at {at} s (frame {frame})"
        );
    }
    more(text, pairs.len());
}

/// What links two captures, after both verdicts.
pub(super) fn between(
    judged: &[Judged; 2],
    links: &[LinkedAddresses],
    names: [&str; 2],
    is_strict: bool,
) -> String {
    let [here, there] = names;
    let mut text = format!("\nBETWEEN {here} AND {there}\n");
    let [_, second] = judged;
    for (confidence, title) in [
        (Confidence::Certain, "One card in both:"),
        (Confidence::Likely, "Probably one card in both:"),
    ] {
        let mut chosen = links
            .iter()
            .filter(|it| it.confidence == confidence)
            .peekable();
        if chosen.peek().is_some() {
            let _ = writeln!(text, "\n{title}");
            pairs(&mut text, chosen, begin(&second.verdict.counts));
        }
    }
    let count = |confidence| {
        links
            .iter()
            .filter(|it| it.confidence == confidence)
            .count()
    };
    let certain = count(Confidence::Certain);
    let likely = if is_strict {
        count(Confidence::Likely)
    } else {
        0
    };
    let _ = match certain + likely {
        0 => writeln!(text, "\nVERDICT: nothing links the two captures"),
        sum => writeln!(text, "\nVERDICT: the two captures are linked: {sum}"),
    };
    text
}

fn why(link: &LinkedAddresses) -> String {
    match &link.reason {
        LinkReason::SameAddress => "same address".to_owned(),
        LinkReason::CountsOn { gap } => format!("sequence numbers continue (difference {gap})"),
        LinkReason::SameIdentifier(value) => {
            format!("same {} {}", what(value), said(value))
        }
        LinkReason::SameName(name) => {
            format!("same SSID {}", quoted(name))
        }
        LinkReason::SameContent(hash) => {
            format!("same elements (fingerprint {hash:016x})")
        }
    }
}

const fn what(value: &Identifier) -> &'static str {
    match value {
        Identifier::Uuid(_) => "WPS UUID",
        Identifier::P2pDevice(_) => "P2P device address",
        Identifier::MldAddress(_) => "MLD address",
        Identifier::Key(_) => "key identifier",
        Identifier::PasswordId(_) => "password identifier",
        Identifier::EapIdentity(_) => "EAP identity",
        Identifier::DhcpClient(_) => "DHCP client identifier",
        Identifier::Duid(_) => "DUID",
        Identifier::HostName(_) => "host name",
        Identifier::InterfaceId(_) => "IPv6 interface identifier",
        Identifier::AddressGroup(_) => "end of an IPv6 address",
    }
}

fn said(value: &Identifier) -> String {
    match value {
        Identifier::PasswordId(text)
        | Identifier::EapIdentity(text)
        | Identifier::HostName(text) => quoted(text),
        other => shown(other),
    }
}

pub(super) fn shown(value: &Identifier) -> String {
    match value {
        Identifier::Uuid(bytes) | Identifier::Key(bytes) => hex(bytes),
        Identifier::P2pDevice(address) | Identifier::MldAddress(address) => address.to_string(),
        Identifier::PasswordId(text)
        | Identifier::EapIdentity(text)
        | Identifier::HostName(text) => text.escape_ascii().to_string(),
        Identifier::DhcpClient(bytes) | Identifier::Duid(bytes) => hex(bytes),
        Identifier::InterfaceId(bytes) => hex(bytes),
        Identifier::AddressGroup(bytes) => hex(bytes),
    }
}

fn conclusion(verdict: &Verdict) -> String {
    if verdict.stations.is_empty() {
        return "VERDICT: no leak found, but the capture contains no station\n".to_owned();
    }
    if !verdict.leaks() && verdict.is_partial() {
        return "VERDICT: no leak found in the part that was examined\n".to_owned();
    }
    if !verdict.leaks() {
        return "VERDICT: no leak found\n".to_owned();
    }
    let mut text = "VERDICT: leaks found\n".to_owned();
    for leak in Leak::ALL.into_iter().filter(|leak| !leak.is_note()) {
        let (count, addresses) = verdict.total(leak);
        if count > 0 {
            let _ = writeln!(text, "  {leak}: {count}, addresses: {addresses}");
        }
    }
    for (confidence, kind) in [
        (Confidence::Certain, "addresses linked to another address"),
        (
            Confidence::Likely,
            "addresses probably linked to another address",
        ),
    ] {
        let links = verdict.links_that_are(confidence);
        if links > 0 && (verdict.is_strict || confidence == Confidence::Certain) {
            let _ = writeln!(text, "  {kind}: {links}");
        }
    }
    text
}

fn more(text: &mut String, all: usize) {
    if all > MAX_SHOWN {
        let _ = writeln!(text, "\n... and {} more (use --json)", all - MAX_SHOWN);
    }
}

pub(super) fn begin(counts: &FrameCounts) -> Micros {
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
    lower::encode_string(bytes)
}
