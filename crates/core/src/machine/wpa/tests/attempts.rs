//! Attempts to associate, and how they fail.

use super::*;

fn assigns(action: &Action) -> bool {
    matches!(action, Action::SetAddress { address, .. } if *address == home_address())
}

/// Why attempts failed, and how long the network is left alone.
fn reasons(bench: &Bench) -> Vec<(FailReason, u64)> {
    let notices = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::Failed {
            reason, retry_ms, ..
        }) => Some((reason.clone(), *retry_ms)),
        _ => None,
    });
    notices.collect()
}

impl Bench {
    /// The supplicant was told to connect, and tries.
    pub(super) fn ordered(defaults: ConnectionOptions) -> Self {
        let mut bench = Self::wishing(defaults, Vec::new(), false, false, |_, _| {});
        bench.air = vec![home_entry()];
        bench.connects = false;
        bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        assert_eq!(bench.asked(&Request::Connect), 1);
        bench.done.clear();
        bench
    }

    /// The chosen network is being pinned; the test answers for the supplicant.
    fn pinning() -> Self {
        let mut bench = Self::idle();
        bench.air = vec![home_entry()];
        bench.pins = false;
        bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        assert_eq!(bench.state(), StateKind::Associating);
        bench.silent = true;
        bench.done.clear();
        bench
    }
}

#[test]
fn a_supplicant_with_an_address_of_its_own_forgets_it_once_and_first() {
    let mut bench = Bench::idle();
    bench.randomizes = true;
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.state(), StateKind::Associated);
    assert_eq!(bench.remarks(), 1);
    let disarmed = bench.position(|action| is_ask(action, &Request::ForgetOwnAddress));
    assert!(disarmed < bench.position(assigns));
    bench.randomizes = false;
    bench.lose(4, false);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.state(), StateKind::Associated);
    assert_eq!(bench.asked(&Request::ForgetOwnAddress), 1);
    let bench = Bench::connected();
    assert_eq!(bench.asked(&Request::ForgetOwnAddress), 0);
}

#[test]
fn whoever_meddles_with_the_link_ends_the_attempt() {
    for (change, connects) in [
        (
            (|link: &mut Link| link.address = BY_HAND) as fn(&mut Link),
            "agreeing",
        ),
        (|link| link.up = false, "agreeing"),
        (|link| link.address = BY_HAND, "ordered"),
        (|link| link.up = false, "ordered"),
    ] {
        let mut bench = match connects {
            "agreeing" => Bench::agreeing(ConnectionOptions::default()),
            _ => Bench::ordered(ConnectionOptions::default()),
        };
        bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
        assert_eq!(
            (bench.state(), bench.failures()),
            (StateKind::Associating, 0)
        );
        bench.air.clear();
        bench.link_changes(change);
        assert_eq!(bench.failures(), 1);
        assert_ne!(bench.link.address, home_address());
    }
}

#[test]
fn news_of_the_mask_is_no_meddling_before_the_address_is_set() {
    let mut bench = Bench::pinning();
    assert_eq!(bench.hear(Event::Link(LinkEvent::Changed(bench.link))), []);
    let actions = bench.hear(Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))));
    assert!(assigns(&actions[0]), "{actions:?}");
    assert_eq!(bench.hear(Event::Link(LinkEvent::Changed(bench.link))), []);
    let down = Link {
        up: false,
        ..bench.link
    };
    assert_eq!(bench.hear(Event::Link(LinkEvent::Changed(down))), []);
    assert_eq!(bench.state(), StateKind::Associating);
}

#[test]
fn an_address_on_a_link_that_stayed_down_is_not_in_place() {
    let mut bench = Bench::pinning();
    bench.hear(Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))));
    bench.tell(Event::Link(LinkEvent::Answered(Ok(Link {
        address: home_address(),
        up: false,
        carrier: false,
    }))));
    assert_eq!(bench.failures(), 1);
    assert_eq!(bench.asked(&Request::Status), 0);
}

#[test]
fn an_access_point_that_was_heard_too_long_ago_is_not_joined() {
    for (late, failures) in [(5, 0), (7, 1)] {
        let mut bench = Bench::pinning();
        bench.hear(Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))));
        bench.now += Duration::from_secs(late);
        bench.link = Link {
            address: home_address(),
            up: true,
            carrier: false,
        };
        bench.phase = Phase::Idle;
        bench.tell(Event::Link(LinkEvent::Answered(Ok(bench.link))));
        bench.tell(Event::Backend(WpaEvent::Reply(Reply::Status(Ok(
            bench.supplicant_status()
        )))));
        assert_eq!(bench.failures(), failures, "{late} s");
        assert_eq!(bench.asked(&Request::Connect), 1 - failures);
    }
}

#[test]
fn the_first_rejection_counts_and_the_network_is_left_alone_for_a_while() {
    let mut bench = Bench::ordered(ConnectionOptions::default());
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_millis(300));
    assert_eq!(bench.failures(), 0);
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 30,
    })));
    bench.pass(Duration::from_millis(150));
    let why = FailReason::Rejected { status: 17 };
    assert_eq!(reasons(&bench), [(why, 10_000)]);
    bench.pass(Duration::from_secs(8));
    assert_eq!(bench.asked(&Request::Connect), 0);
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.asked(&Request::Connect), 1);
}

