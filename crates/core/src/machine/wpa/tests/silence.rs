//! Where the promise cannot be kept, nothing gets out.

use super::*;

fn is_held(action: &Action) -> bool {
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
    /// Blocked down, because the driver takes no address.
    fn held(change: impl FnOnce(&mut Card, &mut Settings)) -> Self {
        let mut bench = Self::scanning(change);
        bench.driver = |_, _| Err(refusal(Errno::BUSY));
        bench.address_is_changed_by_hand();
        bench.pass(Duration::from_millis(900));
        bench
    }

    fn driver_obeys(&mut self) {
        self.driver = |link, address| Ok(Link { address, ..link });
    }
}

#[test]
fn a_refused_mask_is_tried_again_ever_later_and_then_the_card_is_held() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.driver = |_, _| Err(refusal(Errno::BUSY));
    bench.address_is_changed_by_hand();
    for pause in [60, 120, 180] {
        assert_eq!(
            (bench.state(), bench.count(is_held)),
            (StateKind::Masking, 0)
        );
        let pause = Duration::from_millis(pause);
        assert_eq!(bench.station.poll_timeout(), Some(bench.now + pause));
        bench.pass(pause);
    }
    assert_eq!(
        (bench.state(), bench.count(is_held)),
        (StateKind::Blocked, 1)
    );
    assert!(!bench.link.up);
    bench.driver_obeys();
    bench.pass(Duration::from_secs(2));
    assert!(bench.is_masked());
}

#[test]
fn each_time_that_a_card_has_to_be_held_is_said_once() {
    let mut bench = Bench::held(|_, _| {});
    assert_eq!(bench.station.status().counters.holds_in_a_row, 1);
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.count(is_held), 1);
    bench.driver_obeys();
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.state(), StateKind::Scanning);
    assert_eq!(bench.station.status().counters.holds_in_a_row, 0);
    bench.driver = |_, _| Err(refusal(Errno::BUSY));
    bench.address_is_changed_by_hand();
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.count(is_held), 2);
}

#[test]
fn a_link_without_a_mask_that_somebody_brings_up_is_taken_down_again() {
    let mut pausing = Bench::scanning(|_, _| {});
    pausing.driver = |_, _| Err(refusal(Errno::BUSY));
    pausing.address_is_changed_by_hand();
    let mut attaching = Bench::idle();
    attaching.silent = true;
    attaching.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let mut unmet = Bench::idle();
    unmet.silent = true;
    unmet.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let failure = Failure::Unreachable("it is silent".to_owned());
    unmet.tell(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(
        failure,
    )))));
    let mut parting = Bench::connected();
    parting.silent = true;
    parting.link_changes(|link| (link.up, link.carrier) = (false, false));
    for (mut bench, state) in [
        (pausing, StateKind::Masking),
        (attaching, StateKind::Attaching),
        (unmet, StateKind::Blocked),
        (parting, StateKind::Disconnecting),
        (Bench::held(|_, _| {}), StateKind::Blocked),
    ] {
        bench.done.clear();
        bench.link_changes(|link| link.up = false);
        assert_eq!(bench.done, [], "{state}");
        let deadline = bench.station.poll_timeout();
        bench.link_changes(|link| link.up = true);
        assert_eq!(bench.done, [Action::SetLinkDown], "{state}");
        assert_eq!(bench.state(), state);
        assert_eq!(bench.station.poll_timeout(), deadline, "{state}");
    }
}

