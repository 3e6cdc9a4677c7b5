//! The end of macveil: with `keep` nothing gets louder.

use super::*;

pub(super) fn restore_at_exit(bench: &mut Bench) {
    let settings = Settings {
        on_exit: OnExit::Restore,
        ..Settings::default()
    };
    let policies = policies(ConnectionOptions::default(), Vec::new());
    let now = clocks(bench.now);
    bench.machine.reconfigure(now, settings, policies);
}

fn release(bench: &mut Bench) {
    bench.done.clear();
    bench.handle(Event::Command(Command::Release));
}

fn is_finished(bench: &Bench) -> bool {
    bench.done.last() == Some(&Action::Finish)
}

fn restores(bench: &Bench) -> usize {
    bench.count(|it| matches!(it, Action::Request(Request::Restore { .. })))
}

#[test]
fn released_attempt_ends_and_the_card_is_masked() {
    let defaults = ConnectionOptions::default;
    for mut bench in [
        Bench::before_connect(defaults()),
        Bench::connecting(defaults()),
    ] {
        release(&mut bench);
        let first = [Action::SetLinkDown, Action::Request(Request::Quiesce)];
        assert_eq!(bench.done[..2], first);
        assert!(bench.masks.contains(&bench.link.address) && bench.link.up);
        assert_eq!((is_finished(&bench), restores(&bench)), (true, 0));
    }
}

#[test]
fn released_masked_card_stays_as_it_is() {
    let mut bench = Bench::scanning(|_, _| {});
    release(&mut bench);
    assert_eq!(bench.done, [Action::Finish]);
}

#[test]
fn released_connection_goes_on() {
    let mut bench = Bench::connected();
    bench
        .machine
        .handle(clocks(bench.now), Event::Command(Command::Release));
    assert_eq!(bench.machine.poll_action(), Some(Action::Finish));
    // Without a supplicant that macveil has met, too.
    let mut bench = Bench::new(true, true, |_, _| {});
    release(&mut bench);
    assert_eq!(bench.done, [Action::Finish]);
}

#[test]
fn silent_supplicant_leaves_the_link_down() {
    let mut bench = Bench::connecting(ConnectionOptions::default());
    bench.silent = true;
    release(&mut bench);
    assert!(!is_finished(&bench));
    bench.pass(Duration::from_secs(3));
    assert_eq!((is_finished(&bench), bench.link.up), (true, false));
}

#[test]
fn driver_that_refuses_the_last_mask_leaves_the_link_down() {
    let mut bench = Bench::connecting(ConnectionOptions::default());
    bench.driver = |_, _| Err(kernel_error(Errno::BUSY));
    release(&mut bench);
    bench.pass(Duration::from_secs(3));
    assert_eq!((is_finished(&bench), bench.link.up), (true, false));
    assert_eq!(restores(&bench), 0);
}

#[test]
fn card_that_is_held_down_stays_down() {
    let mut bench = Bench::idle();
    bench.driver = |_, _| Err(kernel_error(Errno::BUSY));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(1));
    bench.link_changes(|link| link.address = OTHER_ADDRESS);
    bench.pass(Duration::from_secs(1));
    release(&mut bench);
    bench.pass(Duration::from_secs(3));
    assert_eq!((is_finished(&bench), bench.link.up), (true, false));
}

#[test]
fn attempt_on_a_card_that_is_taken_over_ends_masked() {
    let mut bench = Bench::connecting(ConnectionOptions::default());
    bench.done.clear();
    bench.handle(Event::Command(Command::Yield));
    assert!(bench.masks.contains(&bench.link.address) && bench.link.up);
    assert_eq!((is_finished(&bench), restores(&bench)), (true, 1));
}

#[test]
fn access_point_begun_as_macveil_ends_is_taken_down() {
    let mut bench = Bench::connecting(ConnectionOptions::default());
    bench.silent = true;
    release(&mut bench);
    bench.handle(Event::Backend(WpaEvent::ModeChanged));
    assert_eq!((bench.link.up, is_finished(&bench)), (false, false));
    for event in bench.supplicant_reply(Request::Quiesce) {
        bench.handle(event);
    }
    assert!(bench.masks.contains(&bench.link.address) && bench.link.up);
    assert!(is_finished(&bench));
}
