//! What is remembered, and for how long.

use std::time::Duration;

use super::bench::{Bench, MADE_UP, PERMANENT, card, home, network, options, said, stable};
use super::files::writes;
use super::rest::{heard, is_scanned};
use super::*;
use crate::address::{ConnectionOptions, Record};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn work() -> NetworkId {
    network("Work")
}

/// iwd knows `Home` and `Work`.
fn two_known(policy: &str) -> Bench {
    let mut bench = Bench::new(policy);
    bench.knows(work(), None);
    bench.tell_files();
    bench
}

#[test]
fn an_attempt_at_another_network_is_judged_by_that_ones_address() {
    let mut bench = two_known("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.iwd_at(StationPhase::Connecting, work());
    bench.shows(stable(&home()));
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
}

#[test]
fn other_settings_count_from_the_moment_that_they_are_taken() {
    let daily = || ConnectionOptions {
        stable_id: Some(said("${NETWORK_SSID}/${PERIOD:24h}".parse().unwrap())),
        ..options("stable")
    };
    let mut bench = Bench::wishing(daily());
    let first = bench.filed();
    bench.now += DAY;
    bench.configure(daily());
    assert_ne!(bench.filed(), first);
    // What does not change with time is not looked at any more.
    bench.pass(SECOND);
    assert!(bench.station.poll_timeout().is_some());
    bench.configure(options("stable-ssid"));
    assert_eq!(bench.station.poll_timeout(), None);
}

#[test]
fn a_network_renewed_elsewhere_gets_another_random_address_however_many_it_had() {
    let mut bench = Bench::new("random");
    for _ in 0..6 {
        let address = bench.filed();
        bench.connects_under(address);
        bench.is_lost();
    }
    let last = bench.filed();
    let ssid = home().ssid;
    let record = Record {
        generation: 1,
        ..Record::default()
    };
    bench.tell(Event::Renewed { ssid, record });
    assert_ne!(bench.filed(), last);
}

#[test]
fn a_random_address_ends_with_its_association_however_iwd_leaves_it() {
    for phase in [
        StationPhase::Connecting,
        StationPhase::Connected,
        StationPhase::Disconnected,
    ] {
        let mut bench = two_known("random");
        let first = bench.filed();
        bench.connects_under(first);
        bench.iwd_at(phase, work());
        assert_ne!(bench.filed(), first, "{phase:?}");
    }
}

#[test]
fn news_that_were_lost_are_asked_for() {
    let mut bench = Bench::new("stable-ssid");
    bench.link.address = MADE_UP;
    bench.tell(Event::Overrun);
    assert_eq!(bench.station.status().link, bench.link);
    bench.hear(IwdEvent::Vanished);
    bench.link.address = PERMANENT;
    bench.appears(Some("no AddressRandomization"));
    assert_eq!(bench.station.status().link, bench.link);
}

#[test]
fn of_an_iwd_that_is_gone_nothing_is_told_and_nothing_done() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.knows(home(), None);
    bench.appears(Some("no AddressRandomization"));
    bench.hear(IwdEvent::Vanished);
    let problem = bench.station.status().problem;
    assert_eq!(problem, Some(Problem::IwdAbsent));
    let mut bench = Bench::empty_on(Card {
        random_address: false,
        ..card(true)
    });
    bench.knows(home(), None);
    bench.files[0].hidden = true;
    bench.appears(None);
    assert_eq!(bench.station.status().limitations.len(), 1);
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    bench.hear(IwdEvent::Vanished);
    assert_eq!(bench.station.status().limitations.len(), 0);
    assert_eq!(bench.station.poll_timeout(), None);
    // Another interface's macveil may write the files until iwd has a station for this one.
    bench.done.clear();
    bench.files[0].address = Some(PERMANENT);
    bench.tell_files();
    assert_eq!(writes(&bench), []);
    bench.appears(None);
    assert_eq!(writes(&bench), [("Home".to_owned(), stable(&home()))]);
}

#[test]
fn a_link_that_cannot_be_read_is_judged_when_there_are_news_of_it() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    bench.iwd(StationPhase::Connecting);
    assert_eq!(bench.station.poll_timeout(), None, "iwd takes its time");
    bench.sets(stable(&home()));
    bench.iwd_scans(true);
    bench.unreadable = true;
    bench.iwd(StationPhase::Disconnected);
    bench.iwd_scans(false);
    bench.iwd(StationPhase::Connected);
    bench.pass(60 * SECOND);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associated, 0));
    let associations = |bench: &Bench| bench.station.status().counters.associations;
    assert_eq!(associations(&bench), 0);
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(associations(&bench), 1);
}

#[test]
fn what_was_shown_before_a_connection_is_not_of_the_next_one() {
    let mut bench = two_known("stable-ssid");
    bench.sets(stable(&home()));
    bench.shows(stable(&home()));
    bench.iwd(StationPhase::Connected);
    bench.iwd_at(StationPhase::Connecting, work());
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associating, 0));
}

#[test]
fn a_connection_that_macveil_could_not_judge_is_let_be_when_it_can() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.knows(home(), None);
    bench.appears(Some("no AddressRandomization"));
    bench.connects_under(MADE_UP);
    bench.hear(IwdEvent::Appeared {
        obstacle: None,
        random_scans: true,
    });
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(
        (bench.state(), bench.asked()),
        (StateKind::Associated, vec![])
    );
}

#[test]
fn trouble_is_over_with_the_next_connection_or_the_next_rest() {
    let trouble = |bench: &Bench| bench.station.status().problem;
    let refused = || {
        let mut bench = Bench::new("stable-ssid");
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        bench.starts_over();
        bench.pass(5 * SECOND);
        assert_eq!(bench.state(), StateKind::Rejoining);
        assert!(trouble(&bench).is_some());
        bench
    };
    let mut bench = refused();
    bench.connects_under(stable(&home()));
    assert_eq!(trouble(&bench), None);
    let mut bench = refused();
    bench.pass(10 * SECOND);
    assert_eq!((bench.state(), trouble(&bench)), (StateKind::Idle, None));
}

#[test]
fn what_was_found_again_is_not_lost_when_another_attempt_fails() {
    let mut bench = two_known("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.connects_under(stable(&home()));
    bench.iwd_at(StationPhase::Connecting, work());
    bench.iwd(StationPhase::Disconnected);
    bench.asked();
    bench.air = vec![heard("Home", 20)];
    is_scanned(&mut bench);
    bench.pass(60 * SECOND);
    assert_eq!(bench.asked(), []);
}
