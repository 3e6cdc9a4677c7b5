//! A request that is not answered as hoped.

use std::fmt;

use super::fields::{Fields, Malformed, meaning_of, word_for};
use crate::config::{Errors, Problem};
use crate::json::Json;
use macveil_core::types::Words;

/// What went wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Which kind of thing.
    pub kind: FaultKind,
    /// For people.
    pub message: String,
    /// What is wrong with the configuration, one by one; empty for every other kind.
    pub mistakes: Vec<Mistake>,
}

/// Which kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The line is no JSON object in UTF-8.
    NotJson,
    /// The line is longer than a request may be.
    TooLong,
    /// There is no such request.
    UnknownRequest,
    /// The request lacks something, has something that it should not have, or of the wrong type.
    BadRequest,
    /// Whoever asks may not.
    NotAllowed,
    /// As many clients as may be are connected.
    TooManyClients,
    /// macveil manages no such interface.
    NoInterface,
    /// The configuration is wrong; the one before stays in force.
    Configuration,
    /// The daemon is ending.
    Leaving,
}

/// Something wrong in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The path of the file.
    pub file: String,
    /// Line and column, both counted from 1; `None`: the file as a whole.
    pub position: Option<(u64, u64)>,
    /// What is wrong.
    pub message: String,
    /// What was probably meant.
    pub meant: Option<String>,
}

impl FaultKind {
    /// The words of the protocol.
    pub const WORDS: Words<Self> = &[
        ("not-json", Self::NotJson),
        ("too-long", Self::TooLong),
        ("unknown-request", Self::UnknownRequest),
        ("bad-request", Self::BadRequest),
        ("not-allowed", Self::NotAllowed),
        ("too-many-clients", Self::TooManyClients),
        ("no-interface", Self::NoInterface),
        ("configuration", Self::Configuration),
        ("leaving", Self::Leaving),
    ];
}

impl Fault {
    /// Without mistakes of the configuration.
    pub fn new(kind: FaultKind, message: impl fmt::Display) -> Self {
        Self {
            kind,
            message: message.to_string(),
            mistakes: Vec::new(),
        }
    }

    pub(super) fn bad_request(message: impl fmt::Display) -> Self {
        Self::new(FaultKind::BadRequest, message)
    }

    /// The entries of a reply that says this.
    pub(super) fn entries(&self) -> Vec<(&'static str, Json)> {
        let mut entries = vec![
            ("error", Json::text(word_for(&self.kind, FaultKind::WORDS))),
            ("message", Json::text(&self.message)),
        ];
        if self.kind == FaultKind::Configuration {
            let mistakes = self.mistakes.iter().map(Mistake::to_json).collect();
            entries.push(("mistakes", Json::List(mistakes)));
        }
        entries
    }

    pub(super) fn read(mut fields: Fields) -> Result<Self, Malformed> {
        Ok(Self {
            kind: meaning_of(&fields.text("error")?, FaultKind::WORDS)?,
            message: fields.text("message")?,
            mistakes: fields
                .optional_objects("mistakes")?
                .into_iter()
                .map(Mistake::read)
                .collect::<Result<_, _>>()?,
        })
    }
}

/// The configuration is wrong.
impl From<&Errors> for Fault {
    fn from(errors: &Errors) -> Self {
        Self {
            kind: FaultKind::Configuration,
            message: errors.to_string(),
            mistakes: errors.problems().iter().map(Mistake::from).collect(),
        }
    }
}

impl From<&Problem> for Mistake {
    fn from(problem: &Problem) -> Self {
        let position = problem.position();
        Self {
            file: problem.file().to_owned(),
            position: position.map(|it| (number(it.line), number(it.column))),
            message: problem.message().to_owned(),
            meant: problem.hint().map(str::to_owned),
        }
    }
}

fn number(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

impl Mistake {
    fn to_json(&self) -> Json {
        let (line, column) = self.position.unzip();
        Json::Object(vec![
            ("file", Json::text(&self.file)),
            ("line", line.map_or(Json::Null, Json::Number)),
            ("column", column.map_or(Json::Null, Json::Number)),
            ("message", Json::text(&self.message)),
            ("meant", Json::optional(self.meant.as_ref())),
        ])
    }

    fn read(mut fields: Fields) -> Result<Self, Malformed> {
        let line = fields.optional_number("line")?;
        let column = fields.optional_number("column")?;
        Ok(Self {
            file: fields.text("file")?,
            position: line.zip(column),
            message: fields.text("message")?,
            meant: fields.optional_text("meant")?,
        })
    }
}
