//! A table of a configuration file, parsed key by key.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::options::{CONNECTION_KEYS, DEVICE_KEYS};
use super::problem::{Problem, Wrong};
use super::source::Source;
use super::value::did_you_mean;
use macveil_core::address::{Origin, Sourced};

/// Problems reported per file.
pub(super) const MAX_PROBLEMS: usize = 100;

type Key = (String, Range<usize>);
type Value<'a> = (Range<usize>, DeValue<'a>);

/// A table whose keys are taken one by one; keys that remain at the end are unknown.
pub(super) struct Section<'a, 'p> {
    source: &'a Source,
    /// Such as `device`; empty for the top level.
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

    /// The value of a key, if it is set and valid.
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
                self.report(&span, wrong);
                None
            }
        }
    }

    /// The table `[key]`, if there is one.
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
        self.report(
            &span,
            Wrong::new(format!("`{key}` must be a table: `[{key}]`")),
        );
        None
    }

    /// The tables `[[key]]`, in file order.
    pub(super) fn take_tables<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(Section<'a, '_>) -> T,
    ) -> Vec<T> {
        let Some((span, value)) = self.take_value(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            self.report(
                &span,
                Wrong::new(format!("expected `[[{key}]]`: there can be several")),
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
                _ => self.report(&span, Wrong::new(format!("expected `[[{key}]]`"))),
            }
        }
        read_all
    }

    /// Whether the section has one of these keys.
    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        let mut names = self.entries.iter().map(|((name, _), _)| name.as_str());
        names.any(|name| keys.contains(&name))
    }

    /// Reports a problem with the whole section.
    pub(super) fn report_header(&mut self, wrong: Wrong) {
        self.report(&self.header.clone(), wrong);
    }

    /// Start of the section.
    pub(super) fn origin(&self) -> Origin {
        self.source.origin(&self.header)
    }

    /// Reports keys that were not taken.
    pub(super) fn finish(mut self) {
        for ((key, span), _) in std::mem::take(&mut self.entries) {
            let message = match self.name {
                "" => format!("unknown key `{key}`"),
                name => format!("unknown key `{key}` in [{name}]"),
            };
            let hint = hint(&key, &self.known, self.name);
            self.report(&span, Wrong::new(message).hint(hint));
        }
    }

    fn take_value(&mut self, key: &'static str) -> Option<Value<'a>> {
        self.known.push(key);
        let index = self.entries.iter().position(|((name, _), _)| name == key)?;
        Some(self.entries.swap_remove(index).1)
    }

    fn report(&mut self, span: &Range<usize>, wrong: Wrong) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem::at(self.source, span, wrong));
        }
    }
}

/// Sections and their keys.
const SECTIONS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "manage",
            "state-dir",
            "runtime-dir",
            "control-group",
            "metrics-file",
            "log-identities",
            "dhcp-identity",
        ],
    ),
    ("supplicant", &["backend", "ctrl-interface"]),
    ("device", DEVICE_KEYS),
    ("connection", CONNECTION_KEYS),
];

/// Prefixes of property names in `NetworkManager`.
const PREFIXES: [&str; 2] = ["wifi", "ethernet"];

/// How to fix the unknown `key` of a section.
fn hint(key: &str, known: &[&'static str], section: &str) -> Option<String> {
    let right_section = SECTIONS
        .iter()
        .find(|(name, keys)| *name != section && keys.contains(&key));
    match right_section {
        None if PREFIXES.contains(&key) => {
            Some("use NetworkManager's names without the prefix before the dot".to_owned())
        }
        Some(("", _)) => {
            Some("this key belongs at the top of the file, before the first [section]".to_owned())
        }
        Some((name, _)) => Some(format!("this key belongs to [{name}]")),
        None => did_you_mean(key, known.iter().copied()),
    }
}
