//! Why a request failed.

use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::json::{self, Malformed};

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Fault {
    /// The kind of fault, for programs.
    #[serde(rename = "error")]
    pub kind: FaultKind,
    /// A sentence for people.
    pub message: String,
    /// The errors in the configuration; empty for every other kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mistakes: Vec<Mistake>,
}

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The line is not a JSON object in UTF-8.
    NotJson,
    /// The line is too long.
    TooLong,
    /// The request does not exist.
    UnknownRequest,
    /// A key is missing, unknown or of the wrong type.
    BadRequest,
    /// The client has no permission.
    NotAllowed,
    /// The maximum number of clients is connected.
    TooManyClients,
    /// The addresses of the maximum number of networks were renewed.
    TooManyNetworks,
    /// macveil manages no interface of that name.
    NoInterface,
    /// The configuration has errors; the previous one stays in force.
    Configuration,
    /// The daemon is shutting down.
    ShuttingDown,
}

/// An error in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// The path of the file.
    pub file: String,
    /// The line, counted from 1; `None`: the file as a whole.
    pub line: Option<u64>,
    /// The column, counted from 1.
    pub column: Option<u64>,
    /// What is wrong.
    pub message: String,
    /// A suggestion.
    pub meant: Option<String>,
}

impl Fault {
    /// A fault that is not in the configuration.
    pub fn new(kind: FaultKind, message: impl Display) -> Self {
        Self {
            kind,
            message: message.to_string(),
            mistakes: Vec::new(),
        }
    }

    pub(super) fn bad_request(message: impl Display) -> Self {
        Self::new(FaultKind::BadRequest, message)
    }

    /// As a line without its newline.
    #[must_use]
    pub fn to_line(&self) -> String {
        json::to_line(self)
    }
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::bad_request(malformed)
    }
}
