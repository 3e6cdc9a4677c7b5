//! When associations begin and end: an assigned address outside of one is a leak.

use super::*;

#[test]
fn an_assigned_address_outside_its_association_is_found() {
    expect_leaks(
        |air| air.pass(2.0).data(ASSIGNED),
        &[(Leak::AssignedAddressOutside, 1)],
    );
    let mut early = AirMaker::new();
    early.beacon().data(ASSIGNED).association(ASSIGNED);
    assert_eq!(broken(&judge(&early)), [(Leak::AssignedAddressOutside, 1)]);
}

#[test]
fn station_notices_a_lost_access_point_within_the_limit() {
    let mut air = AirMaker::new();
    air.beacon().association(ASSIGNED).pass(4.0).data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), []);
    air.pass(3.0).data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), [(Leak::AssignedAddressOutside, 1)]);
}

#[test]
fn station_that_was_sent_to_another_channel_waits_there() {
    let mut air = AirMaker::new();
    air.beacon().association(ASSIGNED);
    for _ in 0..10 {
        air.pass(1.0).beacon();
    }
    air.announce_another_channel();
    air.on_channel(1).data(ASSIGNED).pass(4.0).data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), []);
    air.pass(3.0).data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), [(Leak::AssignedAddressOutside, 1)]);
}

#[test]
fn attempt_waits_as_long_as_the_access_point_asks_it_to() {
    let asks_again_after = |refusal: &[u8]| {
        let mut air = AirMaker::new();
        air.beacon().authentication(ASSIGNED);
        air.frame([0x10, 0], [ASSIGNED, HOME, HOME], refusal);
        air.pass(1.5)
            .frame([0x00, 0], [HOME, ASSIGNED, HOME], &[0; 4]);
        broken(&judge(&air))
    };
    let in_1000_units = [0, 0, 30, 0, 0, 0, 56, 5, 3, 0xe8, 3, 0, 0];
    assert_eq!(asks_again_after(&in_1000_units), []);
    let outside = [(Leak::AssignedAddressOutside, 1)];
    assert_eq!(asks_again_after(&in_1000_units[..6]), outside);
}

#[test]
fn station_that_was_sent_away_may_miss_a_goodbye() {
    let mut air = AirMaker::new();
    air.beacon().association(ASSIGNED);
    air.announce_another_channel();
    air.kick(ASSIGNED).pass(2.0).beacon().data(ASSIGNED);
    air.pass(4.0).beacon().pass(0.5).data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), []);
    air.announce_another_channel();
    air.kick(ASSIGNED)
        .pass(4.0)
        .beacon()
        .pass(3.0)
        .data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), [(Leak::AssignedAddressOutside, 1)]);
}

/// What is found if the station sends data two seconds after a goodbye.
fn later(
    joins: fn(&mut AirMaker, Mac) -> &mut AirMaker,
    goodbye: fn(&mut AirMaker) -> &mut AirMaker,
) -> Vec<(Leak, usize)> {
    let mut air = AirMaker::new();
    joins(air.beacon(), ASSIGNED);
    goodbye(&mut air).pass(2.0).beacon().data(ASSIGNED);
    broken(&judge(&air))
}

#[test]
fn station_with_keys_believes_protected_goodbyes_only() {
    let later = |goodbye| later(AirMaker::protected_association, goodbye);
    let outside = [(Leak::AssignedAddressOutside, 1)];
    assert_eq!(later(|air| air.kick(ASSIGNED)), []);
    assert_eq!(later(|air| air.goodbye_to_all()), []);
    let encrypted = later(|air| air.frame([0xc0, 0x40], [ASSIGNED, HOME, HOME], &[0; 18]));
    assert_eq!(encrypted, outside);
    let with_mic =
        later(|air| air.frame([0xc0, 0], [Mac::BROADCAST, HOME, HOME], &[3, 0, 76, 1, 0]));
    assert_eq!(with_mic, outside);
}

#[test]
fn station_without_keys_believes_what_only_it_is_told() {
    let later = |goodbye| later(AirMaker::protected_association_without_keys, goodbye);
    assert_eq!(later(|air| air.goodbye_to_all()), []);
    let outside = [(Leak::AssignedAddressOutside, 1)];
    assert_eq!(later(|air| air.kick(ASSIGNED)), outside);
}

#[test]
fn scanning_station_receives_deauthentication_after_the_scan() {
    let mut air = AirMaker::new();
    air.beacon().association(ASSIGNED).pass(1.0).beacon();
    let begin = air.now();
    air.kick(ASSIGNED).pass(2.0).beacon().data(ASSIGNED);
    let end = air.now();
    air.pass(2.0).beacon().data(ASSIGNED);
    let leaks_if_scanning = |scan| {
        let mut brief = AirMaker::brief();
        brief.scanning.push(scan);
        broken(&judge::judge(&air.frames(), &brief))
    };
    let outside = |times| vec![(Leak::AssignedAddressOutside, times)];
    assert_eq!(leaks_if_scanning(begin..end), outside(1));
    assert_eq!(leaks_if_scanning(begin - 2..begin - 1), outside(2));
}

#[test]
fn a_scan_before_the_association_request_ends_no_attempt() {
    let mut air = clean_story();
    air.authentication(ASSIGNED);
    let begin = air.now();
    air.pass(4.0).beacon();
    let end = air.now();
    air.frame([0x00, 0], [HOME, ASSIGNED, HOME], &[0; 4])
        .frame([0x10, 0], [ASSIGNED, HOME, HOME], &[0, 0, 0, 0, 1, 0])
        .data(ASSIGNED);
    let leaks_if_scanning = |scan| {
        let mut brief = AirMaker::brief();
        brief.scanning.push(scan);
        broken(&judge::judge(&air.frames(), &brief))
    };
    let outside = [(Leak::AssignedAddressOutside, 2)];
    assert_eq!(leaks_if_scanning(begin + 700..end), []);
    assert_eq!(leaks_if_scanning(begin + 700..begin + 900_000), outside);
    assert_eq!(leaks_if_scanning(begin + 1_100_000..end), outside);
}

#[test]
fn a_goodbye_on_another_channel_ends_no_association() {
    let mut air = AirMaker::new();
    air.beacon().association(ASSIGNED);
    air.on_channel(11).goodbye_to_all().on_channel(6);
    air.pass(2.0).data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), []);
    air.goodbye_to_all().pass(2.0).data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), [(Leak::AssignedAddressOutside, 1)]);
}

#[test]
fn a_goodbye_that_is_cut_off_ends_no_association() {
    let mut air = clean_story();
    air.association(ASSIGNED)
        .frame([0xc0, 0], [Mac::BROADCAST, HOME, HOME], &[3])
        .pass(2.0)
        .beacon()
        .data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), []);
    air.goodbye_to_all().pass(2.0).beacon().data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), [(Leak::AssignedAddressOutside, 1)]);
}

#[test]
fn a_goodbye_before_the_association_is_granted_does_not_end_it() {
    let mut air = clean_story();
    air.authentication(ASSIGNED)
        .goodbye_to_all()
        .frame([0x00, 0], [HOME, ASSIGNED, HOME], &[0; 4])
        .frame([0x10, 0], [ASSIGNED, HOME, HOME], &[0, 0, 0, 0, 1, 0])
        .pass(2.0)
        .beacon()
        .data(ASSIGNED);
    assert_eq!(broken(&judge(&air)), []);
}
