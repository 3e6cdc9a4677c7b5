//! Decodes messages recorded from real kernels.

use neli::consts::nl80211::{Nl80211Command, Nl80211IfType};

use super::super::attribute::Outgoing;
use super::super::family::{self, Family};
use super::super::nl80211::attribute;
use super::super::p2p::{self, Listed};
use super::super::rtnetlink::Membership;
use super::super::wiphy::{self, Wiphy};
use super::super::{card, event, rtnetlink, scan};
use super::{only, recorded};
use macveil_core::machine::{Event, Link, MlmeEvent, ScanEvent, ScanStarted};
use macveil_core::types::{Bss, Channel, Mac, Ssid};
use rustix::io::Errno;

#[test]
fn link_is_decoded() {
    let report = rtnetlink::decode(only(&recorded("link ")).payload).expect("a link");
    assert_eq!(report.ifindex, 3);
    assert_eq!(report.name, "wlan0");
    assert_eq!(report.permanent, Some(Mac([2, 0, 0, 0, 0, 0])));
    let masked = Link {
        address: Mac([0x06, 0x11, 0x22, 0x33, 0x44, 0x01]),
        up: true,
        carrier: false,
    };
    let untouched = Link {
        address: Mac([2, 0, 0, 0, 0, 0]),
        up: false,
        carrier: false,
    };
    assert!([masked, untouched].contains(&report.link), "{report:?}");
}

#[test]
fn member_of_a_bond_is_decoded() {
    let datagram = recorded("link ");
    let link = only(&datagram).payload;
    for (master, member) in [
        ("bond", Some(Membership::Bond)),
        ("team", Some(Membership::Bond)),
        ("bridge", Some(Membership::Bridge)),
        ("vrf", None),
    ] {
        let info = Outgoing::default()
            .put_text(1_u16, "dummy")
            .put_text(4_u16, master);
        let message =
            Outgoing::after(link).append(&Outgoing::default().put(18_u16, &info.into_bytes()));
        let report = rtnetlink::decode(&message.into_bytes()).expect("a link");
        assert_eq!(report.kind.as_deref(), Some("dummy"));
        assert_eq!((report.member, report.ethernet), (member, true), "{master}");
    }
}

#[test]
fn removed_link_is_decoded() {
    assert_eq!(
        rtnetlink::decode_gone(only(&recorded("link-gone ")).payload),
        Some(8)
    );
}

#[test]
fn link_that_left_a_bridge_is_not_gone() {
    const BRIDGE: u8 = 7;
    let datagram = recorded("link-gone ");
    let mut payload = only(&datagram).payload.to_vec();
    payload[0] = BRIDGE;
    assert_eq!(rtnetlink::decode_gone(&payload), None);
}

#[test]
fn family_and_its_groups_are_decoded() {
    let family = Family::decode(only(&recorded("family ")).payload).expect("a family");
    assert_eq!((family.name.as_str(), family.id), ("nlctrl", 16));
    assert_eq!(family.group("notify"), Some(16));
    assert_eq!(family.group("scan"), None);
}

#[test]
fn only_station_interfaces_are_stations() {
    let is_station = |name| card::decode(only(&recorded(name)).payload).is_some();
    assert!(is_station("interface-station "));
    assert!(!is_station("interface-access-point "));
    assert!(!is_station("interface-monitor "));
}

#[test]
fn p2p_device_is_known_by_its_number() {
    let station = recorded("interface-station ");
    let station = p2p::decode(only(&station).payload).expect("an interface");
    assert!(station.ifindex.is_some() && station.p2p_device.is_none());
    let device = Outgoing::after(&family::header(Nl80211Command::NewInterface))
        .put_u32(attribute::WIPHY, 0)
        .put_u32(attribute::IFTYPE, Nl80211IfType::P2pDevice.into())
        .put(attribute::WDEV, &[2, 0, 0, 0, 0, 0, 0, 0])
        .into_bytes();
    let listed = Listed {
        ifindex: None,
        wiphy: 0,
        p2p_device: Some([2, 0, 0, 0, 0, 0, 0, 0]),
    };
    assert_eq!(p2p::decode(&device), Some(listed));
}

