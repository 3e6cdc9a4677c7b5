//! Several interfaces of iwd: the files have the addresses of one of them at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use StateKind::{Absent, Associated, Associating, Idle, Rejoining};
use Turn::{Only, Other, Own};

use super::bench::{Bench, MADE_UP, home, stable};
use super::*;

const SECOND: Duration = Duration::from_secs(1);

struct Table {
    turns: Turns,
    now: Time,
    states: BTreeMap<u32, StateKind>,
}

impl Table {
    fn new(states: &[(u32, StateKind)]) -> Self {
        Self {
            turns: Turns::default(),
            now: Time::from_secs(100),
            states: states.iter().copied().collect(),
        }
    }

    fn tell(&mut self) -> Vec<(u32, Turn)> {
        self.turns.tell(self.now, &self.states)
    }

    fn becomes(&mut self, ifindex: u32, state: StateKind) -> Vec<(u32, Turn)> {
        self.states.insert(ifindex, state);
        self.tell()
    }

    /// Lets the turn end.
    fn waits(&mut self) -> Vec<(u32, Turn)> {
        self.now = self.turns.deadline().expect("a turn that ends");
        self.tell()
    }
}

#[test]
fn only_interface_of_iwd_always_has_its_turn() {
    let mut table = Table::new(&[(3, Absent)]);
    for state in [Absent, Idle, Associating, Associated, Idle] {
        assert_eq!(table.becomes(3, state), []);
        assert_eq!(table.turns.deadline(), None);
    }
}

#[test]
fn turn_passes_on_when_its_interface_is_connected() {
    let mut table = Table::new(&[(3, Idle), (5, Idle), (9, Idle)]);
    assert_eq!(table.tell(), [(5, Other), (9, Other), (3, Own)]);
    assert_eq!(table.becomes(3, Associating), []);
    assert_eq!(table.turns.deadline(), None, "an attempt is not cut short");
    assert_eq!(table.becomes(3, Associated), [(3, Other), (5, Own)]);
    assert_eq!(table.becomes(5, Associated), [(5, Other), (9, Own)]);
    assert_eq!(table.becomes(9, Associated), []);
    assert_eq!(table.becomes(3, Rejoining), [(9, Other), (3, Own)]);
}

#[test]
fn turns_in_vain_end_and_grow() {
    let mut table = Table::new(&[(3, Idle), (5, Idle)]);
    table.tell();
    let mut lengths = Vec::new();
    for next in [5, 3, 5, 3, 5, 3, 5, 3] {
        let before = table.now;
        assert!(table.waits().contains(&(next, Own)));
        lengths.push(table.now.saturating_sub(before).as_secs());
    }
    assert_eq!(lengths, [8, 16, 32, 64, 128, 256, 300, 300]);
    table.becomes(3, Associated);
    table.becomes(3, Idle);
    assert!(table.turns.deadline().unwrap() <= table.now + Duration::from_secs(8));
}

#[test]
fn lost_connection_takes_the_turn_of_one_that_had_it() {
    let mut table = Table::new(&[(3, Idle), (5, Idle)]);
    table.tell();
    table.becomes(3, Associated);
    table.now += Duration::from_secs(60);
    assert_eq!(table.becomes(3, Idle), [(5, Other), (3, Own)]);
}

#[test]
fn interface_that_is_gone_leaves_its_turn() {
    let mut table = Table::new(&[(3, Idle), (5, Idle)]);
    table.tell();
    table.states.remove(&3);
    assert_eq!(table.tell(), [(5, Only)]);
    // iwd makes its interface again.
    assert_eq!(table.becomes(11, Idle), [(11, Other), (5, Own)]);
}

fn told(bench: &mut Bench, turn: Turn) {
    bench.hear(IwdEvent::Turn(turn));
}

#[test]
fn interface_without_a_turn_writes_nothing_and_is_kept_off() {
    let mut bench = Bench::empty("stable-ssid", true);
    told(&mut bench, Other);
    bench.knows(home(), Some(MADE_UP));
    bench.appears(None);
    assert_eq!(bench.filed(), MADE_UP, "the address of another interface");
    assert_eq!(bench.asked(), [Request::Disconnect]);
    bench.iwd_scans(true);
    bench.iwd_scans(false);
    assert_eq!(bench.asked(), [], "once");
    // After the link was down it would connect by itself.
    bench.starts_over();
    assert_eq!(bench.asked(), [Request::Disconnect]);
}

