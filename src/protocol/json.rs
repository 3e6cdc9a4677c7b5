//! JSON (RFC 8259) in one line.

use std::fmt::Display;
use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::ser::Formatter;
use serde_json::{Map, Value};

use super::VERSION;

pub(super) type Object = Map<String, Value>;

/// A line is not a valid message of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

impl Malformed {
    pub(super) fn new(message: impl Display) -> Self {
        Self(message.to_string())
    }
}

/// A message with the version of the protocol as its first key.
#[derive(Serialize)]
struct Versioned<'a, T> {
    version: u64,
    #[serde(flatten)]
    message: &'a T,
}

/// Compact, with the control characters escaped that terminals obey and RFC 8259 does not mention.
struct Terminal;

impl Formatter for Terminal {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut rest = fragment;
        while let Some((start, character)) = rest.char_indices().find(|(_, it)| it.is_control()) {
            let (plain, control) = rest.split_at(start);
            write!(writer, "{plain}\\u{:04x}", u32::from(character))?;
            rest = control.get(character.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}

/// The value as JSON in one line, without control characters.
pub(crate) fn to_json(value: &impl Serialize) -> String {
    let mut line = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut line, Terminal);
    // Fails only for maps whose keys are not strings, and no type here has such a map.
    let _ = value.serialize(&mut serializer);
    String::from_utf8(line).unwrap_or_default()
}

/// The word of the protocol for a value that is one word.
pub(crate) fn word(value: &impl Serialize) -> String {
    to_json(value).trim_matches('"').to_owned()
}

pub(super) fn to_line(message: &impl Serialize) -> String {
    to_json(&Versioned {
        version: VERSION,
        message,
    })
}

/// Reads a line that contains one JSON object.
pub(super) fn object(line: &[u8]) -> Result<Object, Malformed> {
    let text = std::str::from_utf8(line)
        .map_err(|error| Malformed(format!("the line is not valid UTF-8: {error}")))?;
    serde_json::from_str(text)
        .map_err(|error| Malformed(format!("the line is not a JSON object: {error}")))
}

/// Reads a line from the daemon, which must have this version.
pub(super) fn versioned(line: &[u8]) -> Result<Object, Malformed> {
    let object = object(line)?;
    match object.get("version") {
        Some(version) if *version == VERSION => Ok(object),
        Some(version) => Err(Malformed(format!(
            "version {version} is not supported, only version {VERSION}"
        ))),
        None => Err(Malformed("missing field `version`".to_owned())),
    }
}

/// Reads a request from its object. An error names the key.
pub(super) fn read<T: DeserializeOwned>(object: Object) -> Result<T, Malformed> {
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| {
        let key = error.path().to_string();
        let message = error.into_inner().to_string();
        let is_named = key == "." || message.contains(&format!("`{key}`"));
        Malformed(if is_named {
            message
        } else {
            format!("`{key}`: {message}")
        })
    })
}

/// Reads what the daemon says.
pub(super) fn read_answer<T: DeserializeOwned>(object: Object) -> Result<T, Malformed> {
    T::deserialize(Value::Object(object)).map_err(Malformed::new)
}

/// A flattened `Option<Ssid>`: `ssid` and `ssid_hex`, both null without a network.
pub(crate) mod optional_ssid {
    use macveil_core::types::Ssid;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Names {
        ssid: Option<String>,
        ssid_hex: Option<String>,
    }

    #[allow(clippy::ref_option, reason = "serde passes the field by reference")]
    pub(crate) fn serialize<S: Serializer>(
        ssid: &Option<Ssid>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let ssid = ssid.as_ref();
        let names = Names {
            ssid: ssid.map(ToString::to_string),
            ssid_hex: ssid.map(Ssid::to_hex),
        };
        names.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Ssid>, D::Error> {
        let read = |digits: String| {
            let ssid = Ssid::from_hex(&digits);
            ssid.ok_or_else(|| D::Error::custom("`ssid_hex` is not an SSID in hexadecimal digits"))
        };
        let names = Names::deserialize(deserializer)?;
        names.ssid_hex.map(read).transpose()
    }
}

/// A value with part of a message, which the other part decides about.
pub(super) fn part<T: DeserializeOwned, E: serde::de::Error>(object: &Object) -> Result<T, E> {
    T::deserialize(Value::Object(object.clone())).map_err(E::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(
            to_json(&"\"\\\n\u{7f}\u{9b}\u{e9}"),
            r#""\"\\\n\u007f\u009bé""#
        );
    }
}
