//! What a station says of itself.

use super::*;

fn busy(_: Link, _: Mac) -> Result<Link, KernelError> {
    Err(KernelError {
        step: "set the address",
        errno: Some(Errno::BUSY),
        reason: "Device or resource busy (os error 16)".to_owned(),
    })
}

#[test]
fn a_connected_card_tells_of_network_address_and_times() {
    let mut bench = Bench::connected();
    let before = bench.station.snapshot();
    bench.pass(Duration::from_secs(30));
    let snapshot = bench.station.snapshot();
    assert_eq!(snapshot.state, "associated");
    assert_eq!(snapshot.network, Some(home()));
    assert_eq!(snapshot.link.address, home_address());
    assert_eq!(snapshot.address_kind, AddressKind::Assigned);
    assert_eq!(snapshot.next_change, "when the association ends");
    assert_eq!((snapshot.trouble, snapshot.retry_at), (None, None));
    assert_eq!(snapshot.unkept, Vec::<String>::new());
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
    let snapshot = bench.station.snapshot();
    assert_eq!(snapshot.network, None);
    assert_eq!(snapshot.address_kind, AddressKind::Mask);
    assert!(snapshot.address_since > Time::from_secs(100));
}

#[test]
fn a_card_that_is_held_names_driver_errno_and_remedy_until_it_is_not() {
    let mut bench = Bench::idle();
    bench.driver = busy;
    bench.air = vec![home_entry()];
    bench.tell(Event::Supplicant(Supplicant::Appeared));
    bench.pass(Duration::from_secs(20));
    let snapshot = bench.station.snapshot();
    assert_eq!(snapshot.state, "blocked");
    let trouble = snapshot.trouble.unwrap();
    for words in [
        "mac80211_hwsim",
        "os error 16",
        "another program uses the interface",
    ] {
        assert!(trouble.contains(words), "{trouble}");
    }
    assert!(snapshot.retry_at > Some(bench.now));
    assert!(!snapshot.link.up);
    bench.driver = |link, address| Ok(Link { address, ..link });
    bench.pass(Duration::from_secs(60));
    let snapshot = bench.station.snapshot();
    assert_eq!((snapshot.trouble, snapshot.retry_at), (None, None));
    assert_eq!(snapshot.state, "associated");
}

#[test]
fn a_card_without_protection_goes_on_saying_why() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_failure = OnFailure::Open;
    });
    bench.driver = busy;
    bench.tell(Event::Supplicant(Supplicant::Appeared));
    bench.pass(Duration::from_secs(20));
    let snapshot = bench.station.snapshot();
    assert_eq!(snapshot.state, "unprotected");
    assert!(snapshot.trouble.unwrap().contains("os error 16"));
}

#[test]
fn a_supplicant_that_comes_back_to_a_card_without_protection_is_let_go_of_again() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_failure = OnFailure::Open;
    });
    bench.driver = busy;
    bench.tell(Event::Supplicant(Supplicant::Appeared));
    bench.pass(Duration::from_secs(20));
    bench.done.clear();
    bench.tell(Event::Supplicant(Supplicant::Vanished));
    bench.tell(Event::Supplicant(Supplicant::Appeared));
    let release = Request::Restore { resume: true };
    assert_eq!(bench.done, [Action::Ask(release)]);
}

#[test]
fn what_the_driver_cannot_do_is_not_kept() {
    let bench = Bench::new(false, false, |card, settings| {
        card.random_sequence = false;
        card.minimal_content = false;
        settings.scan_random = false;
    });
    let unkept = bench.station.snapshot().unkept;
    assert_eq!(unkept.len(), 3, "{unkept:?}");
    let mut bench = Bench::connected();
    let scan = ScanStarted {
        active: true,
        random_address: false,
    };
    bench.tell(Event::ScanStarted(scan));
    let unkept = bench.station.snapshot().unkept;
    assert_eq!(
        unkept,
        ["1 times another program scanned and showed the assigned address"]
    );
}

#[test]
fn the_method_says_why_it_is_the_one() {
    let method = |change: fn(&mut Card, &mut Settings)| {
        let snapshot = Bench::new(false, false, change).station.snapshot();
        (snapshot.method, snapshot.method_reason)
    };
    assert_eq!(
        method(|_, _| {}),
        (Method::Driver, "the driver scans under random addresses")
    );
    assert_eq!(
        method(|_, settings| settings.mask_method = MaskMethod::Bounce),
        (Method::Bounce, "as configured")
    );
    assert_eq!(
        method(|card, _| card.random_address = false),
        (Method::Bounce, "the driver offers nothing better")
    );
}

#[test]
fn a_mask_tells_when_it_changes_next() {
    let own =
        "when a network is joined, or another program scans; each scan has an address of its own";
    for (random_address, scan_random, lifetime, next) in [
        (true, true, 0, own),
        (true, false, 0, "when a network is joined"),
        (false, true, 0, "after the next scan"),
        (false, true, 60, "after the first scan past mask-lifetime"),
    ] {
        let bench = Bench::new(false, false, |card, settings| {
            card.random_address = random_address;
            settings.scan_random = scan_random;
            settings.mask_lifetime = Duration::from_secs(lifetime);
        });
        assert_eq!(bench.station.snapshot().next_change, next);
    }
    let mut bench = Bench::scanning(|_, _| {});
    bench.tell(Event::Command(Command::Pause { span: None }));
    bench.pass(Duration::from_secs(5));
    assert_eq!(
        bench.station.snapshot().next_change,
        "after the pause, or when another program scans"
    );
}

#[test]
fn a_card_tells_which_network_it_joins_and_whose_address_it_has() {
    let joining = Bench::agreeing(ConnectionOptions::default())
        .station
        .snapshot();
    assert_eq!(joining.network, Some(home()));
    assert_eq!(joining.address_kind, AddressKind::Assigned);
    assert_eq!(joining.counters.scans, 1);
    let mut bench = Bench::scanning(|_, _| {});
    bench.address_is_changed_by_hand();
    assert_eq!(bench.station.snapshot().state_since, bench.now);
    for (address, kind) in [
        (PERMANENT, AddressKind::Permanent),
        (BY_HAND, AddressKind::Other),
    ] {
        bench.hear(Event::Link(Link {
            address,
            ..bench.link
        }));
        assert_eq!(bench.station.snapshot().address_kind, kind);
    }
}
