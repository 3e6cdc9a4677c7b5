//! Crowds whose cards are known.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use std::collections::BTreeSet;

use super::super::tests::{Air, WILDCARD, linked, mask};
use super::super::{Capture, Frame, FrameKind, split};
use super::*;
use macveil_testkit::capture_generator::LAB;

/// Optional elements of two models.
const MODELS: [&[u8]; 2] = [
    &[0, 0, 1, 4, 2, 4, 11, 22, 127, 3, 1, 2, 3],
    &[0, 0, 1, 4, 2, 4, 11, 22, 45, 4, 9, 8, 7, 6],
];

/// A probe request to come: when, from which address and card, with which number and content.
struct Planned {
    at: u64,
    address: Mac,
    card: usize,
    number: u16,
    elements: &'static [u8],
}

/// Addresses of a crowd are random, so that tests do not depend on their order.
struct Crowd {
    chance: StdRng,
    cards: usize,
    planned: Vec<Planned>,
}

impl Crowd {
    fn new(seed: u64) -> Self {
        Self {
            chance: StdRng::seed_from_u64(seed),
            cards: 0,
            planned: Vec::new(),
        }
    }

    fn address(&mut self, is_local: bool) -> Mac {
        let mut bytes: [u8; 6] = self.chance.random();
        bytes[0] = bytes[0] & 0xfc | if is_local { 2 } else { 0 };
        Mac(bytes)
    }

    /// A card with a new address for each scan. Its counter advances by `step`, or is random.
    fn card(&mut self, step: Option<u16>, pause: u64, elements: &'static [u8]) -> &mut Self {
        let mut number: u16 = self.chance.random_range(0..4096);
        let mut at = self.chance.random_range(0..pause);
        while at < 1200 {
            let address = self.address(true);
            self.plan(at, address, number, elements);
            at += pause;
            number = match step {
                Some(step) => (number + step) % 4096,
                None => self.chance.random_range(0..4096),
            };
        }
        self.cards += 1;
        self
    }

    /// A card that keeps its vendor's address.
    fn vendor_card(&mut self, elements: &'static [u8]) -> &mut Self {
        let address = self.address(false);
        for at in (self.chance.random_range(0..60)..1200).step_by(61) {
            let number = self.chance.random_range(0..4096);
            self.plan(at, address, number, elements);
        }
        self.cards += 1;
        self
    }

    fn plan(&mut self, at: u64, address: Mac, number: u16, elements: &'static [u8]) {
        self.planned.push(Planned {
            at: at * 1_000_000 + self.chance.random_range(0..900_000),
            address,
            card: self.cards,
            number,
            elements,
        });
    }

    fn links(&mut self) -> Vec<LinkedAddresses> {
        self.planned.sort_by_key(|planned| planned.at);
        let mut air = Air::new();
        let begin = air.now;
        for planned in &self.planned {
            air.now = begin + planned.at;
            air.count_from(planned.number);
            air.probe(planned.address, planned.elements);
        }
        air.judge().links
    }

    fn card_of(&self, address: Mac) -> usize {
        let mut planned = self.planned.iter();
        planned.find(|it| it.address == address).unwrap().card
    }

    /// Numbers of right and of wrong links.
    fn score(&mut self) -> (usize, usize) {
        let links = self.links();
        let is_right =
            |link: &&LinkedAddresses| self.card_of(link.earlier) == self.card_of(link.later);
        let right = links.iter().filter(is_right).count();
        (right, links.len() - right)
    }
}

#[test]
fn counter_that_goes_on_is_certain() {
    let mut crowd = Crowd::new(1);
    let links = crowd.card(Some(7), 30, WILDCARD).links();
    assert_eq!(links.len(), 39);
    for link in links {
        assert_eq!(link.confidence, Confidence::Certain);
        assert_eq!(link.reason, LinkReason::CountsOn { gap: 7 });
    }
}

#[test]
fn vendor_addresses_are_never_linked() {
    for seed in 0..20 {
        let mut crowd = Crowd::new(seed);
        for _ in 0..5 {
            crowd.vendor_card(MODELS[0]).vendor_card(WILDCARD);
        }
        crowd
            .card(Some(6), 30, WILDCARD)
            .card(Some(6), 30, MODELS[0]);
        let links = crowd.links();
        assert_eq!(links.len(), 2 * 39);
        assert!(
            links
                .iter()
                .all(|link| link.earlier.is_local() && link.later.is_local())
        );
    }
}

