//! One step after the other, and what is said and remembered of them.

use super::bench::{Bench, Driver, OTHER};
use super::seconds;
use super::*;
use rustix::io::Errno;

fn unplugged(policy: &str) -> Bench {
    let mut bench = Bench::new(policy, true, false);
    assert_eq!(bench.state(), StateKind::Unplugged);
    bench.done.clear();
    bench
}

fn held_anew(bench: &Bench) -> usize {
    let told = bench.done.iter();
    told.filter(|action| matches!(action, Action::Notify(Notice::Blocked { .. })))
        .count()
}

/// Somebody brings the link up as it is.
fn brought_up(bench: &Bench) -> Event {
    Event::Link(LinkEvent::Changed(Link {
        up: true,
        ..bench.link
    }))
}

#[test]
fn an_address_that_is_put_in_place_is_told() {
    let bench = Bench::new("stable", true, false);
    let stable = bench.stable();
    assert!(bench.said(|notice| *notice == Notice::Assigned { address: stable }));
}

#[test]
fn a_link_that_somebody_takes_down_gets_other_addresses_and_stays_down() {
    let mut bench = unplugged("random");
    bench.somebody_switches(false);
    let before = bench.link.address;
    bench.tell(Event::Command(Command::Rotate));
    assert_ne!(bench.link.address, before);
    assert_eq!(bench.steps(), ["address"]);
}

#[test]
fn an_alarm_ends_with_what_it_was_set_for() {
    let mut bench = unplugged("random");
    bench.plug(true);
    bench.plug(false);
    assert!(
        bench.wire.poll_timeout().is_some(),
        "it may have been a blink"
    );
    assert_eq!(bench.hear(Event::Command(Command::Resumed)), ["down"]);
    assert_eq!(bench.wire.poll_timeout(), None);
}

#[test]
fn a_link_that_comes_up_between_two_tries_is_taken_down_first_and_tried_at_once() {
    let mut bench = Bench::with_driver(Driver::Refuses(Errno::BUSY), false, OnFailure::Closed);
    assert_eq!(bench.state(), StateKind::Setting);
    assert_eq!(bench.hear(brought_up(&bench)), ["down"]);
    assert_eq!(bench.wire.poll_timeout(), None);
    assert_eq!(
        bench.hear(Event::Link(LinkEvent::Answered(Ok(bench.link)))),
        ["address"]
    );
}

#[test]
fn a_link_that_comes_up_before_a_late_address_is_there_is_begun_with_anew() {
    let mut bench = Bench::with_driver(Driver::Late(5), false, OnFailure::Closed);
    assert_eq!(bench.state(), StateKind::Setting);
    assert_eq!(bench.hear(brought_up(&bench)), ["down"]);
    assert_eq!(
        bench.hear(Event::Link(LinkEvent::Answered(Ok(bench.link)))),
        ["address"]
    );
}

#[test]
fn a_link_that_another_program_keeps_up_is_taken_down_without_a_pause() {
    let mut bench = unplugged("random");
    let up = Ok(bench.link);
    assert_eq!(bench.hear(Event::Command(Command::Rotate)), ["down"]);
    assert_eq!(bench.hear(Event::Link(LinkEvent::Answered(up))), ["down"]);
    assert_eq!(bench.wire.poll_timeout(), None);
}

#[test]
fn a_driver_that_may_be_late_is_looked_at_as_often_at_each_try() {
    let mut bench = Bench::with_driver(Driver::Ignores, false, OnFailure::Closed);
    while bench.state() == StateKind::Setting {
        bench.pass(seconds(1));
    }
    let looks = bench.done.iter().filter(|it| **it == Action::ReadLink);
    assert_eq!((bench.state(), looks.count()), (StateKind::Blocked, 4 * 10));
}

#[test]
fn a_link_that_is_held_again_after_it_was_well_is_told_again_and_tried_as_soon() {
    let mut bench = Bench::with_driver(Driver::Refuses(Errno::OPNOTSUPP), false, OnFailure::Closed);
    bench.pass(seconds(100));
    assert_eq!((bench.state(), held_anew(&bench)), (StateKind::Blocked, 1));
    bench.driver = Driver::Takes;
    bench.pass(seconds(300));
    assert_eq!(bench.state(), StateKind::Unplugged);
    bench.driver = Driver::Refuses(Errno::OPNOTSUPP);
    bench.configure("permanent", |_| {});
    bench.pass(seconds(2));
    assert_eq!((bench.state(), held_anew(&bench)), (StateKind::Blocked, 2));
}

#[test]
fn other_settings_count_from_the_moment_that_they_come() {
    let mut bench = unplugged("stable");
    bench.plug(true);
    bench.pass(seconds(3600));
    bench.configure("permanent", |_| {});
    let snapshot = bench.wire.status();
    assert_eq!(
        (snapshot.state, snapshot.state_since),
        (StateKind::Unmanaged, bench.now)
    );
}

#[test]
fn nothing_is_looked_at_again_once_somebody_else_has_set_the_address() {
    let mut bench = Bench::with_driver(Driver::Late(5), false, OnFailure::Closed);
    assert!(
        bench.wire.poll_timeout().is_some(),
        "the driver may be late"
    );
    bench.somebody_sets(bench.stable());
    assert_eq!(
        (bench.state(), bench.wire.poll_timeout()),
        (StateKind::Unplugged, None)
    );
}

#[test]
fn a_cable_that_comes_back_under_another_address_is_no_blink() {
    let mut bench = unplugged("random");
    bench.plug(true);
    bench.plug(false);
    bench.link.address = OTHER;
    bench.plug(true);
    assert_eq!(
        (bench.state(), bench.wire.poll_timeout()),
        (StateKind::Unmanaged, None)
    );
}

#[test]
fn who_wants_it_goes_on_without_protection_and_is_not_woken_for_a_blink() {
    let mut bench = unplugged("random");
    bench.configure("random", |settings| settings.on_failure = OnFailure::Open);
    while bench.state() != StateKind::Unprotected {
        bench.plug(true);
        bench.plug(false);
        bench.somebody_sets(OTHER);
    }
    assert_eq!(bench.wire.poll_timeout(), None);
}

#[test]
fn a_connection_that_other_settings_make_a_foreign_one_has_no_assigned_address() {
    let mut bench = unplugged("stable");
    bench.plug(true);
    assert_eq!(bench.wire.status().address_kind, AddressKind::Assigned);
    bench.configure("permanent", |_| {});
    assert_eq!(bench.state(), StateKind::Unmanaged);
    assert_ne!(bench.wire.status().address_kind, AddressKind::Assigned);
}
