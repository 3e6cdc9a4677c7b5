//! If the address cannot be hidden, the card sends nothing.

use super::*;

fn reports_blocked(action: &Action) -> bool {
    matches!(action, Action::Notify(Notice::Blocked { .. }))
}

fn mask_of(actions: &[Action]) -> Mac {
    let masks = actions.iter().find_map(|action| match action {
        Action::SetAddress { address, .. } => Some(*address),
        _ => None,
    });
    masks.unwrap_or_else(|| panic!("no address is set: {actions:#?}"))
}

impl Bench {
    /// The link is held down because the driver refuses every address.
    pub(super) fn blocked(change: impl FnOnce(&mut Card, &mut Settings)) -> Self {
        let mut bench = Self::scanning(change);
        bench.driver = |_, _| Err(kernel_error(Errno::BUSY));
        bench.other_program_changes_address();
        bench.pass(Duration::from_millis(900));
        bench
    }

    fn driver_works(&mut self) {
        self.driver = |link, address| Ok(Link { address, ..link });
    }
}

#[test]
fn refused_mask_is_retried_with_delay_then_card_is_blocked() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.driver = |_, _| Err(kernel_error(Errno::BUSY));
    bench.other_program_changes_address();
    for pause in [60, 120, 180] {
        assert_eq!(
            (bench.state(), bench.count(reports_blocked)),
            (StateKind::Masking, 0)
        );
        let pause = Duration::from_millis(pause);
        assert_eq!(bench.machine.poll_timeout(), Some(bench.now + pause));
        bench.pass(pause);
    }
    assert_eq!(
        (bench.state(), bench.count(reports_blocked)),
        (StateKind::Blocked, 1)
    );
    assert!(!bench.link.up);
    bench.driver_works();
    bench.pass(Duration::from_secs(2));
    assert!(bench.is_masked());
}

#[test]
fn each_block_of_a_card_is_reported_once() {
    let mut bench = Bench::blocked(|_, _| {});
    assert_eq!(bench.machine.status().counters.holds_in_a_row, 1);
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.count(reports_blocked), 1);
    bench.driver_works();
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.state(), StateKind::Scanning);
    assert_eq!(bench.machine.status().counters.holds_in_a_row, 0);
    bench.driver = |_, _| Err(kernel_error(Errno::BUSY));
    bench.other_program_changes_address();
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.count(reports_blocked), 2);
}

#[test]
fn unmasked_link_brought_up_externally_is_taken_down() {
    let mut pausing = Bench::scanning(|_, _| {});
    pausing.driver = |_, _| Err(kernel_error(Errno::BUSY));
    pausing.other_program_changes_address();
    let mut attaching = Bench::idle();
    attaching.silent = true;
    attaching.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let mut not_attached = Bench::idle();
    not_attached.silent = true;
    not_attached.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let failure = Failure::Unreachable("it is silent".to_owned());
    not_attached.handle(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(
        failure,
    )))));
    let mut disconnecting = Bench::connected();
    disconnecting.silent = true;
    disconnecting.link_changes(|link| (link.up, link.carrier) = (false, false));
    for (mut bench, state) in [
        (pausing, StateKind::Masking),
        (attaching, StateKind::Attaching),
        (not_attached, StateKind::Blocked),
        (disconnecting, StateKind::Disconnecting),
        (Bench::blocked(|_, _| {}), StateKind::Blocked),
    ] {
        bench.done.clear();
        bench.link_changes(|link| link.up = false);
        assert_eq!(bench.done, [], "{state}");
        let deadline = bench.machine.poll_timeout();
        bench.link_changes(|link| link.up = true);
        assert_eq!(bench.done, [Action::SetLinkDown], "{state}");
        assert_eq!(bench.state(), state);
        let p2p_device = bench.now + Duration::from_millis(500);
        let expected = deadline.map_or(p2p_device, |it| it.min(p2p_device));
        assert_eq!(bench.machine.poll_timeout(), Some(expected), "{state}");
    }
}

#[test]
fn supplicant_that_wakes_up_while_the_link_is_down_is_quiesced() {
    for event in [Supplicant::ConfigurationRead, Supplicant::NetworkNotFound] {
        let mut bench = Bench::scanning(|_, _| {});
        bench.link_changes(|link| link.up = false);
        assert_eq!(bench.state(), StateKind::Blocked);
        bench.done.clear();
        bench.handle(Event::Backend(WpaEvent::Supplicant(event)));
        assert_eq!(bench.count_requests(&Request::Quiesce), 1);
    }
}