#[test]
fn random_counters_are_not_linked() {
    for seed in 0..20 {
        let mut crowd = Crowd::new(seed);
        crowd
            .card(None, 5, WILDCARD)
            .card(None, 11, WILDCARD)
            .card(None, 30, WILDCARD);
        assert_eq!(crowd.links(), []);
    }
}

#[test]
fn counters_of_several_cards_are_kept_apart() {
    let (mut right, mut wrong) = (0, 0);
    for seed in 0..20 {
        let mut crowd = Crowd::new(seed);
        let model = *MODELS.choose(&mut crowd.chance).unwrap();
        crowd
            .card(Some(7), 20, model)
            .card(Some(30), 35, model)
            .card(Some(12), 60, model);
        let links = crowd.links();
        for link in links
            .iter()
            .filter(|it| it.confidence == Confidence::Certain)
        {
            let is_right = crowd.card_of(link.earlier) == crowd.card_of(link.later);
            *if is_right { &mut right } else { &mut wrong } += 1;
        }
    }
    // Of 112 in each crowd.
    assert!(right > 20 * 90, "{right} of {}", 20 * 112);
    assert!(wrong * 200 <= right, "{wrong} wrong, {right} right");
}

/// Masks of macveil in the lab's capture: when, from which address, and with which number.
fn masks_of_macveil() -> Vec<(u64, Mac, u16)> {
    let mut capture = Capture::new(LAB).unwrap();
    let mut begin = None;
    let mut masks = Vec::new();
    while let Some(packet) = capture.next_packet().unwrap() {
        let after = packet.at - *begin.get_or_insert(packet.at);
        let (_, bytes) = split(packet.bytes, false).unwrap();
        let frame = Frame::read(bytes).unwrap();
        let is_minimal = frame.elements().all(|element| element.is_minimal());
        if frame.kind == FrameKind::ProbeRequest && is_minimal {
            masks.push((after, frame.transmitter.unwrap(), frame.sequence.unwrap()));
        }
    }
    masks
}

#[test]
fn masks_of_macveil_in_a_crowd_are_linked_by_chance() {
    let masks = masks_of_macveil();
    let addresses: BTreeSet<_> = masks.iter().map(|mask| mask.1).collect();
    assert_eq!(addresses.len(), 41);
    let (mut right, mut likely, mut certain) = (0, 0, 0);
    for seed in 0..100 {
        let mut crowd = Crowd::new(seed);
        crowd
            .card(Some(7), 20, WILDCARD)
            .card(Some(12), 60, WILDCARD);
        let later = crowd.chance.random_range(0..1_000_000_000);
        let of_macveil = masks.iter().map(|&(at, address, number)| Planned {
            at: at + later,
            address,
            card: usize::MAX,
            number,
            elements: WILDCARD,
        });
        crowd.planned.extend(of_macveil);
        for link in crowd.links() {
            let ends = [link.earlier, link.later];
            let of_macveil = ends.iter().any(|end| addresses.contains(end));
            match (of_macveil, link.confidence) {
                (false, _) => right += 1,
                (true, Confidence::Likely) => likely += 1,
                (true, Confidence::Certain) => certain += 1,
            }
        }
    }
    assert!(right > 100 * 60, "{right} of {}", 100 * 78);
    // Some of the masks follow another counter by chance.
    assert!(likely < 100 && certain < 10, "{likely} and {certain}");
}

#[test]
fn counter_is_followed_past_addresses_that_were_missed() {
    let mut crowd = Crowd::new(5);
    crowd.card(Some(300), 20, WILDCARD);
    let mut number = 0;
    crowd.planned.retain(|_| {
        number += 1;
        number % 4 != 0
    });
    assert_eq!(crowd.score(), (44, 0));
}

#[test]
fn cards_of_one_model_are_told_from_others() {
    let mut crowd = Crowd::new(3);
    crowd.card(None, 20, MODELS[0]).card(None, 30, MODELS[1]);
    assert_eq!(crowd.score(), (59 + 39, 0));
}

#[test]
fn addresses_with_one_first_half_are_told_from_others() {
    let mut crowd = Crowd::new(6);
    crowd.card(None, 30, MODELS[0]);
    for at in (15..1200).step_by(30) {
        let mut address = crowd.address(true);
        address.0[..3].copy_from_slice(&[0x02, 0x34, 0x56]);
        let number = crowd.chance.random_range(0..4096);
        crowd.plan(at, address, number, MODELS[0]);
    }
    crowd.cards += 1;
    assert_eq!(crowd.score(), (39 + 39, 0));
}

