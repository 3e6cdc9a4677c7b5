//! Captures without a leak, and with one added.

use super::*;

pub(super) const HOME: Mac = Mac([0x02, 0, 0, 0, 1, 0]);
pub(super) const PERMANENT: Mac = Mac([0x02, 0, 0, 0, 0, 0]);
pub(super) const ASSIGNED: Mac = Mac([0x9a, 0x11, 0x22, 0x33, 0x44, 0x55]);
pub(super) const BROADCAST: Mac = Mac([0xff; 6]);
/// The minimal elements, with a wildcard for the network's name.
pub(super) const WILDCARD: &[u8] = &[0, 0, 1, 4, 2, 4, 11, 22, 3, 1, 6, 50, 2, 12, 24];
pub(super) const NAMING: &[u8] = b"\x00\x04Home";
const EXTENDED: &[u8] = &[0, 0, 127, 1, 4];

pub(super) fn mask(number: u8) -> Mac {
    Mac([0xd2, number, 0xc0, 0xff, 0xee, number ^ 0x5a])
}

/// Builds a capture.
pub(super) struct Air {
    packets: Vec<(Micros, Vec<u8>)>,
    pub(super) now: Micros,
    sequence: u16,
    flags: u8,
}

impl Air {
    pub(super) const fn new() -> Self {
        Self {
            packets: Vec::new(),
            now: 1_700_000_000_000_000,
            sequence: 0,
            flags: 0,
        }
    }

    pub(super) const fn pass(&mut self, seconds: u64) -> &mut Self {
        self.now += seconds * 1_000_000;
        self
    }

    pub(super) const fn count_from(&mut self, sequence: u16) -> &mut Self {
        self.sequence = sequence;
        self
    }

    pub(super) fn frame(
        &mut self,
        control: [u8; 2],
        addresses: [Mac; 3],
        body: &[u8],
    ) -> &mut Self {
        let [receiver, transmitter, third] = addresses.map(Mac::bytes);
        let sequence = (self.sequence << 4).to_le_bytes();
        self.sequence = (self.sequence + 1) % 4096;
        let head = [&control[..], &[0, 0], &receiver, &transmitter, &third];
        self.raw(&[head.concat(), sequence.to_vec(), body.to_vec()].concat())
    }

    fn raw(&mut self, frame: &[u8]) -> &mut Self {
        self.now += 1000;
        let [low, high] = 2437_u16.to_le_bytes();
        let radiotap = [
            0, 0, 14, 0, 0x0a, 0, 0, 0, self.flags, 0, low, high, 0xa0, 0,
        ];
        self.packets.push((self.now, [&radiotap, frame].concat()));
        self
    }

    pub(super) fn beacon(&mut self) -> &mut Self {
        self.frame([0x80, 0], [BROADCAST, HOME, HOME], &[0; 12])
    }

    pub(super) fn probe(&mut self, from: Mac, elements: &[u8]) -> &mut Self {
        self.frame([0x40, 0], [BROADCAST, from, BROADCAST], elements)
    }

    pub(super) fn association(&mut self, station: Mac) -> &mut Self {
        self.frame([0xb0, 0], [HOME, station, HOME], &[0, 0, 1, 0, 0, 0])
            .frame([0xb0, 0], [station, HOME, HOME], &[0, 0, 2, 0, 0, 0])
            .frame([0x00, 0], [HOME, station, HOME], &[0; 4])
            .frame([0x10, 0], [station, HOME, HOME], &[0, 0, 0, 0, 1, 0])
            .data(station)
    }

    fn data(&mut self, station: Mac) -> &mut Self {
        self.frame([0x08, 0x41], [HOME, station, BROADCAST], &[1, 2, 3, 4])
            .frame([0x08, 0x42], [station, HOME, HOME], &[1, 2, 3, 4])
    }

    fn goodbye(&mut self, station: Mac) -> &mut Self {
        self.frame([0xc0, 0], [HOME, station, HOME], &[3, 0])
    }

