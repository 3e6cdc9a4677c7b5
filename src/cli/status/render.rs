//! The status for people, in lines that fit a terminal.

use std::fmt::Write as _;
use std::time::Duration;

use super::online::Seen;
use crate::cli::console::{BOLD, GREEN, Paint, RED, YELLOW, wrapped};
use crate::cli::words::{self, counted};
use crate::protocol::{Backend, Interface, InterfaceStatus, Status, word};
use macveil_core::machine::{AddressKind, Counters, Limitation, StateKind};

/// The column where the text after a title begins.
const INDENT: usize = 12;
/// No emphasis.
const PLAIN: &str = "0";

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// A line for each interface.
    Brief,
    Ordinary,
    /// With the counters.
    Verbose,
}

/// What concerns every interface, before them.
pub(super) fn problems(problems: &[String], paint: Paint) -> String {
    let mut text = String::new();
    for problem in problems {
        for (number, line) in problem.lines().enumerate() {
            let line = paint.put(RED, line);
            let begin = if number == 0 { "macveil: " } else { "  " };
            let _ = writeln!(text, "{begin}{line}");
        }
    }
    text
}

pub(super) fn all(all: &[Seen], detail: Detail, paint: Paint) -> String {
    if all.is_empty() {
        return "no Wi-Fi station and no Ethernet interface found\n".to_owned();
    }
    all.iter()
        .map(|status| one(status, detail, paint))
        .collect()
}

fn one(seen: &Seen, detail: Detail, paint: Paint) -> String {
    let status = &seen.status;
    let interface = &status.interface;
    let mut text = paint.put(BOLD, &interface.name);
    let mut entry = Entries {
        text: &mut text,
        paint,
    };
    let (Some(state), Some(details)) = (interface.state, &status.details) else {
        unmanaged(status, detail, &mut entry);
        return text;
    };
    entry.headline(Verdict::of(state, details), &doing(state, details));
    if detail == Detail::Brief {
        return text;
    }
    if let Some(problem) = &details.problem {
        entry.add("because", RED, &words::problem(problem));
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
    if let Some(online) = &seen.online
        && let Some(words) = online.words()
    {
        let code = if online.is_complete() { PLAIN } else { YELLOW };
        entry.add("online", code, &words);
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
    let has_counters = details.method.is_some() || details.backend.is_some();
    if detail == Detail::Verbose && has_counters {
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

fn unmanaged(status: &Status, detail: Detail, entry: &mut Entries<'_>) {
    let Interface { name, address, .. } = &status.interface;
    let Some(owner) = status.managed_by else {
        entry.headline(Verdict::NotManaged, &format!("Its address is {address}"));
        return;
    };
    let words = format!("Another program controls it, and its address is {address}");
    entry.headline(Verdict::NotProtected, &words);
    if detail != Detail::Brief {
        entry.add(
            "because",
            RED,
            &format!("controlled by {}", words::manager(owner, name)),
        );
    }
}

/// What matters most about an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Protected,
    /// Its own address is shown because the policy says so.
    OwnAddressShown,
    /// It sends nothing, because it cannot be protected.
    Silent,
    NotProtected,
    NotManaged,
}

impl Verdict {
    fn of(state: StateKind, details: &InterfaceStatus) -> Self {
        match (state, details.address_kind) {
            (StateKind::Blocked | StateKind::Refused, _) => Self::Silent,
            (StateKind::Unprotected | StateKind::Unmanaged | StateKind::Released, _) => {
                Self::NotProtected
            }
            (_, AddressKind::Assigned) if details.permanent => Self::OwnAddressShown,
            (_, AddressKind::Permanent) if details.up => Self::NotProtected,
            (_, AddressKind::Permanent) => Self::Silent,
            (_, AddressKind::Other) if details.problem.is_some() => Self::NotProtected,
            (_, AddressKind::Mask | AddressKind::Assigned | AddressKind::Other) => Self::Protected,
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Protected => ("protected", GREEN),
            Self::OwnAddressShown => ("its own address is shown, as its policy says", YELLOW),
            Self::Silent => ("silent", RED),
            Self::NotProtected => ("not protected", RED),
            Self::NotManaged => ("not managed", PLAIN),
        }
    }
}

/// The lines about an interface.
struct Entries<'a> {
    text: &'a mut String,
    paint: Paint,
}

impl Entries<'_> {
    fn headline(&mut self, verdict: Verdict, words: &str) {
        let (verdict, code) = verdict.words();
        let verdict = self.paint.put(code, verdict);
        let mut letters = words.chars();
        let first: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        let _ = writeln!(self.text, ": {verdict}. {first}{}.", letters.as_str());
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
        Some(ssid) => format!("{words} {ssid} for {since}"),
        None => format!("{words} for {since}"),
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
    let mut parts = vec![
        counted(counters.masks, "mask"),
        counted(counters.scans, "scan"),
        counted(counters.associations, "association"),
        format!("{} failed", counters.failed_associations),
    ];
    if counters.wrong_peers > 0 {
        parts.push(format!("{} cut off", counters.wrong_peers));
    }
    if counters.external_scans > 0 {
        parts.push(format!(
            "{} by other programs",
            counted(counters.external_scans, "scan")
        ));
    }
    parts.join(", ")
}

/// A duration in its two largest units.
pub(super) fn span(milliseconds: u64) -> String {
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
