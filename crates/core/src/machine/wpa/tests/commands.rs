//! Commands of the user: pause, rotate, scan.

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

pub(super) fn scanning() -> Bench {
    let mut bench = Bench::idle();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.state(), StateKind::Scanning);
    bench.done.clear();
    bench
}

pub(super) fn disconnected() -> Bench {
    let mut bench = Bench::connected();
    bench.user_disconnects();
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Disconnected);
    bench.done.clear();
    bench
}

pub(super) fn pause(bench: &mut Bench, span: Option<Duration>) {
    bench.handle(Event::Command(Command::Pause { span }));
}

pub(super) fn unpause(bench: &mut Bench) {
    bench.handle(Event::Command(Command::Unpause));
}

pub(super) fn request_scan(bench: &mut Bench) {
    bench.handle(Event::Command(Command::Scan));
}

pub(super) fn scan_replies(bench: &Bench) -> Vec<(Option<Mac>, Result<usize, ScanFailure>)> {
    let replies = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::UserScan { mask, found, .. }) => {
            Some((*mask, found.as_ref().map(Vec::len).map_err(Clone::clone)))
        }
        _ => None,
    });
    replies.collect()
}

#[test]
fn paused_card_is_masked_and_silent_until_the_pause_ends() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Paused);
    bench.done.clear();
    bench.air = vec![home_entry()];
    bench.pass(60 * MINUTE);
    assert_eq!((bench.count(is_scan), bench.is_masked()), (0, true));
    unpause(&mut bench);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn pause_during_a_scan_lets_it_end_and_joins_nothing() {
    let mut bench = scanning();
    bench.scans = Scans::NeverEnding;
    while bench.count(is_scan) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.air = vec![home_entry()];
    pause(&mut bench, None);
    assert_eq!(bench.state(), StateKind::Scanning);
    bench.scans = Scans::Done;
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.handle(Event::Scan(ScanEvent::Ended));
    assert_eq!(bench.state(), StateKind::Paused);
    bench.pass(MINUTE);
    assert_eq!(bench.count_requests(&Request::Connect), 0);
}

#[test]
fn pause_with_a_duration_ends_automatically() {
    let mut bench = scanning();
    pause(&mut bench, Some(10 * MINUTE));
    let span_ms = Some(600_000);
    assert_eq!(
        bench.count(|it| *it == Action::Notify(Notice::Paused { span_ms })),
        1
    );
    bench.pass(9 * MINUTE);
    assert_eq!(bench.state(), StateKind::Paused);
    bench.pass(2 * MINUTE);
    assert_eq!(bench.state(), StateKind::Scanning);
    assert_eq!(bench.count(|it| *it == Action::Notify(Notice::Unpaused)), 1);
    assert_eq!(bench.machine.status().pause, None);
}

#[test]
fn connection_survives_a_pause_but_is_not_replaced_in_it() {
    let mut bench = Bench::connected();
    pause(&mut bench, None);
    bench.handle(Event::Command(Command::Rejoin(home())));
    bench.pass(MINUTE);
    assert_eq!(bench.state(), StateKind::Associated);
    assert!(bench.machine.status().pause.is_some());
    bench.lose(6, false);
    bench.done.clear();
    bench.pass(5 * MINUTE);
    assert_eq!(
        (bench.state(), bench.is_masked()),
        (StateKind::Paused, true)
    );
    assert_eq!(bench.count(is_scan), 0);
    unpause(&mut bench);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn supplicant_that_connects_in_a_pause_is_quiesced() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.pass(Duration::from_secs(1));
    let before = bench.count_requests(&Request::Quiesce);
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    assert_eq!(bench.count_requests(&Request::Quiesce), before + 1);
    bench.phase = Phase::Connecting;
    bench.pass(2 * MINUTE);
    assert_eq!(bench.count_requests(&Request::Quiesce), before + 2);
    assert_eq!(bench.state(), StateKind::Paused);
}

#[test]
fn mask_is_replaced_in_a_pause_after_external_changes() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.pass(Duration::from_secs(1));
    bench.other_program_changes_address();
    assert_eq!(
        (bench.state(), bench.is_masked()),
        (StateKind::Paused, true)
    );
    let before = bench.link.address;
    bench.external_scan(true);
    assert_eq!(
        (bench.state(), bench.is_masked()),
        (StateKind::Paused, true)
    );
    assert_ne!(bench.link.address, before);
    bench.link_changes(|link| link.up = false);
    assert_eq!(bench.state(), StateKind::Blocked);
    bench.link_changes(|link| link.up = true);
    assert_eq!(
        (bench.state(), bench.is_masked()),
        (StateKind::Paused, true)
    );
}

