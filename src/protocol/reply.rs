//! Replies of the daemon.

use macveil_core::machine::StateKind;
use macveil_core::types::{DeviceKind, Mac, Ssid};
use serde::{Deserialize, Serialize};

use super::json::{self, Malformed};
use super::{Affected, Fault, Paused, Request, Rotated, Scanned, Status};

/// The answer to a [`Request`].
pub type Answer = Result<Reply, Fault>;

/// A reply to a [`Request`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Reply {
    /// To [`Request::Interfaces`].
    Interfaces {
        /// The interfaces that macveil manages or could manage.
        interfaces: Vec<Interface>,
    },
    /// To [`Request::Status`].
    Status {
        /// The same interfaces.
        interfaces: Vec<Status>,
        /// What keeps macveil from doing what its configuration says, on every interface.
        #[serde(default)]
        problems: Vec<String>,
    },
    /// To [`Request::Reload`].
    #[serde(rename = "reload")]
    Reloaded {
        /// The files that were read; a later one takes precedence.
        files: Vec<String>,
        /// Settings without effect.
        warnings: Vec<String>,
    },
    /// To [`Request::Reroll`].
    #[serde(rename = "reroll")]
    Rerolled {
        /// The network.
        #[serde(flatten)]
        ssid: Ssid,
        /// The effect on each managed Wi-Fi interface.
        interfaces: Vec<Affected>,
    },
    /// To [`Request::Rejoin`].
    #[serde(rename = "rejoin")]
    Rejoined {
        /// The network.
        #[serde(flatten)]
        ssid: Ssid,
        /// The effect on each managed Wi-Fi interface.
        interfaces: Vec<Affected>,
    },
    /// To [`Request::Scan`].
    #[serde(rename = "scan")]
    Scanned {
        /// The scans.
        interfaces: Vec<Scanned>,
    },
    /// To [`Request::Rotate`].
    #[serde(rename = "rotate")]
    Rotated {
        /// The changes.
        interfaces: Vec<Rotated>,
    },
    /// To [`Request::Pause`].
    #[serde(rename = "pause")]
    Paused {
        /// The interfaces.
        interfaces: Vec<Paused>,
    },
    /// To [`Request::Resume`].
    #[serde(rename = "resume")]
    Resumed {
        /// The interfaces.
        interfaces: Vec<Paused>,
    },
    /// To [`Request::Events`]: the status now. A line for each event follows.
    Events {
        /// The interfaces.
        interfaces: Vec<Status>,
    },
}

/// An interface that macveil manages or could manage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// The interface's name.
    pub name: String,
    /// The kernel's index of the interface.
    pub ifindex: u32,
    /// The kind of interface.
    pub kind: DeviceKind,
    /// The present address.
    pub address: Mac,
    /// The state; `None`: macveil does not manage the interface.
    #[serde(flatten, with = "managed_state")]
    pub state: Option<StateKind>,
}

/// `managed` and `state`, which is null unless the interface is managed.
mod managed_state {
    use macveil_core::machine::StateKind;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct State {
        managed: bool,
        state: Option<StateKind>,
    }

    #[allow(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes the field by reference"
    )]
    pub(super) fn serialize<S: Serializer>(
        &state: &Option<StateKind>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let managed = state.is_some();
        State { managed, state }.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<StateKind>, D::Error> {
        let State { managed, state } = State::deserialize(deserializer)?;
        Ok(state.filter(|_| managed))
    }
}

impl Reply {
    /// As a line without its newline.
    #[must_use]
    pub fn to_line(&self) -> String {
        json::to_line(self)
    }

    /// Reads the line that answers a request. Unknown keys are ignored: a newer daemon may send more.
    ///
    /// # Errors
    ///
    /// The line is not an answer to this request, or of another version.
    pub fn read(line: &[u8], request: &Request) -> Result<Answer, Malformed> {
        let object = json::versioned(line)?;
        match object.get("reply") {
            None => json::read_answer(object).map(Err),
            Some(name) if name == request.name() => json::read_answer(object).map(Ok),
            Some(name) => Err(Malformed::new(format!(
                "the reply is to {name}, not to \"{}\"",
                request.name()
            ))),
        }
    }
}

/// As a line without its newline.
#[must_use]
pub fn answer_to_line(answer: &Answer) -> String {
    match answer {
        Ok(reply) => reply.to_line(),
        Err(fault) => fault.to_line(),
    }
}