    pub(super) fn pcap(&self) -> Vec<u8> {
        let mut file = Vec::new();
        for number in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0x4_0000, 127] {
            file.extend(number.to_le_bytes());
        }
        for (at, packet) in &self.packets {
            let length = u32::try_from(packet.len()).unwrap();
            let (seconds, micros) = (at / 1_000_000, at % 1_000_000);
            for number in [seconds, micros, u64::from(length), u64::from(length)] {
                file.extend(u32::try_from(number).unwrap().to_le_bytes());
            }
            file.extend(packet);
        }
        file
    }

    /// Big-endian, with times in nanoseconds and an unknown block.
    fn pcapng(&self) -> Vec<u8> {
        let block = |kind: u32, body: &[u8]| {
            let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
            let size = u32::try_from(12 + body.len() + padding.len()).unwrap();
            let (kind, size) = (kind.to_be_bytes(), size.to_be_bytes());
            [&kind[..], &size, body, &padding, &size].concat()
        };
        let section = [
            &0x1a2b_3c4d_u32.to_be_bytes()[..],
            &[0, 1, 0, 0],
            &[0xff; 8],
        ]
        .concat();
        let interface = [
            &[0, 127, 0, 0, 0, 4, 0, 0][..],
            &[0, 9, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0],
        ];
        let mut file = block(0x0a0d_0d0a, &section);
        file.extend(block(1, &interface.concat()));
        file.extend(block(4, &[0, 0, 0, 0]));
        for (at, packet) in &self.packets {
            let length = u32::try_from(packet.len()).unwrap().to_be_bytes();
            let at = (at * 1000).to_be_bytes();
            file.extend(block(
                6,
                &[&[0; 4][..], &at, &length, &length, packet].concat(),
            ));
        }
        file
    }

    pub(super) fn judge(&self) -> Verdict {
        judge(&self.pcap(), &KnownAddresses::default()).unwrap()
    }

    fn judge_strictly(&self) -> Verdict {
        let mut audit = Audit::new(KnownAddresses::default()).strict(true);
        let file = self.pcap();
        let mut capture = Capture::new(&file[..]).unwrap();
        audit.read(&mut capture, |_| {}).unwrap();
        audit.judge()
    }
}

fn judge(file: &[u8], known: &KnownAddresses) -> Result<Verdict, CaptureError> {
    let mut audit = Audit::new(known.clone());
    audit.read(&mut Capture::new(file)?, |_| {})?;
    Ok(audit.judge())
}

/// A station without a leak.
pub(super) fn clean() -> Air {
    let mut air = Air::new();
    air.count_from(2000).probe(mask(1), WILDCARD).pass(3);
    air.count_from(700).probe(mask(2), WILDCARD).beacon();
    air.count_from(3)
        .association(ASSIGNED)
        .data(ASSIGNED)
        .beacon();
    air.goodbye(ASSIGNED).pass(3);
    air.count_from(3900).probe(mask(3), WILDCARD).beacon();
    air
}

