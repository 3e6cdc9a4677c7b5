//! While iwd is not connected: the mask, and the search for what was lost.

use std::time::Duration;

use super::bench::{Bench, at, card, home, network, policies, settings, stable};
use super::*;
use crate::types::{Bss, Mac};

const SETTLED: Duration = Duration::from_millis(350);

pub(super) fn scans(bench: &mut Bench) -> usize {
    let asked = bench.asked().into_iter();
    asked.filter(|request| *request == Request::Scan).count()
}

/// iwd scans when it is asked, for so long; how often it did within the time.
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
fn the_idle_card_is_masked_when_iwd_has_settled() {
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
        "iwd's scans have addresses of their own"
    );
    bench.somebody_scans(false);
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    bench.pass(SETTLED);
    assert_ne!(bench.link.address, mask, "it was on the air");
}

#[test]
fn it_is_masked_after_a_connection_and_not_while_one_begins() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.done.clear();
    bench.is_lost();
    bench.iwd_scans(true);
    bench.pass(SETTLED);
    assert_eq!(bench.masks_put(), 0, "it scans");
    bench.iwd_scans(false);
    bench.pass(Duration::from_millis(100));
    bench.iwd(StationPhase::Connecting);
    bench.pass(SETTLED);
    assert_eq!(bench.masks_put(), 0, "it connects");
    bench.iwd(StationPhase::Connected);
    bench.is_lost();
    bench.pass(SETTLED);
    assert_eq!(bench.masks_put(), 1);
}

#[test]
fn it_keeps_its_address_where_only_a_bounce_could_change_it() {
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
fn a_kernel_that_refuses_is_asked_again_after_the_next_scan_only() {
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
fn what_was_lost_is_looked_for_soon_and_often_and_ever_more_rarely() {
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
fn iwd_is_not_asked_for_scans_that_show_a_networks_address() {
    let mut bench = lost_where_scans_show(false);
    bench.pass(Duration::from_secs(600));
    assert_eq!(scans(&mut bench), 0);
    let reason = IwdScanReason::RandomizationDisabled;
    let limitations = bench.station.status().limitations;
    let masked = false;
    assert!(limitations.contains(&Limitation::IwdScansLeak { reason, masked }));
    // What its own scans hear is joined.
    bench.air = vec![heard("Home", 20)];
    is_scanned(&mut bench);
    assert_eq!(bench.asked(), [Request::Connect(home())]);
}

#[test]
fn what_the_driver_cannot_randomise_shows_where_a_hidden_network_is_known() {
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
fn each_of_them_is_under_a_mask_of_its_own_where_there_can_be_one() {
    let mut bench = lost_where_scans_show(true);
    let mut shown = Vec::new();
    let end = bench.now + Duration::from_secs(60);
    while shown.len() < 10 && bench.now < end {
        bench.pass(Duration::from_millis(50));
        if scans(&mut bench) > 0 {
            shown.push(bench.link.address);
            bench.iwd_scans(true);
            bench.somebody_scans(false);
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
fn nothing_is_looked_for_that_nobody_wants() {
    // At first iwd looks by itself.
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
fn an_iwd_that_has_something_else_to_do_is_asked_again() {
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
    assert_eq!(scans(&mut bench), 0, "it may be slow");
    bench.pass(Duration::from_secs(2));
    assert_eq!(scans(&mut bench), 1);
}

#[test]
fn attempts_that_come_to_nothing_make_the_search_patient() {
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
    }
}

/// A scan of 100 ms, by whomever.
pub(super) fn is_scanned(bench: &mut Bench) {
    bench.somebody_scans(true);
    bench.pass(Duration::from_millis(100));
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.pass(Duration::from_millis(60));
}

#[test]
fn what_was_lost_is_joined_as_soon_as_it_is_heard_again() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.asked();
    // What the kernel remembers is not heard, and neither are others.
    bench.air = vec![heard("Home", 5000), heard("Other", 20)];
    is_scanned(&mut bench);
    assert_eq!(bench.asked(), []);
    bench.air = vec![heard("Home", 20)];
    is_scanned(&mut bench);
    assert!(bench.did(&Action::AbortScan));
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), StateKind::Associated);
    // It may not be to be joined.
    bench.iwd(StationPhase::Disconnecting);
    bench.iwd(StationPhase::Disconnected);
    bench.asked();
    is_scanned(&mut bench);
    assert_eq!(bench.asked(), []);
}

#[test]
fn after_a_while_another_network_will_do_that_iwd_does_not_join() {
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
    // Unless it is not to be joined unasked.
    bench.files[1].autoconnect = false;
    bench.tell_files();
    bench.pass(Duration::from_secs(5));
    bench.asked();
    is_scanned(&mut bench);
    assert!(!bench.asked().contains(&Request::Connect(network("Work"))));
}

#[test]
fn a_search_for_what_was_on_a_usual_channel_ends_there_five_times_of_six() {
    let mut bench = Bench::new("stable-ssid");
    bench.air = vec![heard("Home", 20)];
    bench.connects_under(stable(&home()));
    bench.air.clear();
    bench.is_lost();
    let mut cut = Vec::new();
    for _ in 0..12 {
        bench.pass(Duration::from_secs(1));
        assert_eq!(scans(&mut bench), 1);
        bench.somebody_scans(true);
        bench.iwd_scans(true);
        bench.tell(Event::Scan(ScanEvent::Ended));
        assert!(!bench.did(&Action::AbortScan));
        bench.somebody_scans(true);
        cut.push(bench.did(&Action::AbortScan));
        bench.tell(Event::Scan(ScanEvent::Ended));
        bench.iwd_scans(false);
    }
    let whole = cut.iter().filter(|cut| !**cut).count();
    assert_eq!(whole, 2, "{cut:?}");
}

#[test]
fn what_a_long_scan_hears_is_joined_before_it_is_over() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.somebody_scans(true);
    bench.pass(Duration::from_secs(1));
    assert!(!bench.asked().contains(&Request::Connect(home())));
    bench.air = vec![heard("Home", 20)];
    bench.pass(Duration::from_millis(400));
    assert!(bench.asked().contains(&Request::Connect(home())));
}
