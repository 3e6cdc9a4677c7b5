//! When a network's file gets another address, and when it does not.

use std::time::Duration;

use super::bench::{
    Bench, MADE_UP, PERMANENT, at, card, home, network, options, policies, said, settings, stable,
};
use super::files::writes;
use super::*;
use crate::address::{ConnectionOptions, Record};
use crate::types::Mac;

const HOUR: Duration = Duration::from_secs(60 * 60);
/// The longest until macveil looks at addresses again that change with time.
const REVIEW: Duration = Duration::from_secs(600);

fn daily() -> Bench {
    Bench::wishing(ConnectionOptions {
        rotate: Some(said(Some(24 * HOUR))),
        ..options("stable-ssid")
    })
}

fn remembered(bench: &mut Bench) -> Vec<Record> {
    let done = std::mem::take(&mut bench.done).into_iter();
    let records = done.filter_map(|action| match action {
        Action::Remember { ssid, record } if ssid == home().ssid => Some(record),
        _ => None,
    });
    records.collect()
}

#[test]
fn an_address_that_rotates_is_renewed_at_rest_and_never_within_an_association() {
    let mut bench = daily();
    assert_eq!(remembered(&mut bench).len(), 1, "its time begins");
    let first = bench.filed();
    bench.connects_under(first);
    assert_eq!(remembered(&mut bench).len(), 1, "it is in use");
    bench.pass(48 * HOUR);
    assert_eq!(bench.filed(), first);
    bench.is_lost();
    let records = remembered(&mut bench);
    assert!(records.iter().all(|record| record.generation == 0));
    let used = records.iter().map(|record| record.used).max().unwrap();
    assert_eq!(used, 1_700_000_000 + bench.now.as_secs(), "until now");
    bench.pass(3 * HOUR);
    assert_eq!(bench.filed(), first, "its lease may be remembered there");
    bench.pass(HOUR + REVIEW);
    assert_ne!(bench.filed(), first);
    let generations: Vec<_> = remembered(&mut bench)
        .iter()
        .map(|record| record.generation)
        .collect();
    assert_eq!(generations, [1]);
}

#[test]
fn what_changes_with_the_day_is_looked_at_every_ten_minutes() {
    let mut bench = Bench::wishing(ConnectionOptions {
        stable_id: Some(said("${NETWORK_SSID}/${PERIOD:24h}".parse().unwrap())),
        ..options("stable")
    });
    let mut changes = 0;
    let mut last = bench.filed();
    let mut looks = 0;
    bench.pass(HOUR);
    let end = bench.now + 72 * HOUR;
    while bench.now < end {
        let pause = bench
            .station
            .poll_timeout()
            .unwrap()
            .saturating_sub(bench.now);
        assert!(!pause.is_zero() && pause <= REVIEW, "{pause:?}");
        bench.pass(pause);
        looks += 1;
        changes += i32::from(bench.filed() != last);
        last = bench.filed();
    }
    assert_eq!((changes, looks), (3, 72 * 6));
    // Without a connection nothing else is waited for.
    let mut bench = Bench::new("stable-ssid");
    bench.pass(HOUR);
    assert_eq!(bench.station.poll_timeout(), None);
}

#[test]
fn what_changed_while_the_machine_slept_is_written_as_it_wakes() {
    let mut bench = daily();
    let first = bench.filed();
    bench.now += 30 * HOUR;
    bench.done.clear();
    bench.tell(Event::Command(Command::Resumed));
    assert_ne!(bench.filed(), first);
    assert!(bench.did(&Action::ReadLink));
}

#[test]
fn a_link_that_comes_and_goes_does_not_use_up_leases() {
    let mut bench = Bench::new("random");
    let associate = |bench: &mut Bench| {
        let address = bench.filed();
        bench.connects_under(address);
        assert_eq!(bench.state(), StateKind::Associated);
        bench.is_lost();
        address
    };
    let mut drawn: Vec<Mac> = (0..4).map(|_| associate(&mut bench)).collect();
    let last = drawn[3];
    assert_eq!((associate(&mut bench), associate(&mut bench)), (last, last));
    drawn.sort();
    drawn.dedup();
    assert_eq!(drawn.len(), 4);
    bench.pass(HOUR);
    associate(&mut bench);
    assert_ne!(associate(&mut bench), last, "after an hour another one");
    // Unless somebody wants one.
    let last = bench.filed();
    bench.tell(Event::Command(Command::Rotate));
    assert_ne!(bench.filed(), last);
}

