//! Events, as lines for clients that follow them.

use macveil_core::machine::StateKind;
use macveil_core::types::{Mac, Ssid};
use serde::{Deserialize, Serialize};

use super::Status;
use super::json::{self, Malformed};

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLine {
    /// The kind of event.
    pub event: EventKind,
    /// Milliseconds since 1970; the server sets it.
    pub time_ms: u64,
    /// The interface; `None`: macveil as a whole.
    pub interface: Option<String>,
    /// A sentence for people.
    pub text: String,
    /// The network, if there is one.
    #[serde(flatten)]
    pub ssid: Option<Ssid>,
    /// The address, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Mac>,
    /// The new status, in a [`EventKind::Status`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Box<Status>>,
    /// The number of lines that were left out, in a [`EventKind::Missed`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<u64>,
}

/// A kind of event. Its word never changes: programs depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// The status of an interface has changed.
    Status,
    /// macveil no longer manages the interface.
    Unmanaged,
    /// The interface has another mask.
    Masked,
    /// The interface joins a network.
    Associating,
    /// The interface is connected under the assigned address.
    Connected,
    /// The association is over.
    Lost,
    /// A network could not be joined.
    Failed,
    /// The link is held down.
    Blocked,
    /// The link is down for a reason outside macveil.
    Silent,
    /// An Ethernet interface without a carrier has its assigned address.
    Assigned,
    /// The user disconnected; the interface is masked and silent.
    Disconnected,
    /// A pause begins.
    Paused,
    /// A pause is over.
    Resumed,
    /// A scan for the user is over.
    Scanned,
    /// Another program scanned.
    ExternalScan,
    /// A scan began under the assigned address, and was ended.
    Exposed,
    /// Anything else.
    Info,
    /// The client was slow: lines were left out.
    Missed,
    /// The daemon is shutting down.
    ShuttingDown,
    /// A kind that a newer daemon knows.
    #[serde(other)]
    Other,
}

impl EventLine {
    pub(crate) const fn new(event: EventKind, interface: Option<String>, text: String) -> Self {
        Self {
            event,
            time_ms: 0,
            interface,
            text,
            ssid: None,
            address: None,
            status: None,
            lines: None,
        }
    }

    /// The status of an interface has changed.
    #[must_use]
    pub fn status(status: Status) -> Self {
        let interface = &status.interface;
        let state = interface.state.map_or("not managed", StateKind::name);
        let text = format!("{state}, under {}", interface.address);
        let name = interface.name.clone();
        Self {
            status: Some(Box::new(status)),
            ..Self::new(EventKind::Status, Some(name), text)
        }
    }

    /// macveil no longer manages an interface.
    #[must_use]
    pub fn unmanaged(interface: &str) -> Self {
        let text = "no longer managed".to_owned();
        Self::new(EventKind::Unmanaged, Some(interface.to_owned()), text)
    }

    /// The daemon is shutting down.
    #[must_use]
    pub fn shutting_down() -> Self {
        let text = "macveil is shutting down".to_owned();
        Self::new(EventKind::ShuttingDown, None, text)
    }

    /// The client was slow: lines were left out.
    #[must_use]
    pub fn missed(lines: u64) -> Self {
        Self {
            lines: Some(lines),
            ..Self::new(EventKind::Missed, None, "not read in time".to_owned())
        }
    }

    /// As a line without its newline.
    #[must_use]
    pub fn to_line(&self) -> String {
        json::to_line(self)
    }

    /// Reads a line. Unknown keys and kinds are ignored: a newer daemon may send more.
    ///
    /// # Errors
    ///
    /// The line is not an event, or of another version.
    pub fn read(line: &[u8]) -> Result<Self, Malformed> {
        json::read_answer(json::versioned(line)?)
    }
}
