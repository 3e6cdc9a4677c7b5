//! Drivers that do not do what they are told, and programs that do not give in.

use std::time::Duration;

use rustix::io::Errno;

use super::bench::{Bench, Driver, INITIAL, OTHER};
use super::seconds;
use super::*;

fn held(bench: &Bench) -> Vec<Problem> {
    let notices = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::Blocked { problem, .. }) => Some(problem.clone()),
        _ => None,
    });
    notices.collect()
}

#[test]
fn a_driver_that_refuses_is_held_down_and_named_once() {
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
    assert_eq!(held(&bench), [problem]);
}

#[test]
fn a_refusal_is_answered_by_pauses_that_grow_and_news_of_the_link_do_not_shorten() {
    let refuses = Driver::Refuses(Errno::BUSY);
    let mut bench = Bench::with_driver(refuses, false, OnFailure::Closed);
    for pause in [60, 120, 180] {
        let due = bench.now + Duration::from_millis(pause);
        assert_eq!(
            (bench.state(), bench.wire.poll_timeout()),
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
fn a_link_that_another_program_keeps_up_is_given_up_after_four_tries() {
    let bench = Bench::with_driver(Driver::StaysUp, true, OnFailure::Closed);
    assert_eq!(bench.state(), StateKind::Blocked);
    // And once more, to hold it.
    assert_eq!(bench.steps(), ["down"; 4 + 1]);
    assert!(
        matches!(&held(&bench)[0], Problem::Kernel { step, .. } if step == "keep the link down")
    );
}

#[test]
fn an_alarm_rings_once() {
    let mut bench = Bench::with_driver(Driver::Late(3), true, OnFailure::Closed);
    assert_eq!(bench.rings(), [Action::ReadLink]);
    assert_eq!(bench.wire.poll_timeout(), None);
}

#[test]
fn a_held_link_is_tried_again_ever_more_rarely() {
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
fn nobody_gets_a_held_link_up() {
    let mut bench = Bench::with_driver(Driver::Ignores, true, OnFailure::Closed);
    bench.pass(seconds(1));
    bench.plug(true);
    for _ in 0..3 {
        assert_eq!(bench.state(), StateKind::Blocked);
        bench.somebody_switches(true);
        assert!(!bench.link.up);
    }
}

#[test]
fn a_driver_that_comes_to_its_senses_is_up_again() {
    let mut bench = Bench::with_driver(Driver::Ignores, true, OnFailure::Closed);
    bench.pass(seconds(10));
    bench.driver = Driver::Takes;
    bench.pass(seconds(10));
    assert_eq!(bench.state(), StateKind::Unplugged);
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), true));
}

#[test]
fn whoever_sets_the_address_between_two_tries_is_not_disturbed() {
    let refuses = Driver::Refuses(Errno::BUSY);
    let mut bench = Bench::with_driver(refuses, false, OnFailure::Closed);
    assert_eq!(bench.state(), StateKind::Setting);
    bench.somebody_sets(bench.stable());
    bench.somebody_switches(true);
    bench.plug(true);
    assert_eq!(bench.state(), StateKind::Connected);
    bench.pass(seconds(10));
    assert!(bench.link.up);
}

#[test]
fn a_link_that_was_down_stays_down_when_it_is_let_go() {
    let mut bench = Bench::with_driver(Driver::Ignores, false, OnFailure::Closed);
    bench.pass(seconds(10));
    assert!(bench.wire.status().counters.holds_in_a_row > 1);
    bench.driver = Driver::Takes;
    bench.pass(seconds(10));
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), false));
}

#[test]
fn a_driver_may_be_late() {
    let mut bench = Bench::with_driver(Driver::Late(3), true, OnFailure::Closed);
    bench.pass(seconds(1));
    assert_eq!(bench.steps(), ["down", "address", "up"]);
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), true));
}

#[test]
fn a_driver_that_undoes_the_change_is_taken_down_at_once() {
    let mut bench = Bench::with_driver(Driver::Undoes, true, OnFailure::Closed);
    assert_eq!(bench.steps(), ["down", "address", "up", "down"]);
    assert!(!bench.link.up);
    bench.pass(seconds(3600));
    assert_eq!(held(&bench).len(), 1);
}

#[test]
fn open_leaves_the_link_as_it_was() {
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
fn a_policy_that_leads_to_no_address_holds_the_link() {
    let mut bench = Bench::with_id("${BOOT}");
    assert_eq!(bench.state(), StateKind::Blocked);
    assert!(
        matches!(&held(&bench)[0], Problem::NoAddress { reason } if reason.contains("boot_id"))
    );
    bench.configure("stable", |_| {});
    assert_eq!((bench.link.address, bench.link.up), (bench.stable(), true));
}

#[test]
fn whoever_does_not_give_in_finds_the_link_down() {
    let mut bench = Bench::new("stable", true, false);
    for _ in 0..3 {
        assert_ne!(bench.state(), StateKind::Blocked);
        bench.somebody_sets(OTHER);
    }
    assert_eq!(bench.state(), StateKind::Blocked);
    assert_eq!(held(&bench)[0], Problem::Conflict);

    // With a pause that grows as long as it goes on.
    let mut pauses = Vec::new();
    for _ in 0..4 {
        let from = bench.now;
        while bench.state() == StateKind::Blocked {
            bench.pass(Duration::from_millis(500));
        }
        pauses.push(bench.now.saturating_sub(from).as_secs());
        bench.somebody_sets(OTHER);
    }
    assert_eq!(pauses, [1, 2, 4, 8]);
    assert_eq!(held(&bench).len(), 1);
}

#[test]
fn after_long_peace_it_is_again_the_third_time_that_counts() {
    let mut bench = Bench::new("stable", true, false);
    bench.pass(seconds(600));
    for _ in 0..3 {
        assert_ne!(bench.state(), StateKind::Blocked);
        bench.somebody_sets(OTHER);
    }
    assert_eq!(bench.state(), StateKind::Blocked);
}

#[test]
fn whoever_changes_the_address_rarely_is_corrected_each_time() {
    let mut bench = Bench::new("stable", true, false);
    for _ in 0..10 {
        bench.somebody_sets(OTHER);
        assert_eq!(bench.link.address, bench.stable());
        bench.pass(seconds(61));
    }
    assert!(held(&bench).is_empty());
}

#[test]
fn what_is_held_stays_silent_when_macveil_leaves() {
    let mut bench = Bench::with_driver(Driver::Ignores, true, OnFailure::Closed);
    bench.pass(seconds(10));
    bench.tell(Event::Command(Command::Release));
    assert!(!bench.link.up);
    assert!(bench.remarked(|remark| *remark == Remark::StaysDown));
    assert_eq!(bench.done.last(), Some(&Action::Finish));
}

#[test]
fn restoring_ends_even_if_the_driver_does_not_help() {
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
