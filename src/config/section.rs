//! One table of a configuration file, taken apart key by key.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::problem::{Problem, Wrong};
use super::source::Source;
use super::suggest::{Suggestion, closest};
use macveil_core::address::{Origin, Sourced};

/// Nobody reads more about one file.
pub(super) const MOST_PROBLEMS: usize = 100;

type Key = (String, Range<usize>);
type Value<'a> = (Range<usize>, DeValue<'a>);

/// A table whose keys are taken one by one; what is left in the end is an error.
pub(super) struct Section<'a, 'p> {
    source: &'a Source,
    /// As in `[device]`; empty for the keys before the first table.
    name: &'static str,
    header: Range<usize>,
    entries: Vec<(Key, Value<'a>)>,
    known: Vec<&'static str>,
    problems: &'p mut Vec<Problem>,
}

impl<'a, 'p> Section<'a, 'p> {
    pub(super) fn new(
        source: &'a Source,
        name: &'static str,
        header: Range<usize>,
        table: DeTable<'a>,
        problems: &'p mut Vec<Problem>,
    ) -> Self {
        let entries = table.into_iter().map(|(key, value)| {
            let key = (key.get_ref().to_string(), key.span());
            (key, (value.span(), value.into_inner()))
        });
        Self {
            source,
            name,
            header,
            entries: entries.collect(),
            known: Vec::new(),
            problems,
        }
    }

    /// The value of a key, if it is there and can be read.
    pub(super) fn take<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'a>) -> Result<T, Wrong>,
    ) -> Option<Sourced<T>> {
        let (span, value) = self.take_value(key)?;
        match read(&value) {
            Ok(value) => Some(Sourced {
                value,
                origin: self.source.origin(&span),
            }),
            Err(wrong) => {
                self.complain(&span, wrong);
                None
            }
        }
    }

    /// The table of a key, if there is one.
    pub(super) fn take_table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Section<'a, '_>) -> T,
    ) -> Option<T> {
        let (span, value) = self.take_value(key)?;
        if let DeValue::Table(table) = value {
            return Some(read(Section::new(
                self.source,
                key,
                span,
                table,
                self.problems,
            )));
        }
        self.complain(
            &span,
            Wrong::new(format!("`{key}` must be a table: `[{key}]`")),
        );
        None
    }

    /// The tables of a key, in their order.
    pub(super) fn take_tables<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(Section<'a, '_>) -> T,
    ) -> Vec<T> {
        let Some((span, value)) = self.take_value(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            self.complain(
                &span,
                Wrong::new(format!("write `[[{key}]]`: there may be several")),
            );
            return Vec::new();
        };
        let mut read_all = Vec::new();
        for item in items {
            let span = item.span();
            match item.into_inner() {
                DeValue::Table(table) => read_all.push(read(Section::new(
                    self.source,
                    key,
                    span,
                    table,
                    self.problems,
                ))),
                _ => self.complain(&span, Wrong::new(format!("write `[[{key}]]`"))),
            }
        }
        read_all
    }

    /// Whether the section has one of these keys.
    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        let mut names = self.entries.iter().map(|((name, _), _)| name.as_str());
        names.any(|name| keys.contains(&name))
    }

    /// Something is wrong with the section as a whole.
    pub(super) fn complain_of_header(&mut self, wrong: Wrong) {
        self.complain(&self.header.clone(), wrong);
    }

    /// Where the section begins.
    pub(super) fn origin(&self) -> Origin {
        self.source.origin(&self.header)
    }

    /// Whatever was not taken is no key.
    pub(super) fn finish(mut self) {
        for ((key, span), _) in std::mem::take(&mut self.entries) {
            let message = match self.name {
                "" => format!("unknown key `{key}`"),
                name => format!("unknown key `{key}` in [{name}]"),
            };
            let meant = match closest(&key, &self.known, self.name) {
                Some(Suggestion::Word(word)) => Some(format!("did you mean `{word}`?")),
                Some(Suggestion::Elsewhere(home)) => Some(home.to_owned()),
                None => None,
            };
            self.complain(&span, Wrong::new(message).meant(meant));
        }
    }

    fn take_value(&mut self, key: &'static str) -> Option<Value<'a>> {
        self.known.push(key);
        let index = self.entries.iter().position(|((name, _), _)| name == key)?;
        Some(self.entries.swap_remove(index).1)
    }

    fn complain(&mut self, span: &Range<usize>, wrong: Wrong) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem::at(self.source, span, wrong));
        }
    }
}
