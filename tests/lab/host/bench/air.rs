//! What a story's frames gave away, counted in the same way for everybody.

use std::collections::BTreeSet;

use super::super::verdict::Evidence;
use macveil_testkit::air::{Element, Frame, Kind, Mac};
use macveil_testkit::judge::{Association, Leak};
use macveil_testkit::record::Micros;
use macveil_testkit::scenarios::{AccessPointEvent, Event, Step, Story};

#[derive(Debug, Clone)]
pub struct Counts {
    /// Frames of any kind.
    pub permanent: usize,
    /// Probe requests under an address that a network knows, because the station associates under it.
    pub probes_known: usize,
    /// Probe requests that name a network.
    pub naming: usize,
    /// Those of them under an address that a network knows.
    pub naming_known: usize,
    pub uuid: usize,
    /// Scans that go on counting where another address's ended; none if there is one address only.
    pub linked: Option<usize>,
    pub into_the_void: usize,
}

pub fn count(evidence: &Evidence) -> Counts {
    let associations = evidence.verdict.associations.iter();
    let known: BTreeSet<Mac> = associations
        .filter(|it| it.granted.is_some())
        .map(|it| it.station)
        .collect();
    let from = |frame: &Frame| evidence.brief.station(frame);
    let probes: Vec<&Frame> = evidence
        .frames
        .iter()
        .filter(|frame| frame.kind == Kind::ProbeRequest && from(frame).is_some())
        .collect();
    let is_known = |frame: &&&Frame| from(frame).is_some_and(|it| known.contains(&it));
    let naming = || probes.iter().filter(|frame| frame.ssid().is_some());
    let scanners: BTreeSet<Mac> = probes.iter().filter_map(|frame| from(frame)).collect();
    let leaks = &evidence.verdict.leaks;
    Counts {
        permanent: leaks.count(Leak::PermanentAddress),
        probes_known: probes.iter().filter(is_known).count(),
        naming: naming().count(),
        naming_known: naming().filter(is_known).count(),
        uuid: probes.iter().filter(|frame| has_uuid(frame)).count(),
        linked: (scanners.len() > 1).then(|| leaks.count(Leak::MaskLinkable)),
        into_the_void: leaks.count(Leak::AbsentAccessPoint),
    }
}

/// Whether it carries the UUID that WPS makes out of the permanent address (UUID-E).
fn has_uuid(frame: &Frame) -> bool {
    let mut wps = frame.elements().filter(Element::is_wps);
    wps.any(|element| attributes(&element.body[4..]).any(|kind| kind == UUID_E))
}

const UUID_E: u16 = 0x1047;

/// The kinds of a WPS element's attributes: kind and length, two bytes each, and the value.
fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = u16> {
    std::iter::from_fn(move || {
        let [a, b, c, d, rest @ ..] = bytes else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([*c, *d]));
        bytes = rest.get(length..).unwrap_or_default();
        Some(u16::from_be_bytes([*a, *b]))
    })
}

/// Seconds from the access point's return to the first authentication frame.
pub fn back_online(evidence: &Evidence) -> Vec<f64> {
    let outages = evidence.verdict.outages.iter();
    let mut times: Vec<f64> = outages.map(|it| it.back_after as f64 / 1e6).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Seconds from the moment at which the signal of the station's access point gets weak until another one
/// has accepted it; infinite if none has by the end.
pub fn roams(story: &Story, evidence: &Evidence) -> Vec<f64> {
    let gets_weak = |step: &Step| match step {
        Step::When(Event::AccessPoint(ap, AccessPointEvent::SendsWith(..0))) => {
            evidence.access_point(ap).ok()
        }
        _ => None,
    };
    let weak = story.lines.iter().filter_map(|line| {
        let span = evidence.span(line.number)?;
        Some((span.start, gets_weak(&line.step)?))
    });
    let granted = |it: &Association| Some((it.granted?, it.bssid));
    let mut granted: Vec<(Micros, Mac)> = evidence
        .verdict
        .associations
        .iter()
        .filter_map(granted)
        .collect();
    granted.sort_unstable();
    let mut times: Vec<f64> = weak
        .filter(|(since, weak)| {
            let mut before = granted.iter().rev();
            before
                .find(|(at, _)| at < since)
                .is_some_and(|(_, bssid)| bssid == weak)
        })
        .map(|(since, weak)| {
            let mut after = granted.iter().filter(|(at, _)| *at >= since);
            let taken = after.find(|(_, bssid)| *bssid != weak);
            taken.map_or(f64::INFINITY, |(at, _)| (at - since) as f64 / 1e6)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times
}
