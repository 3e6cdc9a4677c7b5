//! The judge of what a station says above the link, against packets with one leak each.

use std::net::{Ipv4Addr, Ipv6Addr};

use macveil_testkit::air::Mac;
use macveil_testkit::judge::identity::{self, Lans};
use macveil_testkit::judge::{AccessPoint, Brief, Leak, Leaks};
use macveil_testkit::lan::{Content, Packet};
use macveil_testkit::scenarios::Subnet;

const CAFE: Mac = Mac([2, 0, 0, 0, 1, 0]);
const HOME: Mac = Mac([2, 0, 0, 0, 2, 0]);
const PERMANENT: Mac = Mac([2, 0, 0, 0, 0, 0]);
/// The station's addresses.
const AT_CAFE: Mac = Mac([0x0a, 1, 1, 1, 1, 1]);
const AT_HOME: Mac = Mac([0x0a, 2, 2, 2, 2, 2]);
const BROADCAST: [u8; 6] = [0xff; 6];
const CAFE_GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 1);
const HOME_GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 2, 0, 1);

fn frame(from: Mac, kind: [u8; 2], body: &[u8]) -> Vec<u8> {
    [&BROADCAST[..], &from.0, &kind, body].concat()
}

fn arp(from: Mac, sender: Ipv4Addr, target: Ipv4Addr) -> Vec<u8> {
    let head = [0, 1, 8, 0, 6, 4, 0, 1];
    let body = [
        &head[..],
        &from.0,
        &sender.octets(),
        &[0; 6],
        &target.octets(),
    ]
    .concat();
    frame(from, [8, 6], &body)
}

/// A request from port 68 to port 67, with these options.
fn dhcp(from: Mac, hardware: Mac, options: &[u8]) -> Vec<u8> {
    let mut message = vec![0; 236];
    message[28..34].copy_from_slice(&hardware.0);
    message.extend([0x63, 0x82, 0x53, 0x63]);
    message.extend(options);
    let mut ip = [0; 20];
    (ip[0], ip[9]) = (0x45, 17);
    ip[16..20].fill(255);
    let udp = [0, 68, 0, 67, 0, 0, 0, 0];
    frame(from, [8, 0], &[&ip[..], &udp, &message].concat())
}

/// A report of version 2 with one group.
fn mld(from: Mac, group: &str) -> Vec<u8> {
    let group: Ipv6Addr = group.parse().expect("an address");
    let mut ip = [0; 40];
    (ip[0], ip[6]) = (0x60, 0);
    let option = [58, 0, 5, 2, 0, 0, 1, 0];
    let report = [143, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0];
    let body = [&ip[..], &option, &report, &group.octets()].concat();
    frame(from, [0x86, 0xdd], &body)
}

/// From the link-local address that is made from this hardware address.
fn ipv6(source: Mac, made_from: Mac, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut ip = [0; 40];
    (ip[0], ip[6]) = (0x60, protocol);
    ip[8..24].copy_from_slice(&made("fe80::", made_from).octets());
    frame(source, [0x86, 0xdd], &[&ip[..], payload].concat())
}

/// Of a prefix and a hardware address.
fn made(prefix: &str, Mac([a, rest @ ..]): Mac) -> Ipv6Addr {
    let mut bytes = prefix.parse::<Ipv6Addr>().expect("a prefix").octets();
    bytes[8] = a ^ 2;
    bytes[9..11].copy_from_slice(&rest[..2]);
    bytes[11..13].copy_from_slice(&[0xff, 0xfe]);
    bytes[13..].copy_from_slice(&rest[2..]);
    bytes.into()
}

fn neighbour(source: Mac, target: &str) -> Vec<u8> {
    let target: Ipv6Addr = target.parse().expect("an address");
    let message = [&[135, 0, 0, 0, 0, 0, 0, 0][..], &target.octets()].concat();
    ipv6(source, source, 58, &message)
}

