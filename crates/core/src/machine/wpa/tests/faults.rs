//! One fault or external change at a time.

use super::*;

impl Bench {
    /// With a supplicant, and a network whose access point is out of range.
    pub(super) fn scanning(change: impl FnOnce(&mut Card, &mut Settings)) -> Self {
        let mut bench = Self::new(false, false, change);
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(20));
        assert_eq!(bench.machine.status().state, StateKind::Scanning);
        bench.done.clear();
        bench
    }

    /// During an association, before the connect request.
    pub(super) fn before_connect(defaults: ConnectionOptions) -> Self {
        let mut bench = Self::with_options(defaults, Vec::new(), false, false, |_, _| {});
        bench.air = vec![home_entry()];
        bench.slow_to_notice = true;
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        assert_eq!(bench.machine.status().state, StateKind::Associating);
        bench.done.clear();
        bench
    }
}

fn idle_status(bench: &Bench) -> Reply {
    Reply::Quiesce(Ok(QuiesceReport {
        status: bench.supplicant_status(),
        had_own_randomization: false,
        reconfigured: false,
        is_watched: false,
    }))
}

fn unreachable() -> Failure {
    Failure::Unreachable("it does not answer".to_owned())
}

#[test]
fn reply_to_an_earlier_request_is_not_used_for_a_later_one() {
    let mut bench = Bench::idle();
    bench.silent = true;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(bench.machine.status().state, StateKind::Attaching);
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(
        unreachable(),
    )))));
    assert_eq!(bench.machine.status().state, StateKind::Attaching);
    let answer = idle_status(&bench);
    bench.handle(Event::Backend(WpaEvent::Reply(answer)));
    assert_eq!(bench.machine.status().state, StateKind::Scanning);
}

#[test]
fn timeout_ends_with_its_state() {
    let mut bench = Bench::scanning(|_, _| {});
    assert!(bench.machine.poll_timeout().is_some());
    bench.link.address = OTHER_ADDRESS;
    bench.machine.handle(
        clocks(bench.now),
        Event::Link(LinkEvent::Changed(bench.link)),
    );
    assert_eq!(bench.machine.status().state, StateKind::Masking);
    assert_eq!(bench.machine.poll_timeout(), None);
}

#[test]
fn external_address_change_is_masked_at_once() {
    for state in [
        StateKind::Waiting,
        StateKind::Scanning,
        StateKind::Disconnected,
    ] {
        let mut bench = match state {
            StateKind::Waiting => Bench::idle(),
            StateKind::Scanning => Bench::scanning(|_, _| {}),
            _ => Bench::connected(),
        };
        if state == StateKind::Disconnected {
            bench.user_disconnects();
        }
        assert_eq!(bench.machine.status().state, state);
        bench.other_program_changes_address();
        assert!(bench.masks.contains(&bench.link.address), "{state}");
        assert_eq!(bench.machine.status().state, state);
    }
}

fn random() -> ConnectionOptions {
    ConnectionOptions {
        policy: Some(address::Sourced {
            value: address::Policy::Random,
            origin: address::Origin::Arguments,
        }),
        ..ConnectionOptions::default()
    }
}

#[test]
fn random_address_leaked_before_its_use_is_dropped() {
    for (options, failures) in [(random(), 1), (ConnectionOptions::default(), 0)] {
        let mut bench = Bench::before_connect(options);
        bench.external_scan(true);
        assert_eq!(bench.failures(), failures);
        assert_eq!(bench.count_link_downs(), 0);
    }
}

#[test]
fn random_address_leaked_before_authentication_is_dropped() {
    for (options, failures) in [(random(), 1), (ConnectionOptions::default(), 0)] {
        let mut bench = Bench::connecting(options);
        let address = bench.link.address;
        bench.external_scan(false);
        assert_eq!(bench.failures(), 0);
        bench.external_scan(true);
        assert_eq!(bench.failures(), failures);
        // The supplicant, which has the connect request, can no longer use the leaked address.
        let next = bench
            .done
            .iter()
            .find(|action| !matches!(action, Action::Notify(_) | Action::AbortScan));
        assert_eq!(next == Some(&Action::SetLinkDown), failures == 1);
        assert_eq!(bench.link.address == address, failures == 0);
    }
}

#[test]
fn random_address_leaked_after_authentication_stays() {
    let mut bench = Bench::connecting(random());
    let station = bench.link.address;
    bench.handle(Event::Mlme(MlmeEvent::Authenticated {
        station,
        peer: HOME_AP,
    }));
    bench.external_scan(true);
    assert_eq!(bench.failures(), 0);
}

#[test]
fn attempt_without_supplicant_address_is_reported_and_counted() {
    let mut bench = Bench::before_connect(ConnectionOptions::default());
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.failures(), 1);
    assert_eq!(bench.machine.status().counters.failed_associations, 1);
}

#[test]
fn scans_randomized_by_the_driver_keep_the_mask() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.pass(Duration::from_secs(600));
    assert!(bench.count(is_scan) > 10);
    assert_eq!(bench.count(sets_address), 0);
}

#[test]
fn scans_without_random_addresses_keep_the_mask() {
    let mut bench = Bench::scanning(|card, settings| {
        card.random_address = false;
        settings.scan_random = false;
    });
    bench.pass(Duration::from_secs(600));
    assert!(bench.count(is_scan) > 10);
    assert_eq!(bench.count(sets_address), 0);
}

#[test]
fn new_settings_apply_from_the_next_mask_and_association() {
    let mut bench = Bench::connected();
    let address = Mac([6, 0, 0, 0, 0, 1]);
    let options = ConnectionOptions {
        policy: Some(address::Sourced {
            value: address::Policy::Explicit(address),
            origin: address::Origin::Arguments,
        }),
        ..ConnectionOptions::default()
    };
    let settings = Settings {
        mask_method: MaskMethod::Bounce,
        on_exit: OnExit::Restore,
        ..Settings::default()
    };
    assert_eq!(bench.method(), Method::Driver);
    bench
        .machine
        .reconfigure(clocks(bench.now), settings, policies(options, Vec::new()));
    assert_eq!(bench.method(), Method::Bounce);
    bench.lose(4, false);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
    assert_eq!(bench.link.address, address);
    bench.handle(Event::Command(Command::Release));
    assert_eq!(bench.link.address, PERMANENT);
}

/// macveil did not reach the one before, which became an access point.
#[test]
fn supplicant_that_appears_while_blocked_is_attached() {
    let mut bench = Bench::idle();
    bench.driver = |link, _| Ok(link);
    bench.handle(Event::Backend(WpaEvent::ModeChanged));
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.state(), StateKind::Blocked);
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.driver = |link, address| Ok(Link { address, ..link });
    bench.pass(Duration::from_secs(60));
    let attach = bench.position(|action| is_request(action, &Request::Attach));
    assert!(attach < bench.position(is_scan));
}