#[test]
fn a_link_that_does_not_go_down_while_the_supplicant_is_met_is_taken_down_again() {
    let mut bench = Bench::idle();
    bench.link_changes(|link| link.up = true);
    let begun = bench.hear(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(
        begun,
        [Action::SetLinkDown, Action::Request(Request::Attach)]
    );
    for answer in [Ok(bench.link), Err(refusal(Errno::BUSY))] {
        assert_eq!(bench.hear(Event::Link(LinkEvent::Answered(answer))), []);
        bench.now += Duration::from_millis(20);
        assert_eq!(bench.station.poll_timeout(), Some(bench.now));
        bench.station.handle_timeout(clocks(bench.now));
        assert_eq!(bench.station.poll_action(), Some(Action::SetLinkDown));
    }
    bench.link.up = false;
    assert_eq!(
        bench.hear(Event::Link(LinkEvent::Answered(Ok(bench.link)))),
        []
    );
    assert_eq!(
        (bench.state(), bench.station.poll_timeout()),
        (StateKind::Attaching, None)
    );
}

#[test]
fn a_held_link_that_does_not_go_down_is_taken_down_again() {
    let mut unmet = Bench::idle();
    unmet.silent = true;
    unmet.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let failure = Failure::Unreachable("it is silent".to_owned());
    unmet.tell(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(
        failure,
    )))));
    assert!(unmet.is_masked());
    for mut bench in [unmet, Bench::held(|_, _| {})] {
        let retry = bench.station.poll_timeout();
        bench.link.up = true;
        assert_eq!(
            bench.hear(Event::Link(LinkEvent::Changed(bench.link))),
            [Action::SetLinkDown]
        );
        for answer in [Ok(bench.link), Err(refusal(Errno::BUSY))] {
            assert_eq!(bench.hear(Event::Link(LinkEvent::Answered(answer))), []);
            bench.now += Duration::from_millis(20);
            assert_eq!(bench.station.poll_timeout(), Some(bench.now));
            bench.station.handle_timeout(clocks(bench.now));
            let again: Vec<_> = std::iter::from_fn(|| bench.station.poll_action()).collect();
            assert_eq!((again.len(), &again[0]), (2, &Action::SetLinkDown));
            assert!(sets_address(&again[1]));
            assert_eq!(
                (bench.state(), bench.station.poll_timeout()),
                (StateKind::Blocked, retry)
            );
        }
        bench.link.up = false;
        assert_eq!(
            bench.hear(Event::Link(LinkEvent::Answered(Ok(bench.link)))),
            []
        );
        assert_eq!(
            (bench.state(), bench.station.poll_timeout()),
            (StateKind::Blocked, retry)
        );
    }
}

#[test]
fn a_link_is_not_taken_down_while_its_mask_is_on_the_way() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.link.address = BY_HAND;
    let masked = bench.hear(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(masked.len(), 1);
    assert_eq!(bench.hear(Event::Link(LinkEvent::Changed(bench.link))), []);
}

#[test]
fn a_connection_that_is_looked_at_stays_up() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.silent = true;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!((bench.state(), bench.holds()), (StateKind::Attaching, 0));
}

#[test]
fn an_ordinary_parting_leaves_the_link_up_unless_the_supplicant_takes_its_time() {
    let mut bench = Bench::connected();
    bench.silent = true;
    bench.lose(4, false);
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::Status(Ok(
        bench.supplicant_status()
    )))));
    bench.pass(Duration::from_millis(200));
    assert_eq!(bench.state(), StateKind::Disconnecting);
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(bench.holds(), 0);
    bench.pass(Duration::from_secs(1));
    assert_eq!(
        (bench.state(), bench.holds()),
        (StateKind::Disconnecting, 1)
    );
}

#[test]
fn the_assigned_address_goes_before_anything_else_when_the_link_is_taken_down() {
    let mut bench = Bench::connected();
    let actions = bench.hear(Event::Link(LinkEvent::Changed(Link {
        up: false,
        carrier: false,
        ..bench.link
    })));
    assert!(matches!(actions[0], Action::Notify(Notice::Lost { .. })));
    let how = How::WhileDown;
    let address = mask_of(&actions);
    assert_eq!(actions[1], Action::SetAddress { address, how });
    assert!(is_ask(&actions[2], &Request::Quiesce));
}

#[test]
fn a_supplicant_that_cannot_be_brought_to_rest_is_waited_for_in_silence() {
    let mut bench = Bench::idle();
    bench.silent = true;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let before = bench.link.address;
    bench.done.clear();
    let failure = Failure::Unreachable("it is silent".to_owned());
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(
        failure,
    )))));
    assert_eq!(bench.count(is_held), 1);
    let (down, mask) = (
        bench.position(|action| *action == Action::SetLinkDown),
        bench.position(sets_address),
    );
    assert!(down < mask);
    assert_ne!(bench.link.address, before);
    bench.silent = false;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    assert_eq!(bench.state(), StateKind::Blocked);
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(
        (bench.state(), bench.asked(&Request::Attach)),
        (StateKind::Scanning, 1)
    );
}

#[test]
fn a_supplicant_that_starts_does_not_bring_a_held_card_up_and_is_met_afterwards() {
    let mut bench = Bench::held(|_, _| {});
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.done.clear();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(
        (bench.state(), &bench.done[..]),
        (StateKind::Blocked, &[Action::SetLinkDown][..])
    );
    bench.driver_obeys();
    bench.pass(Duration::from_secs(2));
    assert_eq!(
        (bench.state(), bench.asked(&Request::Attach)),
        (StateKind::Scanning, 1)
    );
}

