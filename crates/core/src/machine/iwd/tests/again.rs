//! A connection that is made once more, and what may come between.

use std::time::Duration;

use super::bench::{Bench, MADE_UP, PERMANENT, at, home, network, policies, settings, stable};
use super::*;
use crate::address::Record;

const SECOND: Duration = Duration::from_secs(1);

fn work() -> NetworkId {
    network("Work")
}

/// Connected to `Home` under a wrong address, which is about to be ended; iwd knows `Work`, too.
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
fn iwd_has_a_moment_to_read_the_file_before_it_joins_again() {
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnecting);
    bench.pass(SECOND);
    assert_eq!(bench.asked(), [], "it is not apart yet");
    bench.iwd(StationPhase::Disconnected);
    bench.somebody_scans(true);
    bench.pass(Duration::from_millis(190));
    assert_eq!(bench.asked(), []);
    bench.pass(Duration::from_millis(20));
    assert!(bench.did(&Action::AbortScan), "it would be waited for");
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    assert!(!bench.did(&Action::AbortScan), "there is none");
}

/// Apart from its network, which is joined again once its file has another address: that is not written yet.
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
fn it_joins_again_when_the_file_is_written_and_not_before() {
    let mut bench = waiting_for_the_file();
    bench.pass(5 * SECOND);
    assert_eq!(bench.asked(), []);
    bench.writes_files();
    bench.pass(SECOND);
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    assert_eq!(bench.filed(), PERMANENT);
}

#[test]
fn a_file_that_is_never_written_is_waited_for_ten_seconds() {
    let mut bench = waiting_for_the_file();
    bench.pass(9 * SECOND);
    assert_eq!(bench.state(), StateKind::Rejoining);
    bench.pass(SECOND);
    assert!(is_refused_because(&bench, IwdProblem::NotWritten));
    // There is nothing to cut off; iwd is to join nothing by itself.
    assert_eq!(bench.bounces, 0);
    assert_eq!(bench.asked(), [Request::Disconnect]);
    bench.iwd(StationPhase::Disconnected);
    assert_eq!(bench.asked(), [], "it was told");
    bench.pass(5 * SECOND);
    assert_eq!(bench.asked(), [Request::Connect(home())]);
}

#[test]
fn an_iwd_that_does_not_disconnect_is_cut_off() {
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnecting);
    bench.pass(9 * SECOND);
    assert_eq!(bench.bounces, 0);
    bench.pass(SECOND);
    assert!(is_refused_because(&bench, IwdProblem::NotDisconnected));
    assert_eq!(bench.bounces, 1);
}

#[test]
fn an_iwd_that_does_not_connect_is_at_rest() {
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    assert_eq!(bench.state(), StateKind::Rejoining);
    bench.pass(10 * SECOND);
    assert_eq!(bench.state(), StateKind::Idle);
}

#[test]
fn the_connection_that_is_to_end_may_be_told_of_once_more() {
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
fn the_user_may_be_quicker_than_macveil() {
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
fn the_user_may_join_another_network_instead() {
    let mut bench = rejoining();
    bench.iwd_at(StationPhase::Connecting, work());
    assert_eq!(bench.state(), StateKind::Associating);
    // That one has an attempt of its own to be wrong.
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
fn a_second_connection_under_a_wrong_address_is_cut_off() {
    for is_told in [false, true] {
        let mut bench = rejoining();
        bench.iwd(StationPhase::Disconnected);
        bench.pass(SECOND);
        if is_told {
            bench.iwd(StationPhase::Connecting);
        }
        bench.sets(MADE_UP);
        bench.iwd(StationPhase::Connected);
        assert!(is_refused_because(&bench, IwdProblem::AddressUnusedTwice));
        assert_eq!(bench.bounces, 1);
    }
}

#[test]
fn after_a_second_attempt_at_another_network_nothing_is_held_against_it() {
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
fn news_of_the_same_attempt_do_not_begin_it_anew() {
    let mut bench = rejoining();
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    bench.iwd(StationPhase::Connecting);
    bench.iwd(StationPhase::Connecting);
    bench.iwd(StationPhase::Disconnecting);
    assert_eq!(bench.state(), StateKind::Associating);
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.state(), StateKind::Refused, "it was the second one");
}

#[test]
fn iwd_may_hop_from_one_network_to_another() {
    let mut bench = Bench::new("stable-ssid");
    bench.knows(work(), None);
    bench.tell_files();
    bench.connects_under(stable(&home()));
    bench.sets(stable(&work()));
    bench.iwd_at(StationPhase::Connected, work());
    let snapshot = bench.station.status();
    assert_eq!(snapshot.network, Some(work().ssid));
    assert_eq!(snapshot.counters.associations, 2);
    // It roams, or says something else.
    bench.iwd_at(StationPhase::Connected, work());
    bench.iwd_at(StationPhase::Disconnecting, work());
    assert_eq!(bench.station.status().counters.associations, 2);
    // The next one is under an address that is Work's.
    bench.iwd(StationPhase::Connecting);
    assert_eq!(bench.state(), StateKind::Associating);
    bench.asked();
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.asked(), [Request::Disconnect]);
}

#[test]
fn a_connection_without_a_network_is_none_yet() {
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
fn a_network_that_is_to_see_another_random_address_at_once_does() {
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
fn a_new_wish_for_the_address_of_a_network_ends_only_its_connection() {
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
