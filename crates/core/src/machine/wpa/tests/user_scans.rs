//! What comes between while a scan is on the air that somebody asked for.

use super::commands::{look, looked, parked, pause, scanning};
use super::*;

const TRY_AGAIN: Duration = Duration::from_millis(500);

/// The scan goes on until the test ends it.
fn looking(mut bench: Bench) -> Bench {
    bench.scans = Scans::NeverEnding;
    look(&mut bench);
    assert_eq!(
        (bench.state(), bench.count(is_scan)),
        (StateKind::UserScan, 1)
    );
    bench
}

fn surveys(bench: &Bench) -> usize {
    bench.count(asks_of_a_bss)
}

fn waiting() -> Bench {
    let mut bench = Bench::new(true, false, |_, _| {});
    bench.done.clear();
    bench
}

/// A round on the air that is the first after the other scan.
fn round_begins(bench: &mut Bench) {
    bench.air = vec![home_entry()];
    let before = bench.count(is_scan);
    while bench.count(is_scan) == before {
        bench.pass(Duration::from_millis(100));
    }
}

/// The scan on the air, of whatever kind; the supplicant tells of results before.
fn ends_with_results(bench: &mut Bench) {
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.tell(Event::Scan(ScanEvent::Ended));
}

#[test]
fn no_news_of_the_link_disturbs_the_scan() {
    let mut bench = looking(parked());
    bench.link_changes(|_| {});
    assert_eq!(
        (bench.state(), bench.count(sets_address)),
        (StateKind::UserScan, 0)
    );
}

#[test]
fn a_link_that_somebody_takes_down_ends_it() {
    let mut bench = looking(parked());
    bench.link_changes(|link| link.up = false);
    let why = ScanFailure::Refused {
        refusal: ScanRefusal::Blocked,
    };
    assert_eq!(
        (bench.state(), looked(&bench)),
        (StateKind::Blocked, vec![(None, Err(why))])
    );
    bench.link_changes(|link| link.up = true);
    assert_eq!(
        (bench.state(), bench.count(is_scan)),
        (StateKind::Disconnected, 1)
    );
}

#[test]
fn an_address_that_somebody_sets_gives_way_to_a_mask_which_is_scanned_under() {
    let mut bench = looking(parked());
    bench.scans = Scans::Done;
    bench.address_is_changed_by_hand();
    assert!(bench.is_masked());
    assert_eq!((bench.count(is_scan), looked(&bench).len()), (2, 1));
    assert_eq!(bench.state(), StateKind::Disconnected);
}

#[test]
fn a_supplicant_that_starts_is_met_at_once() {
    let mut bench = looking(waiting());
    bench.silent = true;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(bench.state(), StateKind::Attaching);
}

#[test]
fn whoever_wants_a_connection_is_brought_to_rest_before_the_scan_is_made_again() {
    for wish in [
        Supplicant::NetworkNotFound,
        Supplicant::Connecting { bssid: HOME_AP },
        Supplicant::Connected { bssid: HOME_AP },
    ] {
        let mut bench = looking(parked());
        let quieted = bench.asked(&Request::Quiesce);
        bench.tell(Event::Backend(WpaEvent::Supplicant(wish.clone())));
        assert_eq!(bench.asked(&Request::Quiesce), quieted + 1, "{wish:?}");
        assert_eq!(
            (bench.state(), bench.count(is_scan)),
            (StateKind::UserScan, 2)
        );
    }
}

#[test]
fn a_scan_whose_end_may_be_somebody_elses_is_made_again() {
    for event in [
        Event::Overrun,
        Event::Scan(ScanEvent::Started(ScanStarted {
            active: true,
            random_address: true,
        })),
    ] {
        let mut bench = looking(parked());
        bench.tell(event);
        bench.tell(Event::Scan(ScanEvent::Ended));
        assert_eq!(looked(&bench), []);
        bench.scans = Scans::Done;
        bench.pass(TRY_AGAIN);
        assert_eq!((bench.count(is_scan), looked(&bench).len()), (2, 1));
    }
}

#[test]
fn a_busy_card_is_asked_eight_times() {
    let mut bench = parked();
    bench.scans = Scans::Refused(Errno::BUSY);
    look(&mut bench);
    bench.pass(TRY_AGAIN * 6);
    assert_eq!((bench.count(is_scan), looked(&bench).len()), (7, 0));
    bench.pass(TRY_AGAIN);
    assert_eq!((bench.count(is_scan), looked(&bench).len()), (8, 1));
}

#[test]
fn a_mask_that_somebody_shows_meanwhile_is_changed_before_the_next_try_and_no_other() {
    for (exposing, changes) in [(false, 0), (true, 1)] {
        let mut bench = parked();
        bench.scans = Scans::Refused(Errno::BUSY);
        look(&mut bench);
        bench.scans = Scans::Done;
        bench.somebody_scans(exposing);
        assert_eq!(bench.count(sets_address), changes, "{exposing}");
        bench.pass(TRY_AGAIN);
        assert_eq!(looked(&bench), [(None, Ok(1))]);
    }
}

#[test]
fn results_that_the_supplicant_tells_of_late_are_not_taken_for_the_next_rounds() {
    let mut bench = scanning();
    bench.scans = Scans::WithoutResults;
    look(&mut bench);
    bench.scans = Scans::NeverEnding;
    round_begins(&mut bench);
    ends_with_results(&mut bench);
    assert_eq!(surveys(&bench), 0);
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    assert_eq!(surveys(&bench), 1);
}

#[test]
fn results_that_the_supplicant_told_of_in_time_are_owed_no_more() {
    let told: [fn(&mut Bench); 3] = [
        // Before the end of the scan.
        ends_with_results,
        // Before what was heard.
        |bench| {
            bench.hear(Event::Scan(ScanEvent::Ended));
            bench.hear(Event::Backend(WpaEvent::Supplicant(
                Supplicant::ScanResults,
            )));
            bench.tell(Event::Scan(ScanEvent::Results(Vec::new())));
        },
        // Twice before the end.
        |bench| {
            bench.tell(Event::Backend(WpaEvent::Supplicant(
                Supplicant::ScanResults,
            )));
            ends_with_results(bench);
        },
    ];
    for tell in told {
        let mut bench = looking(scanning());
        tell(&mut bench);
        assert_eq!(looked(&bench), [(None, Ok(0))]);
        round_begins(&mut bench);
        ends_with_results(&mut bench);
        assert_eq!(surveys(&bench), 1);
    }
}

#[test]
fn results_of_the_round_before_are_not_taken_for_the_scans() {
    let mut bench = scanning();
    bench.scans = Scans::WithoutResults;
    bench.pass(Duration::from_secs(60));
    bench.done.clear();
    let mut bench = looking(bench);
    // What the round before still owes.
    ends_with_results(&mut bench);
    round_begins(&mut bench);
    // What the scan still owes.
    ends_with_results(&mut bench);
    assert_eq!(surveys(&bench), 0);
}

#[test]
fn without_a_supplicant_nobody_owes_results() {
    let mut bench = waiting();
    bench.scans = Scans::WithoutResults;
    look(&mut bench);
    assert_eq!(looked(&bench), [(None, Ok(0))]);
    bench.scans = Scans::NeverEnding;
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    ends_with_results(&mut bench);
    assert_eq!(surveys(&bench), 1);
}

#[test]
fn in_a_pause_the_scan_is_followed_by_the_pause() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.done.clear();
    let mut bench = looking(bench);
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(
        (bench.state(), looked(&bench).len()),
        (StateKind::Paused, 1)
    );
}
