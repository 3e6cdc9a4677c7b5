//! The lab's judge against captures with a leak planted in each: a judge that
//! overlooks one is worth nothing.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a test program: it may fail loudly"
)]

mod air_maker;
mod associations;
mod contents;
mod identity;
mod planted;
mod status;

use macveil_testkit::{air, judge};
use std::ops::Range;

use air::{Kind, Mac};
use air_maker::{ASSIGNED, AirMaker, HOME, PERMANENT, WILDCARD, mask, rsn};
use judge::{Brief, Leak, Verdict};

/// A station that does everything right.
fn clean_story() -> AirMaker {
    let mut air = AirMaker::new();
    air.count_from(2000).probe(mask(1), WILDCARD).pass(3.0);
    air.count_from(700).probe(mask(2), WILDCARD).beacon();
    air.count_from(3)
        .association(ASSIGNED)
        .data(ASSIGNED)
        .pass(0.1)
        .beacon();
    air.goodbye(ASSIGNED).pass(3.0);
    air.count_from(3900).probe(mask(3), WILDCARD).beacon();
    air
}

fn judge(air: &AirMaker) -> Verdict {
    judge::judge(&air.frames(), &AirMaker::brief())
}

fn just_now(air: &AirMaker) -> Range<u64> {
    air.now() - 1..air.now() + 1
}

fn broken(verdict: &Verdict) -> Vec<(Leak, usize)> {
    let broken = verdict.leaks.broken();
    broken
        .map(|(leak, evidence)| (leak, evidence.len()))
        .collect()
}

/// The clean story, then something that must be found, and nothing else.
fn expect_leaks(plant: impl FnOnce(&mut AirMaker) -> &mut AirMaker, expected: &[(Leak, usize)]) {
    let mut air = clean_story();
    plant(air.count_from(1234));
    assert_eq!(broken(&judge(&air)), expected);
}

#[test]
fn a_clean_story_has_no_leak() {
    let verdict = judge(&clean_story());
    assert_eq!(broken(&verdict), []);
    assert_eq!(verdict.associations.len(), 1);
    assert_eq!(verdict.associations[0].station, ASSIGNED);
    assert_eq!(verdict.associations[0].handshake, 2);
    assert_eq!(verdict.scans.len(), 3);
}

#[test]
fn a_permanent_address_is_found_in_any_frame() {
    expect_leaks(
        |air| air.probe(PERMANENT, WILDCARD),
        &[(Leak::PermanentAddress, 1)],
    );
    expect_leaks(
        |air| air.association(PERMANENT),
        &[(Leak::PermanentAddress, 4)],
    );
    // A power-save poll: a control frame with a transmitter.
    let mut poll = vec![0xa4, 0, 0, 0];
    poll.extend(HOME.0.iter().chain(&PERMANENT.0));
    expect_leaks(|air| air.raw(&poll), &[(Leak::PermanentAddress, 1)]);
}

fn brief_with_permanent_policy() -> Brief {
    let mut brief = AirMaker::brief();
    brief
        .access_points
        .entry(HOME)
        .or_default()
        .may_see_permanent
        .push(0..u64::MAX);
    brief
}

#[test]
fn permanent_address_needs_a_policy_when_association_begins() {
    let mut air = clean_story();
    let begin = air.now();
    air.association(PERMANENT).data(PERMANENT);
    let end = air.now();
    air.data(PERMANENT).goodbye(PERMANENT);
    let leaks_if_allowed = |range| {
        let mut brief = AirMaker::brief();
        let home = brief.access_points.entry(HOME).or_default();
        home.may_see_permanent.push(range);
        broken(&judge::judge(&air.frames(), &brief))
    };
    assert_eq!(leaks_if_allowed(begin..end), []);
    assert!(!leaks_if_allowed(end..u64::MAX).is_empty());
    assert!(!leaks_if_allowed(0..begin).is_empty());
}

#[test]
fn permanent_address_is_allowed_only_with_its_network() {
    let brief = brief_with_permanent_policy();
    let mut air = clean_story();
    air.association(PERMANENT)
        .data(PERMANENT)
        .goodbye(PERMANENT);
    assert_eq!(broken(&judge::judge(&air.frames(), &brief)), []);

    air.pass(2.0)
        .beacon()
        .data(PERMANENT)
        .probe(PERMANENT, WILDCARD);
    let verdict = judge::judge(&air.frames(), &brief);
    assert_eq!(broken(&verdict), [(Leak::PermanentAddress, 2)]);
}

