//! Management frames, byte by byte (IEEE 802.11-2020, 9.3.3).

use super::super::access_point::MEASURE_ACTIVELY;
use macveil_testkit::air::Mac;

pub const ASSOCIATION_RESPONSE: u8 = 1;
pub const PROBE_REQUEST: u8 = 4;
pub const PROBE_RESPONSE: u8 = 5;
pub const BEACON: u8 = 8;
pub const DISASSOCIATION: u8 = 10;
pub const AUTHENTICATION: u8 = 11;
pub const DEAUTHENTICATION: u8 = 12;
pub const ACTION: u8 = 13;

/// Element IDs (9.4.2.1).
pub mod id {
    pub const SSID: u8 = 0;
    pub const RATES: u8 = 1;
    pub const CHANNEL: u8 = 3;
    pub const TIM: u8 = 5;
    pub const COUNTRY: u8 = 7;
    pub const POWER_CONSTRAINT: u8 = 32;
    pub const CHANNEL_SWITCH: u8 = 37;
    pub const QUIET: u8 = 40;
    pub const RSN: u8 = 48;
    pub const EXTENDED_CHANNEL_SWITCH: u8 = 60;
    pub const HT_OPERATION: u8 = 61;
    pub const MULTIPLE_BSSID: u8 = 71;
    pub const VENDOR: u8 = 221;
    pub const EXTENSION: u8 = 255;
}

/// "Class 3 frame received from a station that is not associated", as an access point says that lost it.
const NOT_ASSOCIATED: [u8; 2] = [7, 0];

/// 2.4 GHz: 1, 2, 5.5, 11, 6, 12, 24 and 36 Mbit/s.
const RATES: [u8; 8] = [0x82, 0x84, 0x8b, 0x96, 12, 24, 48, 72];

/// WPA2 with a passphrase and CCMP.
pub const RSN: [u8; 20] = [
    1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 2, 0, 0,
];

pub fn management(subtype: u8, to: Mac, from: Mac, bssid: Mac, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![subtype << 4, 0, 0, 0];
    for address in [to, from, bssid] {
        frame.extend(address.0);
    }
    frame.extend([0, 0]);
    frame.extend(body);
    frame
}

pub fn element(id: u8, body: &[u8]) -> Vec<u8> {
    let mut element = vec![id, body.len() as u8];
    element.extend(body);
    element
}

/// A beacon, or a probe response with the same content, of an access point that offers WPA2.
pub fn announcement(subtype: u8, to: Mac, bssid: Mac, ssid: &[u8], channel: u8) -> Vec<u8> {
    announcement_with(subtype, to, bssid, ssid, channel, &element(id::RSN, &RSN))
}

/// The same with other elements behind the channel.
pub fn announcement_with(
    subtype: u8,
    to: Mac,
    bssid: Mac,
    ssid: &[u8],
    channel: u8,
    more: &[u8],
) -> Vec<u8> {
    let body = [
        &fixed()[..],
        &element(id::SSID, ssid),
        &element(id::RATES, &RATES),
        &element(id::CHANNEL, &[channel]),
        more,
    ];
    management(subtype, to, bssid, bssid, &body.concat())
}

/// Timestamp, interval of 100 units, and the capabilities of a protected access point.
pub fn fixed() -> Vec<u8> {
    vec![0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0x11, 0]
}

pub fn goodbye(to: Mac, from: Mac) -> Vec<u8> {
    management(DEAUTHENTICATION, to, from, from, &NOT_ASSOCIATED)
}

pub fn disassociation(to: Mac, from: Mac) -> Vec<u8> {
    management(DISASSOCIATION, to, from, from, &NOT_ASSOCIATED)
}

/// A radio measurement request with one beacon request (IEEE 802.11-2020, 9.6.6.2), for this name.
pub fn measurement_request(to: Mac, from: Mac, ssid: &[u8]) -> Vec<u8> {
    let request = [&MEASURE_ACTIVELY[..], &element(0, ssid)].concat();
    let body = [
        &[5, 0, 1, 0, 0][..],
        &element(38, &[&[1, 0, 5][..], &request].concat()),
    ]
    .concat();
    management(ACTION, to, from, from, &body)
}

/// A BSS transition management request (9.6.13.9): the disassociation is imminent.
pub fn transition_request(to: Mac, from: Mac) -> Vec<u8> {
    management(ACTION, to, from, from, &[10, 7, 1, 4, 50, 0, 255])
}
