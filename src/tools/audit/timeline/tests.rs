//! Pictures of captures with and without leaks.

use super::super::tests::{
    ASSIGNED, Air, BROADCAST, HOME, NAMING, PERMANENT, WILDCARD, clean, mask,
};
use super::*;
use crate::tools::audit::fuzzing::assert_well_formed;
use crate::tools::audit::{Audit, Capture, KnownAddresses, Verdict};

/// A title with markup.
const HOSTILE: &str = "\"/><script>&amp;\u{1b}[2J\u{0}\u{ffff}</svg>";

fn read(air: &Air, known: KnownAddresses) -> (Verdict, Timeline) {
    let mut audit = Audit::new(known).with_timeline();
    let file = air.pcap();
    let mut capture = Capture::new(&file[..]).unwrap();
    audit.read(&mut capture, |_| {}).unwrap();
    let timeline = audit.take_timeline().unwrap();
    (audit.judge(), timeline)
}

fn picture(air: &Air) -> String {
    let (verdict, timeline) = read(air, KnownAddresses::default());
    let picture = draw(&verdict, &timeline, "air.pcap");
    assert_well_formed(&picture);
    picture
}

/// The titles of the underlines.
fn underlined(picture: &str) -> Vec<&str> {
    let titles = picture.split("<title>LEAK, ").skip(1);
    titles
        .map(|title| title.split_once("</title>").unwrap().0)
        .collect()
}

#[test]
fn clean_capture_has_no_underline() {
    let picture = picture(&clean());
    assert_eq!(underlined(&picture), [""; 0]);
    assert!(picture.contains(">NO LEAK FOUND<"));
    assert!(!picture.contains("class=\"row\""));
    for address in [HOME, mask(1), mask(2), ASSIGNED, mask(3)] {
        let row = format!(">{address}</text>");
        assert_eq!(picture.matches(&row).count(), 1, "{address}");
    }
    assert!(picture.contains("<title>probe requests: 1, 0.00 to 0.01 s</title>"));
    assert!(picture.contains(">associated</text>"));
}

#[test]
fn leak_is_underlined_at_its_time_with_its_name() {
    let mut air = clean();
    air.pass(10).probe(mask(9), NAMING);
    let named = picture(&air);
    assert_eq!(underlined(&named), ["16.00 to 16.03 s: network named"]);
    assert!(named.contains(">LEAKS FOUND<"));
    assert!(named.contains(">probe request with an SSID: 1, addresses: 1</text>"));

    let mut air = clean();
    air.pass(4).probe(mask(1), WILDCARD);
    assert_eq!(
        underlined(&picture(&air)),
        ["9.98 to 10.01 s: several scans"]
    );

    // Known as an assigned address only later.
    let mut early = Air::new();
    early
        .probe(ASSIGNED, WILDCARD)
        .pass(9)
        .association(ASSIGNED);
    assert_eq!(
        underlined(&picture(&early)),
        ["0.00 to 0.01 s: assigned address in probe"]
    );
}

#[test]
fn permanent_address_is_underlined_everywhere() {
    let mut air = Air::new();
    air.beacon().pass(1).probe(PERMANENT, WILDCARD);
    air.pass(1).association(PERMANENT);
    let known = KnownAddresses {
        permanent: vec![PERMANENT],
        assigned: Vec::new(),
    };
    let (verdict, timeline) = read(&air, known);
    let picture = draw(&verdict, &timeline, "");
    let expected = "permanent address, assigned address in probe";
    let of_both = underlined(&picture).into_iter();
    let said: Vec<_> = of_both
        .map(|title| title.split_once(": ").unwrap().1)
        .collect();
    assert_eq!(said, [expected; 2]);
    assert!(picture.contains(">permanent address, +1</text>"));
}

#[test]
fn linked_addresses_are_joined() {
    let mut air = clean();
    air.probe(mask(8), NAMING).pass(20).probe(mask(9), NAMING);
    let title = format!(
        "<title>{} and {} probably belong to one card</title>",
        mask(8),
        mask(9)
    );
    assert!(picture(&air).contains(&title));
}

#[test]
fn ssid_and_title_are_escaped() {
    let name = [&[0, 30][..], &HOSTILE.as_bytes()[..30]].concat();
    let mut air = clean();
    let beacon = [&[0; 12][..], &name].concat();
    air.frame([0x80, 0], [BROADCAST, HOME, HOME], &beacon)
        .probe(mask(9), &name);
    let (verdict, timeline) = read(&air, KnownAddresses::default());
    let picture = draw(&verdict, &timeline, HOSTILE);
    assert_well_formed(&picture);
    assert!(!picture.contains("<script"));
    // The valid part of the SSID is shown.
    assert!(
        picture.contains(
            "access point \"\\\"/&gt;&lt;script&gt;&amp;amp;\\x1\""
                .replace('"', "&quot;")
                .as_str()
        )
    );
}

