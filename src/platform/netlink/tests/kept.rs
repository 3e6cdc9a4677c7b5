//! What a link cycle removes is there again in the same network, and nothing of it in another one.

use std::fs;

use super::super::links::Links;
use super::namespace::{ip, run_in_namespace};
use macveil_core::machine::How;
use macveil_core::types::{Mac, Ssid};

const MASK: Mac = Mac([0x06, 0x11, 0x22, 0x33, 0x44, 0x55]);
const MLD_VERSION: &str = "/proc/sys/net/ipv6/conf/card/force_mld_version";

fn in_namespace(test: &str, body: impl FnOnce(u32, Links)) {
    run_in_namespace(&format!("kept::{test}"), || {
        ip("link add card type veth peer name peer");
        ip("link set peer up");
        ip("link set card up");
        let number = ip("-o link show card");
        let number = number.split(':').next().map(str::parse);
        body(number.unwrap().unwrap(), Links::open().unwrap());
    });
}

fn home() -> Ssid {
    Ssid::new(b"Home").unwrap()
}

fn cafe() -> Ssid {
    Ssid::new(b"Cafe").unwrap()
}

fn configure() {
    for words in [
        "address add 10.0.0.2/24 dev card",
        "address add fd00::2/64 dev card nodad",
        "route add 192.168.7.1 dev card scope link",
        "route add default via 10.0.0.1 metric 600 proto static",
        "route add default via 192.168.7.1 metric 900 src 10.0.0.2",
        "route add 10.9.0.0/16 via 10.0.0.1 table 77 proto dhcp",
        "route add 10.8.0.0/16 via 172.16.0.1 dev card onlink mtu 1300",
        "-6 route add fd01::/64 via fd00::1 metric 50",
        "-6 route add default via fe80::1 dev card proto static table 77",
    ] {
        ip(words);
    }
}

/// Everything but what the kernel makes of the link's address.
fn state() -> Vec<String> {
    let shown = [
        ip("-4 -o address show dev card"),
        ip("-6 -o address show dev card scope global"),
        ip("-4 route show table all dev card"),
        ip("-6 route show table all dev card"),
    ];
    let lines = shown.iter().flat_map(|it| it.lines());
    let is_kept = |line: &&str| !line.contains("proto kernel") || line.starts_with("fd00::");
    let line = |line: &str| line.trim().replace(" linkdown", "");
    let mut lines: Vec<_> = lines.filter(is_kept).map(line).collect();
    lines.sort();
    lines
}

fn cycle(links: &mut Links, ifindex: u32) {
    links.set_address(ifindex, MASK, How::Cycle).unwrap();
    links.bring_up(ifindex).unwrap();
}

#[test]
fn cycle_in_one_network_loses_nothing() {
    in_namespace("cycle_in_one_network_loses_nothing", |card, mut links| {
        links.enter_network(card, &home());
        configure();
        let before = state();
        for _ in 0..2 {
            // One mask follows the other.
            for _ in 0..3 {
                cycle(&mut links, card);
                assert!(state().len() < before.len() / 2, "{:?}", state());
            }
            links.enter_network(card, &home());
            assert_eq!(state(), before);
        }
    });
}

#[test]
fn routes_from_before_the_first_network_are_kept() {
    in_namespace(
        "routes_from_before_the_first_network_are_kept",
        |card, mut links| {
            cycle(&mut links, card);
            configure();
            let before = state();
            cycle(&mut links, card);
            links.enter_network(card, &home());
            assert_eq!(state(), before);
        },
    );
}

#[test]
fn route_removed_by_the_user_stays_away() {
    in_namespace("route_removed_by_the_user_stays_away", |card, mut links| {
        configure();
        cycle(&mut links, card);
        links.enter_network(card, &home());
        ip("route del default via 10.0.0.1");
        ip("-6 route del fd01::/64");
        ip("address del fd00::2/64 dev card");
        let before = state();
        cycle(&mut links, card);
        links.enter_network(card, &home());
        assert_eq!(state(), before);
    });
}

#[test]
fn client_that_takes_its_address_away_sets_routes_itself() {
    in_namespace(
        "client_that_takes_its_address_away_sets_routes_itself",
        |card, mut links| {
            links.enter_network(card, &home());
            configure();
            cycle(&mut links, card);
            ip("address del 10.0.0.2/24 dev card");
            links.enter_network(card, &home());
            assert_eq!(ip("route show dev card"), "");
            assert!(!ip("-6 address show dev card").contains("fd00::2"));
        },
    );
}

#[test]
fn other_network_learns_nothing_of_the_last_one() {
    in_namespace(
        "other_network_learns_nothing_of_the_last_one",
        |card, mut links| {
            configure();
            let own = state();
            cycle(&mut links, card);
            links.enter_network(card, &home());
            assert_eq!(state(), own);
            // As a client does.
            ip("address add 10.5.0.9/24 dev card valid_lft 600 preferred_lft 600");
            ip("address add 10.6.0.9/24 dev card");
            ip("address add fd05::9/64 dev card nodad");
            ip("route add 10.7.0.0/16 via 10.5.0.1");
            cycle(&mut links, card);
            links.leave_network(card);
            cycle(&mut links, card);
            links.enter_network(card, &cafe());
            let there = state().join("\n");
            for network in ["10.5.", "10.6.", "10.7.", "10.8.", "fd05:", "default"] {
                assert!(!there.contains(network), "{network} in {there}");
            }
            for address in ["inet 10.0.0.2/24", "inet6 fd00::2/64"] {
                assert!(there.contains(address), "{there}");
            }
            links.leave_network(card);
            cycle(&mut links, card);
            links.enter_network(card, &home());
            // The client's address is gone, so the client has to ask again.
            assert!(!state().join("\n").contains("10.5."));
        },
    );
}

#[test]
fn static_routes_return_with_their_network() {
    in_namespace(
        "static_routes_return_with_their_network",
        |card, mut links| {
            configure();
            cycle(&mut links, card);
            links.enter_network(card, &home());
            let before = state();
            cycle(&mut links, card);
            links.leave_network(card);
            cycle(&mut links, card);
            links.enter_network(card, &cafe());
            assert!(!state().join("\n").contains("default"));
            cycle(&mut links, card);
            links.leave_network(card);
            cycle(&mut links, card);
            links.enter_network(card, &home());
            assert_eq!(state(), before);
        },
    );
}

#[test]
fn mld_version_is_held_until_the_release() {
    in_namespace(
        "mld_version_is_held_until_the_release",
        |card, mut links| {
            let version = || fs::read_to_string(MLD_VERSION).unwrap();
            assert_eq!(version().trim(), "0");
            links.enter_network(card, &home());
            cycle(&mut links, card);
            links.enter_network(card, &cafe());
            assert_eq!(version().trim(), "1");
            links.release(card);
            assert_eq!(version().trim(), "0");
        },
    );
}
