//! Decides what is a leak.

use std::collections::BTreeMap;
use std::fmt;

use super::capture::Micros;
use super::crowd::Likeness;
use super::links::{Confidence, LinkedAddresses};
use super::station::{Station, Tally};
use super::{FrameCounts, KnownAddresses};
use macveil_core::types::Mac;

/// Ways in which frames identify a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leak {
    /// A frame with a permanent address that the user specified.
    PermanentAddress,
    /// The user specified none, and the address is globally administered.
    NotRandomised,
    /// A probe request with an assigned address.
    AssignedInProbe,
    /// A probe request with an SSID.
    NetworkNamed,
    /// A probe request with an SSID and an assigned address.
    NamedUnderAssigned,
    /// A probe request with WPS or P2P elements.
    WpsOrP2p,
    /// The address was already used for another scan.
    SeveralScans,
    /// A frame that contains another address of the card.
    OtherAddress,
    /// Data to an access point that the address is not associated with.
    StrayData,
    /// A public action frame with an assigned address to another access point.
    AssignedInQuery,
    /// The address of a station is also that of an access point.
    AccessPoint,
    /// Only a note: a frame that says who the user is.
    Personal,
    /// Only a note: a probe request that a frame of an access point caused.
    RequestedScan,
    /// Only a note: a report of how a signal arrived.
    Beamforming,
    /// Only a note: a probe request with optional elements.
    Fingerprint,
    /// Only a note: the address is globally administered, but not one that the user specified.
    VendorAddress,
}

impl Leak {
    /// All of them, in the order of the output.
    pub const ALL: [Self; 16] = [
        Self::PermanentAddress,
        Self::NotRandomised,
        Self::AssignedInProbe,
        Self::NetworkNamed,
        Self::NamedUnderAssigned,
        Self::WpsOrP2p,
        Self::SeveralScans,
        Self::OtherAddress,
        Self::StrayData,
        Self::AssignedInQuery,
        Self::AccessPoint,
        Self::Personal,
        Self::RequestedScan,
        Self::Beamforming,
        Self::Fingerprint,
        Self::VendorAddress,
    ];

    /// Whether this is a note only.
    #[must_use]
    pub const fn is_note(self) -> bool {
        matches!(
            self,
            Self::Personal
                | Self::RequestedScan
                | Self::Beamforming
                | Self::Fingerprint
                | Self::VendorAddress
        )
    }

    /// The word in JSON.
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
            Self::OtherAddress => "other-address",
            Self::StrayData => "stray-data",
            Self::AssignedInQuery => "assigned-address-in-query",
            Self::AccessPoint => "access-point",
            Self::Personal => "personal",
            Self::RequestedScan => "requested-scan",
            Self::Beamforming => "beamforming",
            Self::Fingerprint => "fingerprint",
            Self::VendorAddress => "vendor-address",
        }
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PermanentAddress => "frame with a permanent address",
            Self::NotRandomised => "frame with an address that is not randomised",
            Self::AssignedInProbe => "probe request with an assigned address",
            Self::NetworkNamed => "probe request with an SSID",
            Self::NamedUnderAssigned => "probe request with an SSID and an assigned address",
            Self::WpsOrP2p => "probe request with a WPS or P2P element",
            Self::SeveralScans => "address reused for another scan",
            Self::OtherAddress => "frame that contains another address of the card",
            Self::StrayData => "data to an access point without an association",
            Self::AssignedInQuery => "query with an assigned address to another access point",
            Self::AccessPoint => "access point with the address of a station",
            Self::Personal => "frame with a name of the user or machine",
            Self::RequestedScan => "probe request that an access point caused",
            Self::Beamforming => "beamforming report",
            Self::Fingerprint => "probe request with optional elements",
            Self::VendorAddress => "frame with a globally administered address",
        })
    }
}

/// A leak or note about one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeakFinding {
    /// The leak.
    pub leak: Leak,
    /// Number of occurrences, and the first one.
    pub tally: Tally,
}

/// A station and its findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationReport {
    /// Its address.
    pub address: Mac,
    /// What it sent.
    pub station: Station,
    /// Its leaks and notes.
    pub findings: Vec<LeakFinding>,
    /// The number of the card that linked addresses belong to.
    pub card: usize,
    /// How many cards look the same, if it sent probe requests.
    pub likeness: Option<Likeness>,
}

