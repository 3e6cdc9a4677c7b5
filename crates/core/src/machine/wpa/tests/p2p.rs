//! macveil keeps the radio's P2P device stopped: it would answer frames under another address.

use super::*;

const STOP: Action = Action::SetP2pDevices { running: false };
const START: Action = Action::SetP2pDevices { running: true };

fn is_stop(action: &Action) -> bool {
    *action == STOP
}

/// The action right before the first of these.
fn before(bench: &Bench, wanted: impl Fn(&Action) -> bool) -> Option<&Action> {
    bench.done.get(bench.position(wanted).checked_sub(1)?)
}

#[test]
fn p2p_device_is_stopped_before_each_network() {
    let mut bench = Bench::idle();
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(5));
    let selects = |it: &Action| matches!(it, Action::Request(Request::SelectNetwork { .. }));
    assert_eq!(before(&bench, selects), Some(&STOP));
}

#[test]
fn p2p_device_is_stopped_after_the_link_comes_up() {
    let mut bench = Bench::connected();
    bench.user_disconnects();
    bench.pass(Duration::from_secs(5));
    bench.link_changes(|link| link.up = false);
    bench.link_changes(|link| link.up = true);
    bench.done.clear();
    bench.pass(Duration::from_millis(499));
    assert_eq!(bench.count(is_stop), 0);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.count(is_stop), 1);
}

#[test]
fn p2p_device_of_a_card_that_is_held_down_is_stopped() {
    let mut bench = Bench::blocked(|_, _| {});
    bench.done.clear();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.link_changes(|link| link.up = true);
    bench.link_changes(|link| link.up = false);
    bench.pass(Duration::from_millis(500));
    assert_eq!(bench.done.last(), Some(&STOP));
}

#[test]
fn p2p_device_is_stopped_after_a_link_that_seems_unchanged() {
    let mut bench = Bench::connected();
    bench.user_disconnects();
    bench.pass(Duration::from_secs(5));
    bench.done.clear();
    bench.link_changes(|_| {});
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.done, [STOP]);
}

#[test]
fn p2p_device_is_stopped_after_the_supplicant_resumed() {
    let mut bench = Bench::connected();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Resumed)));
    bench.pass(Duration::from_millis(499));
    assert_eq!(bench.count(is_stop), 0);
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.done, [STOP]);
}

#[test]
fn p2p_device_is_stopped_without_a_supplicant() {
    let bench = Bench::idle();
    assert_eq!(bench.count(is_stop), 1);
}

#[test]
fn p2p_device_is_stopped_in_an_adopted_connection() {
    let mut bench = Bench::new(true, true, |_, _| {});
    (bench.phase, bench.connected_to) = (Phase::Connected, Some(home()));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert!(bench.count(is_stop) > 0);
}

#[test]
fn p2p_device_starts_again_with_restore_only() {
    for restores in [false, true] {
        let mut bench = Bench::connected();
        if restores {
            releases::restore_at_exit(&mut bench);
        }
        bench.handle(Event::Command(Command::Release));
        assert_eq!(bench.count(|it| *it == START), usize::from(restores));
    }
}

#[test]
fn p2p_device_that_was_handed_back_goes_on() {
    let mut bench = Bench::scanning(|_, _| {});
    releases::restore_at_exit(&mut bench);
    bench.silent = true;
    bench.handle(Event::Command(Command::Release));
    for reply in bench.supplicant_reply(Request::Quiesce) {
        bench.handle(reply);
    }
    bench.done.clear();
    bench.link_changes(|_| {});
    bench.pass(Duration::from_millis(500));
    assert_eq!(
        (bench.state(), bench.count(is_stop)),
        (StateKind::Releasing, 0)
    );
}
