//! When each address sent what. Memory use is limited: time is divided into columns, whose width doubles
//! when a capture needs more of them.

mod axis;
mod picture;
mod svg;
#[cfg(test)]
mod tests;

use super::capture::Micros;
use super::frame::{Frame, FrameKind};
use macveil_core::types::Mac;

pub use picture::draw;

/// About one per pixel.
const MAX_COLUMNS: u64 = 600;
/// Initial width of a column.
const MIN_COLUMN_WIDTH: Micros = 1000;
/// A longer time comes from a clock that was set.
const MAX_SPAN: Micros = 1 << 62;
/// Maximum number of addresses.
const MAX_LANES: usize = 128;
/// Maximum number of access points among them. There can be many in a town.
const MAX_ACCESS_POINTS: usize = 16;

/// Group of frames with one colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FrameGroup {
    /// A probe request.
    Probe,
    /// Authentication or a request for association.
    Join,
    /// Data or null data.
    Data,
    /// Deauthentication or disassociation.
    Deauthentication,
    /// Anything else, such as a beacon.
    Other,
}

impl FrameGroup {
    /// In the order of the legend.
    const ALL: [Self; 5] = [
        Self::Probe,
        Self::Join,
        Self::Data,
        Self::Deauthentication,
        Self::Other,
    ];

    const fn of(kind: FrameKind) -> Self {
        match kind {
            FrameKind::ProbeRequest => Self::Probe,
            FrameKind::Authentication | FrameKind::AssociationRequest => Self::Join,
            FrameKind::Data(_) => Self::Data,
            FrameKind::Deauthentication => Self::Deauthentication,
            FrameKind::AssociationResponse
            | FrameKind::ProbeResponse
            | FrameKind::Beacon
            | FrameKind::Action
            | FrameKind::Management
            | FrameKind::Control => Self::Other,
        }
    }
}

/// What a probe request discloses that is a leak under every address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Disclosures {
    name: bool,
    wps_or_p2p: bool,
    /// The start of another scan.
    scan: bool,
}

impl Disclosures {
    /// What was disclosed between two values of [`Station::disclosure_counts`](super::Station).
    pub(super) const fn between(before: [u64; 3], after: [u64; 3]) -> Self {
        let [name, wps_or_p2p, scan] = after;
        Self {
            name: name > before[0],
            wps_or_p2p: wps_or_p2p > before[1],
            scan: scan > before[2],
        }
    }

    const fn or(self, other: Self) -> Self {
        Self {
            name: self.name | other.name,
            wps_or_p2p: self.wps_or_p2p | other.wps_or_p2p,
            scan: self.scan | other.scan,
        }
    }
}

/// The context of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observation {
    pub(super) at: Micros,
    pub(super) disclosed: Disclosures,
    /// Its address is in [`KnownAddresses`](super::KnownAddresses).
    pub(super) is_known: bool,
}

/// What an address sent within a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Cell {
    column: u64,
    frames: [u32; FrameGroup::ALL.len()],
    disclosed: Disclosures,
}

impl Cell {
    fn count(&self, group: FrameGroup) -> u32 {
        self.frames.get(group as usize).copied().unwrap_or_default()
    }

    fn all(&self) -> u64 {
        self.frames.iter().copied().map(u64::from).sum()
    }

    fn add(&mut self, other: &Self) {
        for (count, more) in self.frames.iter_mut().zip(other.frames) {
            *count = count.saturating_add(more);
        }
        self.disclosed = self.disclosed.or(other.disclosed);
    }
}

/// What an address sent, in the order of time.
#[derive(Debug)]
struct Lane {
    address: Mac,
    is_access_point: bool,
    /// SSID in its beacons.
    name: Option<Box<[u8]>>,
    cells: Vec<Cell>,
    /// Sent only probe requests without a leak.
    is_plain: bool,
}

impl Lane {
    fn add(&mut self, cell: &Cell) {
        let is_probe = cell.all() == u64::from(cell.count(FrameGroup::Probe));
        self.is_plain &= is_probe && cell.disclosed == Disclosures::default();
        // Clocks can go back, but seldom do.
        let before = self
            .cells
            .iter()
            .rposition(|earlier| earlier.column <= cell.column);
        match before.and_then(|index| self.cells.get_mut(index)) {
            Some(there) if there.column == cell.column => there.add(cell),
            _ => self
                .cells
                .insert(before.map_or(0, |index| index + 1), *cell),
        }
    }

