//! Which addresses are drawn, and what is said of each.

use std::fmt::Write as _;

use super::super::{Act, Cell, Given, Lane, Timeline};
use crate::tools::audit::{Judged, Leak, Verdict};
use macveil_core::types::Mac;

/// More stations than that nobody looks at.
const MOST: usize = 64;
const MOST_ACCESS_POINTS: usize = 6;
/// Longer words of an address have no room.
const MOST_CHARACTERS: usize = 36;

/// An address that is drawn.
pub(super) struct Row<'a> {
    pub(super) address: Mac,
    pub(super) lane: &'a Lane,
    /// What is known of it.
    words: Vec<String>,
    pub(super) leaks: bool,
    found: Vec<Leak>,
}

impl Row<'_> {
    /// All that is known of it.
    pub(super) fn all_words(&self) -> String {
        self.words.join(", ")
    }

    /// As much of it as there is room for.
    pub(super) fn few_words(&self) -> String {
        let Some((first, others)) = self.words.split_first() else {
            return String::new();
        };
        let mut text = first.clone();
        for (index, word) in others.iter().enumerate() {
            if text.len() + word.len() > MOST_CHARACTERS {
                let _ = write!(text, ", +{}", others.len() - index);
                break;
            }
            text.push_str(", ");
            text.push_str(word);
        }
        text
    }

    /// Whether anything in it is a leak, now that all is known; how many frames then.
    pub(super) fn leaking(&self, cell: &Cell) -> Option<u64> {
        let Given {
            name,
            wps_or_p2p,
            scan,
        } = cell.given;
        let leaks = self.found.iter().any(|leak| match leak {
            Leak::PermanentAddress | Leak::NotRandomised => true,
            Leak::AssignedInProbe => cell.count(Act::Probe) > 0,
            Leak::NetworkNamed | Leak::NamedUnderAssigned => name,
            Leak::WpsOrP2p => wps_or_p2p,
            Leak::SeveralScans => scan,
            Leak::Fingerprint | Leak::VendorAddress => false,
        });
        leaks.then(|| Act::ALL.iter().map(|act| u64::from(cell.count(*act))).sum())
    }
}

/// Access points first, then stations as they came; those that leak have precedence. And how many stations
/// are left out.
pub(super) fn choose<'a>(verdict: &Verdict, timeline: &'a Timeline) -> (Vec<Row<'a>>, usize) {
    let mut rows = access_points(verdict, timeline);
    let stations = rows.len();
    let mut plain = Vec::new();
    for judged in &verdict.stations {
        let lane = timeline
            .lanes
            .iter()
            .find(|it| it.address == judged.address);
        if let Some(lane) = lane {
            let row = station(judged, lane, verdict);
            if row.leaks {
                rows.push(row);
            } else {
                plain.push(row);
            }
        }
    }
    rows.truncate(stations + MOST);
    for row in plain {
        if rows.len() < stations + MOST {
            rows.push(row);
        }
    }
    let drawn = rows.len() - stations;
    (rows, verdict.stations.len() - drawn)
}

fn station<'a>(judged: &Judged, lane: &'a Lane, verdict: &Verdict) -> Row<'a> {
    let address = judged.address;
    let mut links = verdict.links.iter();
    let linked = links.any(|it| it.earlier == address || it.later == address);
    Row {
        address,
        lane,
        words: words(judged, linked),
        leaks: judged.leaks() || linked,
        found: judged.findings.iter().map(|it| it.leak).collect(),
    }
}

fn access_points<'a>(verdict: &Verdict, timeline: &'a Timeline) -> Vec<Row<'a>> {
    let is_station = |it: &Lane| {
        verdict
            .stations
            .iter()
            .any(|station| station.address == it.address)
    };
    let mut rows = Vec::new();
    for lane in timeline.lanes.iter().filter(|it| it.is_access_point) {
        if rows.len() < MOST_ACCESS_POINTS && !is_station(lane) {
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

fn words(judged: &Judged, linked: bool) -> Vec<String> {
    let found = judged.findings.iter().map(|it| it.leak);
    let leaks = found.filter(|it| !it.is_note() && *it != Leak::NamedUnderAssigned);
    let mut words: Vec<_> = leaks.map(|it| it.word().replace('-', " ")).collect();
    if linked {
        words.push("linked to another".to_owned());
    }
    if words.is_empty() && judged.station.is_associated() {
        words.push("associated".to_owned());
    }
    words
}

/// The beginning of a network's name.
fn shown(name: &[u8]) -> String {
    name.escape_ascii().take(20).map(char::from).collect()
}