#[test]
fn supplicant_that_appears_in_a_pause_stays_quiesced() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    assert_eq!(bench.state(), StateKind::Waiting);
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(MINUTE);
    assert_eq!(bench.state(), StateKind::Paused);
    assert_eq!(bench.count(is_scan), 0);
}

#[test]
fn disconnected_card_stays_disconnected_after_a_pause() {
    let mut bench = disconnected();
    pause(&mut bench, None);
    assert_eq!(bench.state(), StateKind::Paused);
    unpause(&mut bench);
    assert_eq!(bench.state(), StateKind::Disconnected);
    unpause(&mut bench);
    assert_eq!(bench.count(|it| *it == Action::Notify(Notice::Unpaused)), 1);
}

#[test]
fn request_to_connect_in_a_pause_is_obeyed_after_it() {
    let mut bench = Bench::connected();
    bench.user_disconnects();
    pause(&mut bench, None);
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.state(), StateKind::Paused);
    unpause(&mut bench);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn pause_continues_after_a_change_of_the_mask() {
    for mut bench in [disconnected(), scanning()] {
        pause(&mut bench, None);
        bench.done.clear();
        bench.external_scan(true);
        assert_eq!(
            (bench.state(), bench.count(sets_address)),
            (StateKind::Paused, 1)
        );
        assert_eq!(
            bench.count(|it| *it == Action::Notify(Notice::Disconnected)),
            0
        );
    }
}

#[test]
fn rotate_without_a_running_scan_changes_the_mask_at_once() {
    for mut bench in [
        scanning(),
        disconnected(),
        Bench::new(true, false, |_, _| {}),
    ] {
        let (state, before) = (bench.state(), bench.link.address);
        assert_eq!(bench.machine.rotation(), Rotation::Now);
        bench.handle(Event::Command(Command::Rotate));
        assert_eq!((bench.state(), bench.is_masked()), (state, true));
        assert_ne!(bench.link.address, before, "{state}");
    }
}

#[test]
fn rotate_waits_for_an_external_scan_or_the_association() {
    for mut bench in [disconnected(), Bench::new(true, false, |_, _| {})] {
        let before = bench.link.address;
        bench.handle(Event::Scan(ScanEvent::Started(ScanStarted {
            active: false,
            random_address: false,
        })));
        assert_eq!(bench.machine.rotation(), Rotation::Soon);
        bench.handle(Event::Command(Command::Rotate));
        assert_eq!(bench.link.address, before);
        bench.handle(Event::Scan(ScanEvent::Ended));
        assert_ne!(bench.link.address, before);
    }
    let mut bench = Bench::connected();
    assert_eq!(bench.machine.rotation(), Rotation::AfterAssociation);
    bench.handle(Event::Command(Command::Rotate));
    assert_eq!(bench.link.address, home_address());
}

#[test]
fn user_scan_covers_every_channel_under_a_mask() {
    for (mut bench, state) in [
        (scanning(), StateKind::Scanning),
        (disconnected(), StateKind::Disconnected),
        (Bench::new(true, false, |_, _| {}), StateKind::Waiting),
    ] {
        bench.done.clear();
        bench.air = vec![home_entry()];
        bench.networks.clear();
        assert_eq!(bench.machine.can_scan(), Ok(()));
        request_scan(&mut bench);
        assert_eq!(scan_replies(&bench), [(None, Ok(1))], "{state}");
        let Action::Scan(scan) = &bench.done[bench.position(is_scan)] else {
            panic!()
        };
        assert_eq!(scan.frequencies, [2412, HOME_CHANNEL, 5180]);
        assert!(scan.random_address);
        assert_eq!(bench.state(), state);
    }
}

#[test]
fn user_scan_excludes_results_from_before_its_start() {
    for (ms_ago, found) in [(2_900, 1), (3_100, 0)] {
        let mut bench = scanning();
        pause(&mut bench, None);
        bench.pass(Duration::from_secs(20));
        bench.scans = Scans::NeverEnding;
        bench.air = vec![home_entry()];
        bench.ms_ago = ms_ago;
        request_scan(&mut bench);
        bench.pass(Duration::from_secs(3));
        bench.handle(Event::Scan(ScanEvent::Ended));
        assert_eq!(scan_replies(&bench), [(None, Ok(found))], "{ms_ago} ms ago");
    }
}

