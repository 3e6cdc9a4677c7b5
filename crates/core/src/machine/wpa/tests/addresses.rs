//! Which address an association gets, and when it gets another one.

use super::*;
use crate::address::{NetworkMatch, Origin, Policy, Record, Sourced};

const HOUR: Duration = Duration::from_secs(60 * 60);

fn sourced<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::Arguments,
    }
}

fn policy(text: &str) -> ConnectionOptions {
    ConnectionOptions {
        policy: Some(sourced(text.parse().unwrap())),
        ..ConnectionOptions::default()
    }
}

fn rotating() -> ConnectionOptions {
    ConnectionOptions {
        rotate: Some(sourced(Some(24 * HOUR))),
        ..ConnectionOptions::default()
    }
}

fn rule(about: NetworkMatch, address: Mac) -> NetworkRule {
    NetworkRule {
        about,
        options: ConnectionOptions {
            policy: Some(sourced(Policy::Explicit(address))),
            ..ConnectionOptions::default()
        },
        origin: Origin::Arguments,
    }
}

impl Bench {
    fn connected_with(defaults: ConnectionOptions, rules: Vec<NetworkRule>) -> Self {
        let mut bench = Self::with_options(defaults, rules, false, false, |_, _| {});
        bench.air = vec![home_entry()];
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(5));
        assert_eq!(bench.machine.status().state, StateKind::Associated);
        bench
    }

    /// Takes the access point out of range for this time, then waits for the next association.
    fn leave_range(&mut self, span: Duration) {
        let air = std::mem::take(&mut self.air);
        self.lose(4, false);
        self.pass(span);
        self.air = air;
        self.pass(HOUR);
        assert_eq!(self.machine.status().state, StateKind::Associated);
    }

    fn records(&self) -> Vec<Record> {
        let records = self.done.iter().filter_map(|action| match action {
            Action::Remember { record, .. } => Some(*record),
            _ => None,
        });
        records.collect()
    }

    fn forgot_keys(&self) -> Vec<bool> {
        let selections = self.done.iter().filter_map(|action| match action {
            Action::Request(Request::SelectNetwork { forget_keys, .. }) => Some(*forget_keys),
            _ => None,
        });
        selections.collect()
    }
}

#[test]
fn address_is_rotated_after_its_time_and_a_pause() {
    let mut bench = Bench::connected_with(rotating(), Vec::new());
    let first = bench.link.address;
    assert_eq!(
        first,
        home_address(),
        "the first generation is the plain one"
    );
    bench.leave_range(HOUR);
    assert_eq!(bench.link.address, first, "its time is not over");
    bench.pass(30 * HOUR);
    assert_eq!(bench.link.address, first, "never within an association");
    bench.leave_range(Duration::from_secs(60));
    assert_eq!(bench.link.address, first, "not so soon after its last use");
    bench.leave_range(4 * HOUR);
    assert_ne!(bench.link.address, first);
    assert_eq!(bench.records().last().unwrap().generation, 1);
}

#[test]
fn use_of_an_address_is_recorded_hourly_and_at_the_end() {
    let mut bench = Bench::connected_with(rotating(), Vec::new());
    bench.done.clear();
    bench.pass(3 * HOUR + HOUR / 2);
    assert_eq!(bench.records().len(), 3);
    bench.air.clear();
    bench.lose(4, false);
    let used = bench.records().last().unwrap().used;
    assert_eq!(used, NEW_YEAR + bench.now.as_secs());
}

#[test]
fn network_without_rotation_has_no_record() {
    let mut bench = Bench::connected_with(ConnectionOptions::default(), Vec::new());
    bench.leave_range(HOUR);
    assert_eq!(bench.records(), []);
}

#[test]
fn external_renewal_applies_to_the_next_association() {
    let mut bench = Bench::connected_with(ConnectionOptions::default(), Vec::new());
    let first = bench.link.address;
    let record = Record {
        generation: 1,
        ..Record::default()
    };
    bench.handle(Event::Renewed {
        ssid: home(),
        record,
    });
    bench.pass(HOUR);
    assert_eq!(bench.link.address, first);
    bench.leave_range(Duration::from_secs(60));
    assert_ne!(bench.link.address, first);
}

#[test]
fn rejoin_uses_the_renewed_address_at_once() {
    let mut bench = Bench::connected_with(ConnectionOptions::default(), Vec::new());
    let first = bench.link.address;
    let record = Record {
        generation: 1,
        ..Record::default()
    };
    bench.handle(Event::Renewed {
        ssid: home(),
        record,
    });
    let elsewhere = Ssid::new(b"Elsewhere").unwrap();
    bench.handle(Event::Command(Command::Rejoin(elsewhere)));
    assert_eq!(
        bench.link.address, first,
        "the command names another network"
    );
    bench.handle(Event::Command(Command::Rejoin(home())));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
    assert_ne!(bench.link.address, first);
}

