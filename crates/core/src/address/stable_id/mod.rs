//! The stable-id language: what a stable address is derived from.

mod parse;
mod version;

use std::fmt;

use super::period::{ParseLengthError, Period};
use parse::is_pattern;
pub use version::{NmVersion, ParseVersionError};

/// `stable-id`, as `NetworkManager` 1.4 and later read it, and two forms that change with time:
/// `${PERIOD:24h}` within an id, and `time: 2016-08-22 6:00:00 7d` as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StableId {
    text: String,
    meaning: Meaning,
}

/// What an id asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The connection itself.
    Connection,
    /// The text as it is.
    Literal(String),
    /// The text with values filled in.
    Generated(Vec<Part>),
    /// Something else at each association.
    Random,
}

/// A part of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it is; patterns are text too, their values follow them.
    Text(String),
    /// The value of the pattern before it.
    Value(Variable),
}

/// What a pattern stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// `${CONNECTION}`: the network's UUID, or else its name.
    Connection,
    /// `${BOOT}`: the kernel's `boot_id`.
    Boot,
    /// `${DEVICE}`: the interface's name.
    Device,
    /// `${MAC}`: the permanent address.
    PermanentAddress,
    /// `${NETWORK_SSID}`: the network's name, or else its UUID.
    NetworkSsid,
    /// `${PERIOD:...}`: the number of the period that the local clock is in.
    Period(Period),
}

/// The text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseStableIdError {
    /// Nothing.
    #[error("the id is empty: every network would get the same address; leave it out instead")]
    Empty,
    /// A NUL byte would end the id within the hash.
    #[error("an id cannot contain a NUL byte")]
    Nul,
    /// `${PERIOD` without a length.
    #[error("`${{PERIOD` without a length: `${{PERIOD:24h}}` is meant")]
    PeriodUnfinished,
    /// `${PERIOD:` with something that is no length.
    #[error("in `${{PERIOD:...}}`: {0}")]
    PeriodLength(#[from] ParseLengthError),
    /// A period of no length.
    #[error("a period must be longer than nothing")]
    PeriodEmpty,
    /// `time:` with something else after it.
    #[error(
        "after `time:` a date, a time and a length are meant, as in `time: 2016-08-22 6:00:00 7d`"
    )]
    Time,
}

impl Meaning {
    /// `stable-ssid` is `stable` with the id `${NETWORK_SSID}`.
    pub(super) fn of_ssid() -> Self {
        let name = Part::Text("${NETWORK_SSID}".to_owned());
        Self::Generated(vec![name, Part::Value(Variable::NetworkSsid)])
    }
}

impl StableId {
    /// The id as the user wrote it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it asks for.
    #[must_use]
    pub const fn meaning(&self) -> &Meaning {
        &self.meaning
    }

    /// Whether two networks never share it.
    #[must_use]
    pub fn tells_networks_apart(&self) -> bool {
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

    /// What looks like a pattern, but is none.
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

    /// Whether it hangs on the local clock.
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
    fn an_id_knows_what_it_hangs_on() {
        for (text, tells_apart, changes) in [
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
                (id.tells_networks_apart(), id.changes_with_time()),
                (tells_apart, changes),
                "{text}"
            );
            assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn only_what_looks_like_a_pattern_is_an_unknown_one() {
        assert_eq!(id("$x}").unknown_patterns(), [""; 0]);
        assert_eq!(id("${MAC}$${A}${B}c}").unknown_patterns(), ["${B}"]);
    }

    #[test]
    fn a_dollar_hides_nothing_but_another_one() {
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
