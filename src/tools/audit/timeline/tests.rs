//! Pictures of captures with something planted in each.

use super::super::tests::{
    ASSIGNED, Air, EVERYBODY, HOME, NAMING, PERMANENT, WILDCARD, clean, mask,
};
use super::*;
use crate::tools::audit::fuzzing::assert_well_formed;
use crate::tools::audit::{Audit, Capture, Known, Verdict};

/// A title that means to be markup.
const HOSTILE: &str = "\"/><script>&amp;\u{1b}[2J\u{0}\u{ffff}</svg>";

fn read(air: &Air, known: Known) -> (Verdict, Timeline) {
    let mut audit = Audit::new(known).with_timeline();
    let file = air.pcap();
    let mut capture = Capture::new(&file[..]).unwrap();
    audit.read(&mut capture, |_| {}).unwrap();
    let timeline = audit.take_timeline().unwrap();
    (audit.judge(), timeline)
}

fn picture(air: &Air) -> String {
    let (verdict, timeline) = read(air, Known::default());
    let picture = draw(&verdict, &timeline, "air.pcap");
    assert_well_formed(&picture);
    picture
}

/// The titles of what is underlined.
fn underlined(picture: &str) -> Vec<&str> {
    let titles = picture.split("<title>LEAK, ").skip(1);
    titles
        .map(|it| it.split_once("</title>").unwrap().0)
        .collect()
}

