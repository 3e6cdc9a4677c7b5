//! What happens, as lines for whoever follows it.

use super::fields::{Fields, Malformed};
use super::{Status, VERSION};
use crate::json::Json;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which kind of thing: a word of the protocol.
    pub event: &'static str,
    /// To which interface; `None`: to macveil.
    pub interface: Option<String>,
    /// For people.
    pub text: String,
    /// What is known beyond that.
    pub(crate) fields: Vec<(&'static str, Json)>,
}

/// What is said of an interface whose status has changed.
pub(super) const STATUS: &str = "status";
/// An interface is left, or gone.
const GONE: &str = "unmanaged";
/// The last thing that is said.
const LEAVING: &str = "leaving";
/// Lines were left out.
const MISSED: &str = "missed";

impl News {
    /// The status of an interface is another one.
    #[must_use]
    pub fn status(status: &Status) -> Self {
        Self {
            event: STATUS,
            interface: Some(status.interface.name.clone()),
            text: format!(
                "{}, under {}",
                status.interface.state.as_deref().unwrap_or("not managed"),
                status.interface.address
            ),
            fields: vec![(STATUS, status.to_json())],
        }
    }

    /// The daemon cares for an interface no longer.
    #[must_use]
    pub fn gone(interface: &str) -> Self {
        Self {
            event: GONE,
            interface: Some(interface.to_owned()),
            text: "no longer managed".to_owned(),
            fields: Vec::new(),
        }
    }

    /// The daemon ends.
    #[must_use]
    pub fn leaving() -> Self {
        Self::about_macveil(LEAVING, "macveil is ending", Vec::new())
    }

    /// Whoever reads slowly has missed so many lines.
    pub(super) fn missed(lines: u64) -> Self {
        let fields = vec![("lines", Json::Number(lines))];
        Self::about_macveil(MISSED, "not fetched in time", fields)
    }

    fn about_macveil(event: &'static str, text: &str, fields: Vec<(&'static str, Json)>) -> Self {
        Self {
            event,
            interface: None,
            text: text.to_owned(),
            fields,
        }
    }

    /// As a line without its newline; `time_ms` are milliseconds since 1970.
    #[must_use]
    pub fn to_line(&self, time_ms: u64) -> String {
        let mut entries = vec![
            ("version", Json::Number(VERSION)),
            ("event", Json::text(self.event)),
            ("time_ms", Json::Number(time_ms)),
            ("interface", Json::optional(self.interface.as_ref())),
            ("text", Json::text(&self.text)),
        ];
        entries.extend(self.fields.iter().cloned());
        Json::Object(entries).to_string()
    }
}

/// A line of events, as whoever follows them reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine {
    /// To which interface it happened.
    pub interface: Option<String>,
    /// For people.
    pub text: String,
    /// What kind of thing.
    pub kind: Kind,
}

/// What a line of events is about, as far as a program of macveil's own cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// An interface is doing something else now.
    Status(Box<Status>),
    /// An interface is left, or gone.
    Unmanaged,
    /// Lines are missing.
    Missed,
    /// The daemon ends.
    Leaving,
    /// Anything else.
    Other,
}

impl EventLine {
    /// Reads a line. Keys and events that are not known are passed over: a newer daemon may say more.
    ///
    /// # Errors
    ///
    /// It is no such line.
    pub fn read(line: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of_line(line).map_err(Malformed::new)?;
        match fields.number("version")? {
            VERSION => {}
            other => return Err(Malformed::new(format!("version {other} is not known"))),
        }
        let kind = match fields.text("event")?.as_str() {
            STATUS => Kind::Status(Box::new(Status::read(fields.object(STATUS)?)?)),
            GONE => Kind::Unmanaged,
            MISSED => Kind::Missed,
            LEAVING => Kind::Leaving,
            _ => Kind::Other,
        };
        Ok(Self {
            interface: fields.optional_text("interface")?,
            text: fields.text("text")?,
            kind,
        })
    }
}
