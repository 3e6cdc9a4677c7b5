//! What of all that was heard is a leak.

use std::collections::BTreeMap;
use std::fmt;

use super::capture::Micros;
use super::links::Link;
use super::station::{Station, Tally};
use super::{Counts, Known};
use macveil_core::types::Mac;

/// The ways in which a station gives itself away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leak {
    /// A frame under an address of hardware that was named.
    PermanentAddress,
    /// None was named, and the address is one as vendors give it.
    NotRandomised,
    /// A probe request under the address of an association.
    AssignedInProbe,
    /// A probe request names a network.
    NetworkNamed,
    /// It does so under the address of an association.
    NamedUnderAssigned,
    /// A probe request has elements of WPS or P2P.
    WpsOrP2p,
    /// An address is kept over several scans.
    SeveralScans,
    /// Not a leak by itself: a probe request says more than it needs to.
    Fingerprint,
    /// Not a leak by itself: other permanent addresses were named, but this one may be one.
    VendorAddress,
}

impl Leak {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::PermanentAddress,
        Self::NotRandomised,
        Self::AssignedInProbe,
        Self::NetworkNamed,
        Self::NamedUnderAssigned,
        Self::WpsOrP2p,
        Self::SeveralScans,
        Self::Fingerprint,
        Self::VendorAddress,
    ];

    /// Whether it is only worth a note.
    #[must_use]
    pub const fn is_note(self) -> bool {
        matches!(self, Self::Fingerprint | Self::VendorAddress)
    }

    /// For programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::PermanentAddress => "permanent-address",
            Self::NotRandomised => "not-randomised",
            Self::AssignedInProbe => "assigned-address-in-probe",
            Self::NetworkNamed => "network-named",
            Self::NamedUnderAssigned => "network-named-under-assigned-address",
            Self::WpsOrP2p => "wps-or-p2p",
            Self::SeveralScans => "several-scans",
            Self::Fingerprint => "fingerprint",
            Self::VendorAddress => "vendor-address",
        }
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PermanentAddress => "frame under a permanent address",
            Self::NotRandomised => "frame under an address that is not randomised",
            Self::AssignedInProbe => "probe request under the address of an association",
            Self::NetworkNamed => "probe request naming a network",
            Self::NamedUnderAssigned => "network named under the address of an association",
            Self::WpsOrP2p => "WPS or P2P element in a probe request",
            Self::SeveralScans => "address kept for another scan",
            Self::Fingerprint => "probe request of more than minimal content",
            Self::VendorAddress => "frame under an address as vendors give it",
        })
    }
}

/// A leak of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub leak: Leak,
    /// How often, and when first.
    pub tally: Tally,
}

/// A station and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Under which address.
    pub address: Mac,
    /// What it sent.
    pub station: Station,
    /// What it gave away.
    pub findings: Vec<Finding>,
}

impl Judged {
    /// Whether anything found is a leak.
    #[must_use]
    pub fn leaks(&self) -> bool {
        self.findings.iter().any(|it| !it.leak.is_note())
    }
}

/// All that was found out.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// How much of the capture was of use.
    pub counts: Counts,
    /// Stations in the order of their first frames.
    pub stations: Vec<Judged>,
    /// How many access points there were.
    pub access_points: usize,
    /// Addresses that belong to one card.
    pub links: Vec<Link>,
}

impl Verdict {
    /// Whether there is any leak.
    #[must_use]
    pub fn leaks(&self) -> bool {
        !self.links.is_empty() || self.stations.iter().any(Judged::leaks)
    }

    /// From the first packet to the last.
    #[must_use]
    pub fn lasted(&self) -> Micros {
        self.counts.span.map_or(0, |(first, last)| last - first)
    }

    /// How often a leak was found, and under how many addresses.
    #[must_use]
    pub fn total(&self, leak: Leak) -> (u64, usize) {
        let all = self.stations.iter().flat_map(|it| &it.findings);
        let counts = all.filter(|it| it.leak == leak).map(|it| it.tally.count);
        counts.fold((0, 0), |(sum, addresses), it| (sum + it, addresses + 1))
    }
}

pub(super) fn reach(
    known: &Known,
    counts: Counts,
    stations: BTreeMap<Mac, Station>,
    links: Vec<Link>,
) -> Verdict {
    let is_access_point =
        |it: &(Mac, Station)| it.1.is_access_point() && !known.permanent.contains(&it.0);
    let (access_points, others): (Vec<_>, Vec<_>) = stations.into_iter().partition(is_access_point);
    let mut judged: Vec<_> = others
        .into_iter()
        .map(|(address, station)| Judged {
            address,
            findings: findings(address, &station, known),
            station,
        })
        .filter(|it| it.station.is_station() || !it.findings.is_empty())
        .collect();
    judged.sort_by_key(|it| (it.station.any.first, it.address));
    Verdict {
        counts,
        stations: judged,
        access_points: access_points.len(),
        links,
    }
}

fn findings(address: Mac, station: &Station, known: &Known) -> Vec<Finding> {
    let if_so = |holds: bool, tally: Tally| if holds { tally } else { Tally::default() };
    let permanent = known.permanent.contains(&address);
    let assigned = known.assigned.contains(&address) || station.is_associated();
    let from_vendor = !permanent && !address.is_local() && station.is_station();
    let unnamed = known.permanent.is_empty();
    let tally = |leak| match leak {
        Leak::PermanentAddress => if_so(permanent, station.any),
        Leak::NotRandomised => if_so(from_vendor && unnamed, station.any),
        Leak::VendorAddress => if_so(from_vendor && !unnamed, station.any),
        Leak::AssignedInProbe => if_so(assigned, station.probes),
        Leak::NetworkNamed => station.naming,
        Leak::NamedUnderAssigned => if_so(assigned, station.naming),
        Leak::WpsOrP2p => station.wps_or_p2p,
        Leak::SeveralScans => if_so(!assigned && !permanent, station.more_scans),
        Leak::Fingerprint => station.rich,
    };
    let findings = Leak::ALL.map(|leak| Finding {
        leak,
        tally: tally(leak),
    });
    let found = findings.into_iter().filter(|it| it.tally.count > 0);
    found.collect()
}
