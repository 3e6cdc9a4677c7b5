//! A connection that is made once more, and what may come between.

use std::time::Duration;

use super::super::{Doing, IwdEvent, IwdRequest, NetworkId};
use super::bench::{Bench, MADE_UP, PERMANENT, at, home, network, policies, settings, stable};
use crate::address::Record;
use crate::machine::{Action, Command, Event, IwdPhase as Phase};

const SECOND: Duration = Duration::from_secs(1);

fn work() -> NetworkId {
    network("Work")
}

/// Connected to `Home` under a wrong address, which is about to be ended; iwd knows `Work`, too.
fn rejoining() -> Bench {
    let mut bench = Bench::new("stable-ssid");
    bench.knows(work(), None);
    bench.tell_files();
    bench.iwd(Phase::Connecting);
    bench.sets(MADE_UP);
    bench.iwd(Phase::Connected);
    assert_eq!(bench.state(), "rejoining");
    assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
    bench
}

pub(super) fn is_refused_because(bench: &Bench, why: &str) -> bool {
    let trouble = bench.station.snapshot().trouble.unwrap_or_default();
    bench.state() == "refused" && trouble.contains(why)
}

#[test]
fn iwd_has_a_moment_to_read_the_file_before_it_joins_again() {
    let mut bench = rejoining();
    bench.iwd(Phase::Disconnecting);
    bench.pass(SECOND);
    assert_eq!(bench.asked(), [], "it is not apart yet");
    bench.iwd(Phase::Disconnected);
    bench.somebody_scans(true);
    bench.pass(Duration::from_millis(190));
    assert_eq!(bench.asked(), []);
    bench.pass(Duration::from_millis(20));
    assert!(bench.did(&Action::AbortScan), "it would be waited for");
    assert_eq!(bench.asked(), [IwdRequest::Connect(home())]);
    let mut bench = rejoining();
    bench.iwd(Phase::Disconnected);
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
    bench.iwd(Phase::Connecting);
    bench.sets(MADE_UP);
    bench.iwd(Phase::Connected);
    bench.iwd(Phase::Disconnected);
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
    assert_eq!(bench.asked(), [IwdRequest::Connect(home())]);
    assert_eq!(bench.filed(), PERMANENT);
}

#[test]
fn a_file_that_is_never_written_is_waited_for_ten_seconds() {
    let mut bench = waiting_for_the_file();
    bench.pass(9 * SECOND);
    assert_eq!(bench.state(), "rejoining");
    bench.pass(SECOND);
    assert!(is_refused_because(&bench, "could not be written"));
    // There is nothing to cut off; iwd is to join nothing by itself.
    assert_eq!(bench.bounces, 0);
    assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
    bench.iwd(Phase::Disconnected);
    assert_eq!(bench.asked(), [], "it was told");
    bench.pass(5 * SECOND);
    assert_eq!(bench.asked(), [IwdRequest::Connect(home())]);
}

#[test]
fn an_iwd_that_does_not_disconnect_is_cut_off() {
    let mut bench = rejoining();
    bench.iwd(Phase::Disconnecting);
    bench.pass(9 * SECOND);
    assert_eq!(bench.bounces, 0);
    bench.pass(SECOND);
    assert!(is_refused_because(&bench, "does not disconnect"));
    assert_eq!(bench.bounces, 1);
}

#[test]
fn an_iwd_that_does_not_connect_is_at_rest() {
    let mut bench = rejoining();
    bench.iwd(Phase::Disconnected);
    bench.pass(SECOND);
    assert_eq!(bench.state(), "rejoining");
    bench.pass(10 * SECOND);
    assert_eq!(bench.state(), "idle");
}

#[test]
fn the_connection_that_is_to_end_may_be_told_of_once_more() {
    for phase in [Phase::Connecting, Phase::Connected] {
        let mut bench = rejoining();
        bench.iwd(phase);
        assert_eq!((bench.state(), bench.asked()), ("rejoining", vec![]));
    }
}

#[test]
fn the_user_may_be_quicker_than_macveil() {
    let mut bench = rejoining();
    bench.iwd(Phase::Disconnected);
    bench.connects_under(stable(&home()));
    bench.pass(60 * SECOND);
    assert_eq!((bench.state(), bench.asked()), ("associated", vec![]));
}

#[test]
fn the_user_may_join_another_network_instead() {
    let mut bench = rejoining();
    bench.iwd_at(Phase::Connecting, work());
    assert_eq!(bench.state(), "associating");
    // That one has an attempt of its own to be wrong.
    bench.iwd_at(Phase::Connected, work());
    assert_eq!((bench.state(), bench.bounces), ("rejoining", 0));
    let mut bench = rejoining();
    bench.sets(stable(&work()));
    bench.iwd_at(Phase::Connected, work());
    assert_eq!(bench.state(), "associated");
    let mut bench = rejoining();
    bench.iwd_at(Phase::Connected, work());
    assert_eq!((bench.state(), bench.bounces), ("rejoining", 0));
    bench.iwd_at(Phase::Disconnected, work());
    bench.asked();
    bench.pass(SECOND);
    assert_eq!(bench.asked(), [IwdRequest::Connect(work())]);
}

