//! Fuzz targets for data from wpa_supplicant and, through it, from access points.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::deny::{DEFAULT_COMMAND_LIMIT, Grounds};
use super::event::{self as message, Message};
use super::network::{self, Configured, Details};
use super::table::Row;
use super::{status as state, table as bss, text};
use crate::fuzzing::assert_harmless;
use macveil_core::machine::wpa::Supplicant;
use macveil_core::types::{BssEntry, SecurityLevel};
use macveil_core::types::{KeyMgmt, Mac};
use macveil_core::types::{MAX_SSID_BYTES, Ssid};

/// An unsolicited message of wpa_supplicant.
pub(crate) fn event(data: &[u8]) {
    let read = message::parse(data);
    assert!(read.is_none() || message::is_message(data));
    let excerpt = text::excerpt(data);
    assert_harmless(&excerpt);
    assert!(excerpt.len() <= 4 * 64);
    let _ = message::parse(&[b"<3>", data].concat());
}

/// The answer to `STATUS`.
pub(crate) fn status(data: &[u8]) {
    let ssid = state::parse(data).and_then(|status| status.ssid);
    assert_good(ssid.as_ref());
}

/// The answer to `BSS RANGE=...`: parsed rows survive a round trip.
pub(crate) fn table(data: &[u8]) {
    let page = bss::parse(data);
    for row in &page.rows {
        assert_good(Some(&row.entry.ssid));
        let again = bss::parse(written(row).as_bytes()).rows;
        let unprotected = |row: &Row| Row {
            entry: BssEntry {
                owe_open_half: false,
                security: SecurityLevel::Open,
                key_mgmt: vec![KeyMgmt::Open],
                ..row.entry.clone()
            },
            ..*row
        };
        assert_eq!(again, [unprotected(row)]);
    }
}

/// The answers to `LIST_NETWORKS` and `BSS`, then each network's SSID: no SSID can break out of the
/// command that denies networks.
pub(crate) fn networks(data: &[u8]) {
    let mut answers = data.split(|&byte| byte == 0);
    let lines = network::lines(answers.next().unwrap_or_default());
    let table = bss::parse(answers.next().unwrap_or_default()).rows;
    let table: Vec<BssEntry> = table.into_iter().map(|row| row.entry).collect();
    let networks: Vec<_> = lines
        .into_iter()
        .map(|line| configured(line, answers.next().unwrap_or_default()))
        .collect();
    let ssids: Vec<_> = networks
        .iter()
        .filter_map(|network| network.details.ssid.as_ref())
        .collect();
    for ssid in &ssids {
        assert_good(Some(ssid));
    }
    let first = ssids.first().copied();
    for (keep, limit) in [
        (None, DEFAULT_COMMAND_LIMIT),
        (first, DEFAULT_COMMAND_LIMIT),
        (first, 64),
    ] {
        let current = table.first().map(|entry| entry.bssid);
        let grounds = Grounds {
            networks: &networks,
            table: &table,
            keep,
            except: &[Mac([2; 6])],
            current,
            limit,
        };
        let _ = grounds.needs_table();
        let command = grounds.command();
        if let Some(command) = command {
            assert!(command.len() <= limit);
            assert_denies(&command, keep, current);
        }
    }
}

fn configured(line: network::Line, ssid: &[u8]) -> Configured {
    let words = String::from_utf8_lossy(&line.text).into_owned();
    let details = Details {
        ssid: text::config_ssid(ssid).filter(|ssid| !ssid.as_bytes().is_empty()),
        key_mgmt: words.split_ascii_whitespace().map(str::to_owned).collect(),
        ..Details::default()
    };
    let configured = Configured { line, details };
    let _ = configured.to_network();
    configured
}

