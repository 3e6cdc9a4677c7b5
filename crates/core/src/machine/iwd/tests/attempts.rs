//! Attempts to connect: which are cut off, and what is remembered of it.

use std::time::Duration;

use super::super::{IwdEvent, IwdRequest};
use super::bench::{Bench, MADE_UP, PERMANENT, at, home, network, policies, settings, stable};
use crate::machine::{Action, AddressKind, Event, IwdPhase as Phase, Notice};

#[test]
fn a_network_that_was_joined_has_a_clean_record() {
    let mut bench = Bench::new("stable-ssid");
    for _ in 0..3 {
        bench.iwd(Phase::Connecting);
        bench.shows(PERMANENT);
        bench.starts_over();
        bench.pass(Duration::from_secs(100));
    }
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.done.clear();
    bench.iwd(Phase::Connecting);
    bench.shows(PERMANENT);
    assert_eq!(bench.failures_told(), 1);
    bench.starts_over();
    let retry = bench.station.snapshot().retry_at;
    assert_eq!(retry, Some(bench.now + Duration::from_secs(5)));
}

#[test]
fn pauses_end_at_five_minutes() {
    let mut bench = Bench::new("stable-ssid");
    for _ in 0..40 {
        bench.iwd(Phase::Connecting);
        bench.shows(PERMANENT);
        bench.starts_over();
        bench.pass(Duration::from_secs(301));
    }
    bench.iwd(Phase::Connecting);
    bench.shows(PERMANENT);
    bench.starts_over();
    let retry = bench.station.snapshot().retry_at;
    assert_eq!(retry, Some(bench.now + Duration::from_secs(300)));
}

#[test]
fn a_network_that_the_user_joins_anyway_is_judged_anew() {
    let refused = || {
        let mut bench = Bench::new("stable-ssid");
        bench.iwd(Phase::Connecting);
        bench.shows(PERMANENT);
        assert_eq!(bench.bounces, 1);
        bench
    };
    // It goes on for a moment.
    let mut bench = refused();
    bench.iwd(Phase::Connected);
    bench.iwd(Phase::Disconnecting);
    assert_eq!((bench.state(), bench.bounces), ("refused", 1));
    bench.iwd(Phase::Disconnected);
    assert_eq!(bench.state(), "refused");
    // And begins anew, or is there again already.
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), "associated");
    let mut bench = refused();
    bench.starts_over();
    bench.sets(stable(&home()));
    bench.iwd(Phase::Connected);
    assert_eq!(bench.state(), "associated");
    let mut bench = refused();
    bench.iwd_at(Phase::Connected, network("Work"));
    assert_eq!(bench.state(), "associated", "there is no file of it yet");
    assert_eq!(bench.station.snapshot().trouble, None);
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
        assert_eq!((bench.state(), bench.bounces), ("associated", 1));
    }
    // Nor is it while it waits.
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(Phase::Connecting);
    bench.shows(PERMANENT);
    bench.starts_over();
    bench.begins();
    assert_eq!(bench.bounces, 2);
    bench.starts_over();
    bench.connects_under(stable(&home()));
    assert_eq!((bench.state(), bench.bounces), ("associated", 2));
}

#[test]
fn a_cut_that_iwd_has_not_noticed_is_not_taken_for_one_of_a_later_attempt() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(Phase::Connected);
    assert_eq!(bench.state(), "rejoining");
    bench.begins();
    assert_eq!(bench.bounces, 1);
    bench.iwd(Phase::Disconnected);
    bench.pass(Duration::from_secs(11));
    assert_eq!(bench.state(), "idle");
    bench.iwd(Phase::Connecting);
    bench.shows(PERMANENT);
    assert_eq!((bench.state(), bench.bounces), ("refused", 2));
}

#[test]
fn an_address_that_iwd_has_set_is_nobodys_mask() {
    let mut bench = Bench::new("stable-ssid");
    bench.sets(stable(&home()));
    bench.begins();
    assert_eq!(bench.bounces, 0);
    bench.iwd(Phase::Connecting);
    assert_eq!((bench.state(), bench.bounces), ("associating", 0));
}

#[test]
fn only_a_scan_of_somebody_else_that_is_in_the_way_is_ended() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(Phase::Connecting);
    bench.iwd_scans(true);
    bench.done.clear();
    bench.somebody_scans(true);
    assert!(!bench.did(&Action::AbortScan), "iwd's own");
    bench.iwd_scans(false);
    bench.tell(Event::ScanEnded);
    bench.tell(Event::Link(bench.link));
    assert!(!bench.did(&Action::AbortScan), "there is none");
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(Some("no AddressRandomization"));
    bench.somebody_scans(true);
    bench.iwd(Phase::Connecting);
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
        bench.iwd_at(Phase::Connecting, network("New"));
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
    bench.iwd(Phase::Connecting);
    assert_eq!((bench.state(), bench.bounces), ("refused", 1));
    let snapshot = bench.station.snapshot();
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
        bench.iwd_at(Phase::Connecting, network("Work"));
        assert_eq!((bench.state(), bench.bounces), ("associating", 0));
    }
}

#[test]
fn a_scan_is_ended_when_the_right_address_is_taken_off_the_card() {
    let mut bench = Bench::new("stable-ssid");
    bench.sets(stable(&home()));
    bench.iwd(Phase::Connecting);
    bench.somebody_scans(true);
    assert!(!bench.did(&Action::AbortScan));
    bench.sets(MADE_UP);
    assert!(bench.did(&Action::AbortScan));
}

#[test]
fn a_second_connection_is_told_of() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(Phase::Connecting);
    bench.sets(MADE_UP);
    bench.iwd(Phase::Connected);
    let told = bench.notices().into_iter().any(
        |it| matches!(it, Notice::About { ssid, remark } if *ssid == home().ssid && remark.contains("once more")),
    );
    assert!(told);
}

#[test]
fn whenever_iwd_starts_over_it_is_told_again_to_be_quiet_and_not_cut_off() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(Phase::Connecting);
    bench.shows(PERMANENT);
    bench.hear(IwdEvent::Station(None));
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.bounces, 1, "there is nothing to cut off");
    for _ in 0..2 {
        bench.asked();
        bench.starts_over();
        assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
    }
}

#[test]
fn what_was_mended_in_the_meantime_is_tried_with_the_next_attempt() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.read_only = true;
    bench.knows(home(), None);
    bench.appears(None);
    bench.iwd(Phase::Connecting);
    bench.iwd(Phase::Disconnected);
    assert_eq!(bench.state(), "refused");
    bench.read_only = false;
    bench.pass(Duration::from_secs(6));
    assert_eq!(bench.filed(), stable(&home()));
}