/// Two cards of one model; the counters of both go on in steps of `steps`.
fn two_counters(steps: &[u16], elements: &'static [u8]) -> Crowd {
    let mut crowd = Crowd::new(7);
    for first in [0, 2000] {
        let mut number = first;
        for (at, step) in (u64::from(first) / 200..1200)
            .step_by(20)
            .zip(steps.iter().cycle())
        {
            let address = crowd.address(true);
            crowd.plan(at, address, number, elements);
            number += step;
        }
        crowd.cards += 1;
    }
    crowd
}

#[test]
fn counter_with_irregular_steps_is_followed() {
    let mut crowd = two_counters(&[1, 40, 3, 17, 70, 6, 12, 30], WILDCARD);
    // Each of the differences is found few times.
    crowd.planned.retain(|planned| planned.at < 170_000_000);
    let addresses = crowd.planned.len();
    assert_eq!(crowd.score(), (addresses - 2, 0));
}

#[test]
fn counters_tell_cards_of_one_model_apart_after_a_pause() {
    let mut crowd = two_counters(&[30], MODELS[0]);
    crowd
        .planned
        .retain(|planned| !(500_000_000..640_000_000).contains(&planned.at));
    let addresses = crowd.planned.len();
    assert_eq!(crowd.score(), (addresses - 2, 0));
}

#[test]
fn address_that_stays_is_not_linked_to_others() {
    let mut crowd = Crowd::new(4);
    let address = crowd.address(true);
    for at in (0..1200).step_by(10) {
        crowd.plan(at, address, 0, MODELS[0]);
    }
    crowd.cards += 1;
    crowd.card(None, 30, MODELS[0]);
    let links = crowd.links();
    assert!(
        links
            .iter()
            .all(|link| link.earlier != address && link.later != address)
    );
}

#[test]
fn same_name_links_only_if_one_card_asks_for_it() {
    const NAMED: &[u8] = b"\x00\x04Home\x01\x01\x02";
    let mut air = Air::new();
    air.probe(mask(1), NAMED)
        .pass(30)
        .count_from(900)
        .probe(mask(2), NAMED);
    assert_eq!(linked(&air), [(mask(1), mask(2))]);
    assert!(!air.judge().links.is_empty());
    air.probe(mask(3), NAMED).pass(2).probe(mask(2), NAMED);
    assert_eq!(linked(&air), []);
}

#[test]
fn replaced_addresses_are_linked_in_spite_of_their_bits() {
    let mut air = Air::new();
    for number in 0..40_u8 {
        let address = Mac([number.wrapping_mul(37), number, 1, 2, 3, 4]);
        air.pass(5).count_from(u16::from(number) * 3);
        air.probe(address, MODELS[0]);
    }
    assert_eq!(linked(&air).len(), 39);
}

#[test]
fn counter_is_followed_from_its_latest_address() {
    for seed in 0..20 {
        let mut crowd = Crowd::new(seed);
        crowd.card(Some(250), 15, MODELS[0]);
        let mut chance = StdRng::seed_from_u64(seed);
        crowd.planned.retain(|_| chance.random());
        let addresses = crowd.planned.len();
        // A counter is lost if too many addresses in a row are missing.
        assert!(crowd.links().len() + 2 >= addresses, "{seed}");
    }
}

#[test]
fn counters_that_begin_again_are_not_linked() {
    for seed in 0..20 {
        let mut crowd = Crowd::new(seed);
        crowd
            .card(None, 15, WILDCARD)
            .card(None, 20, WILDCARD)
            .card(None, 30, WILDCARD);
        for planned in &mut crowd.planned {
            planned.number %= 8;
        }
        assert_eq!(crowd.links(), [], "{seed}");
    }
}

#[test]
fn few_replaced_addresses_among_others_are_linked() {
    let mut crowd = Crowd::new(9);
    crowd.card(Some(7), 6, WILDCARD);
    for at in (0..1200).step_by(60) {
        let number = crowd.chance.random_range(0..4096);
        let address = Mac(crowd.chance.random());
        crowd.plan(at, address, number, MODELS[1]);
    }
    crowd.cards += 1;
    assert_eq!(crowd.score(), (199 + 19, 0));
}
