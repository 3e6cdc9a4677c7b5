//! A weak signal makes macveil listen for a better access point, and the supplicant move to it.

use super::*;
use crate::address::{NetworkMatch, Origin, Policy, Sourced};

const NEAR_AP: Mac = Mac([2, 0, 0, 0, 8, 0]);
const NEAR_CHANNEL: u32 = 2412;

fn entry(bssid: Mac, signal: i32) -> BssEntry {
    BssEntry {
        bssid,
        signal,
        frequency: NEAR_CHANNEL,
        ..home_entry()
    }
}

/// Connected to `HOME_AP`, whose signal is -75 dBm, while these are on the air, too.
fn connected_near(others: &[BssEntry]) -> Bench {
    connected_with(Vec::new(), others)
}

fn connected_with(rules: Vec<NetworkRule>, others: &[BssEntry]) -> Bench {
    let mut bench =
        Bench::with_options(ConnectionOptions::default(), rules, false, false, |_, _| {});
    bench.is_watched = true;
    bench.air = vec![home_entry()];
    bench.handle(supplicant(Supplicant::Appeared));
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.state(), StateKind::Associated);
    bench.air[0].signal = -75;
    bench.air.extend_from_slice(others);
    bench.done.clear();
    bench
}

fn supplicant(event: Supplicant) -> Event {
    Event::Backend(WpaEvent::Supplicant(event))
}

fn signal(bench: &mut Bench, signal: i32) {
    bench.handle(supplicant(Supplicant::SignalChanged {
        weak: signal < -70,
        signal,
    }));
    bench.pass(Duration::from_millis(1));
}

fn moves_to(bench: &Bench, bssid: Mac) -> bool {
    bench.count_requests(&Request::Roam { bssid }) > 0
}

fn moves(bench: &Bench) -> usize {
    bench.count(|action| matches!(action, Action::Request(Request::Roam { .. })))
}

/// How often all channels were searched, one after the other.
fn searches(bench: &Bench) -> usize {
    let visits = scans(bench).concat();
    for channel in [2412, HOME_CHANNEL, 5180] {
        let times = visits.iter().filter(|visited| **visited == channel);
        assert_eq!(times.count() * 3, visits.len(), "{channel}");
    }
    visits.len() / 3
}

/// Of each scan, the channels; none sends a probe request.
fn scans(bench: &Bench) -> Vec<Vec<Frequency>> {
    let asks = |it: &Action| matches!(it, Action::Scan(scan) if !scan.ssids.is_empty());
    assert_eq!(bench.count(asks), 0, "it only listens");
    bench.scanned_channels()
}

#[test]
fn weak_signal_makes_it_move_to_the_strongest_access_point() {
    let third = Mac([2, 0, 0, 0, 9, 0]);
    let mut bench = connected_near(&[entry(third, -60), entry(NEAR_AP, -50)]);
    bench.pass(Duration::from_secs(60));
    assert_eq!(scans(&bench), Vec::<Vec<u32>>::new(), "the signal is good");
    signal(&mut bench, -75);
    assert!(moves_to(&bench, NEAR_AP), "{:#?}", bench.done);
    assert_eq!(moves(&bench), 1);
    assert_eq!(bench.state(), StateKind::Associated);
    assert_eq!(bench.count_link_downs(), 0);
}

#[test]
fn access_point_that_is_not_clearly_better_is_left() {
    for (other, expected) in [(-75, 0), (-68, 0), (-67, 1)] {
        let mut bench = connected_near(&[entry(NEAR_AP, other)]);
        signal(&mut bench, -75);
        assert_eq!(moves(&bench), expected, "{other}");
        assert_eq!(scans(&bench).len(), 2 - expected, "two bands, or one");
    }
}

