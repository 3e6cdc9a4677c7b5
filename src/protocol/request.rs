//! Requests to the daemon.

use macveil_core::types::Ssid;
use serde::{Deserialize, Serialize, Serializer};

use super::json::{self, Malformed, Object};
use super::{Fault, FaultKind, VERSION};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "request", rename_all = "kebab-case")]
pub enum Request {
    /// List the interfaces.
    Interfaces,
    /// Report the status of the interfaces.
    Status,
    /// Read the configuration again.
    Reload,
    /// Give a network another address.
    Reroll {
        /// The network.
        #[serde(rename = "ssid_hex", serialize_with = "hex")]
        ssid: Ssid,
        /// Reconnect under the new address at once if an interface is connected to the network.
        now: bool,
        /// Give it its previous address.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        undo: bool,
    },
    /// Scan all channels now, under a mask.
    Scan {
        /// The interface; `None`: all Wi-Fi interfaces.
        interface: Option<String>,
    },
    /// Take another mask now, and other random addresses from the next association on.
    Rotate {
        /// The interface; `None`: all.
        interface: Option<String>,
    },
    /// Stop scanning and joining networks.
    Pause {
        /// The interface; `None`: all Wi-Fi interfaces.
        interface: Option<String>,
        /// Milliseconds until the pause ends; `None`: until [`Request::Resume`].
        for_ms: Option<u64>,
    },
    /// End the pause.
    Resume {
        /// The interface; `None`: all Wi-Fi interfaces.
        interface: Option<String>,
    },
    /// Send a line for each event until the connection ends.
    Events {
        /// Only events of this interface.
        interface: Option<String>,
    },
    /// Reconnect to a network under its present address, if an interface is connected to it.
    Rejoin {
        /// The network.
        #[serde(rename = "ssid_hex", serialize_with = "hex")]
        ssid: Ssid,
    },
}

const NAMES: [&str; 10] = [
    "interfaces",
    "status",
    "reload",
    "reroll",
    "rejoin",
    "scan",
    "rotate",
    "pause",
    "resume",
    "events",
];

fn hex<S: Serializer>(ssid: &Ssid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&ssid.to_hex())
}

#[derive(Deserialize)]
struct Head {
    version: Option<u64>,
    request: String,
    #[serde(flatten)]
    arguments: Object,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoArguments {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Selection {
    interface: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pause {
    interface: Option<String>,
    for_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reroll {
    ssid: Option<String>,
    ssid_hex: Option<String>,
    now: Option<bool>,
    undo: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rejoin {
    ssid: Option<String>,
    ssid_hex: Option<String>,
}

impl Request {
    /// The name, which the reply repeats.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Interfaces => "interfaces",
            Self::Status => "status",
            Self::Reload => "reload",
            Self::Reroll { .. } => "reroll",
            Self::Rejoin { .. } => "rejoin",
            Self::Scan { .. } => "scan",
            Self::Rotate { .. } => "rotate",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Events { .. } => "events",
        }
    }

    /// Reads a line without its newline.
    ///
    /// # Errors
    ///
    /// The line is not a valid request; the fault gives the reason.
    pub fn read(line: &[u8]) -> Result<Self, Fault> {
        let object = json::object(line).map_err(|error| Fault::new(FaultKind::NotJson, error))?;
        let head: Head = json::read(object)?;
        if let Some(version) = head.version.filter(|&version| version != VERSION) {
            return Err(Fault::bad_request(format!(
                "version {version} is not supported, only version {VERSION}"
            )));
        }
        let arguments = head.arguments;
        Ok(match head.request.as_str() {
            "interfaces" => json::read(arguments).map(|NoArguments {}| Self::Interfaces)?,
            "status" => json::read(arguments).map(|NoArguments {}| Self::Status)?,
            "reload" => json::read(arguments).map(|NoArguments {}| Self::Reload)?,
            "reroll" => {
                let Reroll {
                    ssid,
                    ssid_hex,
                    now,
                    undo,
                } = json::read(arguments)?;
                Self::Reroll {
                    ssid: network(ssid, ssid_hex)?,
                    now: now.unwrap_or_default(),
                    undo: undo.unwrap_or_default(),
                }
            }
            "rejoin" => {
                let Rejoin { ssid, ssid_hex } = json::read(arguments)?;
                let ssid = network(ssid, ssid_hex)?;
                Self::Rejoin { ssid }
            }
            "scan" => {
                let Selection { interface } = json::read(arguments)?;
                Self::Scan { interface }
            }
            "rotate" => {
                let Selection { interface } = json::read(arguments)?;
                Self::Rotate { interface }
            }
            "pause" => {
                let Pause { interface, for_ms } = json::read(arguments)?;
                Self::Pause { interface, for_ms }
            }
            "resume" => {
                let Selection { interface } = json::read(arguments)?;
                Self::Resume { interface }
            }
            "events" => {
                let Selection { interface } = json::read(arguments)?;
                Self::Events { interface }
            }
            unknown => {
                let message = format!(
                    "unknown request `{unknown}`, expected one of {}",
                    NAMES.join(", ")
                );
                return Err(Fault::new(FaultKind::UnknownRequest, message));
            }
        })
    }

    /// As a line without its newline.
    #[must_use]
    pub fn to_line(&self) -> String {
        json::to_line(self)
    }
}

/// The network that a request names in one of two ways.
fn network(ssid: Option<String>, ssid_hex: Option<String>) -> Result<Ssid, Malformed> {
    let ssid = match (ssid, ssid_hex) {
        (Some(text), None) => Ssid::new(text.as_bytes()),
        (None, Some(digits)) => Ssid::from_hex(&digits),
        (None, None) => return Err(Malformed::new("missing field `ssid` or `ssid_hex`")),
        (Some(_), Some(_)) => {
            return Err(Malformed::new(
                "expected either `ssid` or `ssid_hex`, not both",
            ));
        }
    };
    ssid.filter(|ssid| !ssid.as_bytes().is_empty())
        .ok_or_else(|| {
            Malformed::new(
                "an SSID has 1 to 32 bytes, in `ssid_hex` two hexadecimal digits for each",
            )
        })
}