#[test]
fn a_supplicant_that_was_away_during_masking_is_met_again() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.silent = true;
    bench.link.address = BY_HAND;
    let address = mask_of(&bench.hear(Event::Link(LinkEvent::Changed(bench.link))));
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(bench.state(), StateKind::Masking);
    bench.link.address = address;
    bench.tell(Event::Link(LinkEvent::Answered(Ok(bench.link))));
    assert_eq!(
        (bench.state(), bench.asked(&Request::Attach)),
        (StateKind::Attaching, 1)
    );
}

#[test]
fn a_link_that_the_user_takes_down_is_waited_for_and_said_each_time() {
    let mut bench = Bench::scanning(|_, _| {});
    for times in 1..3 {
        bench.link_changes(|link| link.up = false);
        assert_eq!(
            (bench.state(), bench.count(is_held)),
            (StateKind::Blocked, times)
        );
        let before = bench.done.len();
        bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(600));
        assert_eq!(bench.done.len(), before, "nothing is done meanwhile");
        bench.link_changes(|link| link.up = true);
        bench.pass(Duration::from_secs(3));
        assert_eq!(bench.state(), StateKind::Scanning);
    }
}

#[test]
fn a_link_that_somebody_fights_for_is_not_spoken_of_each_time() {
    let mut bench = Bench::scanning(|_, _| {});
    for round in 0..100 {
        bench.link_changes(|link| link.up = false);
        bench.pass(Duration::from_millis(100));
        bench.link_changes(|link| link.up = true);
        bench.pass(Duration::from_millis(100));
        // That it is down, and soon that somebody keeps bringing it up.
        let said = if round < 5 { 1 } else { 2 };
        assert_eq!(bench.count(is_held), said, "round {round}");
    }
}

#[test]
fn a_radio_that_is_switched_off_has_its_mask_and_is_looked_at_again() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.link.address = BY_HAND;
    let mut actions = bench.hear(Event::Link(LinkEvent::Changed(bench.link)));
    for (round, held) in [(1, 1), (2, 0)] {
        let address = mask_of(&actions);
        let looked = bench.hear(Event::Link(LinkEvent::Answered(Err(refusal(
            Errno::RFKILL,
        )))));
        assert_eq!(looked, [Action::ReadLink], "round {round}");
        let said = bench.hear(Event::Link(LinkEvent::Answered(Ok(Link {
            address,
            up: false,
            carrier: false,
        }))));
        let said_so = said.iter().filter(|action| is_held(action)).count();
        assert_eq!(
            (bench.state(), said_so),
            (StateKind::Blocked, held),
            "round {round}"
        );
        bench.now += Duration::from_secs(60);
        assert_eq!(bench.station.poll_timeout(), Some(bench.now));
        bench.station.handle_timeout(clocks(bench.now));
        actions = std::iter::from_fn(|| bench.station.poll_action()).collect();
    }
}

#[test]
fn who_wants_it_goes_on_without_protection_and_is_told_so() {
    let mut bench = Bench::held(|_, settings| settings.on_failure = OnFailure::Open);
    assert_eq!((bench.state(), bench.holds()), (StateKind::Unprotected, 0));
    assert_eq!(bench.remarks(), 1);
    assert_eq!(bench.asked(&Request::Restore { resume: true }), 1);
    bench.done.clear();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.pass(Duration::from_secs(600));
    assert_eq!(
        (bench.state(), &bench.done[..]),
        (StateKind::Unprotected, &[][..])
    );
}

#[test]
fn a_driver_that_refuses_a_live_change_is_not_asked_for_one_again() {
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
fn nothing_wakes_a_card_that_waits_for_its_supplicant() {
    let mut bench = Bench::connected();
    bench.silent = true;
    bench.lose(4, false);
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::Status(Ok(
        bench.supplicant_status()
    )))));
    assert_eq!(bench.state(), StateKind::Disconnecting);
    let failure = Failure::Unreachable("it is silent".to_owned());
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(
        failure,
    )))));
    assert_eq!(
        (bench.state(), bench.station.poll_timeout()),
        (StateKind::Blocked, None)
    );
}

#[test]
fn a_link_that_has_gone_down_late_is_not_taken_down_once_more() {
    let mut bench = Bench::idle();
    bench.link_changes(|link| link.up = true);
    bench.hear(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.hear(Event::Link(LinkEvent::Answered(Ok(bench.link))));
    bench.link.up = false;
    bench.hear(Event::Link(LinkEvent::Changed(bench.link)));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.count(|action| *action == Action::SetLinkDown), 0);
}
