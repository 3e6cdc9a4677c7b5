//! Fuzz targets: parsers of addresses and policies.

#![allow(
    clippy::missing_panics_doc,
    reason = "a panic is how a fuzz target reports"
)]

use std::fmt::Display;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::escape::escape;
use super::period::{format_length, parse_length, parse_reading};
use super::{BaseAddresses, HostKey, MachineId, Mask, NmVersion, Policy, StableId, Zone};
use crate::fuzzing::text;
use crate::types::Mac;

/// Values of the configuration and the command line: an accepted value survives printing and parsing.
pub fn words(data: &[u8]) {
    let text = text(data);
    let _ = round_trip::<Mac>(&text);
    let _ = round_trip::<NmVersion>(&text);
    if let Some(Policy::Explicit(address)) = round_trip(&text) {
        assert!(address.is_usable());
    }
    if let Some(mask) = round_trip(&text) {
        mask_keeps_its_bits(&mask);
    }
    if let Ok(seconds) = parse_length(&text) {
        assert_eq!(parse_length(&format_length(seconds)), Ok(seconds));
    }
    let (day, hour) = text.split_once(' ').unwrap_or_default();
    let _ = parse_reading(day, hour);
    let machine = MachineId::parse(&text);
    assert_eq!(
        HostKey::from_file(data, machine.as_ref()).is_ok(),
        data.len() >= 16
    );
    // As in NetworkManager, control characters outside ASCII are not escaped.
    let escaped = escape(data);
    assert!(
        !escaped.contains(|c: char| c.is_ascii_control()),
        "{escaped:?}"
    );
}

fn round_trip<T: FromStr + Display + PartialEq>(text: &str) -> Option<T> {
    let value = text.parse::<T>().ok()?;
    let written = value.to_string();
    assert!(written.parse().ok().as_ref() == Some(&value), "{written}");
    Some(value)
}

fn mask_keeps_its_bits(mask: &Mask) {
    let base_addresses = BaseAddresses {
        initial: Mac([0x02, 0x34, 0x56, 0x78, 0x9a, 0xbc]),
        current: Mac([0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54]),
    };
    assert!(mask.free_bits() <= 46);
    for chance in [0, 1, u64::MAX] {
        let base = mask.base(chance, base_addresses);
        let address = mask.apply(Mac([0xaa; 6]), base);
        assert!(!address.is_multicast());
        assert_eq!(mask.apply(address, base), address);
    }
}

/// A stable-id, as macveil and as versions of `NetworkManager` parse it.
pub fn stable_id(data: &[u8]) {
    let text = text(data);
    if let Ok(id) = text.parse::<StableId>() {
        assert_eq!(id.text(), text);
        assert!(
            !(id.changes_with_time() && !text.contains("${PERIOD:") && !text.starts_with("time:"))
        );
        assert!(id.unknown_patterns().concat().len() <= text.len());
    }
    for version in [NmVersion::PATTERNS, NmVersion::NETWORK_SSID] {
        let id = StableId::of_network_manager(&text, version);
        assert_eq!(id.is_ok(), !text.contains('\0'));
        assert!(id.is_ok_and(|id| !id.changes_with_time()) || text.contains('\0'));
    }
}

/// A file such as `/etc/localtime`, at extreme times.
pub fn zone(data: &[u8]) {
    let Ok(zone) = Zone::from_tzif(data) else {
        return;
    };
    let times = [
        0,
        1,
        1_700_000_000,
        u64::from(u32::MAX),
        i64::MAX.unsigned_abs(),
    ];
    for seconds in times {
        let span = Duration::from_secs(seconds);
        for time in [UNIX_EPOCH.checked_add(span), UNIX_EPOCH.checked_sub(span)] {
            let _ = time.map(|time: SystemTime| zone.instant(zone.reading(time)));
        }
    }
    for reading in [i64::MIN, i64::MAX] {
        let _ = zone.instant(reading);
    }
}
