//! Files and headers of every kind have the same verdict.

use super::*;

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
