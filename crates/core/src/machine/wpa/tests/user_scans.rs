//! Events during a scan that the user requested.

use super::commands::{disconnected, pause, request_scan, scan_replies, scanning};
use super::*;

const TRY_AGAIN: Duration = Duration::from_millis(500);

/// A user scan that runs until the test ends it.
fn running_scan(mut bench: Bench) -> Bench {
    bench.scans = Scans::NeverEnding;
    request_scan(&mut bench);
    assert_eq!(
        (bench.state(), bench.count(is_scan)),
        (StateKind::UserScan, 1)
    );
    bench
}

fn count_bss_requests(bench: &Bench) -> usize {
    bench.count(requests_bss)
}

fn waiting() -> Bench {
    let mut bench = Bench::new(true, false, |_, _| {});
    bench.done.clear();
    bench
}

/// Waits for the first round after the user scan.
fn round_begins(bench: &mut Bench) {
    bench.air = vec![home_entry()];
    let before = bench.count(is_scan);
    while bench.count(is_scan) == before {
        bench.pass(Duration::from_millis(100));
    }
}

/// Ends the running scan; the supplicant reports results before its end.
fn ends_with_results(bench: &mut Bench) {
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.handle(Event::Scan(ScanEvent::Ended));
}

#[test]
fn unchanged_link_does_not_disturb_the_user_scan() {
    let mut bench = running_scan(disconnected());
    bench.link_changes(|_| {});
    assert_eq!(
        (bench.state(), bench.count(sets_address)),
        (StateKind::UserScan, 0)
    );
}

#[test]
fn link_taken_down_externally_ends_the_user_scan() {
    let mut bench = running_scan(disconnected());
    bench.link_changes(|link| link.up = false);
    let why = ScanFailure::Refused {
        refusal: ScanRefusal::Blocked,
    };
    assert_eq!(
        (bench.state(), scan_replies(&bench)),
        (StateKind::Blocked, vec![(None, Err(why))])
    );
    bench.link_changes(|link| link.up = true);
    assert_eq!(
        (bench.state(), bench.count(is_scan)),
        (StateKind::Disconnected, 1)
    );
}

#[test]
fn user_scan_is_repeated_under_a_mask_after_external_address() {
    let mut bench = running_scan(disconnected());
    bench.scans = Scans::Done;
    bench.other_program_changes_address();
    assert!(bench.is_masked());
    assert_eq!((bench.count(is_scan), scan_replies(&bench).len()), (2, 1));
    assert_eq!(bench.state(), StateKind::Disconnected);
}

#[test]
fn supplicant_that_appears_in_a_user_scan_is_attached() {
    let mut bench = running_scan(waiting());
    bench.silent = true;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(bench.state(), StateKind::Attaching);
}

#[test]
fn supplicant_that_connects_is_quiesced_before_the_next_scan() {
    for event in [
        Supplicant::NetworkNotFound,
        Supplicant::Connecting { bssid: HOME_AP },
        Supplicant::Connected {
            bssid: HOME_AP,
            id: None,
        },
    ] {
        let mut bench = running_scan(disconnected());
        let before = bench.count_requests(&Request::Quiesce);
        bench.handle(Event::Backend(WpaEvent::Supplicant(event.clone())));
        assert_eq!(
            bench.count_requests(&Request::Quiesce),
            before + 1,
            "{event:?}"
        );
        assert_eq!(
            (bench.state(), bench.count(is_scan)),
            (StateKind::UserScan, 2)
        );
    }
}

#[test]
fn user_scan_with_an_ambiguous_end_is_repeated() {
    for event in [
        Event::Overrun,
        Event::Scan(ScanEvent::Started(ScanStarted {
            active: true,
            random_address: true,
        })),
    ] {
        let mut bench = running_scan(disconnected());
        bench.handle(event);
        bench.handle(Event::Scan(ScanEvent::Ended));
        assert_eq!(scan_replies(&bench), []);
        bench.scans = Scans::Done;
        bench.pass(TRY_AGAIN);
        assert_eq!((bench.count(is_scan), scan_replies(&bench).len()), (2, 1));
    }
}

