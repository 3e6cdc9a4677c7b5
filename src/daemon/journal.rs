//! Entries about an interface, in the log: others can cause them at any rate, so they are limited.

use std::time::Duration;

use tracing::{Level, debug, event, warn};

use super::entry::{Entry, message_id};
use crate::log::LoggedSsid;
use crate::protocol::{EventKind, word};
use macveil_core::machine::Time;

/// Entries of one kind in one [`PERIOD`].
const MOST: u32 = 30;
const PERIOD: Duration = Duration::from_secs(60);

/// The log of one interface.
#[derive(Debug, Default)]
pub(super) struct Journal {
    kinds: Vec<Recent>,
}

/// What was logged of one kind.
#[derive(Debug)]
struct Recent {
    kind: EventKind,
    since: Time,
    count: u32,
}

impl Journal {
    /// Logs the entry, unless there were too many of its kind.
    pub(super) fn write(&mut self, now: Time, interface: &str, entry: &Entry) {
        if entry.level > Level::INFO {
            return write(interface, entry);
        }
        let (left_out, is_shown) = self.count(now, entry.kind);
        if left_out > 0 {
            let kind = word(&entry.kind);
            warn!("{interface}: {left_out} more messages of the kind `{kind}` were left out");
        }
        if is_shown {
            write(interface, entry);
        } else {
            debug!("{interface}: left out of the log: {:?}", entry.kind);
        }
    }

    /// How many were left out in the last period, if it is over, and whether this one is shown.
    fn count(&mut self, now: Time, kind: EventKind) -> (u32, bool) {
        let known = self.kinds.iter().position(|recent| recent.kind == kind);
        let Some(recent) = known.and_then(|known| self.kinds.get_mut(known)) else {
            let (since, count) = (now, 1);
            self.kinds.push(Recent { kind, since, count });
            return (0, true);
        };
        let mut left_out = 0;
        if now.saturating_sub(recent.since) >= PERIOD {
            left_out = recent.count.saturating_sub(MOST);
            (recent.since, recent.count) = (now, 0);
        }
        recent.count = recent.count.saturating_add(1);
        (left_out, recent.count <= MOST)
    }
}

/// Logs the entry. Fields in capitals are for the journal only.
fn write(interface: &str, entry: &Entry) {
    let network = entry.network.as_ref();
    let network = network.map(|ssid| LoggedSsid(ssid).to_string());
    let text = entry.text(|ssid| LoggedSsid(ssid).to_string());
    let address = entry.address.map(|(_, address)| address.to_string());
    let kind = entry.address.map(|(kind, _)| word(&kind));
    let event_word = word(&entry.kind);
    // tracing wants the level when it compiles.
    macro_rules! log_at {
        ($level:expr) => {
            event!(
                $level,
                MESSAGE_ID = message_id(entry.kind),
                MACVEIL_EVENT = event_word,
                MACVEIL_IFACE = interface,
                MACVEIL_NETWORK = network.as_deref(),
                MACVEIL_ADDRESS_KIND = kind.as_deref(),
                MACVEIL_ADDRESS = address.as_deref(),
                "{interface}: {text}"
            )
        };
    }
    match entry.level {
        Level::ERROR => log_at!(Level::ERROR),
        Level::WARN => log_at!(Level::WARN),
        Level::INFO => log_at!(Level::INFO),
        _ => log_at!(Level::DEBUG),
    }
    if let Some(detail) = &entry.detail {
        debug!("{interface}: {detail}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_one_kind_are_limited_and_counted() {
        let mut journal = Journal::default();
        let second = Time::from_secs;
        let lost = |journal: &mut Journal, now| journal.count(now, EventKind::Lost);
        for _ in 0..MOST {
            assert_eq!(lost(&mut journal, second(5)), (0, true));
        }
        for _ in 0..7 {
            assert_eq!(lost(&mut journal, second(64)), (0, false));
        }
        assert_eq!(journal.count(second(64), EventKind::Failed), (0, true));
        assert_eq!(lost(&mut journal, second(65)), (7, true));
        assert_eq!(lost(&mut journal, second(66)), (0, true));
    }
}
