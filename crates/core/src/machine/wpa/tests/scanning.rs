//! Scans by macveil and by other programs.

use super::*;

fn reads_networks(action: &Action) -> bool {
    matches!(action, Action::Request(Request::ListNetworks { bssids }) if bssids.is_empty())
}

/// Reports of other programs' scans: the address that was not to be shown, if there was one.
fn external_scans(bench: &Bench) -> Vec<Option<Mac>> {
    let notices = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::ExternalScan) => Some(None),
        Action::Notify(Notice::ScanEnded { address, .. }) => Some(Some(*address)),
        _ => None,
    });
    notices.collect()
}

fn aborts(action: &Action) -> bool {
    *action == Action::AbortScan
}

#[test]
fn unavailable_mask_method_falls_back_with_a_remark() {
    for (configured, random_address, live_change, method, remarks) in [
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
            settings.mask_method = configured;
            (card.random_address, card.live_change) = (random_address, live_change);
        });
        let found = (bench.method(), bench.remarks());
        assert_eq!(
            found,
            (method, remarks),
            "{configured:?} {random_address} {live_change}"
        );
    }
}

#[test]
fn only_a_mask_leaked_by_an_external_scan_changes() {
    let mut disconnected = Bench::connected();
    disconnected.user_disconnects();
    for (mut bench, state) in [
        (Bench::idle(), StateKind::Waiting),
        (Bench::scanning(|_, _| {}), StateKind::Scanning),
        (disconnected, StateKind::Disconnected),
    ] {
        bench.done.clear();
        bench.external_scan(false);
        assert_eq!(bench.count(sets_address), 0, "{state}");
        assert_eq!(external_scans(&bench), []);
        bench.external_scan(true);
        assert_eq!(bench.count(sets_address), 1, "{state}");
        assert_eq!(external_scans(&bench), [None]);
        assert_eq!(bench.state(), state);
        let counters = bench.machine.status().counters;
        assert_eq!((counters.external_scans, counters.leaking_scans), (2, 0));
    }
}

#[test]
fn scan_that_leaks_an_assigned_address_is_counted() {
    for mut bench in [
        Bench::connected(),
        Bench::before_connect(ConnectionOptions::default()),
    ] {
        bench.handle(Event::Scan(ScanEvent::Started(ScanStarted {
            active: false,
            random_address: false,
        })));
        bench.external_scan(false);
        assert_eq!(bench.machine.status().counters.leaking_scans, 0);
        bench.external_scan(true);
        assert_eq!(bench.machine.status().counters.leaking_scans, 1);
        assert_eq!(external_scans(&bench), [Some(home_address())]);
    }
}

#[test]
fn scan_under_an_assigned_address_is_ended_first_of_all() {
    for mut bench in [
        Bench::connected(),
        Bench::before_connect(ConnectionOptions::default()),
        Bench::connecting(ConnectionOptions::default()),
    ] {
        let scan = |active| {
            Event::Scan(ScanEvent::Started(ScanStarted {
                active,
                random_address: false,
            }))
        };
        assert_eq!(bench.handle_unanswered(scan(false)), []);
        let actions = bench.handle_unanswered(scan(true));
        assert_eq!(actions.first(), Some(&Action::AbortScan), "{actions:?}");
    }
}

#[test]
fn scan_that_began_unheard_while_connected_is_ended() {
    let mut bench = Bench::connected();
    bench.done.clear();
    bench.handle(Event::Overrun);
    assert_eq!(bench.count(aborts), 1);
    let mut bench = Bench::scanning(|_, _| {});
    bench.done.clear();
    bench.handle(Event::Overrun);
    assert_eq!(bench.count(aborts), 0);
}