#[test]
fn link_that_stays_up_while_attaching_is_taken_down_again() {
    let mut bench = Bench::idle();
    bench.link_changes(|link| link.up = true);
    let begun = bench.handle_unanswered(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(
        begun,
        [Action::SetLinkDown, Action::Request(Request::Attach)]
    );
    for answer in [Ok(bench.link), Err(kernel_error(Errno::BUSY))] {
        assert_eq!(
            bench.handle_unanswered(Event::Link(LinkEvent::Answered(answer))),
            []
        );
        bench.now += Duration::from_millis(20);
        assert_eq!(bench.machine.poll_timeout(), Some(bench.now));
        bench.machine.handle_timeout(clocks(bench.now));
        assert_eq!(bench.machine.poll_action(), Some(Action::SetLinkDown));
    }
    bench.link.up = false;
    assert_eq!(
        bench.handle_unanswered(Event::Link(LinkEvent::Answered(Ok(bench.link)))),
        []
    );
    bench.pass(Duration::from_secs(1));
    assert_eq!(
        (bench.state(), bench.machine.poll_timeout()),
        (StateKind::Attaching, None)
    );
}

#[test]
fn blocked_link_that_stays_up_is_taken_down_again() {
    let mut not_attached = Bench::idle();
    not_attached.silent = true;
    not_attached.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let failure = Failure::Unreachable("it is silent".to_owned());
    not_attached.handle(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(
        failure,
    )))));
    assert!(not_attached.is_masked());
    for mut bench in [not_attached, Bench::blocked(|_, _| {})] {
        let retry = bench.machine.poll_timeout();
        bench.link.up = true;
        assert_eq!(
            bench.handle_unanswered(Event::Link(LinkEvent::Changed(bench.link))),
            [Action::SetLinkDown]
        );
        for answer in [Ok(bench.link), Err(kernel_error(Errno::BUSY))] {
            assert_eq!(
                bench.handle_unanswered(Event::Link(LinkEvent::Answered(answer))),
                []
            );
            bench.now += Duration::from_millis(20);
            assert_eq!(bench.machine.poll_timeout(), Some(bench.now));
            bench.machine.handle_timeout(clocks(bench.now));
            let again = bench.unanswered();
            assert_eq!((again.len(), &again[0]), (2, &Action::SetLinkDown));
            assert!(sets_address(&again[1]));
            assert_eq!(
                (bench.state(), bench.machine.poll_timeout()),
                (StateKind::Blocked, retry)
            );
        }
        bench.link.up = false;
        assert_eq!(
            bench.handle_unanswered(Event::Link(LinkEvent::Answered(Ok(bench.link)))),
            []
        );
        assert_eq!(
            (bench.state(), bench.machine.poll_timeout()),
            (StateKind::Blocked, retry)
        );
    }
}

#[test]
fn link_is_not_taken_down_while_its_mask_is_being_set() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.link.address = OTHER_ADDRESS;
    let masked = bench.handle_unanswered(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(masked.iter().filter(|it| sets_address(it)).count(), 1);
    assert_eq!(
        bench.handle_unanswered(Event::Link(LinkEvent::Changed(bench.link))),
        []
    );
}

#[test]
fn connected_link_stays_up_while_attaching() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.silent = true;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.handle(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(
        (bench.state(), bench.count_link_downs()),
        (StateKind::Attaching, 0)
    );
}

#[test]
fn disconnecting_leaves_the_link_up_unless_supplicant_is_slow() {
    let mut bench = Bench::connected();
    bench.silent = true;
    bench.lose(4, false);
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::Status(Ok(
        bench.supplicant_status()
    )))));
    bench.pass(Duration::from_millis(200));
    assert_eq!(bench.state(), StateKind::Disconnecting);
    bench.handle(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(bench.count_link_downs(), 0);
    bench.pass(Duration::from_secs(1));
    assert_eq!(
        (bench.state(), bench.count_link_downs()),
        (StateKind::Disconnecting, 1)
    );
}

