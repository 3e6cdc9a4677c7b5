//! Which addresses are one card, and how many cards look the same.

use std::collections::{BTreeMap, BTreeSet};

use super::links::LinkedAddresses;
use super::verdict::StationReport;

/// How many cards' probe requests look like those of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Likeness {
    /// Other cards that send the same elements.
    pub others: u32,
    /// All cards that send probe requests.
    pub cards: u32,
}

impl Likeness {
    /// What the elements reveal: with one bit, half of the cards look different.
    #[must_use]
    pub fn bits(self) -> f64 {
        (f64::from(self.cards.max(1)) / f64::from(self.others + 1))
            .log2()
            .max(0.0)
    }
}

/// Tells the card of each station, and how many look the same.
pub(super) fn compare(stations: &mut [StationReport], links: &[LinkedAddresses]) {
    let cards = cards(stations, links);
    let mut senders: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
    let mut all = BTreeSet::new();
    for (report, card) in stations.iter().zip(&cards) {
        for content in report.station.looks() {
            senders.entry(*content).or_default().insert(*card);
            all.insert(*card);
        }
    }
    for (report, card) in stations.iter_mut().zip(&cards) {
        report.card = *card;
        let contents = report.station.looks().iter();
        let alike = contents.filter_map(|content| senders.get(content));
        // Each content narrows it down.
        let others = alike.map(|cards| cards.len().saturating_sub(1)).min();
        report.likeness = others.map(|others| Likeness {
            others: u32::try_from(others).unwrap_or(u32::MAX),
            cards: u32::try_from(all.len()).unwrap_or(u32::MAX),
        });
    }
}

/// The number of each station's card.
fn cards(stations: &[StationReport], links: &[LinkedAddresses]) -> Vec<usize> {
    let mut places = BTreeMap::new();
    places.extend(stations.iter().map(|it| it.address).zip(0..));
    let mut cards: Vec<usize> = (0..stations.len()).collect();
    let first = |cards: &[usize], mut place: usize| {
        while let Some(&card) = cards.get(place).filter(|card| **card != place) {
            place = card;
        }
        place
    };
    for link in links {
        if let (Some(one), Some(other)) = (places.get(&link.earlier), places.get(&link.later)) {
            let (one, other) = (first(&cards, *one), first(&cards, *other));
            if let Some(card) = cards.get_mut(one.max(other)) {
                *card = one.min(other);
            }
        }
    }
    for place in 0..cards.len() {
        // Of an earlier place, which is done.
        if let Some(&card) = cards.get(place)
            && let Some(&card) = cards.get(card)
            && let Some(slot) = cards.get_mut(place)
        {
            *slot = card;
        }
    }
    cards
}
