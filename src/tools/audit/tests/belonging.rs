//! What links addresses, and what does not.

use super::*;

#[test]
fn wps_and_p2p_are_found_and_uuid_links_addresses() {
    let uuid = [7; 16];
    let attributes = [&[0x10, 0x4a, 0, 1, 0x10, 0x10, 0x47, 0, 16][..], &uuid].concat();
    let wps = [&[0, 0, 0xdd, 29, 0, 0x50, 0xf2, 4][..], &attributes].concat();
    let p2p = [0, 0, 0xdd, 4, 0x50, 0x6f, 0x9a, 9];
    let expected = [(Leak::WpsOrP2p, 1), (Leak::Fingerprint, 1)];
    assert_eq!(
        leaks_added_by(|air| {
            air.probe(mask(9), &p2p);
        }),
        expected
    );
    assert_eq!(
        leaks_added_by(|air| {
            air.probe(mask(9), &wps);
        }),
        expected
    );
    let mut air = clean();
    // Later than any other link allows.
    air.probe(mask(8), &wps).pass(7200).probe(mask(9), &wps);
    let links = air.judge().links;
    assert_eq!(links.len(), 1);
    let uuid = Identifier::Uuid(uuid);
    assert_eq!(links[0].reason, LinkReason::SameIdentifier(uuid));
}

#[test]
fn optional_elements_are_a_note_and_link_addresses() {
    assert_eq!(
        leaks_added_by(|air| {
            air.probe(mask(9), EXTENDED);
        }),
        [(Leak::Fingerprint, 1)]
    );
    let mut air = clean();
    air.probe(mask(8), EXTENDED)
        .pass(20)
        .count_from(99)
        .probe(mask(9), EXTENDED);
    assert_eq!(linked(&air), [(mask(8), mask(9))]);
    let (likely, strict) = (air.judge(), air.judge_strictly());
    assert_eq!(likely.links[0].confidence, Confidence::Likely);
    assert!(!likely.leaks() && strict.leaks());
    // Two cards of one model at the same time.
    air.pass(1).probe(mask(8), EXTENDED);
    assert_eq!(linked(&air), []);
}

#[test]
fn same_ssid_links_addresses() {
    let mut air = clean();
    air.probe(mask(8), NAMING)
        .pass(20)
        .count_from(99)
        .probe(mask(9), NAMING);
    assert_eq!(linked(&air), [(mask(8), mask(9))]);
}

#[test]
fn continued_sequence_numbers_link_and_random_do_not() {
    let mut counter = Air::new();
    let mut random = Air::new();
    let numbers = [5, 1500, 1501, 4000, 90, 2222, 3333, 700, 1100, 2900];
    for (number, sequence) in (1..).zip(numbers) {
        counter.pass(3).probe(mask(number), WILDCARD);
        random
            .pass(3)
            .count_from(sequence)
            .probe(mask(number), WILDCARD);
    }
    assert_eq!(linked(&counter).len(), 9);
    assert_eq!(linked(&counter)[0], (mask(1), mask(2)));
    assert_eq!(linked(&random), []);
}

#[test]
fn likeness_counts_cards_and_not_addresses() {
    let mut air = clean();
    let rare = [EXTENDED, &[221, 4, 1, 2, 3, 4]].concat();
    air.probe(mask(7), &rare);
    // One card under two addresses, and two that live side by side.
    air.probe(mask(8), EXTENDED)
        .pass(5)
        .probe(mask(9), EXTENDED);
    let verdict = air.judge();
    let likeness = |address| {
        let mut all = verdict.stations.iter();
        all.find(|it| it.address == address).unwrap().likeness
    };
    // Three masks of minimal probe requests are three cards, as far as one can tell.
    let cards = 5;
    assert_eq!(likeness(mask(1)), Some(Likeness { others: 2, cards }));
    assert_eq!(likeness(mask(8)), Some(Likeness { others: 0, cards }));
    assert_eq!(likeness(ASSIGNED), None);
    let bits = likeness(mask(7)).unwrap().bits();
    assert!((bits - 5_f64.log2()).abs() < 1e-9);
}

#[test]
fn two_captures_are_linked_by_what_one_card_sends() {
    let mut here = clean();
    here.probe(mask(8), EXTENDED).probe(mask(7), NAMING);
    let mut there = Air::new();
    there.count_from(99).probe(mask(9), EXTENDED);
    there.association(ASSIGNED);
    let links = between(&here.judge(), &there.judge());
    let told: Vec<_> = links
        .iter()
        .map(|it| (it.earlier, it.later, it.confidence))
        .collect();
    assert_eq!(
        told,
        [
            (ASSIGNED, ASSIGNED, Confidence::Certain),
            (mask(8), mask(9), Confidence::Likely)
        ]
    );
    // Two cards of one model link nothing.
    here.probe(mask(6), EXTENDED).probe(mask(8), EXTENDED);
    let links = between(&here.judge(), &there.judge());
    assert_eq!(links.len(), 1);
    assert_eq!(between(&here.judge(), &Air::new().judge()), []);
}