#[test]
fn assigned_address_is_replaced_first_when_the_link_is_down() {
    let mut bench = Bench::connected();
    let actions = bench.handle_unanswered(Event::Link(LinkEvent::Changed(Link {
        up: false,
        carrier: false,
        ..bench.link
    })));
    assert!(matches!(actions[0], Action::Notify(Notice::Lost { .. })));
    let how = How::WhileDown;
    let address = mask_of(&actions);
    assert_eq!(actions[1], Action::SetAddress { address, how });
    assert!(is_request(&actions[2], &Request::Quiesce));
}

#[test]
fn failed_quiesce_blocks_the_card_until_a_new_supplicant() {
    let mut bench = Bench::idle();
    bench.silent = true;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let before = bench.link.address;
    bench.done.clear();
    let failure = Failure::Unreachable("it is silent".to_owned());
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(
        failure,
    )))));
    assert_eq!(bench.count(reports_blocked), 1);
    let (down, mask) = (
        bench.position(|action| *action == Action::SetLinkDown),
        bench.position(sets_address),
    );
    assert!(down < mask);
    assert_ne!(bench.link.address, before);
    bench.silent = false;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    assert_eq!(bench.state(), StateKind::Blocked);
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(
        (bench.state(), bench.count_requests(&Request::Attach)),
        (StateKind::Scanning, 1)
    );
}

#[test]
fn blocked_card_attaches_to_a_new_supplicant_after_its_mask() {
    let mut bench = Bench::blocked(|_, _| {});
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.done.clear();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(
        (bench.state(), &bench.done[..]),
        (StateKind::Blocked, &[Action::SetLinkDown][..])
    );
    bench.driver_works();
    bench.pass(Duration::from_secs(2));
    assert_eq!(
        (bench.state(), bench.count_requests(&Request::Attach)),
        (StateKind::Scanning, 1)
    );
}

#[test]
fn supplicant_restarted_during_masking_is_attached_again() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.silent = true;
    bench.link.address = OTHER_ADDRESS;
    let address = mask_of(&bench.handle_unanswered(Event::Link(LinkEvent::Changed(bench.link))));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(bench.state(), StateKind::Masking);
    bench.link.address = address;
    bench.handle(Event::Link(LinkEvent::Answered(Ok(bench.link))));
    assert_eq!(
        (bench.state(), bench.count_requests(&Request::Attach)),
        (StateKind::Attaching, 1)
    );
}

#[test]
fn link_down_by_the_user_is_reported_and_left_down() {
    let mut bench = Bench::scanning(|_, _| {});
    for times in 1..3 {
        bench.link_changes(|link| link.up = false);
        assert_eq!(
            (bench.state(), bench.count(reports_blocked)),
            (StateKind::Blocked, times)
        );
        let before = bench.done.len();
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(600));
        let stop = Action::SetP2pDevices { running: false };
        assert_eq!(
            bench.done[before..],
            [stop],
            "nothing else while the link is down"
        );
        bench.link_changes(|link| link.up = true);
        bench.pass(Duration::from_secs(3));
        assert_eq!(bench.state(), StateKind::Scanning);
    }
}

#[test]
fn repeated_link_changes_are_reported_only_twice() {
    let mut bench = Bench::scanning(|_, _| {});
    for round in 0..100 {
        bench.link_changes(|link| link.up = false);
        bench.pass(Duration::from_millis(100));
        bench.link_changes(|link| link.up = true);
        bench.pass(Duration::from_millis(100));
        // One report that the link is down, and after five rounds one of the conflict.
        let expected = if round < 5 { 1 } else { 2 };
        assert_eq!(bench.count(reports_blocked), expected, "round {round}");
    }
}

#[test]
fn rfkill_is_reported_once_and_checked_again() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.link.address = OTHER_ADDRESS;
    let mut actions = bench.handle_unanswered(Event::Link(LinkEvent::Changed(bench.link)));
    for (round, reports) in [(1, 1), (2, 0)] {
        let address = mask_of(&actions);
        let first = bench.handle_unanswered(Event::Link(LinkEvent::Answered(Err(kernel_error(
            Errno::RFKILL,
        )))));
        assert_eq!(first, [Action::ReadLink], "round {round}");
        let second = bench.handle_unanswered(Event::Link(LinkEvent::Answered(Ok(Link {
            address,
            up: false,
            carrier: false,
        }))));
        let found = second
            .iter()
            .filter(|action| reports_blocked(action))
            .count();
        assert_eq!(
            (bench.state(), found),
            (StateKind::Blocked, reports),
            "round {round}"
        );
        bench.now += Duration::from_secs(60);
        assert_eq!(bench.machine.poll_timeout(), Some(bench.now));
        bench.machine.handle_timeout(clocks(bench.now));
        actions = bench.unanswered();
    }
}

