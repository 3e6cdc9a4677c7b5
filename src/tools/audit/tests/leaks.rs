//! Clean captures with one leak added.

use super::*;

#[test]
fn clean_capture_has_no_leak() {
    let verdict = clean().judge();
    assert!(!verdict.leaks());
    assert_eq!(found(&verdict), []);
    assert_eq!(verdict.access_points, 1);
    let stations: Vec<_> = verdict
        .stations
        .iter()
        .map(|station| station.address)
        .collect();
    assert_eq!(stations, [mask(1), mask(2), ASSIGNED, mask(3)]);
    let associated = &verdict.stations[2].station;
    assert_eq!(
        (associated.associations, associated.authentications),
        (1, 1)
    );
    assert_eq!((associated.data, associated.deauthentications), (2, 1));
    assert_eq!(associated.partners, [HOME]);
}

#[test]
fn source_of_frame_with_four_addresses_is_judged() {
    let known = KnownAddresses {
        permanent: vec![PERMANENT],
        assigned: Vec::new(),
    };
    // Data, QoS data, QoS Null; in an A-MSDU the address is another one, but a frame without a body is none.
    for (kind, quality, is_source) in [
        (0x08, 1, true),
        (0x88, 1, true),
        (0x88, 0x81, false),
        (0xc8, 0x81, true),
    ] {
        let mut air = clean();
        let body = [&PERMANENT.bytes()[..], &[quality, 2, 3, 4]].concat();
        air.frame([kind, 0x43], [HOME, ASSIGNED, BROADCAST], &body);
        let verdict = judge(&air.pcap(), &known).unwrap();
        let found = found(&verdict).contains(&(Leak::PermanentAddress, 1));
        assert_eq!(found, is_source, "{kind:#x} {quality:#x}");
    }
}

#[test]
fn permanent_address_is_found_in_any_frame() {
    let known = KnownAddresses {
        permanent: vec![PERMANENT, HOME],
        assigned: Vec::new(),
    };
    let count = |plant: &dyn Fn(&mut Air)| {
        let mut air = Air::new();
        plant(&mut air);
        found(&judge(&air.pcap(), &known).unwrap())
    };
    let once = [(Leak::PermanentAddress, 1)];
    assert_eq!(
        count(&|air| {
            air.probe(PERMANENT, WILDCARD);
        }),
        once
    );
    // Request to send.
    let rts = [&[0xb4, 0, 0, 0][..], &HOME.bytes(), &PERMANENT.bytes()].concat();
    assert_eq!(
        count(&|air| {
            air.raw(&rts);
        }),
        once
    );
    let carried = [0xb4, 0, 1, 2, 3, 4];
    let wrapper = [
        &[0x74, 0, 0, 0][..],
        &HOME.bytes(),
        &carried,
        &PERMANENT.bytes(),
    ]
    .concat();
    assert_eq!(
        count(&|air| {
            air.raw(&wrapper);
        }),
        once
    );
    // Also if the card is an access point.
    assert_eq!(
        count(&|air| {
            air.beacon();
        }),
        once
    );
    assert_eq!(
        count(&|air| {
            air.probe(mask(1), WILDCARD);
        }),
        []
    );
}

#[test]
fn global_address_is_a_leak_unless_permanent_ones_are_known() {
    let card = Mac([0x00, 0x16, 0xea, 1, 2, 3]);
    let mut air = clean();
    air.probe(card, WILDCARD);
    assert_eq!(found(&air.judge()), [(Leak::NotRandomised, 1)]);
    let known = KnownAddresses {
        permanent: vec![PERMANENT],
        assigned: Vec::new(),
    };
    let verdict = judge(&air.pcap(), &known).unwrap();
    assert_eq!(found(&verdict), [(Leak::VendorAddress, 1)]);
    assert!(!verdict.leaks());
    // Access points are not judged.
    let mut air = clean();
    air.frame([0x80, 0], [BROADCAST, card, card], &[0; 12])
        .probe(card, WILDCARD);
    assert_eq!(found(&air.judge()), []);
}

