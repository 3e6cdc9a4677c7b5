//! Renders an explanation as text and as JSON.

use std::fmt;

use super::explanation::Step;
use super::explanation::{Explanation, Outcome};
use crate::cli::origin::{Position, position};
use crate::protocol::{optional_ssid, to_json};
use macveil_core::types::{Mac, Ssid};
use serde::{Serialize, Serializer};

/// Width of the titles.
const TITLE_WIDTH: usize = 16;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ssid {
            Some(ssid) => write!(f, "{ssid} ")?,
            None => write!(f, "Ethernet ")?,
        }
        match &self.outcome {
            Ok(Outcome::Fixed(address)) => writeln!(f, "on {}: {address}", self.interface)?,
            Ok(Outcome::Random) => {
                writeln!(
                    f,
                    "on {}: a new address for each association",
                    self.interface
                )?;
            }
            Err(why) => writeln!(f, "on {}: no address: {why}", self.interface)?,
        }
        if !self.managed {
            writeln!(
                f,
                "  but macveil does not manage {} (see `manage` in the configuration)",
                self.interface
            )?;
        }
        for rule in &self.rules {
            writeln!(f, "  {:TITLE_WIDTH$}  [[network]]  ({rule})", "rule")?;
        }
        for step in &self.steps {
            let value = if step.value.is_empty() {
                "(empty)".to_owned()
            } else {
                printable(&step.value)
            };
            write!(f, "  {:TITLE_WIDTH$}  {value}", step.title)?;
            match &step.origin {
                Some(origin) => writeln!(f, "  ({origin})")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// Escapes control characters, which can be in a hashed id.
fn printable(text: &str) -> String {
    let shown = |character: char| {
        if character.is_control() {
            character.escape_unicode().to_string()
        } else {
            character.to_string()
        }
    };
    text.chars().map(shown).collect()
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten, with = "optional_ssid")]
    ssid: Option<Ssid>,
    interface: &'a str,
    managed: bool,
    address: Option<Mac>,
    changes: bool,
    error: Option<String>,
    rules: Vec<Option<Position<'a>>>,
    #[serde(flatten)]
    steps: Steps<'a>,
}

/// One key for each step.
struct Steps<'a>(&'a [Step]);

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Plain(&'a str),
    Said {
        value: &'a str,
        origin: Option<Position<'a>>,
    },
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|step| {
            let value = step.value.as_str();
            let value = match &step.origin {
                None => Value::Plain(value),
                Some(origin) => Value::Said {
                    value,
                    origin: position(origin),
                },
            };
            (step.name, value)
        }))
    }
}

impl Explanation {
    pub(super) fn to_json(&self) -> String {
        to_json(&Answer {
            ssid: self.ssid.clone(),
            interface: &self.interface,
            managed: self.managed,
            address: match self.outcome {
                Ok(Outcome::Fixed(address)) => Some(address),
                Ok(Outcome::Random) | Err(_) => None,
            },
            changes: self.outcome == Ok(Outcome::Random),
            error: self.outcome.as_ref().err().map(ToString::to_string),
            rules: self.rules.iter().map(position).collect(),
            steps: Steps(&self.steps),
        })
    }
}
