//! The checks of a story that the capture decides.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use super::evidence::Evidence;
use super::online::{Family, ipv6_leases, leases, one_lease, online};
use crate::air::{Kind, Mac};
use crate::judge::{Association, Leak};
use crate::record::{Fact, Micros};
use crate::scenarios::Check;

/// Decides a check that took that span of time.
pub fn decide(
    check: &Check,
    span: &Range<Micros>,
    evidence: &Evidence,
    measured: &mut Vec<String>,
) -> Result<(), String> {
    match check {
        Check::Connected { ap, .. } => connected(ap, span, evidence),
        Check::OneAddress(aps) => {
            let seen: BTreeSet<_> = seen(aps, span, evidence)?.into_iter().collect();
            let stations = evidence.stations;
            expect(seen.len() == stations, || {
                format!("{} addresses of {stations} stations: {seen:?}", seen.len())
            })
        }
        Check::Addresses(aps, count) => {
            let seen: BTreeSet<_> = seen(aps, span, evidence)?.into_iter().collect();
            expect(seen.len() == *count, || format!("it saw {seen:?}"))
        }
        Check::AtMostAssociations(aps, count) => {
            let before = evidence.span_before(span.start)?;
            at_most_associations(aps, *count, &before, evidence, measured)
        }
        Check::DifferentAddresses(aps) => different(aps, span, evidence),
        Check::NewAddressEachTime(aps) => {
            let all = seen(aps, span, evidence)?;
            let distinct: BTreeSet<_> = all.iter().collect();
            expect(all.len() >= 2 && distinct.len() == all.len(), || {
                format!("{} addresses in {} associations", distinct.len(), all.len())
            })
        }
        Check::OnlyAddress(aps, address) => only(aps, Mac(*address), span, evidence),
        Check::ShownOnlyTo(address, aps) => shown_only_to(Mac(*address), aps, span, evidence),
        Check::AtMostFrames { at_most, from, to } => {
            let to = evidence.access_point(to)?;
            let frames = frames_to(Mac(*from), |receiver| receiver == to, span, evidence);
            let text = format!("{} frames of {} went to it", frames.len(), Mac(*from));
            measured.push(text.clone());
            expect(frames.len() <= *at_most, || text)
        }
        Check::PermanentAddress(aps) => {
            let all = seen(aps, span, evidence)?;
            let is_permanent = |mac: &Mac| evidence.brief.permanent.contains_key(mac);
            expect(all.iter().all(is_permanent), || format!("it saw {all:?}"))
        }
        Check::SameAddressesAsBefore(aps) => aps
            .iter()
            .try_for_each(|ap| same_as_before(ap, span, evidence, measured)),
        Check::Online { ap, .. } => online(ap, Family::V4, span, evidence, measured),
        Check::OnlineOverIpv6 { ap, .. } => online(ap, Family::V6, span, evidence, measured),
        Check::Leases(ap, count) => leases(ap, *count, span, evidence),
        Check::Ipv6Leases(ap, count) => ipv6_leases(ap, *count, span, evidence),
        Check::OneLease { ap, associations } => {
            one_lease(ap, *associations, span, evidence, measured)
        }
        Check::FreshScan { .. } => fresh_scan(span, evidence),
        Check::NoProbeRequest => {
            let before = evidence.span_before(span.start)?;
            let probes = evidence
                .frames
                .iter()
                .filter(|frame| frame.kind == Kind::ProbeRequest && before.contains(&frame.at));
            let count = probes.count();
            expect(count == 0, || format!("there were {count}"))
        }
        Check::Scanning { at_most_percent } => {
            let before = evidence.span_before(span.start)?;
            scanning(*at_most_percent, &before, evidence, measured)
        }
        Check::BackOnline { worst, median } => back_online(*worst, *median, evidence, measured),
        Check::StartNoSlower => start_no_slower(evidence, measured),
        Check::Leaks(wanted) => leaks(wanted, evidence),
        Check::AtMostLeaks(count, names) => at_most_leaks(*count, names, evidence, measured),
        Check::Disconnected { .. }
        | Check::StaysDisconnected { .. }
        | Check::StaysConnected { .. }
        | Check::AddressStays { .. }
        | Check::CarriesPermanent
        | Check::Memory { .. }
        | Check::MemoryGrown { .. }
        | Check::Wakeups { .. }
        | Check::EveryDatagramArrived
        | Check::SettingsAsNoted
        | Check::OtherInterfacesAsNoted
        | Check::NothingLost { .. }
        | Check::MuchLost { .. }
        | Check::LiveChangesOnlyWherePossible
        | Check::StatusIsTrue
        | Check::StatusWasTrue
        | Check::DoctorFindsPlanted
        | Check::MacveilSays(..)
        | Check::LogIsClean
        | Check::MacveilSaysTimes(..)
        | Check::CommandSaid(_) => Ok(()),
    }
}

pub fn expect(holds: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(problem()) }
}

