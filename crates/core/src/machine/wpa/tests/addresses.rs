//! Which address an association gets, and when it gets another one.

use super::*;
use crate::address::{NetworkMatch, Origin, Policy, Record, Sourced};

const HOUR: Duration = Duration::from_secs(60 * 60);

fn said<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::Arguments,
    }
}

fn policy(text: &str) -> ConnectionOptions {
    ConnectionOptions {
        policy: Some(said(text.parse().unwrap())),
        ..ConnectionOptions::default()
    }
}

fn rotating() -> ConnectionOptions {
    ConnectionOptions {
        rotate: Some(said(Some(24 * HOUR))),
        ..ConnectionOptions::default()
    }
}

fn rule(about: NetworkMatch, address: Mac) -> NetworkRule {
    NetworkRule {
        about,
        options: ConnectionOptions {
            policy: Some(said(Policy::Explicit(address))),
            ..ConnectionOptions::default()
        },
        origin: Origin::Arguments,
    }
}

impl Bench {
    fn connected_with(defaults: ConnectionOptions, rules: Vec<NetworkRule>) -> Self {
        let mut bench = Self::wishing(defaults, rules, false, false, |_, _| {});
        bench.air = vec![home_entry()];
        bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(5));
        assert_eq!(bench.station.status().state, StateKind::Associated);
        bench
    }

    /// Lets the access point be away for that long.
    fn be_away(&mut self, span: Duration) {
        let air = std::mem::take(&mut self.air);
        self.lose(4, false);
        self.pass(span);
        self.air = air;
        self.pass(HOUR);
        assert_eq!(self.station.status().state, StateKind::Associated);
    }

    fn remembered(&self) -> Vec<Record> {
        let records = self.done.iter().filter_map(|action| match action {
            Action::Remember { record, .. } => Some(*record),
            _ => None,
        });
        records.collect()
    }

    fn forgot_keys(&self) -> Vec<bool> {
        let pins = self.done.iter().filter_map(|action| match action {
            Action::Request(Request::SelectNetwork { forget_keys, .. }) => Some(*forget_keys),
            _ => None,
        });
        pins.collect()
    }
}

#[test]
fn an_address_is_renewed_after_its_time_and_a_rest() {
    let mut bench = Bench::connected_with(rotating(), Vec::new());
    let first = bench.link.address;
    assert_eq!(
        first,
        home_address(),
        "the first generation is the plain one"
    );
    bench.be_away(HOUR);
    assert_eq!(bench.link.address, first, "its time is not over");
    bench.pass(30 * HOUR);
    assert_eq!(bench.link.address, first, "never within an association");
    bench.be_away(Duration::from_secs(60));
    assert_eq!(bench.link.address, first, "not so soon after its last use");
    bench.be_away(4 * HOUR);
    assert_ne!(bench.link.address, first);
    assert_eq!(bench.remembered().last().unwrap().generation, 1);
}

#[test]
fn its_use_is_remembered_at_the_edges_and_once_an_hour() {
    let mut bench = Bench::connected_with(rotating(), Vec::new());
    bench.done.clear();
    bench.pass(3 * HOUR + HOUR / 2);
    assert_eq!(bench.remembered().len(), 3);
    bench.air.clear();
    bench.lose(4, false);
    let used = bench.remembered().last().unwrap().used;
    assert_eq!(used, NEW_YEAR + bench.now.as_secs());
}

#[test]
fn nothing_is_remembered_of_a_network_that_is_not_renewed() {
    let mut bench = Bench::connected_with(ConnectionOptions::default(), Vec::new());
    bench.be_away(HOUR);
    assert_eq!(bench.remembered(), []);
}

#[test]
fn a_renewal_by_somebody_else_counts_from_the_next_association_on() {
    let mut bench = Bench::connected_with(ConnectionOptions::default(), Vec::new());
    let first = bench.link.address;
    let record = Record {
        generation: 1,
        ..Record::default()
    };
    bench.tell(Event::Renewed {
        ssid: home(),
        record,
    });
    bench.pass(HOUR);
    assert_eq!(bench.link.address, first);
    bench.be_away(Duration::from_secs(60));
    assert_ne!(bench.link.address, first);
}

#[test]
fn joining_anew_takes_the_renewed_address_at_once() {
    let mut bench = Bench::connected_with(ConnectionOptions::default(), Vec::new());
    let first = bench.link.address;
    let record = Record {
        generation: 1,
        ..Record::default()
    };
    bench.tell(Event::Renewed {
        ssid: home(),
        record,
    });
    let elsewhere = Ssid::new(b"Elsewhere").unwrap();
    bench.tell(Event::Command(Command::Rejoin(elsewhere)));
    assert_eq!(bench.link.address, first, "not the network that was meant");
    bench.tell(Event::Command(Command::Rejoin(home())));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.station.status().state, StateKind::Associated);
    assert_ne!(bench.link.address, first);
}

