//! While iwd is not connected: the mask, and the search for a lost network.

use std::time::Duration;

use super::bench::{Bench, at, card, home, network, policies, settings, stable};
use super::*;
use crate::types::{Bss, Mac};

const SETTLED: Duration = Duration::from_millis(350);

pub(super) fn scans(bench: &mut Bench) -> usize {
    let asked = bench.asked().into_iter();
    asked.filter(|request| *request == Request::Scan).count()
}

/// Number of requested scans of this length within the span.
fn searches(bench: &mut Bench, length: Duration, span: Duration) -> u32 {
    let end = bench.now + span;
    let mut searches = 0;
    while bench.now < end {
        bench.pass(Duration::from_millis(50));
        if scans(bench) > 0 {
            searches += 1;
            bench.iwd_scans(true);
            bench.pass(length);
            bench.iwd_scans(false);
        }
    }
    searches
}

#[test]
fn idle_card_is_masked_when_iwd_has_settled() {
    let mut bench = Bench::new("stable-ssid");
    bench.sets(stable(&home()));
    bench.done.clear();
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    assert_eq!(bench.masks_put(), 0, "iwd may be about to connect");
    bench.pass(SETTLED);
    assert_eq!(bench.masks_put(), 1);
    let mask = bench.link.address;
    assert_ne!(mask, stable(&home()));
    assert_eq!(bench.station.status().address_kind, AddressKind::Mask);
    bench.pass(Duration::from_secs(600));
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    bench.pass(SETTLED);
    assert_eq!(
        bench.link.address, mask,
        "iwd's scans have separate addresses"
    );
    bench.external_scan(false);
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    bench.pass(SETTLED);
    assert_ne!(bench.link.address, mask, "the mask was on the air");
}

#[test]
fn card_is_masked_after_a_connection_not_while_connecting() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.done.clear();
    bench.is_lost();
    bench.iwd_scans(true);
    bench.pass(SETTLED);
    assert_eq!(bench.masks_put(), 0, "iwd scans");
    bench.iwd_scans(false);
    bench.pass(Duration::from_millis(100));
    bench.air = vec![heard("Home", 20)];
    bench.iwd(StationPhase::Connecting);
    bench.pass(SETTLED);
    assert_eq!(bench.masks_put(), 0, "iwd connects");
    bench.iwd(StationPhase::Connected);
    bench.is_lost();
    bench.pass(SETTLED);
    assert_eq!(bench.masks_put(), 1);
}

#[test]
fn card_that_authenticates_is_masked_later() {
    for is_answered in [false, true] {
        let mut bench = Bench::new("stable-ssid");
        bench.sets(stable(&home()));
        bench.iwd_scans(true);
        bench.iwd_scans(false);
        bench.done.clear();
        bench.pass(Duration::from_millis(290));
        if is_answered {
            bench.shows(stable(&home()));
        } else {
            bench.begins();
        }
        bench.pass(Duration::from_millis(250));
        assert_eq!(bench.masks_put(), 0, "iwd is about to report it");
        bench.pass(SETTLED);
        assert_eq!(bench.masks_put(), 1, "it did not");
    }
}

#[test]
fn idle_card_keeps_its_address_without_live_changes() {
    let mut bench = Bench::empty("stable-ssid", false);
    bench.knows(home(), None);
    bench.appears(None);
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.masks_put(), 0);
    let snapshot = bench.station.status();
    assert!(
        snapshot.method.is_none() && snapshot.limitations.len() == 1,
        "{snapshot:?}"
    );
    let mut bench = Bench::empty("stable-ssid", true);
    let bounce = Settings {
        mask_method: MaskMethod::Bounce,
        ..settings()
    };
    bench
        .station
        .reconfigure(at(bench.now), bounce, policies("stable-ssid"));
    bench.appears(None);
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.masks_put(), 0);
}

#[test]
fn refused_mask_is_retried_only_after_the_next_scan() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.iwd(StationPhase::Disconnecting);
    bench.iwd(StationPhase::Disconnected);
    bench.done.clear();
    bench.refuses_live = true;
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.masks_put(), 1);
    bench.refuses_live = false;
    bench.iwd_scans(false);
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.masks_put(), 1);
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    bench.pass(SETTLED);
    assert_eq!(bench.masks_put(), 2);
    assert_ne!(bench.link.address, stable(&home()));
}

