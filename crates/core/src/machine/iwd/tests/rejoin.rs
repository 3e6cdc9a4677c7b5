//! A connection that is made again, and events that can interrupt it.

use std::time::Duration;

use super::bench::{Bench, MADE_UP, PERMANENT, at, home, network, policies, settings, stable};
use super::*;
use crate::address::Record;

const SECOND: Duration = Duration::from_secs(1);

fn work() -> NetworkId {
    network("Work")
}

/// The connection to `Home` has a wrong address and is about to end; iwd also knows `Work`.
fn rejoining() -> Bench {
    let mut bench = Bench::new("stable-ssid");
    bench.knows(work(), None);
    bench.tell_files();
    bench.iwd(StationPhase::Connecting);
    bench.sets(MADE_UP);
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.state(), StateKind::Rejoining);
    assert_eq!(bench.asked(), [Request::Disconnect]);
    bench
}

pub(super) fn is_refused_because(bench: &Bench, problem: IwdProblem) -> bool {
    let problem = Some(Problem::Iwd { problem });
    bench.state() == StateKind::Refused && bench.station.status().problem == problem
}

#[test]
fn iwd_gets_time_to_read_the_file_before_rejoining() {
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnecting);
    bench.pass(SECOND);
    assert_eq!(bench.asked(), [], "still connected");
    bench.iwd(StationPhase::Disconnected);
    bench.external_scan(true);
    bench.pass(Duration::from_millis(190));
    assert_eq!(bench.asked(), []);
    bench.pass(Duration::from_millis(20));
    assert!(
        bench.did(&Action::AbortScan),
        "the connection would wait for the scan"
    );
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    assert!(!bench.did(&Action::AbortScan), "no scan is running");
}

/// Disconnected from its network until the file has another address; the file is not written yet.
fn waiting_for_the_file() -> Bench {
    let mut bench = Bench::new("stable-ssid");
    bench.writes_late = true;
    let now = at(bench.now);
    bench
        .station
        .reconfigure(now, settings(), policies("permanent"));
    bench.iwd(StationPhase::Connecting);
    bench.sets(MADE_UP);
    bench.iwd(StationPhase::Connected);
    bench.iwd(StationPhase::Disconnected);
    bench.asked();
    bench
}

#[test]
fn rejoining_waits_until_the_file_is_written() {
    let mut bench = waiting_for_the_file();
    bench.pass(5 * SECOND);
    assert_eq!(bench.asked(), []);
    bench.writes_files();
    bench.pass(SECOND);
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    assert_eq!(bench.filed(), PERMANENT);
}

#[test]
fn unwritten_file_refuses_the_network_after_ten_seconds() {
    let mut bench = waiting_for_the_file();
    bench.pass(9 * SECOND);
    assert_eq!(bench.state(), StateKind::Rejoining);
    bench.pass(SECOND);
    assert!(is_refused_because(&bench, IwdProblem::NotWritten));
    // There is no connection to cut off; iwd must not join automatically.
    assert_eq!(bench.bounces, 0);
    assert_eq!(bench.asked(), [Request::Disconnect]);
    bench.iwd(StationPhase::Disconnected);
    assert_eq!(bench.asked(), [], "the request was sent");
    bench.pass(5 * SECOND);
    assert_eq!(bench.asked(), [Request::Connect(home())]);
}

#[test]
fn iwd_that_does_not_disconnect_is_cut_off() {
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnecting);
    bench.pass(9 * SECOND);
    assert_eq!(bench.bounces, 0);
    bench.pass(SECOND);
    assert!(is_refused_because(&bench, IwdProblem::NotDisconnected));
    assert_eq!(bench.bounces, 1);
}

#[test]
fn iwd_that_does_not_rejoin_becomes_idle() {
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    assert_eq!(bench.state(), StateKind::Rejoining);
    bench.pass(10 * SECOND);
    assert_eq!(bench.state(), StateKind::Idle);
}

#[test]
fn repeated_report_of_the_ending_connection_changes_nothing() {
    for phase in [StationPhase::Connecting, StationPhase::Connected] {
        let mut bench = rejoining();
        bench.iwd(phase);
        assert_eq!(
            (bench.state(), bench.asked()),
            (StateKind::Rejoining, vec![])
        );
    }
}

#[test]
fn connection_by_the_user_before_the_rejoin_is_kept() {
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnected);
    bench.connects_under(stable(&home()));
    bench.pass(60 * SECOND);
    assert_eq!(
        (bench.state(), bench.asked()),
        (StateKind::Associated, vec![])
    );
}

#[test]
fn user_can_join_another_network_during_a_rejoin() {
    let mut bench = rejoining();
    bench.iwd_at(StationPhase::Connecting, work());
    assert_eq!(bench.state(), StateKind::Associating);
    // A wrong address of the other network is its first failure.
    bench.iwd_at(StationPhase::Connected, work());
    assert_eq!((bench.state(), bench.bounces), (StateKind::Rejoining, 0));
    let mut bench = rejoining();
    bench.sets(stable(&work()));
    bench.iwd_at(StationPhase::Connected, work());
    assert_eq!(bench.state(), StateKind::Associated);
    let mut bench = rejoining();
    bench.iwd_at(StationPhase::Connected, work());
    assert_eq!((bench.state(), bench.bounces), (StateKind::Rejoining, 0));
    bench.iwd_at(StationPhase::Disconnected, work());
    bench.asked();
    bench.pass(SECOND);
    assert_eq!(bench.asked(), [Request::Connect(work())]);
}