#[test]
fn another_random_address_that_is_wished_for_waits_for_the_end_of_the_association() {
    let mut bench = Bench::new("random");
    bench.knows(network("Work"), None);
    bench.tell_files();
    let (first, work) = (bench.filed(), bench.files[1].address);
    bench.connects_under(first);
    bench.tell(Event::Command(Command::Rotate));
    assert_eq!(bench.filed(), first);
    assert_ne!(bench.files[1].address, work, "nobody uses that one");
    bench.is_lost();
    assert_ne!(bench.filed(), first);
    // What is not by chance is not touched.
    let mut bench = Bench::new("stable-ssid");
    bench.done.clear();
    bench.tell(Event::Command(Command::Rotate));
    assert_eq!(writes(&bench), []);
}

#[test]
fn a_random_address_is_another_one_where_the_network_was_renewed_elsewhere() {
    let mut bench = Bench::new("random");
    bench.knows(network("Work"), None);
    bench.tell_files();
    let (first, work) = (bench.filed(), bench.files[1].address);
    let renewed = |generation| Event::Renewed {
        ssid: home().ssid,
        record: Record {
            generation,
            ..Record::default()
        },
    };
    bench.tell(renewed(0));
    assert_eq!(bench.filed(), first, "it was only used there");
    bench.tell(renewed(1));
    assert_ne!(bench.filed(), first);
    assert_eq!(bench.files[1].address, work);
}

#[test]
fn a_random_address_from_before_serves_if_chance_could_have_made_it() {
    for (there, stays) in [(MADE_UP, true), (PERMANENT, false)] {
        let mut bench = Bench::empty("random", true);
        bench.knows(home(), Some(there));
        bench.appears(None);
        assert_eq!(bench.filed() == there, stays);
    }
}

#[test]
fn iwd_may_join_with_what_a_file_said_before_until_it_has_read_the_file() {
    let mut bench = Bench::new("stable-ssid");
    let now = at(bench.now);
    bench
        .station
        .reconfigure(now, settings(), policies("permanent"));
    bench.tell_files();
    bench.tell_files();
    assert_eq!(bench.filed(), PERMANENT);
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), StateKind::Associated);
    bench.is_lost();
    bench.connects_under(PERMANENT);
    assert_eq!(bench.state(), StateKind::Associated);
    bench.is_lost();
    // It has read it by then.
    bench.iwd(StationPhase::Connecting);
    bench.sets(stable(&home()));
    bench.shows(stable(&home()));
    assert_eq!(bench.state(), StateKind::Refused);
}

#[test]
fn a_card_without_a_permanent_address_has_none_to_give() {
    let mut bench = Bench::empty_on(Card {
        permanent: None,
        ..card(true)
    });
    let configure = |bench: &mut Bench, policy: &str| {
        let now = at(bench.now);
        bench.station.reconfigure(now, settings(), policies(policy));
        bench.tell_files();
        let limitations = bench.station.status().limitations;
        matches!(limitations[..], [Limitation::NoAddress { .. }])
    };
    bench.knows(home(), None);
    bench.appears(None);
    assert!(configure(&mut bench, "permanent"));
    assert!(!configure(&mut bench, "stable-ssid"), "it has one again");
    assert!(configure(&mut bench, "permanent"));
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
    assert!(matches!(
        bench.station.status().problem,
        Some(Problem::Iwd {
            problem: IwdProblem::NoAddress { .. }
        })
    ));
    bench.files.clear();
    bench.tell_files();
    assert_eq!(bench.station.status().limitations, [], "it is forgotten");
    bench.hear(IwdEvent::Vanished);
}
