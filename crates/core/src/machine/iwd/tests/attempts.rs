//! Attempts to connect: which are cut off, and how this affects the next ones.

use std::time::Duration;

use super::bench::{Bench, MADE_UP, PERMANENT, at, home, network, policies, settings, stable};
use super::rest::heard;
use super::*;
use crate::types::Bss;

#[test]
fn successful_connection_resets_the_retry_pause() {
    let mut bench = Bench::new("stable-ssid");
    for _ in 0..3 {
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        bench.starts_over();
        bench.pass(Duration::from_secs(100));
    }
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.done.clear();
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    assert_eq!(bench.failures_reported(), 1);
    bench.starts_over();
    let retry = bench.station.status().retry_at;
    assert_eq!(retry, Some(bench.now + Duration::from_secs(5)));
}

#[test]
fn retry_pause_is_at_most_five_minutes() {
    let mut bench = Bench::new("stable-ssid");
    for _ in 0..40 {
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        bench.starts_over();
        bench.pass(Duration::from_secs(301));
    }
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    bench.starts_over();
    let retry = bench.station.status().retry_at;
    assert_eq!(retry, Some(bench.now + Duration::from_secs(300)));
}

/// The link could not be read while iwd authenticated.
#[test]
fn address_that_was_not_read_is_not_that_of_the_next_attempt() {
    let mut bench = Bench::new("stable-ssid");
    bench.unreadable = true;
    bench.iwd(StationPhase::Connecting);
    bench.begins();
    bench.unreadable = false;
    bench.starts_over();
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associating, 0));
    bench.connects_under(stable(&home()));
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associated, 0));
}

#[test]
fn carrier_under_a_mask_shows_it() {
    let mut bench = Bench::new("stable-ssid");
    bench.pass(Duration::from_secs(1));
    bench.iwd(StationPhase::Connecting);
    bench.link.carrier = true;
    bench.tell(Event::Overrun);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
}

#[test]
fn address_that_a_failed_attempt_left_is_read() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.link.address = stable(&home());
    bench.iwd(StationPhase::Disconnected);
    assert_eq!(bench.station.status().link, bench.link);
}

#[test]
fn refused_network_is_judged_again_when_the_user_joins() {
    let refused = || {
        let mut bench = Bench::new("stable-ssid");
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        assert_eq!(bench.bounces, 1);
        bench
    };
    // The old attempt continues for a moment.
    let mut bench = refused();
    bench.iwd(StationPhase::Connected);
    bench.iwd(StationPhase::Disconnecting);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
    bench.iwd(StationPhase::Disconnected);
    assert_eq!(bench.state(), StateKind::Refused);
    // A new attempt starts, or is already connected.
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), StateKind::Associated);
    let mut bench = refused();
    bench.starts_over();
    bench.sets(stable(&home()));
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.state(), StateKind::Associated);
    let mut bench = refused();
    bench.iwd_at(StationPhase::Connected, network("Work"));
    assert_eq!(
        bench.state(),
        StateKind::Associated,
        "the network has no file yet"
    );
    assert_eq!(bench.station.status().problem, None);
}

#[test]
fn cut_attempt_does_not_count_against_the_next_one() {
    let ends: [fn(&mut Bench); 2] = [
        |bench| bench.starts_over(),
        |bench| {
            bench.hear(IwdEvent::Vanished);
            bench.appears(None);
        },
    ];
    for end in ends {
        let mut bench = Bench::new("stable-ssid");
        bench.begins();
        assert_eq!(bench.bounces, 1);
        end(&mut bench);
        bench.connects_under(stable(&home()));
        assert_eq!((bench.state(), bench.bounces), (StateKind::Associated, 1));
    }
    // The same applies while the network waits for its retry.
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    bench.starts_over();
    bench.begins();
    assert_eq!(bench.bounces, 2);
    bench.starts_over();
    bench.connects_under(stable(&home()));
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associated, 2));
}

#[test]
fn unnoticed_cut_does_not_count_for_a_later_attempt() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.state(), StateKind::Rejoining);
    bench.begins();
    assert_eq!(bench.bounces, 1);
    bench.iwd(StationPhase::Disconnected);
    bench.pass(Duration::from_secs(11));
    assert_eq!(bench.state(), StateKind::Idle);
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 2));
}

#[test]
fn address_set_by_iwd_is_not_taken_for_a_mask() {
    let mut bench = Bench::new("stable-ssid");
    bench.sets(stable(&home()));
    bench.begins();
    assert_eq!(bench.bounces, 0);
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associating, 0));
}

#[test]
fn only_an_external_scan_that_blocks_a_change_is_aborted() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.iwd_scans(true);
    bench.done.clear();
    bench.external_scan(true);
    assert!(!bench.did(&Action::AbortScan), "a scan by iwd");
    bench.iwd_scans(false);
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert!(!bench.did(&Action::AbortScan), "no scan is running");
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(Some("no AddressRandomization"));
    bench.external_scan(true);
    bench.iwd(StationPhase::Connecting);
    assert!(!bench.did(&Action::AbortScan), "no address has to change");
    bench.shows(PERMANENT);
    assert_eq!(bench.bounces, 0);
}