fn router_solicitation(source: Mac, hardware: Mac) -> Vec<u8> {
    let message = [&[133, 0, 0, 0, 0, 0, 0, 0, 1, 1][..], &hardware.0].concat();
    ipv6(source, source, 58, &message)
}

fn option6(code: u8, value: &[u8]) -> Vec<u8> {
    [&[0, code, 0, value.len() as u8], value].concat()
}

/// A request from port 546 to port 547.
fn dhcp6(source: Mac, options: &[Vec<u8>]) -> Vec<u8> {
    let begin = [2, 0x22, 2, 0x23, 0, 0, 0, 0, 3, 1, 2, 3];
    ipv6(
        source,
        source,
        17,
        &[&begin[..], &options.concat()].concat(),
    )
}

/// By the hardware address (DUID-LL).
fn duid(of: Mac) -> Vec<u8> {
    option6(1, &[&[0, 3, 0, 1][..], &of.0].concat())
}

/// With the number of an interface, and an address that it has.
fn association(number: u8, address: &str) -> Vec<u8> {
    let address: Ipv6Addr = address.parse().expect("an address");
    let has = option6(5, &[&address.octets()[..], &[0; 8]].concat());
    let head = [0x46, 0x9e, 0x42, number, 0, 0, 0, 0, 0, 0, 0, 0];
    option6(3, &[&head[..], &has].concat())
}

/// Each frame with the access point that it came to.
fn leaks(frames: &[(Mac, Vec<u8>)]) -> Leaks {
    let ap = |name: &str, subnet| AccessPoint {
        name: name.to_owned(),
        ssid: name.into(),
        subnet: Some(Subnet(subnet)),
        leases_ipv6: true,
        may_see_permanent: Vec::new(),
    };
    let brief = Brief {
        permanent: [(PERMANENT, "wlan0".to_owned())].into(),
        access_points: [
            (CAFE, ap("cafe", [10, 1, 0])),
            (HOME, ap("home", [10, 2, 0])),
        ]
        .into(),
        ..Brief::default()
    };
    let mut lans = Lans::new();
    for (index, (bssid, frame)) in frames.iter().enumerate() {
        let packet = Packet::read(index + 1, index as u64, frame).expect("a packet");
        assert_ne!(packet.content, Content::Other);
        lans.entry(*bssid).or_default().push(packet);
    }
    let mut leaks = Leaks::default();
    identity::apply(&lans, &brief, &mut leaks);
    leaks
}

fn only(leak: Leak, count: usize, frames: &[(Mac, Vec<u8>)]) {
    let found = leaks(frames);
    let all: Vec<_> = found.broken().map(|(leak, at)| (leak, at.len())).collect();
    assert_eq!(all, [(leak, count)], "{found:?}");
}

#[test]
fn nothing_in_common_passes() {
    let found = leaks(&[
        (CAFE, arp(AT_CAFE, [10, 1, 0, 100].into(), CAFE_GATEWAY)),
        (CAFE, mld(AT_CAFE, "ff02::1:ff01:0101")),
        (CAFE, dhcp(AT_CAFE, AT_CAFE, &[61, 7, 1, 10, 1, 1, 1, 1, 1])),
        (HOME, dhcp(AT_HOME, AT_HOME, &[61, 7, 1, 10, 2, 2, 2, 2, 2])),
        (HOME, mld(AT_HOME, "ff02::1:ff02:0202")),
        (HOME, mld(AT_HOME, "ff02::2")),
        (CAFE, mld(AT_CAFE, "ff02::2")),
        (HOME, arp(AT_HOME, [10, 2, 0, 100].into(), HOME_GATEWAY)),
        (CAFE, router_solicitation(AT_CAFE, AT_CAFE)),
        (HOME, router_solicitation(AT_HOME, AT_HOME)),
        (CAFE, neighbour(AT_CAFE, "fd0a:1::1")),
        (HOME, neighbour(AT_HOME, "fd0a:2::1")),
        (
            CAFE,
            dhcp6(
                AT_CAFE,
                &[duid(AT_CAFE), association(1, "fd0a:1::1234:5678")],
            ),
        ),
        (
            HOME,
            dhcp6(
                AT_HOME,
                &[duid(AT_HOME), association(2, "fd0a:2::1678:1234")],
            ),
        ),
        // Under a second address of the same network.
        (HOME, arp(AT_CAFE, [10, 2, 0, 101].into(), HOME_GATEWAY)),
    ]);
    assert_eq!(found.broken().count(), 0, "{found:?}");
}

