//! Why a command has no answer.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::process::ExitCode;

/// A command could not give its answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The arguments make no sense together.
    #[error("{0}")]
    Usage(String),
    /// The answer is no, and why.
    #[error("{0}")]
    No(String),
    /// Something that is needed is not there or not allowed.
    #[error("{tried}")]
    Cannot {
        /// What was tried, and on what.
        tried: String,
        /// Why it could not be done.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// The answer is no.
pub(super) const NO: u8 = 1;
const USAGE: u8 = 2;
/// Something that is needed is not there or not allowed.
pub(super) const CANNOT: u8 = 3;

impl Failure {
    pub(super) fn usage(what: impl Display) -> Self {
        Self::Usage(what.to_string())
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

    /// How the process is to end.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => USAGE,
            Self::No(_) => NO,
            Self::Cannot { .. } => CANNOT,
        })
    }
}

/// What a command answers: nobody who has stopped to listen is told that the rest was not heard.
pub(super) fn unless_unheard(answer: Result<ExitCode, Failure>) -> Result<ExitCode, Failure> {
    match answer {
        Err(Failure::Cannot { source, .. }) if is_broken_pipe(source.as_ref()) => {
            Ok(ExitCode::SUCCESS)
        }
        answer => answer,
    }
}

fn is_broken_pipe(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The answer cannot be written.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::cannot("cannot write the answer", error)
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
