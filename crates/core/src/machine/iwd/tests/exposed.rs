//! A scan at rest that would show the address of the last network.

use std::time::Duration;

use super::bench::{Bench, home, stable};
use super::*;

const LATER: Duration = Duration::from_secs(1);

/// The card keeps the network's address at rest, unless it can change on a link that is up.
fn connected(live_change: bool) -> Bench {
    let mut bench = Bench::empty("stable-ssid", live_change);
    bench.knows(home(), None);
    bench.appears(None);
    bench.connects_under(stable(&home()));
    bench
}

#[test]
fn scan_at_rest_under_a_networks_address_is_ended() {
    for live_change in [false, true] {
        let mut bench = connected(live_change);
        bench.is_lost();
        bench.done.clear();
        bench.external_scan(false);
        assert!(bench.did(&Action::AbortScan));
        bench.tell(Event::Scan(ScanEvent::Ended));
        bench.pass(LATER);
        assert_ne!(bench.link.address, stable(&home()), "it was masked");
        bench.done.clear();
        bench.external_scan(false);
        assert!(!bench.did(&Action::AbortScan), "under a mask");
    }
}

#[test]
fn scan_under_a_random_address_masks_nothing_at_rest() {
    let mut bench = connected(false);
    bench.is_lost();
    let before = bench.bounces;
    bench.external_scan(true);
    assert!(!bench.did(&Action::AbortScan));
    assert_eq!(bench.bounces, before);
}

#[test]
fn iwd_that_starts_over_for_a_mask_searches_on() {
    let mut bench = connected(false);
    bench.is_lost();
    bench.external_scan(false);
    bench.asked();
    bench.starts_over();
    assert!(!bench.asked().contains(&Request::Disconnect));
    bench.pass(LATER);
    assert!(bench.asked().contains(&Request::Scan));
}

#[test]
fn iwd_that_starts_over_for_a_mask_stays_disconnected() {
    let mut bench = connected(false);
    bench.iwd(StationPhase::Disconnecting);
    bench.iwd(StationPhase::Disconnected);
    bench.external_scan(false);
    bench.asked();
    bench.starts_over();
    assert_eq!(bench.asked(), [Request::Disconnect]);
    bench.starts_over();
    assert_eq!(bench.asked(), [], "only once");
}

#[test]
fn driver_that_refuses_masks_does_not_bounce_at_each_scan() {
    let mut bench = connected(false);
    bench.ignores = true;
    bench.is_lost();
    let before = bench.bounces;
    for _ in 0..10 {
        bench.external_scan(false);
        bench.tell(Event::Scan(ScanEvent::Ended));
        bench.pass(LATER);
    }
    assert_eq!(bench.bounces, before + 1);
}
