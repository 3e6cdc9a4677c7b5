//! Behaviour of an Ethernet link, and its promise for any events.

mod bench;
mod failures;
mod promise;
mod steps;

use std::time::Duration;

use super::*;
use crate::machine::*;

use bench::{Bench, INITIAL, OTHER, PERMANENT};

type Event = crate::machine::Event;
type Action = crate::machine::Action<Infallible>;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn link_that_is_down_gets_its_address_and_stays_down() {
    let bench = Bench::new("stable", false, true);
    assert_eq!(bench.state(), StateKind::Unplugged);
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), false));
    assert_eq!(bench.steps(), ["address"]);
}

#[test]
fn address_is_verified_before_the_link_is_up_again() {
    let bench = Bench::new("stable", true, false);
    assert_eq!(bench.state(), StateKind::Unplugged);
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), true));
    assert_eq!(bench.steps(), ["down", "address", "up"]);
}

#[test]
fn connection_under_the_right_address_is_adopted() {
    let first = Bench::new("stable", false, true);
    let mut bench = Bench::with_address("stable", true, true, first.stable());
    assert_eq!(bench.state(), StateKind::Connected);
    bench.pass(seconds(3600));
    assert!(bench.steps().is_empty());
    assert!(bench.said(|notice| matches!(notice, Notice::Wired { adopted: true, .. })));
}

#[test]
fn connection_under_another_address_is_left_until_its_end() {
    let mut bench = Bench::new("stable", true, true);
    assert_eq!(bench.state(), StateKind::Unmanaged);
    assert!(bench.remarked(|remark| matches!(remark, Remark::Unmanaged(Problem::InUse { .. }))));
    bench.pass(seconds(3600));
    assert!(bench.steps().is_empty());
    bench.plug(false);
    assert_eq!(bench.link.address, bench.stable());
    bench.plug(true);
    assert_eq!(bench.state(), StateKind::Connected);
}

#[test]
fn right_address_set_by_another_program_is_adopted() {
    let mut bench = Bench::new("stable", true, true);
    bench.external_change(bench.stable());
    assert_eq!(bench.state(), StateKind::Connected);
    assert!(bench.steps().is_empty());
}

#[test]
fn stable_address_needs_no_change_when_the_cable_moves() {
    let mut bench = Bench::new("stable", true, false);
    bench.done.clear();
    for _ in 0..3 {
        bench.plug(true);
        assert_eq!(bench.state(), StateKind::Connected);
        bench.plug(false);
        bench.pass(seconds(60));
    }
    assert!(bench.steps().is_empty());
    assert_eq!(bench.link.address, bench.stable());
}

#[test]
fn random_address_changes_each_time() {
    let mut bench = Bench::new("random", true, false);
    let mut seen = vec![INITIAL];
    for _ in 0..5 {
        bench.plug(true);
        let address = bench.link.address;
        assert!(!seen.contains(&address), "{address} again");
        seen.push(address);
        bench.plug(false);
        bench.pass(seconds(6));
    }
}

#[test]
fn short_carrier_loss_changes_nothing() {
    let mut bench = Bench::new("random", true, false);
    bench.plug(true);
    bench.done.clear();
    let address = bench.link.address;
    for _ in 0..20 {
        bench.plug(false);
        bench.pass(seconds(4));
        bench.plug(true);
        bench.pass(seconds(1));
    }
    assert_eq!(bench.link.address, address);
    assert!(bench.done.is_empty(), "{:?}", bench.done);
}

#[test]
fn carrier_loss_after_sleep_is_another_cable() {
    let mut bench = Bench::new("random", true, false);
    bench.plug(true);
    let before = bench.link.address;
    bench.tell(Event::Command(Command::Resumed));
    assert_eq!(bench.link.address, before);
    bench.plug(false);
    assert_ne!(bench.link.address, before);

    // Long after the resume, a short loss of carrier is possible again.
    bench.plug(true);
    let before = bench.link.address;
    bench.pass(seconds(11));
    bench.plug(false);
    assert_eq!(bench.link.address, before);
}

#[test]
fn address_that_changes_with_time_changes_while_unplugged() {
    let mut bench = Bench::with_id("${PERIOD:1h}");
    let mut seen = vec![bench.link.address];
    for _ in 0..3 {
        bench.pass(seconds(3600));
        assert!(!seen.contains(&bench.link.address));
        seen.push(bench.link.address);
    }
    bench.plug(true);
    bench.pass(seconds(7200));
    assert_eq!(seen.last(), Some(&bench.link.address));
    bench.plug(false);
    bench.pass(seconds(6));
    assert!(!seen.contains(&bench.link.address));
}

#[test]
fn machine_sets_no_needless_timeout() {
    let mut bench = Bench::new("stable", true, false);
    assert_eq!(bench.machine.poll_timeout(), None);
    bench.plug(true);
    assert_eq!(bench.machine.poll_timeout(), None);
}

#[test]
fn new_settings_wait_for_the_end_of_a_connection() {
    let mut bench = Bench::new("stable", true, false);
    bench.plug(true);
    bench.configure("permanent", |_| {});
    assert_eq!(bench.state(), StateKind::Unmanaged);
    assert_eq!(bench.link.address, bench.stable());
    bench.plug(false);
    assert_eq!(bench.link.address, PERMANENT);
}