#[test]
fn open_on_failure_continues_unprotected_with_a_remark() {
    let mut bench = Bench::blocked(|_, settings| settings.on_failure = OnFailure::Open);
    assert_eq!(
        (bench.state(), bench.count_link_downs()),
        (StateKind::Unprotected, 0)
    );
    assert_eq!(bench.remarks(), 1);
    assert_eq!(bench.count_requests(&Request::Restore { resume: true }), 1);
    bench.done.clear();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.pass(Duration::from_secs(600));
    assert_eq!(
        (bench.state(), &bench.done[..]),
        (StateKind::Unprotected, &[][..])
    );
}

#[test]
fn open_on_failure_brings_up_what_the_attempts_left_down() {
    let bring_up = |bench: &Bench| bench.count(|action| *action == Action::BringUp);
    let mut bench = Bench::scanning(|_, settings| settings.on_failure = OnFailure::Open);
    bench.driver = |_, _| Err(kernel_error(Errno::BUSY));
    bench.other_program_changes_address();
    bench.link_changes(|link| link.up = false);
    bench.done.clear();
    bench.pass(Duration::from_millis(900));
    assert_eq!(
        (bench.state(), bring_up(&bench)),
        (StateKind::Unprotected, 1)
    );
    // It connects with a link that is up.
    bench.done.clear();
    bench.link_changes(|link| link.up = false);
    assert_eq!(bench.count_requests(&Request::Restore { resume: true }), 0);
    bench.link_changes(|link| link.up = true);
    assert_eq!(bench.count_requests(&Request::Restore { resume: true }), 1);

    // What the user has down stays down.
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_failure = OnFailure::Open;
    });
    bench.driver = |_, _| Err(kernel_error(Errno::BUSY));
    bench.other_program_changes_address();
    bench.pass(Duration::from_millis(900));
    assert_eq!(
        (bench.state(), bring_up(&bench)),
        (StateKind::Unprotected, 0)
    );
}

#[test]
fn refused_live_change_is_not_requested_again() {
    let mut bench = Bench::scanning(|card, settings| {
        settings.mask_method = MaskMethod::Powered;
        card.live_change = true;
    });
    assert_eq!(bench.method(), Method::Powered);
    bench.refuses_live = true;
    bench.pass(Duration::from_secs(600));
    let live = |action: &Action| matches!(action, Action::SetAddress { how: How::Live, .. });
    assert_eq!((bench.count(live), bench.remarks()), (1, 1));
    assert_eq!(bench.method(), Method::Bounce);
    assert!(bench.count(is_scan) > 5);
}

#[test]
fn card_waiting_for_the_supplicant_has_no_timeout() {
    let mut bench = Bench::connected();
    bench.silent = true;
    bench.lose(4, false);
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::Status(Ok(
        bench.supplicant_status()
    )))));
    assert_eq!(bench.state(), StateKind::Disconnecting);
    let failure = Failure::Unreachable("it is silent".to_owned());
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(
        failure,
    )))));
    assert_eq!(
        (bench.state(), bench.machine.poll_timeout()),
        (StateKind::Blocked, None)
    );
}

#[test]
fn link_that_went_down_late_is_not_taken_down_again() {
    let mut bench = Bench::idle();
    bench.link_changes(|link| link.up = true);
    bench.handle_unanswered(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.handle_unanswered(Event::Link(LinkEvent::Answered(Ok(bench.link))));
    bench.link.up = false;
    bench.handle_unanswered(Event::Link(LinkEvent::Changed(bench.link)));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.count(|action| *action == Action::SetLinkDown), 0);
}

/// A program that macveil does not reach connects a masked card.
fn connected_by_others(on_failure: OnFailure, others_connect: bool, event: Event) -> Bench {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_failure = on_failure;
        settings.others_connect = others_connect;
    });
    bench.link_changes(|link| link.up = true);
    assert_eq!(bench.state(), StateKind::Waiting);
    bench.done.clear();
    bench.handle(event);
    bench
}

