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

/// Each frame with the access point that it came to.
fn leaks(frames: &[(Mac, Vec<u8>)]) -> Leaks {
    let ap = |name: &str, subnet| AccessPoint {
        name: name.to_owned(),
        ssid: name.into(),
        subnet: Some(Subnet(subnet)),
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
fn a_packet_cut_anywhere_is_read_or_refused() {
    let all = [
        arp(AT_HOME, HOME_GATEWAY, HOME_GATEWAY),
        dhcp(AT_HOME, AT_HOME, &[50, 4, 10, 1, 0, 100, 61, 3, 1, 2, 3]),
        mld(AT_HOME, "ff02::1:ff7c:5b18"),
    ];
    for frame in all {
        for length in 0..frame.len() {
            let packet = Packet::read(1, 0, &frame[..length]);
            assert_eq!(packet.is_some(), length >= 14);
        }
    }
}
