//! What goes wrong, or comes between, one thing at a time.

use super::*;

impl Bench {
    /// With a supplicant, and a network whose access point is away.
    pub(super) fn scanning(change: impl FnOnce(&mut Card, &mut Settings)) -> Self {
        let mut bench = Self::new(false, false, change);
        bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(20));
        assert_eq!(bench.station.status().state, StateKind::Scanning);
        bench.done.clear();
        bench
    }

    /// In the middle of an association, before anything was ordered.
    pub(super) fn agreeing(defaults: ConnectionOptions) -> Self {
        let mut bench = Self::wishing(defaults, Vec::new(), false, false, |_, _| {});
        bench.air = vec![home_entry()];
        bench.slow_to_notice = true;
        bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        assert_eq!(bench.station.status().state, StateKind::Associating);
        bench.done.clear();
        bench
    }
}

fn idle_status(bench: &Bench) -> Reply {
    Reply::Quiesce(Ok(QuiesceReport {
        status: bench.supplicant_status(),
        had_own_randomization: false,
        reconfigured: false,
    }))
}

fn unreachable() -> Failure {
    Failure::Unreachable("it does not answer".to_owned())
}

#[test]
fn an_answer_to_an_earlier_question_is_not_taken_for_a_later_one() {
    let mut bench = Bench::idle();
    bench.silent = true;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(bench.station.status().state, StateKind::Attaching);
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(
        unreachable(),
    )))));
    assert_eq!(bench.station.status().state, StateKind::Attaching);
    let answer = idle_status(&bench);
    bench.tell(Event::Backend(WpaEvent::Reply(answer)));
    assert_eq!(bench.station.status().state, StateKind::Scanning);
}

#[test]
fn an_alarm_ends_with_its_state() {
    let mut bench = Bench::scanning(|_, _| {});
    assert!(bench.station.poll_timeout().is_some());
    bench.link.address = BY_HAND;
    bench.station.handle(
        clocks(bench.now),
        Event::Link(LinkEvent::Changed(bench.link)),
    );
    assert_eq!(bench.station.status().state, StateKind::Masking);
    assert_eq!(bench.station.poll_timeout(), None);
}

#[test]
fn an_address_that_somebody_changes_is_masked_again_at_once() {
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
            bench.lose(3, true);
        }
        assert_eq!(bench.station.status().state, state);
        bench.address_is_changed_by_hand();
        assert!(bench.masks.contains(&bench.link.address), "{state}");
        assert_eq!(bench.station.status().state, state);
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
fn a_random_address_that_was_shown_before_its_use_is_given_up() {
    for (options, failures) in [(random(), 1), (ConnectionOptions::default(), 0)] {
        let mut bench = Bench::agreeing(options);
        bench.somebody_scans(true);
        assert_eq!(bench.failures(), failures);
        assert_eq!(bench.holds(), 0);
    }
}

#[test]
fn a_random_address_that_was_shown_is_given_up_while_no_access_point_has_seen_it() {
    for (options, failures) in [(random(), 1), (ConnectionOptions::default(), 0)] {
        let mut bench = Bench::ordered(options);
        let address = bench.link.address;
        bench.somebody_scans(false);
        assert_eq!(bench.failures(), 0);
        bench.somebody_scans(true);
        assert_eq!(bench.failures(), failures);
        // Whoever was told to connect cannot do so under it any more.
        let next = bench
            .done
            .iter()
            .find(|action| !matches!(action, Action::Notify(_)));
        assert_eq!(next == Some(&Action::SetLinkDown), failures == 1);
        assert_eq!(bench.link.address == address, failures == 0);
    }
}

#[test]
fn a_random_address_that_an_access_point_has_seen_stays() {
    let mut bench = Bench::ordered(random());
    let station = bench.link.address;
    bench.tell(Event::Mlme(MlmeEvent::Authenticated { station }));
    bench.somebody_scans(true);
    assert_eq!(bench.failures(), 0);
}

#[test]
fn a_network_that_refused_is_left_alone_for_a_while_and_the_user_is_told() {
    let mut bench = Bench::agreeing(ConnectionOptions::default());
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.failures(), 1);
    assert_eq!(bench.station.status().counters.failed_associations, 1);
}

#[test]
fn a_driver_that_randomizes_scans_itself_keeps_its_mask() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.pass(Duration::from_secs(600));
    assert!(bench.count(is_scan) > 10);
    assert_eq!(bench.count(sets_address), 0);
}

#[test]
fn without_the_wish_for_random_scans_the_mask_stays() {
    let mut bench = Bench::scanning(|card, settings| {
        card.random_address = false;
        settings.scan_random = false;
    });
    bench.pass(Duration::from_secs(600));
    assert!(bench.count(is_scan) > 10);
    assert_eq!(bench.count(sets_address), 0);
}

#[test]
fn other_settings_hold_from_the_next_mask_and_association_on() {
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
        scan_random: true,
        mask_method: MaskMethod::Bounce,
        mask_lifetime: Duration::ZERO,
        on_failure: OnFailure::Closed,
        on_exit: OnExit::Restore,
    };
    assert_eq!(bench.method(), Method::Driver);
    bench
        .station
        .reconfigure(clocks(bench.now), settings, policies(options, Vec::new()));
    assert_eq!(bench.method(), Method::Bounce);
    bench.lose(4, false);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.station.status().state, StateKind::Associated);
    assert_eq!(bench.link.address, address);
    bench.tell(Event::Command(Command::Release));
    assert_eq!(bench.link.address, PERMANENT);
}