#[test]
fn a_probe_request_within_a_permanent_association_is_found() {
    let mut air = clean_story();
    air.association(PERMANENT)
        .probe(PERMANENT, WILDCARD)
        .goodbye(PERMANENT);
    let verdict = judge::judge(&air.frames(), &brief_with_permanent_policy());
    assert_eq!(broken(&verdict), [(Leak::PermanentAddress, 1)]);
}

#[test]
fn a_probe_request_under_an_assigned_address_is_found() {
    expect_leaks(
        |air| air.probe(ASSIGNED, WILDCARD),
        &[(Leak::AssignedAddressInProbe, 1)],
    );
}

#[test]
fn a_probe_request_before_the_address_is_first_used_is_found() {
    let mut air = AirMaker::new();
    air.probe(ASSIGNED, WILDCARD).beacon().association(ASSIGNED);
    assert_eq!(broken(&judge(&air)), [(Leak::AssignedAddressInProbe, 1)]);
}

#[test]
fn a_named_network_is_found_unless_it_is_hidden() {
    expect_leaks(
        |air| air.probe(mask(9), b"\x00\x04Home"),
        &[(Leak::NetworkNamed, 1)],
    );
    expect_leaks(|air| air.probe(mask(9), b"\x00\x06Secret"), &[]);
    expect_leaks(
        |air| air.probe(ASSIGNED, b"\x00\x06Secret"),
        &[
            (Leak::AssignedAddressInProbe, 1),
            (Leak::NetworkNamedUnderAssigned, 1),
        ],
    );
}

#[test]
fn wps_and_p2p_elements_are_found() {
    for vendor in [
        &[0xdd, 4, 0, 0x50, 0xf2, 4],
        &[0xdd, 4, 0x50, 0x6f, 0x9a, 9],
    ] {
        let elements = [WILDCARD, vendor].concat();
        expect_leaks(
            |air| air.probe(mask(9), &elements),
            &[(Leak::WpsOrP2p, 1), (Leak::RichProbe, 1)],
        );
    }
}

#[test]
fn rich_probe_is_found_unless_another_program_scans() {
    let extended = [WILDCARD, &[127, 1, 4]].concat();
    let mut air = clean_story();
    air.count_from(1234).probe(mask(9), &extended);
    assert_eq!(broken(&judge(&air)), [(Leak::RichProbe, 1)]);
    let brief = Brief {
        external_scans: vec![just_now(&air)],
        ..AirMaker::brief()
    };
    assert_eq!(broken(&judge::judge(&air.frames(), &brief)), []);
}

#[test]
fn a_mask_in_two_scans_is_found() {
    expect_leaks(
        |air| air.pass(5.0).probe(mask(1), WILDCARD),
        &[(Leak::MaskReused, 1)],
    );
    // Two probe requests at once are one scan.
    expect_leaks(
        |air| air.probe(mask(9), WILDCARD).probe(mask(9), WILDCARD),
        &[],
    );
}

#[test]
fn masks_that_count_on_are_found_and_chance_is_not() {
    let mut counter = AirMaker::new();
    for number in 1..=10 {
        counter.pass(3.0).probe(mask(number), WILDCARD);
    }
    assert_eq!(broken(&judge(&counter)), [(Leak::MaskLinkable, 9)]);

    let mut random = AirMaker::new();
    let mut once_near = [5, 1500, 1501, 4000, 90, 2222, 3333, 700, 1100, 2900].into_iter();
    for number in 1..=10 {
        random.count_from(once_near.next().unwrap_or_default());
        random.pass(3.0).probe(mask(number), WILDCARD);
    }
    assert_eq!(broken(&judge(&random)), []);
}

#[test]
fn masks_that_count_on_are_found_among_several_stations() {
    let mut air = AirMaker::new();
    for number in 1..=10 {
        air.count_from(10 + u16::from(number))
            .pass(3.0)
            .probe(mask(number), WILDCARD);
        air.count_from(2000 + u16::from(number))
            .probe(mask(100 + number), WILDCARD);
    }
    let brief = Brief {
        stations: 2,
        ..AirMaker::brief()
    };
    let verdict = judge::judge(&air.frames(), &brief);
    assert_eq!(broken(&verdict), [(Leak::MaskLinkable, 18)]);
}

