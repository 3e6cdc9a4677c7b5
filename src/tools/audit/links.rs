//! Addresses that belong to one card, and what gives it away.

use std::collections::BTreeMap;

use super::capture::Micros;
use super::station::{Moment, Station};
use macveil_core::types::Mac;

/// Two addresses of one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The address that came first.
    pub earlier: Mac,
    /// The other.
    pub later: Mac,
    /// When the other came.
    pub moment: Moment,
    /// What gives it away.
    pub reason: Reason,
}

impl Link {
    pub(super) const fn new(earlier: Mac, later: Mac, moment: Moment, reason: Reason) -> Self {
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
pub enum Reason {
    /// Probe requests go on counting, so many numbers later.
    CountsOn {
        /// How many.
        gap: u16,
    },
    /// Probe requests have the same UUID of WPS.
    SameUuid([u8; 16]),
    /// They name the same network, one soon after the other.
    SameName(Box<[u8]>),
    /// They have the same elements beyond the minimum, one soon after the other.
    SameContent(u64),
}

/// Others may have come into range since.
const SOON: Micros = 600_000_000;

/// Links by what probe requests say.
pub(super) fn by_content(stations: &BTreeMap<Mac, Station>) -> Vec<Link> {
    let mut said: Vec<(Reason, Moment, Micros, Mac)> = Vec::new();
    for (address, station) in stations {
        let Some(first) = station.probes.first.filter(|_| !station.is_access_point()) else {
            continue;
        };
        let uuids = station.uuids.iter().map(|it| Reason::SameUuid(*it));
        let names = station.names.iter().map(|it| Reason::SameName(it.clone()));
        let contents = station.contents.iter().map(|it| Reason::SameContent(*it));
        let reasons = uuids.chain(names).chain(contents);
        said.extend(reasons.map(|reason| (reason, first, station.last_probe(), *address)));
    }
    said.sort_unstable();
    let mut links = Vec::new();
    for pair in said.windows(2) {
        let [(reason, _, last, earlier), (same, first, _, later)] = pair else {
            continue;
        };
        let soon = *last..=last.saturating_add(SOON);
        let unique = matches!(reason, Reason::SameUuid(_));
        if reason == same && (unique || soon.contains(&first.at)) {
            links.push(Link::new(*earlier, *later, *first, reason.clone()));
        }
    }
    links.sort_by_key(|link| (link.moment, link.earlier));
    links
}