#[test]
fn same_network_under_another_address_is_left_first() {
    let mut bench = Bench::connected_with(policy("random"), Vec::new());
    let before = bench.link.address;
    bench.done.clear();
    bench.lose(4, false);
    bench.pass(Duration::from_secs(5));
    let address = bench.link.address;
    assert_ne!(before, address);
    assert_eq!(bench.count(|it| *it == Action::EnterNetwork(home())), 1);
    let left = bench.position(|action| *action == Action::LeaveNetwork);
    let how = How::Cycle;
    let set = bench.position(|action| *action == Action::SetAddress { address, how });
    assert!(left < set, "left after the next address was set");
}

#[test]
fn random_addresses_are_limited_until_the_budget_refills() {
    let mut bench = Bench::connected_with(policy("random"), Vec::new());
    let mut seen = vec![bench.link.address];
    for _ in 0..20 {
        bench.lose(4, false);
        bench.pass(Duration::from_secs(60));
        seen.push(bench.link.address);
    }
    seen.dedup();
    assert_eq!(seen.len(), 4, "{seen:?}");
    let reports = |action: &Action| matches!(action, Action::Notify(Notice::About { .. }));
    assert!(bench.count(reports) > 0);
    bench.pass(2 * HOUR);
    bench.lose(4, false);
    bench.pass(Duration::from_secs(60));
    assert!(!seen.contains(&bench.link.address));
}

#[test]
fn random_addresses_of_failed_attempts_count() {
    for is_heard in [true, false] {
        let mut bench = Bench::connected_with(policy("random"), Vec::new());
        let mut seen = vec![bench.link.address];
        bench.connects = false;
        bench.lose(4, false);
        let mut attempts = 0;
        for _ in 0..1800 {
            bench.pass(Duration::from_secs(1));
            if bench.phase == Phase::Connecting {
                attempts += 1;
                let station = bench.link.address;
                seen.push(station);
                let peer = HOME_AP;
                bench.handle(if is_heard {
                    Event::Mlme(MlmeEvent::Authenticated { station, peer })
                } else {
                    Event::Overrun
                });
                bench.lose(7, false);
            }
        }
        assert!(attempts > 6, "{attempts}");
        seen.dedup();
        assert_eq!(seen.len(), 4, "{seen:?}");
    }
}

#[test]
fn rotate_gives_a_random_address_beyond_the_limit() {
    let mut bench = Bench::connected_with(policy("random"), Vec::new());
    for _ in 0..20 {
        bench.lose(4, false);
        bench.pass(Duration::from_secs(60));
    }
    let last = bench.link.address;
    bench.handle(Event::Command(Command::Rotate));
    bench.lose(4, false);
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.state(), StateKind::Associated);
    assert_ne!(bench.link.address, last);
}

#[test]
fn renewal_gives_a_random_address_beyond_the_limit() {
    let mut bench = Bench::connected_with(policy("random"), Vec::new());
    for _ in 0..10 {
        bench.lose(4, false);
        bench.pass(Duration::from_secs(60));
    }
    let last = bench.link.address;
    let record = Record {
        generation: 1,
        ..Record::default()
    };
    bench.handle(Event::Renewed {
        ssid: home(),
        record,
    });
    bench.lose(4, false);
    bench.pass(Duration::from_secs(60));
    assert_ne!(bench.link.address, last);
}

#[test]
fn rules_match_bssid_security_and_id_str() {
    let [by_bss, by_security, by_id] = [1, 2, 3].map(|last| Mac([6, 0, 0, 0, 0, last]));
    let about = |change: fn(&mut NetworkMatch)| {
        let mut about = NetworkMatch::default();
        change(&mut about);
        about
    };
    let at_home = about(|about| about.bssids = vec![HOME_AP]);
    let elsewhere = about(|about| about.bssids = vec![Mac([2, 0, 0, 0, 9, 9])]);
    let open = about(|about| about.securities = vec![KeyMgmt::Open]);
    let psk = about(|about| about.securities = vec![KeyMgmt::Psk]);
    let flat = about(|about| about.id_strs = vec!["flat".to_owned()]);
    let none = home_address();
    for (rules, expected) in [
        (vec![rule(at_home, by_bss)], by_bss),
        (vec![rule(elsewhere, by_bss)], none),
        (vec![rule(open, by_security)], none),
        (vec![rule(psk, by_security)], by_security),
        (vec![rule(flat, by_id)], none),
    ] {
        let bench = Bench::connected_with(ConnectionOptions::default(), rules);
        assert_eq!(bench.link.address, expected);
    }
}

