//! Scans while connected: ended at once, for each of their causes.

use std::time::Duration;

use super::bench::{Bench, home, stable};
use super::*;

fn connected() -> Bench {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.done.clear();
    bench
}

fn limitations(bench: &Bench) -> Vec<Limitation> {
    bench.station.status().limitations
}

#[test]
fn scan_while_connected_is_ended_counted_and_reported() {
    let mut bench = connected();
    bench.external_scan(false);
    assert_eq!(bench.done.first(), Some(&Action::AbortScan), "at once");
    bench.now += Duration::from_millis(10);
    bench.tell(Event::Scan(ScanEvent::Ended));
    let address = stable(&home());
    let notice = Notice::ScanEnded {
        address,
        lasted_ms: 10,
        times: 1,
        repeated: false,
    };
    assert_eq!(bench.notices(), [&notice]);
    let ended = Limitation::AssignedAddressScanned { times: 1 };
    assert_eq!(limitations(&bench), [ended]);
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn scan_under_random_addresses_goes_on_while_connected() {
    let mut bench = connected();
    bench.external_scan(true);
    assert!(!bench.did(&Action::AbortScan));
    assert_eq!(limitations(&bench), []);
}

#[test]
fn scan_from_before_the_connection_is_ended() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.sets(stable(&home()));
    bench.external_scan(false);
    assert!(
        bench.did(&Action::AbortScan),
        "the attempt shows the address"
    );
    let mut bench = Bench::new("stable-ssid");
    bench.external_scan(false);
    bench.done.clear();
    bench.connects_under(stable(&home()));
    assert!(bench.did(&Action::AbortScan), "the scan is under way");
}

#[test]
fn scan_while_searching_goes_on() {
    let mut bench = connected();
    bench.is_lost();
    bench.pass(Duration::from_secs(1));
    bench.done.clear();
    bench.external_scan(false);
    assert!(!bench.did(&Action::AbortScan), "under a mask");
    // Unless the kernel is still connected.
    bench.link.carrier = true;
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    bench.external_scan(false);
    assert!(bench.did(&Action::AbortScan));
}

#[test]
fn scan_that_the_kernel_did_not_announce_is_ended() {
    let mut bench = connected();
    bench.tell(Event::Overrun);
    assert!(bench.did(&Action::AbortScan));
    bench.is_lost();
    bench.pass(Duration::from_secs(1));
    bench.done.clear();
    bench.tell(Event::Overrun);
    assert!(!bench.did(&Action::AbortScan));
}

#[test]
fn unprotected_card_may_scan_while_connected() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.knows(home(), None);
    bench.appears(Some("iwd does not use addresses"));
    bench.connects_under(PERMANENT);
    bench.done.clear();
    bench.external_scan(false);
    bench.tell(Event::Overrun);
    assert!(!bench.did(&Action::AbortScan));
}