#[test]
fn a_mask_must_be_locally_administered() {
    let vendors = Mac([0x00, 0x16, 0xea, 1, 2, 3]);
    expect_leaks(
        |air| air.probe(vendors, WILDCARD),
        &[(Leak::MaskNotLocal, 1)],
    );
}

#[test]
fn a_transmitter_must_be_one_station() {
    let group = Mac([0x03, 1, 2, 3, 4, 5]);
    expect_leaks(|air| air.probe(group, WILDCARD), &[(Leak::NoAddress, 1)]);
    expect_leaks(
        |air| air.probe(Mac([0; 6]), WILDCARD),
        &[(Leak::MaskNotLocal, 1), (Leak::NoAddress, 1)],
    );
}

#[test]
fn authentication_into_the_void_is_found() {
    expect_leaks(
        |air| air.pass(2.0).authentication(ASSIGNED),
        &[(Leak::AbsentAccessPoint, 1)],
    );
    let unknown = Mac([0x02, 0, 0, 0, 7, 0]);
    expect_leaks(
        |air| air.frame([0xb0, 0], [unknown, ASSIGNED, unknown], &[0, 0, 1, 0, 0, 0]),
        &[
            (Leak::AssignedAddressOutside, 1),
            (Leak::AbsentAccessPoint, 1),
        ],
    );
}

#[test]
fn address_of_another_network_is_found() {
    let cafe = Mac([0x02, 0, 0, 0, 7, 0]);
    let mut air = clean_story();
    air.frame([0x80, 0], [Mac::BROADCAST, cafe, cafe], &[0; 12]);
    air.frame([0xb0, 0], [cafe, ASSIGNED, cafe], &[0, 0, 1, 0, 0, 0]);
    let found = |ssid: &[u8], explicit: bool| {
        let mut brief = AirMaker::brief();
        let home = brief.access_points[&HOME].ssid.clone();
        assert_ne!(home, b"Cafe");
        let ssid = if ssid.is_empty() { home } else { ssid.to_vec() };
        brief.access_points.entry(cafe).or_default().ssid = ssid;
        if explicit {
            brief.explicit.insert(ASSIGNED, "home".to_owned());
        }
        broken(&judge::judge(&air.frames(), &brief))
    };
    let expected = [(Leak::AddressOfAnotherNetwork, 1)];
    assert_eq!(found(b"Cafe", false), expected);
    assert_eq!(found(b"Cafe", true), []);
    assert_eq!(found(b"", false), []);
}

#[test]
fn a_frame_that_cannot_be_read_is_found() {
    expect_leaks(|air| air.raw(&[0x40, 0, 0, 0, 1]), &[(Leak::Unreadable, 1)]);
}

#[test]
fn mask_authenticates_only_if_the_user_starts_associations() {
    let mut air = clean_story();
    air.authentication(mask(3));
    // Elsewhere whatever authenticates is an assigned address, which this one must not be.
    assert_eq!(broken(&judge(&air)), [(Leak::AssignedAddressInProbe, 1)]);
    let brief = Brief {
        user_associates: true,
        ..AirMaker::brief()
    };
    let verdict = judge::judge(&air.frames(), &brief);
    assert_eq!(broken(&verdict), []);
    assert_eq!(verdict.leaks.count(Leak::MaskAuthenticated), 1);
}

#[test]
fn data_frame_under_a_mask_address_is_found() {
    expect_leaks(|air| air.data(mask(3)), &[(Leak::MaskSentData, 1)]);
}

#[test]
fn nothing_is_judged_while_the_judge_looks_away() {
    let mut air = clean_story();
    air.probe(PERMANENT, WILDCARD);
    let brief = Brief {
        away: vec![just_now(&air)],
        ..AirMaker::brief()
    };
    assert_eq!(broken(&judge::judge(&air.frames(), &brief)), []);
}

#[test]
fn association_before_macveil_may_end_under_permanent_address() {
    let mut air = AirMaker::new();
    air.beacon().association(PERMANENT);
    let away = air.now() - 1_000_000..air.now();
    air.goodbye(PERMANENT);
    let brief = Brief {
        away: vec![away],
        ..AirMaker::brief()
    };
    assert_eq!(broken(&judge::judge(&air.frames(), &brief)), []);
    air.beacon().pass(3.0).beacon().association(PERMANENT);
    let verdict = judge::judge(&air.frames(), &brief);
    assert_eq!(broken(&verdict), [(Leak::PermanentAddress, 4)]);
}