fn found(verdict: &Verdict) -> Vec<(Leak, u64)> {
    let all = Leak::ALL.map(|leak| (leak, verdict.total(leak).0));
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// The leaks in the clean capture with these frames added.
fn leaks_added_by(plant: impl FnOnce(&mut Air)) -> Vec<(Leak, u64)> {
    let mut air = clean();
    plant(air.count_from(1234));
    let verdict = air.judge();
    assert_eq!(
        verdict.leaks(),
        found(&verdict).iter().any(|(leak, _)| !leak.is_note())
    );
    found(&verdict)
}

pub(super) fn linked(air: &Air) -> Vec<(Mac, Mac)> {
    let links = air.judge().links.into_iter();
    links.map(|link| (link.earlier, link.later)).collect()
}

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
fn formats_and_link_types_have_the_same_verdict() {
    let mut air = clean();
    air.probe(ASSIGNED, NAMING);
    let (classic, newer) = (
        air.judge(),
        judge(&air.pcapng(), &KnownAddresses::default()).unwrap(),
    );
    assert_eq!(classic.stations, newer.stations);
    assert_eq!(classic.counts, newer.counts);
    let mut bare = Air::new();
    bare.packets = air
        .packets
        .iter()
        .map(|(at, packet)| (*at, packet[14..].to_vec()))
        .collect();
    let mut bare = bare.pcap();
    bare[20] = 105;
    let bare = judge(&bare, &KnownAddresses::default()).unwrap();
    assert_eq!(found(&bare), found(&classic));
}

/// A file whose packets have this header and link type.
fn with_header(link: u8, header: &[u8], trailer: &[u8]) -> Vec<u8> {
    let mut air = clean();
    air.probe(ASSIGNED, NAMING);
    for (_, packet) in &mut air.packets {
        *packet = [header, &packet[14..], trailer].concat();
    }
    let mut file = air.pcap();
    file[20] = link;
    file
}

#[test]
fn every_header_of_a_sniffer_is_read() {
    let prism = |order: fn(u32) -> [u8; 4]| [&order(0x44)[..], &order(144), &[7; 136]].concat();
    let avs = [&[0x80, 0x21, 0x10, 1][..], &[0, 0, 0, 64], &[7; 56]].concat();
    let ppi = [0, 0, 8, 0, 105, 0, 0, 0];
    let flags = |flags: u8| {
        let field = [
            0, 0, 0, 0, 0, 0, 0, 0, flags, 0, 2, 0, 0x85, 9, 0, 0, 0, 0, 0xd0, 0xa0,
        ];
        [&[0, 0, 32, 0, 105, 0, 0, 0, 2, 0, 20, 0][..], &field].concat()
    };
    // Two further words of flags, as of cards with two antennas.
    let radiotap = [
        0, 0, 24, 0, 0x2f, 0, 0, 0xa0, 0x20, 0, 0, 0xa0, 0x20, 8, 0, 0,
    ];
    let radiotap = |flags: u8| {
        let mut header = radiotap.to_vec();
        header[2] = 36;
        header.extend([
            0, 0, 0, 0, 0, 0, 0, 0, flags, 2, 0x85, 9, 0xa0, 0, 0xd0, 0xa0, 0, 0, 0, 0,
        ]);
        header
    };
    let expected = found(&judge(&with_header(105, &[], &[]), &KnownAddresses::default()).unwrap());
    assert!(!expected.is_empty());
    for (link, header, trailer) in [
        (119, prism(u32::to_le_bytes), &[][..]),
        (119, prism(u32::to_be_bytes), &[]),
        (119, avs.clone(), &[]),
        (163, avs, &[]),
        (192, ppi.to_vec(), &[]),
        (192, flags(0), &[]),
        (192, flags(1), &[1, 2, 3, 4]),
        (127, radiotap(0), &[]),
        (127, radiotap(0x10), &[1, 2, 3, 4]),
    ] {
        let file = with_header(link, &header, trailer);
        let verdict = judge(&file, &KnownAddresses::default()).unwrap();
        assert_eq!(found(&verdict), expected, "link type {link}, {header:?}");
        assert_eq!(verdict.counts.unreadable, 0);
    }
    let damaged = judge(
        &with_header(192, &flags(4), &[]),
        &KnownAddresses::default(),
    );
    let counts = damaged.unwrap().counts;
    assert_eq!(counts.damaged, counts.packets);
}

#[test]
fn source_of_frame_with_four_addresses_is_judged() {
    let known = KnownAddresses {
        permanent: vec![PERMANENT],
        assigned: Vec::new(),
    };
    let mut air = clean();
    let body = [&PERMANENT.bytes()[..], &[1, 2, 3, 4]].concat();
    air.frame([0x08, 0x43], [HOME, ASSIGNED, BROADCAST], &body);
    let verdict = judge(&air.pcap(), &known).unwrap();
    assert_eq!(found(&verdict), [(Leak::PermanentAddress, 1)]);
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
fn invalid_and_damaged_frames_are_counted_and_skipped() {
    let mut air = clean();
    air.raw(&[0x40, 0, 0, 0, 1]);
    air.flags = 0x40;
    air.probe(ASSIGNED, NAMING);
    let mut file = air.pcap();
    file.extend([0; 7]);
    let verdict = judge(&file, &KnownAddresses::default()).unwrap();
    assert!(!verdict.leaks());
    assert_eq!((verdict.counts.unreadable, verdict.counts.damaged), (1, 1));
    let mut capture = Capture::new(&file[..]).unwrap();
    while capture.next_packet().unwrap().is_some() {}
    assert!(capture.ends_early());
}

#[test]
fn checksum_is_not_read_as_element() {
    let mut air = clean();
    air.flags = 0x10;
    air.probe(mask(9), &[WILDCARD, &[221, 2, 1, 2]].concat());
    assert_eq!(found(&air.judge()), []);
}

#[test]
fn truncated_frame_is_judged_by_the_rest() {
    let mut air = clean();
    air.probe(ASSIGNED, WILDCARD);
    let mut file = air.pcap();
    let record = file.len() - air.packets.last().unwrap().1.len() - 16;
    file[record + 12] += 40;
    let verdict = judge(&file, &KnownAddresses::default()).unwrap();
    assert_eq!(verdict.counts.truncated, 1);
    assert_eq!(found(&verdict), [(Leak::AssignedInProbe, 1)]);
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
fn invalid_files_have_distinct_errors() {
    let why = |file: &[u8]| judge(file, &KnownAddresses::default()).unwrap_err();
    assert!(matches!(why(b""), CaptureError::Empty));
    assert!(matches!(
        why(b"no capture, but long enough"),
        CaptureError::Format
    ));
    let mut ethernet = clean().pcap();
    ethernet[20] = 1;
    assert!(matches!(why(&ethernet), CaptureError::NotWifi(1)));
    let mut ethernet = clean().pcapng();
    ethernet[28 + 9] = 1;
    assert!(matches!(why(&ethernet), CaptureError::NotWifi(1)));
    let mut damaged = clean().pcap();
    damaged[24 + 8..24 + 12].fill(0x7f);
    assert!(matches!(why(&damaged), CaptureError::Damaged(24)));
}

/// A little-endian pcapng file with one interface, whose packets are cut to five bytes, and the block.
fn pcapng_with(kind: u32, body: &[u8]) -> Vec<u8> {
    let section = [&[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0][..], &[0xff; 8]].concat();
    let interface = [127, 0, 0, 0, 5, 0, 0, 0];
    let block = |kind: u32, body: &[u8]| {
        let padded = body.len().next_multiple_of(4);
        let size = u32::try_from(12 + padded).unwrap().to_le_bytes();
        let padding = vec![0; padded - body.len()];
        [&kind.to_le_bytes()[..], &size, body, &padding, &size].concat()
    };
    let blocks = [(0x0a0d_0d0a, &section[..]), (1, &interface), (kind, body)];
    blocks.map(|(kind, body)| block(kind, body)).concat()
}

fn first_packet(file: &[u8]) -> Result<(Micros, bool, Vec<u8>), CaptureError> {
    let mut capture = Capture::new(file)?;
    let packet = capture.next_packet()?.unwrap();
    Ok((packet.at, packet.is_truncated, packet.bytes.to_vec()))
}

/// The body of an enhanced packet of five bytes: interface, time, lengths, data.
fn enhanced_packet(interface: [u8; 4], captured: u8) -> Vec<u8> {
    let lengths = [captured, 0, 0, 0, 9, 0, 0, 0];
    [
        &interface[..],
        &[0, 0, 0, 0, 7, 0, 0, 0],
        &lengths,
        b"frame",
    ]
    .concat()
}

#[test]
fn pcapng_packet_blocks_have_data_without_padding() {
    let expected = (7, true, b"frame".to_vec());
    let enhanced = pcapng_with(6, &enhanced_packet([0; 4], 5));
    assert_eq!(first_packet(&enhanced).unwrap(), expected);
    // The obsolete block counts drops in the upper half of the interface.
    let obsolete = pcapng_with(2, &enhanced_packet([0, 0, 3, 0], 5));
    assert_eq!(first_packet(&obsolete).unwrap(), expected);
    let simple = pcapng_with(3, b"\x09\0\0\0frame");
    assert_eq!(first_packet(&simple).unwrap(), (0, true, expected.2));
}

#[test]
fn pcapng_packet_of_unknown_interface_is_damage() {
    for (kind, interface) in [(6, [1, 0, 0, 0]), (2, [1, 0, 0, 0]), (6, [0, 0, 1, 0])] {
        let file = pcapng_with(kind, &enhanced_packet(interface, 5));
        assert!(matches!(
            first_packet(&file),
            Err(CaptureError::Damaged(48))
        ));
    }
}

#[test]
fn pcapng_packet_longer_than_its_block_is_damage() {
    for kind in [6, 2] {
        let file = pcapng_with(kind, &enhanced_packet([0; 4], 9));
        assert!(matches!(
            first_packet(&file),
            Err(CaptureError::Damaged(48))
        ));
    }
}

#[test]
fn records_are_read_up_to_the_limit_and_refused_above_it() {
    let packet = |length: u32| {
        let mut file = Air::new().pcap();
        for number in [0, 0, length, length] {
            file.extend(number.to_le_bytes());
        }
        file.resize(file.len() + length as usize, 1);
        first_packet(&file).map(|(_, _, bytes)| bytes.len())
    };
    assert_eq!(packet(256 * 1024).unwrap(), 256 * 1024);
    assert!(matches!(
        packet(256 * 1024 + 1),
        Err(CaptureError::Damaged(24))
    ));
    let other_block = |size: usize| pcapng_with(0xbad_f00d, &vec![0; size - 12]);
    let end = |file: &[u8]| Capture::new(file)?.next_packet().map(|it| it.is_none());
    assert!(end(&other_block(16 * 1024 * 1024)).unwrap());
    let error = end(&other_block(16 * 1024 * 1024 + 4)).unwrap_err();
    assert!(matches!(error, CaptureError::Damaged(48)));
}

#[test]
fn pcapng_resolutions_are_powers_of_ten_and_two() {
    let at = |resolution: u8| {
        let mut file = clean().pcapng();
        let option = 28 + 16 + 4;
        assert_eq!(file[option], 9);
        file[option] = resolution;
        first_packet(&file).unwrap().0
    };
    let nanoseconds = at(9) * 1000;
    assert_eq!(at(6), nanoseconds);
    assert_eq!(
        at(0x80 | 0x14),
        u64::try_from((u128::from(nanoseconds) * 1_000_000) >> 20).unwrap()
    );
}

/// A source that returns one byte at a time.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let one = room.len().min(1);
        self.0.read(&mut room[..one])
    }
}

#[test]
fn short_reads_do_not_change_the_verdict() {
    for file in [clean().pcap(), clean().pcapng()] {
        let mut audit = Audit::new(KnownAddresses::default());
        audit
            .read(&mut Capture::new(Drip(&file)).unwrap(), |_| {})
            .unwrap();
        let at_once = judge(&file, &KnownAddresses::default()).unwrap();
        assert_eq!(audit.judge().stations, at_once.stations);
    }
}

#[test]
fn fuzzing_accepts_captures_with_leaks() {
    // The seeds must be valid captures, so that mutations reach the verdict.
    let mut air = clean();
    air.probe(ASSIGNED, NAMING).probe(mask(9), EXTENDED);
    for file in [air.pcap(), air.pcapng()] {
        fuzzing::capture(&file);
        assert!(judge(&file, &KnownAddresses::default()).unwrap().leaks());
    }
}

/// Every word of JSON for what a capture shows: leaks, notes, and reasons of links.
fn words(verdict: &Verdict) -> Vec<&'static str> {
    let found = found(verdict).into_iter().map(|(leak, _)| leak.word());
    let links = verdict.links.iter().map(|link| match &link.reason {
        LinkReason::SameIdentifier(value) => value.word(),
        LinkReason::SameAddress => "address",
        LinkReason::CountsOn { .. } => "sequence-numbers",
        LinkReason::SameName(_) => "name",
        LinkReason::SameContent(_) => "elements",
    });
    found.chain(links).collect()
}