/// iwd scans, and joins what it finds, before it says that it has a station.
#[test]
fn first_scan_out_of_turn_finds_nothing() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.external_scan(true);
    assert!(!bench.did(&Action::AbortScan), "the only interface");
    told(&mut bench, Other);
    assert!(bench.did(&Action::AbortScan), "while it scans");
    ends_scan(&mut bench);
    bench.external_scan(true);
    assert!(bench.did(&Action::AbortScan));
    ends_scan(&mut bench);
    told(&mut bench, Only);
    bench.external_scan(true);
    assert!(!bench.did(&Action::AbortScan), "the only one again");
}

#[test]
fn first_scan_finds_nothing_before_the_files_are_written() {
    let mut bench = Bench::empty("stable-ssid", true);
    told(&mut bench, Own);
    bench.external_scan(true);
    assert!(
        bench.did(&Action::AbortScan),
        "with another one's addresses"
    );
    ends_scan(&mut bench);
    bench.knows(home(), Some(MADE_UP));
    bench.appears(None);
    assert_eq!(bench.filed(), stable(&home()));
    let bounces = bench.bounces;
    bench.pass(SECOND);
    assert_eq!(bench.bounces, bounces + 1, "iwd starts over");
    bench.hear(IwdEvent::Station(None));
    bench.external_scan(true);
    assert!(!bench.did(&Action::AbortScan));
    bench.starts_over();
    bench.pass(A_WHILE);
    assert_eq!(bench.bounces, bounces + 1, "once");
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), Associated);
    // It starts over while the other one has its turn.
    told(&mut bench, Other);
    bench.hear(IwdEvent::Station(None));
    told(&mut bench, Own);
    bench.external_scan(true);
    assert!(bench.did(&Action::AbortScan), "the other one has written");
}

fn ends_scan(bench: &mut Bench) {
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.done.clear();
}

#[test]
fn interface_writes_and_starts_over_when_its_turn_comes() {
    let mut bench = Bench::empty("stable-ssid", true);
    told(&mut bench, Other);
    bench.knows(home(), Some(MADE_UP));
    bench.appears(None);
    let bounces = bench.bounces;
    told(&mut bench, Own);
    assert_eq!(bench.filed(), stable(&home()));
    assert_eq!(bench.bounces, bounces, "iwd has to read the file first");
    bench.pass(SECOND);
    assert_eq!(bench.bounces, bounces + 1);
    bench.starts_over();
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), Associated);
}

#[test]
fn connection_outlasts_its_turn() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.done.clear();
    told(&mut bench, Other);
    bench.files[0].address = Some(MADE_UP);
    bench.tell_files();
    bench.pass(A_WHILE);
    assert_eq!(bench.asked(), []);
    assert_eq!(bench.filed(), MADE_UP);
    assert_eq!(bench.state(), Associated);
    let status = bench.station.status();
    assert_eq!(status.address_kind, AddressKind::Assigned);
}

#[test]
fn attempt_under_the_other_interfaces_address_is_cut_off() {
    let mut bench = Bench::new("stable-ssid");
    told(&mut bench, Other);
    bench.files[0].address = Some(MADE_UP);
    bench.tell_files();
    bench.iwd(StationPhase::Connecting);
    bench.sets(MADE_UP);
    let bounces = bench.bounces;
    bench.shows(MADE_UP);
    assert_eq!(bench.bounces, bounces + 1);
    bench.starts_over();
    bench.asked();
    bench.pass(A_WHILE);
    assert_eq!(bench.asked(), [], "it waits for its turn");
    told(&mut bench, Own);
    bench.pass(SECOND);
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    assert_eq!(bench.filed(), stable(&home()));
}

#[test]
fn lost_network_is_searched_in_turn_only() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    told(&mut bench, Other);
    bench.is_lost();
    bench.asked();
    bench.pass(A_WHILE);
    assert!(!bench.asked().contains(&Request::Scan));
    told(&mut bench, Own);
    bench.pass(SECOND);
    bench.starts_over();
    bench.pass(A_WHILE);
    assert!(bench.asked().contains(&Request::Scan));
}
