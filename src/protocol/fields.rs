//! A JSON object, taken apart key by key.

use std::fmt::Display;

use miniserde::json::{self, Number, Value};

use super::{Fault, FaultKind};
use macveil_core::types::Words;

/// An object is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

impl Malformed {
    pub(super) fn new(message: impl Display) -> Self {
        Self(message.to_string())
    }
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::bad_request(malformed)
    }
}

/// What of an object was not taken yet.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, Value)>);

impl Fields {
    /// Reads a line, of which a stranger may be the author.
    pub(super) fn of_line(line: &[u8]) -> Result<Self, Fault> {
        let no_object = || Fault::new(FaultKind::NotJson, "a JSON object in one line is meant");
        let text = std::str::from_utf8(line)
            .map_err(|_| Fault::new(FaultKind::NotJson, "the line is not in UTF-8"))?;
        let value = json::from_str(text).map_err(|_| no_object())?;
        Self::of_value(value).ok_or_else(no_object)
    }

    pub(super) fn text(&mut self, key: &str) -> Result<String, Malformed> {
        require(key, self.optional_text(key)?)
    }

    pub(super) fn number(&mut self, key: &str) -> Result<u64, Malformed> {
        require(key, self.optional_number(key)?)
    }

    pub(super) fn signed(&mut self, key: &str) -> Result<i64, Malformed> {
        let number = self.take(key, "a whole number", |value| match value {
            Value::Number(Number::U64(number)) => i64::try_from(number).ok(),
            Value::Number(Number::I64(number)) => Some(number),
            _ => None,
        })?;
        require(key, number)
    }

    pub(super) fn boolean(&mut self, key: &str) -> Result<bool, Malformed> {
        require(key, self.optional_boolean(key)?)
    }

    pub(super) fn optional_text(&mut self, key: &str) -> Result<Option<String>, Malformed> {
        self.take(key, "a text", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    pub(super) fn optional_number(&mut self, key: &str) -> Result<Option<u64>, Malformed> {
        self.take(key, "a whole number", |value| match value {
            Value::Number(Number::U64(number)) => Some(number),
            _ => None,
        })
    }

    pub(super) fn optional_boolean(&mut self, key: &str) -> Result<Option<bool>, Malformed> {
        self.take(key, "true or false", |value| match value {
            Value::Bool(boolean) => Some(boolean),
            _ => None,
        })
    }

    pub(super) fn object(&mut self, key: &str) -> Result<Self, Malformed> {
        require(key, self.take(key, "an object", Self::of_value)?)
    }

    pub(super) fn objects(&mut self, key: &str) -> Result<Vec<Self>, Malformed> {
        require(key, self.list(key, Self::of_value, "a list of objects")?)
    }

    pub(super) fn optional_objects(&mut self, key: &str) -> Result<Vec<Self>, Malformed> {
        let objects = self.list(key, Self::of_value, "a list of objects")?;
        Ok(objects.unwrap_or_default())
    }

    pub(super) fn texts(&mut self, key: &str) -> Result<Vec<String>, Malformed> {
        let text = |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        };
        require(key, self.list(key, text, "a list of texts")?)
    }

    fn list<T>(
        &mut self,
        key: &str,
        read: impl Fn(Value) -> Option<T>,
        meant: &str,
    ) -> Result<Option<Vec<T>>, Malformed> {
        self.take(key, meant, |value| match value {
            Value::Array(items) => items.into_iter().map(read).collect(),
            _ => None,
        })
    }

    fn of_value(value: Value) -> Option<Self> {
        match value {
            Value::Object(object) => Some(Self(object.into_iter().collect())),
            _ => None,
        }
    }

    /// Whatever was not taken should not be there.
    pub(super) fn finish(self) -> Result<(), Malformed> {
        match self.0.first() {
            None => Ok(()),
            Some((key, _)) => Err(Malformed::new(format!("unknown key `{key}`"))),
        }
    }

    /// A null is as if the key were not there.
    fn take<T>(
        &mut self,
        key: &str,
        meant: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Result<Option<T>, Malformed> {
        let Some(index) = self.0.iter().position(|(name, _)| name == key) else {
            return Ok(None);
        };
        match self.0.swap_remove(index).1 {
            Value::Null => Ok(None),
            value => match read(value) {
                Some(value) => Ok(Some(value)),
                None => Err(Malformed::new(format!("`{key}` must be {meant}"))),
            },
        }
    }
}

fn require<T>(key: &str, value: Option<T>) -> Result<T, Malformed> {
    value.ok_or_else(|| Malformed::new(format!("`{key}` is missing")))
}

/// What a word of the protocol stands for.
pub(super) fn meaning_of<T: Copy>(word: &str, words: Words<T>) -> Result<T, Malformed> {
    let known = words.iter().find(|(known, _)| *known == word);
    known
        .map(|&(_, meaning)| meaning)
        .ok_or_else(|| Malformed::new(format!("`{word}` is not known")))
}

/// The word of the protocol for something.
pub(super) fn word_for<T: PartialEq>(meaning: &T, words: Words<T>) -> &'static str {
    let known = words.iter().find(|(_, known)| known == meaning);
    known.map_or("", |&(word, _)| word)
}
