//! The stable-id: the text from which a stable address is derived.

mod parse;
mod version;

use std::fmt;

use super::period::{ParseLengthError, Period};
use parse::is_pattern;
pub use version::{NmVersion, ParseVersionError};

/// A `stable-id` of `NetworkManager` 1.4 and later, with two additional forms that depend on the time:
/// the pattern `${PERIOD:24h}`, and `time: 2016-08-22 6:00:00 7d` as a whole id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StableId {
    text: String,
    meaning: Meaning,
}

/// A parsed id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The connection itself.
    Connection,
    /// The text, without patterns.
    Literal(String),
    /// The text, with the values of its patterns.
    Generated(Vec<Part>),
    /// A different id for each association.
    Random,
}

/// A part of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text, including patterns; the value follows its pattern.
    Text(String),
    /// The value of the preceding pattern.
    Value(Variable),
}

/// A pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// `${CONNECTION}`: the network's UUID, else its SSID.
    Connection,
    /// `${BOOT}`: the kernel's `boot_id`.
    Boot,
    /// `${DEVICE}`: the interface name.
    Device,
    /// `${MAC}`: the permanent address.
    PermanentAddress,
    /// `${NETWORK_SSID}`: the network's SSID, else its UUID.
    NetworkSsid,
    /// `${PERIOD:...}`: the number of the current period of local time.
    Period(Period),
}

/// The text is not a stable-id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseStableIdError {
    /// Empty text.
    #[error("an empty stable-id would give every network the same address: remove it")]
    Empty,
    /// A NUL byte, which ends the id in the hash.
    #[error("a stable-id must not contain a NUL byte")]
    Nul,
    /// `${PERIOD` without a length.
    #[error("`${{PERIOD` without a length: expected for example `${{PERIOD:24h}}`")]
    PeriodUnfinished,
    /// `${PERIOD:` with an invalid length.
    #[error("in `${{PERIOD:...}}`: {0}")]
    PeriodLength(#[from] ParseLengthError),
    /// A period of length zero.
    #[error("a period must be at least one second long")]
    PeriodEmpty,
    /// `time:` with an invalid schedule.
    #[error(
        "expected a date, a time and a duration after `time:`, as in `time: 2016-08-22 6:00:00 7d`"
    )]
    Time,
}

impl Meaning {
    /// The policy `stable-ssid` is `stable` with the id `${NETWORK_SSID}`.
    pub(super) fn of_ssid() -> Self {
        Self::ending_in_ssid("${NETWORK_SSID}")
    }

    /// Of a text whose only pattern is `${NETWORK_SSID}`, at its end.
    fn ending_in_ssid(text: &str) -> Self {
        let text = Part::Text(text.to_owned());
        Self::Generated(vec![text, Part::Value(Variable::NetworkSsid)])
    }
}

impl StableId {
    /// The id of hotspots: that of no network, unless the user writes the same.
    pub(super) fn of_hotspot() -> Self {
        let text = "hotspot ${NETWORK_SSID}";
        Self {
            text: text.to_owned(),
            meaning: Meaning::ending_in_ssid(text),
        }
    }

    /// The id as the user wrote it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parsed id.
    #[must_use]
    pub const fn meaning(&self) -> &Meaning {
        &self.meaning
    }

    /// Whether the id differs between networks.
    #[must_use]
    pub fn differs_by_network(&self) -> bool {
        match &self.meaning {
            Meaning::Connection | Meaning::Random => true,
            Meaning::Literal(_) => false,
            Meaning::Generated(parts) => parts.iter().any(|part| {
                matches!(
                    part,
                    Part::Value(Variable::Connection | Variable::NetworkSsid)
                )
            }),
        }
    }

    /// Unknown patterns such as `${SSID}`, which stand for themselves.
    #[must_use]
    pub fn unknown_patterns(&self) -> Vec<&str> {
        let mut unknown = Vec::new();
        let mut rest = self.text.as_str();
        while let Some(start) = rest.find('$') {
            rest = rest.get(start..).unwrap_or_default();
            let length = match (rest.find('}'), rest.starts_with("$$")) {
                (_, true) => 2,
                (Some(end), false) if rest.starts_with("${") => end + 1,
                _ => 1,
            };
            let (candidate, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            rest = after;
            if candidate.ends_with('}') && !is_pattern(candidate) {
                unknown.push(candidate);
            }
        }
        unknown
    }

    /// Whether the id depends on the local time.
    #[must_use]
    pub fn changes_with_time(&self) -> bool {
        match &self.meaning {
            Meaning::Generated(parts) => parts
                .iter()
                .any(|part| matches!(part, Part::Value(Variable::Period(_)))),
            Meaning::Connection | Meaning::Literal(_) | Meaning::Random => false,
        }
    }
}

impl fmt::Display for StableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> StableId {
        text.parse().unwrap()
    }

    #[test]
    fn id_knows_whether_it_depends_on_network_and_time() {
        for (text, by_network, by_time) in [
            ("home", false, false),
            ("${BOOT}", false, false),
            ("${NETWORK_SSID}", true, false),
            ("a${CONNECTION}", true, false),
            ("${RANDOM}", true, false),
            ("${PERIOD:1h}", false, true),
            ("${NETWORK_SSID}${PERIOD:1h}", true, true),
        ] {
            let id = id(text);
            assert_eq!(
                (id.differs_by_network(), id.changes_with_time()),
                (by_network, by_time),
                "{text}"
            );
            assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn unknown_patterns_need_dollar_and_braces() {
        assert_eq!(id("$x}").unknown_patterns(), [""; 0]);
        assert_eq!(id("${MAC}$${A}${B}c}").unknown_patterns(), ["${B}"]);
    }

    #[test]
    fn double_dollar_escapes_a_pattern() {
        for (text, values) in [("$é${MAC}", 1), ("$${MAC}", 0), ("$$${MAC}", 1)] {
            let id = id(text);
            let found = match id.meaning() {
                Meaning::Generated(parts) => parts
                    .iter()
                    .filter(|part| matches!(part, Part::Value(_)))
                    .count(),
                _ => 0,
            };
            assert_eq!(found, values, "{text}");
        }
    }
}