#[test]
fn an_outage_ends_with_the_first_authentication_frame() {
    let mut air = AirMaker::new();
    air.beacon().association(ASSIGNED).pass(40.0);
    air.beacon().pass(1.5).beacon().association(ASSIGNED);
    let outages = judge(&air).outages;
    assert_eq!(outages.len(), 1);
    assert_eq!(outages[0].back_after / 100_000, 15);
}

#[test]
fn an_outage_ends_where_another_network_is_joined() {
    const CAFE: Mac = Mac([0x02, 0, 0, 0, 2, 0]);
    for is_granted in [false, true] {
        let mut air = AirMaker::new();
        air.beacon().association(ASSIGNED).pass(40.0).beacon();
        let status = u8::from(!is_granted);
        air.frame([0xb0, 0], [CAFE, mask(9), CAFE], &[0, 0, 1, 0, 0, 0])
            .frame([0x10, 0], [mask(9), CAFE, CAFE], &[0, 0, status, 0, 1, 0]);
        for _ in 0..30 {
            air.pass(1.0).beacon();
        }
        air.association(ASSIGNED);
        let mut brief = AirMaker::brief();
        let mut cafe = brief.access_points[&HOME].clone();
        cafe.name = "cafe".to_owned();
        brief.access_points.insert(CAFE, cafe);
        let outages = judge::judge(&air.frames(), &brief).outages;
        assert_eq!(outages.len(), usize::from(!is_granted));
    }
}

#[test]
fn truncated_capture_is_not_accepted() {
    let frames = clean_story().frames();
    assert!(frames.iter().any(|frame| frame.kind == Kind::Beacon));
    assert!(air::Capture::read(&[0; 10]).is_err());
    assert!(air::Capture::read(&[0; 24]).is_err());
}

/// The body of an association request that names a key of an earlier association.
fn request_naming(key: u8) -> Vec<u8> {
    let list = [&[1, 0][..], &[key; 16]].concat();
    [&[0, 0, 10, 0][..], &rsn([0, 0], &list)].concat()
}

#[test]
fn a_key_that_is_named_under_two_addresses_is_found() {
    let another = Mac([0x9a, 0x11, 0x22, 0x33, 0x44, 0x56]);
    let keys_named = |second: Mac, key: u8| {
        let mut air = AirMaker::new();
        air.beacon().association(ASSIGNED);
        air.frame([0x00, 0], [HOME, ASSIGNED, HOME], &request_naming(7));
        air.goodbye(ASSIGNED).beacon().association(second);
        air.frame([0x00, 0], [HOME, second, HOME], &request_naming(key));
        judge(&air).leaks.count(Leak::KeyOfAnotherAddress)
    };
    assert_eq!(keys_named(another, 7), 1);
    assert_eq!(keys_named(another, 8), 0);
    assert_eq!(keys_named(ASSIGNED, 7), 0);
}

#[test]
fn attackers_are_not_stations_only_in_stories_with_attackers() {
    let mut air = clean_story();
    let stranger = Mac::of_stranger(7);
    air.authentication(stranger).probe(stranger, &[0, 1, b'x']);
    let mut brief = AirMaker::brief();
    assert!(!broken(&judge::judge(&air.frames(), &brief)).is_empty());
    brief.strangers = true;
    assert_eq!(broken(&judge::judge(&air.frames(), &brief)), []);
}

#[test]
fn computable_address_is_found() {
    let computed = judge::derived::computable(b"NetB", PERMANENT);
    assert_eq!(computed.to_string(), "7a:71:37:ef:f6:50");
    let verdict = judge(AirMaker::new().beacon().authentication(computed));
    assert_eq!(broken(&verdict), [(Leak::ComputableAddress, 1)]);
}

#[test]
fn ipv6_addresses_of_other_addresses_are_found() {
    let told = |of: Mac| {
        let mut air = AirMaker::new();
        air.beacon().association(ASSIGNED);
        let air = air.ipv6(ASSIGNED, of).ipv6_group(ASSIGNED, of);
        broken(&judge(air))
    };
    assert_eq!(told(ASSIGNED), []);
    let found = [(Leak::LinkLocalOfAnother, 2), (Leak::IpOfAnother, 1)];
    assert_eq!(told(mask(1)), found);
}