#[test]
fn user_scan_in_a_pause_does_not_end_the_pause() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.pass(Duration::from_secs(1));
    bench.done.clear();
    bench.air = vec![home_entry()];
    request_scan(&mut bench);
    assert_eq!(scan_replies(&bench), [(None, Ok(1))]);
    assert_eq!(
        (bench.state(), bench.count(is_scan)),
        (StateKind::Paused, 1)
    );
}

#[test]
fn user_scan_without_random_address_reports_and_changes_mask() {
    let mut bench = Bench::new(true, false, |card, _| card.random_address = false);
    bench.done.clear();
    let mask = bench.link.address;
    request_scan(&mut bench);
    assert_eq!(scan_replies(&bench), [(Some(mask), Ok(0))]);
    assert_ne!(bench.link.address, mask);
    assert!(bench.is_masked());
}

#[test]
fn user_scan_on_a_connected_card_only_listens() {
    let mut bench = Bench::connected();
    bench.air = vec![home_entry()];
    bench.done.clear();
    assert_eq!(bench.machine.can_scan(), Ok(()));
    request_scan(&mut bench);
    bench.pass(Duration::from_secs(10));
    let scans = bench.done.iter().filter_map(|action| match action {
        Action::Scan(scan) => Some((scan.ssids.len(), scan.random_address, scan.under)),
        _ => None,
    });
    assert_eq!(scans.collect::<Vec<_>>(), [(0, false, None)]);
    assert_eq!(scan_replies(&bench), [(None, Ok(1))]);
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn user_scan_on_a_connected_busy_card_is_answered() {
    let mut bench = Bench::connected();
    bench.scans = Scans::Refused(Errno::BUSY);
    request_scan(&mut bench);
    bench.pass(Duration::from_secs(1));
    assert_eq!(scan_replies(&bench), [(None, Err(ScanFailure::Busy))]);
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn passive_scan_whose_end_was_lost_ends_with_the_overrun() {
    let mut bench = Bench::connected();
    bench.scans = Scans::NeverEnding;
    request_scan(&mut bench);
    bench.pass(Duration::from_secs(5));
    assert_eq!(scan_replies(&bench), []);
    bench.handle(Event::Overrun);
    bench.pass(Duration::from_secs(1));
    assert_eq!(scan_replies(&bench), [(None, Ok(1))]);
}

#[test]
fn user_scan_that_fails_reports_the_reason() {
    let mut bench = disconnected();
    bench.scans = Scans::Refused(Errno::BUSY);
    request_scan(&mut bench);
    bench.pass(Duration::from_secs(10));
    assert_eq!(scan_replies(&bench), [(None, Err(ScanFailure::Busy))]);
    let mut bench = disconnected();
    bench.scans = Scans::NeverEnding;
    request_scan(&mut bench);
    bench.pass(Duration::from_secs(16));
    assert_eq!(bench.count(|action| *action == Action::AbortScan), 1);
    assert!(scan_replies(&bench)[0].1.is_err());
    assert_eq!(bench.state(), StateKind::Disconnected);
    let mut bench = Bench::idle();
    request_scan(&mut bench);
    let refusal = ScanRefusal::LinkDown;
    assert_eq!(
        scan_replies(&bench),
        [(None, Err(ScanFailure::Refused { refusal }))]
    );
}

#[test]
fn user_scan_waits_for_the_running_scan() {
    let mut bench = scanning();
    bench.scans = Scans::NeverEnding;
    while bench.count(is_scan) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.scans = Scans::Done;
    request_scan(&mut bench);
    assert_eq!(bench.count(is_scan), 1);
    bench.handle(Event::Scan(ScanEvent::Ended));
    assert_eq!(scan_replies(&bench).len(), 1);
    assert_eq!(bench.state(), StateKind::Scanning);
}

#[test]
fn release_in_a_pause_does_not_resume_the_supplicant() {
    let mut bench = disconnected();
    pause(&mut bench, None);
    releases::restore_at_exit(&mut bench);
    bench.handle(Event::Command(Command::Release));
    let release = Request::Restore { resume: false };
    assert_eq!(bench.count_requests(&release), 1);
}