#[test]
fn same_settings_change_nothing() {
    for policy in ["stable", "random"] {
        for plugged in [true, false] {
            let mut bench = Bench::new(policy, true, false);
            bench.plug(plugged);
            bench.done.clear();
            let (state, address) = (bench.state(), bench.link.address);
            bench.configure(policy, |_| {});
            assert_eq!((bench.state(), bench.link.address), (state, address));
            assert!(bench.done.is_empty(), "{:?}", bench.done);
        }
    }
}

#[test]
fn new_settings_apply_at_once_without_a_carrier() {
    let mut bench = Bench::new("random", true, false);
    bench.configure("stable", |_| {});
    assert_eq!(bench.link.address, bench.stable());
}

#[test]
fn address_changed_during_a_connection_is_left() {
    let mut bench = Bench::new("stable", true, false);
    bench.plug(true);
    bench.external_change(OTHER);
    assert_eq!(bench.state(), StateKind::Unmanaged);
    assert!(bench.remarked(|remark| *remark == Remark::Unmanaged(Problem::ChangedInUse)));
    bench.pass(seconds(60));
    assert_eq!(bench.link.address, OTHER);
    bench.plug(false);
    assert_eq!(bench.link.address, bench.stable());
}

#[test]
fn address_changed_while_unplugged_is_corrected() {
    let mut bench = Bench::new("stable", true, false);
    bench.external_change(OTHER);
    assert_eq!(bench.link.address, bench.stable());
    assert!(bench.remarked(|remark| *remark == Remark::AddressSetAgain));
    assert_eq!(bench.state(), StateKind::Unplugged);
}

#[test]
fn release_keeps_or_restores_the_address() {
    let mut bench = Bench::new("stable", true, false);
    bench.tell(Event::Command(Command::Release));
    assert_eq!(bench.link.address, bench.stable());
    assert_eq!(bench.done.last(), Some(&Action::Finish));

    for up in [true, false] {
        let mut bench = Bench::new("stable", up, false);
        bench.configure("stable", |settings| settings.on_exit = OnExit::Restore);
        bench.tell(Event::Command(Command::Release));
        assert_eq!((bench.link.address, bench.link.up), (INITIAL, up));
        assert_eq!(bench.done.last(), Some(&Action::Finish));
    }
}

#[test]
fn yield_does_not_change_the_link() {
    let mut bench = Bench::new("stable", true, false);
    bench.configure("stable", |settings| settings.on_exit = OnExit::Restore);
    bench.done.clear();
    bench.tell(Event::Command(Command::Yield));
    assert_eq!(bench.link.address, bench.stable());
    assert_eq!(bench.done, [Action::Finish]);
}

#[test]
fn release_does_not_restore_an_address_in_use() {
    let mut bench = Bench::new("stable", true, false);
    bench.configure("stable", |settings| settings.on_exit = OnExit::Restore);
    bench.plug(true);
    bench.done.clear();
    bench.tell(Event::Command(Command::Release));
    assert_eq!(bench.link.address, bench.stable());
    assert!(bench.steps().is_empty());
    assert!(bench.remarked(|remark| *remark == Remark::InUseNotRestored));
    assert_eq!(bench.done.last(), Some(&Action::Finish));
}

#[test]
fn status_has_the_times_of_address_and_state() {
    let mut bench = Bench::new("stable", true, false);
    let begin = bench.now;
    bench.pass(seconds(10));
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    let snapshot = bench.machine.status();
    assert_eq!(
        (snapshot.address_since, snapshot.state_since),
        (begin, begin)
    );
    bench.plug(true);
    let plugged = bench.now;
    bench.pass(seconds(10));
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    let snapshot = bench.machine.status();
    assert_eq!(
        (snapshot.address_since, snapshot.state_since),
        (begin, plugged)
    );
    bench.external_change(OTHER);
    let snapshot = bench.machine.status();
    assert_eq!(
        (snapshot.address_since, snapshot.state_since),
        (bench.now, bench.now)
    );
}

#[test]
fn problem_is_reported_as_long_as_it_lasts() {
    let mut bench = Bench::new("stable", true, true);
    let has_problem = |bench: &Bench| bench.machine.status().problem.is_some();
    assert_eq!(
        (bench.state(), has_problem(&bench)),
        (StateKind::Unmanaged, true)
    );
    bench.plug(false);
    assert_eq!(
        (bench.state(), has_problem(&bench)),
        (StateKind::Unplugged, false)
    );
    for _ in 0..3 {
        bench.external_change(OTHER);
    }
    assert_eq!(
        (bench.state(), has_problem(&bench)),
        (StateKind::Blocked, true)
    );
    bench.pass(seconds(2));
    assert_eq!(
        (bench.state(), has_problem(&bench)),
        (StateKind::Unplugged, false)
    );
}

#[test]
fn another_wrong_address_changes_no_state() {
    let mut bench = Bench::new("stable", true, true);
    bench.external_change(OTHER);
    assert_eq!(bench.state(), StateKind::Unmanaged);
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(bench.state(), StateKind::Unmanaged);
}

#[test]
fn released_machine_ignores_new_settings() {
    let mut bench = Bench::new("stable", true, false);
    bench.tell(Event::Command(Command::Release));
    bench.done.clear();
    bench.configure("random", |_| {});
    assert_eq!(
        (bench.state(), &bench.done[..]),
        (StateKind::Released, &[][..])
    );
}
