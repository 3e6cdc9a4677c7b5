//! Truncated and corrupted messages, and hostile data from the air.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::attribute::{Attributes, Outgoing};
use super::super::failure::Failure;
use super::super::family::{self, Family};
use super::super::message::Messages;
use super::super::{card, event, rtnetlink, scan, wiphy};
use super::{RECORDED, bytes, only, recorded};
use macveil_core::machine::{Event, MlmeEvent};
use macveil_core::types::{Bss, Mac, Ssid};

/// Runs every decoder on an arbitrary payload.
fn decode_as_everything(payload: &[u8]) {
    let _ = rtnetlink::decode(payload);
    let _ = rtnetlink::decode_gone(payload);
    let _ = Family::decode(payload);
    let _ = card::decode(payload);
    let _ = wiphy::decode(payload);
    let _ = (event::decode(payload), event::retyped(payload));
    let _ = scan::decode(payload);
}

fn read_as_datagram(datagram: &[u8]) {
    for message in Messages::of(datagram).flatten() {
        let _ = message.outcome();
        decode_as_everything(message.payload);
    }
}

#[test]
fn truncated_recording_causes_no_panic() {
    for line in RECORDED.lines() {
        let (_, hexadecimal) = line.split_once(' ').expect("a name and a datagram");
        let datagram = bytes(hexadecimal);
        for length in 0..datagram.len() {
            let cut = &datagram[..length];
            read_as_datagram(cut);
            decode_as_everything(cut.get(16..).unwrap_or_default());
        }
    }
}

#[test]
fn truncated_datagram_is_malformed_not_empty() {
    let datagram = recorded("bss-named ");
    for length in 1..datagram.len() {
        let outcome = Messages::of(&datagram[..length]).next();
        assert!(matches!(outcome, Some(Err(Failure::Malformed))), "{length}");
    }
}

#[test]
fn attribute_with_wrong_length_ends_the_list() {
    for length in [0_u16, 3, 9, u16::MAX] {
        let mut list = Outgoing::default().put_u32(1_u16, 7).into_bytes();
        list.extend(length.to_ne_bytes());
        list.extend([2, 0, 1, 2, 3, 4]);
        let kinds: Vec<_> = Attributes::of(&list)
            .iter()
            .map(|found| found.kind)
            .collect();
        assert_eq!(kinds, [1], "{length}");
    }
}

#[test]
fn malformed_elements_do_not_hide_the_access_point() {
    let malformed: [&[u8]; 6] = [
        &[],
        &[0],
        &[0, 5, b'H', b'o'],
        &[1, 200, 0, 0],
        &[
            0, 33, /* longer than an SSID can be */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ],
        &[221, 0],
    ];
    for elements in malformed {
        assert_eq!(bss_with(elements).ssid, Ssid::wildcard(), "{elements:?}");
    }
    let ssid_after_others: &[u8] = &[221, 1, 9, 0, 4, b'H', b'o', b'm', b'e', 7, 99];
    assert_eq!(
        bss_with(ssid_after_others).ssid,
        Ssid::new(b"Home").expect("an SSID")
    );
}

#[test]
fn signal_without_unit_is_converted_to_dbm() {
    for (part, decibels) in [(0, -100), (50, -75), (100, -50)] {
        let bss = bss().put(8_u16, &[part]);
        assert_eq!(
            scan::decode(&scan_result(bss)).map(|bss| bss.signal),
            Some(decibels)
        );
    }
}

#[test]
fn own_authentication_frame_is_ignored() {
    let (ours, theirs) = ([2; 6], [4; 6]);
    let announced = |receiver: [u8; 6], sender: [u8; 6], bssid: [u8; 6]| {
        let frame = [&[0xb0, 0, 0, 0][..], &receiver, &sender, &bssid].concat();
        let body = Outgoing::after(&family::header(37_u8))
            .put_u32(3_u16, 9)
            .put(51_u16, &frame);
        event::decode(&body.into_bytes())
    };
    let answered = Event::Mlme(MlmeEvent::Authenticated {
        station: Mac(ours),
        peer: Mac(theirs),
    });
    assert_eq!(announced(ours, theirs, theirs), Some((9, answered)));
    assert_eq!(announced(theirs, ours, theirs), None);
}

#[test]
fn set_interface_event_is_a_type_change() {
    let announced = |command: u8| {
        let body = Outgoing::after(&family::header(command)).put_u32(3_u16, 9);
        event::retyped(&body.into_bytes())
    };
    assert_eq!(announced(6), Some(9));
    assert_eq!(announced(33), None);
    let without_ifindex = Outgoing::after(&family::header(6_u8)).put_u32(1_u16, 0);
    assert_eq!(event::retyped(&without_ifindex.into_bytes()), None);
}

#[test]
fn event_without_interface_is_ignored() {
    let body = Outgoing::after(&family::header(33_u8)).put_u32(1_u16, 0);
    assert_eq!(event::decode(&body.into_bytes()), None);
}

#[test]
fn extended_acknowledgement_is_found_with_and_without_echo() {
    let request = recorded("no-such-interface ")[20..].to_vec();
    let explanation = Outgoing::default()
        .put_text(1_u16, "link is busy")
        .into_bytes();
    for (flags, echo) in [(0x200_u16, request.as_slice()), (0x300, &request[..16])] {
        let payload = [&(-16_i32).to_ne_bytes()[..], echo, &explanation].concat();
        let length = u32::try_from(16 + payload.len()).expect("short");
        let mut datagram = length.to_ne_bytes().to_vec();
        datagram.extend(2_u16.to_ne_bytes());
        datagram.extend(flags.to_ne_bytes());
        datagram.extend([0; 8]);
        datagram.extend(payload);
        let failure = only(&datagram)
            .outcome()
            .expect("an outcome")
            .expect_err("a failure");
        let text = failure.to_string();
        assert_eq!(text, "Device or resource busy (os error 16): link is busy");
    }
}

fn bss_with(elements: &[u8]) -> Bss {
    scan::decode(&scan_result(bss().put(6_u16, elements))).expect("an access point")
}

fn bss() -> Outgoing {
    Outgoing::default()
        .put(1_u16, &[2, 0, 0, 0, 0, 1])
        .put_u32(2_u16, 2412)
}

fn scan_result(bss: Outgoing) -> Vec<u8> {
    Outgoing::after(&family::header(34_u8))
        .put_u32(3_u16, 9)
        .put(47_u16, &bss.into_bytes())
        .into_bytes()
}

proptest! {
    #[test]
    fn random_bytes_cause_no_panic(payload in vec(any::<u8>(), 0..600)) {
        read_as_datagram(&payload);
        decode_as_everything(&payload);
    }

    #[test]
    fn corrupted_recording_causes_no_panic(
        line in 0..RECORDED.lines().count(),
        wrong in vec((any::<usize>(), any::<u8>()), 1..8),
    ) {
        let (_, hexadecimal) = RECORDED.lines().nth(line).unwrap().split_once(' ').unwrap();
        let mut datagram = bytes(hexadecimal);
        for (at, value) in wrong {
            let at = at % datagram.len();
            datagram[at] = value;
        }
        read_as_datagram(&datagram);
        decode_as_everything(&datagram[16..]);
    }

    #[test]
    fn random_elements_do_not_hide_the_access_point(elements in vec(any::<u8>(), 0..300)) {
        bss_with(&elements);
    }
}
