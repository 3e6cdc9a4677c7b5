//! State that outlives an event, and how long it is kept.

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
fn attempt_is_judged_by_the_address_of_its_network() {
    let mut bench = two_known("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.iwd_at(StationPhase::Connecting, work());
    bench.shows(stable(&home()));
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
}

#[test]
fn new_settings_apply_at_once() {
    let daily = || ConnectionOptions {
        stable_id: Some(said("${NETWORK_SSID}/${PERIOD:24h}".parse().unwrap())),
        ..options("stable")
    };
    let mut bench = Bench::with_options(daily());
    let first = bench.filed();
    bench.now += DAY;
    bench.configure(daily());
    assert_ne!(bench.filed(), first);
    // A policy that does not depend on time needs no timeout.
    bench.pass(SECOND);
    assert!(bench.station.poll_timeout().is_some());
    bench.configure(options("stable-ssid"));
    assert_eq!(bench.station.poll_timeout(), None);
}

#[test]
fn renewal_elsewhere_always_gives_another_random_address() {
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
fn random_address_ends_with_its_association() {
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
fn lost_events_are_read_again() {
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
fn vanished_iwd_gets_no_request_and_no_report() {
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
    // Until iwd has a station for this interface, macveil of another one can write the files.
    bench.done.clear();
    bench.files[0].address = Some(PERMANENT);
    bench.tell_files();
    assert_eq!(writes(&bench), []);
    bench.appears(None);
    assert_eq!(writes(&bench), [("Home".to_owned(), stable(&home()))]);
}

#[test]
fn unreadable_link_is_judged_with_its_next_event() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    bench.iwd(StationPhase::Connecting);
    let until = bench.station.poll_timeout().expect("not for ever");
    assert!(until >= bench.now + 60 * SECOND, "iwd can be slow");
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
fn address_shown_before_is_not_of_the_next_connection() {
    let mut bench = two_known("stable-ssid");
    bench.sets(stable(&home()));
    bench.shows(stable(&home()));
    bench.iwd(StationPhase::Connected);
    bench.iwd_at(StationPhase::Connecting, work());
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associating, 0));
}

#[test]
fn connection_before_the_obstacle_is_gone_is_kept() {
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
fn problem_ends_with_the_next_connection_or_idle_state() {
    let problem_of = |bench: &Bench| bench.station.status().problem;
    let refused = || {
        let mut bench = Bench::new("stable-ssid");
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        bench.starts_over();
        bench.pass(5 * SECOND);
        assert_eq!(bench.state(), StateKind::Rejoining);
        assert!(problem_of(&bench).is_some());
        bench
    };
    let mut bench = refused();
    bench.connects_under(stable(&home()));
    assert_eq!(problem_of(&bench), None);
    let mut bench = refused();
    bench.pass(10 * SECOND);
    assert_eq!((bench.state(), problem_of(&bench)), (StateKind::Idle, None));
}

#[test]
fn failed_attempt_elsewhere_does_not_restart_the_search() {
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