#[test]
fn assigned_address_in_probe_is_found_before_and_after() {
    let probe = |air: &mut Air| {
        air.probe(ASSIGNED, WILDCARD);
    };
    assert_eq!(leaks_added_by(probe), [(Leak::AssignedInProbe, 1)]);
    let mut early = Air::new();
    early
        .probe(ASSIGNED, WILDCARD)
        .beacon()
        .association(ASSIGNED);
    assert_eq!(found(&early.judge()), [(Leak::AssignedInProbe, 1)]);
}

#[test]
fn assigned_address_can_be_specified() {
    let known = KnownAddresses {
        permanent: Vec::new(),
        assigned: vec![mask(1)],
    };
    let verdict = judge(&clean().pcap(), &known).unwrap();
    assert_eq!(found(&verdict), [(Leak::AssignedInProbe, 1)]);
}

#[test]
fn ssid_in_probe_is_found_and_wildcard_is_not() {
    assert_eq!(
        leaks_added_by(|air| {
            air.probe(mask(9), NAMING);
        }),
        [(Leak::NetworkNamed, 1)]
    );
    let under_assigned = leaks_added_by(|air| {
        air.probe(ASSIGNED, NAMING);
    });
    let expected = [
        Leak::AssignedInProbe,
        Leak::NetworkNamed,
        Leak::NamedUnderAssigned,
    ];
    assert_eq!(under_assigned, expected.map(|leak| (leak, 1)));
    assert_eq!(
        leaks_added_by(|air| {
            air.probe(mask(9), b"\x00\x07DIRECT-");
        }),
        []
    );
}

#[test]
fn address_in_two_scans_is_found() {
    let again = leaks_added_by(|air| {
        air.pass(5).probe(mask(1), WILDCARD);
    });
    assert_eq!(again, [(Leak::SeveralScans, 1)]);
    // Back on the first channel of the scan.
    let back = leaks_added_by(|air| {
        air.probe(mask(9), WILDCARD)
            .pass(1)
            .probe(mask(9), WILDCARD);
    });
    assert_eq!(back, [(Leak::SeveralScans, 1)]);
    let at_once = leaks_added_by(|air| {
        air.probe(mask(9), WILDCARD).probe(mask(9), WILDCARD);
    });
    assert_eq!(at_once, []);
    let next_channel = [0, 0, 3, 1, 11];
    let goes_on = leaks_added_by(|air| {
        air.probe(mask(9), WILDCARD)
            .pass(1)
            .probe(mask(9), &next_channel);
    });
    assert_eq!(goes_on, []);
}

#[test]
fn addresses_beyond_the_limit_are_counted_and_skipped() {
    let mut air = Air::new();
    for number in 1..=9 {
        air.pass(1)
            .count_from(u16::from(number) * 77)
            .probe(mask(number), WILDCARD);
    }
    air.pass(9)
        .probe(mask(9), WILDCARD)
        .probe(PERMANENT, WILDCARD);
    let known = KnownAddresses {
        permanent: vec![PERMANENT],
        assigned: Vec::new(),
    };
    let mut audit = Audit::following(known, 8);
    audit
        .read(&mut Capture::new(&air.pcap()[..]).unwrap(), |_| {})
        .unwrap();
    let verdict = audit.judge();
    assert_eq!(verdict.counts.ignored, 2);
    assert_eq!(found(&verdict), [(Leak::PermanentAddress, 1)]);
}

#[test]
fn frames_that_cannot_be_read_say_nothing() {
    let named = |control: [u8; 2], sequence: u8| {
        let mut frame = [&control[..], &[0, 0], &BROADCAST.bytes()].concat();
        frame.extend([mask(9).bytes(), BROADCAST.bytes()].concat());
        frame.extend([sequence, 7]);
        frame.extend(NAMING);
        let mut air = clean();
        air.raw(&frame);
        let verdict = air.judge();
        (found(&verdict), verdict.counts.unreadable)
    };
    assert_eq!(named([0x40, 0], 0), (vec![(Leak::NetworkNamed, 1)], 0));
    // Encrypted, the second fragment, another version of the protocol, a reserved control frame.
    assert_eq!(named([0x40, 0x40], 0), (Vec::new(), 0));
    assert_eq!(named([0x40, 0], 1), (Vec::new(), 0));
    assert_eq!(named([0x41, 0], 0), (Vec::new(), 1));
    assert_eq!(named([0x04, 0], 0), (Vec::new(), 0));
}
