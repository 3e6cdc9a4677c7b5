//! The status judge against testimonies with one lie each: one that finds none of them would prove
//! nothing when it finds nothing in the lab.

use macveil_testkit::air::{Frame, Kind, Mac};
use macveil_testkit::judge::{Link, Testimony, Told, status_contradictions};

const AP: Mac = Mac([2, 0, 0, 0, 7, 0]);
const PERMANENT: Mac = Mac([2, 0, 0, 0, 0, 0]);
const MASK: Mac = Mac([0x0a, 1, 1, 1, 1, 1]);
const HOME: Mac = Mac([0x0a, 2, 2, 2, 2, 2]);
const SECOND: u64 = 1_000_000;

fn told(at: u64, by_event: bool) -> Told {
    let connected = at >= 5 * SECOND;
    Told {
        asked: at,
        answered: at + 1000,
        by_event,
        address: if connected { HOME } else { MASK },
        kind: if connected { "assigned" } else { "mask" }.to_owned(),
        state: if connected { "associated" } else { "scanning" }.to_owned(),
        up: true,
        permanent: false,
    }
}

fn frame(number: usize, at: u64, kind: Kind, transmitter: Mac) -> Frame {
    Frame {
        number,
        at,
        frequency: None,
        kind,
        receiver: AP,
        transmitter: Some(transmitter),
        bssid: Some(AP),
        sequence: None,
        is_encrypted: false,
        body: Vec::new(),
        length: 0,
    }
}

/// Masked for five seconds, then connected for five.
fn truth() -> (Testimony, Vec<Frame>) {
    let link = |at, address, carrier| Link {
        at,
        address,
        up: true,
        carrier,
    };
    let questions = (0..500).map(|number| told(number * 20_000, false));
    let events = [0, 5 * SECOND].map(|at| told(at, true));
    let mut told: Vec<_> = questions.chain(events).collect();
    told.sort_by_key(|told| told.answered);
    let testimony = Testimony {
        told,
        links: vec![link(0, MASK, false), link(5 * SECOND, HOME, true)],
        permanent: vec![PERMANENT],
        access_points: vec![AP],
        random_scans: false,
    };
    let frames = vec![
        frame(1, SECOND, Kind::ProbeRequest, MASK),
        frame(2, 5 * SECOND + 1, Kind::AssociationResponse, AP),
        frame(3, 7 * SECOND, Kind::Data, HOME),
    ];
    (testimony, frames)
}

#[track_caller]
fn assert_found(lie: impl FnOnce(&mut Testimony, &mut Vec<Frame>), words: &str) {
    let (mut testimony, mut frames) = truth();
    lie(&mut testimony, &mut frames);
    let found = status_contradictions(&testimony, &frames);
    assert!(found.iter().any(|it| it.contains(words)), "{found:?}");
}

#[test]
fn the_truth_is_not_contradicted() {
    let (testimony, frames) = truth();
    assert_eq!(
        status_contradictions(&testimony, &frames),
        Vec::<String>::new()
    );
}

#[test]
fn a_tenth_of_a_second_late_is_in_time_and_more_is_not() {
    let delayed = |testimony: &mut Testimony, by: u64| {
        for told in &mut testimony.told {
            let late = (5 * SECOND..5 * SECOND + by).contains(&told.asked);
            if late && !told.by_event {
                told.address = MASK;
                "mask".clone_into(&mut told.kind);
                "scanning".clone_into(&mut told.state);
            }
        }
    };
    let (mut testimony, frames) = truth();
    delayed(&mut testimony, 90_000);
    assert_eq!(
        status_contradictions(&testimony, &frames),
        Vec::<String>::new()
    );
    assert_found(|testimony, _| delayed(testimony, 200_000), "but the kernel");
}

#[test]
fn each_lie_is_found() {
    let last = |testimony: &mut Testimony| testimony.told.len() - 1;
    assert_found(
        |it, _| {
            let last = last(it);
            it.told[last].up = false;
        },
        "but the kernel",
    );
    assert_found(
        |it, _| {
            let last = last(it);
            "scanning".clone_into(&mut it.told[last].state);
        },
        "a carrier for long",
    );
    assert_found(|it, _| it.told[0].permanent = true, "contradicts itself");
    assert_found(
        |it, _| "assigned".clone_into(&mut it.told[0].kind),
        "contradicts itself",
    );
    assert_found(
        |it, _| it.told.retain(|told| !told.by_event || told.asked == 0),
        "the last event was",
    );
}

#[test]
fn frames_are_held_against_it() {
    let stranger = Mac([0x0a, 9, 9, 9, 9, 9]);
    assert_found(
        |_, frames| frames.push(frame(4, 8 * SECOND, Kind::Data, stranger)),
        "frame 4",
    );
    assert_found(
        |_, frames| {
            frames.push(frame(4, 8 * SECOND, Kind::Deauthentication, AP));
            frames.push(frame(5, 9 * SECOND, Kind::Data, HOME));
        },
        "a goodbye on the air",
    );
    let (mut testimony, mut frames) = truth();
    frames.push(frame(4, SECOND, Kind::ProbeRequest, stranger));
    testimony.random_scans = true;
    assert_eq!(
        status_contradictions(&testimony, &frames),
        Vec::<String>::new()
    );
}

#[test]
fn without_evidence_nothing_is_proved() {
    let (mut testimony, frames) = truth();
    testimony.told.truncate(20);
    assert!(status_contradictions(&testimony, &frames)[0].contains("prove nothing"));
    let (testimony, _) = truth();
    assert!(status_contradictions(&testimony, &[])[0].contains("prove nothing"));
}
