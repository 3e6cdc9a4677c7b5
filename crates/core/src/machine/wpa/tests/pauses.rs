//! What happens in a pause and right after it.

use super::commands::{parked, pause, scanning, unpause};
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
fn another_mask_is_had_at_once_and_after_somebody_elses_scan() {
    let mut bench = paused();
    bench.tell(Event::Command(Command::Rotate));
    assert_eq!(
        (bench.count(sets_address), bench.state()),
        (1, StateKind::Paused)
    );
    bench.tell(Event::Scan(ScanEvent::Started(ScanStarted {
        active: false,
        random_address: false,
    })));
    bench.tell(Event::Command(Command::Rotate));
    assert_eq!(bench.count(sets_address), 1);
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(
        (bench.count(sets_address), bench.state()),
        (2, StateKind::Paused)
    );
}

#[test]
fn what_shows_no_mask_changes_none() {
    let mut bench = paused();
    bench.somebody_scans(false);
    bench.link_changes(|_| {});
    assert_eq!(
        (bench.count(sets_address), bench.state()),
        (0, StateKind::Paused)
    );
}

#[test]
fn the_supplicant_is_looked_at_soon_after_a_scan_and_every_minute() {
    let mut bench = paused();
    bench.somebody_scans(false);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.asked(&Request::Status), 1);
    bench.pass(2 * MINUTE);
    assert_eq!(bench.asked(&Request::Status), 3);
}

#[test]
fn after_a_pause_the_search_is_as_eager_as_after_a_loss() {
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
fn networks_that_somebody_adds_in_a_pause_are_joined_right_after_it() {
    let mut bench = scanning();
    bench.networks.clear();
    bench.pass(MINUTE);
    bench.tell(Event::Backend(WpaEvent::Supplicant(
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
fn what_was_asked_in_a_pause_is_not_answered_after_it() {
    let mut bench = paused();
    bench.silent = true;
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    unpause(&mut bench);
    let late = Failure::Unreachable("too late".to_owned());
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(late)))));
    assert_eq!((bench.state(), bench.remarks()), (StateKind::Scanning, 0));
    let listed = NetworkList {
        networks: vec![home_network()],
        table: Vec::new(),
    };
    bench.silent = false;
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::NetworkList(Ok(
        listed,
    )))));
    assert_eq!(bench.count(is_scan), 1);
}

#[test]
fn a_disconnected_card_is_paused_under_its_mask() {
    let mut bench = parked();
    bench.silent = true;
    bench.pass(2 * MINUTE);
    pause(&mut bench, None);
    assert_eq!(
        (bench.state(), bench.is_masked()),
        (StateKind::Paused, true)
    );
}
