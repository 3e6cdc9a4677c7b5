//! The status of a machine.

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
fn status_of_a_connected_card_has_network_address_and_times() {
    let mut bench = Bench::connected();
    let before = bench.machine.status();
    bench.pass(Duration::from_secs(30));
    let snapshot = bench.machine.status();
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
fn status_of_a_masked_card_has_no_network() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(2, false);
    bench.pass(Duration::from_secs(5));
    let snapshot = bench.machine.status();
    assert_eq!(snapshot.network, None);
    assert_eq!(snapshot.address_kind, AddressKind::Mask);
    assert!(snapshot.address_since > Time::from_secs(100));
}

#[test]
fn status_of_a_blocked_card_has_driver_errno_and_remedy() {
    let mut bench = Bench::idle();
    bench.driver = busy;
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(20));
    let snapshot = bench.machine.status();
    assert_eq!(snapshot.state, StateKind::Blocked);
    assert_eq!(snapshot.problem, Some(busy_problem()));
    assert!(snapshot.retry_at > Some(bench.now));
    assert!(!snapshot.link.up);
    bench.driver = |link, address| Ok(Link { address, ..link });
    bench.pass(Duration::from_secs(60));
    let snapshot = bench.machine.status();
    assert_eq!((snapshot.problem, snapshot.retry_at), (None, None));
    assert_eq!(snapshot.state, StateKind::Associated);
}

#[test]
fn status_of_an_unprotected_card_keeps_the_problem() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_failure = OnFailure::Open;
    });
    bench.driver = busy;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(20));
    let snapshot = bench.machine.status();
    assert_eq!(snapshot.state, StateKind::Unprotected);
    assert_eq!(snapshot.problem, Some(busy_problem()));
}

#[test]
fn restarted_supplicant_of_an_unprotected_card_is_restored() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_failure = OnFailure::Open;
    });
    bench.driver = busy;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(20));
    bench.done.clear();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let release = Request::Restore { resume: true };
    assert_eq!(bench.done, [Action::Request(release)]);
}

#[test]
fn missing_driver_features_are_limitations() {
    let bench = Bench::new(false, false, |card, settings| {
        card.random_sequence = false;
        card.minimal_content = false;
        settings.scan_random = false;
    });
    let limitations = bench.machine.status().limitations;
    assert_eq!(limitations.len(), 3, "{limitations:?}");
    let mut bench = Bench::connected();
    let scan = ScanStarted {
        active: true,
        random_address: false,
    };
    bench.handle(Event::Scan(ScanEvent::Started(scan)));
    let limitations = bench.machine.status().limitations;
    assert_eq!(
        limitations,
        [Limitation::AssignedAddressScanned { times: 1 }]
    );
}

#[test]
fn mask_method_has_its_reason() {
    let method = |change: fn(&mut Card, &mut Settings)| {
        let status = Bench::new(false, false, change).machine.status();
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
fn status_has_the_next_change_of_the_mask() {
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
        assert_eq!(bench.machine.status().next_change, next);
    }
    let mut bench = Bench::scanning(|_, _| {});
    bench.handle(Event::Command(Command::Pause { span: None }));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.machine.status().next_change, NextChange::PauseEnds);
}

#[test]
fn status_has_the_joined_network_and_the_address_kind() {
    let joining = Bench::before_connect(ConnectionOptions::default())
        .machine
        .status();
    assert_eq!(joining.network, Some(home()));
    assert_eq!(joining.address_kind, AddressKind::Assigned);
    assert_eq!(joining.counters.scans, 1);
    let mut bench = Bench::scanning(|_, _| {});
    bench.other_program_changes_address();
    assert_eq!(bench.machine.status().state_since, bench.now);
    for (address, kind) in [
        (PERMANENT, AddressKind::Permanent),
        (OTHER_ADDRESS, AddressKind::Other),
    ] {
        bench.handle_unanswered(Event::Link(LinkEvent::Changed(Link {
            address,
            ..bench.link
        })));
        assert_eq!(bench.machine.status().address_kind, kind);
    }
}
