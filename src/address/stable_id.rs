//! The stable-id language: what a stable address is derived from.

use std::fmt;
use std::str::FromStr;

use super::period::{ParseLengthError, Period, parse_length, parse_reading};

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

/// The id that stands for none, spelled out.
const DEFAULT: &str = "default${CONNECTION}";
const RANDOM: &str = "${RANDOM}";
const PERIOD: &str = "${PERIOD";

const SIMPLE: [(&str, Variable); 5] = [
    ("${CONNECTION}", Variable::Connection),
    ("${BOOT}", Variable::Boot),
    ("${DEVICE}", Variable::Device),
    ("${MAC}", Variable::PermanentAddress),
    ("${NETWORK_SSID}", Variable::NetworkSsid),
];

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

impl FromStr for StableId {
    type Err = ParseStableIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(ParseStableIdError::Empty);
        }
        if text.contains('\0') {
            return Err(ParseStableIdError::Nul);
        }
        let meaning = match text.strip_prefix("time:") {
            Some(schedule) => by_the_clock(text, schedule)?,
            None if text == DEFAULT => Meaning::Connection,
            None => Scan::new(text).meaning()?,
        };
        Ok(Self {
            text: text.to_owned(),
            meaning,
        })
    }
}

/// `time: DATE TIME LENGTH`: the connection, anew each period.
fn by_the_clock(text: &str, schedule: &str) -> Result<Meaning, ParseStableIdError> {
    let mut words = schedule.split_ascii_whitespace();
    let (Some(date), Some(time), Some(length), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(ParseStableIdError::Time);
    };
    let anchor = parse_reading(date, time).ok_or(ParseStableIdError::Time)?;
    let period =
        Period::since(anchor, parse_length(length)?).ok_or(ParseStableIdError::PeriodEmpty)?;
    Ok(Meaning::Generated(vec![
        Part::Text(text.to_owned()),
        Part::Value(Variable::Period(period)),
        Part::Text("${CONNECTION}".to_owned()),
        Part::Value(Variable::Connection),
    ]))
}

/// A way through an id, pattern by pattern.
struct Scan<'a> {
    parts: Vec<Part>,
    /// Not yet in any part.
    pending: &'a str,
    /// How much of it was looked at.
    seen: usize,
}

impl<'a> Scan<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            parts: Vec::new(),
            pending: text,
            seen: 0,
        }
    }

    fn meaning(mut self) -> Result<Meaning, ParseStableIdError> {
        while let Some(rest) = self.next_dollar() {
            if rest.starts_with(RANDOM) {
                return Ok(Meaning::Random);
            }
            match pattern(rest)? {
                Some((length, variable)) => self.take(length, variable),
                // `$$` is a literal dollar and hides the second one, as in NetworkManager.
                None if rest.starts_with("$$") => self.seen += 2,
                None => self.seen += 1,
            }
        }
        if self.parts.is_empty() {
            return Ok(Meaning::Literal(self.pending.to_owned()));
        }
        if !self.pending.is_empty() {
            self.parts.push(Part::Text(self.pending.to_owned()));
        }
        Ok(Meaning::Generated(self.parts))
    }

    /// Goes on to the next `$`; what is there.
    fn next_dollar(&mut self) -> Option<&'a str> {
        let rest = self.pending.get(self.seen..)?;
        self.seen += rest.find('$')?;
        self.pending.get(self.seen..)
    }

    fn take(&mut self, length: usize, variable: Variable) {
        if let Some((text, rest)) = self.pending.split_at_checked(self.seen + length) {
            self.parts.push(Part::Text(text.to_owned()));
            self.parts.push(Part::Value(variable));
            self.pending = rest;
            self.seen = 0;
        }
    }
}

fn is_pattern(text: &str) -> bool {
    text == RANDOM || matches!(pattern(text), Ok(Some(_)))
}

/// The pattern that `text` begins with, and its length.
fn pattern(text: &str) -> Result<Option<(usize, Variable)>, ParseStableIdError> {
    let simple = SIMPLE.iter().find(|(name, _)| text.starts_with(name));
    if let Some((name, variable)) = simple {
        return Ok(Some((name.len(), *variable)));
    }
    match text.strip_prefix(PERIOD) {
        Some(rest) if rest.starts_with([':', '}']) => period_pattern(rest).map(Some),
        _ => Ok(None),
    }
}

fn period_pattern(rest: &str) -> Result<(usize, Variable), ParseStableIdError> {
    let (length, _) = rest
        .strip_prefix(':')
        .and_then(|rest| rest.split_once('}'))
        .ok_or(ParseStableIdError::PeriodUnfinished)?;
    let period = Period::every(parse_length(length)?).ok_or(ParseStableIdError::PeriodEmpty)?;
    let pattern = PERIOD.len() + ":".len() + length.len() + "}".len();
    Ok((pattern, Variable::Period(period)))
}
