//! Parser of stable-ids.

use std::str::FromStr;

use super::{Meaning, NmVersion, ParseStableIdError, Part, StableId, Variable};
use crate::address::period::{Period, parse_length, parse_reading};

/// The explicit form of an unset id.
const DEFAULT: &str = "default${CONNECTION}";
const RANDOM: &str = "${RANDOM}";
const PERIOD: &str = "${PERIOD";
pub(super) const NETWORK_SSID: &str = "${NETWORK_SSID}";

const SIMPLE: [(&str, Variable); 5] = [
    ("${CONNECTION}", Variable::Connection),
    ("${BOOT}", Variable::Boot),
    ("${DEVICE}", Variable::Device),
    ("${MAC}", Variable::PermanentAddress),
    (NETWORK_SSID, Variable::NetworkSsid),
];

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
            Some(schedule) => scheduled(text, schedule)?,
            None if text == DEFAULT => Meaning::Connection,
            None => Parser::new(text, None).meaning()?,
        };
        Ok(Self {
            text: text.to_owned(),
            meaning,
        })
    }
}

impl StableId {
    /// Parses an id like a version of `NetworkManager`: patterns unknown to that version, and macveil's
    /// own, stand for themselves.
    ///
    /// # Errors
    ///
    /// The text contains a NUL byte.
    pub fn of_network_manager(text: &str, version: NmVersion) -> Result<Self, ParseStableIdError> {
        if text.contains('\0') {
            return Err(ParseStableIdError::Nul);
        }
        let meaning = if text == DEFAULT && version.knows_default_word() {
            Meaning::Connection
        } else {
            Parser::new(text, Some(version)).meaning()?
        };
        Ok(Self {
            text: text.to_owned(),
            meaning,
        })
    }
}

/// `time: DATE TIME LENGTH`: a new id for the connection in each period.
fn scheduled(text: &str, schedule: &str) -> Result<Meaning, ParseStableIdError> {
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

/// Parses an id pattern by pattern.
struct Parser<'a> {
    parts: Vec<Part>,
    /// Text that is not in a part yet.
    pending: &'a str,
    /// Number of bytes of `pending` already parsed.
    seen: usize,
    /// Parse like this version of `NetworkManager`; `None`: like macveil.
    version: Option<NmVersion>,
}

impl<'a> Parser<'a> {
    const fn new(text: &'a str, version: Option<NmVersion>) -> Self {
        Self {
            parts: Vec::new(),
            pending: text,
            seen: 0,
            version,
        }
    }

    fn meaning(mut self) -> Result<Meaning, ParseStableIdError> {
        while let Some(rest) = self.next_dollar() {
            if rest.starts_with(RANDOM) && self.version.is_none_or(|version| version.knows(RANDOM))
            {
                return Ok(Meaning::Random);
            }
            match self.pattern(rest)? {
                Some((length, variable)) => self.take(length, variable),
                // `$$` is a literal dollar and escapes a pattern, as in NetworkManager.
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

    /// Advances to the next `$` and returns the rest from there.
    fn next_dollar(&mut self) -> Option<&'a str> {
        let rest = self.pending.get(self.seen..)?;
        self.seen += rest.find('$')?;
        self.pending.get(self.seen..)
    }

    fn pattern(&self, rest: &str) -> Result<Option<(usize, Variable)>, ParseStableIdError> {
        match self.version {
            None => pattern(rest),
            Some(version) => Ok(simple_pattern(rest)
                .filter(|(name, _)| version.knows(name))
                .map(|(name, variable)| (name.len(), variable))),
        }
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

pub(super) fn is_pattern(text: &str) -> bool {
    text == RANDOM || matches!(pattern(text), Ok(Some(_)))
}

/// The pattern at the start of `text`, and its length.
fn pattern(text: &str) -> Result<Option<(usize, Variable)>, ParseStableIdError> {
    if let Some((name, variable)) = simple_pattern(text) {
        return Ok(Some((name.len(), variable)));
    }
    match text.strip_prefix(PERIOD) {
        Some(rest) if rest.starts_with([':', '}']) => period_pattern(rest).map(Some),
        _ => Ok(None),
    }
}

fn simple_pattern(text: &str) -> Option<(&'static str, Variable)> {
    let known = SIMPLE.iter().find(|(name, _)| text.starts_with(name));
    known.copied()
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
