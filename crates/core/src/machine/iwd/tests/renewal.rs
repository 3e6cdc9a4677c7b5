//! When the file of a network gets another address.

use std::time::Duration;

use super::bench::{
    Bench, MADE_UP, PERMANENT, at, card, home, network, options, policies, said, settings, stable,
};
use super::files::writes;
use super::*;
use crate::address::{ConnectionOptions, Record};
use crate::types::Mac;

const HOUR: Duration = Duration::from_secs(60 * 60);
/// Maximum time until macveil evaluates addresses that change with time.
const REVIEW: Duration = Duration::from_secs(600);

fn daily() -> Bench {
    Bench::with_options(ConnectionOptions {
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
fn rotating_address_is_renewed_only_when_idle() {
    let mut bench = daily();
    assert_eq!(remembered(&mut bench).len(), 1, "its lifetime begins");
    let first = bench.filed();
    bench.connects_under(first);
    assert_eq!(remembered(&mut bench).len(), 1, "the address is in use");
    bench.pass(48 * HOUR);
    assert_eq!(bench.filed(), first);
    bench.is_lost();
    let records = remembered(&mut bench);
    assert!(records.iter().all(|record| record.generation == 0));
    let used = records.iter().map(|record| record.used).max().unwrap();
    assert_eq!(used, 1_700_000_000 + bench.now.as_secs(), "until now");
    bench.pass(3 * HOUR);
    assert_eq!(bench.filed(), first, "the network may keep its lease");
    bench.pass(HOUR + REVIEW);
    assert_ne!(bench.filed(), first);
    let generations: Vec<_> = remembered(&mut bench)
        .iter()
        .map(|record| record.generation)
        .collect();
    assert_eq!(generations, [1]);
}

#[test]
fn daily_policy_is_evaluated_every_ten_minutes() {
    let mut bench = Bench::with_options(ConnectionOptions {
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
    // Without a connection there is no other timeout.
    let mut bench = Bench::new("stable-ssid");
    bench.pass(HOUR);
    assert_eq!(bench.station.poll_timeout(), None);
}

#[test]
fn change_during_sleep_is_written_at_resume() {
    let mut bench = daily();
    let first = bench.filed();
    bench.now += 30 * HOUR;
    bench.done.clear();
    bench.tell(Event::Command(Command::Resumed));
    assert_ne!(bench.filed(), first);
    assert!(bench.did(&Action::ReadLink));
}

#[test]
fn unstable_link_does_not_use_up_leases() {
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
    assert_ne!(associate(&mut bench), last, "another address after an hour");
    // Unless the user requests one.
    let last = bench.filed();
    bench.tell(Event::Command(Command::Rotate));
    assert_ne!(bench.filed(), last);
}

#[test]
fn requested_random_address_waits_for_the_association_end() {
    let mut bench = Bench::new("random");
    bench.knows(network("Work"), None);
    bench.tell_files();
    let (first, work) = (bench.filed(), bench.files[1].address);
    bench.connects_under(first);
    bench.tell(Event::Command(Command::Rotate));
    assert_eq!(bench.filed(), first);
    assert_ne!(bench.files[1].address, work, "that address is not in use");
    bench.is_lost();
    assert_ne!(bench.filed(), first);
    // Addresses that are not random do not change.
    let mut bench = Bench::new("stable-ssid");
    bench.done.clear();
    bench.tell(Event::Command(Command::Rotate));
    assert_eq!(writes(&bench), []);
}

#[test]
fn renewal_elsewhere_changes_the_random_address() {
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
fn earlier_address_is_kept_if_it_could_be_random() {
    for (there, stays) in [(MADE_UP, true), (PERMANENT, false)] {
        let mut bench = Bench::empty("random", true);
        bench.knows(home(), Some(there));
        bench.appears(None);
        assert_eq!(bench.filed() == there, stays);
    }
}

#[test]
fn iwd_can_use_the_old_address_until_it_reads_the_file() {
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
    // By then iwd has read the file.
    bench.iwd(StationPhase::Connecting);
    bench.sets(stable(&home()));
    bench.shows(stable(&home()));
    assert_eq!(bench.state(), StateKind::Refused);
}

#[test]
fn missing_permanent_address_is_reported() {
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
    assert!(
        !configure(&mut bench, "stable-ssid"),
        "there is an address again"
    );
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
    assert_eq!(
        bench.station.status().limitations,
        [],
        "the network is forgotten"
    );
    bench.hear(IwdEvent::Vanished);
}
