//! What each address did when, in memory that does not grow with the capture: time is kept in columns,
//! which get twice as wide whenever there are not enough of them.

mod axis;
mod picture;
mod svg;
#[cfg(test)]
mod tests;

use super::capture::Micros;
use super::frame::{Frame, Kind};
use macveil_core::types::Mac;

pub use picture::draw;

/// So many columns there are at most, which is about one a pixel.
const COLUMNS: u64 = 600;
/// How wide the first ones are.
const NARROWEST: Micros = 1000;
/// Only clocks that jump take longer.
const LONGEST: Micros = 1 << 62;
/// So many addresses are followed at once.
const MOST_LANES: usize = 128;
/// Of them access points, which are many in a town.
const MOST_ACCESS_POINTS: usize = 16;

/// What a frame is in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// A probe request.
    Probe,
    /// Authentication or a request for association.
    Join,
    /// Data, or a keep-alive.
    Data,
    /// The end of an association.
    Goodbye,
    /// Anything else, such as a beacon.
    Other,
}

impl Act {
    /// In the order of the legend.
    const ALL: [Self; 5] = [
        Self::Probe,
        Self::Join,
        Self::Data,
        Self::Goodbye,
        Self::Other,
    ];

    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::ProbeRequest => Self::Probe,
            Kind::Authentication | Kind::AssociationRequest => Self::Join,
            Kind::Data(_) => Self::Data,
            Kind::Goodbye => Self::Goodbye,
            Kind::AssociationResponse
            | Kind::ProbeResponse
            | Kind::Beacon
            | Kind::Management
            | Kind::Control => Self::Other,
        }
    }
}

/// What a probe request gives away, whoever sends it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Given {
    name: bool,
    wps_or_p2p: bool,
    /// It begins another scan.
    scan: bool,
}

impl Given {
    /// What a station gives away that it did not before.
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

/// What is known of a frame beside what it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) at: Micros,
    pub(super) given: Given,
    /// Somebody asked about its address.
    pub(super) is_known: bool,
}

/// What an address sent within a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Cell {
    column: u64,
    frames: [u32; Act::ALL.len()],
    given: Given,
}

impl Cell {
    fn count(&self, act: Act) -> u32 {
        self.frames.get(act as usize).copied().unwrap_or_default()
    }

    fn all(&self) -> u64 {
        self.frames.iter().copied().map(u64::from).sum()
    }

    fn add(&mut self, other: &Self) {
        for (count, more) in self.frames.iter_mut().zip(other.frames) {
            *count = count.saturating_add(more);
        }
        self.given = self.given.or(other.given);
    }
}

/// What an address sent, in the order of time.
#[derive(Debug)]
struct Lane {
    address: Mac,
    is_access_point: bool,
    /// The network that it says it is of.
    name: Option<Box<[u8]>>,
    cells: Vec<Cell>,
    /// It has done nothing but look around without a word.
    is_plain: bool,
}

impl Lane {
    fn add(&mut self, cell: &Cell) {
        let is_probe = cell.all() == cell.count(Act::Probe).into();
        self.is_plain &= is_probe && cell.given == Given::default();
        // Clocks may go back, but seldom do.
        let before = self.cells.iter().rposition(|it| it.column <= cell.column);
        match before.and_then(|index| self.cells.get_mut(index)) {
            Some(there) if there.column == cell.column => there.add(cell),
            _ => self.cells.insert(before.map_or(0, |it| it + 1), *cell),
        }
    }

    /// Every two columns become one.
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

/// What each address did when.
#[derive(Debug)]
pub struct Timeline {
    begin: Option<Micros>,
    width: Micros,
    /// In the order of their first frames.
    lanes: Vec<Lane>,
    /// Where the lane of an address is, in the order of addresses.
    places: Vec<(Mac, usize)>,
    access_points: usize,
    /// No lane is plain, and none becomes so again.
    none_is_plain: bool,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            begin: None,
            width: NARROWEST,
            lanes: Vec::new(),
            places: Vec::new(),
            access_points: 0,
            none_is_plain: false,
        }
    }
}

impl Timeline {
    /// Takes in a frame. Time begins with the first.
    pub(super) fn see(&mut self, begin: Micros, frame: &Frame, by: Mac, seen: Seen) {
        let begin = *self.begin.get_or_insert(begin);
        let passed = seen.at.saturating_sub(begin).min(LONGEST);
        while passed / self.width >= COLUMNS {
            self.width *= 2;
            self.lanes.iter_mut().for_each(Lane::widen);
        }
        let column = passed / self.width;
        let is_access_point = frame.is_from_access_point();
        let Some(lane) = self.lane(by, is_access_point, seen.is_known) else {
            return;
        };
        let becomes_access_point = is_access_point && !lane.is_access_point;
        lane.is_access_point |= is_access_point;
        if lane.name.is_none() && frame.kind == Kind::Beacon {
            lane.name = frame.ssid().map(Into::into);
        }
        let mut cell = Cell {
            column,
            given: seen.given,
            ..Cell::default()
        };
        if let Some(count) = cell.frames.get_mut(Act::of(frame.kind) as usize) {
            *count = 1;
        }
        lane.add(&cell);
        self.access_points += usize::from(becomes_access_point);
    }

    /// The lane of an address, if there is room for one.
    fn lane(&mut self, address: Mac, is_access_point: bool, is_known: bool) -> Option<&mut Lane> {
        if let Ok(found) = self.find(address) {
            let (_, place) = *self.places.get(found)?;
            return self.lanes.get_mut(place);
        }
        if is_access_point && self.access_points >= MOST_ACCESS_POINTS && !is_known {
            return None;
        }
        if self.lanes.len() >= MOST_LANES {
            // The oldest that has given nothing away makes room.
            let place = self.oldest_plain().or(is_known.then_some(0))?;
            self.remove(place);
        }
        if let Err(index) = self.find(address) {
            self.places.insert(index, (address, self.lanes.len()));
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
        let plain = self.lanes.iter().position(|it| it.is_plain);
        self.none_is_plain = plain.is_none();
        plain
    }

    fn remove(&mut self, place: usize) {
        let lane = self.lanes.remove(place);
        self.access_points -= usize::from(lane.is_access_point);
        self.places.retain(|(address, _)| *address != lane.address);
        for (_, other) in &mut self.places {
            *other -= usize::from(*other > place);
        }
    }

    fn find(&self, address: Mac) -> Result<usize, usize> {
        self.places.binary_search_by(|it| it.0.cmp(&address))
    }
}
