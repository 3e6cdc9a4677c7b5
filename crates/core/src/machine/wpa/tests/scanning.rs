//! Scans: ours, and those of others.

use super::*;

fn reads_networks(action: &Action) -> bool {
    matches!(action, Action::Request(Request::ListNetworks { bssids }) if bssids.is_empty())
}

fn external_scans(bench: &Bench) -> Vec<Option<Mac>> {
    let notices = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::ExternalScan { exposed }) => Some(*exposed),
        _ => None,
    });
    notices.collect()
}

#[test]
fn the_best_method_is_taken_that_is_wished_and_to_be_had_and_a_lack_is_said() {
    for (wish, random_address, live_change, method, remarks) in [
        (MaskMethod::Auto, true, true, Method::Driver, 0),
        (MaskMethod::Auto, false, true, Method::Powered, 0),
        (MaskMethod::Auto, false, false, Method::Bounce, 0),
        (MaskMethod::Driver, true, false, Method::Driver, 0),
        (MaskMethod::Driver, false, true, Method::Bounce, 1),
        (MaskMethod::Powered, true, true, Method::Powered, 0),
        (MaskMethod::Powered, true, false, Method::Bounce, 1),
        (MaskMethod::Bounce, true, true, Method::Bounce, 0),
    ] {
        let bench = Bench::new(false, false, |card, settings| {
            settings.mask_method = wish;
            (card.random_address, card.live_change) = (random_address, live_change);
        });
        let found = (bench.method(), bench.remarks());
        assert_eq!(
            found,
            (method, remarks),
            "{wish:?} {random_address} {live_change}"
        );
    }
}

#[test]
fn a_mask_that_somebody_elses_scan_has_shown_is_changed_and_no_other() {
    let mut parked = Bench::connected();
    parked.lose(3, true);
    for (mut bench, state) in [
        (Bench::idle(), StateKind::Waiting),
        (Bench::scanning(|_, _| {}), StateKind::Scanning),
        (parked, StateKind::Disconnected),
    ] {
        bench.done.clear();
        bench.somebody_scans(false);
        assert_eq!(bench.count(sets_address), 0, "{state}");
        assert_eq!(external_scans(&bench), []);
        bench.somebody_scans(true);
        assert_eq!(bench.count(sets_address), 1, "{state}");
        assert_eq!(external_scans(&bench), [None]);
        assert_eq!(bench.state(), state);
        let counters = bench.station.status().counters;
        assert_eq!((counters.external_scans, counters.leaking_scans), (2, 0));
    }
}

#[test]
fn a_scan_that_shows_an_assigned_address_is_counted_and_said() {
    for mut bench in [
        Bench::connected(),
        Bench::agreeing(ConnectionOptions::default()),
    ] {
        bench.tell(Event::Scan(ScanEvent::Started(ScanStarted {
            active: false,
            random_address: false,
        })));
        bench.somebody_scans(false);
        assert_eq!(bench.station.status().counters.leaking_scans, 0);
        bench.somebody_scans(true);
        assert_eq!(bench.station.status().counters.leaking_scans, 1);
        assert_eq!(external_scans(&bench), [Some(home_address())]);
    }
}

#[test]
fn a_scan_that_comes_between_is_somebody_elses_and_ours_is_made_again() {
    let mut bench = Bench::idle();
    bench.scans = Scans::NeverEnding;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    for event in [
        Event::Overrun,
        Event::Scan(ScanEvent::Started(ScanStarted {
            active: true,
            random_address: true,
        })),
    ] {
        bench.done.clear();
        bench.tell(event);
        bench.pass(Duration::from_secs(2));
        let Action::Scan(again) = &bench.done[bench.position(is_scan)] else {
            panic!()
        };
        assert_eq!(again.frequencies, [2412, HOME_CHANNEL, 5180]);
    }
    assert_eq!(bench.station.status().counters.external_scans, 1);
}

#[test]
fn a_scan_without_an_end_is_given_up() {
    let mut bench = Bench::idle();
    bench.scans = Scans::NeverEnding;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(14));
    let aborted = |action: &Action| *action == Action::AbortScan;
    assert_eq!(bench.count(aborted), 0);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.count(aborted), 1);
    bench.scans = Scans::Done;
    bench.air = vec![home_entry()];
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn a_scan_that_is_refused_is_tried_again_and_said_unless_the_card_is_only_busy() {
    for (errno, random_address, remarks, method) in [
        (Errno::BUSY, true, 0, Method::Driver),
        (Errno::INVAL, true, 3, Method::Driver),
        (Errno::OPNOTSUPP, true, 3, Method::Bounce),
        (Errno::OPNOTSUPP, false, 3, Method::Bounce),
    ] {
        let mut bench = Bench::new(false, false, |card, _| card.random_address = random_address);
        bench.scans = Scans::Refused(errno);
        bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(5));
        assert_eq!(bench.count(is_scan), 3);
        assert_eq!(bench.remarks(), remarks, "errno {errno}");
        assert_eq!(bench.method(), method);
    }
}

#[test]
fn a_card_that_somebody_else_scans_with_is_taken_the_moment_it_is_free() {
    for exposing in [false, true] {
        let mut bench = Bench::idle();
        bench.scans = Scans::Refused(Errno::BUSY);
        bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.scans = Scans::Done;
        bench.air = vec![home_entry()];
        bench.somebody_scans(exposing);
        assert_eq!(bench.count(is_scan), 2);
        assert_eq!(bench.state(), StateKind::Associated);
    }
}

