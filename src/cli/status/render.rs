//! The status for people, no wider than a console.

use std::fmt::Write as _;
use std::time::Duration;

use crate::cli::console::{BOLD, Paint, RED, YELLOW, wrapped};
use crate::protocol::{InterfaceStatus, Status, word};
use macveil_core::machine::{AddressKind, Counters};

/// Where a title's text begins.
const INDENT: usize = 12;

pub(super) fn all(all: &[Status], paint: Paint) -> String {
    if all.is_empty() {
        return "no Wi-Fi station and no Ethernet card here\n".to_owned();
    }
    all.iter().map(|status| one(status, paint)).collect()
}

fn one(status: &Status, paint: Paint) -> String {
    let interface = &status.interface;
    let mut text = paint.put(BOLD, &interface.name);
    let Some(details) = &status.details else {
        let address = interface.address;
        let doing = match status.managed_by {
            Some(_) => "left alone, without protection",
            None => "not managed",
        };
        let _ = writeln!(text, ": {doing}, under {address}");
        if let Some(owner) = &status.managed_by {
            entry(
                &mut text,
                "because",
                &paint.put(RED, &wrapped(&format!("it belongs to {owner}"), INDENT)),
            );
        }
        return text;
    };
    let _ = writeln!(text, ": {}", doing(status, details));
    let mut entry = |title, code, words: &str| {
        entry(&mut text, title, &paint.put(code, &wrapped(words, INDENT)));
    };
    if let Some(problem) = &details.problem {
        entry("because", RED, problem);
    }
    if details.paused {
        let end = details
            .pause_ms
            .map(|left| format!("for another {}", span(left)));
        let end = end.as_deref().unwrap_or("until `macveil resume`");
        let words = format!("{end}: no scans, no connections");
        entry("paused", YELLOW, &words);
    }
    if let Some(retry) = details.retry_ms {
        entry("again in", "0", &span(retry));
    }
    let (kind, code) = kind(details);
    let since = span(details.address_ms);
    let address = format!("{}, {kind}, for {since}", interface.address);
    entry("address", code, &address);
    entry("changes", "0", &details.next_change);
    if let Some(method) = &details.method {
        let reason = details.method_reason.as_deref().unwrap_or_default();
        entry("masking", "0", &format!("{}: {reason}", word(method)));
    }
    if details.method.is_some() || details.backend.is_some() {
        entry("so far", "0", &so_far(&details.counters));
    }
    if let Some(backend) = details.backend.as_ref().filter(|it| *it == "iwd") {
        entry("beside", "0", backend);
    }
    if !details.driver.is_empty() {
        entry("driver", "0", &details.driver);
    }
    for limitation in &details.limitations {
        entry("not kept", YELLOW, limitation);
    }
    text
}

fn entry(text: &mut String, title: &str, words: &str) {
    let _ = writeln!(text, "  {title:10}{words}");
}

/// The state's name is for programs.
fn doing(status: &Status, details: &InterfaceStatus) -> String {
    let network = details.ssid.as_ref().map(ToString::to_string);
    let network = network.unwrap_or_default();
    let state = status.interface.state.as_deref().unwrap_or_default();
    let words = match state {
        "waiting" => "masked, waiting for wpa_supplicant",
        "attaching" => "masked, meeting wpa_supplicant",
        "masking" => "taking a mask",
        "scanning" => "masked, looking for a network",
        "associating" => "joining",
        "associated" => "connected to",
        "disconnecting" => "the association is over",
        "disconnected" => "masked and silent: disconnected by the user",
        "paused" => "masked and silent",
        "user-scan" => "masked, scanning as asked",
        "blocked" => "held silent",
        "unprotected" => "not protected",
        "releasing" => "being let go of",
        "setting" => "taking its address",
        "unplugged" => "no cable",
        "connected" => "connected by cable",
        "absent" => "waiting for iwd",
        "idle" => "not connected",
        "refused" => "kept from a network",
        "rejoining" => "joining once more, under the assigned address",
        "unmanaged" => "in use under another address than the assigned one",
        other => other,
    };
    let since = span(details.state_ms);
    if network.is_empty() {
        format!("{words}, for {since}")
    } else {
        format!("{words} {network}, for {since}")
    }
}

fn kind(details: &InterfaceStatus) -> (String, &'static str) {
    let permanent = if details.permanent {
        ", the permanent address"
    } else {
        ""
    };
    match (details.address_kind, &details.ssid) {
        (AddressKind::Mask, _) => ("a mask".to_owned(), "0"),
        (AddressKind::Assigned, Some(ssid)) => (format!("assigned to {ssid}{permanent}"), "0"),
        (AddressKind::Assigned, None) => (format!("as assigned{permanent}"), "0"),
        (AddressKind::Permanent, _) if details.up => ("the permanent address".to_owned(), RED),
        (AddressKind::Permanent, _) => ("the permanent address, silent".to_owned(), "0"),
        (AddressKind::Other, _) => ("not macveil's".to_owned(), YELLOW),
    }
}

fn so_far(counters: &Counters) -> String {
    let mut text = format!(
        "{} masks, {} scans, {} associations, {} failed",
        counters.masks, counters.scans, counters.associations, counters.failed_associations
    );
    if counters.external_scans > 0 {
        let _ = write!(text, "; {} scans by others", counters.external_scans);
    }
    text
}

/// A span of time in its two largest units.
fn span(milliseconds: u64) -> String {
    let seconds = Duration::from_millis(milliseconds).as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) if minutes < 10 => format!("{minutes} min {} s", seconds % 60),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        (_, _, _) => format!("{days} d {} h", hours % 24),
    }
}
