//! Selects the addresses to draw and labels them.

use std::fmt::Write as _;

use super::super::{Cell, Disclosures, FrameGroup, Lane, Timeline};
use crate::tools::audit::{Leak, StationReport, Verdict};
use macveil_core::types::Mac;

/// Maximum number of stations in a picture.
const MAX_STATIONS: usize = 64;
const MAX_ACCESS_POINTS: usize = 6;
/// Maximum length of a label.
const MAX_CHARACTERS: usize = 36;

/// An address in the picture.
pub(super) struct Row<'a> {
    pub(super) address: Mac,
    pub(super) lane: &'a Lane,
    /// Its label, word by word.
    words: Vec<String>,
    pub(super) leaks: bool,
    found: Vec<Leak>,
}

impl Row<'_> {
    /// The whole label.
    pub(super) fn all_words(&self) -> String {
        self.words.join(", ")
    }

    /// The label, shortened to the available width.
    pub(super) fn few_words(&self) -> String {
        let Some((first, others)) = self.words.split_first() else {
            return String::new();
        };
        let mut text = first.clone();
        for (index, word) in others.iter().enumerate() {
            if text.len() + word.len() > MAX_CHARACTERS {
                let _ = write!(text, ", +{}", others.len() - index);
                break;
            }
            text.push_str(", ");
            text.push_str(word);
        }
        text
    }

    /// Number of frames in a cell that leaks; `None` if it does not.
    pub(super) fn leaking(&self, cell: &Cell) -> Option<u64> {
        let Disclosures {
            name,
            wps_or_p2p,
            scan,
        } = cell.disclosed;
        let leaks = self.found.iter().any(|leak| match leak {
            Leak::PermanentAddress | Leak::NotRandomised => true,
            Leak::AssignedInProbe => cell.count(FrameGroup::Probe) > 0,
            Leak::NetworkNamed | Leak::NamedUnderAssigned => name,
            Leak::WpsOrP2p => wps_or_p2p,
            Leak::SeveralScans => scan,
            Leak::OtherAddress
            | Leak::StrayData
            | Leak::AssignedInQuery
            | Leak::AccessPoint
            | Leak::Personal
            | Leak::RequestedScan
            | Leak::Beamforming
            | Leak::Fingerprint
            | Leak::VendorAddress => false,
        });
        leaks.then(|| {
            FrameGroup::ALL
                .iter()
                .map(|group| u64::from(cell.count(*group)))
                .sum()
        })
    }
}

/// Access points first, then leaking stations, then the others, each in the order of their first frames.
/// Also returns the number of stations that are left out.
pub(super) fn choose<'a>(verdict: &Verdict, timeline: &'a Timeline) -> (Vec<Row<'a>>, usize) {
    let mut rows = access_points(verdict, timeline);
    let stations = rows.len();
    let mut plain = Vec::new();
    for judged in &verdict.stations {
        let lane = timeline
            .lanes
            .iter()
            .find(|lane| lane.address == judged.address);
        if let Some(lane) = lane {
            let row = station(judged, lane, verdict);
            if row.leaks {
                rows.push(row);
            } else {
                plain.push(row);
            }
        }
    }
    rows.truncate(stations + MAX_STATIONS);
    for row in plain {
        if rows.len() < stations + MAX_STATIONS {
            rows.push(row);
        }
    }
    let drawn = rows.len() - stations;
    (rows, verdict.stations.len() - drawn)
}

fn station<'a>(judged: &StationReport, lane: &'a Lane, verdict: &Verdict) -> Row<'a> {
    let address = judged.address;
    let links = verdict.links.iter().filter(|link| verdict.is_leak(link));
    let linked = links.fold(false, |linked, link| {
        linked || link.earlier == address || link.later == address
    });
    Row {
        address,
        lane,
        words: words(judged, linked),
        leaks: judged.leaks() || linked,
        found: judged.findings.iter().map(|finding| finding.leak).collect(),
    }
}

fn access_points<'a>(verdict: &Verdict, timeline: &'a Timeline) -> Vec<Row<'a>> {
    let is_station = |lane: &Lane| {
        verdict
            .stations
            .iter()
            .any(|station| station.address == lane.address)
    };
    let mut rows = Vec::new();
    for lane in timeline.lanes.iter().filter(|lane| lane.is_access_point) {
        if rows.len() < MAX_ACCESS_POINTS && !is_station(lane) {
            rows.push(Row {
                address: lane.address,
                lane,
                words: vec![match &lane.name {
                    Some(name) => format!("access point \"{}\"", shown(name)),
                    None => "access point".to_owned(),
                }],
                leaks: false,
                found: Vec::new(),
            });
        }
    }
    rows
}

fn words(judged: &StationReport, linked: bool) -> Vec<String> {
    let found = judged.findings.iter().map(|finding| finding.leak);
    let leaks = found.filter(|leak| !leak.is_note() && *leak != Leak::NamedUnderAssigned);
    let mut words: Vec<_> = leaks.map(|leak| leak.word().replace('-', " ")).collect();
    if linked {
        words.push("linked to another address".to_owned());
    }
    if words.is_empty() && judged.station.is_associated() {
        words.push("associated".to_owned());
    }
    words
}

/// The first characters of an SSID.
fn shown(name: &[u8]) -> String {
    name.escape_ascii().take(20).map(char::from).collect()
}
