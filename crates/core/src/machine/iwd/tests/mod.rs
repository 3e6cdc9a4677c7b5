//! Behaviour of an interface that iwd manages.

mod attempts;
mod bench;
mod cards;
mod connected;
mod exposed;
mod fileless;
mod files;
mod mask;
mod memory;
mod others;
mod owe;
mod promise;
mod refusals;
mod rejoin;
mod release;
mod renewal;
mod rest;
mod search;
mod status;
mod turns;

use std::time::Duration;

use super::*;
use crate::machine::*;

use bench::{Bench, MADE_UP, PERMANENT, home, network, settings, stable};

use super::{IwdEvent, Request};

type Event = crate::machine::Event<IwdEvent>;
type Action = crate::machine::Action<Request>;

const A_WHILE: Duration = Duration::from_secs(30);

#[test]
fn connection_under_the_assigned_address_is_kept() {
    let mut bench = Bench::new("stable-ssid");
    assert_eq!(bench.state(), StateKind::Idle);
    bench.done.clear();
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), StateKind::Associated);
    let notices = bench.notices();
    assert!(
        matches!(notices[..], [Notice::Connected { .. }]),
        "{notices:?}"
    );
    bench.pass(A_WHILE);
    assert_eq!(bench.asked(), []);
    let snapshot = bench.station.status();
    assert_eq!(snapshot.address_kind, AddressKind::Assigned);
    assert_eq!(snapshot.network, Some(home().ssid));
    assert_eq!(snapshot.counters.associations, 1);
    assert_eq!(snapshot.problem, None);
}

#[test]
fn connection_from_before_macveil_is_kept() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.knows(home(), Some(stable(&home())));
    bench.sets(stable(&home()));
    bench.iwd(StationPhase::Connected);
    bench.hear(IwdEvent::Vanished);
    bench.done.clear();
    bench.appears(None);
    assert_eq!(bench.state(), StateKind::Associated);
    bench.pass(A_WHILE);
    assert_eq!(bench.asked(), []);
}

#[test]
fn new_network_is_joined_again_when_it_has_a_file() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.connects_under(MADE_UP);
    assert_eq!(
        bench.state(),
        StateKind::Associated,
        "the file does not exist yet"
    );
    assert_eq!(bench.asked(), []);
    bench.knows(home(), None);
    bench.tell_files();
    assert_eq!(bench.filed(), stable(&home()));
    assert_eq!(bench.asked(), [Request::Disconnect]);
    assert_eq!(bench.state(), StateKind::Rejoining);
    bench.iwd(StationPhase::Disconnecting);
    bench.iwd(StationPhase::Disconnected);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), StateKind::Associated);
    bench.pass(A_WHILE);
    assert_eq!(bench.asked(), []);
}

#[test]
fn new_network_without_a_file_is_left_after_a_timeout() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.connects_under(MADE_UP);
    bench.pass(Duration::from_secs(4));
    assert_eq!(bench.asked(), []);
    bench.pass(Duration::from_secs(2));
    assert!(bench.bounces > 0);
    assert_eq!(bench.state(), StateKind::Refused);
}

#[test]
fn iwd_can_vanish_and_reappear() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.hear(IwdEvent::Vanished);
    assert_eq!(bench.state(), StateKind::Absent);
    bench.done.clear();
    bench.pass(A_WHILE);
    assert_eq!(bench.asked(), []);
    bench.appears(None);
    assert_eq!(bench.state(), StateKind::Associated);
    bench.hear(IwdEvent::Station(None));
    assert_eq!(bench.state(), StateKind::Absent);
}

#[test]
fn network_requested_by_the_user_is_rejoined_at_once() {
    let mut bench = Bench::new("random");
    let first = bench.filed();
    bench.connects_under(first);
    bench.asked();
    let ssid = home().ssid;
    bench.tell(Event::Command(Command::Rejoin(network("Other").ssid)));
    assert_eq!(bench.asked(), []);
    bench.tell(Event::Command(Command::Rejoin(ssid)));
    assert_eq!(bench.asked(), [Request::Disconnect]);
    assert_eq!(bench.state(), StateKind::Rejoining);
}

#[test]
fn ipv6_is_cleared_when_iwd_changes_an_address_live() {
    let mut bench = Bench::new("stable-ssid");
    bench.done.clear();
    bench.sets(MADE_UP);
    assert!(bench.did(&Action::ClearIpv6));
    bench.done.clear();
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    let down = Link {
        up: false,
        ..bench.link
    };
    bench.tell(Event::Link(LinkEvent::Changed(down)));
    bench.sets(stable(&home()));
    assert!(
        !bench.did(&Action::ClearIpv6),
        "the kernel does it as a link goes down"
    );
}

#[test]
fn release_restores_the_files_of_iwd_if_configured() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.tell(Event::Command(Command::Release));
    assert_eq!(bench.asked(), [Request::Restore]);
    bench.hear(IwdEvent::Released);
    assert!(bench.did(&Action::Finish));
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.tell(Event::Command(Command::Release));
    bench.done.clear();
    bench.pass(A_WHILE);
    assert!(
        bench.did(&Action::Finish),
        "the machine does not wait for iwd"
    );
}

#[test]
fn release_and_yield_keep_the_files_of_iwd() {
    let mut bench = Bench::new("stable-ssid");
    bench.asked();
    bench.tell(Event::Command(Command::Yield));
    assert!(bench.did(&Action::Finish));
    assert_eq!(bench.asked(), []);
    let mut bench = Bench::new("stable-ssid");
    let keep = Settings {
        on_exit: OnExit::Keep,
        others_connect: false,
        ..settings()
    };
    let policies = bench::policies("stable-ssid");
    bench
        .station
        .reconfigure(bench::at(bench.now), keep, policies);
    bench.asked();
    bench.tell(Event::Command(Command::Release));
    assert!(bench.did(&Action::Finish));
    assert_eq!(bench.asked(), []);
    assert_eq!(bench.station.status().address_kind, AddressKind::Mask);
}

#[test]
fn iwd_that_does_not_use_addresses_is_not_changed() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.knows(home(), None);
    bench.appears(Some("no AddressRandomization"));
    assert!(
        bench
            .notices()
            .iter()
            .any(|it| matches!(it, Notice::Limitation(_)))
    );
    bench.connects_under(PERMANENT);
    assert_eq!(bench.state(), StateKind::Associated);
    bench.pass(A_WHILE);
    bench.is_lost();
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.masks_put(), 0);
    // Timeouts still fire.
    assert!(bench.asked().iter().all(|it| *it == Request::Scan));
    let snapshot = bench.station.status();
    let reason = "no AddressRandomization".to_owned();
    assert_eq!(snapshot.problem, Some(Problem::IwdSettings { reason }));
}