#[test]
fn long_capture_keeps_order_and_number_of_frames() {
    let mut air = Air::new();
    for number in 0..2000_u64 {
        air.probe(mask(7), WILDCARD).beacon().pass(number % 50);
    }
    let (verdict, timeline) = read(&air, KnownAddresses::default());
    let span = verdict.lasted();
    assert!(timeline.width * MAX_COLUMNS > span && timeline.width * MAX_COLUMNS / 2 <= span);
    for address in [mask(7), HOME] {
        let mut lanes = timeline.lanes.iter();
        let cells = &lanes.find(|lane| lane.address == address).unwrap().cells;
        assert!(cells.is_sorted_by(|one, other| one.column < other.column));
        assert!(cells.iter().all(|lane| lane.column < MAX_COLUMNS));
        let frames = cells.iter().flat_map(|cell| cell.frames).map(u64::from);
        assert_eq!(frames.sum::<u64>(), 2000);
    }
}

#[test]
fn clock_that_jumps_is_drawn() {
    let mut air = clean();
    air.now = 4_000_000_000_000_000;
    air.probe(mask(8), WILDCARD);
    air.now = 5_000_000;
    air.probe(mask(9), WILDCARD);
    let (verdict, timeline) = read(&air, KnownAddresses::default());
    assert_well_formed(&draw(&verdict, &timeline, ""));
    assert!(timeline.lanes.iter().all(|lane| lane.cells.len() <= 2));
}

#[test]
fn lanes_are_limited_and_keep_leaking_addresses() {
    let mut air = Air::new();
    let many = |number: u16| {
        let [high, low] = number.to_be_bytes();
        Mac([0xd6, high, low, 1, 2, 3])
    };
    air.probe(many(0), NAMING);
    for number in 1..400_u16 {
        let square = number.wrapping_mul(number);
        air.pass(1).count_from(square.wrapping_mul(997) % 4096);
        air.probe(many(number), WILDCARD);
        let other = Mac([0x06, 0, 0, 0, 0, u8::try_from(number % 200).unwrap()]);
        air.frame([0x80, 0], [BROADCAST, other, other], &[0; 12]);
    }
    let known = || KnownAddresses {
        permanent: vec![PERMANENT],
        assigned: Vec::new(),
    };
    air.probe(PERMANENT, WILDCARD);
    let (verdict, timeline) = read(&air, known());
    assert!(timeline.lanes.len() <= MAX_LANES);
    let picture = draw(&verdict, &timeline, "");
    assert_well_formed(&picture);
    assert_eq!(picture.matches("class=\"address").count(), 64 + 6);
    assert!(picture.contains(">... and 337 more addresses (not drawn)</text>"));
    for leaking in [many(0), PERMANENT] {
        assert!(
            picture.contains(&format!("\">{leaking}</text>")),
            "{leaking}"
        );
    }
    // A known address has a lane even if no lane is plain.
    let mut air = Air::new();
    for number in 0..200 {
        air.pass(1).association(many(number));
    }
    air.probe(PERMANENT, WILDCARD);
    let (_, timeline) = read(&air, known());
    assert_eq!(timeline.lanes.len(), MAX_LANES);
    assert!(timeline.lanes.iter().any(|lane| lane.address == PERMANENT));
}

#[test]
fn replaced_lanes_do_not_mix_frames_of_addresses() {
    let mut air = Air::new();
    for number in 0..300_u16 {
        let [high, low] = number.to_be_bytes();
        air.pass(1).probe(Mac([0xd6, high, low, 1, 2, 3]), WILDCARD);
        if number >= 100 {
            air.probe(PERMANENT, NAMING).beacon();
        }
    }
    let (_, timeline) = read(&air, KnownAddresses::default());
    assert_eq!(timeline.lanes.len(), MAX_LANES);
    for lane in &timeline.lanes {
        let frames = lane.cells.iter().map(Cell::all).sum::<u64>();
        let is_busy = [PERMANENT, HOME].contains(&lane.address);
        assert_eq!(frames, if is_busy { 200 } else { 1 }, "{}", lane.address);
    }
    assert_eq!(timeline.access_points, 1);
}

#[test]
fn empty_capture_has_a_picture() {
    let picture = picture(&Air::new());
    assert!(picture.contains(">NO LEAK FOUND<"));
}
