//! An address that is wrong.

use std::time::Duration;

use super::bench::{Bench, MADE_UP, PERMANENT, home, network, stable};
use super::*;

#[test]
fn a_wrong_address_is_cut_off_when_it_is_shown_and_told_once() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.iwd(StationPhase::Connecting);
    assert_eq!(
        bench.bounces, 0,
        "iwd says so before it changes the address"
    );
    bench.shows(PERMANENT);
    assert_eq!(bench.bounces, 1);
    assert_eq!(bench.failures_told(), 1);
    let snapshot = bench.station.status();
    assert!(snapshot.problem.is_some());
    assert!(snapshot.retry_at.is_some());
    assert_ne!(snapshot.address_kind, AddressKind::Assigned);
    let mut pauses = Vec::new();
    for _ in 0..4 {
        bench.asked();
        bench.starts_over();
        assert_eq!(bench.asked(), [Request::Disconnect], "iwd is not to try");
        let before = bench.now;
        let end = before + Duration::from_secs(60);
        while bench.asked() != [Request::Connect(home())] && bench.now < end {
            bench.pass(Duration::from_secs(1));
        }
        pauses.push(bench.now.saturating_sub(before).as_secs());
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        assert_eq!(bench.failures_told(), 0);
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
fn the_kernel_may_tell_of_it_before_iwd_does() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.shows(PERMANENT);
    bench.pass(Duration::from_millis(20));
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.bounces, bench.state()), (1, StateKind::Refused));
    // What was long ago is of another attempt.
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.shows(PERMANENT);
    bench.pass(Duration::from_secs(1));
    bench.asked();
    bench.iwd(StationPhase::Connecting);
    assert_eq!(bench.bounces, 0);
}

#[test]
fn what_begins_under_a_mask_is_cut_off_before_iwd_has_said_to_whom() {
    let mut bench = Bench::new("stable-ssid");
    let mask = bench.link.address;
    bench.begins();
    assert_eq!(bench.bounces, 1);
    assert_ne!(bench.link.address, mask);
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.bounces, bench.state()), (1, StateKind::Refused));
    assert_eq!(bench.failures_told(), 1);
    // It tries again at once, and to wait comes too late.
    bench.starts_over();
    bench.begins();
    assert_eq!(bench.bounces, 2);
    // Under its address it may.
    bench.starts_over();
    bench.iwd(StationPhase::Connecting);
    bench.sets(stable(&home()));
    bench.begins();
    bench.iwd(StationPhase::Connected);
    assert_eq!((bench.bounces, bench.state()), (2, StateKind::Associated));
}

#[test]
fn a_card_that_iwd_takes_is_masked_at_once() {
    let mut bench = Bench::new("stable-ssid");
    assert_eq!((bench.masks_put(), bench.bounces), (1, 0));
    for live_change in [false, true] {
        // Nothing is changed live, or not while iwd scans.
        bench = Bench::empty("stable-ssid", live_change);
        bench.refuses_live = true;
        bench.knows(home(), None);
        bench.appears(None);
        assert_eq!(bench.bounces, 1);
        assert_ne!(bench.link.address, PERMANENT);
        bench.starts_over();
        assert_eq!(bench.bounces, 1, "that was all");
    }
    // Where it is connected already, or macveil is of no use, nothing is touched.
    bench = Bench::empty("permanent", false);
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.bounces, 0);
    bench = Bench::empty("stable-ssid", false);
    bench.appears(Some("no AddressRandomization"));
    assert_eq!(bench.bounces, 0);
}

#[test]
fn a_connection_under_a_wrong_address_is_ended_and_made_once_more() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.iwd(StationPhase::Connecting);
    bench.sets(MADE_UP);
    // The kernel's word was lost.
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
fn iwd_is_cut_off_again_until_it_starts_over() {
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
fn a_new_network_does_not_see_the_permanent_address() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    assert_eq!(bench.bounces, 1);
    // Unless it is to.
    let mut bench = Bench::empty("permanent", true);
    bench.appears(None);
    bench.connects_under(PERMANENT);
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.asked(), []);
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn a_scan_of_somebody_else_is_ended_so_that_iwd_can_change_the_address() {
    let mut bench = Bench::new("stable-ssid");
    bench.somebody_scans(true);
    bench.iwd(StationPhase::Connecting);
    assert!(bench.did(&Action::AbortScan));
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.done.clear();
    bench.somebody_scans(true);
    assert!(bench.did(&Action::AbortScan));
    // Where the address is there already nothing has to be changed.
    let mut bench = Bench::new("stable-ssid");
    bench.sets(stable(&home()));
    bench.somebody_scans(true);
    bench.iwd(StationPhase::Connecting);
    assert!(!bench.did(&Action::AbortScan));
    assert_eq!(bench.bounces, 0);
}

#[test]
fn the_user_may_join_another_network_meanwhile() {
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
fn an_iwd_that_cannot_join_again_is_left_for_a_while() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.sets(MADE_UP);
    bench.iwd(StationPhase::Connected);
    let why = "net.connman.iwd.NotConnected".to_owned();
    bench.hear(IwdEvent::Refused { why });
    assert_eq!(
        bench.state(),
        StateKind::Rejoining,
        "it is apart, which is what was wanted"
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
}
