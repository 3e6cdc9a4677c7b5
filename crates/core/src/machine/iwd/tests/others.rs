//! What is joined while a network is refused, and when that one is tried again.

use std::time::Duration;

use super::bench::{Bench, PERMANENT, home, network, stable};
use super::rest::{heard, is_scanned};
use super::*;

const SECOND: Duration = Duration::from_secs(1);
const AN_HOUR: Duration = Duration::from_secs(3600);

/// iwd knows `Home` and `Work`, and `Home` was refused.
fn refused() -> Bench {
    let mut bench = Bench::new("stable-ssid");
    bench.knows(network("Work"), None);
    bench.tell_files();
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    bench.starts_over();
    bench.asked();
    bench
}

#[test]
fn another_network_is_joined_while_one_is_refused() {
    let mut bench = refused();
    bench.pass(SECOND);
    assert_eq!(bench.asked(), [Request::Scan]);
    bench.air = vec![heard("Home", 20), heard("Work", 5000)];
    is_scanned(&mut bench);
    assert_eq!(bench.asked(), [], "it was not heard in this scan");
    bench.air = vec![heard("Home", 20), heard("Work", 20)];
    is_scanned(&mut bench);
    let work = network("Work");
    assert_eq!(bench.asked(), [Request::Connect(work.clone())]);
    bench.iwd_at(StationPhase::Connecting, work.clone());
    bench.sets(stable(&work));
    bench.shows(stable(&work));
    bench.iwd_at(StationPhase::Connected, work);
    assert_eq!(bench.state(), StateKind::Associated);
    assert_eq!(bench.station.status().problem, None);
}

#[test]
fn only_networks_that_can_be_joined_are_searched() {
    let unwanted: [fn(&mut KnownNetwork); 2] = [
        |work| work.autoconnect = false,
        |work| work.problem = Some("a symbolic link".to_owned()),
    ];
    for change in unwanted {
        let mut bench = refused();
        change(&mut bench.files[1]);
        bench.tell_files();
        bench.air = vec![heard("Work", 20)];
        is_scanned(&mut bench);
        bench.pass(4 * SECOND);
        assert_eq!(bench.asked(), []);
    }
}

#[test]
fn network_whose_file_is_not_read_waits_for_the_file() {
    let mut bench = Bench::new("stable-ssid");
    bench.files[0].problem = Some("a symbolic link".to_owned());
    bench.files[0].address = None;
    bench.tell_files();
    bench.iwd(StationPhase::Connecting);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
    bench.starts_over();
    bench.asked();
    bench.pass(AN_HOUR);
    assert_eq!(bench.asked(), []);
    let reason = "a symbolic link".to_owned();
    let problem = IwdProblem::NoAddress { reason };
    assert_eq!(
        bench.station.status().problem,
        Some(Problem::Iwd { problem })
    );
    bench.files[0].problem = None;
    bench.tell_files();
    bench.pass(SECOND);
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), StateKind::Associated);
}

/// iwd does not notice that the link goes down while it changes the address.
#[test]
fn mask_that_ended_an_attempt_says_nothing_of_the_next() {
    let cut_off = || {
        let mut bench = Bench::new("stable-ssid");
        bench.knows(network("Work"), None);
        bench.tell_files();
        bench.connects_under(stable(&home()));
        bench.is_lost();
        bench.iwd(StationPhase::Connecting);
        assert_eq!(bench.bounces, 1, "the kernel has forgotten it");
        bench.done.clear();
        bench
    };
    // Its network is known, or told afterwards, or there is no station any more.
    let mut bench = cut_off();
    bench.begins();
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associating, 2));
    assert_eq!(bench.failures_reported(), 0);
    let mut bench = cut_off();
    bench.hear(IwdEvent::Station(None));
    bench.begins();
    assert_eq!((bench.state(), bench.bounces), (StateKind::Absent, 2));
    assert_eq!(bench.failures_reported(), 0);
    let mut bench = cut_off();
    bench.iwd(StationPhase::Disconnected);
    bench.begins();
    bench.iwd_at(StationPhase::Connecting, network("Work"));
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associating, 2));
    bench.pass(2 * SECOND);
    assert_eq!(bench.bounces, 4, "until iwd notices");
    assert_eq!(bench.failures_reported(), 0);
    // A driver that refuses each address shows it again and again.
    let mut bench = cut_off();
    bench.begins();
    bench.begins();
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 3));
    // What was cut off long ago does not count.
    let mut bench = cut_off();
    bench.starts_over();
    bench.pass(3 * SECOND);
    bench.begins();
    bench.iwd_at(StationPhase::Connecting, network("Work"));
    assert_eq!(bench.state(), StateKind::Refused);
}

#[test]
fn next_network_learns_nothing_of_the_last_one() {
    let leaves = |bench: &mut Bench, next: NetworkId| {
        bench.is_lost();
        bench.done.clear();
        bench.iwd_at(StationPhase::Connecting, next);
        bench.done.contains(&Action::LeaveNetwork)
    };
    let mut bench = Bench::new("stable-ssid");
    bench.knows(network("Work"), None);
    bench.tell_files();
    bench.air = vec![heard("Home", 20), heard("Work", 20)];
    bench.connects_under(stable(&home()));
    assert!(!leaves(&mut bench, home()));
    bench.connects_under(stable(&home()));
    assert!(leaves(&mut bench, network("Work")));
}
