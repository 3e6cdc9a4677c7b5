//! Single steps, and their effect on reports and timeouts.

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

fn block_notices(bench: &Bench) -> usize {
    let actions = bench.done.iter();
    actions
        .filter(|action| matches!(action, Action::Notify(Notice::Blocked { .. })))
        .count()
}

/// Another program brings the link up with its current address.
fn brought_up(bench: &Bench) -> Event {
    Event::Link(LinkEvent::Changed(Link {
        up: true,
        ..bench.link
    }))
}

#[test]
fn assigned_address_is_reported() {
    let bench = Bench::new("stable", true, false);
    let stable = bench.stable();
    assert!(bench.said(|notice| *notice == Notice::Assigned { address: stable }));
}

#[test]
fn link_taken_down_gets_new_addresses_and_stays_down() {
    let mut bench = unplugged("random");
    bench.external_switch(false);
    let before = bench.link.address;
    bench.tell(Event::Command(Command::Rotate));
    assert_ne!(bench.link.address, before);
    assert_eq!(bench.steps(), ["address"]);
}

#[test]
fn timeout_ends_with_its_reason() {
    let mut bench = unplugged("random");
    bench.plug(true);
    bench.plug(false);
    assert!(
        bench.machine.poll_timeout().is_some(),
        "the loss of carrier can be short"
    );
    assert_eq!(bench.hear(Event::Command(Command::Resumed)), ["down"]);
    assert_eq!(bench.machine.poll_timeout(), None);
}

#[test]
fn link_up_between_two_tries_is_taken_down_and_retried() {
    let mut bench = Bench::with_driver(Driver::Refuses(Errno::BUSY), false, OnFailure::Closed);
    assert_eq!(bench.state(), StateKind::Setting);
    assert_eq!(bench.hear(brought_up(&bench)), ["down"]);
    assert_eq!(bench.machine.poll_timeout(), None);
    assert_eq!(
        bench.hear(Event::Link(LinkEvent::Answered(Ok(bench.link)))),
        ["address"]
    );
}

#[test]
fn link_up_before_a_late_address_is_taken_down() {
    let mut bench = Bench::with_driver(Driver::Late(5), false, OnFailure::Closed);
    assert_eq!(bench.state(), StateKind::Setting);
    bench.external_switch(true);
    assert_eq!(bench.steps().last(), Some(&"down"));
    assert!(!bench.link.up);
    bench.pass(seconds(1));
    assert_eq!(bench.state(), StateKind::Unplugged);
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), true));
}

#[test]
fn link_kept_up_is_taken_down_without_a_pause() {
    let mut bench = unplugged("random");
    let up = Ok(bench.link);
    assert_eq!(bench.hear(Event::Command(Command::Rotate)), ["down"]);
    assert_eq!(bench.hear(Event::Link(LinkEvent::Answered(up))), ["down"]);
    assert_eq!(bench.machine.poll_timeout(), None);
}

#[test]
fn late_driver_is_read_equally_often_in_each_try() {
    let mut bench = Bench::with_driver(Driver::Ignores, false, OnFailure::Closed);
    while bench.state() == StateKind::Setting {
        bench.pass(seconds(1));
    }
    let looks = bench.done.iter().filter(|it| **it == Action::ReadLink);
    // One more for the link that is to stay down.
    assert_eq!(
        (bench.state(), looks.count()),
        (StateKind::Blocked, 4 * 10 + 1)
    );
}

#[test]
fn link_blocked_again_is_reported_and_retried_as_before() {
    let mut bench = Bench::with_driver(Driver::Refuses(Errno::OPNOTSUPP), false, OnFailure::Closed);
    bench.pass(seconds(100));
    assert_eq!(
        (bench.state(), block_notices(&bench)),
        (StateKind::Blocked, 1)
    );
    bench.driver = Driver::Takes;
    bench.pass(seconds(300));
    assert_eq!(bench.state(), StateKind::Unplugged);
    bench.driver = Driver::Refuses(Errno::OPNOTSUPP);
    bench.configure("permanent", |_| {});
    bench.pass(seconds(2));
    assert_eq!(
        (bench.state(), block_notices(&bench)),
        (StateKind::Blocked, 2)
    );
}

#[test]
fn state_starts_again_with_new_settings() {
    let mut bench = unplugged("stable");
    bench.plug(true);
    bench.pass(seconds(3600));
    bench.configure("permanent", |_| {});
    let snapshot = bench.machine.status();
    assert_eq!(
        (snapshot.state, snapshot.state_since),
        (StateKind::Unmanaged, bench.now)
    );
}

#[test]
fn reads_stop_when_another_program_sets_the_address() {
    let mut bench = Bench::with_driver(Driver::Late(5), false, OnFailure::Closed);
    assert!(
        bench.machine.poll_timeout().is_some(),
        "the driver can be late"
    );
    bench.external_change(bench.stable());
    assert_eq!(
        (bench.state(), bench.machine.poll_timeout()),
        (StateKind::Unplugged, None)
    );
}

#[test]
fn cable_back_under_another_address_ends_the_connection() {
    let mut bench = unplugged("random");
    bench.plug(true);
    bench.plug(false);
    bench.link.address = OTHER;
    bench.plug(true);
    assert_eq!(
        (bench.state(), bench.machine.poll_timeout()),
        (StateKind::Unmanaged, None)
    );
}

#[test]
fn unprotected_link_sets_no_timeout_for_a_carrier_loss() {
    let mut bench = unplugged("random");
    bench.configure("random", |settings| settings.on_failure = OnFailure::Open);
    while bench.state() != StateKind::Unprotected {
        bench.plug(true);
        bench.plug(false);
        bench.external_change(OTHER);
    }
    assert_eq!(bench.machine.poll_timeout(), None);
}

#[test]
fn unmanaged_connection_has_no_assigned_address() {
    let mut bench = unplugged("stable");
    bench.plug(true);
    assert_eq!(bench.machine.status().address_kind, AddressKind::Assigned);
    bench.configure("permanent", |_| {});
    assert_eq!(bench.state(), StateKind::Unmanaged);
    assert_ne!(bench.machine.status().address_kind, AddressKind::Assigned);
}

#[test]
fn guard_follows_the_address_of_a_link_in_use() {
    let mut bench = Bench::new("stable", true, false);
    bench.plug(true);
    let assigned = bench.link.address;
    assert_eq!(bench.guard.now, Some(SourceGuard::Only(assigned)));
    bench.external_change(OTHER);
    assert_eq!(bench.state(), StateKind::Unmanaged);
    assert_eq!(bench.guard.now, Some(SourceGuard::Only(OTHER)));
}