impl StationReport {
    /// Whether any finding is a leak.
    #[must_use]
    pub fn leaks(&self) -> bool {
        self.findings.iter().any(|finding| !finding.leak.is_note())
    }
}

/// The result of an audit.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Numbers of frames.
    pub counts: FrameCounts,
    /// Stations, ordered by their first frame.
    pub stations: Vec<StationReport>,
    /// Number of access points.
    pub access_points: usize,
    /// Addresses that belong to one card.
    pub links: Vec<LinkedAddresses>,
    /// Whether likely links are leaks, too.
    pub is_strict: bool,
}

impl Verdict {
    /// Whether there is any leak.
    #[must_use]
    pub fn leaks(&self) -> bool {
        self.links.iter().any(|link| self.is_leak(link))
            || self.stations.iter().any(StationReport::leaks)
    }

    /// Whether a limit kept a part of the capture from being examined.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.counts.ignored > 0 || self.stations.iter().any(|it| it.station.is_incomplete)
    }

    /// Whether a link is a leak: it is certain, or all count.
    #[must_use]
    pub fn is_leak(&self, link: &LinkedAddresses) -> bool {
        self.is_strict || link.confidence == Confidence::Certain
    }

    /// Number of links of this confidence.
    #[must_use]
    pub fn links_that_are(&self, confidence: Confidence) -> usize {
        let links = self.links.iter();
        links.filter(|link| link.confidence == confidence).count()
    }

    /// Time between the first and the last packet.
    #[must_use]
    pub fn lasted(&self) -> Micros {
        self.counts.span.map_or(0, |(first, last)| last - first)
    }

    /// Number of occurrences of a leak, and of addresses with it.
    #[must_use]
    pub fn total(&self, leak: Leak) -> (u64, usize) {
        let all = self.stations.iter().flat_map(|report| &report.findings);
        let counts = all
            .filter(|finding| finding.leak == leak)
            .map(|finding| finding.tally.count);
        counts.fold((0, 0), |(sum, addresses), count| {
            (sum + count, addresses + 1)
        })
    }
}

pub(super) fn reach(
    known: &KnownAddresses,
    counts: FrameCounts,
    stations: BTreeMap<Mac, Box<Station>>,
) -> Verdict {
    let access_points = stations.values().filter(|it| it.is_access_point()).count();
    let others = stations.into_iter().filter(|(address, station)| {
        let is_known = known.permanent.contains(address) || known.assigned.contains(address);
        !station.is_access_point() || is_known || station.associations > 0
    });
    let mut judged: Vec<_> = others
        .map(|(address, station)| StationReport {
            address,
            findings: findings(address, &station, known),
            station: *station,
            card: 0,
            likeness: None,
        })
        .filter(|report| report.station.is_station() || !report.findings.is_empty())
        .collect();
    judged.sort_unstable_by_key(|report| (report.station.any.first, report.address));
    Verdict {
        counts,
        stations: judged,
        access_points,
        links: Vec::new(),
        is_strict: false,
    }
}

fn findings(address: Mac, station: &Station, known: &KnownAddresses) -> Vec<LeakFinding> {
    let if_so = |holds: bool, tally: Tally| if holds { tally } else { Tally::default() };
    let permanent = known.permanent.contains(&address);
    let assigned = known.assigned.contains(&address) || station.is_associated();
    let is_hotspot = station.is_access_point() && !permanent;
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
        Leak::OtherAddress => station.naming_others,
        Leak::StrayData => station.stray_data,
        Leak::AssignedInQuery => if_so(assigned, station.queries),
        Leak::AccessPoint => if_so(assigned, station.as_access_point),
        Leak::Personal => station.personal,
        Leak::RequestedScan => station.requested,
        Leak::Beamforming => station.beamforming,
        Leak::Fingerprint => station.rich,
    };
    let findings = Leak::ALL.map(|leak| LeakFinding {
        leak,
        tally: tally(leak),
    });
    let found = findings
        .into_iter()
        .filter(|finding| finding.tally.count > 0)
        // Access points are not judged otherwise.
        .filter(|finding| !is_hotspot || finding.leak == Leak::AccessPoint);
    found.collect()
}
