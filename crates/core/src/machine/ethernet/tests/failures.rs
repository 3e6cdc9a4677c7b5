//! Drivers that fail, and programs that change the address repeatedly.

use std::time::Duration;

use rustix::io::Errno;

use super::bench::{Bench, Driver, INITIAL, OTHER};
use super::seconds;
use super::*;

fn reported_problems(bench: &Bench) -> Vec<Problem> {
    let notices = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::Blocked { problem, .. }) => Some(problem.clone()),
        _ => None,
    });
    notices.collect()
}

#[test]
fn refusing_driver_blocks_the_link_and_is_reported_once() {
    let refuses = Driver::Refuses(Errno::OPNOTSUPP);
    let mut bench = Bench::with_driver(refuses, true, OnFailure::Closed);
    bench.pass(seconds(1));
    assert_eq!(bench.state(), StateKind::Blocked);
    assert!(!bench.link.up);
    bench.pass(seconds(3600));
    let problem = Problem::Kernel {
        step: "set the address".to_owned(),
        errno: Some(Errno::OPNOTSUPP.raw_os_error()),
        reason: Errno::OPNOTSUPP.to_string(),
        driver: "e1000e".to_owned(),
        remedy: Remedy::KeepPermanent,
    };
    assert_eq!(reported_problems(&bench), [problem]);
}

#[test]
fn link_events_do_not_shorten_pauses_after_a_refusal() {
    let refuses = Driver::Refuses(Errno::BUSY);
    let mut bench = Bench::with_driver(refuses, false, OnFailure::Closed);
    for pause in [60, 120, 180] {
        let due = bench.now + Duration::from_millis(pause);
        assert_eq!(
            (bench.state(), bench.machine.poll_timeout()),
            (StateKind::Setting, Some(due))
        );
        bench.done.clear();
        bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
        assert!(bench.done.is_empty(), "{:?}", bench.done);
        bench.pass(Duration::from_millis(pause));
    }
    assert_eq!(bench.state(), StateKind::Blocked);
}

#[test]
fn link_kept_up_by_another_program_blocks_after_four_tries() {
    let bench = Bench::with_driver(Driver::StaysUp, true, OnFailure::Closed);
    assert_eq!(bench.state(), StateKind::Blocked);
    // One more step to block it.
    assert_eq!(bench.steps(), ["down"; 4 + 1]);
    assert!(
        matches!(&reported_problems(&bench)[0], Problem::Kernel { step, .. } if step == "keep the link down")
    );
}

#[test]
fn timeout_fires_once() {
    let mut bench = Bench::with_driver(Driver::Late(3), true, OnFailure::Closed);
    assert_eq!(bench.fire_timeout(), [Action::ReadLink]);
    assert_eq!(bench.machine.poll_timeout(), None);
}

#[test]
fn blocked_link_is_retried_with_increasing_delay() {
    let mut bench = Bench::with_driver(Driver::Ignores, true, OnFailure::Closed);
    bench.pass(seconds(3600));
    let tries = bench
        .steps()
        .iter()
        .filter(|step| **step == "address")
        .count();
    // Four at once, after 1, 2, 4, ... 256 s, and then every 300 s.
    assert!((60..=100).contains(&tries), "{tries}");
}

#[test]
fn blocked_link_cannot_be_brought_up() {
    let mut bench = Bench::with_driver(Driver::Ignores, true, OnFailure::Closed);
    bench.pass(seconds(1));
    bench.plug(true);
    for _ in 0..3 {
        assert_eq!(bench.state(), StateKind::Blocked);
        bench.external_switch(true);
        assert!(!bench.link.up);
    }
}

#[test]
fn blocked_link_that_does_not_go_down_is_told_again() {
    let mut bench = Bench::with_driver(Driver::Ignores, true, OnFailure::Closed);
    bench.pass(seconds(400));
    assert_eq!(bench.state(), StateKind::Blocked);
    bench.driver = Driver::StaysUp;
    bench.external_switch(true);
    assert!(bench.link.up);
    bench.driver = Driver::Ignores;
    bench.pass(Duration::from_millis(30));
    assert!(!bench.link.up);
    let due = bench.machine.poll_timeout().expect("another try");
    assert!(due > bench.now + seconds(60), "as before");
}

#[test]
fn blocked_link_comes_up_when_the_driver_works_again() {
    let mut bench = Bench::with_driver(Driver::Ignores, true, OnFailure::Closed);
    bench.pass(seconds(10));
    bench.driver = Driver::Takes;
    bench.pass(seconds(10));
    assert_eq!(bench.state(), StateKind::Unplugged);
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), true));
}

#[test]
fn link_brought_up_during_a_slow_refusal_comes_up_later() {
    let refuses = Driver::Refuses(Errno::OPNOTSUPP);
    let mut bench = Bench::with_driver(refuses, false, OnFailure::Closed);
    bench.pass(Duration::from_millis(60 + 120));
    bench.fire_timeout();
    // It is down again before its notification is read.
    bench.link.up = true;
    let refusal = KernelError {
        step: "set the address",
        errno: Some(Errno::OPNOTSUPP),
        reason: Errno::OPNOTSUPP.to_string(),
    };
    bench.tell(Event::Link(LinkEvent::Answered(Err(refusal))));
    assert_eq!((bench.state(), bench.link.up), (StateKind::Blocked, false));
    bench.driver = Driver::Takes;
    bench.pass(seconds(10));
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), true));
}

