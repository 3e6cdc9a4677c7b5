//! What is wrong with a configuration, so that a person can mend it.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use super::source::{Excerpt, Position, Source, harmless};
use macveil_core::address::Origin;

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    file: String,
    position: Option<Position>,
    excerpt: Option<Excerpt>,
    message: String,
    meant: Option<String>,
}

/// Everything that is wrong with a configuration; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors(Vec<Problem>);

/// What is wrong with a value, before it is known where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    /// What was probably meant.
    pub(super) meant: Option<String>,
    /// The part of the value that is wrong, if not all of it is.
    pub(super) span: Option<Range<usize>>,
}

impl Wrong {
    pub(super) fn new(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            meant: None,
            span: None,
        }
    }

    pub(super) fn meant(self, meant: Option<impl fmt::Display>) -> Self {
        Self {
            meant: meant.map(|meant| meant.to_string()),
            ..self
        }
    }

    pub(super) fn within(self, span: Range<usize>) -> Self {
        Self {
            span: Some(span),
            ..self
        }
    }
}

impl Problem {
    /// The file as a whole.
    pub(super) fn with_file(file: &Path, message: impl fmt::Display) -> Self {
        Self {
            file: file.display().to_string(),
            position: None,
            excerpt: None,
            message: harmless(&message.to_string()),
            meant: None,
        }
    }

    /// A part of it.
    pub(super) fn at(source: &Source, span: &Range<usize>, wrong: Wrong) -> Self {
        let span = wrong.span.as_ref().unwrap_or(span);
        Self {
            file: source.file.to_string(),
            position: Some(source.position(span.start)),
            excerpt: Some(source.excerpt(span)),
            message: harmless(&wrong.message),
            meant: wrong.meant,
        }
    }

    /// Something that was said.
    pub(super) fn about(origin: &Origin, message: impl fmt::Display) -> Self {
        let (file, position) = match origin {
            Origin::BuiltIn | Origin::Arguments => (origin.to_string(), None),
            &Origin::Line {
                ref file,
                line,
                column,
            } => (file.to_string(), Some(Position { line, column })),
        };
        Self {
            file,
            position,
            excerpt: None,
            message: harmless(&message.to_string()),
            meant: None,
        }
    }

    /// The path of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Where in the file, unless it is about the file as a whole.
    #[must_use]
    pub const fn position(&self) -> Option<Position> {
        self.position
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What was probably meant.
    #[must_use]
    pub fn meant(&self) -> Option<&str> {
        self.meant.as_deref()
    }
}

/// `FILE:LINE:COLUMN: message`, then the line with carets below it.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some(Position { line, column }) = self.position {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.message)?;
        match (self.position, &self.excerpt) {
            (Some(position), Some(excerpt)) => self.show(f, position, excerpt),
            _ => Ok(()),
        }
    }
}

impl Problem {
    fn show(
        &self,
        f: &mut fmt::Formatter<'_>,
        position: Position,
        excerpt: &Excerpt,
    ) -> fmt::Result {
        let number = position.line.to_string();
        let margin = " ".repeat(number.len());
        write!(f, "\n  {number} | {}", excerpt.line)?;
        write!(f, "\n  {margin} | {}", excerpt.marks)?;
        let meant = self.meant.as_ref();
        meant.map_or(Ok(()), |meant| write!(f, " {meant}"))
    }
}

impl Errors {
    /// All of them, if there are any.
    pub(super) fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self(problems))
        }
    }

    /// Whether all of it is that files cannot be read.
    #[must_use]
    pub fn are_about_files(&self) -> bool {
        self.0.iter().all(|problem| problem.position.is_none())
    }

    /// One after the other, in the order of the files.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}
