//! The entries of all addresses, found quickly.

use std::collections::BTreeMap;

use super::station::Station;
use macveil_core::types::Mac;

/// Number of addresses that are found without a search. A frame's transmitter is mostly one of few.
const RECENT: usize = 512;

#[derive(Debug)]
pub(super) struct Stations {
    places: BTreeMap<Mac, usize>,
    #[expect(
        clippy::vec_box,
        reason = "entries are large, and the map takes them as they are"
    )]
    entries: Vec<Box<Station>>,
    /// Addresses by their last bits, with their places.
    recent: Vec<Option<(Mac, usize)>>,
}

impl Stations {
    pub(super) fn new() -> Self {
        Self {
            places: BTreeMap::new(),
            entries: Vec::new(),
            recent: vec![None; RECENT],
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&mut self, address: Mac) -> Option<&mut Station> {
        let place = self.place(address)?;
        self.entries.get_mut(place).map(Box::as_mut)
    }

    /// The entry of an address, made if there is none and room for it.
    pub(super) fn entry(&mut self, address: Mac, has_room: bool) -> Option<&mut Station> {
        if has_room && self.place(address).is_none() {
            self.places.insert(address, self.entries.len());
            self.entries.push(Box::default());
        }
        self.get(address)
    }

    fn place(&mut self, address: Mac) -> Option<usize> {
        let [.., high, low] = address.bytes();
        let bits = usize::from(u16::from_be_bytes([high, low]));
        let slot = self.recent.get_mut(bits % RECENT)?;
        match *slot {
            Some((known, place)) if known == address => Some(place),
            _ => {
                let place = *self.places.get(&address)?;
                *slot = Some((address, place));
                Some(place)
            }
        }
    }

    /// All entries, by address.
    pub(super) fn into_map(self) -> BTreeMap<Mac, Box<Station>> {
        let mut entries: Vec<_> = self.entries.into_iter().map(Some).collect();
        let mut entry = |place: usize| entries.get_mut(place).and_then(Option::take);
        let all = self.places.into_iter();
        let mut map = BTreeMap::new();
        map.extend(all.filter_map(|(address, place)| Some((address, entry(place)?))));
        map
    }
}
