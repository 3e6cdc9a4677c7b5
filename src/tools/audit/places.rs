//! What links the stations of two captures.

use std::collections::BTreeMap;

use super::links::{self, Confidence, LinkReason, LinkedAddresses};
use super::verdict::{StationReport, Verdict};

/// Links between addresses of one capture and addresses of another one, taken at another place or time.
///
/// Values that several cards of one capture share link nothing.
#[must_use]
pub fn between(one: &Verdict, other: &Verdict) -> Vec<LinkedAddresses> {
    let (here, there) = (said(one), said(other));
    let mut links = Vec::new();
    for (reason, earlier) in &here {
        let Some(later) = there.get(reason) else {
            continue;
        };
        let confidence = match reason {
            LinkReason::SameAddress => Confidence::Certain,
            LinkReason::SameIdentifier(value) if !value.is_ambiguous() => Confidence::Certain,
            _ => Confidence::Likely,
        };
        if confidence == Confidence::Likely && (earlier.cards > 1 || later.cards > 1) {
            continue;
        }
        links.extend(link(
            earlier.report,
            later.report,
            reason.clone(),
            confidence,
        ));
    }
    let mut theirs = BTreeMap::new();
    theirs.extend(other.stations.iter().map(|it| (it.address, it)));
    for report in &one.stations {
        if let Some(same) = theirs.get(&report.address) {
            let certain = Confidence::Certain;
            links.extend(link(report, same, LinkReason::SameAddress, certain));
        }
    }
    links::sort(&mut links, links::Order::CertainFirst);
    links
}

/// Who says something, first.
struct Sender<'a> {
    report: &'a StationReport,
    cards: u32,
}

fn said(verdict: &Verdict) -> BTreeMap<LinkReason, Sender<'_>> {
    let mut said: BTreeMap<LinkReason, Sender> = BTreeMap::new();
    for report in &verdict.stations {
        let station = &report.station;
        let identifiers = station.identifiers.iter().cloned();
        let names = station.names.iter().cloned();
        let contents = station.contents.iter().copied();
        let reasons = identifiers
            .map(LinkReason::SameIdentifier)
            .chain(names.map(LinkReason::SameName))
            .chain(contents.map(LinkReason::SameContent));
        for reason in reasons {
            let sender = said.entry(reason).or_insert(Sender { report, cards: 1 });
            sender.cards += u32::from(sender.report.card != report.card);
        }
    }
    said
}

fn link(
    earlier: &StationReport,
    later: &StationReport,
    reason: LinkReason,
    confidence: Confidence,
) -> Option<LinkedAddresses> {
    Some(LinkedAddresses {
        earlier: earlier.address,
        later: later.address,
        moment: later.station.any.first?,
        reason,
        confidence,
    })
}
