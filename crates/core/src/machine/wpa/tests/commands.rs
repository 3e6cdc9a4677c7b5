//! What a user asks for: a pause, another mask, a scan.

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

pub(super) fn scanning() -> Bench {
    let mut bench = Bench::idle();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.state(), StateKind::Scanning);
    bench.done.clear();
    bench
}

pub(super) fn parked() -> Bench {
    let mut bench = Bench::connected();
    bench.lose(3, true);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Disconnected);
    bench.done.clear();
    bench
}

pub(super) fn pause(bench: &mut Bench, span: Option<Duration>) {
    bench.tell(Event::Command(Command::Pause { span }));
}

pub(super) fn unpause(bench: &mut Bench) {
    bench.tell(Event::Command(Command::Unpause));
}

pub(super) fn look(bench: &mut Bench) {
    bench.tell(Event::Command(Command::Scan));
}

pub(super) fn looked(bench: &Bench) -> Vec<(Option<Mac>, Result<usize, ScanFailure>)> {
    let said = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::UserScan { mask, found }) => {
            Some((*mask, found.as_ref().map(Vec::len).map_err(Clone::clone)))
        }
        _ => None,
    });
    said.collect()
}

#[test]
fn a_paused_card_is_masked_and_silent_until_the_pause_is_over() {
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
fn a_pause_in_a_round_of_scanning_lets_it_end_and_joins_nothing() {
    let mut bench = scanning();
    bench.scans = Scans::NeverEnding;
    while bench.count(is_scan) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.air = vec![home_entry()];
    pause(&mut bench, None);
    assert_eq!(bench.state(), StateKind::Scanning);
    bench.scans = Scans::Done;
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(bench.state(), StateKind::Paused);
    bench.pass(MINUTE);
    assert_eq!(bench.asked(&Request::Connect), 0);
}

#[test]
fn a_pause_with_an_end_ends_by_itself() {
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
    assert_eq!(bench.station.status().pause, None);
}

#[test]
fn a_connection_outlives_the_pause_and_is_not_made_again_while_it_lasts() {
    let mut bench = Bench::connected();
    pause(&mut bench, None);
    bench.tell(Event::Command(Command::Rejoin(home())));
    bench.pass(MINUTE);
    assert_eq!(bench.state(), StateKind::Associated);
    assert!(bench.station.status().pause.is_some());
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
fn whoever_wants_a_connection_in_a_pause_is_brought_to_rest() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.pass(Duration::from_secs(1));
    let before = bench.asked(&Request::Quiesce);
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    assert_eq!(bench.asked(&Request::Quiesce), before + 1);
    bench.phase = Phase::Connecting;
    bench.pass(2 * MINUTE);
    assert_eq!(bench.asked(&Request::Quiesce), before + 2);
    assert_eq!(bench.state(), StateKind::Paused);
}

#[test]
fn the_mask_is_guarded_in_a_pause_as_ever() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.pass(Duration::from_secs(1));
    bench.address_is_changed_by_hand();
    assert_eq!(
        (bench.state(), bench.is_masked()),
        (StateKind::Paused, true)
    );
    let before = bench.link.address;
    bench.somebody_scans(true);
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
fn a_new_supplicant_is_met_in_a_pause_and_kept_quiet() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    assert_eq!(bench.state(), StateKind::Waiting);
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(MINUTE);
    assert_eq!(bench.state(), StateKind::Paused);
    assert_eq!(bench.count(is_scan), 0);
}

#[test]
fn after_a_pause_a_disconnected_card_is_as_disconnected_as_before() {
    let mut bench = parked();
    pause(&mut bench, None);
    assert_eq!(bench.state(), StateKind::Paused);
    unpause(&mut bench);
    assert_eq!(bench.state(), StateKind::Disconnected);
    unpause(&mut bench);
    assert_eq!(bench.count(|it| *it == Action::Notify(Notice::Unpaused)), 1);
}

