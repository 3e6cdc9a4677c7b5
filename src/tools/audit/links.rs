//! Addresses that belong to one card, and the reason.

use std::collections::BTreeMap;

use super::capture::Micros;
use super::station::{Moment, Station};
use macveil_core::types::Mac;

/// Two addresses that belong to one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedAddresses {
    /// The address that was used first.
    pub earlier: Mac,
    /// The address that was used next.
    pub later: Mac,
    /// First use of `later`.
    pub moment: Moment,
    /// Why both belong to one card.
    pub reason: LinkReason,
}

impl LinkedAddresses {
    pub(super) const fn new(earlier: Mac, later: Mac, moment: Moment, reason: LinkReason) -> Self {
        Self {
            earlier,
            later,
            moment,
            reason,
        }
    }
}

/// Why two addresses belong to one card.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkReason {
    /// The sequence numbers of the probe requests continue.
    CountsOn {
        /// Difference between the last number of the one and the first of the other.
        gap: u16,
    },
    /// The probe requests have the same WPS UUID.
    SameUuid([u8; 16]),
    /// The probe requests have the same SSID, with a short time between.
    SameName(Box<[u8]>),
    /// The probe requests have the same optional elements (as a hash), with a short time between.
    SameContent(u64),
}

/// Maximum time between two addresses with the same SSID or elements. Later it may be another card.
const MAX_LINK_GAP: Micros = 600_000_000;

/// Links addresses whose probe requests have the same content.
pub(super) fn by_content(stations: &BTreeMap<Mac, Station>) -> Vec<LinkedAddresses> {
    let mut said: Vec<(LinkReason, Moment, Micros, Mac)> = Vec::new();
    for (address, station) in stations {
        let Some(first) = station.probes.first.filter(|_| !station.is_access_point()) else {
            continue;
        };
        let uuids = station.uuids.iter().map(|uuid| LinkReason::SameUuid(*uuid));
        let names = station
            .names
            .iter()
            .map(|name| LinkReason::SameName(name.clone()));
        let contents = station
            .contents
            .iter()
            .map(|hash| LinkReason::SameContent(*hash));
        let reasons = uuids.chain(names).chain(contents);
        said.extend(reasons.map(|reason| (reason, first, station.last_probe(), *address)));
    }
    said.sort_unstable();
    let mut links = Vec::new();
    for pair in said.windows(2) {
        let [(reason, _, last, earlier), (same, first, _, later)] = pair else {
            continue;
        };
        let soon = *last..=last.saturating_add(MAX_LINK_GAP);
        let unique = matches!(reason, LinkReason::SameUuid(_));
        if reason == same && (unique || soon.contains(&first.at)) {
            links.push(LinkedAddresses::new(
                *earlier,
                *later,
                *first,
                reason.clone(),
            ));
        }
    }
    links.sort_by_key(|link| (link.moment, link.earlier));
    links
}