#[test]
fn endless_scans_are_all_ended_and_seldom_reported() {
    let mut bench = Bench::connected();
    bench.done.clear();
    for _ in 0..1_000 {
        bench.pass(Duration::from_secs(1));
        bench.external_scan(true);
    }
    assert_eq!(bench.count(aborts), 1_000);
    let reported = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::ScanEnded {
            repeated: false,
            times,
            ..
        }) => Some(*times),
        _ => None,
    });
    assert_eq!(reported.collect::<Vec<_>>(), [1, 600]);
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn scan_while_connected_silences_the_supplicant_once_in_a_while() {
    let mut bench = Bench::connected();
    bench.done.clear();
    bench.external_scan(false);
    assert_eq!(bench.count_requests(&Request::Silence), 0);
    for _ in 0..31 {
        bench.external_scan(true);
        bench.pass(Duration::from_secs(2));
    }
    assert_eq!(bench.count_requests(&Request::Silence), 3);
    let request = bench.position(|action| is_request(action, &Request::Silence));
    assert!(bench.position(aborts) < request);
}

#[test]
fn report_of_a_scan_says_how_long_it_lasted() {
    let mut bench = Bench::connected();
    bench.handle(Event::Scan(ScanEvent::Started(ScanStarted {
        active: true,
        random_address: false,
    })));
    bench.pass(Duration::from_millis(2_500));
    bench.handle(Event::Scan(ScanEvent::Ended));
    let told = bench.done.iter().rev().find_map(|action| match action {
        Action::Notify(Notice::ScanEnded { lasted_ms, .. }) => Some(*lasted_ms),
        _ => None,
    });
    assert_eq!(told, Some(2_500));
}

#[test]
fn scan_interrupted_by_an_external_scan_is_repeated() {
    let mut bench = Bench::idle();
    bench.scans = Scans::NeverEnding;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    for event in [
        Event::Overrun,
        Event::Scan(ScanEvent::Started(ScanStarted {
            active: true,
            random_address: true,
        })),
    ] {
        bench.done.clear();
        bench.handle(event);
        bench.pass(Duration::from_secs(2));
        let Action::Scan(again) = &bench.done[bench.position(is_scan)] else {
            panic!()
        };
        assert_eq!(again.frequencies, [2412, HOME_CHANNEL, 5180]);
    }
    assert_eq!(bench.machine.status().counters.external_scans, 1);
}

#[test]
fn scan_without_an_end_is_aborted() {
    let mut bench = Bench::idle();
    bench.scans = Scans::NeverEnding;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
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
fn refused_scan_is_retried_and_reported_unless_busy() {
    for (errno, random_address, remarks, method) in [
        (Errno::BUSY, true, 0, Method::Driver),
        (Errno::INVAL, true, 3, Method::Driver),
        (Errno::OPNOTSUPP, true, 3, Method::Bounce),
        (Errno::OPNOTSUPP, false, 3, Method::Bounce),
    ] {
        let mut bench = Bench::new(false, false, |card, _| card.random_address = random_address);
        bench.scans = Scans::Refused(errno);
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(5));
        assert_eq!(bench.count(is_scan), 3);
        assert_eq!(bench.remarks(), remarks, "errno {errno}");
        assert_eq!(bench.method(), method);
    }
}

#[test]
fn busy_card_is_scanned_right_after_the_external_scan() {
    for leaking in [false, true] {
        let mut bench = Bench::idle();
        bench.scans = Scans::Refused(Errno::BUSY);
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.scans = Scans::Done;
        bench.air = vec![home_entry()];
        bench.external_scan(leaking);
        assert_eq!(bench.count(is_scan), 2);
        assert_eq!(bench.state(), StateKind::Associated);
    }
}

#[test]
fn network_list_is_read_more_often_during_edits() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(4, false);
    bench.done.clear();
    bench.pass(Duration::from_secs(60));
    assert!(bench.count(is_scan) > 30);
    assert!((4..8).contains(&bench.count(reads_networks)));
    bench.handle(Event::Backend(WpaEvent::Supplicant(
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
fn added_network_is_joined_at_once() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.pass(Duration::from_secs(300));
    bench.networks.clear();
    bench.pass(Duration::from_secs(60));
    bench.done.clear();
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.count(is_scan), 0, "no network to scan for");
    assert!((5..8).contains(&bench.count(reads_networks)));
    bench.networks.push(home_network());
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworksChanged,
    )));
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn failed_network_list_is_reported_and_requested_again() {
    let mut bench = Bench::idle();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(300));
    bench.silent = true;
    bench.done.clear();
    while bench.count(reads_networks) == 0 {
        bench.pass(Duration::from_secs(1));
    }
    let failure = Failure::Unreachable("it is silent".to_owned());
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::NetworkList(Err(
        failure,
    )))));
    assert_eq!(bench.remarks(), 1);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.count(reads_networks), 2);
}