#[test]
fn access_point_of_another_kind_or_name_is_left() {
    let open = BssEntry {
        security: SecurityLevel::Open,
        key_mgmt: Vec::new(),
        ..entry(NEAR_AP, -40)
    };
    let named_otherwise = BssEntry {
        ssid: Ssid::new(b"Other").unwrap(),
        ..entry(NEAR_AP, -40)
    };
    for (impostor, looked_up) in [(open, 1), (named_otherwise, 0)] {
        let mut bench = connected_near(&[impostor]);
        signal(&mut bench, -75);
        assert_eq!(bench.count(requests_bss), looked_up);
        assert_eq!(moves(&bench), 0);
    }
}

/// These access points, and no others, get an address of their own.
fn rule(bssids: &[Mac]) -> Vec<NetworkRule> {
    let policy = Sourced {
        value: Policy::Explicit(Mac([6, 0, 0, 0, 0, 1])),
        origin: Origin::Arguments,
    };
    vec![NetworkRule {
        about: NetworkMatch {
            bssids: bssids.to_vec(),
            ..NetworkMatch::default()
        },
        options: ConnectionOptions {
            policy: Some(policy),
            ..ConnectionOptions::default()
        },
        origin: Origin::Arguments,
    }]
}

#[test]
fn access_point_that_may_not_see_the_address_is_left() {
    for (bssids, expected) in [(&[HOME_AP][..], 0), (&[HOME_AP, NEAR_AP], 1)] {
        let mut bench = connected_with(rule(bssids), &[entry(NEAR_AP, -40)]);
        signal(&mut bench, -75);
        assert_eq!(scans(&bench).len(), 1);
        assert_eq!(moves(&bench), expected, "{bssids:?}: {:#?}", bench.done);
    }
}

/// The kernel has forgotten the access point, so the supplicant gives up, and the kernel, which has begun
/// nothing, reports nothing.
#[test]
fn move_that_fails_before_its_first_frame_is_a_loss() {
    let mut bench = connected_near(&[entry(NEAR_AP, -60)]);
    bench.phase = Phase::Idle;
    bench.handle(supplicant(Supplicant::Connecting { bssid: NEAR_AP }));
    bench.pass(Duration::from_secs(5));
    assert_eq!(
        bench.count_requests(&Request::Connect),
        1,
        "{:#?}",
        bench.done
    );
    assert_eq!(bench.phase, Phase::Connected);
    assert_eq!(bench.state(), StateKind::Associated);
}

/// Two channels of the network are known.
fn connected_on_another_channel() -> Bench {
    let mut bench = connected_near(&[]);
    bench.frequency = NEAR_CHANNEL;
    bench.handle(supplicant(Supplicant::Disconnected {
        reason: 3,
        local: true,
    }));
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.state(), StateKind::Associated);
    bench.done.clear();
    bench
}

#[test]
fn channels_of_the_network_are_heard_first() {
    let others = vec![5180];
    let mut bench = connected_near(&[]);
    signal(&mut bench, -75);
    let band = vec![2412, HOME_CHANNEL];
    assert_eq!(scans(&bench), [band, others.clone()], "one is known");
    let mut bench = connected_on_another_channel();
    signal(&mut bench, -75);
    let known = vec![NEAR_CHANNEL, HOME_CHANNEL];
    assert_eq!(scans(&bench), [known.clone(), others]);
    bench.done.clear();
    bench.air.push(entry(NEAR_AP, -40));
    bench.pass(Duration::from_secs(60));
    assert_eq!(scans(&bench), [known]);
    assert!(moves_to(&bench, NEAR_AP));
}

#[test]
fn access_point_heard_before_the_connection_is_heard_first() {
    let mut bench = Bench::idle();
    bench.is_watched = true;
    let other = BssEntry {
        frequency: 5180,
        ..entry(NEAR_AP, -80)
    };
    bench.air = vec![home_entry(), other];
    bench.handle(supplicant(Supplicant::Appeared));
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.state(), StateKind::Associated);
    bench.air[0].signal = -75;
    bench.air[1].signal = -50;
    bench.done.clear();
    signal(&mut bench, -75);
    assert_eq!(scans(&bench), [[HOME_CHANNEL, 5180]]);
    assert!(moves_to(&bench, NEAR_AP), "{:#?}", bench.done);
}

