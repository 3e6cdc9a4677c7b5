//! The mask of an idle card: rotation and external scans.

use std::time::Duration;

use super::bench::{Bench, MADE_UP, PERMANENT, home, network, stable};
use super::rest::heard;
use super::rest::scans;
use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn rotate_sets_another_mask() {
    let mut bench = Bench::new("stable-ssid");
    bench.pass(SECOND);
    let mask = bench.link.address;
    bench.tell(Event::Command(Command::Rotate));
    bench.pass(SECOND);
    assert_ne!(bench.link.address, mask);
    assert_eq!(bench.station.status().address_kind, AddressKind::Mask);
    // The same applies after a refusal.
    bench.sets(stable(&home()));
    bench.refuses_live = true;
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    bench.pass(SECOND);
    bench.refuses_live = false;
    bench.iwd_scans(false);
    bench.pass(SECOND);
    assert_eq!(bench.link.address, stable(&home()), "until the next scan");
    bench.tell(Event::Command(Command::Rotate));
    bench.pass(SECOND);
    assert_ne!(bench.link.address, stable(&home()));
}

#[test]
fn external_scan_does_not_prevent_the_mask() {
    for scanning in [true, false] {
        let mut bench = Bench::new("stable-ssid");
        bench.pass(SECOND);
        bench.sets(stable(&home()));
        bench.done.clear();
        bench.iwd_scans(true);
        bench.iwd_scans(false);
        if scanning {
            bench.external_scan(false);
        }
        bench.pass(SECOND);
        assert_eq!(bench.did(&Action::AbortScan), scanning);
        assert_eq!(bench.masks_put(), 1);
    }
    // A link that is down is not changed: iwd is about to bring it up.
    let mut bench = Bench::new("stable-ssid");
    bench.pass(SECOND);
    bench.sets(stable(&home()));
    bench.link.up = false;
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    bench.done.clear();
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    bench.pass(SECOND);
    assert_eq!(bench.masks_put(), 0);
}

/// iwd would go on under the address that it finds.
#[test]
fn card_that_cannot_be_masked_is_silent_until_it_can() {
    for live_change in [true, false] {
        let mut bench = Bench::empty("stable-ssid", live_change);
        bench.ignores = true;
        bench.knows(home(), None);
        bench.appears(None);
        bench.pass(SECOND);
        assert!(!bench.link.up);
        let status = bench.station.status();
        assert!(matches!(status.problem, Some(Problem::Kernel { .. })));
        assert!(status.retry_at.is_some());
        // Another program brings it up.
        bench.link.up = true;
        bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
        bench.pass(SECOND);
        assert!(!bench.link.up);
        bench.ignores = false;
        bench.pass(300 * SECOND);
        assert_ne!(bench.link.address, PERMANENT);
        let status = bench.station.status();
        assert_eq!((status.problem, status.retry_at), (None, None));
    }
}

/// iwd would go on under the address of another network.
#[test]
fn card_that_takes_no_mask_after_a_wrong_address_is_silent() {
    let mut bench = Bench::new("stable-ssid");
    bench.knows(network("Work"), None);
    bench.pass(SECOND);
    bench.sets(stable(&home()));
    bench.ignores = true;
    bench.iwd_at(StationPhase::Connecting, network("Work"));
    bench.shows(stable(&home()));
    assert!(!bench.link.up);
    bench.link.up = true;
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert!(!bench.link.up, "iwd brings it up");
    bench.ignores = false;
    bench.pass(10 * SECOND);
    assert_eq!(bench.station.status().address_kind, AddressKind::Mask);
}

#[test]
fn attempt_without_an_end_is_cut_off() {
    let mut bench = Bench::new("stable-ssid");
    bench.pass(SECOND);
    bench.iwd(StationPhase::Connecting);
    bench.pass(50 * SECOND);
    assert_eq!(bench.bounces, 0);
    bench.pass(15 * SECOND);
    assert!(bench.bounces > 0);
}

#[test]
fn silent_card_that_does_not_go_down_is_told_again() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.ignores = true;
    bench.stays_up = true;
    bench.knows(home(), None);
    bench.appears(None);
    bench.pass(SECOND);
    assert!(bench.link.up);
    bench.stays_up = false;
    bench.pass(Duration::from_millis(30));
    assert!(!bench.link.up);
    assert!(bench.station.status().retry_at.is_some());
}

/// Nor is one silent without the line in iwd's configuration, or whose network may see the address.
#[test]
fn card_that_may_show_its_address_is_not_silent() {
    let mut bench = Bench::new("permanent");
    bench.pass(SECOND);
    bench.link.up = false;
    bench.sets(PERMANENT);
    bench.link.up = true;
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(bench.bounces, 0);
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(Some("not its address"));
    bench.link.up = false;
    bench.sets(PERMANENT);
    bench.link.up = true;
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(bench.bounces, 0);
}

#[test]
fn scan_started_by_iwd_is_not_requested() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.iwd_scans(true);
    bench.asked();
    bench.pass(5 * SECOND);
    assert_eq!(scans(&mut bench), 0);
}

/// The network's address can be in use before its change is heard of.
#[test]
fn guard_knows_the_address_that_iwd_is_about_to_set() {
    let mut bench = Bench::new("stable-ssid");
    bench.pass(SECOND);
    let mask = bench.link.address;
    bench.iwd(StationPhase::Connecting);
    let written = stable(&home());
    assert_eq!(bench.guard.now, Some(SourceGuard::Only(written)));
    bench.iwd(StationPhase::Disconnected);
    assert_eq!(bench.guard.now, Some(SourceGuard::Only(mask)));
    // Which one iwd takes for a network without a file is not known.
    bench.iwd_at(StationPhase::Connecting, network("New"));
    assert_eq!(bench.guard.now, Some(SourceGuard::Nothing));
    bench.sets(MADE_UP);
    assert_eq!(bench.guard.now, Some(SourceGuard::Only(MADE_UP)));
}

#[test]
fn former_random_address_passes_nothing_while_iwd_connects() {
    let mut bench = Bench::empty("random", false);
    bench.knows(home(), None);
    bench.appears(None);
    let first = bench.filed();
    bench.connects_under(first);
    bench.writes_late = true;
    bench.is_lost();
    bench.air = vec![heard("Home", 20)];
    bench.iwd(StationPhase::Connecting);
    assert_eq!(bench.guard.now, Some(SourceGuard::Nothing));
    // iwd has not read the file again.
    bench.link.carrier = true;
    bench.sets(first);
    assert_eq!(bench.guard.now, Some(SourceGuard::Only(first)));
}

#[test]
fn guard_follows_the_address_that_iwd_sets() {
    let mut bench = Bench::new("stable-ssid");
    bench.link.address = MADE_UP;
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(bench.guard.now, Some(SourceGuard::Only(MADE_UP)));
}