#[test]
fn random_addresses_run_out_for_a_while() {
    let mut bench = Bench::connected_with(policy("random"), Vec::new());
    let mut seen = vec![bench.link.address];
    for _ in 0..20 {
        bench.lose(4, false);
        bench.pass(Duration::from_secs(60));
        seen.push(bench.link.address);
    }
    seen.dedup();
    assert_eq!(seen.len(), 4, "{seen:?}");
    let said = |action: &Action| matches!(action, Action::Notify(Notice::About { .. }));
    assert!(bench.count(said) > 0);
    bench.pass(2 * HOUR);
    bench.lose(4, false);
    bench.pass(Duration::from_secs(60));
    assert!(!seen.contains(&bench.link.address));
}

#[test]
fn who_wants_another_address_gets_it_even_if_chance_has_none_left() {
    let mut bench = Bench::connected_with(policy("random"), Vec::new());
    for _ in 0..20 {
        bench.lose(4, false);
        bench.pass(Duration::from_secs(60));
    }
    let last = bench.link.address;
    bench.tell(Event::Command(Command::Rotate));
    bench.lose(4, false);
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.state(), StateKind::Associated);
    assert_ne!(bench.link.address, last);
}

#[test]
fn a_random_address_that_was_asked_for_is_another_one_all_the_same() {
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
    bench.tell(Event::Renewed {
        ssid: home(),
        record,
    });
    bench.lose(4, false);
    bench.pass(Duration::from_secs(60));
    assert_ne!(bench.link.address, last);
}

#[test]
fn rules_know_the_bss_the_security_and_the_id_str() {
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
fn an_imitation_without_a_key_does_not_meet_the_same_address() {
    let by_security = ConnectionOptions {
        by_security: Some(said(true)),
        ..ConnectionOptions::default()
    };
    let bench = Bench::connected_with(by_security.clone(), Vec::new());
    let mut imitated = Bench::wishing(by_security, Vec::new(), false, false, |_, _| {});
    imitated.networks[0].open = true;
    imitated.networks[0].key_mgmt = vec![KeyMgmt::Open];
    imitated.air = vec![BssEntry {
        security: SecurityLevel::Open,
        key_mgmt: vec![KeyMgmt::Open],
        ..home_entry()
    }];
    imitated.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    imitated.pass(Duration::from_secs(5));
    assert_eq!(imitated.station.status().state, StateKind::Associated);
    assert_ne!(imitated.link.address, bench.link.address);
}

#[test]
fn an_address_of_a_period_stays_within_the_association() {
    let hourly = ConnectionOptions {
        stable_id: Some(said("${NETWORK_SSID}${PERIOD:1h}".parse().unwrap())),
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
fn a_connection_is_adopted_under_a_rule_that_hangs_on_what_the_supplicant_knows() {
    let address = Mac([6, 0, 0, 0, 0, 1]);
    let about = NetworkMatch {
        id_strs: vec!["flat".to_owned()],
        securities: vec![KeyMgmt::Psk],
        bssids: vec![HOME_AP],
        ..NetworkMatch::default()
    };
    let rules = vec![rule(about, address)];
    let mut bench = Bench::wishing(ConnectionOptions::default(), rules, true, true, |_, _| {});
    bench.networks[0].id_str = "flat".to_owned();
    bench.air = vec![home_entry()];
    bench.phase = Phase::Connected;
    bench.connected_to = Some(home());
    bench.link.address = address;
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(bench.station.status().state, StateKind::Associated);
    assert_eq!(bench.count(sets_address), 0);
}

#[test]
fn keys_of_another_address_are_forgotten() {
    let mut bench = Bench::connected_with(ConnectionOptions::default(), Vec::new());
    bench.be_away(Duration::from_secs(60));
    assert_eq!(bench.forgot_keys(), [true, false]);
    let mut bench = Bench::connected_with(policy("random"), Vec::new());
    bench.be_away(Duration::from_secs(60));
    assert_eq!(bench.forgot_keys(), [true, true]);
}

#[test]
fn a_record_of_use_ends_with_each_association() {
    let ends: [fn(&mut Bench); 3] = [
        |bench| bench.link_changes(|link| link.up = false),
        Bench::address_is_changed_by_hand,
        |bench| bench.tell(Event::Command(Command::Rejoin(home()))),
    ];
    for end in ends {
        let mut bench = Bench::connected_with(rotating(), Vec::new());
        bench.pass(HOUR / 2);
        bench.done.clear();
        let now = NEW_YEAR + bench.now.as_secs();
        bench.air.clear();
        end(&mut bench);
        let used: Vec<_> = bench
            .remembered()
            .iter()
            .map(|record| record.used)
            .collect();
        assert_eq!(used, [now]);
    }
}

#[test]
fn who_has_a_network_joined_anew_is_told() {
    let mut bench = Bench::connected_with(ConnectionOptions::default(), Vec::new());
    bench.done.clear();
    bench.tell(Event::Command(Command::Rejoin(home())));
    assert_eq!(told_of_home(&bench), [NetworkRemark::Rejoining]);
}

#[test]
fn a_connection_under_another_address_than_its_own_is_told_as_it_is_ended() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.phase = Phase::Connected;
    bench.connected_to = Some(home());
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let address = PERMANENT;
    assert_eq!(
        told_of_home(&bench),
        [NetworkRemark::WrongAddress { address }]
    );
}

fn told_of_home(bench: &Bench) -> Vec<NetworkRemark> {
    let told = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::About { ssid, remark }) if *ssid == home() => Some(*remark),
        _ => None,
    });
    told.collect()
}
