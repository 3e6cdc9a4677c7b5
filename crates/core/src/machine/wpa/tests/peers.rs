//! An address meets only the BSSs for which it was decided.

use super::*;
use crate::address::{NetworkMatch, Origin, Policy, Sourced};

const FAR_AP: Mac = Mac([2, 0, 0, 0, 8, 0]);
const THIRD_AP: Mac = Mac([2, 0, 0, 0, 9, 0]);
const TRUSTED: Mac = Mac([6, 0, 0, 0, 0, 1]);

/// These networks get the address `TRUSTED`.
fn trust(about: NetworkMatch) -> Vec<NetworkRule> {
    let policy = Sourced {
        value: Policy::Explicit(TRUSTED),
        origin: Origin::Arguments,
    };
    vec![NetworkRule {
        about,
        options: ConnectionOptions {
            policy: Some(policy),
            ..ConnectionOptions::default()
        },
        origin: Origin::Arguments,
    }]
}

fn at_home_ap() -> Vec<NetworkRule> {
    trust(NetworkMatch {
        bssids: vec![HOME_AP],
        ..NetworkMatch::default()
    })
}

fn entry(bssid: Mac, signal: i32) -> BssEntry {
    BssEntry {
        bssid,
        signal,
        ..home_entry()
    }
}

fn ready(rules: Vec<NetworkRule>, air: Vec<BssEntry>, networks: Vec<Network>) -> Bench {
    let mut bench =
        Bench::with_options(ConnectionOptions::default(), rules, false, false, |_, _| {});
    (bench.air, bench.networks) = (air, networks);
    bench.handle(supplicant(Supplicant::Appeared));
    bench
}

fn connected(rules: Vec<NetworkRule>, air: Vec<BssEntry>, networks: Vec<Network>) -> Bench {
    let mut bench = ready(rules, air, networks);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.state(), StateKind::Associated);
    bench
}

fn near_and_far() -> Vec<BssEntry> {
    vec![entry(HOME_AP, -40), entry(FAR_AP, -60)]
}

fn supplicant(event: Supplicant) -> Event {
    Event::Backend(WpaEvent::Supplicant(event))
}

/// What the supplicant was last told: BSSs that are denied, and networks with their only BSSs.
fn last_lists(bench: &Bench) -> (Vec<Mac>, Vec<NetworkLimit>) {
    let told = bench.done.iter().rev().find_map(|action| match action {
        Action::Request(
            Request::SelectNetwork { except, limits, .. }
            | Request::AllowRoaming { except, limits, .. },
        ) => Some((except.clone(), limits.clone())),
        _ => None,
    });
    told.unwrap()
}

fn limit(id: u32, bssids: &[Mac]) -> NetworkLimit {
    let bssids = bssids.to_vec();
    NetworkLimit { id, bssids }
}

fn is_cut_off(bench: &Bench) -> bool {
    let remark = |action: &Action| {
        matches!(
            action,
            Action::Notify(Notice::About {
                remark: NetworkRemark::WrongPeer { .. },
                ..
            })
        )
    };
    let failure = |action: &Action| {
        matches!(
            action,
            Action::Notify(Notice::Failed {
                reason: FailReason::WrongPeer { .. },
                ..
            })
        )
    };
    let said = bench.count(remark) + bench.count(failure) == 1;
    said && bench.count_link_downs() > 0 && bench.machine.status().counters.wrong_peers == 1
}

#[test]
fn bsss_with_another_address_are_denied_before_connecting() {
    let bench = connected(at_home_ap(), near_and_far(), vec![home_network()]);
    assert_eq!(bench.link.address, TRUSTED);
    let lists = (vec![FAR_AP], vec![limit(0, &[HOME_AP])]);
    assert_eq!(last_lists(&bench), lists);
    let selected = bench.position(|action| {
        matches!(action, Action::Request(Request::SelectNetwork { limits, .. }) if *limits == lists.1)
    });
    let set = bench.position(
        |action| matches!(action, Action::SetAddress { address, .. } if *address == TRUSTED),
    );
    assert!(selected < set);
}

/// Those that are too far away to be heard are not among the 150 that one command can name.
#[test]
fn bsss_that_were_heard_fill_the_list_of_allowed_ones() {
    let far = |n| entry(Mac([2, 0, 0, 0, 7, n]), -50);
    let far = (0..20).map(far).map(|far| BssEntry {
        frequency: 2412,
        ..far
    });
    let near = (0..160).map(|n| entry(Mac([2, 0, 0, 0, 6, n]), -60));
    let air: Vec<_> = far.chain(near).collect();
    let rules = trust(NetworkMatch {
        bssids: air.iter().map(|entry| entry.bssid).collect(),
        ..NetworkMatch::default()
    });
    let mut bench =
        Bench::with_options(ConnectionOptions::default(), rules, false, false, |_, _| {});
    bench.machine = bench.machine.joined_before(vec![HOME_CHANNEL]);
    bench.air = air;
    bench.handle(supplicant(Supplicant::Appeared));
    bench.pass(Duration::from_secs(1));
    let (_, limits) = last_lists(&bench);
    assert_eq!(limits.len(), 1);
    assert_eq!(limits[0].bssids.len(), 150);
    let is_near = |bssid: &Mac| bssid.0[4] == 6;
    assert!(limits[0].bssids.iter().all(is_near), "{limits:?}");
}

