//! What a station says of itself.

use super::*;

fn busy(_: Link, _: Mac) -> Result<Link, KernelError> {
    Err(KernelError {
        step: "set the address",
        errno: Some(Errno::BUSY),
        reason: "Device or resource busy (os error 16)".to_owned(),
    })
}

fn busy_problem() -> Problem {
    Problem::Kernel {
        step: "set the address".to_owned(),
        errno: Some(Errno::BUSY.raw_os_error()),
        reason: "Device or resource busy (os error 16)".to_owned(),
        driver: "mac80211_hwsim".to_owned(),
        remedy: Remedy::StopOtherProgram,
    }
}

#[test]
fn a_connected_card_tells_of_network_address_and_times() {
    let mut bench = Bench::connected();
    let before = bench.station.status();
    bench.pass(Duration::from_secs(30));
    let snapshot = bench.station.status();
    assert_eq!(snapshot.state, StateKind::Associated);
    assert_eq!(snapshot.network, Some(home()));
    assert_eq!(snapshot.link.address, home_address());
    assert_eq!(snapshot.address_kind, AddressKind::Assigned);
    assert_eq!(snapshot.next_change, NextChange::AssociationEnds);
    assert_eq!((snapshot.problem, snapshot.retry_at), (None, None));
    assert_eq!(snapshot.limitations, []);
    assert!(snapshot.state_since + Duration::from_secs(30) <= bench.now);
    assert_eq!(snapshot.state_since, before.state_since);
    assert_eq!(snapshot.address_since, before.address_since);
    assert_eq!(snapshot.counters.associations, 1);
}

#[test]
fn a_masked_card_names_no_network() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(2, false);
    bench.pass(Duration::from_secs(5));
    let snapshot = bench.station.status();
    assert_eq!(snapshot.network, None);
    assert_eq!(snapshot.address_kind, AddressKind::Mask);
    assert!(snapshot.address_since > Time::from_secs(100));
}

#[test]
fn a_card_that_is_held_names_driver_errno_and_remedy_until_it_is_not() {
    let mut bench = Bench::idle();
    bench.driver = busy;
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(20));
    let snapshot = bench.station.status();
    assert_eq!(snapshot.state, StateKind::Blocked);
    assert_eq!(snapshot.problem, Some(busy_problem()));
    assert!(snapshot.retry_at > Some(bench.now));
    assert!(!snapshot.link.up);
    bench.driver = |link, address| Ok(Link { address, ..link });
    bench.pass(Duration::from_secs(60));
    let snapshot = bench.station.status();
    assert_eq!((snapshot.problem, snapshot.retry_at), (None, None));
    assert_eq!(snapshot.state, StateKind::Associated);
}

#[test]
fn a_card_without_protection_goes_on_saying_why() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_failure = OnFailure::Open;
    });
    bench.driver = busy;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(20));
    let snapshot = bench.station.status();
    assert_eq!(snapshot.state, StateKind::Unprotected);
    assert_eq!(snapshot.problem, Some(busy_problem()));
}

#[test]
fn a_supplicant_that_comes_back_to_a_card_without_protection_is_let_go_of_again() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_failure = OnFailure::Open;
    });
    bench.driver = busy;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(20));
    bench.done.clear();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let release = Request::Restore { resume: true };
    assert_eq!(bench.done, [Action::Request(release)]);
}

#[test]
fn what_the_driver_cannot_do_is_not_kept() {
    let bench = Bench::new(false, false, |card, settings| {
        card.random_sequence = false;
        card.minimal_content = false;
        settings.scan_random = false;
    });
    let limitations = bench.station.status().limitations;
    assert_eq!(limitations.len(), 3, "{limitations:?}");
    let mut bench = Bench::connected();
    let scan = ScanStarted {
        active: true,
        random_address: false,
    };
    bench.tell(Event::Scan(ScanEvent::Started(scan)));
    let limitations = bench.station.status().limitations;
    assert_eq!(
        limitations,
        [Limitation::AssignedAddressScanned { times: 1 }]
    );
}

#[test]
fn the_method_says_why_it_is_the_one() {
    let method = |change: fn(&mut Card, &mut Settings)| {
        let status = Bench::new(false, false, change).station.status();
        status.method.unwrap()
    };
    assert_eq!(
        method(|_, _| {}),
        (Method::Driver, MethodReason::RandomizedScans)
    );
    assert_eq!(
        method(|_, settings| settings.mask_method = MaskMethod::Bounce),
        (Method::Bounce, MethodReason::Configured)
    );
    assert_eq!(
        method(|card, _| card.random_address = false),
        (Method::Bounce, MethodReason::NothingBetter)
    );
}

#[test]
fn a_mask_tells_when_it_changes_next() {
    let own = NextChange::NetworkJoinedOrExternalScan;
    for (random_address, scan_random, lifetime, next) in [
        (true, true, 0, own),
        (true, false, 0, NextChange::NetworkJoined),
        (false, true, 0, NextChange::NextScan),
        (false, true, 60, NextChange::MaskLifetime),
    ] {
        let bench = Bench::new(false, false, |card, settings| {
            card.random_address = random_address;
            settings.scan_random = scan_random;
            settings.mask_lifetime = Duration::from_secs(lifetime);
        });
        assert_eq!(bench.station.status().next_change, next);
    }
    let mut bench = Bench::scanning(|_, _| {});
    bench.tell(Event::Command(Command::Pause { span: None }));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.station.status().next_change, NextChange::PauseEnds);
}

#[test]
fn a_card_tells_which_network_it_joins_and_whose_address_it_has() {
    let joining = Bench::agreeing(ConnectionOptions::default())
        .station
        .status();
    assert_eq!(joining.network, Some(home()));
    assert_eq!(joining.address_kind, AddressKind::Assigned);
    assert_eq!(joining.counters.scans, 1);
    let mut bench = Bench::scanning(|_, _| {});
    bench.address_is_changed_by_hand();
    assert_eq!(bench.station.status().state_since, bench.now);
    for (address, kind) in [
        (PERMANENT, AddressKind::Permanent),
        (BY_HAND, AddressKind::Other),
    ] {
        bench.hear(Event::Link(LinkEvent::Changed(Link {
            address,
            ..bench.link
        })));
        assert_eq!(bench.station.status().address_kind, kind);
    }
}