#[test]
fn new_network_does_not_see_the_address_of_another() {
    let mut bench = Bench::new("stable-ssid");
    let now = at(bench.now);
    bench
        .station
        .reconfigure(now, settings(), policies("random"));
    let (before, since) = (stable(&home()), bench.filed());
    for (address, bounces) in [(before, 1), (since, 1), (MADE_UP, 0)] {
        bench.bounces = 0;
        bench.iwd_at(StationPhase::Connecting, network("New"));
        bench.shows(address);
        assert_eq!(bench.bounces, bounces, "{address}");
        bench.starts_over();
        bench.hear(IwdEvent::Vanished);
        bench.appears(None);
    }
}

#[test]
fn mask_set_when_cutting_an_attempt_is_known_as_mask() {
    let mut bench = Bench::new("stable-ssid");
    bench.shows(PERMANENT);
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
    let snapshot = bench.station.status();
    assert_eq!(snapshot.address_kind, AddressKind::Mask);
    assert_eq!(snapshot.counters.masks, 2);
}

#[test]
fn address_shown_before_a_restart_is_of_another_attempt() {
    for news in [IwdEvent::Station(None), IwdEvent::Vanished] {
        let mut bench = Bench::new("stable-ssid");
        bench.knows(network("Work"), None);
        bench.tell_files();
        bench.shows(stable(&home()));
        bench.hear(news);
        bench.appears(None);
        bench.iwd_at(StationPhase::Connecting, network("Work"));
        assert_eq!((bench.state(), bench.bounces), (StateKind::Associating, 0));
    }
}

#[test]
fn scan_is_aborted_when_the_right_address_is_replaced() {
    let mut bench = Bench::new("stable-ssid");
    bench.sets(stable(&home()));
    bench.iwd(StationPhase::Connecting);
    bench.external_scan(true);
    assert!(!bench.did(&Action::AbortScan));
    bench.sets(MADE_UP);
    assert!(bench.did(&Action::AbortScan));
}

#[test]
fn second_connection_is_reported() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.sets(MADE_UP);
    bench.iwd(StationPhase::Connected);
    let is_reported = bench.notices().into_iter().any(
        |it| matches!(it, Notice::About { ssid, remark } if *ssid == home().ssid && *remark == NetworkRemark::IwdWrongAddress),
    );
    assert!(is_reported);
}

#[test]
fn restarted_iwd_gets_disconnect_and_is_not_cut_off() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    bench.hear(IwdEvent::Station(None));
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.bounces, 1, "there is no connection to cut off");
    for _ in 0..2 {
        bench.asked();
        bench.starts_over();
        assert_eq!(bench.asked(), [Request::Disconnect]);
    }
}

#[test]
fn next_attempt_uses_what_was_fixed_meanwhile() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.read_only = true;
    bench.knows(home(), None);
    bench.appears(None);
    bench.iwd(StationPhase::Connecting);
    bench.iwd(StationPhase::Disconnected);
    assert_eq!(bench.state(), StateKind::Refused);
    bench.read_only = false;
    bench.pass(Duration::from_secs(6));
    assert_eq!(bench.filed(), stable(&home()));
}

/// iwd tries `Home` right after its loss.
fn tries_again(air: Vec<Bss>, hidden: bool) -> Bench {
    let mut bench = Bench::new("stable-ssid");
    bench.files[0].hidden = hidden;
    bench.tell_files();
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.air = air;
    bench.iwd(StationPhase::Connecting);
    bench
}

#[test]
fn attempt_at_a_forgotten_access_point_is_cut_off() {
    let mut bench = tries_again(Vec::new(), false);
    assert_eq!(bench.bounces, 1, "iwd would ask for it by name");
    assert_ne!(bench.link.address, stable(&home()));
    bench.pass(Duration::from_millis(900));
    assert_eq!(bench.bounces, 1);
    bench.pass(Duration::from_millis(200));
    assert_eq!(bench.bounces, 2, "iwd did not notice");
    bench.starts_over();
    assert_eq!(bench.state(), StateKind::Idle);
    bench.asked();
    bench.pass(A_WHILE);
    assert!(bench.asked().contains(&Request::Scan), "it is still lost");
    assert_eq!(bench.bounces, 2);
    assert_eq!(bench.failures_reported(), 0);
}

#[test]
fn attempt_at_an_access_point_in_range_is_not_cut_off() {
    for (air, hidden) in [(vec![heard("Home", 9000)], false), (Vec::new(), true)] {
        let mut bench = tries_again(air, hidden);
        assert_eq!(bench.bounces, 0);
        bench.connects_under(stable(&home()));
        assert_eq!(bench.state(), StateKind::Associated);
    }
    // Not a retry: perhaps macveil has just started, and has heard nothing.
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.pass(A_WHILE);
    assert_eq!(bench.bounces, 0);
}