#[test]
fn second_connection_under_a_wrong_address_is_cut_off() {
    for is_reported in [false, true] {
        let mut bench = rejoining();
        bench.iwd(StationPhase::Disconnected);
        bench.pass(SECOND);
        if is_reported {
            bench.iwd(StationPhase::Connecting);
        }
        bench.sets(MADE_UP);
        bench.iwd(StationPhase::Connected);
        assert!(is_refused_because(&bench, IwdProblem::AddressUnusedTwice));
        assert_eq!(bench.bounces, 1);
    }
}

#[test]
fn second_attempt_does_not_count_against_another_network() {
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    bench.iwd(StationPhase::Connecting);
    bench.iwd_at(StationPhase::Connecting, work());
    bench.iwd_at(StationPhase::Connected, work());
    assert_eq!((bench.state(), bench.bounces), (StateKind::Rejoining, 0));
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    bench.iwd(StationPhase::Connecting);
    bench.iwd_at(StationPhase::Connected, work());
    assert_eq!((bench.state(), bench.bounces), (StateKind::Rejoining, 0));
}

#[test]
fn repeated_reports_do_not_restart_an_attempt() {
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    bench.iwd(StationPhase::Connecting);
    bench.iwd(StationPhase::Connecting);
    bench.iwd(StationPhase::Disconnecting);
    assert_eq!(bench.state(), StateKind::Associating);
    bench.iwd(StationPhase::Connected);
    assert_eq!(
        bench.state(),
        StateKind::Refused,
        "it was the second attempt"
    );
}

#[test]
fn iwd_can_change_networks_without_disconnecting() {
    let mut bench = Bench::new("stable-ssid");
    bench.knows(work(), None);
    bench.tell_files();
    bench.connects_under(stable(&home()));
    bench.sets(stable(&work()));
    bench.iwd_at(StationPhase::Connected, work());
    let snapshot = bench.station.status();
    assert_eq!(snapshot.network, Some(work().ssid));
    assert_eq!(snapshot.counters.associations, 2);
    // iwd roams, or reports another change.
    bench.iwd_at(StationPhase::Connected, work());
    bench.iwd_at(StationPhase::Disconnecting, work());
    assert_eq!(bench.station.status().counters.associations, 2);
    // The next connection is under the address of Work.
    bench.iwd(StationPhase::Connecting);
    assert_eq!(bench.state(), StateKind::Associating);
    bench.asked();
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.asked(), [Request::Disconnect]);
}

#[test]
fn connection_without_a_network_is_ignored() {
    let hidden = |bench: &mut Bench, phase: StationPhase| {
        let doing = StationState {
            phase,
            ..StationState::default()
        };
        bench.hear(IwdEvent::Station(Some(doing)));
    };
    for phase in [StationPhase::Connecting, StationPhase::Connected] {
        let mut bench = Bench::new("stable-ssid");
        hidden(&mut bench, phase);
        assert_eq!(bench.state(), StateKind::Idle);
        bench.iwd(StationPhase::Connecting);
        hidden(&mut bench, phase);
        assert_eq!(bench.state(), StateKind::Associating);
        bench.sets(stable(&home()));
        bench.iwd(StationPhase::Connected);
        hidden(&mut bench, phase);
        assert_eq!(bench.state(), StateKind::Associated);
        let mut bench = rejoining();
        hidden(&mut bench, phase);
        assert_eq!(bench.state(), StateKind::Rejoining);
        let mut bench = Bench::new("stable-ssid");
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        bench.iwd(StationPhase::Disconnected);
        hidden(&mut bench, phase);
        assert_eq!(bench.state(), StateKind::Refused);
    }
}

#[test]
fn rejoin_after_renewal_uses_another_random_address() {
    let mut bench = Bench::new("random");
    let first = bench.filed();
    bench.connects_under(first);
    let record = Record {
        generation: 1,
        ..Record::default()
    };
    let ssid = home().ssid;
    bench.tell(Event::Renewed { ssid, record });
    bench.tell(Event::Command(Command::Rejoin(home().ssid)));
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    assert!(bench.asked().contains(&Request::Connect(home())));
    assert_ne!(bench.filed(), first);
    let second = bench.filed();
    bench.connects_under(second);
    assert_eq!(
        (bench.state(), bench.filed()),
        (StateKind::Associated, second)
    );
}

#[test]
fn rejoin_after_rotate_disconnects_only_once() {
    let mut bench = Bench::new("random");
    let first = bench.filed();
    bench.connects_under(first);
    bench.tell(Event::Command(Command::Rotate));
    bench.asked();
    bench.tell(Event::Command(Command::Rejoin(home().ssid)));
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    let asked = bench.asked();
    assert_eq!(asked, [Request::Disconnect, Request::Connect(home())]);
}
