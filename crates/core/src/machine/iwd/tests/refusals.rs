//! Attempts under a wrong address.

use std::time::Duration;

use super::bench::{Bench, MADE_UP, PERMANENT, home, network, stable};
use super::*;

#[test]
fn shown_wrong_address_is_cut_off_and_reported_once() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.iwd(StationPhase::Connecting);
    assert_eq!(
        bench.bounces, 0,
        "iwd reports the phase before it changes the address"
    );
    bench.shows(PERMANENT);
    assert_eq!(bench.bounces, 1);
    assert_eq!(bench.failures_reported(), 1);
    let snapshot = bench.station.status();
    assert!(snapshot.problem.is_some());
    assert!(snapshot.retry_at.is_some());
    assert_ne!(snapshot.address_kind, AddressKind::Assigned);
    let mut pauses = Vec::new();
    for _ in 0..4 {
        bench.asked();
        bench.starts_over();
        assert_eq!(bench.asked(), [Request::Disconnect], "iwd must not try");
        let before = bench.now;
        let end = before + Duration::from_secs(60);
        while bench.asked() != [Request::Connect(home())] && bench.now < end {
            bench.pass(Duration::from_secs(1));
        }
        pauses.push(bench.now.saturating_sub(before).as_secs());
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        assert_eq!(bench.failures_reported(), 0);
    }
    assert_eq!(bench.bounces, 5);
    assert_eq!(pauses, [5, 10, 20, 40]);
    bench.starts_over();
    bench.pass(Duration::from_secs(100));
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), StateKind::Associated);
    assert_eq!(bench.station.status().problem, None);
}

#[test]
fn wrong_address_is_cut_off_before_iwd_reports_it() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.shows(PERMANENT);
    bench.pass(Duration::from_millis(20));
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.bounces, bench.state()), (1, StateKind::Refused));
    // An old event belongs to another attempt.
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.shows(PERMANENT);
    bench.pass(Duration::from_secs(1));
    bench.asked();
    bench.iwd(StationPhase::Connecting);
    assert_eq!(bench.bounces, 0);
}

#[test]
fn attempt_under_a_mask_is_cut_off_without_its_network() {
    let mut bench = Bench::new("stable-ssid");
    let mask = bench.link.address;
    bench.begins();
    assert_eq!(bench.bounces, 1);
    assert_ne!(bench.link.address, mask);
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.bounces, bench.state()), (1, StateKind::Refused));
    assert_eq!(bench.failures_reported(), 1);
    // iwd tries again at once, so a pause would be too late.
    bench.starts_over();
    bench.begins();
    assert_eq!(bench.bounces, 2);
    // Under its own address the attempt is allowed.
    bench.starts_over();
    bench.iwd(StationPhase::Connecting);
    bench.sets(stable(&home()));
    bench.begins();
    bench.iwd(StationPhase::Connected);
    assert_eq!((bench.bounces, bench.state()), (2, StateKind::Associated));
}

#[test]
fn card_is_masked_when_iwd_takes_it() {
    let mut bench = Bench::new("stable-ssid");
    assert_eq!((bench.masks_put(), bench.bounces), (1, 0));
    for live_change in [false, true] {
        // No live changes, or none while iwd scans.
        bench = Bench::empty("stable-ssid", live_change);
        bench.refuses_live = true;
        bench.knows(home(), None);
        bench.appears(None);
        assert_eq!(bench.bounces, 1);
        assert_ne!(bench.link.address, PERMANENT);
        bench.starts_over();
        assert_eq!(bench.bounces, 1, "only one bounce");
    }
    // Nothing changes if iwd is connected already, or cannot use addresses.
    bench = Bench::empty("permanent", false);
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.bounces, 0);
    bench = Bench::empty("stable-ssid", false);
    bench.appears(Some("no AddressRandomization"));
    assert_eq!(bench.bounces, 0);
}

#[test]
fn connection_under_a_wrong_address_is_made_again() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.iwd(StationPhase::Connecting);
    bench.sets(MADE_UP);
    // The event of the kernel was lost.
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.asked(), [Request::Disconnect]);
    bench.iwd(StationPhase::Disconnected);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    bench.iwd(StationPhase::Connecting);
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.bounces, 1);
    assert_eq!(bench.state(), StateKind::Refused, "only once");
}

#[test]
fn iwd_is_cut_off_until_it_starts_over() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    bench.pass(Duration::from_millis(3500));
    assert_eq!(bench.bounces, 4);
    bench.starts_over();
    bench.asked();
    bench.pass(Duration::from_secs(1));
    assert_eq!((bench.bounces, bench.asked()), (4, Vec::new()));
}

#[test]
fn new_network_does_not_see_the_permanent_address() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    assert_eq!(bench.bounces, 1);
    // Unless the policy is `permanent`.
    let mut bench = Bench::empty("permanent", true);
    bench.appears(None);
    bench.connects_under(PERMANENT);
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.asked(), []);
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn external_scan_is_aborted_for_the_address_change() {
    let mut bench = Bench::new("stable-ssid");
    bench.external_scan(true);
    bench.iwd(StationPhase::Connecting);
    assert!(bench.did(&Action::AbortScan));
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.done.clear();
    bench.external_scan(true);
    assert!(bench.did(&Action::AbortScan));
    // If the link has the address already, no change is needed.
    let mut bench = Bench::new("stable-ssid");
    bench.sets(stable(&home()));
    bench.external_scan(true);
    bench.iwd(StationPhase::Connecting);
    assert!(!bench.did(&Action::AbortScan));
    assert_eq!(bench.bounces, 0);
}

#[test]
fn user_can_join_another_network_while_one_is_refused() {
    let mut bench = Bench::new("stable-ssid");
    let work = network("Work");
    bench.knows(work.clone(), None);
    bench.tell_files();
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    bench.iwd(StationPhase::Disconnected);
    bench.asked();
    bench.iwd_at(StationPhase::Connecting, work.clone());
    bench.sets(stable(&work));
    bench.shows(stable(&work));
    bench.iwd_at(StationPhase::Connected, work);
    assert_eq!(bench.state(), StateKind::Associated);
    bench.pass(Duration::from_secs(600));
    assert_eq!(bench.asked(), []);
}

#[test]
fn iwd_that_cannot_rejoin_is_retried_later() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.sets(MADE_UP);
    bench.iwd(StationPhase::Connected);
    let why = "net.connman.iwd.NotConnected".to_owned();
    bench.hear(IwdEvent::Refused { why });
    assert_eq!(
        bench.state(),
        StateKind::Rejoining,
        "disconnected, as requested"
    );
    bench.iwd(StationPhase::Disconnected);
    bench.pass(Duration::from_secs(1));
    let why = "net.connman.iwd.NotFound".to_owned();
    bench.hear(IwdEvent::Refused { why });
    assert_eq!(bench.state(), StateKind::Refused);
    let reason = "net.connman.iwd.NotFound".to_owned();
    let problem = IwdProblem::NotRejoined { reason };
    assert_eq!(
        bench.station.status().problem,
        Some(Problem::Iwd { problem })
    );
    assert_ne!(bench.link.address, MADE_UP, "a scan shows a mask");
    bench.asked();
    bench.pass(Duration::from_secs(11));
    assert_eq!(bench.asked(), [Request::Scan, Request::Connect(home())]);
}
