//! Entries about an interface, in the log.

use tracing::{Level, debug, event};

use super::entry::{Entry, message_id};
use crate::log::LoggedSsid;
use crate::protocol::word;

/// Logs the entry. Fields in capitals are for the journal only.
pub(super) fn write(interface: &str, entry: &Entry) {
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