#[test]
fn lost_network_is_searched_with_increasing_delay() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.asked();
    bench.is_lost();
    let search = Duration::from_millis(500);
    let first = searches(&mut bench, search, Duration::from_secs(60));
    assert!((50..80).contains(&first), "{first}");
    bench.pass(Duration::from_secs(1));
    searches(&mut bench, search, Duration::from_secs(3600));
    let late = searches(&mut bench, search, Duration::from_secs(3600));
    assert!((8..20).contains(&late), "{late}");
    bench.tell(Event::Command(Command::Resumed));
    let after_sleep = searches(&mut bench, search, Duration::from_secs(60));
    assert!(after_sleep > 50, "{after_sleep}");
}

/// A connection was lost, where iwd's scans show the address on the card.
pub(super) fn lost_where_scans_show(live_change: bool) -> Bench {
    let mut bench = Bench::empty("stable-ssid", live_change);
    bench.knows(home(), None);
    bench.appears_with(None, false);
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.asked();
    bench
}

#[test]
fn scans_that_show_an_assigned_address_are_not_requested() {
    let mut bench = lost_where_scans_show(false);
    bench.pass(Duration::from_secs(600));
    assert_eq!(scans(&mut bench), 0);
    let reason = IwdScanReason::RandomizationDisabled;
    let limitations = bench.station.status().limitations;
    let masked = false;
    assert!(limitations.contains(&Limitation::IwdScansLeak { reason, masked }));
    // A network found by iwd's own scans is joined.
    bench.air = vec![heard("Home", 20)];
    is_scanned(&mut bench);
    assert_eq!(bench.asked(), [Request::Connect(home())]);
}

#[test]
fn hidden_network_makes_scans_show_the_address() {
    for (hidden, least, most) in [(false, 50, 80), (true, 0, 0)] {
        let mut bench = Bench::empty_on(Card {
            random_address: false,
            ..card(false)
        });
        bench.knows(home(), None);
        bench.knows(network("Other"), None);
        bench.files[1].hidden = hidden;
        bench.appears(None);
        bench.connects_under(stable(&home()));
        bench.is_lost();
        bench.asked();
        let length = Duration::from_millis(500);
        let count = searches(&mut bench, length, Duration::from_secs(60));
        assert!((least..=most).contains(&count), "{count}");
    }
}

#[test]
fn scans_get_separate_masks_where_possible() {
    let mut bench = lost_where_scans_show(true);
    let mut shown = Vec::new();
    let end = bench.now + Duration::from_secs(60);
    while shown.len() < 10 && bench.now < end {
        bench.pass(Duration::from_millis(50));
        if scans(&mut bench) > 0 {
            shown.push(bench.link.address);
            bench.iwd_scans(true);
            bench.external_scan(false);
            bench.pass(Duration::from_millis(100));
            bench.tell(Event::Scan(ScanEvent::Ended));
            bench.iwd_scans(false);
        }
    }
    assert!(!shown.contains(&stable(&home())), "{shown:?}");
    shown.sort();
    shown.dedup();
    assert_eq!(shown.len(), 10, "{shown:?}");
}

#[test]
fn unwanted_network_is_not_searched() {
    // At first iwd scans automatically.
    let mut bench = Bench::new("stable-ssid");
    bench.pass(Duration::from_secs(60));
    assert_eq!(scans(&mut bench), 0);
    // The user has disconnected.
    bench.connects_under(stable(&home()));
    bench.iwd(StationPhase::Disconnecting);
    bench.iwd(StationPhase::Disconnected);
    bench.pass(Duration::from_secs(60));
    assert_eq!(scans(&mut bench), 0);
    // iwd would not join it.
    bench.files[0].autoconnect = false;
    bench.tell_files();
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.pass(Duration::from_secs(60));
    assert_eq!(scans(&mut bench), 0);
}

#[test]
fn busy_iwd_gets_the_scan_request_again() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.pass(Duration::from_secs(1));
    assert_eq!(scans(&mut bench), 1);
    let why = "net.connman.iwd.InProgress".to_owned();
    bench.hear(IwdEvent::Refused { why });
    bench.pass(Duration::from_secs(1));
    assert_eq!(scans(&mut bench), 1);
    bench.pass(Duration::from_secs(9));
    assert_eq!(scans(&mut bench), 0, "iwd can be slow");
    bench.pass(Duration::from_secs(2));
    assert_eq!(scans(&mut bench), 1);
}