#[test]
fn nothing_is_underlined_where_nothing_leaks() {
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
fn what_leaks_is_underlined_when_it_does_and_called_what_it_is() {
    let mut air = clean();
    air.pass(10).probe(mask(9), NAMING);
    let named = picture(&air);
    assert_eq!(underlined(&named), ["16.00 to 16.03 s: network named"]);
    assert!(named.contains(">LEAKS FOUND<"));
    assert!(named.contains(">probe request naming a network: 1, addresses: 1</text>"));

    let mut air = clean();
    air.pass(4).probe(mask(1), WILDCARD);
    assert_eq!(
        underlined(&picture(&air)),
        ["9.98 to 10.01 s: several scans"]
    );

    // Known only afterwards to be an assigned address.
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
fn under_a_permanent_address_everything_is_underlined() {
    let mut air = Air::new();
    air.beacon().pass(1).probe(PERMANENT, WILDCARD);
    air.pass(1).association(PERMANENT);
    let known = Known {
        permanent: vec![PERMANENT],
        assigned: Vec::new(),
    };
    let (verdict, timeline) = read(&air, known);
    let picture = draw(&verdict, &timeline, "");
    let expected = "permanent address, assigned address in probe";
    let of_both = underlined(&picture).into_iter();
    let said: Vec<_> = of_both.map(|it| it.split_once(": ").unwrap().1).collect();
    assert_eq!(said, [expected; 2]);
    assert!(picture.contains(">permanent address, +1</text>"));
}

#[test]
fn one_card_is_joined() {
    let mut air = clean();
    air.probe(mask(8), NAMING).pass(20).probe(mask(9), NAMING);
    let title = format!("<title>{} and {} are one card</title>", mask(8), mask(9));
    assert!(picture(&air).contains(&title));
}

#[test]
fn strangers_cannot_draw() {
    let name = [&[0, 30][..], &HOSTILE.as_bytes()[..30]].concat();
    let mut air = clean();
    let beacon = [&[0; 12][..], &name].concat();
    air.frame([0x80, 0], [EVERYBODY, HOME, HOME], &beacon)
        .probe(mask(9), &name);
    let (verdict, timeline) = read(&air, Known::default());
    let picture = draw(&verdict, &timeline, HOSTILE);
    assert_well_formed(&picture);
    assert!(!picture.contains("<script"));
    // What can be shown of it is.
    assert!(
        picture.contains(
            "access point \"\\\"/&gt;&lt;script&gt;&amp;amp;\\x1\""
                .replace('"', "&quot;")
                .as_str()
        )
    );
}

#[test]
fn frames_stay_in_their_order_and_number_however_long_it_takes() {
    let mut air = Air::new();
    for number in 0..2000_u64 {
        air.probe(mask(7), WILDCARD).beacon().pass(number % 50);
    }
    let (verdict, timeline) = read(&air, Known::default());
    let span = verdict.lasted();
    assert!(timeline.width * COLUMNS > span && timeline.width * COLUMNS / 2 <= span);
    for address in [mask(7), HOME] {
        let mut lanes = timeline.lanes.iter();
        let cells = &lanes.find(|it| it.address == address).unwrap().cells;
        assert!(cells.is_sorted_by(|one, other| one.column < other.column));
        assert!(cells.iter().all(|it| it.column < COLUMNS));
        let frames = cells.iter().flat_map(|it| it.frames).map(u64::from);
        assert_eq!(frames.sum::<u64>(), 2000);
    }
}

#[test]
fn clocks_that_jump_are_drawn_all_the_same() {
    let mut air = clean();
    air.now = 4_000_000_000_000_000;
    air.probe(mask(8), WILDCARD);
    air.now = 5_000_000;
    air.probe(mask(9), WILDCARD);
    let (verdict, timeline) = read(&air, Known::default());
    assert_well_formed(&draw(&verdict, &timeline, ""));
    assert!(timeline.lanes.iter().all(|it| it.cells.len() <= 2));
}

#[test]
fn there_are_no_more_lanes_than_one_can_look_at_and_those_that_leak_are_among_them() {
    let mut air = Air::new();
    let many = |number: u16| {
        let [high, low] = number.to_be_bytes();
        Mac([0xd6, high, low, 1, 2, 3])
    };
    air.probe(many(0), NAMING);
    for number in 1..400_u16 {
        air.pass(1).count_from(number.wrapping_mul(997) % 4096);
        air.probe(many(number), WILDCARD);
        let other = Mac([0x06, 0, 0, 0, 0, u8::try_from(number % 200).unwrap()]);
        air.frame([0x80, 0], [EVERYBODY, other, other], &[0; 12]);
    }
    let known = || Known {
        permanent: vec![PERMANENT],
        assigned: Vec::new(),
    };
    air.probe(PERMANENT, WILDCARD);
    let (verdict, timeline) = read(&air, known());
    assert!(timeline.lanes.len() <= MOST_LANES);
    let picture = draw(&verdict, &timeline, "");
    assert_well_formed(&picture);
    assert_eq!(picture.matches("class=\"address").count(), 64 + 6);
    assert!(picture.contains(">... and 337 more addresses, which are not drawn</text>"));
    for leaking in [many(0), PERMANENT] {
        assert!(
            picture.contains(&format!("\">{leaking}</text>")),
            "{leaking}"
        );
    }
    // Where all have something to tell, a known address still has a place.
    let mut air = Air::new();
    for number in 0..200 {
        air.pass(1).association(many(number));
    }
    air.probe(PERMANENT, WILDCARD);
    let (_, timeline) = read(&air, known());
    assert_eq!(timeline.lanes.len(), MOST_LANES);
    assert!(timeline.lanes.iter().any(|it| it.address == PERMANENT));
}

#[test]
fn each_frame_is_in_the_lane_of_its_address_while_others_make_room() {
    let mut air = Air::new();
    for number in 0..300_u16 {
        let [high, low] = number.to_be_bytes();
        air.pass(1).probe(Mac([0xd6, high, low, 1, 2, 3]), WILDCARD);
        if number >= 100 {
            air.probe(PERMANENT, NAMING).beacon();
        }
    }
    let (_, timeline) = read(&air, Known::default());
    assert_eq!(timeline.lanes.len(), MOST_LANES);
    for lane in &timeline.lanes {
        let frames = lane.cells.iter().map(Cell::all).sum::<u64>();
        let is_busy = [PERMANENT, HOME].contains(&lane.address);
        assert_eq!(frames, if is_busy { 200 } else { 1 }, "{}", lane.address);
    }
    assert_eq!(timeline.access_points, 1);
}

#[test]
fn an_empty_capture_has_a_picture() {
    let picture = picture(&Air::new());
    assert!(picture.contains(">NO LEAK FOUND<"));
}
