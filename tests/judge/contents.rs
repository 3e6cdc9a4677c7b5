//! What the judge finds in the content of frames, and under an address in another role.

use super::*;

use macveil_testkit::planted::{dhcp, multi_link};

const LINK: Mac = Mac([0xee, 0x55, 0xea, 0x02, 0x8a, 0x9f]);

/// An association for a multi-link device, under the address of a link.
fn associate(air: &mut AirMaker, device: Mac) -> &mut AirMaker {
    let element = multi_link(device);
    let authentication = [&[0, 0, 1, 0, 0, 0][..], &element].concat();
    let request = [&[0; 4][..], &element].concat();
    air.frame([0xb0, 0], [HOME, LINK, HOME], &authentication)
        .frame([0xb0, 0], [LINK, HOME, HOME], &[0, 0, 2, 0, 0, 0])
        .frame([0x00, 0], [HOME, LINK, HOME], &request)
        .frame([0x10, 0], [LINK, HOME, HOME], &[0, 0, 0, 0, 1, 0])
}

#[test]
fn permanent_address_of_a_multi_link_device_is_found() {
    expect_leaks(
        |air| associate(air.beacon(), PERMANENT),
        &[(Leak::PermanentAddress, 2)],
    );
    expect_leaks(|air| associate(air.beacon(), mask(200)), &[]);
}

#[test]
fn permanent_address_in_an_sae_commit_is_found() {
    let mut commit = vec![3, 0, 1, 0, 126, 0, 19, 0];
    commit.resize(104, 9);
    commit.extend(multi_link(PERMANENT));
    expect_leaks(
        |air| air.beacon().frame([0xb0, 0], [HOME, LINK, HOME], &commit),
        &[(Leak::PermanentAddress, 1)],
    );
}

#[test]
fn multi_link_device_that_scans_is_found() {
    expect_leaks(
        |air| associate(air.probe(mask(200), WILDCARD).beacon(), mask(200)),
        &[(Leak::AssignedAddressInProbe, 1)],
    );
}

#[test]
fn permanent_address_in_a_request_for_a_lease_is_found() {
    let request = |hardware| {
        let packet = dhcp(hardware, &[]);
        [&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0][..], &packet].concat()
    };
    for (hardware, expected) in [
        (
            PERMANENT,
            &[(Leak::PermanentAddress, 1), (Leak::LeaseOfAnother, 1)][..],
        ),
        (ASSIGNED, &[]),
    ] {
        let mut air = AirMaker::new();
        air.beacon().association(ASSIGNED);
        let addresses = [HOME, ASSIGNED, Mac::BROADCAST];
        air.frame([0x08, 0x01], addresses, &request(hardware));
        assert_eq!(broken(&judge(&air)), expected);
    }
}

#[test]
fn assigned_address_in_another_role_is_found() {
    const OTHER: Mac = Mac([2, 0, 0, 0, 2, 0]);
    let outside = &[(Leak::AssignedAddressOutside, 1)];
    // A hotspot, a query to another access point, and data to it.
    expect_leaks(
        |air| {
            air.pass(2.0)
                .frame([0x80, 0], [Mac::BROADCAST, ASSIGNED, ASSIGNED], &[0; 12])
        },
        outside,
    );
    expect_leaks(
        |air| air.frame([0xd0, 0], [OTHER, ASSIGNED, OTHER], &[4, 10, 1, 108, 0]),
        outside,
    );
    expect_leaks(
        |air| air.frame([0x08, 0x41], [OTHER, ASSIGNED, OTHER], &[1, 2, 3, 4]),
        outside,
    );
}

const SECRET: &[u8] = b"\x00\x06Secret";

#[test]
fn only_the_first_channel_of_a_typed_command_is_allowed() {
    let mut air = clean_story();
    air.probe(ASSIGNED, SECRET)
        .pass(0.2)
        .probe(ASSIGNED, SECRET);
    let frames = air.frames();
    let typed = frames[frames.len() - 2].at - 50_000;
    let brief = Brief {
        typed: vec![typed],
        ..AirMaker::brief()
    };
    let expected = [
        (Leak::AssignedAddressInProbe, 1),
        (Leak::NetworkNamedUnderAssigned, 1),
    ];
    assert_eq!(broken(&judge::judge(&frames, &brief)), expected);
}

#[test]
fn wps_is_allowed_under_a_mask_while_the_user_asks_for_it() {
    let elements = [WILDCARD, &[0xdd, 4, 0, 0x50, 0xf2, 4]].concat();
    for (station, leaks) in [
        (mask(9), &[][..]),
        (
            ASSIGNED,
            &[(Leak::AssignedAddressInProbe, 1), (Leak::WpsOrP2p, 1)],
        ),
    ] {
        let mut air = clean_story();
        air.probe(station, &elements);
        let brief = Brief {
            wps: vec![just_now(&air)],
            external_scans: vec![just_now(&air)],
            ..AirMaker::brief()
        };
        assert_eq!(broken(&judge::judge(&air.frames(), &brief)), leaks);
    }
}