#[test]
fn every_planted_kind_is_found() {
    let all = macveil_testkit::planted::all();
    assert!(all.len() >= 16);
    for planted in all {
        let verdict = judge(&planted.pcap(), &KnownAddresses::default()).unwrap();
        let (words, expected) = (words(&verdict), planted.finds.unwrap());
        assert!(words.contains(&expected), "{}: {words:?}", planted.name);
    }
}

#[test]
fn captures_without_a_planted_kind_are_clean() {
    let all = macveil_testkit::planted::all_clean();
    assert!(all.len() >= 8);
    for planted in all {
        let verdict = judge(&planted.pcap(), &KnownAddresses::default()).unwrap();
        assert_eq!(words(&verdict), [""; 0], "{}", planted.name);
        assert!(!verdict.leaks());
    }
}

#[test]
fn mld_address_counts_as_if_it_had_transmitted() {
    use macveil_testkit::planted;
    let permanent = Mac(planted::PERMANENT.0);
    let known = KnownAddresses {
        permanent: vec![permanent],
        assigned: Vec::new(),
    };
    let all = planted::all_clean().into_iter();
    let devices: Vec<_> = all
        .filter(|it| it.name == "two links of one device")
        .collect();
    let verdict = judge(&devices[0].pcap(), &known).unwrap();
    assert_eq!(found(&verdict), [(Leak::PermanentAddress, 2)]);
}

#[test]
fn planted_captures_that_are_cut_off_are_survived() {
    for planted in macveil_testkit::planted::all() {
        for (index, (_, frame)) in planted.frames.iter().enumerate() {
            for length in 0..frame.len() {
                let mut audit = Audit::new(KnownAddresses::default());
                for (at, whole) in &planted.frames[..index] {
                    audit.observe(&bare(*at, whole));
                }
                audit.observe(&bare(1, &frame[..length]));
            }
        }
    }
}

fn bare(at: Micros, bytes: &[u8]) -> Packet<'_> {
    Packet {
        at,
        link: LinkType::Bare,
        is_truncated: false,
        bytes,
    }
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