#[test]
fn neighbour_of_the_last_network_is_a_leak() {
    let own = [10, 2, 0, 100].into();
    let asked_at_cafe = (CAFE, arp(AT_CAFE, [10, 1, 0, 100].into(), CAFE_GATEWAY));
    only(
        Leak::IpOfAnother,
        1,
        &[asked_at_cafe, (HOME, arp(AT_HOME, own, CAFE_GATEWAY))],
    );
}

#[test]
fn neighbour_of_a_network_never_joined_is_a_leak() {
    let own = [10, 2, 0, 100].into();
    only(
        Leak::IpOfAnother,
        1,
        &[(HOME, arp(AT_HOME, own, CAFE_GATEWAY))],
    );
}

#[test]
fn requested_lease_of_the_last_network_is_a_leak() {
    let had = [10, 1, 0, 100];
    let asked = [50, 4, 10, 1, 0, 100];
    only(
        Leak::IpOfAnother,
        1,
        &[
            (CAFE, arp(AT_CAFE, had.into(), CAFE_GATEWAY)),
            (HOME, dhcp(AT_HOME, AT_HOME, &asked)),
        ],
    );
}

#[test]
fn group_of_the_last_address_is_a_leak() {
    only(
        Leak::IpOfAnother,
        1,
        &[
            (CAFE, mld(AT_CAFE, "ff02::1:ff7c:5b18")),
            (HOME, mld(AT_HOME, "ff02::1:ff7c:5b18")),
        ],
    );
}

#[test]
fn same_unique_identifier_with_two_numbers_is_a_leak() {
    let id = |number| [61, 9, 255, 0, 0, 0, number, 0, 2, 7, 7];
    only(
        Leak::IdentifierOfAnother,
        1,
        &[
            (CAFE, dhcp(AT_CAFE, AT_CAFE, &id(1))),
            (HOME, dhcp(AT_HOME, AT_HOME, &id(2))),
        ],
    );
}

#[test]
fn permanent_address_in_an_identifier_is_a_leak() {
    let id = [61, 13, 255, 0, 0, 0, 1, 0, 3, 2, 0, 0, 0, 0, 0];
    only(
        Leak::IdentifierOfAnother,
        1,
        &[(HOME, dhcp(AT_HOME, AT_HOME, &id))],
    );
}

#[test]
fn host_name_at_two_networks_is_a_leak() {
    let name = [12, 3, b'f', b'o', b'o'];
    only(
        Leak::IdentifierOfAnother,
        1,
        &[
            (CAFE, dhcp(AT_CAFE, AT_CAFE, &name)),
            (HOME, dhcp(AT_HOME, AT_HOME, &name)),
        ],
    );
}

#[test]
fn lease_for_another_address_is_a_leak() {
    only(
        Leak::LeaseOfAnother,
        1,
        &[(HOME, dhcp(AT_HOME, AT_CAFE, &[]))],
    );
    let found = leaks(&[(HOME, dhcp(AT_HOME, PERMANENT, &[]))]);
    assert_eq!(found.count(Leak::PermanentAddress), 1, "{found:?}");
}

#[test]
fn ipv6_prefix_of_another_network_is_a_leak() {
    let at_home = |frame| only(Leak::IpOfAnother, 1, &[(HOME, frame)]);
    at_home(neighbour(AT_HOME, "fd0a:1::1"));
    at_home(dhcp6(AT_HOME, &[association(1, "fd0a:1::1234:5678")]));
}