/// A user can make the supplicant roam to it once it is there again.
#[test]
fn bss_with_another_address_that_was_not_heard_is_denied() {
    let unheard = |bssid| BssEntry {
        frequency: 5905,
        ..entry(bssid, -60)
    };
    let home = limit(0, &[HOME_AP]);
    let air = vec![entry(HOME_AP, -40), unheard(FAR_AP)];
    let bench = connected(at_home_ap(), air.clone(), vec![home_network()]);
    assert_eq!(last_lists(&bench), (vec![FAR_AP], vec![home.clone()]));
    let both = trust(NetworkMatch {
        bssids: vec![HOME_AP, FAR_AP],
        ..NetworkMatch::default()
    });
    let bench = connected(both, air, vec![home_network()]);
    assert_eq!(last_lists(&bench), (Vec::new(), vec![home]));
}

#[test]
fn without_such_rules_nothing_is_denied() {
    let mut bench = connected(Vec::new(), near_and_far(), vec![home_network()]);
    assert_eq!(last_lists(&bench), (Vec::new(), Vec::new()));
    bench.done.clear();
    bench.handle(supplicant(Supplicant::ScanResults));
    bench.handle(Event::Mlme(MlmeEvent::Authenticating {
        peer: Some(HOME_AP),
    }));
    assert_eq!(bench.done, []);
}

/// A program added a network and selected it, or another program is a supplicant, too.
#[test]
fn attempt_at_another_network_is_cut_off() {
    let cafe = BssEntry {
        ssid: Ssid::new(b"Cafe").unwrap(),
        ..entry(FAR_AP, -40)
    };
    for (is_connected, rules, other) in [
        (true, Vec::new(), &cafe),
        (false, Vec::new(), &cafe),
        (true, at_home_ap(), &cafe),
        (false, at_home_ap(), &cafe),
        (true, Vec::new(), &entry(FAR_AP, -40)),
    ] {
        let air = vec![entry(HOME_AP, -60), other.clone()];
        let mut bench = ready(rules, Vec::new(), vec![home_network()]);
        (bench.connects, bench.air) = (is_connected, air);
        let begun = [StateKind::Associating, StateKind::Associated];
        for _ in 0..50 {
            if bench.state() != begun[usize::from(is_connected)] {
                bench.pass(Duration::from_millis(100));
            }
        }
        assert_eq!(bench.state(), begun[usize::from(is_connected)]);
        bench.handle(Event::Mlme(MlmeEvent::Authenticating {
            peer: Some(FAR_AP),
        }));
        assert_eq!(
            is_cut_off(&bench),
            *other == cafe,
            "{is_connected} {other:?}"
        );
    }
}

#[test]
fn rule_for_a_security_denies_an_imitation_without_it() {
    let open = BssEntry {
        security: SecurityLevel::Open,
        key_mgmt: vec![KeyMgmt::Open],
        ..entry(FAR_AP, -20)
    };
    let any = Network {
        id: 1,
        open: true,
        key_mgmt: vec![KeyMgmt::Open],
        ..home_network()
    };
    let rules = trust(NetworkMatch {
        securities: vec![KeyMgmt::Psk],
        ..NetworkMatch::default()
    });
    let air = vec![entry(HOME_AP, -60), open];
    let bench = connected(rules, air, vec![home_network(), any]);
    assert_eq!(bench.link.address, TRUSTED);
    let limits = vec![limit(0, &[HOME_AP]), limit(1, &[])];
    assert_eq!(last_lists(&bench), (vec![FAR_AP], limits));
}

#[test]
fn only_the_chosen_of_two_networks_may_join() {
    let trusted = Network {
        id: 1,
        id_str: "trusted".to_owned(),
        ..home_network()
    };
    let rules = || {
        trust(NetworkMatch {
            id_strs: vec!["trusted".to_owned()],
            ..NetworkMatch::default()
        })
    };
    let networks = vec![home_network(), trusted];
    let mut bench = connected(rules(), near_and_far(), networks.clone());
    assert_eq!(bench.link.address, home_address());
    assert_eq!(last_lists(&bench), (Vec::new(), vec![limit(1, &[])]));
    let other = Supplicant::Connected {
        bssid: HOME_AP,
        id: Some(1),
    };
    bench.done.clear();
    bench.handle(supplicant(other));
    assert!(is_cut_off(&bench));
    let preferred = [
        networks[0].clone(),
        Network {
            priority: 1,
            ..networks[1].clone()
        },
    ];
    let bench = connected(rules(), near_and_far(), preferred.to_vec());
    assert_eq!(bench.link.address, TRUSTED);
    assert_eq!(last_lists(&bench), (Vec::new(), vec![limit(0, &[])]));
}

