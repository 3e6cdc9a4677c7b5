//! The user starts a hotspot.

use super::*;
use crate::address::Policy;

const ID: u32 = 4;

fn wants_hotspot(bench: &mut Bench) {
    bench.networks[0].enabled = false;
    bench.other = Some(OtherMode::AccessPoint {
        id: ID,
        ssid: Ssid::new(b"Mine"),
    });
}

fn starts(bench: &Bench) -> usize {
    bench.count_requests(&Request::StartHotspot { id: ID })
}

#[test]
fn hotspot_selected_while_connected_starts_under_a_mask() {
    let mut bench = Bench::connected();
    wants_hotspot(&mut bench);
    bench.user_disconnects();
    assert_eq!((bench.state(), starts(&bench)), (StateKind::Hotspot, 1));
    assert!(bench.is_masked());
    assert!(bench.masks.contains(&bench.link.address));
}

#[test]
fn hotspot_with_an_address_of_its_own_gets_it_at_each_start() {
    let own = Mac([2, 0, 0, 0, 0, 0x77]);
    let mut bench = Bench::connected();
    let settings = Settings::default();
    let addresses = policies(ConnectionOptions::default(), Vec::new());
    let addresses = addresses.with_hotspot(Policy::Explicit(own));
    let now = clocks(bench.now);
    bench.machine.reconfigure(now, settings, addresses);
    wants_hotspot(&mut bench);
    bench.user_disconnects();
    assert_eq!(
        (bench.state(), bench.link.address),
        (StateKind::Hotspot, own)
    );
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.state(), StateKind::Scanning, "it did not start");
    assert!(bench.is_masked() && bench.link.address != own);
    bench.pass(Duration::from_secs(40));
    assert_eq!(
        (bench.state(), bench.link.address),
        (StateKind::Hotspot, own)
    );
}

#[test]
fn hotspot_waits_until_the_supplicant_knows_the_mask() {
    let mut bench = Bench::connected();
    wants_hotspot(&mut bench);
    bench.slow_to_notice = true;
    bench.user_disconnects();
    bench.pass(Duration::from_millis(100));
    assert_eq!(starts(&bench), 0);
    bench.slow_to_notice = false;
    bench.pass(Duration::from_millis(100));
    assert_eq!(starts(&bench), 1);
}

#[test]
fn hotspot_as_only_network_starts_once_a_minute() {
    let mut bench = Bench::idle();
    wants_hotspot(&mut bench);
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(1));
    assert_eq!((bench.state(), starts(&bench)), (StateKind::Hotspot, 1));
    bench.pass(Duration::from_secs(50));
    assert_eq!((bench.state(), starts(&bench)), (StateKind::Scanning, 1));
    bench.pass(Duration::from_secs(40));
    assert_eq!(starts(&bench), 2);
}

#[test]
fn network_without_a_station_is_refused_and_reported_once() {
    let mut bench = Bench::idle();
    wants_hotspot(&mut bench);
    bench.other = Some(OtherMode::Refused);
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(120));
    let remark = Action::Notify(Notice::Remark(Remark::ModeRefused));
    assert_eq!(bench.count(|action| *action == remark), 1);
    assert_eq!(bench.machine.status().problem, Some(Problem::ModeRefused));
    assert_eq!((bench.state(), starts(&bench)), (StateKind::Scanning, 0));
}

#[test]
fn access_point_without_an_order_ends_and_starts_masked() {
    let mut bench = Bench::connected();
    let assigned = bench.link.address;
    wants_hotspot(&mut bench);
    bench.done.clear();
    bench.handle(Event::Backend(WpaEvent::ModeChanged));
    let down = bench.position(|action| *action == Action::SetLinkDown);
    let quiesce = bench.position(|action| is_request(action, &Request::Quiesce));
    assert!(down < quiesce);
    assert_eq!((bench.state(), starts(&bench)), (StateKind::Hotspot, 1));
    assert!(bench.is_masked() && bench.link.address != assigned);
}

#[test]
fn hotspot_deselected_while_masking_is_not_started() {
    let mut bench = Bench::connected();
    wants_hotspot(&mut bench);
    bench.driver = |link, _| Ok(link);
    bench.user_disconnects();
    bench.pass(Duration::from_millis(100));
    assert_eq!(bench.state(), StateKind::Masking);
    bench.other = None;
    bench.networks[0].enabled = true;
    bench.driver = |link, address| Ok(Link { address, ..link });
    bench.pass(Duration::from_secs(30));
    assert_eq!((bench.state(), starts(&bench)), (StateKind::Associated, 0));
}

#[test]
fn hotspot_does_not_get_an_address_that_was_scanned_under() {
    let mut bench = Bench::connected();
    wants_hotspot(&mut bench);
    bench.slow_to_notice = true;
    bench.user_disconnects();
    bench.pass(Duration::from_millis(20));
    assert_eq!(bench.state(), StateKind::Hotspot);
    let scanned = bench.link.address;
    bench.external_scan(true);
    bench.slow_to_notice = false;
    bench.pass(Duration::from_millis(200));
    assert_eq!((bench.state(), starts(&bench)), (StateKind::Hotspot, 1));
    assert!(bench.is_masked() && bench.link.address != scanned);
}

#[test]
fn networks_that_are_edited_are_read_again_while_connected() {
    let mut bench = Bench::connected();
    bench.pass(Duration::from_secs(60));
    let list = |action: &Action| matches!(action, Action::Request(Request::ListNetworks { .. }));
    bench.done.clear();
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworksChanged,
    )));
    bench.pass(Duration::from_secs(10));
    assert!(
        (8..=12).contains(&bench.count(list)),
        "{}",
        bench.count(list)
    );
    bench.pass(Duration::from_secs(60));
    bench.done.clear();
    bench.pass(Duration::from_secs(300));
    assert_eq!(bench.count(list), 0);
}

/// A slow supplicant has not begun yet.
#[test]
fn hotspot_that_is_scanned_under_begins_again() {
    let mut bench = Bench::connected();
    wants_hotspot(&mut bench);
    bench.user_disconnects();
    assert_eq!((bench.state(), starts(&bench)), (StateKind::Hotspot, 1));
    let scanned = bench.link.address;
    bench.external_scan(false);
    assert_eq!(bench.link.address, scanned);
    bench.done.clear();
    bench.external_scan(true);
    let down = bench.position(|action| *action == Action::SetLinkDown);
    let quiesce = bench.position(|action| is_request(action, &Request::Quiesce));
    assert!(down < quiesce);
    assert_eq!((bench.state(), starts(&bench)), (StateKind::Hotspot, 1));
    assert!(bench.is_masked() && bench.link.address != scanned);
}