/// The interface's address at the end of the step must be the one under which
/// the whole exchange with the access point went over the air.
fn connected(ap: &str, span: &Range<Micros>, evidence: &Evidence) -> Result<(), String> {
    let bssid = evidence.access_point(ap)?;
    let noted = evidence
        .entries
        .iter()
        .filter_map(|entry| match &entry.fact {
            Fact::Address(name, address) if span.contains(&entry.at) => Some((name, address)),
            _ => None,
        });
    for (interface, address) in noted {
        let station: Mac = address.parse()?;
        let handshake = if evidence.secured.contains(&bssid) {
            2
        } else {
            0
        };
        let on_air = evidence.verdict.associations.iter().any(|it| {
            it.station == station
                && it.bssid == bssid
                && it.granted.is_some_and(|at| at <= span.end)
                && it.end >= span.end
                && it.handshake >= handshake
        });
        expect(on_air, || {
            format!("{interface} carries {address}, but no such association was on the air")
        })?;
    }
    Ok(())
}

/// The stations of all associations with these access points so far; of the
/// attempts if none was granted.
fn seen(aps: &[String], span: &Range<Micros>, evidence: &Evidence) -> Result<Vec<Mac>, String> {
    let bssids: Result<Vec<_>, _> = aps.iter().map(|ap| evidence.access_point(ap)).collect();
    let bssids = bssids?;
    let attempts: Vec<&Association> = evidence
        .verdict
        .associations
        .iter()
        .filter(|it| bssids.contains(&it.bssid) && it.begin <= span.end)
        .collect();
    let granted: Vec<_> = attempts
        .iter()
        .filter(|it| it.granted.is_some())
        .map(|it| it.station)
        .collect();
    let all = attempts.iter().map(|it| it.station).collect();
    let seen = if granted.is_empty() { all } else { granted };
    expect(!seen.is_empty(), || "no station associated".to_owned())?;
    Ok(seen)
}

fn at_most_associations(
    aps: &[String],
    at_most: usize,
    span: &Range<Micros>,
    evidence: &Evidence,
    measured: &mut Vec<String>,
) -> Result<(), String> {
    let bssids: Result<Vec<Mac>, _> = aps.iter().map(|ap| evidence.access_point(ap)).collect();
    let bssids = bssids?;
    let all = evidence.verdict.associations.iter();
    let begun = all.filter(|it| bssids.contains(&it.bssid) && span.contains(&it.begin));
    let text = format!(
        "{} saw {} associations",
        aps.join(" and "),
        begun.clone().count()
    );
    measured.push(text.clone());
    expect(begun.count() <= at_most, || text)
}

fn different(aps: &[String], span: &Range<Micros>, evidence: &Evidence) -> Result<(), String> {
    let mut before: BTreeSet<Mac> = BTreeSet::new();
    for ap in aps {
        let seen = seen(std::slice::from_ref(ap), span, evidence)?;
        let shared: Vec<_> = seen.iter().filter(|it| before.contains(it)).collect();
        expect(shared.is_empty(), || format!("{ap} shares {shared:?}"))?;
        before.extend(seen);
    }
    Ok(())
}

fn only(
    aps: &[String],
    address: Mac,
    span: &Range<Micros>,
    evidence: &Evidence,
) -> Result<(), String> {
    let seen = seen(aps, span, evidence)?;
    let other: Vec<_> = seen.iter().filter(|it| **it != address).collect();
    expect(other.is_empty(), || format!("it saw {other:?}"))
}

fn frames_to(
    from: Mac,
    is_to: impl Fn(Mac) -> bool,
    span: &Range<Micros>,
    evidence: &Evidence,
) -> Vec<Mac> {
    let frames = evidence.frames.iter().filter(|frame| {
        frame.transmitter == Some(from) && is_to(frame.receiver) && frame.at <= span.end
    });
    frames.map(|frame| frame.receiver).collect()
}

fn shown_only_to(
    address: Mac,
    aps: &[String],
    span: &Range<Micros>,
    evidence: &Evidence,
) -> Result<(), String> {
    let bssids: Result<Vec<Mac>, _> = aps.iter().map(|ap| evidence.access_point(ap)).collect();
    let bssids = bssids?;
    for bssid in &bssids {
        let frames = frames_to(address, |receiver| receiver == *bssid, span, evidence);
        expect(!frames.is_empty(), || format!("{bssid} never saw it"))?;
    }
    let is_other = |it: Mac| evidence.brief.is_access_point(it) && !bssids.contains(&it);
    let others = frames_to(address, is_other, span, evidence);
    expect(others.is_empty(), || {
        format!("{} frames went to {others:?}", others.len())
    })
}

fn same_as_before(
    ap: &str,
    span: &Range<Micros>,
    evidence: &Evidence,
    measured: &mut Vec<String>,
) -> Result<(), String> {
    let bssid = evidence.access_point(ap)?;
    let granted = evidence
        .verdict
        .associations
        .iter()
        .filter(|it| it.bssid == bssid && it.granted.is_some_and(|at| at <= span.end));
    let (after, before): (Vec<_>, Vec<_>) =
        granted.partition(|it| evidence.brief.is_watched(it.begin));
    let addresses = |associations: Vec<&Association>| -> BTreeSet<Mac> {
        associations.iter().map(|it| it.station).collect()
    };
    let (before, after) = (addresses(before), addresses(after));
    measured.push(format!("{ap} saw {before:?} before and {after:?} after"));
    expect(before.len() == 1 && before == after, || {
        format!("{ap} saw {before:?} before and {after:?} after")
    })
}