#[test]
fn ipv6_address_of_another_router_is_a_leak() {
    let says = |router, address: &str| {
        let target: Ipv6Addr = address.parse().expect("an address");
        let mut frame = ipv6(router, router, 58, &[134, 0, 0, 0]);
        frame[22..38].copy_from_slice(&target.octets());
        frame
    };
    let cafe = (CAFE, says(CAFE, "fe80::c"));
    let asks = |address| (HOME, neighbour(AT_HOME, address));
    only(Leak::IpOfAnother, 1, &[cafe, asks("fe80::c")]);
    // Routers are called so everywhere.
    let found = leaks(&[
        (CAFE, says(CAFE, "fe80::1")),
        (HOME, says(HOME, "fe80::1")),
        (CAFE, neighbour(AT_CAFE, "fe80::1")),
        asks("fe80::1"),
    ]);
    assert_eq!(found.broken().count(), 0, "{found:?}");
}

#[test]
fn ipv6_address_made_from_another_one_is_a_leak() {
    // Of a mask, which no access point has heard of.
    let mask = Mac([0x0a, 3, 3, 3, 3, 3]);
    let routers_asked = ipv6(AT_HOME, mask, 58, &[133, 0, 0, 0, 0, 0, 0, 0]);
    only(Leak::IpOfAnother, 1, &[(HOME, routers_asked)]);
}

#[test]
fn group_of_the_permanent_address_is_a_leak() {
    only(
        Leak::IpOfAnother,
        1,
        &[(HOME, mld(AT_HOME, "ff02::1:ff00:0"))],
    );
}

#[test]
fn another_hardware_address_in_a_packet_is_a_leak() {
    let leak = Leak::IdentifierOfAnother;
    only(leak, 1, &[(HOME, router_solicitation(AT_HOME, AT_CAFE))]);
    let mut forged = arp(AT_HOME, [10, 2, 0, 100].into(), HOME_GATEWAY);
    forged[22..28].copy_from_slice(&AT_CAFE.0);
    only(leak, 1, &[(HOME, forged)]);
}

#[test]
fn unique_identifier_with_another_address_is_a_leak() {
    let leak = Leak::IdentifierOfAnother;
    only(leak, 1, &[(HOME, dhcp6(AT_HOME, &[duid(AT_CAFE)]))]);
}

#[test]
fn number_of_the_interface_in_two_networks_is_a_leak() {
    only(
        Leak::IdentifierOfAnother,
        1,
        &[
            (CAFE, dhcp6(AT_CAFE, &[association(1, "fd0a:1::1234:5678")])),
            (HOME, dhcp6(AT_HOME, &[association(1, "fd0a:2::1678:1234")])),
        ],
    );
    // One that is everybody's.
    let one = option6(3, &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let found = leaks(&[
        (CAFE, dhcp6(AT_CAFE, std::slice::from_ref(&one))),
        (HOME, dhcp6(AT_HOME, &[one])),
    ]);
    assert_eq!(found.broken().count(), 0, "{found:?}");
}

#[test]
fn host_name_in_dhcpv6_at_two_networks_is_a_leak() {
    let name = option6(39, b"\x01\x06laptop");
    only(
        Leak::IdentifierOfAnother,
        1,
        &[
            (CAFE, dhcp6(AT_CAFE, std::slice::from_ref(&name))),
            (HOME, dhcp6(AT_HOME, &[name])),
        ],
    );
}

#[test]
fn a_packet_cut_anywhere_is_read_or_refused() {
    let all = [
        arp(AT_HOME, HOME_GATEWAY, HOME_GATEWAY),
        dhcp(AT_HOME, AT_HOME, &[50, 4, 10, 1, 0, 100, 61, 3, 1, 2, 3]),
        mld(AT_HOME, "ff02::1:ff7c:5b18"),
        router_solicitation(AT_HOME, AT_HOME),
        dhcp6(
            AT_HOME,
            &[duid(AT_HOME), association(1, "fd0a:2::1678:1234")],
        ),
    ];
    for frame in all {
        for length in 0..frame.len() {
            let packet = Packet::read(1, 0, &frame[..length]);
            assert_eq!(packet.is_some(), length >= 14);
        }
    }
}
