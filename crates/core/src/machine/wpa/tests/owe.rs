//! An open BSS and a hidden one with OWE that name each other.

use super::*;

const HIDDEN: Mac = Mac([2, 0, 0, 0, 8, 0]);
const OTHER_HIDDEN: Mac = Mac([2, 0, 0, 0, 8, 1]);

fn ssid(name: &str) -> Ssid {
    Ssid::new(name.as_bytes()).unwrap()
}

/// Both halves in the air; the SSID of the hidden one is not known yet.
fn bench(key_mgmt: KeyMgmt) -> Bench {
    let mut bench = Bench::idle();
    let open = BssEntry {
        security: SecurityLevel::Open,
        key_mgmt: vec![KeyMgmt::Open],
        owe_open_half: true,
        ..home_entry()
    };
    bench.air = vec![open, encrypted("")];
    let names = |bssid, name| OweTransition {
        bssid,
        ssid: ssid(name),
    };
    bench.halves = vec![
        (HOME_AP, names(HIDDEN, "Home-OWE")),
        (HIDDEN, names(HOME_AP, "Home")),
        (OTHER_HIDDEN, names(HOME_AP, "Home")),
    ];
    bench.networks = vec![Network {
        open: true,
        key_mgmt: vec![key_mgmt],
        ..home_network()
    }];
    bench
}

fn encrypted(name: &str) -> BssEntry {
    BssEntry {
        bssid: HIDDEN,
        ssid: ssid(name),
        security: SecurityLevel::Owe,
        key_mgmt: vec![KeyMgmt::Owe],
        ..home_entry()
    }
}

fn directed(bench: &Bench) -> Vec<(Vec<Frequency>, Vec<Ssid>)> {
    let scans = bench.done.iter().filter_map(|action| match action {
        Action::Scan(scan) if scan.ssids.iter().any(|ssid| !ssid.is_hidden()) => {
            Some((scan.frequencies.clone(), scan.ssids.clone()))
        }
        _ => None,
    });
    scans.collect()
}

fn appear(bench: &mut Bench) {
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(5));
}

#[test]
fn hidden_half_is_named_under_a_mask_and_then_joined() {
    let mut bench = bench(KeyMgmt::Owe);
    appear(&mut bench);
    let expected = (vec![HOME_CHANNEL], vec![ssid("Home-OWE")]);
    assert_eq!(directed(&bench), [expected]);
    assert!(bench.is_masked());
    assert_eq!(bench.state(), StateKind::Scanning);
    bench.air.push(encrypted("Home-OWE"));
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.state(), StateKind::Associated);
    let selected = bench.done.iter().find_map(|action| match action {
        Action::Request(Request::SelectNetwork { ssid, except, .. }) => Some((ssid, except)),
        _ => None,
    });
    assert_eq!(selected, Some((&home(), &vec![HOME_AP])));
    assert!(bench.done.iter().any(|action| matches!(
        action,
        Action::Notify(Notice::Associating { bssid: HIDDEN, .. })
    )));
}

#[test]
fn open_half_that_appears_later_is_denied() {
    let mut bench = bench(KeyMgmt::Owe);
    bench.air.push(encrypted("Home-OWE"));
    appear(&mut bench);
    assert_eq!(bench.state(), StateKind::Associated);
    let another = Mac([2, 0, 0, 0, 9, 0]);
    let half = BssEntry {
        bssid: another,
        ..bench.air[0].clone()
    };
    bench.air.push(half);
    bench.done.clear();
    let results = Supplicant::ScanResults;
    bench.handle(Event::Backend(WpaEvent::Supplicant(results)));
    let told = bench.position(|action| {
        matches!(action, Action::Request(Request::AllowRoaming { except, .. }) if *except == [HOME_AP, another])
    });
    assert_eq!(told, 1);
}

#[test]
fn network_without_owe_joins_the_open_half_unasked() {
    let mut bench = bench(KeyMgmt::Open);
    appear(&mut bench);
    assert_eq!(directed(&bench), []);
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn open_half_alone_is_not_joined_with_owe() {
    let mut bench = bench(KeyMgmt::Owe);
    bench.air.truncate(1);
    appear(&mut bench);
    let listens = |action: &Action| matches!(action, Action::Scan(scan) if scan.ssids.is_empty() && scan.frequencies == [HOME_CHANNEL]);
    assert_eq!(bench.count(listens), 1);
    bench.pass(Duration::from_secs(60));
    assert!((2..6).contains(&bench.count(listens)));
    assert_eq!(directed(&bench), []);
    assert_eq!(bench.state(), StateKind::Scanning);
}

fn connected() -> Bench {
    let mut bench = bench(KeyMgmt::Owe);
    bench.air.push(encrypted("Home-OWE"));
    appear(&mut bench);
    assert_eq!(bench.state(), StateKind::Associated);
    bench.done.retain(is_scan);
    bench
}

/// It can be in the air again while macveil does not run.
#[test]
fn open_half_that_left_the_table_stays_denied() {
    let mut bench = connected();
    bench.air.remove(0);
    bench.done.clear();
    let results = Supplicant::ScanResults;
    bench.handle(Event::Backend(WpaEvent::Supplicant(results)));
    let lists = |action: &Action| matches!(action, Action::Request(Request::ListNetworks { .. }));
    assert_eq!(bench.count(lists), 1);
    assert_eq!(bench.done.len(), 1, "{:?}", bench.done);
}

#[test]
fn roaming_to_another_hidden_half_is_not_cut_off() {
    let mut bench = connected();
    bench.air.push(BssEntry {
        bssid: OTHER_HIDDEN,
        ..encrypted("Home-OWE")
    });
    let peer = Some(OTHER_HIDDEN);
    bench.handle(Event::Mlme(MlmeEvent::Authenticating { peer }));
    assert_eq!(bench.count(|action| *action == Action::GetScanResults), 1);
    assert_eq!(bench.count_link_downs(), 0);
    assert_eq!(bench.state(), StateKind::Associated);
}
