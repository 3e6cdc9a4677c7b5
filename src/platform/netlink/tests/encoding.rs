//! Encodes requests and compares them with recordings that the kernel echoed in its answers.

use neli::consts::nl80211::Nl80211Command;

use super::super::attribute::Outgoing;
use super::super::message::Request;
use super::super::{family, nl80211, rtnetlink, scan};
use super::bytes;
use macveil_core::machine::Scan;
use macveil_core::types::{Mac, Ssid};

const ADDRESS: Mac = Mac([0x06, 0x11, 0x22, 0x33, 0x44, 0x08]);

fn datagram(request: &Request, sequence: u32) -> Vec<u8> {
    let mut datagram = Vec::new();
    request.append_to(&mut datagram, sequence);
    datagram
}

#[test]
fn set_link_down_matches_recording() {
    let expected = bytes(
        "20000000 1300 0500 01000000 00000000
         00000000 92100000 00000000 01000000",
    );
    assert_eq!(datagram(&rtnetlink::take_down(4242), 1), expected);
}

#[test]
fn set_address_keeps_the_link_flags() {
    let expected = bytes(
        "2c000000 1300 0500 01000000 00000000
         00000000 03000000 00000000 00000000
         0a00 0100 061122334408 0000",
    );
    assert_eq!(datagram(&rtnetlink::set_address(3, ADDRESS), 1), expected);
}

#[test]
fn family_request_matches_recording() {
    let body = Outgoing::after(&family::header(3_u8)).put_text(2_u16, "nl80211");
    let expected = bytes(
        "20000000 1000 0500 07000000 00000000
         03010000 0c00 0200 6e6c383032313100",
    );
    assert_eq!(datagram(&Request::single(16, body), 7), expected);
}

#[test]
fn scan_with_random_address_and_sequence_matches_recording() {
    let scan = Scan {
        frequencies: vec![2412, 2437, 2462],
        ssids: vec![Ssid::wildcard()],
        under: None,
        random_address: true,
        random_sequence: true,
        minimal_content: false,
    };
    let expected = bytes(
        "48000000 2300 0500 02000000 00000000
         21010000
         0800 0300 03000000
         1c00 2c80 0800 0100 6c090000 0800 0200 85090000 0800 0300 9e090000
         0800 2d80 0400 0100
         0800 9e00 08080000",
    );
    assert_eq!(scan_datagram(&scan), expected);
}

#[test]
fn directed_scan_with_minimal_content_matches_recording() {
    let scan = Scan {
        frequencies: vec![2412],
        ssids: vec![Ssid::new(b"Home!").expect("an SSID"), Ssid::wildcard()],
        under: None,
        random_address: false,
        random_sequence: false,
        minimal_content: true,
    };
    let expected = bytes(
        "44000000 2300 0500 02000000 00000000
         21010000
         0800 0300 03000000
         0c00 2c80 0800 0100 6c090000
         1400 2d80 0900 0100 486f6d6521 000000 0400 0200
         0800 9e00 00100000",
    );
    assert_eq!(scan_datagram(&scan), expected);
}

#[test]
fn passive_scan_has_no_ssids_and_no_flags() {
    let scan = Scan {
        frequencies: vec![2412],
        ssids: Vec::new(),
        under: None,
        random_address: false,
        random_sequence: false,
        minimal_content: false,
    };
    let expected = bytes(
        "28000000 2300 0500 02000000 00000000
         21010000
         0800 0300 03000000
         0c00 2c80 0800 0100 6c090000",
    );
    assert_eq!(scan_datagram(&scan), expected);
}

fn scan_datagram(scan: &Scan) -> Vec<u8> {
    let body = nl80211::message(Nl80211Command::TriggerScan, &scan::encode(3, scan));
    datagram(&Request::single(0x23, body), 2)
}