#[test]
fn lasting_weak_signal_costs_four_searches() {
    let mut bench = connected_near(&[]);
    signal(&mut bench, -75);
    bench.pass(Duration::from_secs(86_400));
    assert_eq!(searches(&bench), 4);
    bench.done.clear();
    signal(&mut bench, -79);
    bench.pass(Duration::from_secs(86_400));
    assert_eq!(searches(&bench), 4);
}

#[test]
fn searches_end_with_the_weak_signal() {
    let mut bench = connected_near(&[]);
    signal(&mut bench, -75);
    signal(&mut bench, -60);
    bench.pass(Duration::from_secs(86_400));
    assert_eq!(searches(&bench), 1);
}

#[test]
fn trembling_signal_costs_one_search_in_ten_seconds() {
    let mut bench = connected_near(&[]);
    for step in 0..100 {
        signal(&mut bench, if step % 2 == 0 { -75 } else { -60 });
        bench.pass(Duration::from_millis(600));
    }
    let count = searches(&bench);
    assert!((2..=7).contains(&count), "{count} in a minute");
}

#[test]
fn report_at_the_end_of_a_search_does_not_discard_it() {
    let mut bench = connected_near(&[entry(NEAR_AP, -40)]);
    bench.scans = Scans::NeverEnding;
    signal(&mut bench, -75);
    bench.pass(Duration::from_secs(12));
    bench.scans = Scans::Done;
    bench.silent = true;
    bench.handle(Event::Scan(ScanEvent::Ended));
    bench.handle(supplicant(Supplicant::ScanResults));
    signal(&mut bench, -79);
    bench.silent = false;
    let bssids = vec![NEAR_AP];
    for event in bench.supplicant_reply(Request::ListNetworks { bssids }) {
        bench.handle(event);
    }
    assert_eq!(scans(&bench).len(), 1, "{:#?}", bench.done);
    assert!(moves_to(&bench, NEAR_AP), "{:#?}", bench.done);
}

#[test]
fn signal_that_is_weak_from_the_start_waits_for_the_lease() {
    let mut bench = Bench::idle();
    bench.air = vec![home_entry(), entry(NEAR_AP, -30)];
    bench.air[0].signal = -75;
    bench.air[1].frequency = 5180;
    bench.silent = false;
    bench.handle(supplicant(Supplicant::Appeared));
    bench.pass(Duration::from_secs(5));
    let begun = bench.done.len();
    signal(&mut bench, -75);
    bench.pass(Duration::from_secs(3));
    assert_eq!(moves(&bench), 0, "{:#?}", &bench.done[begun..]);
    bench.pass(Duration::from_secs(10));
    assert_eq!(moves(&bench), 1, "{:#?}", &bench.done[begun..]);
}

#[test]
fn scan_of_the_user_is_not_lost_to_a_search() {
    let mut bench = connected_on_another_channel();
    bench.air.push(BssEntry {
        frequency: 5180,
        ssid: Ssid::new(b"Other").unwrap(),
        ..entry(NEAR_AP, -40)
    });
    bench.scans = Scans::NeverEnding;
    signal(&mut bench, -75);
    bench.handle(Event::Command(Command::Scan));
    assert_eq!(scans(&bench).len(), 1);
    bench.scans = Scans::Done;
    bench.handle(Event::Scan(ScanEvent::Ended));
    assert_eq!(scans(&bench)[1].len(), 3, "all channels, for the user");
    let told = |action: &Action| matches!(action, Action::Notify(Notice::UserScan { passive: true, found: Ok(found), .. }) if found.len() == 2);
    assert_eq!(bench.count(told), 1, "{:#?}", bench.done);
}
