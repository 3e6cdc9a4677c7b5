//! Parsers of command-line values.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base16ct::mixed;

use super::failure::Failure;
use crate::store::regular::{self, Links};
use macveil_core::address::{Binding, Slap, Zone, parse_reading};
#[cfg(feature = "by-hand")]
use macveil_core::types::Mac;
use macveil_core::types::{KeyMgmt, Ssid, Words};

/// In bytes; the largest have a few thousand.
const MAX_ZONE_SIZE: u64 = 1024 * 1024;

pub(super) fn binding(text: &str) -> Result<Binding, String> {
    word(text, Binding::WORDS)
}

pub(super) fn slap(text: &str) -> Result<Slap, String> {
    word(text, Slap::WORDS)
}

pub(super) fn security(text: &str) -> Result<KeyMgmt, String> {
    word(text, KeyMgmt::WORDS)
}

fn word<T: Copy>(text: &str, words: Words<T>) -> Result<T, String> {
    let known = words.iter().find(|(word, _)| *word == text);
    known.map(|&(_, meaning)| meaning).ok_or_else(|| {
        let words: Vec<_> = words.iter().map(|&(word, _)| word).collect();
        format!("use one of {}", words.join(", "))
    })
}

/// An address that a station can use.
#[cfg(feature = "by-hand")]
pub(super) fn station(text: &str) -> Result<Mac, String> {
    use macveil_core::address::ParsePolicyError;
    use macveil_core::types::ParseMacError;

    let address: Mac = text
        .parse()
        .map_err(|error: ParseMacError| error.to_string())?;
    let unusable = || ParsePolicyError::Unusable(address).to_string();
    address.is_usable().then_some(address).ok_or_else(unusable)
}

/// Bytes in hexadecimal.
pub(super) fn hex(text: &str) -> Result<Bytes, String> {
    mixed::decode_vec(text.as_bytes())
        .map(Bytes)
        .map_err(|_| "expected two hexadecimal digits for each byte".to_owned())
}

/// Bytes; clap takes a plain vector for a repeated argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) Vec<u8>);

/// An SSID in hexadecimal.
pub(super) fn ssid_hex(text: &str) -> Result<Ssid, String> {
    ssid(&hex(text)?.0)
}

/// An SSID as text.
pub(super) fn ssid_text(text: &str) -> Result<Ssid, String> {
    ssid(text.as_bytes())
}

/// An SSID as text, or in hexadecimal.
pub(super) fn ssid_of(text: &str, hex: bool) -> Result<Ssid, Failure> {
    let read = if hex { ssid_hex } else { ssid_text };
    read(text).map_err(Failure::usage)
}

fn ssid(bytes: &[u8]) -> Result<Ssid, String> {
    Ssid::new(bytes)
        .filter(|_| !bytes.is_empty())
        .ok_or_else(|| "an SSID must have 1 to 32 bytes".to_owned())
}

/// A time: `@SECONDS` since 1970, or local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Unix(u64),
    Local(i64),
}

pub(super) fn moment(text: &str) -> Result<Moment, String> {
    let unix = text
        .strip_prefix('@')
        .and_then(|seconds| seconds.parse().ok());
    let local = || {
        let (date, time) = text.split_once([' ', 'T'])?;
        parse_reading(date, time)
    };
    unix.map(Moment::Unix)
        .or_else(|| local().map(Moment::Local))
        .ok_or_else(|| {
            "expected `2016-08-22 6:00:00` in local time, or `@SECONDS` since 1970".to_owned()
        })
}

impl Moment {
    pub(super) fn time(self, zone: &Zone) -> SystemTime {
        match self {
            Self::Unix(seconds) => UNIX_EPOCH
                .checked_add(Duration::from_secs(seconds))
                .unwrap_or(UNIX_EPOCH),
            Self::Local(reading) => zone.instant(reading),
        }
    }
}

/// The time zone of a file, or of this host.
pub(super) fn zone(file: Option<&Path>) -> Result<Zone, Failure> {
    let Some(file) = file else {
        return Ok(crate::store::zone());
    };
    let tried = || format!("cannot read the time zone {}", file.display());
    let bytes = regular::read(file, Links::Follow, MAX_ZONE_SIZE)
        .map_err(|error| Failure::cannot(tried(), error))?;
    Zone::from_tzif(&bytes).map_err(|error| Failure::cannot(tried(), error))
}
