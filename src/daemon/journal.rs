//! What the supervisor has to say, in the log.

use tracing::debug;

use super::entry::Entry;
use crate::log::{self, Name};
use crate::protocol::ADDRESS_KINDS;

pub(super) fn write(interface: &str, entry: &Entry) {
    let name = entry.network.as_ref().map(|ssid| Name(ssid).to_string());
    let text = entry.text(|ssid| Name(ssid).to_string());
    let address = entry.address.map(|(_, address)| address.to_string());
    let kind = entry.address.and_then(|(kind, _)| {
        let known = ADDRESS_KINDS.iter().find(|(_, known)| *known == kind);
        known.map(|&(word, _)| word)
    });
    let fields = [
        ("MESSAGE_ID", Some(entry.kind.message_id)),
        ("MACVEIL_EVENT", Some(entry.kind.event)),
        ("MACVEIL_IFACE", Some(interface)),
        ("MACVEIL_NETWORK", name.as_deref()),
        ("MACVEIL_ADDRESS_KIND", kind),
        ("MACVEIL_ADDRESS", address.as_deref()),
    ];
    let known = fields.into_iter();
    let known: Vec<_> = known
        .filter_map(|(key, value)| Some((key, value?)))
        .collect();
    log::write(entry.level, &format!("{interface}: {text}"), &known);
    if let Some(detail) = &entry.detail {
        debug!("{interface}: {detail}");
    }
}
