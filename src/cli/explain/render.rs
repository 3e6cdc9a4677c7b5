//! An explanation for people and for programs.

use std::fmt;

use super::explanation::{Explanation, Outcome};
use crate::cli::origin;
use crate::json::Json;
use macveil_core::types::Ssid;

/// The widest title of a step.
const TITLES: usize = 16;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ssid {
            Some(ssid) => write!(f, "{ssid} ")?,
            None => write!(f, "The wire ")?,
        }
        match &self.outcome {
            Ok(Outcome::Fixed(address)) => writeln!(f, "on {}: {address}", self.interface)?,
            Ok(Outcome::Anew) => {
                writeln!(
                    f,
                    "on {}: another address at each association",
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
            writeln!(f, "  {:TITLES$}  [[network]]  ({rule})", "rule")?;
        }
        for step in &self.steps {
            let value = if step.value.is_empty() {
                "nothing".to_owned()
            } else {
                harmless(&step.value)
            };
            write!(f, "  {:TITLES$}  {value}", step.title)?;
            match &step.origin {
                Some(origin) => writeln!(f, "  ({origin})")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// What is hashed keeps characters that would command a terminal.
fn harmless(text: &str) -> String {
    let shown = |character: char| {
        if character.is_control() {
            character.escape_unicode().to_string()
        } else {
            character.to_string()
        }
    };
    text.chars().map(shown).collect()
}

impl Explanation {
    pub(super) fn to_json(&self) -> Json {
        let address = match &self.outcome {
            Ok(Outcome::Fixed(address)) => Some(address),
            Ok(Outcome::Anew) | Err(_) => None,
        };
        let mut entries = vec![
            ("ssid", Json::optional(self.ssid.as_ref())),
            (
                "ssid_hex",
                Json::optional(self.ssid.as_ref().map(Ssid::to_hex)),
            ),
            ("interface", Json::text(&self.interface)),
            ("managed", Json::Bool(self.managed)),
            ("address", Json::optional(address)),
            ("changes", Json::Bool(self.outcome == Ok(Outcome::Anew))),
            ("error", Json::optional(self.outcome.as_ref().err())),
            (
                "rules",
                Json::List(self.rules.iter().map(origin::to_json).collect()),
            ),
        ];
        entries.extend(self.steps.iter().map(|step| {
            let value = Json::text(&step.value);
            let value = match &step.origin {
                None => value,
                Some(said) => {
                    Json::Object(vec![("value", value), ("origin", origin::to_json(said))])
                }
            };
            (step.name, value)
        }));
        Json::Object(entries)
    }
}
