//! Renders an explanation as text and as JSON.

use std::fmt::Write as _;

use super::explanation::Step;
use super::explanation::{Explanation, Outcome};
use crate::cli::console::wrapped;
use crate::cli::origin::{Position, position};
use crate::protocol::{optional_ssid, to_json};
use macveil_core::address::{Origin, Policy};
use macveil_core::types::{Mac, Ssid};
use serde::{Serialize, Serializer};

/// Width of the titles.
const TITLE_WIDTH: usize = 16;

impl Explanation {
    /// The address, and one sentence about the policy.
    pub(super) fn to_text(&self) -> String {
        let mut text = self.headline();
        if let Some(sentence) = self.sentence() {
            let _ = writeln!(text, "  {}", wrapped(&sentence, 2));
        }
        text
    }

    /// Every input of the address as well.
    pub(super) fn to_verbose_text(&self) -> String {
        let mut text = self.headline();
        for rule in &self.rules {
            let _ = writeln!(text, "  {:TITLE_WIDTH$}  [[network]]  ({rule})", "rule");
        }
        for step in &self.steps {
            let value = if step.value.is_empty() {
                "(empty)".to_owned()
            } else {
                printable(&step.value)
            };
            let _ = write!(text, "  {:TITLE_WIDTH$}  {value}", step.title);
            let _ = match &step.origin {
                Some(origin) => writeln!(text, "  ({origin})"),
                None => writeln!(text),
            };
        }
        text
    }

    fn headline(&self) -> String {
        let name = match &self.ssid {
            Some(ssid) => ssid.to_string(),
            None => "Ethernet".to_owned(),
        };
        let interface = &self.interface;
        let mut text = match &self.outcome {
            Ok(Outcome::Fixed(address)) => format!("{name} on {interface}: {address}\n"),
            Ok(Outcome::Random) => {
                format!("{name} on {interface}: a new address for each association\n")
            }
            Ok(Outcome::NeedsKey) => {
                format!("{name} on {interface}: an address that only root can see (use sudo)\n")
            }
            Err(why) => format!("{name} on {interface}: no address: {why}\n"),
        };
        if !self.managed {
            let _ = writeln!(
                text,
                "  but macveil does not manage {interface} (see `manage` in the configuration)"
            );
        }
        text
    }

    fn has_boot_id(&self) -> bool {
        let has = |step: &Step| step.name == "stable_id" && step.value.contains("${BOOT}");
        self.steps.iter().any(has)
    }

    fn sentence(&self) -> Option<String> {
        let policy = self.policy.as_ref()?;
        let meaning = match policy.value {
            Policy::Permanent => "the card's own address",
            Policy::Preserve => "the address that the card had when macveil first saw it",
            Policy::Random => "a new address for each association",
            Policy::Explicit(_) => "this address",
            // With ${RANDOM}.
            Policy::Stable if self.outcome == Ok(Outcome::Random) => {
                "a new address for each association"
            }
            Policy::Stable | Policy::StableSsid if self.changes_with_time => {
                "an address made from the key, which changes with time"
            }
            Policy::Stable if self.has_boot_id() => {
                "an address made from the key, which changes at each boot"
            }
            Policy::Stable | Policy::StableSsid => {
                "an address made from the key, the same each time"
            }
        };
        let name = self
            .ssid
            .as_ref()
            .map_or("it".to_owned(), ToString::to_string);
        Some(match &policy.origin {
            Origin::BuiltIn => format!(
                "No rule is about {name}, so the built-in default applies: {}, {meaning}.",
                policy.value
            ),
            origin => format!("{origin} sets {}: {meaning}.", policy.value),
        })
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
    needs_key: bool,
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
                Ok(Outcome::Random | Outcome::NeedsKey) | Err(_) => None,
            },
            needs_key: self.outcome == Ok(Outcome::NeedsKey),
            changes: self.outcome == Ok(Outcome::Random),
            error: self.outcome.as_ref().err().map(ToString::to_string),
            rules: self.rules.iter().map(position).collect(),
            steps: Steps(&self.steps),
        })
    }
}