#[test]
fn attempt_at_a_denied_bss_is_cut_off() {
    let events = [
        Event::Mlme(MlmeEvent::Authenticating { peer: Some(FAR_AP) }),
        Event::Mlme(MlmeEvent::Associated { peer: FAR_AP }),
        supplicant(Supplicant::Connecting { bssid: FAR_AP }),
        supplicant(Supplicant::Connecting { bssid: THIRD_AP }),
    ];
    for event in events {
        let mut bench = ready(at_home_ap(), Vec::new(), vec![home_network()]);
        bench.connects = false;
        bench.air = near_and_far();
        while bench.state() != StateKind::Associating {
            bench.pass(Duration::from_millis(100));
        }
        bench.done.clear();
        bench.handle(event.clone());
        assert!(is_cut_off(&bench), "{event:?}");
        bench.connects = true;
        bench.pass(Duration::from_secs(20));
        assert_eq!(bench.state(), StateKind::Associated, "{event:?}");
    }
}

#[test]
fn roaming_to_a_denied_bss_is_cut_off() {
    let frame = MlmeEvent::Authenticated {
        station: TRUSTED,
        peer: FAR_AP,
    };
    let events = [
        Event::Mlme(MlmeEvent::Authenticating { peer: Some(FAR_AP) }),
        Event::Mlme(frame),
        supplicant(Supplicant::Connecting { bssid: FAR_AP }),
        supplicant(Supplicant::Connected {
            bssid: FAR_AP,
            id: Some(0),
        }),
    ];
    for event in events {
        let mut bench = connected(at_home_ap(), near_and_far(), vec![home_network()]);
        bench.done.clear();
        bench.handle(event.clone());
        assert!(is_cut_off(&bench), "{event:?}");
        bench.pass(Duration::from_secs(5));
        assert_eq!(bench.state(), StateKind::Associated, "{event:?}");
        assert_eq!(last_lists(&bench).0, [FAR_AP]);
    }
}

#[test]
fn bss_that_appears_while_connected_is_denied_or_allowed() {
    let rules = trust(NetworkMatch {
        bssids: vec![HOME_AP, THIRD_AP],
        ..NetworkMatch::default()
    });
    let mut bench = connected(rules, vec![entry(HOME_AP, -40)], vec![home_network()]);
    assert_eq!(last_lists(&bench), (Vec::new(), vec![limit(0, &[HOME_AP])]));
    bench.air.extend([entry(FAR_AP, -50), entry(THIRD_AP, -45)]);
    bench.handle(supplicant(Supplicant::ScanResults));
    let limits = vec![limit(0, &[HOME_AP, THIRD_AP])];
    assert_eq!(last_lists(&bench), (vec![FAR_AP], limits));
    bench.done.clear();
    bench.handle(supplicant(Supplicant::ScanResults));
    assert_eq!(bench.done.len(), 1, "the same lists are not sent again");
    bench.handle(supplicant(Supplicant::Connecting { bssid: THIRD_AP }));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn unknown_bss_is_looked_up_before_it_is_judged() {
    let rules = || {
        trust(NetworkMatch {
            bssids: vec![HOME_AP, THIRD_AP],
            ..NetworkMatch::default()
        })
    };
    for (bssid, is_allowed) in [(THIRD_AP, true), (FAR_AP, false)] {
        let mut bench = connected(rules(), vec![entry(HOME_AP, -40)], vec![home_network()]);
        bench.air.push(entry(bssid, -50));
        bench.done.clear();
        bench.handle(supplicant(Supplicant::Connecting { bssid }));
        assert_eq!(is_cut_off(&bench), !is_allowed, "{bssid}");
    }
}

#[test]
fn connection_to_a_bss_with_another_address_is_not_adopted() {
    let adopted = |address| {
        let rules = at_home_ap();
        let defaults = ConnectionOptions::default();
        let mut bench = Bench::with_options(defaults, rules, true, true, |_, _| {});
        (bench.phase, bench.connected_to) = (Phase::Connected, Some(home()));
        bench.air = near_and_far();
        bench.link_changes(|link| link.address = address);
        bench.handle(supplicant(Supplicant::Appeared));
        bench
    };
    let is_adopted = |action: &Action| {
        matches!(
            action,
            Action::Notify(Notice::Connected { adopted: true, .. })
        )
    };
    assert_eq!(adopted(home_address()).count(is_adopted), 0);
    let bench = adopted(TRUSTED);
    assert_eq!(bench.count(is_adopted), 1);
    let lists = (vec![FAR_AP], vec![limit(0, &[HOME_AP])]);
    assert_eq!(last_lists(&bench), lists);
}

#[test]
fn random_address_is_not_shared_with_another_policy() {
    let random = Sourced {
        value: Policy::Random,
        origin: Origin::Arguments,
    };
    let mut rules = trust(NetworkMatch {
        bssids: vec![FAR_AP],
        ..NetworkMatch::default()
    });
    rules[0].options.policy = Some(random);
    let bench = connected(rules, near_and_far(), vec![home_network()]);
    assert_eq!(bench.link.address, home_address());
    assert_eq!(
        last_lists(&bench),
        (vec![FAR_AP], vec![limit(0, &[HOME_AP])])
    );
}
