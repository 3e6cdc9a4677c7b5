//! Problems in a configuration, with their position and a hint.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use super::source::{Excerpt, Position, Source, harmless};
use macveil_core::address::Origin;

/// A problem in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    file: String,
    position: Option<Position>,
    excerpt: Option<Excerpt>,
    message: String,
    hint: Option<String>,
}

/// All problems of a configuration; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors(Vec<Problem>);

/// A problem with a value whose position is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    /// How to fix it.
    pub(super) hint: Option<String>,
    /// The invalid part of the value, if not the whole value.
    pub(super) span: Option<Range<usize>>,
}

impl Wrong {
    pub(super) fn new(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            hint: None,
            span: None,
        }
    }

    pub(super) fn hint(self, hint: Option<impl fmt::Display>) -> Self {
        Self {
            hint: hint.map(|hint| hint.to_string()),
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
    /// A problem with the whole file.
    pub(super) fn with_file(file: &Path, message: impl fmt::Display) -> Self {
        Self {
            file: file.display().to_string(),
            position: None,
            excerpt: None,
            message: harmless(&message.to_string()),
            hint: None,
        }
    }

    /// A problem with a part of a file.
    pub(super) fn at(source: &Source, span: &Range<usize>, wrong: Wrong) -> Self {
        let span = wrong.span.as_ref().unwrap_or(span);
        Self {
            file: source.file.to_string(),
            position: Some(source.position(span.start)),
            excerpt: Some(source.excerpt(span)),
            message: harmless(&wrong.message),
            hint: wrong.hint,
        }
    }

    /// A problem with a value at its origin.
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
            hint: None,
        }
    }

    /// Path of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Position in the file; `None` for the whole file.
    #[must_use]
    pub const fn position(&self) -> Option<Position> {
        self.position
    }

    /// The problem.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How to fix it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
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
    fn on_one_line(&self) -> String {
        let text = self.to_string();
        let first = text.lines().next().unwrap_or_default();
        match &self.hint {
            Some(hint) => format!("{first} ({hint})"),
            None => first.to_owned(),
        }
    }

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
        let hint = self.hint.as_ref();
        hint.map_or(Ok(()), |hint| write!(f, " {hint}"))
    }
}

impl Errors {
    /// An error if there are problems.
    pub(super) fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self(problems))
        }
    }

    /// Whether all problems are files that cannot be read.
    #[must_use]
    pub fn are_about_files(&self) -> bool {
        self.0.iter().all(|problem| problem.position.is_none())
    }

    /// In the order of the files.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }

    /// Without the lines of the files, for a log.
    #[must_use]
    pub fn on_one_line(&self) -> String {
        let lines = self.0.iter().map(Problem::on_one_line);
        lines.collect::<Vec<_>>().join("; ")
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