#[test]
fn failed_attempts_slow_the_search() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.is_lost();
    for _ in 0..5 {
        bench.iwd(StationPhase::Connecting);
        bench.iwd(StationPhase::Disconnected);
    }
    bench.asked();
    let search = Duration::from_millis(500);
    let later = searches(&mut bench, search, Duration::from_secs(60));
    assert!((1..5).contains(&later), "{later}");
}

pub(super) fn heard(name: &str, ms_ago: u32) -> Bss {
    Bss {
        bssid: Mac([2, 0, 0, 0, 1, 0]),
        frequency: 2437,
        signal: -40,
        ssid: network(name).ssid,
        ms_ago,
        owe: None,
    }
}

/// A scan of 100 ms by any program.
pub(super) fn is_scanned(bench: &mut Bench) {
    bench.external_scan(true);
    bench.pass(Duration::from_millis(100));
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.pass(Duration::from_millis(60));
}

#[test]
fn lost_network_is_joined_as_soon_as_it_is_found() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.asked();
    // Old results of the kernel do not count, nor do other networks.
    bench.air = vec![heard("Home", 5000), heard("Other", 20)];
    is_scanned(&mut bench);
    assert_eq!(bench.asked(), []);
    bench.air = vec![heard("Home", 20)];
    is_scanned(&mut bench);
    assert!(bench.did(&Action::AbortScan));
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), StateKind::Associated);
    // `AutoConnect` of the network can be off.
    bench.iwd(StationPhase::Disconnecting);
    bench.iwd(StationPhase::Disconnected);
    bench.asked();
    is_scanned(&mut bench);
    assert_eq!(bench.asked(), []);
}

#[test]
fn another_known_network_is_joined_after_a_while() {
    let mut bench = Bench::new("stable-ssid");
    bench.knows(network("Work"), None);
    bench.tell_files();
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.air = vec![heard("Work", 20)];
    is_scanned(&mut bench);
    assert!(!bench.asked().contains(&Request::Connect(network("Work"))));
    bench.pass(Duration::from_secs(5));
    is_scanned(&mut bench);
    assert!(bench.asked().contains(&Request::Connect(network("Work"))));
    // Unless its `AutoConnect` is off.
    bench.files[1].autoconnect = false;
    bench.tell_files();
    bench.pass(Duration::from_secs(5));
    bench.asked();
    is_scanned(&mut bench);
    assert!(!bench.asked().contains(&Request::Connect(network("Work"))));
}

#[test]
fn search_ends_after_common_channels_five_times_of_six() {
    let mut bench = Bench::new("stable-ssid");
    bench.air = vec![heard("Home", 20)];
    bench.connects_under(stable(&home()));
    bench.air.clear();
    bench.is_lost();
    let mut cut = Vec::new();
    for _ in 0..12 {
        bench.pass(Duration::from_secs(1));
        assert_eq!(scans(&mut bench), 1);
        bench.external_scan(true);
        bench.iwd_scans(true);
        bench.tell(Event::Scan(ScanEvent::Ended));
        assert!(!bench.did(&Action::AbortScan));
        bench.external_scan(true);
        cut.push(bench.did(&Action::AbortScan));
        bench.tell(Event::Scan(ScanEvent::Ended));
        bench.iwd_scans(false);
    }
    let whole = cut.iter().filter(|cut| !**cut).count();
    assert_eq!(whole, 2, "{cut:?}");
}

#[test]
fn network_found_by_a_long_scan_is_joined_before_its_end() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.external_scan(true);
    bench.pass(Duration::from_secs(1));
    assert!(!bench.asked().contains(&Request::Connect(home())));
    bench.air = vec![heard("Home", 20)];
    bench.pass(Duration::from_millis(400));
    assert!(bench.asked().contains(&Request::Connect(home())));
}

#[test]
fn network_that_iwd_has_forgotten_is_joined_after_the_scan() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.air = vec![heard("Home", 20)];
    bench.external_scan(true);
    bench.pass(Duration::from_secs(1));
    assert!(bench.asked().contains(&Request::Connect(home())));
    // iwd takes no results of a scan that was ended.
    bench.hear(IwdEvent::Refused {
        why: "NotFound".to_owned(),
    });
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.pass(Duration::from_millis(60));
    bench.asked();
    bench.external_scan(true);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.asked(), [], "the scan goes on");
    assert!(!bench.did(&Action::AbortScan));
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.pass(Duration::from_millis(60));
    assert_eq!(bench.asked(), [Request::Connect(home())]);
}