    /// Merges each two columns into one.
    fn widen(&mut self) {
        for cell in &mut self.cells {
            cell.column /= 2;
        }
        self.cells.dedup_by(|later, earlier| {
            let same = later.column == earlier.column;
            if same {
                earlier.add(later);
            }
            same
        });
    }
}

/// The data for a picture.
#[derive(Debug)]
pub struct Timeline {
    begin: Option<Micros>,
    width: Micros,
    /// In the order of their first frames.
    lanes: Vec<Lane>,
    /// Index of each address into `lanes`, sorted by address.
    lane_of: Vec<(Mac, usize)>,
    access_points: usize,
    /// No lane is plain. Only a new lane can change that.
    none_is_plain: bool,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            begin: None,
            width: MIN_COLUMN_WIDTH,
            lanes: Vec::new(),
            lane_of: Vec::new(),
            access_points: 0,
            none_is_plain: false,
        }
    }
}

impl Timeline {
    /// Adds a frame. Time starts with the first one.
    pub(super) fn observe(
        &mut self,
        begin: Micros,
        frame: &Frame,
        by: Mac,
        observation: Observation,
    ) {
        let begin = *self.begin.get_or_insert(begin);
        let passed = observation.at.saturating_sub(begin).min(MAX_SPAN);
        while passed / self.width >= MAX_COLUMNS {
            self.width *= 2;
            self.lanes.iter_mut().for_each(Lane::widen);
        }
        let column = passed / self.width;
        let is_access_point = frame.is_from_access_point();
        let Some(lane) = self.lane(by, is_access_point, observation.is_known) else {
            return;
        };
        let becomes_access_point = is_access_point && !lane.is_access_point;
        lane.is_access_point |= is_access_point;
        if lane.name.is_none() && frame.kind == FrameKind::Beacon {
            lane.name = frame.ssid().map(Into::into);
        }
        let mut cell = Cell {
            column,
            disclosed: observation.disclosed,
            ..Cell::default()
        };
        if let Some(count) = cell.frames.get_mut(FrameGroup::of(frame.kind) as usize) {
            *count = 1;
        }
        lane.add(&cell);
        self.access_points += usize::from(becomes_access_point);
    }

    /// The lane of an address; `None` if the limits leave no room for it.
    fn lane(&mut self, address: Mac, is_access_point: bool, is_known: bool) -> Option<&mut Lane> {
        if let Ok(found) = self.find(address) {
            let (_, place) = *self.lane_of.get(found)?;
            return self.lanes.get_mut(place);
        }
        if is_access_point && self.access_points >= MAX_ACCESS_POINTS && !is_known {
            return None;
        }
        if self.lanes.len() >= MAX_LANES {
            // Replace the oldest address without a leak.
            let place = self.oldest_plain().or(is_known.then_some(0))?;
            self.remove(place);
        }
        if let Err(index) = self.find(address) {
            self.lane_of.insert(index, (address, self.lanes.len()));
        }
        self.lanes.push(Lane {
            address,
            is_access_point: false,
            name: None,
            cells: Vec::new(),
            is_plain: address.is_local(),
        });
        self.none_is_plain = false;
        self.lanes.last_mut()
    }

    fn oldest_plain(&mut self) -> Option<usize> {
        if self.none_is_plain {
            return None;
        }
        let plain = self.lanes.iter().position(|lane| lane.is_plain);
        self.none_is_plain = plain.is_none();
        plain
    }

    fn remove(&mut self, place: usize) {
        let lane = self.lanes.remove(place);
        self.access_points -= usize::from(lane.is_access_point);
        self.lane_of.retain(|(address, _)| *address != lane.address);
        for (_, other) in &mut self.lane_of {
            *other -= usize::from(*other > place);
        }
    }

    fn find(&self, address: Mac) -> Result<usize, usize> {
        self.lane_of.binary_search_by(|entry| entry.0.cmp(&address))
    }
}