#[test]
fn a_pause_goes_on_under_another_mask() {
    for mut bench in [parked(), scanning()] {
        pause(&mut bench, None);
        bench.done.clear();
        bench.somebody_scans(true);
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
fn another_mask_is_had_at_once_where_nothing_is_on_the_air() {
    for mut bench in [scanning(), parked(), Bench::new(true, false, |_, _| {})] {
        let (state, before) = (bench.state(), bench.link.address);
        assert_eq!(bench.station.rotation(), Rotation::Now);
        bench.tell(Event::Command(Command::Rotate));
        assert_eq!((bench.state(), bench.is_masked()), (state, true));
        assert_ne!(bench.link.address, before, "{state}");
    }
}

#[test]
fn another_mask_waits_for_somebody_elses_scan_and_for_the_associations_end() {
    for mut bench in [parked(), Bench::new(true, false, |_, _| {})] {
        let before = bench.link.address;
        bench.tell(Event::Scan(ScanEvent::Started(ScanStarted {
            active: false,
            random_address: false,
        })));
        assert_eq!(bench.station.rotation(), Rotation::Soon);
        bench.tell(Event::Command(Command::Rotate));
        assert_eq!(bench.link.address, before);
        bench.tell(Event::Scan(ScanEvent::Ended));
        assert_ne!(bench.link.address, before);
    }
    let mut bench = Bench::connected();
    assert_eq!(bench.station.rotation(), Rotation::AfterAssociation);
    bench.tell(Event::Command(Command::Rotate));
    assert_eq!(bench.link.address, home_address());
}

#[test]
fn a_scan_that_is_asked_for_visits_every_channel_under_a_mask() {
    for (mut bench, state) in [
        (scanning(), StateKind::Scanning),
        (parked(), StateKind::Disconnected),
        (Bench::new(true, false, |_, _| {}), StateKind::Waiting),
    ] {
        bench.done.clear();
        bench.air = vec![home_entry()];
        bench.networks.clear();
        assert_eq!(bench.station.can_scan(), Ok(()));
        look(&mut bench);
        assert_eq!(looked(&bench), [(None, Ok(1))], "{state}");
        let Action::Scan(scan) = &bench.done[bench.position(is_scan)] else {
            panic!()
        };
        assert_eq!(scan.frequencies, [2412, HOME_CHANNEL, 5180]);
        assert!(scan.random_address);
        assert_eq!(bench.state(), state);
    }
}

#[test]
fn what_was_heard_early_in_a_scan_that_is_asked_for_counts_and_what_was_heard_before_it_does_not() {
    for (ms_ago, found) in [(2_900, 1), (3_100, 0)] {
        let mut bench = scanning();
        pause(&mut bench, None);
        bench.pass(Duration::from_secs(20));
        bench.scans = Scans::NeverEnding;
        bench.air = vec![home_entry()];
        bench.ms_ago = ms_ago;
        look(&mut bench);
        bench.pass(Duration::from_secs(3));
        bench.tell(Event::Scan(ScanEvent::Ended));
        assert_eq!(looked(&bench), [(None, Ok(found))], "{ms_ago} ms ago");
    }
}

#[test]
fn a_scan_may_be_asked_for_in_a_pause_which_goes_on() {
    let mut bench = scanning();
    pause(&mut bench, None);
    bench.pass(Duration::from_secs(1));
    bench.done.clear();
    bench.air = vec![home_entry()];
    look(&mut bench);
    assert_eq!(looked(&bench), [(None, Ok(1))]);
    assert_eq!(
        (bench.state(), bench.count(is_scan)),
        (StateKind::Paused, 1)
    );
}

#[test]
fn without_help_of_the_driver_the_scan_says_its_mask_and_the_next_one_is_another() {
    let mut bench = Bench::new(true, false, |card, _| card.random_address = false);
    bench.done.clear();
    let mask = bench.link.address;
    look(&mut bench);
    assert_eq!(looked(&bench), [(Some(mask), Ok(0))]);
    assert_ne!(bench.link.address, mask);
    assert!(bench.is_masked());
}

#[test]
fn a_connected_card_is_not_scanned_with() {
    let mut bench = Bench::connected();
    let refusal = ScanRefusal::Connected;
    assert_eq!(bench.station.can_scan(), Err(refusal));
    look(&mut bench);
    assert_eq!(bench.count(is_scan), 0);
    assert_eq!(
        looked(&bench),
        [(None, Err(ScanFailure::Refused { refusal }))]
    );
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn a_scan_that_cannot_be_had_is_given_up_with_the_reason() {
    let mut bench = parked();
    bench.scans = Scans::Refused(Errno::BUSY);
    look(&mut bench);
    bench.pass(Duration::from_secs(10));
    assert_eq!(looked(&bench), [(None, Err(ScanFailure::Busy))]);
    let mut bench = parked();
    bench.scans = Scans::NeverEnding;
    look(&mut bench);
    bench.pass(Duration::from_secs(16));
    assert_eq!(bench.count(|action| *action == Action::AbortScan), 1);
    assert!(looked(&bench)[0].1.is_err());
    assert_eq!(bench.state(), StateKind::Disconnected);
    let mut bench = Bench::idle();
    look(&mut bench);
    let refusal = ScanRefusal::LinkDown;
    assert_eq!(
        looked(&bench),
        [(None, Err(ScanFailure::Refused { refusal }))]
    );
}

#[test]
fn a_scan_is_had_after_the_round_that_is_on_the_air() {
    let mut bench = scanning();
    bench.scans = Scans::NeverEnding;
    while bench.count(is_scan) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.scans = Scans::Done;
    look(&mut bench);
    assert_eq!(bench.count(is_scan), 1);
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(looked(&bench).len(), 1);
    assert_eq!(bench.state(), StateKind::Scanning);
}

#[test]
fn who_leaves_in_a_pause_leaves_a_quiet_supplicant_as_it_was() {
    let mut bench = parked();
    pause(&mut bench, None);
    bench.tell(Event::Command(Command::Release));
    let release = Request::Restore { resume: false };
    assert_eq!(bench.asked(&release), 1);
}
