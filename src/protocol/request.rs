//! What can be asked of the daemon.

use super::fields::Fields;
use super::{Fault, FaultKind, VERSION};
use crate::json::Json;
use macveil_core::types::Ssid;
use macveil_core::types::parse_hex;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Which Wi-Fi interfaces are there, and what are they doing?
    Interfaces,
    /// How are the interfaces doing?
    Status,
    /// Read the configuration again.
    Reload,
    /// Let a network have another address.
    Reroll {
        /// The network.
        ssid: Ssid,
        /// If it is connected, connect again under the new address at once.
        now: bool,
    },
    /// Scan all channels now, masked.
    Scan {
        /// Only with this interface.
        interface: Option<String>,
    },
    /// Take another mask, and other random addresses from the next association on.
    Rotate {
        /// Only this interface.
        interface: Option<String>,
    },
    /// Neither scan nor join anything.
    Pause {
        /// Only this interface.
        interface: Option<String>,
        /// Milliseconds until the pause is over by itself.
        for_ms: Option<u64>,
    },
    /// The pause is over.
    Resume {
        /// Only this interface.
        interface: Option<String>,
    },
    /// Tell what happens from now on, until the connection ends.
    Events {
        /// Only of this interface.
        interface: Option<String>,
    },
    /// If a network is connected, end the association and take its address anew.
    Rejoin {
        /// The network.
        ssid: Ssid,
    },
}

/// Every request's name.
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

    /// Reads a line, without its newline.
    ///
    /// # Errors
    ///
    /// It is no request; the fault says why.
    pub fn read(line: &[u8]) -> Result<Self, Fault> {
        let mut fields = Fields::of_line(line)?;
        match fields.optional_number("version")? {
            None | Some(VERSION) => {}
            Some(other) => {
                return Err(Fault::bad_request(format!(
                    "version {other} is not spoken here, but version {VERSION}"
                )));
            }
        }
        let name = fields.text("request")?;
        let request = match name.as_str() {
            "interfaces" => Self::Interfaces,
            "status" => Self::Status,
            "reload" => Self::Reload,
            "reroll" => Self::Reroll {
                ssid: ssid(&mut fields)?,
                now: fields.optional_boolean("now")?.unwrap_or(false),
            },
            "rejoin" => Self::Rejoin {
                ssid: ssid(&mut fields)?,
            },
            "scan" => Self::Scan {
                interface: fields.optional_text("interface")?,
            },
            "rotate" => Self::Rotate {
                interface: fields.optional_text("interface")?,
            },
            "pause" => Self::Pause {
                interface: fields.optional_text("interface")?,
                for_ms: fields.optional_number("for_ms")?,
            },
            "resume" => Self::Resume {
                interface: fields.optional_text("interface")?,
            },
            "events" => Self::Events {
                interface: fields.optional_text("interface")?,
            },
            _ => {
                let message = format!("unknown request `{name}`: known are {}", NAMES.join(", "));
                return Err(Fault::new(FaultKind::UnknownRequest, message));
            }
        };
        fields.finish()?;
        Ok(request)
    }

    /// As a line without its newline.
    #[must_use]
    pub fn to_line(&self) -> String {
        let mut entries = vec![
            ("version", Json::Number(VERSION)),
            ("request", Json::text(self.name())),
        ];
        match self {
            Self::Interfaces | Self::Status | Self::Reload => {}
            Self::Reroll { ssid, now } => {
                entries.push(("ssid_hex", Json::text(ssid.to_hex())));
                entries.push(("now", Json::Bool(*now)));
            }
            Self::Rejoin { ssid } => entries.push(("ssid_hex", Json::text(ssid.to_hex()))),
            Self::Pause { interface, for_ms } => {
                entries.push(("interface", Json::optional(interface.as_ref())));
                entries.push(("for_ms", for_ms.map_or(Json::Null, Json::Number)));
            }
            Self::Scan { interface }
            | Self::Rotate { interface }
            | Self::Resume { interface }
            | Self::Events { interface } => {
                entries.push(("interface", Json::optional(interface.as_ref())));
            }
        }
        Json::Object(entries).to_string()
    }
}

fn ssid(fields: &mut Fields) -> Result<Ssid, Fault> {
    let bytes = match (
        fields.optional_text("ssid")?,
        fields.optional_text("ssid_hex")?,
    ) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(digits)) => parse_hex(&digits).ok_or_else(|| {
            Fault::bad_request("`ssid_hex` must be two hexadecimal digits for each byte")
        })?,
        (None, None) => return Err(Fault::bad_request("`ssid` or `ssid_hex` is missing")),
        (Some(_), Some(_)) => {
            return Err(Fault::bad_request(
                "either `ssid` or `ssid_hex` is meant, not both",
            ));
        }
    };
    Ssid::new(&bytes)
        .filter(|_| !bytes.is_empty())
        .ok_or_else(|| Fault::bad_request("an SSID has 1 to 32 bytes"))
}
