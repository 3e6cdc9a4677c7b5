//! Events in a pause and right after it.

use super::commands::{disconnected, pause, scanning, unpause};
use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn paused() -> Bench {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Paused);
    bench.done.clear();
    bench
}

#[test]
fn rotate_in_a_pause_waits_only_for_an_external_scan() {
    let mut bench = paused();
    bench.handle(Event::Command(Command::Rotate));
    assert_eq!(
        (bench.count(sets_address), bench.state()),
        (1, StateKind::Paused)
    );
    bench.handle(Event::Scan(ScanEvent::Started(ScanStarted {
        active: false,
        random_address: false,
    })));
    bench.handle(Event::Command(Command::Rotate));
    assert_eq!(bench.count(sets_address), 1);
    bench.handle(Event::Scan(ScanEvent::Ended));
    assert_eq!(
        (bench.count(sets_address), bench.state()),
        (2, StateKind::Paused)
    );
}

#[test]
fn mask_that_did_not_leak_stays() {
    let mut bench = paused();
    bench.external_scan(false);
    bench.link_changes(|_| {});
    assert_eq!(
        (bench.count(sets_address), bench.state()),
        (0, StateKind::Paused)
    );
}

#[test]
fn supplicant_status_is_read_after_a_scan_and_every_minute() {
    let mut bench = paused();
    bench.external_scan(false);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.count_requests(&Request::Status), 1);
    bench.pass(2 * MINUTE);
    assert_eq!(bench.count_requests(&Request::Status), 3);
}

#[test]
fn scans_after_a_pause_are_as_frequent_as_after_a_loss() {
    let scans_of_fifteen_seconds = |bench: &mut Bench| {
        bench.done.clear();
        bench.pass(Duration::from_secs(15));
        bench.count(is_scan)
    };
    let mut bench = scanning();
    bench.pass(60 * MINUTE);
    let rare = scans_of_fifteen_seconds(&mut bench);
    pause(&mut bench, None);
    bench.pass(5 * MINUTE);
    unpause(&mut bench);
    let eager = scans_of_fifteen_seconds(&mut bench);
    assert!(eager > rare, "{eager} after {rare}");
}

#[test]
fn network_added_in_a_pause_is_joined_right_after_it() {
    let mut bench = scanning();
    bench.networks.clear();
    bench.pass(MINUTE);
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworksChanged,
    )));
    bench.pass(Duration::from_secs(2));
    bench.air = vec![home_entry()];
    pause(&mut bench, Some(Duration::from_millis(500)));
    bench.networks = vec![home_network()];
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn reply_to_a_request_of_the_pause_is_ignored_after_it() {
    let mut bench = paused();
    bench.silent = true;
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    unpause(&mut bench);
    let late = Failure::Unreachable("too late".to_owned());
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(late)))));
    assert_eq!((bench.state(), bench.remarks()), (StateKind::Scanning, 0));
    let listed = NetworkList {
        networks: vec![home_network()],
        table: Vec::new(),
        other: None,
    };
    bench.silent = false;
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::NetworkList(Ok(
        listed,
    )))));
    assert_eq!(bench.count(is_scan), 1);
}

#[test]
fn disconnected_card_pauses_under_its_mask() {
    let mut bench = disconnected();
    bench.silent = true;
    bench.pass(2 * MINUTE);
    pause(&mut bench, None);
    assert_eq!(
        (bench.state(), bench.is_masked()),
        (StateKind::Paused, true)
    );
}