#[test]
fn user_scan_on_a_busy_card_is_tried_eight_times() {
    let mut bench = disconnected();
    bench.scans = Scans::Refused(Errno::BUSY);
    request_scan(&mut bench);
    bench.pass(TRY_AGAIN * 6);
    assert_eq!((bench.count(is_scan), scan_replies(&bench).len()), (7, 0));
    bench.pass(TRY_AGAIN);
    assert_eq!((bench.count(is_scan), scan_replies(&bench).len()), (8, 1));
}

#[test]
fn only_a_leaked_mask_changes_before_the_user_scan_retry() {
    for (leaking, changes) in [(false, 0), (true, 1)] {
        let mut bench = disconnected();
        bench.scans = Scans::Refused(Errno::BUSY);
        request_scan(&mut bench);
        bench.scans = Scans::Done;
        bench.external_scan(leaking);
        assert_eq!(bench.count(sets_address), changes, "{leaking}");
        bench.pass(TRY_AGAIN);
        assert_eq!(scan_replies(&bench), [(None, Ok(1))]);
    }
}

#[test]
fn late_results_of_a_user_scan_are_not_used_for_the_next_round() {
    let mut bench = scanning();
    bench.scans = Scans::WithoutResults;
    request_scan(&mut bench);
    bench.scans = Scans::NeverEnding;
    round_begins(&mut bench);
    ends_with_results(&mut bench);
    assert_eq!(count_bss_requests(&bench), 0);
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    assert_eq!(count_bss_requests(&bench), 1);
}

#[test]
fn results_reported_in_time_are_not_expected_again() {
    let reports: [fn(&mut Bench); 3] = [
        // Before the end of the scan.
        ends_with_results,
        // Before the scan results.
        |bench| {
            bench.handle_unanswered(Event::Scan(ScanEvent::Ended));
            bench.handle_unanswered(Event::Backend(WpaEvent::Supplicant(
                Supplicant::ScanResults,
            )));
            bench.handle(Event::Scan(ScanEvent::Results(Vec::new())));
        },
        // Twice before the end.
        |bench| {
            bench.handle(Event::Backend(WpaEvent::Supplicant(
                Supplicant::ScanResults,
            )));
            ends_with_results(bench);
        },
    ];
    for report in reports {
        let mut bench = running_scan(scanning());
        report(&mut bench);
        assert_eq!(scan_replies(&bench), [(None, Ok(0))]);
        round_begins(&mut bench);
        ends_with_results(&mut bench);
        assert_eq!(count_bss_requests(&bench), 1);
    }
}

#[test]
fn late_results_of_a_round_are_not_used_for_a_user_scan() {
    let mut bench = scanning();
    bench.scans = Scans::WithoutResults;
    bench.pass(Duration::from_secs(60));
    bench.done.clear();
    let mut bench = running_scan(bench);
    // The late results of the previous round.
    ends_with_results(&mut bench);
    round_begins(&mut bench);
    // The late results of the user scan.
    ends_with_results(&mut bench);
    assert_eq!(count_bss_requests(&bench), 0);
}

#[test]
fn user_scan_without_supplicant_expects_no_late_results() {
    let mut bench = waiting();
    bench.scans = Scans::WithoutResults;
    request_scan(&mut bench);
    assert_eq!(scan_replies(&bench), [(None, Ok(0))]);
    bench.scans = Scans::NeverEnding;
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    ends_with_results(&mut bench);
    assert_eq!(count_bss_requests(&bench), 1);
}

#[test]
fn user_scan_in_a_pause_returns_to_the_pause() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.done.clear();
    let mut bench = running_scan(bench);
    bench.handle(Event::Scan(ScanEvent::Ended));
    assert_eq!(
        (bench.state(), scan_replies(&bench).len()),
        (StateKind::Paused, 1)
    );
}
