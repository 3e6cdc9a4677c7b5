//! What the supervisor has to say, as lines of the log.

use tracing::{Level, debug, info, warn};

use super::entry::Entry;
use crate::log::Name;

pub(super) fn write(interface: &str, entry: &Entry) {
    let text = entry.text(|ssid| Name(ssid).to_string());
    match entry.level {
        Level::WARN => warn!("{interface}: {text}"),
        Level::INFO => info!("{interface}: {text}"),
        _ => debug!("{interface}: {text}"),
    }
    if let Some(detail) = &entry.detail {
        debug!("{interface}: {detail}");
    }
}
