//! Errors of commands and their exit statuses.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use serde::Serialize;

use crate::protocol::{ClientError, VERSION, to_json};

/// A command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Invalid arguments.
    #[error("{0}")]
    Usage(String),
    /// Exit status 1, with the reason.
    #[error("{0}")]
    No(String),
    /// Something required is missing or not permitted.
    #[error("{tried}")]
    Cannot {
        /// The operation and its object.
        tried: String,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// Exit status for a negative result.
pub(super) const NO: u8 = 1;
const USAGE: u8 = 2;
/// Exit status for something missing or not permitted.
pub(super) const CANNOT: u8 = 3;

impl Failure {
    pub(super) fn usage(message: impl Display) -> Self {
        Self::Usage(message.to_string())
    }

    pub(super) fn cannot(
        tried: impl Display,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Cannot {
            tried: tried.to_string(),
            source: source.into(),
        }
    }

    /// The kind of error, for programs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::No(_) => "refused",
            Self::Cannot { source, .. } => match source.downcast_ref::<ClientError>() {
                Some(ClientError::NoDaemon(_)) => "not-running",
                Some(ClientError::NotAllowed { .. }) => "not-allowed",
                _ => "unavailable",
            },
        }
    }

    /// The exit status of the process.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => USAGE,
            Self::No(_) => NO,
            Self::Cannot { .. } => CANNOT,
        })
    }
}

/// An error in one line of JSON: `error` is its kind, for programs.
#[derive(Serialize)]
struct ErrorLine<'a> {
    version: u64,
    error: &'a str,
    message: &'a str,
}

/// The line that commands print with `--json` when they fail.
#[must_use]
pub fn error_json(kind: &str, message: &str) -> String {
    to_json(&ErrorLine {
        version: VERSION,
        error: kind,
        message,
    })
}

/// Treats EPIPE as success: the reader closed the pipe.
pub(super) fn ignore_broken_pipe(result: Result<ExitCode, Failure>) -> Result<ExitCode, Failure> {
    match result {
        Err(Failure::Cannot { source, .. }) if is_broken_pipe(source.as_ref()) => {
            Ok(ExitCode::SUCCESS)
        }
        result => result,
    }
}

fn is_broken_pipe(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The output cannot be written.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::cannot("cannot write the output", error)
    }
}

/// The error and its causes, separated by colons.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
