//! Fuzz targets for data from the kernel and, through it, from access points.

use super::attribute::{Attributes, Outgoing};
use super::family::{self, Family};
use super::message::{Messages, Request};
use super::nl80211::attribute;
use super::{card, event, online, rtnetlink as links, scan, wiphy};
use crate::fuzzing::assert_harmless;
use macveil_core::types::{MAX_SSID_BYTES, Mac, Ssid};

/// A datagram of either family.
pub(crate) fn datagram(data: &[u8]) {
    let mut read = 0;
    for message in Messages::of(data).flatten() {
        read += message.payload.len();
        let _ = message.outcome();
        nl80211(message.payload);
        rtnetlink(message.payload);
    }
    assert!(read <= data.len());
    round_trip(data);
}

/// nl80211 messages: interfaces, radios, events, access points.
pub(crate) fn nl80211(payload: &[u8]) {
    let _ = Family::decode(payload);
    let _ = card::decode(payload);
    let _ = event::decode(payload);
    if let Some(radio) = wiphy::decode(payload) {
        let channels = radio.channels.len();
        assert!(channels * 4 <= payload.len());
        assert_eq!(radio.clone().join(radio).channels.len(), 2 * channels);
    }
    if let Some(bss) = scan::decode(payload) {
        assert_harmless_ssid(&bss.ssid);
    }
}

/// rtnetlink messages: new, changed and removed links.
pub(crate) fn rtnetlink(payload: &[u8]) {
    let report = links::decode(payload);
    let gone = links::decode_gone(payload);
    if let Some((address, _)) = online::decode_address(payload, 3) {
        assert!(address.is_ipv6() || !address.to_string().starts_with("169.254."));
    }
    let _ = online::decode_route(payload, 3);
    if let Some(report) = report {
        assert_eq!(gone, Some(report.ifindex));
        assert!(report.permanent.is_none_or(Mac::is_usable));
        assert!(!report.name.contains('\0'));
    }
}

/// Elements from an access point: it is always reported, with its first SSID element.
pub(crate) fn elements(data: &[u8]) {
    const BSSID: u16 = 1;
    const FREQUENCY: u16 = 2;
    const ELEMENTS: u16 = 6;
    let bss = Outgoing::default()
        .put(BSSID, &[2, 0, 0, 0, 0, 1])
        .put_u32(FREQUENCY, 2412);
    let data = data.get(..60_000).unwrap_or(data);
    let answer = Outgoing::after(&family::header(34_u8))
        .put(attribute::BSS, &bss.put(ELEMENTS, data).into_bytes());
    let ssid = scan::decode(&answer.into_bytes()).map(|bss| bss.ssid);
    let expected = first_name(data).and_then(Ssid::new);
    assert_eq!(ssid, Some(expected.unwrap_or_else(Ssid::wildcard)));
}

/// The first SSID, found independently of [`scan`].
fn first_name(elements: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    loop {
        let length = usize::from(*elements.get(at + 1)?);
        let body = elements.get(at + 2..at + 2 + length)?;
        if elements.get(at) == Some(&0) {
            return Some(body);
        }
        at += 2 + length;
    }
}

/// Encoded data decodes to the same values.
fn round_trip(data: &[u8]) {
    const MAX_BODY_BYTES: usize = 60_000;
    let values = || (0_u16..).zip(data.chunks(7));
    let list = values().fold(Outgoing::default(), |list, (kind, value)| {
        list.put(kind & 0x3fff, value)
    });
    let body = list.clone().into_bytes();
    let mut read = Attributes::of(&body).iter();
    for (kind, value) in values() {
        let found = read.next().map(|found| (found.kind, found.value));
        assert_eq!(found, Some((kind & 0x3fff, value)));
    }
    assert_eq!(read.next(), None);
    if body.len() < MAX_BODY_BYTES {
        let mut datagram = Vec::new();
        Request::single(16, list.clone()).append_to(&mut datagram, 1);
        Request::dump(17, list).append_to(&mut datagram, 2);
        let read = Messages::of(&datagram).flatten();
        let read: Vec<_> = read
            .map(|message| (message.kind, message.sequence, message.payload))
            .collect();
        assert_eq!(read, [(16, 1, body.as_slice()), (17, 2, body.as_slice())]);
    }
}

fn assert_harmless_ssid(ssid: &Ssid) {
    assert!(ssid.as_bytes().len() <= MAX_SSID_BYTES);
    assert_harmless(&ssid.to_string());
    assert_harmless(ssid.to_text().unwrap_or_default());
}
