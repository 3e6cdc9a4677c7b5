//! An address that is wrong.

use std::time::Duration;

use super::super::{IwdNews, IwdRequest};
use super::bench::{Bench, MADE_UP, PERMANENT, home, network, stable};
use crate::supervisor::{AddressKind, IwdPhase as Phase};

#[test]
fn a_wrong_address_is_refused_when_it_is_shown_and_told_once() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.iwd(Phase::Connecting);
    assert_eq!(
        bench.asked(),
        [],
        "iwd says so before it changes the address"
    );
    bench.shows(PERMANENT);
    assert_eq!(bench.failures_told(), 1);
    assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
    let snapshot = bench.station.snapshot();
    assert!(snapshot.trouble.is_some());
    assert!(snapshot.retry_at.is_some());
    assert_ne!(snapshot.address_kind, AddressKind::Assigned);
    let mut pauses = Vec::new();
    for _ in 0..4 {
        bench.iwd(Phase::Disconnected);
        let before = bench.now;
        while bench.asked() != [IwdRequest::Connect(home())] {
            bench.pass(Duration::from_secs(1));
        }
        pauses.push(bench.now.saturating_sub(before).as_secs());
        bench.iwd(Phase::Connecting);
        bench.shows(PERMANENT);
        assert_eq!(bench.failures_told(), 0);
        assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
    }
    assert_eq!(pauses, [5, 10, 20, 40]);
    bench.iwd(Phase::Disconnected);
    bench.pass(Duration::from_secs(100));
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), "associated");
    assert_eq!(bench.station.snapshot().trouble, None);
}

#[test]
fn the_kernel_may_tell_of_it_before_iwd_does() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.shows(PERMANENT);
    bench.pass(Duration::from_millis(20));
    bench.iwd(Phase::Connecting);
    assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
    // What was long ago is of another attempt.
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.shows(PERMANENT);
    bench.pass(Duration::from_secs(2));
    bench.asked();
    bench.iwd(Phase::Connecting);
    assert_eq!(bench.asked(), []);
}

#[test]
fn a_connection_under_a_wrong_address_is_ended_and_made_once_more() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.iwd(Phase::Connecting);
    bench.sets(MADE_UP);
    // The kernel's word was lost.
    bench.iwd(Phase::Connected);
    assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
    bench.iwd(Phase::Disconnected);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.asked(), [IwdRequest::Connect(home())]);
    bench.iwd(Phase::Connecting);
    bench.iwd(Phase::Connected);
    assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
    assert_eq!(bench.state(), "refused", "only once");
}

#[test]
fn iwd_is_told_again_until_it_disconnects() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(Phase::Connecting);
    bench.shows(PERMANENT);
    bench.asked();
    bench.pass(Duration::from_millis(3500));
    assert_eq!(bench.asked(), vec![IwdRequest::Disconnect; 3]);
    bench.iwd(Phase::Disconnected);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.asked(), []);
}

#[test]
fn a_new_network_does_not_see_the_permanent_address() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.iwd(Phase::Connecting);
    bench.shows(PERMANENT);
    assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
    // Unless it is to.
    let mut bench = Bench::empty("permanent", true);
    bench.appears(None);
    bench.connects_under(PERMANENT);
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.asked(), []);
    assert_eq!(bench.state(), "associated");
}

#[test]
fn a_scan_of_somebody_else_keeps_iwd_from_changing_the_address() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.somebody_scans(true);
    bench.iwd(Phase::Connecting);
    assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
    // Where the address is there already nothing has to be changed.
    let mut bench = Bench::new("stable-ssid");
    bench.sets(stable(&home()));
    bench.asked();
    bench.somebody_scans(true);
    bench.iwd(Phase::Connecting);
    assert_eq!(bench.asked(), []);
}

#[test]
fn the_user_may_join_another_network_meanwhile() {
    let mut bench = Bench::new("stable-ssid");
    let work = network("Work");
    bench.knows(work.clone(), None);
    bench.tell_files();
    bench.iwd(Phase::Connecting);
    bench.shows(PERMANENT);
    bench.iwd(Phase::Disconnected);
    bench.asked();
    bench.iwd_at(Phase::Connecting, work.clone());
    bench.sets(stable(&work));
    bench.shows(stable(&work));
    bench.iwd_at(Phase::Connected, work);
    assert_eq!(bench.state(), "associated");
    bench.pass(Duration::from_secs(600));
    assert_eq!(bench.asked(), []);
}

#[test]
fn an_iwd_that_cannot_join_again_is_left_for_a_while() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(Phase::Connecting);
    bench.sets(MADE_UP);
    bench.iwd(Phase::Connected);
    let why = "net.connman.iwd.NotConnected".to_owned();
    bench.hear(IwdNews::Refused { why });
    assert_eq!(
        bench.state(),
        "rejoining",
        "it is apart, which is what was wanted"
    );
    bench.iwd(Phase::Disconnected);
    bench.pass(Duration::from_secs(1));
    let why = "net.connman.iwd.NotFound".to_owned();
    bench.hear(IwdNews::Refused { why });
    assert_eq!(bench.state(), "refused");
    let trouble = bench.station.snapshot().trouble.unwrap();
    assert!(trouble.contains("NotFound"), "{trouble}");
}