#[test]
fn a_second_connection_under_a_wrong_address_is_cut_off() {
    for is_told in [false, true] {
        let mut bench = rejoining();
        bench.iwd(Phase::Disconnected);
        bench.pass(SECOND);
        if is_told {
            bench.iwd(Phase::Connecting);
        }
        bench.sets(MADE_UP);
        bench.iwd(Phase::Connected);
        assert!(is_refused_because(&bench, "AddressRandomization=network"));
        assert_eq!(bench.bounces, 1);
    }
}

#[test]
fn after_a_second_attempt_at_another_network_nothing_is_held_against_it() {
    let mut bench = rejoining();
    bench.iwd(Phase::Disconnected);
    bench.pass(SECOND);
    bench.iwd(Phase::Connecting);
    bench.iwd_at(Phase::Connecting, work());
    bench.iwd_at(Phase::Connected, work());
    assert_eq!((bench.state(), bench.bounces), ("rejoining", 0));
    let mut bench = rejoining();
    bench.iwd(Phase::Disconnected);
    bench.pass(SECOND);
    bench.iwd(Phase::Connecting);
    bench.iwd_at(Phase::Connected, work());
    assert_eq!((bench.state(), bench.bounces), ("rejoining", 0));
}

#[test]
fn news_of_the_same_attempt_do_not_begin_it_anew() {
    let mut bench = rejoining();
    bench.iwd(Phase::Disconnected);
    bench.pass(SECOND);
    bench.iwd(Phase::Connecting);
    bench.iwd(Phase::Connecting);
    bench.iwd(Phase::Disconnecting);
    assert_eq!(bench.state(), "associating");
    bench.iwd(Phase::Connected);
    assert_eq!(bench.state(), "refused", "it was the second one");
}

#[test]
fn iwd_may_hop_from_one_network_to_another() {
    let mut bench = Bench::new("stable-ssid");
    bench.knows(work(), None);
    bench.tell_files();
    bench.connects_under(stable(&home()));
    bench.sets(stable(&work()));
    bench.iwd_at(Phase::Connected, work());
    let snapshot = bench.station.snapshot();
    assert_eq!(snapshot.network, Some(work().ssid));
    assert_eq!(snapshot.counters.associations, 2);
    // It roams, or says something else.
    bench.iwd_at(Phase::Connected, work());
    bench.iwd_at(Phase::Disconnecting, work());
    assert_eq!(bench.station.snapshot().counters.associations, 2);
    // The next one is under an address that is Work's.
    bench.iwd(Phase::Connecting);
    assert_eq!(bench.state(), "associating");
    bench.asked();
    bench.iwd(Phase::Connected);
    assert_eq!(bench.asked(), [IwdRequest::Disconnect]);
}

#[test]
fn a_connection_without_a_network_is_none_yet() {
    let hidden = |bench: &mut Bench, phase: Phase| {
        let doing = Doing {
            phase,
            ..Doing::default()
        };
        bench.hear(IwdEvent::Station(Some(doing)));
    };
    for phase in [Phase::Connecting, Phase::Connected] {
        let mut bench = Bench::new("stable-ssid");
        hidden(&mut bench, phase);
        assert_eq!(bench.state(), "idle");
        bench.iwd(Phase::Connecting);
        hidden(&mut bench, phase);
        assert_eq!(bench.state(), "associating");
        bench.sets(stable(&home()));
        bench.iwd(Phase::Connected);
        hidden(&mut bench, phase);
        assert_eq!(bench.state(), "associated");
        let mut bench = rejoining();
        hidden(&mut bench, phase);
        assert_eq!(bench.state(), "rejoining");
        let mut bench = Bench::new("stable-ssid");
        bench.iwd(Phase::Connecting);
        bench.shows(PERMANENT);
        bench.iwd(Phase::Disconnected);
        hidden(&mut bench, phase);
        assert_eq!(bench.state(), "refused");
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
    bench.iwd(Phase::Disconnected);
    bench.pass(SECOND);
    assert!(bench.asked().contains(&IwdRequest::Connect(home())));
    assert_ne!(bench.filed(), first);
    let second = bench.filed();
    bench.connects_under(second);
    assert_eq!((bench.state(), bench.filed()), ("associated", second));
}

#[test]
fn a_new_wish_for_the_address_of_a_network_ends_only_its_connection() {
    let mut bench = Bench::new("random");
    let first = bench.filed();
    bench.connects_under(first);
    bench.tell(Event::Command(Command::Rotate));
    bench.asked();
    bench.tell(Event::Command(Command::Rejoin(home().ssid)));
    bench.iwd(Phase::Disconnected);
    bench.pass(SECOND);
    let asked = bench.asked();
    assert_eq!(asked, [IwdRequest::Disconnect, IwdRequest::Connect(home())]);
}