#[test]
fn failed_network_is_retried_after_resume() {
    let mut bench = Bench::idle();
    bench.connects = false;
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_millis(400));
    assert_eq!(bench.failures(), 1);
    bench.connects = true;
    bench.handle(Event::Command(Command::Resumed));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn unreported_external_address_prevents_scans() {
    let mut bench = Bench::new(false, false, |card, _| card.random_address = false);
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(20));
    bench.done.clear();
    bench.scanned_under.clear();
    bench.link.address = PERMANENT;
    bench.pass(Duration::from_secs(60));
    assert!(bench.count(is_scan) > 1);
    assert_eq!(bench.scanned_under, []);
    assert!(bench.remarks() > 0);
    bench.handle(Event::Link(LinkEvent::Changed(bench.link)));
    bench.pass(Duration::from_secs(60));
    assert!(!bench.scanned_under.is_empty());
    assert!(!bench.scanned_under.contains(&PERMANENT));
}

#[test]
fn scans_with_random_addresses_do_not_depend_on_the_mask() {
    let mut bench = Bench::idle();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let own = |action: &Action| matches!(action, Action::Scan(scan) if scan.random_address && scan.under.is_none());
    assert_eq!(bench.count(own), bench.count(is_scan));
}

#[test]
fn network_disabled_during_the_scan_is_not_joined() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.scans = Scans::NeverEnding;
    bench.air = vec![home_entry()];
    bench.done.clear();
    while bench.count(is_scan) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.networks[0].enabled = false;
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.handle(Event::Scan(ScanEvent::Ended));
    assert_eq!(bench.count(requests_bss), 1);
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.count_requests(&Request::Connect), 0);
}

#[test]
fn scan_results_without_an_event_are_requested_after_a_delay() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.scans = Scans::WithoutResults;
    bench.air = vec![home_entry()];
    while bench.count(reads_scan_results) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.pass(Duration::from_millis(500));
    assert_eq!(bench.state(), StateKind::Associated);
}

fn reads_scan_results(action: &Action) -> bool {
    *action == Action::GetScanResults
}

#[test]
fn late_scan_results_before_the_next_round_are_ignored() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.scans = Scans::WithoutResults;
    bench.pass(Duration::from_secs(60));
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.scans = Scans::NeverEnding;
    bench.air = vec![home_entry()];
    bench.done.clear();
    while bench.count(is_scan) == 0 {
        bench.pass(Duration::from_millis(100));
    }
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.handle(Event::Scan(ScanEvent::Ended));
    assert_eq!(bench.count(requests_bss), 1);
}

#[test]
fn changed_networks_are_read_within_a_second_in_a_long_pause() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.pass(Duration::from_secs(3600));
    while bench.machine.poll_timeout().unwrap() < bench.now + Duration::from_secs(5) {
        bench.pass(Duration::from_millis(500));
    }
    bench.done.clear();
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworksChanged,
    )));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.count(reads_networks), 1);
}

#[test]
fn connect_request_reads_the_networks_and_scans_more_often() {
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
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    assert_eq!(bench.count(reads_networks), 1);
    let eager = scans_of_fifteen_seconds(&mut bench);
    assert!(eager > rare + 1, "{eager} after {rare}");
}

#[test]
fn reply_from_before_a_connect_request_is_ignored() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.pass(Duration::from_secs(60));
    bench.silent = true;
    bench.done.clear();
    while bench.count(reads_networks) == 0 {
        bench.pass(Duration::from_secs(1));
    }
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    let failure = Failure::Unreachable("it is silent".to_owned());
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::NetworkList(Err(
        failure,
    )))));
    assert_eq!((bench.state(), bench.remarks()), (StateKind::Scanning, 0));
}
