//! Attempts to associate, and how they fail.

use super::*;

fn assigns(action: &Action) -> bool {
    matches!(action, Action::SetAddress { address, .. } if *address == home_address())
}

/// Why attempts failed, and the pause in milliseconds before the next attempt.
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
    /// The supplicant received the connect request and is connecting.
    pub(super) fn connecting(defaults: ConnectionOptions) -> Self {
        let mut bench = Self::with_options(defaults, Vec::new(), false, false, |_, _| {});
        bench.air = vec![home_entry()];
        bench.connects = false;
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        assert_eq!(bench.count_requests(&Request::Connect), 1);
        bench.done.clear();
        bench
    }

    /// The supplicant is selecting the network; the test replies for the supplicant.
    fn selecting() -> Self {
        let mut bench = Self::idle();
        bench.air = vec![home_entry()];
        bench.answers_select = false;
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        assert_eq!(bench.state(), StateKind::Associating);
        bench.silent = true;
        bench.done.clear();
        bench
    }
}

#[test]
fn supplicant_forgets_its_own_address_once_before_association() {
    let mut bench = Bench::idle();
    bench.randomizes = true;
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.state(), StateKind::Associated);
    assert_eq!(bench.remarks(), 1);
    let forgotten = bench.position(|action| is_request(action, &Request::ForgetOwnAddress));
    assert!(forgotten < bench.position(assigns));
    bench.randomizes = false;
    bench.lose(4, false);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.state(), StateKind::Associated);
    assert_eq!(bench.count_requests(&Request::ForgetOwnAddress), 1);
    let bench = Bench::connected();
    assert_eq!(bench.count_requests(&Request::ForgetOwnAddress), 0);
}

#[test]
fn external_change_of_the_link_ends_the_attempt() {
    for (change, connects) in [
        (
            (|link: &mut Link| link.address = OTHER_ADDRESS) as fn(&mut Link),
            "before_connect",
        ),
        (|link| link.up = false, "before_connect"),
        (|link| link.address = OTHER_ADDRESS, "connecting"),
        (|link| link.up = false, "connecting"),
    ] {
        let mut bench = match connects {
            "before_connect" => Bench::before_connect(ConnectionOptions::default()),
            _ => Bench::connecting(ConnectionOptions::default()),
        };
        bench.handle(Event::Link(LinkEvent::Changed(bench.link)));
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
fn link_event_with_the_mask_does_not_end_the_attempt() {
    let mut bench = Bench::selecting();
    assert_eq!(
        bench.handle_unanswered(Event::Link(LinkEvent::Changed(bench.link))),
        []
    );
    let actions = bench.handle_unanswered(Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))));
    assert!(assigns(&actions[0]), "{actions:?}");
    assert_eq!(
        bench.handle_unanswered(Event::Link(LinkEvent::Changed(bench.link))),
        []
    );
    let down = Link {
        up: false,
        ..bench.link
    };
    assert_eq!(
        bench.handle_unanswered(Event::Link(LinkEvent::Changed(down))),
        []
    );
    assert_eq!(bench.state(), StateKind::Associating);
}

#[test]
fn address_on_a_link_that_stays_down_fails_the_attempt() {
    let mut bench = Bench::selecting();
    bench.handle_unanswered(Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))));
    bench.handle(Event::Link(LinkEvent::Answered(Ok(Link {
        address: home_address(),
        up: false,
        carrier: false,
    }))));
    assert_eq!(bench.failures(), 1);
    assert_eq!(bench.count_requests(&Request::Status), 0);
}

#[test]
fn access_point_with_an_old_scan_result_is_not_joined() {
    for (late, failures) in [(5, 0), (7, 1)] {
        let mut bench = Bench::selecting();
        bench.handle_unanswered(Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))));
        bench.now += Duration::from_secs(late);
        bench.link = Link {
            address: home_address(),
            up: true,
            carrier: false,
        };
        bench.phase = Phase::Idle;
        bench.handle(Event::Link(LinkEvent::Answered(Ok(bench.link))));
        bench.handle(Event::Backend(WpaEvent::Reply(Reply::Status(Ok(
            bench.supplicant_status()
        )))));
        assert_eq!(bench.failures(), failures, "{late} s");
        assert_eq!(bench.count_requests(&Request::Connect), 1 - failures);
    }
}

#[test]
fn first_rejection_is_the_reason_and_delays_the_next_attempt() {
    let mut bench = Bench::connecting(ConnectionOptions::default());
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_millis(300));
    assert_eq!(bench.failures(), 0);
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 30,
    })));
    bench.pass(Duration::from_millis(150));
    let why = FailReason::Rejected { status: 17 };
    assert_eq!(reasons(&bench), [(why, 10_000)]);
    bench.pass(Duration::from_secs(8));
    assert_eq!(bench.count_requests(&Request::Connect), 0);
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.count_requests(&Request::Connect), 1);
}