#[test]
fn connection_of_an_unreachable_program_is_silenced() {
    let (station, peer) = (OTHER_ADDRESS, HOME_AP);
    for event in [
        MlmeEvent::Authenticating { peer: None },
        MlmeEvent::Authenticated { station, peer },
    ] {
        let mut bench = connected_by_others(OnFailure::Closed, false, Event::Mlme(event));
        assert_eq!((bench.state(), bench.link.up), (StateKind::Blocked, false));
        bench.link_changes(|link| link.up = true);
        bench.pass(Duration::from_secs(3600));
        assert!(!bench.link.up);
        let blocked = Action::Notify(Notice::Blocked {
            problem: Problem::Unreachable,
            retry_ms: None,
        });
        assert_eq!(bench.count(|action| *action == blocked), 1);
        assert_eq!(bench.machine.status().problem, Some(Problem::Unreachable));
        bench.air = vec![home_entry()];
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(5));
        assert_eq!(bench.state(), StateKind::Associated);
    }
}

#[test]
fn connection_of_an_unreachable_program_can_be_allowed() {
    let authenticates = || Event::Mlme(MlmeEvent::Authenticating { peer: None });
    let bench = connected_by_others(OnFailure::Open, false, authenticates());
    assert_eq!(
        (bench.state(), bench.link.up),
        (StateKind::Unprotected, true)
    );
    assert_eq!(bench.machine.status().problem, Some(Problem::Unreachable));
    let bench = connected_by_others(OnFailure::Closed, true, authenticates());
    assert_eq!((bench.state(), bench.link.up), (StateKind::Waiting, true));
}

#[test]
fn carrier_without_a_supplicant_is_silenced() {
    let ended = Event::Mlme(MlmeEvent::Ended);
    let mut bench = connected_by_others(OnFailure::Closed, false, ended);
    assert_eq!(bench.state(), StateKind::Waiting);
    bench.link_changes(|link| link.carrier = true);
    assert_eq!((bench.state(), bench.link.up), (StateKind::Blocked, false));
}

/// Another program has the kernel connect a masked interface whose supplicant is at rest.
fn connected_by_a_program(mut bench: Bench) -> Bench {
    let (state, mask) = (bench.state(), bench.link.address);
    bench.done.clear();
    let station = mask;
    bench.handle(Event::Mlme(MlmeEvent::Authenticated {
        station,
        peer: HOME_AP,
    }));
    let remark = Action::Notify(Notice::Remark(Remark::ForeignConnection));
    assert_eq!(bench.count(|action| *action == remark), 1);
    assert!(bench.is_masked() && bench.link.address != mask);
    assert_eq!(bench.state(), state);
    bench
}

#[test]
fn connection_of_another_program_ends_while_searching() {
    let mut bench = Bench::idle();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Scanning);
    connected_by_a_program(bench);
}

#[test]
fn connection_of_another_program_ends_while_disconnected() {
    let mut bench = Bench::connected();
    bench.user_disconnects();
    assert_eq!(bench.state(), StateKind::Disconnected);
    let mut bench = connected_by_a_program(bench);
    bench.done.clear();
    bench.link_changes(|link| link.carrier = true);
    assert_eq!(bench.count(sets_address), 1);
}

#[test]
fn connection_of_another_program_ends_while_paused() {
    let mut bench = Bench::connected();
    bench.user_disconnects();
    bench.handle(Event::Command(Command::Pause { span: None }));
    assert_eq!(bench.state(), StateKind::Paused);
    connected_by_a_program(bench);
}

#[test]
fn connection_of_another_program_can_be_allowed() {
    let mut bench = Bench::connected();
    bench.user_disconnects();
    let settings = Settings {
        others_connect: true,
        ..Settings::default()
    };
    let addresses = policies(ConnectionOptions::default(), Vec::new());
    let now = clocks(bench.now);
    bench.machine.reconfigure(now, settings, addresses);
    bench.done.clear();
    let (station, peer) = (bench.link.address, HOME_AP);
    bench.handle(Event::Mlme(MlmeEvent::Authenticated { station, peer }));
    bench.link_changes(|link| link.carrier = true);
    assert_eq!(bench.count(sets_address), 0);
}

#[test]
fn late_news_of_an_attempt_changes_nothing() {
    let mut bench = Bench::connected();
    let station = bench.link.address;
    bench.user_disconnects();
    bench.done.clear();
    bench.handle(Event::Mlme(MlmeEvent::Authenticated {
        station,
        peer: HOME_AP,
    }));
    assert_eq!(bench.count(sets_address), 0);
}
