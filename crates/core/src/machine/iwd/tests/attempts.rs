//! Attempts to connect: which are cut off, and what is remembered of it.

use std::time::Duration;

use super::bench::{Bench, MADE_UP, PERMANENT, at, home, network, policies, settings, stable};
use super::*;

#[test]
fn a_network_that_was_joined_has_a_clean_record() {
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
    assert_eq!(bench.failures_told(), 1);
    bench.starts_over();
    let retry = bench.station.status().retry_at;
    assert_eq!(retry, Some(bench.now + Duration::from_secs(5)));
}

#[test]
fn pauses_end_at_five_minutes() {
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

#[test]
fn a_network_that_the_user_joins_anyway_is_judged_anew() {
    let refused = || {
        let mut bench = Bench::new("stable-ssid");
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        assert_eq!(bench.bounces, 1);
        bench
    };
    // It goes on for a moment.
    let mut bench = refused();
    bench.iwd(StationPhase::Connected);
    bench.iwd(StationPhase::Disconnecting);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
    bench.iwd(StationPhase::Disconnected);
    assert_eq!(bench.state(), StateKind::Refused);
    // And begins anew, or is there again already.
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
        "there is no file of it yet"
    );
    assert_eq!(bench.station.status().problem, None);
}

#[test]
fn what_was_cut_off_once_is_not_held_against_the_next_attempt() {
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
    // Nor is it while it waits.
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
fn a_cut_that_iwd_has_not_noticed_is_not_taken_for_one_of_a_later_attempt() {
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
fn an_address_that_iwd_has_set_is_nobodys_mask() {
    let mut bench = Bench::new("stable-ssid");
    bench.sets(stable(&home()));
    bench.begins();
    assert_eq!(bench.bounces, 0);
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associating, 0));
}

#[test]
fn only_a_scan_of_somebody_else_that_is_in_the_way_is_ended() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.iwd_scans(true);
    bench.done.clear();
    bench.somebody_scans(true);
    assert!(!bench.did(&Action::AbortScan), "iwd's own");
    bench.iwd_scans(false);
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert!(!bench.did(&Action::AbortScan), "there is none");
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(Some("no AddressRandomization"));
    bench.somebody_scans(true);
    bench.iwd(StationPhase::Connecting);
    assert!(!bench.did(&Action::AbortScan), "nothing is to be changed");
    bench.shows(PERMANENT);
    assert_eq!(bench.bounces, 0);
}

#[test]
fn a_new_network_does_not_see_what_is_assigned_to_another() {
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
fn the_mask_that_an_attempt_is_cut_off_with_is_known_as_one() {
    let mut bench = Bench::new("stable-ssid");
    bench.shows(PERMANENT);
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
    let snapshot = bench.station.status();
    assert_eq!(snapshot.address_kind, AddressKind::Mask);
    assert_eq!(snapshot.counters.masks, 2);
}

#[test]
fn what_was_shown_before_iwd_started_over_is_of_another_attempt() {
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
fn a_scan_is_ended_when_the_right_address_is_taken_off_the_card() {
    let mut bench = Bench::new("stable-ssid");
    bench.sets(stable(&home()));
    bench.iwd(StationPhase::Connecting);
    bench.somebody_scans(true);
    assert!(!bench.did(&Action::AbortScan));
    bench.sets(MADE_UP);
    assert!(bench.did(&Action::AbortScan));
}

#[test]
fn a_second_connection_is_told_of() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.sets(MADE_UP);
    bench.iwd(StationPhase::Connected);
    let told = bench.notices().into_iter().any(
        |it| matches!(it, Notice::About { ssid, remark } if *ssid == home().ssid && *remark == NetworkRemark::IwdWrongAddress),
    );
    assert!(told);
}

#[test]
fn whenever_iwd_starts_over_it_is_told_again_to_be_quiet_and_not_cut_off() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    bench.hear(IwdEvent::Station(None));
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.bounces, 1, "there is nothing to cut off");
    for _ in 0..2 {
        bench.asked();
        bench.starts_over();
        assert_eq!(bench.asked(), [Request::Disconnect]);
    }
}

#[test]
fn what_was_mended_in_the_meantime_is_tried_with_the_next_attempt() {
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