#[test]
fn the_list_of_networks_is_read_every_ten_seconds_and_each_second_while_it_is_edited() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(4, false);
    bench.done.clear();
    bench.pass(Duration::from_secs(60));
    assert!(bench.count(is_scan) > 30);
    assert!((4..8).contains(&bench.count(reads_networks)));
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworksChanged,
    )));
    bench.done.clear();
    bench.pass(Duration::from_secs(29));
    assert!(bench.count(reads_networks) > 15);
    bench.pass(Duration::from_secs(3));
    bench.done.clear();
    bench.pass(Duration::from_secs(30));
    assert!((2..5).contains(&bench.count(reads_networks)));
}

#[test]
fn a_network_that_is_added_is_found_at_once() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.pass(Duration::from_secs(300));
    bench.networks.clear();
    bench.pass(Duration::from_secs(60));
    bench.done.clear();
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.count(is_scan), 0, "there is nothing to look for");
    assert!((5..8).contains(&bench.count(reads_networks)));
    bench.networks.push(home_network());
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworksChanged,
    )));
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn a_failed_question_is_said_and_asked_again() {
    let mut bench = Bench::idle();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(300));
    bench.silent = true;
    bench.done.clear();
    while bench.count(reads_networks) == 0 {
        bench.pass(Duration::from_secs(1));
    }
    let failure = Failure::Unreachable("it is silent".to_owned());
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::NetworkList(Err(
        failure,
    )))));
    assert_eq!(bench.remarks(), 1);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.count(reads_networks), 2);
}

#[test]
fn whoever_wakes_the_machine_finds_what_failed_tried_again() {
    let mut bench = Bench::idle();
    bench.connects = false;
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_millis(400));
    assert_eq!(bench.failures(), 1);
    bench.connects = true;
    bench.tell(Event::Command(Command::Resumed));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn nothing_is_scanned_under_an_address_that_somebody_has_set_unheard() {
    let mut bench = Bench::new(false, false, |card, _| card.random_address = false);
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(20));
    bench.done.clear();
    bench.scanned_under.clear();
    bench.link.address = PERMANENT;
    bench.pass(Duration::from_secs(60));
    assert!(bench.count(is_scan) > 1);
    assert_eq!(bench.scanned_under, []);
    assert!(bench.remarks() > 0);
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    bench.pass(Duration::from_secs(60));
    assert!(!bench.scanned_under.is_empty());
    assert!(!bench.scanned_under.contains(&PERMANENT));
}

#[test]
fn scans_under_addresses_of_their_own_do_not_mind_the_cards() {
    let mut bench = Bench::idle();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let own = |action: &Action| matches!(action, Action::Scan(scan) if scan.random_address && scan.under.is_none());
    assert_eq!(bench.count(own), bench.count(is_scan));
}

#[test]
fn a_network_that_is_disabled_while_the_scan_is_on_the_air_is_not_joined() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.scans = Scans::NeverEnding;
    bench.air = vec![home_entry()];
    bench.done.clear();
    while bench.count(is_scan) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.networks[0].enabled = false;
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(bench.count(asks_of_a_bss), 1);
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.asked(&Request::Connect), 0);
}

#[test]
fn results_that_nobody_tells_of_are_asked_for_after_a_moment() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.scans = Scans::WithoutResults;
    bench.air = vec![home_entry()];
    while bench.count(is_heard_of) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.pass(Duration::from_millis(500));
    assert_eq!(bench.state(), StateKind::Associated);
}

/// The kernel was asked what it heard.
fn is_heard_of(action: &Action) -> bool {
    *action == Action::GetScanResults
}

#[test]
fn results_that_are_told_late_but_before_the_next_round_are_not_those_of_it() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.scans = Scans::WithoutResults;
    bench.pass(Duration::from_secs(60));
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.scans = Scans::NeverEnding;
    bench.air = vec![home_entry()];
    bench.done.clear();
    while bench.count(is_scan) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(bench.count(asks_of_a_bss), 1);
}

#[test]
fn a_change_of_the_networks_is_looked_at_within_a_second_however_long_the_silence_was_to_be() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.pass(Duration::from_secs(3600));
    while bench.station.poll_timeout().unwrap() < bench.now + Duration::from_secs(5) {
        bench.pass(Duration::from_millis(500));
    }
    bench.done.clear();
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworksChanged,
    )));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.count(reads_networks), 1);
}

#[test]
fn whoever_wants_a_connection_has_the_networks_read_and_an_eager_search() {
    let scans_of_fifteen_seconds = |bench: &mut Bench| {
        bench.done.clear();
        bench.pass(Duration::from_secs(15));
        bench.count(is_scan)
    };
    let mut bench = Bench::scanning(|_, _| {});
    bench.pass(Duration::from_secs(3600));
    let rare = scans_of_fifteen_seconds(&mut bench);
    bench.done.clear();
    while bench.count(reads_networks) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.done.clear();
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    assert_eq!(bench.count(reads_networks), 1);
    let eager = scans_of_fifteen_seconds(&mut bench);
    assert!(eager > rare + 1, "{eager} after {rare}");
}

#[test]
fn a_question_of_before_is_not_answered_once_somebody_wants_a_connection() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.pass(Duration::from_secs(60));
    bench.silent = true;
    bench.done.clear();
    while bench.count(reads_networks) == 0 {
        bench.pass(Duration::from_secs(1));
    }
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    let failure = Failure::Unreachable("it is silent".to_owned());
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::NetworkList(Err(
        failure,
    )))));
    assert_eq!((bench.state(), bench.remarks()), (StateKind::Scanning, 0));
}
