//! The status for people, in lines that fit a terminal.

use std::fmt::Write as _;
use std::time::Duration;

use crate::cli::console::{BOLD, Paint, RED, YELLOW, wrapped};
use crate::cli::words;
use crate::protocol::{Backend, InterfaceStatus, Status, word};
use macveil_core::machine::{AddressKind, Counters, Limitation, StateKind};

/// The column where the text after a title begins.
const INDENT: usize = 12;
/// No emphasis.
const PLAIN: &str = "0";

pub(super) fn all(all: &[Status], paint: Paint) -> String {
    if all.is_empty() {
        return "no Wi-Fi station and no Ethernet interface found\n".to_owned();
    }
    all.iter().map(|status| one(status, paint)).collect()
}

fn one(status: &Status, paint: Paint) -> String {
    let interface = &status.interface;
    let mut text = paint.put(BOLD, &interface.name);
    let mut entry = Entries {
        text: &mut text,
        paint,
    };
    let (Some(state), Some(details)) = (interface.state, &status.details) else {
        unmanaged(status, &mut entry);
        return text;
    };
    entry.headline(&doing(state, details));
    if let Some(problem) = &details.problem {
        entry.add("because", RED, problem);
    }
    if details.paused {
        let end = details.pause_ms.map_or_else(
            || "until `macveil resume`".to_owned(),
            |left| format!("for another {}", span(left)),
        );
        let words = format!("{end}: no scans, no connections");
        entry.add("paused", YELLOW, &words);
    }
    if let Some(retry) = details.retry_ms {
        entry.add("retry in", PLAIN, &span(retry));
    }
    let (kind, code) = kind(details);
    let since = span(details.address_ms);
    let address = format!("{}, {kind}, for {since}", interface.address);
    entry.add("address", code, &address);
    entry.add("changes", PLAIN, words::next_change(details.next_change));
    if let Some(method) = &details.method {
        let reason = details.method_reason.map_or("", words::method_reason);
        entry.add("masking", PLAIN, &format!("{}: {reason}", word(method)));
    }
    if details.method.is_some() || details.backend.is_some() {
        entry.add("so far", PLAIN, &so_far(&details.counters));
    }
    if let Some(backend @ Backend::Iwd) = details.backend {
        entry.add("backend", PLAIN, &backend.to_string());
    }
    if !details.driver.is_empty() {
        entry.add("driver", PLAIN, &details.driver);
    }
    entry.limitations(&details.limitations);
    text
}

fn unmanaged(status: &Status, entry: &mut Entries<'_>) {
    let address = status.interface.address;
    let Some(owner) = &status.managed_by else {
        entry.headline(&format!("not managed, under {address}"));
        return;
    };
    entry.headline(&format!("not managed, unprotected, under {address}"));
    entry.add("because", RED, &format!("controlled by {owner}"));
}

/// The lines about an interface.
struct Entries<'a> {
    text: &'a mut String,
    paint: Paint,
}

impl Entries<'_> {
    fn headline(&mut self, words: &str) {
        let _ = writeln!(self.text, ": {words}");
    }

    fn add(&mut self, title: &str, code: &str, words: &str) {
        let words = self.paint.put(code, &wrapped(words, INDENT));
        let _ = writeln!(self.text, "  {title:10}{words}");
    }

    /// The title is too long to share a line with the first limitation.
    fn limitations(&mut self, all: &[Limitation]) {
        if !all.is_empty() {
            let _ = writeln!(self.text, "  limitations");
        }
        for limitation in all {
            self.add("", YELLOW, &words::limitation(limitation));
        }
    }
}

fn doing(state: StateKind, details: &InterfaceStatus) -> String {
    let words = words::state(state);
    let since = span(details.state_ms);
    match &details.ssid {
        Some(ssid) => format!("{words} {ssid}, for {since}"),
        None => format!("{words}, for {since}"),
    }
}

fn kind(details: &InterfaceStatus) -> (String, &'static str) {
    let permanent = if details.permanent {
        ", the permanent address"
    } else {
        ""
    };
    match (details.address_kind, &details.ssid) {
        (AddressKind::Mask, _) => ("a mask".to_owned(), PLAIN),
        (AddressKind::Assigned, Some(ssid)) => (format!("assigned to {ssid}{permanent}"), PLAIN),
        (AddressKind::Assigned, None) => (format!("the assigned address{permanent}"), PLAIN),
        (AddressKind::Permanent, _) if details.up => ("the permanent address".to_owned(), RED),
        (AddressKind::Permanent, _) => ("the permanent address, link down".to_owned(), PLAIN),
        (AddressKind::Other, _) => ("not set by macveil".to_owned(), YELLOW),
    }
}

fn so_far(counters: &Counters) -> String {
    let mut text = format!(
        "{} masks, {} scans, {} associations, {} failed",
        counters.masks, counters.scans, counters.associations, counters.failed_associations
    );
    if counters.external_scans > 0 {
        let _ = write!(text, "; {} external scans", counters.external_scans);
    }
    text
}

/// A duration in its two largest units.
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