#[test]
fn success_makes_up_for_what_failed_before() {
    let mut bench = Bench::ordered(ConnectionOptions::default());
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.connects = true;
    bench.pass(Duration::from_secs(20));
    assert_eq!(bench.state(), StateKind::Associated);
    bench.connects = false;
    bench.lose(4, false);
    bench.pass(Duration::from_secs(1));
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_secs(1));
    let pauses: Vec<_> = reasons(&bench)
        .into_iter()
        .map(|(_, pause)| pause)
        .collect();
    assert_eq!(pauses, [10_000, 10_000]);
}

#[test]
fn an_attempt_has_twelve_seconds() {
    let mut bench = Bench::ordered(ConnectionOptions::default());
    bench.pass(Duration::from_millis(11_900));
    assert_eq!(
        (bench.state(), bench.failures()),
        (StateKind::Associating, 0)
    );
    bench.pass(Duration::from_millis(200));
    assert_eq!(bench.failures(), 1);
}

#[test]
fn a_frame_under_another_address_ends_the_attempt() {
    for (station, failures) in [(home_address(), 0), (PERMANENT, 1)] {
        let mut bench = Bench::ordered(ConnectionOptions::default());
        bench.tell(Event::Mlme(MlmeEvent::Authenticated { station }));
        assert_eq!(bench.failures(), failures);
    }
}

#[test]
fn a_network_whose_address_cannot_be_had_is_not_tried_again_and_again() {
    let options = ConnectionOptions {
        policy: Some(address::Sourced {
            value: address::Policy::Permanent,
            origin: address::Origin::Arguments,
        }),
        ..ConnectionOptions::default()
    };
    let mut bench = Bench::wishing(options, Vec::new(), false, false, |card, _| {
        card.permanent = None;
    });
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(9));
    assert_eq!((bench.state(), bench.failures()), (StateKind::Scanning, 1));
}

#[test]
fn a_wish_makes_up_for_what_failed() {
    let mut bench = Bench::ordered(ConnectionOptions::default());
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_millis(400));
    assert_eq!(bench.failures(), 1);
    bench.connects = true;
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn only_the_answer_to_its_own_release_ends_a_leave() {
    let mut bench = Bench::pinning();
    bench.tell(Event::Command(Command::Release));
    let finished = |action: &Action| *action == Action::Finish;
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))));
    assert_eq!(bench.count(finished), 0);
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))));
    assert_eq!(bench.count(finished), 1);
    assert_eq!(bench.station.poll_timeout(), None);
}

#[test]
fn a_leave_does_not_wait_for_ever() {
    let mut bench = Bench::connected();
    bench.silent = true;
    bench.tell(Event::Command(Command::Release));
    bench.pass(Duration::from_secs(3));
    assert_eq!((bench.state(), bench.remarks()), (StateKind::Released, 1));
}

#[test]
fn an_address_that_cannot_be_put_back_is_said() {
    let mut bench = Bench::scanning(|_, settings| settings.on_exit = OnExit::Restore);
    bench.driver = |_, _| Err(refusal(Errno::BUSY));
    bench.tell(Event::Command(Command::Release));
    assert_eq!((bench.state(), bench.remarks()), (StateKind::Released, 1));
    assert_eq!(bench.asked(&Request::Restore { resume: true }), 1);
}

#[test]
fn an_order_that_is_not_taken_in_time_is_taken_back_with_the_link_down() {
    let mut bench = Bench::agreeing(ConnectionOptions::default());
    bench.silent = true;
    bench.slow_to_notice = false;
    bench.pass(Duration::from_millis(20));
    let agreed = Event::Backend(WpaEvent::Reply(Reply::Status(
        Ok(bench.supplicant_status()),
    )));
    assert_eq!(bench.hear(agreed), [Action::Request(Request::Connect)]);
    bench.done.clear();
    bench.pass(Duration::from_secs(5));
    assert_eq!((bench.failures(), bench.holds()), (0, 0));
    bench.pass(Duration::from_secs(1));
    assert_eq!((bench.failures(), bench.holds()), (1, 1));
    assert!(!bench.link.up);
    // Nor may anybody bring it up before the supplicant is at rest.
    bench.link_changes(|link| link.up = true);
    assert_eq!(bench.holds(), 2);
}

#[test]
fn a_rejection_that_comes_before_the_orders_answer_is_the_reason_too() {
    let mut bench = Bench::agreeing(ConnectionOptions::default());
    bench.silent = true;
    bench.slow_to_notice = false;
    bench.pass(Duration::from_millis(20));
    bench.hear(Event::Backend(WpaEvent::Reply(Reply::Status(Ok(
        bench.supplicant_status()
    )))));
    bench.done.clear();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_secs(1));
    let why = FailReason::Rejected { status: 17 };
    assert_eq!(reasons(&bench), [(why, 10_000)]);
}