#[test]
fn radio_in_several_messages_is_merged() {
    let parts = [
        "wiphy-limits ",
        "wiphy-2412 ",
        "wiphy-2484 ",
        "wiphy-5260 ",
        "wiphy-5845 ",
        "wiphy-5975 ",
        "wiphy-902 ",
        "wiphy-features ",
        "wiphy-extended ",
    ];
    let radio = parts
        .iter()
        .map(|name| wiphy::decode(only(&recorded(name)).payload).expect("a part"))
        .fold(Wiphy::default(), Wiphy::join);
    let channel = |frequency, no_ir| Channel { frequency, no_ir };
    assert_eq!(
        radio,
        Wiphy {
            random_address: true,
            random_sequence: true,
            minimal_content: true,
            powered_address_change: true,
            max_scan_ssids: 4,
            channels: vec![
                channel(2412, false),
                channel(2484, true),
                channel(5260, true)
            ],
        }
    );
}

#[test]
fn scan_start_is_decoded() {
    let expectations = [
        ("scan-started-random ", true, true),
        ("scan-started-plain ", true, false),
        ("scan-started-passive ", false, false),
    ];
    for (name, active, random_address) in expectations {
        let started = ScanStarted {
            active,
            random_address,
        };
        assert_eq!(
            announced(name),
            Some((3, Event::Scan(ScanEvent::Started(started)))),
            "{name}"
        );
    }
}

#[test]
fn scan_end_is_decoded() {
    for name in ["scan-results ", "scan-aborted "] {
        assert_eq!(
            announced(name),
            Some((3, Event::Scan(ScanEvent::Ended))),
            "{name}"
        );
    }
}

#[test]
fn association_events_are_decoded() {
    let station = Mac([0x06, 0x11, 0x22, 0x33, 0x44, 0x04]);
    let peer = Mac([2, 0, 0, 0, 1, 0]);
    let expectations = [
        (
            "authenticated ",
            Some(MlmeEvent::Authenticated { station, peer }),
        ),
        ("authentication-timed-out ", Some(MlmeEvent::TimedOut)),
        ("associated ", Some(MlmeEvent::Associated { peer })),
        ("deauthenticated ", Some(MlmeEvent::Ended)),
        ("disconnected ", Some(MlmeEvent::Ended)),
    ];
    for (name, mlme) in expectations {
        let expected = mlme.map(|mlme| (3, Event::Mlme(mlme)));
        assert_eq!(announced(name), expected, "{name}");
    }
}

#[test]
fn bss_entries_are_decoded() {
    let home = Bss {
        bssid: Mac([2, 0, 0, 0, 1, 0]),
        frequency: 2437,
        signal: -30,
        ssid: Ssid::new(b"Home").expect("an SSID"),
        ms_ago: 1952,
        owe: None,
    };
    let secret = Bss {
        bssid: Mac([2, 0, 0, 0, 2, 0]),
        frequency: 2412,
        signal: -30,
        ssid: Ssid::new(b"Secret").expect("an SSID"),
        ms_ago: 1016,
        owe: None,
    };
    for (name, expected) in [("bss-named ", home), ("bss-answered ", secret)] {
        assert_eq!(
            scan::decode(only(&recorded(name)).payload),
            Some(expected),
            "{name}"
        );
    }
}

#[test]
fn outcome_of_request_is_decoded() {
    let outcome = |name| only(&recorded(name)).outcome();
    assert!(matches!(outcome("acknowledgement "), Some(Ok(()))));
    assert!(outcome("bss-named ").is_none());
    let failure = outcome("no-such-interface ")
        .expect("an outcome")
        .expect_err("a failure");
    assert_eq!(failure.errno(), Some(Errno::NODEV));
    assert_eq!(failure.to_string(), "No such device (os error 19)");
}

fn announced(name: &str) -> Option<(u32, Event)> {
    event::decode(only(&recorded(name)).payload)
}