#[test]
fn right_address_set_between_two_tries_is_accepted() {
    let refuses = Driver::Refuses(Errno::BUSY);
    let mut bench = Bench::with_driver(refuses, false, OnFailure::Closed);
    assert_eq!(bench.state(), StateKind::Setting);
    bench.external_change(bench.stable());
    bench.external_switch(true);
    bench.plug(true);
    assert_eq!(bench.state(), StateKind::Connected);
    bench.pass(seconds(10));
    assert!(bench.link.up);
}

#[test]
fn link_that_was_down_stays_down_when_unblocked() {
    let mut bench = Bench::with_driver(Driver::Ignores, false, OnFailure::Closed);
    bench.pass(seconds(10));
    assert!(bench.machine.status().counters.holds_in_a_row > 1);
    bench.driver = Driver::Takes;
    bench.pass(seconds(10));
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), false));
}

#[test]
fn late_driver_is_accepted() {
    let mut bench = Bench::with_driver(Driver::Late(3), true, OnFailure::Closed);
    bench.pass(seconds(1));
    assert_eq!(bench.steps(), ["down", "address", "up"]);
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), true));
}

#[test]
fn undone_address_change_takes_the_link_down_at_once() {
    let mut bench = Bench::with_driver(Driver::Undoes, true, OnFailure::Closed);
    assert_eq!(bench.steps(), ["down", "address", "up", "down"]);
    assert!(!bench.link.up);
    bench.pass(seconds(3600));
    assert_eq!(reported_problems(&bench).len(), 1);
}

#[test]
fn open_on_failure_leaves_the_link_as_it_was() {
    for driver in [
        Driver::Ignores,
        Driver::Undoes,
        Driver::Refuses(Errno::BUSY),
    ] {
        for up in [true, false] {
            let mut bench = Bench::with_driver(driver, up, OnFailure::Open);
            bench.pass(seconds(3600));
            if driver == Driver::Undoes && !up {
                continue;
            }
            assert_eq!(bench.state(), StateKind::Unprotected, "{driver:?}");
            assert_eq!((bench.link.address, bench.link.up), (INITIAL, up));
            assert!(bench.remarked(|remark| matches!(remark, Remark::Unprotected(_))));
        }
    }
}

#[test]
fn policy_without_an_address_blocks_the_link() {
    let mut bench = Bench::with_id("${BOOT}");
    assert_eq!(bench.state(), StateKind::Blocked);
    assert!(
        matches!(&reported_problems(&bench)[0], Problem::NoAddress { reason } if reason.contains("boot_id"))
    );
    bench.configure("stable", |_| {});
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), true));
}

#[test]
fn repeated_conflict_blocks_the_link() {
    let mut bench = Bench::new("stable", true, false);
    for _ in 0..3 {
        assert_ne!(bench.state(), StateKind::Blocked);
        bench.external_change(OTHER);
    }
    assert_eq!(bench.state(), StateKind::Blocked);
    assert_eq!(reported_problems(&bench)[0], Problem::Conflict);

    // The pause grows while the conflict lasts.
    let mut pauses = Vec::new();
    for _ in 0..4 {
        let from = bench.now;
        while bench.state() == StateKind::Blocked {
            bench.pass(Duration::from_millis(500));
        }
        pauses.push(bench.now.saturating_sub(from).as_secs());
        bench.external_change(OTHER);
    }
    assert_eq!(pauses, [1, 2, 4, 8]);
    assert_eq!(reported_problems(&bench).len(), 1);
}

#[test]
fn conflict_count_restarts_after_a_long_time() {
    let mut bench = Bench::new("stable", true, false);
    bench.pass(seconds(600));
    for _ in 0..3 {
        assert_ne!(bench.state(), StateKind::Blocked);
        bench.external_change(OTHER);
    }
    assert_eq!(bench.state(), StateKind::Blocked);
}

#[test]
fn rare_address_changes_are_corrected_each_time() {
    let mut bench = Bench::new("stable", true, false);
    for _ in 0..10 {
        bench.external_change(OTHER);
        assert_eq!(bench.link.address, bench.stable());
        bench.pass(seconds(61));
    }
    assert!(reported_problems(&bench).is_empty());
}

#[test]
fn blocked_link_stays_down_after_release() {
    let mut bench = Bench::with_driver(Driver::Ignores, true, OnFailure::Closed);
    bench.pass(seconds(10));
    bench.tell(Event::Command(Command::Release));
    assert!(!bench.link.up);
    assert!(bench.remarked(|remark| *remark == Remark::StaysDown));
    assert_eq!(bench.done.last(), Some(&Action::Finish));
}

#[test]
fn restore_finishes_even_if_the_driver_fails() {
    for driver in [Driver::Ignores, Driver::Refuses(Errno::BUSY)] {
        let mut bench = Bench::new("stable", true, false);
        bench.configure("stable", |settings| settings.on_exit = OnExit::Restore);
        bench.driver = driver;
        bench.tell(Event::Command(Command::Release));
        bench.pass(seconds(1));
        assert_eq!(bench.done.last(), Some(&Action::Finish), "{driver:?}");
        assert!(bench.link.up, "{driver:?}");
        assert!(bench.remarked(|remark| matches!(remark, Remark::NotRestored(_))));
    }
}
