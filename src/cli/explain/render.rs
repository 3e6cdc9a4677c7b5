//! Renders an explanation as text and as JSON.

use std::fmt;

use super::explanation::{Explanation, Outcome};
use crate::cli::origin::to_json as origin_to_json;
use crate::json::Json;
use macveil_core::types::Ssid;

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

impl Explanation {
    pub(super) fn to_json(&self) -> Json {
        let address = match &self.outcome {
            Ok(Outcome::Fixed(address)) => Some(address),
            Ok(Outcome::Random) | Err(_) => None,
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
            ("changes", Json::Bool(self.outcome == Ok(Outcome::Random))),
            ("error", Json::optional(self.outcome.as_ref().err())),
            (
                "rules",
                Json::List(self.rules.iter().map(origin_to_json).collect()),
            ),
        ];
        entries.extend(self.steps.iter().map(|step| {
            let value = Json::text(&step.value);
            let value = match &step.origin {
                None => value,
                Some(origin) => {
                    Json::Object(vec![("value", value), ("origin", origin_to_json(origin))])
                }
            };
            (step.name, value)
        }));
        Json::Object(entries)
    }
}