#[test]
fn open_network_of_the_same_name_gets_another_address() {
    let by_security = ConnectionOptions {
        by_security: Some(sourced(true)),
        ..ConnectionOptions::default()
    };
    let bench = Bench::connected_with(by_security.clone(), Vec::new());
    let mut imitated = Bench::with_options(by_security, Vec::new(), false, false, |_, _| {});
    imitated.networks[0].open = true;
    imitated.networks[0].key_mgmt = vec![KeyMgmt::Open];
    imitated.air = vec![BssEntry {
        owe_open_half: false,
        security: SecurityLevel::Open,
        key_mgmt: vec![KeyMgmt::Open],
        ..home_entry()
    }];
    imitated.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    imitated.pass(Duration::from_secs(5));
    assert_eq!(imitated.machine.status().state, StateKind::Associated);
    assert_ne!(imitated.link.address, bench.link.address);
}

#[test]
fn periodic_address_stays_during_an_association() {
    let hourly = ConnectionOptions {
        stable_id: Some(sourced("${NETWORK_SSID}${PERIOD:1h}".parse().unwrap())),
        ..policy("stable")
    };
    let mut bench = Bench::connected_with(hourly, Vec::new());
    let first = bench.link.address;
    bench.pass(5 * HOUR);
    assert_eq!(bench.link.address, first);
    bench.lose(4, false);
    bench.pass(Duration::from_secs(60));
    assert_ne!(bench.link.address, first);
}

#[test]
fn connection_is_adopted_under_a_rule_with_supplicant_facts() {
    let address = Mac([6, 0, 0, 0, 0, 1]);
    let about = NetworkMatch {
        id_strs: vec!["flat".to_owned()],
        securities: vec![KeyMgmt::Psk],
        bssids: vec![HOME_AP],
        ..NetworkMatch::default()
    };
    let rules = vec![rule(about, address)];
    let mut bench = Bench::with_options(ConnectionOptions::default(), rules, true, true, |_, _| {});
    bench.networks[0].id_str = "flat".to_owned();
    bench.air = vec![home_entry()];
    bench.phase = Phase::Connected;
    bench.connected_to = Some(home());
    bench.link.address = address;
    bench.handle(Event::Link(LinkEvent::Changed(bench.link)));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
    assert_eq!(bench.count(sets_address), 0);
}

#[test]
fn keys_are_forgotten_for_a_changed_address() {
    let mut bench = Bench::connected_with(ConnectionOptions::default(), Vec::new());
    bench.leave_range(Duration::from_secs(60));
    assert_eq!(bench.forgot_keys(), [true, false]);
    let mut bench = Bench::connected_with(policy("random"), Vec::new());
    bench.leave_range(Duration::from_secs(60));
    assert_eq!(bench.forgot_keys(), [true, true]);
}

#[test]
fn each_end_of_an_association_records_the_use() {
    let ends: [fn(&mut Bench); 3] = [
        |bench| bench.link_changes(|link| link.up = false),
        Bench::other_program_changes_address,
        |bench| bench.handle(Event::Command(Command::Rejoin(home()))),
    ];
    for end in ends {
        let mut bench = Bench::connected_with(rotating(), Vec::new());
        bench.pass(HOUR / 2);
        bench.done.clear();
        let now = NEW_YEAR + bench.now.as_secs();
        bench.air.clear();
        end(&mut bench);
        let used: Vec<_> = bench.records().iter().map(|record| record.used).collect();
        assert_eq!(used, [now]);
    }
}

#[test]
fn rejoin_is_reported() {
    let mut bench = Bench::connected_with(ConnectionOptions::default(), Vec::new());
    bench.done.clear();
    bench.handle(Event::Command(Command::Rejoin(home())));
    assert_eq!(remarks_on_home(&bench), [NetworkRemark::Rejoining]);
}

#[test]
fn connection_under_a_wrong_address_is_reported() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.phase = Phase::Connected;
    bench.connected_to = Some(home());
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let address = PERMANENT;
    assert_eq!(
        remarks_on_home(&bench),
        [NetworkRemark::WrongAddress { address }]
    );
}

fn remarks_on_home(bench: &Bench) -> Vec<NetworkRemark> {
    let remarks = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::About { ssid, remark }) if *ssid == home() => Some(*remark),
        _ => None,
    });
    remarks.collect()
}