#[test]
fn success_resets_the_retry_delay() {
    let mut bench = Bench::connecting(ConnectionOptions::default());
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.connects = true;
    bench.pass(Duration::from_secs(20));
    assert_eq!(bench.state(), StateKind::Associated);
    bench.connects = false;
    bench.lose(4, false);
    bench.pass(Duration::from_secs(1));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
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
fn attempt_times_out_after_twelve_seconds() {
    let mut bench = Bench::connecting(ConnectionOptions::default());
    bench.pass(Duration::from_millis(11_900));
    assert_eq!(
        (bench.state(), bench.failures()),
        (StateKind::Associating, 0)
    );
    bench.pass(Duration::from_millis(200));
    assert_eq!(bench.failures(), 1);
}

#[test]
fn authentication_under_another_address_ends_the_attempt() {
    for (station, failures) in [(home_address(), 0), (PERMANENT, 1)] {
        let mut bench = Bench::connecting(ConnectionOptions::default());
        bench.handle(Event::Mlme(MlmeEvent::Authenticated {
            station,
            peer: HOME_AP,
        }));
        assert_eq!(bench.failures(), failures);
    }
}

#[test]
fn network_without_an_assignable_address_is_tried_once() {
    let options = ConnectionOptions {
        policy: Some(address::Sourced {
            value: address::Policy::Permanent,
            origin: address::Origin::Arguments,
        }),
        ..ConnectionOptions::default()
    };
    let mut bench = Bench::with_options(options, Vec::new(), false, false, |card, _| {
        card.permanent = None;
    });
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(9));
    assert_eq!((bench.state(), bench.failures()), (StateKind::Scanning, 1));
}

#[test]
fn user_request_resets_the_retry_delay() {
    let mut bench = Bench::connecting(ConnectionOptions::default());
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_millis(400));
    assert_eq!(bench.failures(), 1);
    bench.connects = true;
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn release_ends_only_with_the_reply_to_restore() {
    let mut bench = Bench::scanning(|_, settings| settings.on_exit = OnExit::Restore);
    bench.silent = true;
    bench.handle(Event::Command(Command::Release));
    let finished = |action: &Action| *action == Action::Finish;
    let at_rest = Reply::Quiesce(Ok(QuiesceReport {
        status: bench.supplicant_status(),
        had_own_randomization: false,
        reconfigured: false,
        is_watched: false,
    }));
    bench.handle(Event::Backend(WpaEvent::Reply(at_rest)));
    assert_eq!(bench.count(finished), 0);
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))));
    assert_eq!(bench.count(finished), 1);
    assert_eq!(bench.machine.poll_timeout(), None);
}

#[test]
fn release_without_a_reply_times_out() {
    let mut bench = Bench::scanning(|_, settings| settings.on_exit = OnExit::Restore);
    bench.silent = true;
    bench.handle(Event::Command(Command::Release));
    bench.pass(Duration::from_secs(3));
    assert_eq!((bench.state(), bench.remarks()), (StateKind::Released, 1));
}

#[test]
fn failed_restore_of_the_address_is_reported() {
    let mut bench = Bench::scanning(|_, settings| settings.on_exit = OnExit::Restore);
    bench.driver = |_, _| Err(kernel_error(Errno::BUSY));
    bench.handle(Event::Command(Command::Release));
    assert_eq!((bench.state(), bench.remarks()), (StateKind::Released, 1));
    assert_eq!(bench.count_requests(&Request::Restore { resume: true }), 1);
}

/// The supplicant knows the address, and the link is being read; the test answers.
fn before_order() -> Bench {
    let mut bench = Bench::before_connect(ConnectionOptions::default());
    bench.silent = true;
    bench.slow_to_notice = false;
    bench.pass(Duration::from_millis(20));
    let status = Reply::Status(Ok(bench.supplicant_status()));
    let agreed = Event::Backend(WpaEvent::Reply(status));
    assert_eq!(bench.handle_unanswered(agreed), [Action::ReadLink]);
    bench
}

fn order_connection(bench: &mut Bench) -> Vec<Action> {
    bench.handle_unanswered(Event::Link(LinkEvent::Answered(Ok(bench.link))))
}

/// Its events were lost.
#[test]
fn connection_of_others_is_noticed_before_the_order() {
    let mut bench = before_order();
    bench.link.carrier = true;
    let actions = order_connection(&mut bench);
    bench.done.extend(actions);
    assert_eq!(bench.count_link_downs(), 1);
    assert_eq!(reasons(&bench), [(FailReason::ForeignConnection, 1000)]);
}

#[test]
fn connect_request_without_a_reply_takes_the_link_down() {
    let mut bench = before_order();
    assert_eq!(
        order_connection(&mut bench),
        [Action::Request(Request::Connect)]
    );
    bench.done.clear();
    bench.pass(Duration::from_secs(5));
    assert_eq!((bench.failures(), bench.count_link_downs()), (0, 0));
    bench.pass(Duration::from_secs(1));
    assert_eq!((bench.failures(), bench.count_link_downs()), (1, 1));
    assert!(!bench.link.up);
    // The link must stay down until the supplicant is quiesced.
    bench.link_changes(|link| link.up = true);
    assert_eq!(bench.count_link_downs(), 2);
}

#[test]
fn order_does_not_follow_a_late_answer() {
    let mut bench = before_order();
    bench.now = bench.now.saturating_add(Duration::from_secs(7));
    bench.handle(Event::Link(LinkEvent::Answered(Ok(bench.link))));
    assert_eq!(bench.count_requests(&Request::Connect), 0);
    assert_eq!(reasons(&bench), [(FailReason::Stale, 1000)]);
}

#[test]
fn attempt_before_a_sleep_ends_with_the_link_down() {
    let mut ordered = before_order();
    order_connection(&mut ordered);
    for mut bench in [ordered, Bench::connecting(ConnectionOptions::default())] {
        bench.silent = true;
        bench.done.clear();
        bench.handle(Event::Command(Command::Resumed));
        assert_eq!(bench.count_link_downs(), 1);
        assert_eq!(reasons(&bench), [(FailReason::Stale, 1000)]);
    }
}

#[test]
fn rejection_before_the_connect_reply_is_the_reason() {
    let mut bench = before_order();
    order_connection(&mut bench);
    bench.done.clear();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_secs(1));
    let why = FailReason::Rejected { status: 17 };
    assert_eq!(reasons(&bench), [(why, 10_000)]);
}