fn fresh_scan(span: &Range<Micros>, evidence: &Evidence) -> Result<(), String> {
    let scans = &evidence.verdict.scans;
    let during: Vec<_> = scans
        .iter()
        .filter(|it| span.contains(&it.begin()))
        .collect();
    expect(!during.is_empty(), || "there was no scan".to_owned())?;
    let earlier: BTreeSet<Mac> = evidence
        .frames
        .iter()
        .take_while(|frame| frame.at < span.start)
        .filter_map(|frame| frame.transmitter)
        .collect();
    let stale: Vec<_> = during
        .iter()
        .map(|scan| scan.station)
        .filter(|station| earlier.contains(station))
        .collect();
    expect(stale.is_empty(), || {
        format!("scanned under {stale:?} again")
    })
}

fn scanning(
    at_most: f64,
    span: &Range<Micros>,
    evidence: &Evidence,
    measured: &mut Vec<String>,
) -> Result<(), String> {
    let overlap = |scan: &Range<Micros>| {
        scan.end
            .min(span.end)
            .saturating_sub(scan.start.max(span.start))
    };
    let total: Micros = evidence.brief.scanning.iter().map(overlap).sum();
    let scans = evidence
        .brief
        .scanning
        .iter()
        .filter(|scan| overlap(scan) > 0)
        .count();
    let time = span.end - span.start;
    let percent = 100.0 * total as f64 / time as f64;
    let text = format!(
        "{scans} scans in {:.0} s, {percent:.2} % of the time",
        time as f64 / 1e6
    );
    measured.push(text.clone());
    expect(percent <= at_most, || text)
}

fn back_online(
    worst: Duration,
    median: Option<Duration>,
    evidence: &Evidence,
    measured: &mut Vec<String>,
) -> Result<(), String> {
    let mut outages = evidence.verdict.outages.clone();
    expect(!outages.is_empty(), || "there was no outage".to_owned())?;
    outages.sort_by_key(|outage| outage.back_after);
    let seconds = |micros: Micros| micros as f64 / 1e6;
    let times: Vec<f64> = outages.iter().map(|it| seconds(it.back_after)).collect();
    let (half, last) = (middle(&times), times[times.len() - 1]);
    let text = format!(
        "back online over {} outages: median {half:.2} s, worst {last:.2} s (after {:.0} s)",
        times.len(),
        seconds(outages[outages.len() - 1].lasted)
    );
    measured.push(text.clone());
    let in_time = last <= worst.as_secs_f64() && median.is_none_or(|it| half <= it.as_secs_f64());
    expect(in_time, || text)
}

/// The median of sorted values.
pub fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[half]
    } else {
        f64::midpoint(sorted[half - 1], sorted[half])
    }
}

/// The supplicant's first start is alone, macveil's start comes later.
fn start_no_slower(evidence: &Evidence, measured: &mut Vec<String>) -> Result<(), String> {
    let took = |program: &str| {
        let starts = |fact: &Fact| matches!(fact, Fact::Starts(name) if name == program);
        let start = evidence
            .entries
            .iter()
            .find(|entry| starts(&entry.fact))?
            .at;
        let granted = evidence
            .verdict
            .associations
            .iter()
            .filter_map(|it| it.granted);
        let granted = granted.filter(|at| *at > start).min()?;
        Some((granted - start) as f64 / 1e6)
    };
    let alone = took("wpa_supplicant").ok_or("wpa_supplicant alone did not associate")?;
    let with = took("macveil").ok_or("there was no association after macveil's start")?;
    let text = format!(
        "start to association: {with:.2} s with macveil, {alone:.2} s with wpa_supplicant alone"
    );
    measured.push(text.clone());
    expect(with <= alone, || text)
}

fn leaks(wanted: &[String], evidence: &Evidence) -> Result<(), String> {
    for name in wanted {
        let count = count_of(name, evidence)?;
        expect(count > 0, || format!("the judge did not find {name}"))?;
    }
    Ok(())
}

fn at_most_leaks(
    at_most: usize,
    names: &[String],
    evidence: &Evidence,
    measured: &mut Vec<String>,
) -> Result<(), String> {
    for name in names {
        let text = format!(
            "{}: {} of at most {at_most}",
            name,
            count_of(name, evidence)?
        );
        measured.push(text.clone());
        expect(count_of(name, evidence)? <= at_most, || text)?;
    }
    Ok(())
}

fn count_of(name: &str, evidence: &Evidence) -> Result<usize, String> {
    let leak = Leak::named(name);
    let leak = leak.ok_or_else(|| format!("the judge knows no leak called {name:?}"))?;
    Ok(evidence.verdict.leaks.count(leak))
}