/// Parses words separated by single spaces, as wpa_supplicant does.
fn assert_denies(command: &str, keep: Option<&Ssid>, current: Option<Mac>) {
    let words: Vec<_> = command
        .strip_prefix("SET disallow_aps ")
        .unwrap_or("not a valid command")
        .split(' ')
        .collect();
    let mut denied = BTreeSet::new();
    for pair in words.chunks(2) {
        match pair {
            ["ssid", digits] => {
                let ssid = text::config_ssid(digits.as_bytes());
                assert!(ssid.is_some() && ssid.as_ref() != keep, "{command}");
            }
            ["bssid", address] => {
                let bssid = text::mac(address.as_bytes());
                assert!(bssid.is_some() && bssid != current, "{command}");
            }
            [""] => {}
            other => assert_eq!(other, ["ssid", "name"], "{command}"),
        }
        assert!(denied.insert(pair), "twice: {command}");
    }
}

/// An SSID is decoded exactly and does not change any other field.
pub(crate) fn ssid(data: &[u8]) {
    let _ = (text::config_ssid(data), text::printf_ssid(data));
    let Some(ssid) = Ssid::new(data.get(..MAX_SSID_BYTES).unwrap_or(data)) else {
        return;
    };
    let name = printf_encode(ssid.as_bytes());
    assert_eq!(text::printf_ssid(name.as_bytes()), Some(ssid.clone()));
    let digits = ssid.to_hex();
    assert_eq!(text::config_ssid(digits.as_bytes()), Some(ssid.clone()));
    is_decoded_from_answers(&ssid, &name);
    changes_no_event(&name);
}

fn is_decoded_from_answers(ssid: &Ssid, name: &str) {
    let answer = format!("freq=2412\nssid={name}\nid=7\nwpa_state=COMPLETED\n");
    let read = state::parse(answer.as_bytes()).map(|status| (status.id, status.ssid));
    assert_eq!(read, Some((Some(7), Some(ssid.clone()))));

    let entry = BssEntry {
        owe_open_half: false,
        bssid: Mac([2; 6]),
        frequency: 2412,
        signal: -40,
        ssid: ssid.clone(),
        security: SecurityLevel::Open,
        key_mgmt: vec![KeyMgmt::Open],
    };
    let row = Row { id: 1, entry };
    assert_eq!(bss::parse(written(&row).as_bytes()).rows, [row]);

    let line = format!("3\t{name}\tany\t[DISABLED]\n");
    assert_eq!(network::lines(line.as_bytes()).len(), 1);
}

fn changes_no_event(name: &str) {
    let read = |event: String| match message::parse(event.as_bytes()) {
        Some(Message::Supplicant(event)) => Some(event),
        _ => None,
    };
    let known = format!("<3>Trying to associate with 02:00:00:00:00:01 (SSID='{name}' freq=1 MHz)");
    let bssid = Mac([2, 0, 0, 0, 0, 1]);
    assert_eq!(read(known), Some(Supplicant::Connecting { bssid }));
    let unknown = format!("<3>Trying to associate with SSID '{name}'");
    assert!(matches!(read(unknown), Some(Supplicant::Connecting { .. })));
    let failed = format!(
        "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=4 ssid=\"{name}\" auth_failures=1 duration=10 reason=CONN_FAILED"
    );
    let expected = Supplicant::TemporarilyDisabled {
        id: 4,
        wrong_key: false,
        pause: std::time::Duration::from_secs(10),
    };
    assert_eq!(read(failed), Some(expected));
}

/// Formats a row like `print_bss_info` (`ctrl_iface.c`, 2.10), except for the flags.
fn written(row: &Row) -> String {
    let BssEntry {
        bssid,
        frequency,
        signal,
        ref ssid,
        ..
    } = row.entry;
    let name = printf_encode(ssid.as_bytes());
    let id = row.id;
    format!(
        "id={id}\nbssid={bssid}\nfreq={frequency}\nlevel={signal}\nflags=[ESS]\nssid={name}\n====\n"
    )
}

/// `printf_encode` (`src/utils/common.c`, 2.10).
fn printf_encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            0x1b => text.push_str("\\e"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            32..=126 => text.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(text, "\\x{byte:02x}")),
        }
    }
    text
}

fn assert_good(ssid: Option<&Ssid>) {
    let Some(ssid) = ssid else {
        return;
    };
    assert!(ssid.as_bytes().len() <= MAX_SSID_BYTES);
    assert_harmless(&ssid.to_string());
}
