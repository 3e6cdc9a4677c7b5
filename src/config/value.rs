//! Parsers of values, one function per kind.

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use toml::de::DeValue;

use super::problem::Wrong;
use macveil_core::types::Words;

/// A string.
pub(super) fn text<'v>(value: &'v DeValue) -> Result<&'v str, Wrong> {
    value
        .as_str()
        .ok_or_else(|| wrong_type("a string in quotes", value))
}

/// A string in the format of a type.
pub(super) fn parsed<T: FromStr<Err: Display>>(value: &DeValue) -> Result<T, Wrong> {
    text(value)?.parse().map_err(Wrong::new)
}

/// `true` or `false`.
pub(super) fn boolean(value: &DeValue) -> Result<bool, Wrong> {
    value
        .as_bool()
        .ok_or_else(|| wrong_type("true or false", value))
}

/// One of several words.
pub(super) fn choice<T: Copy>(words: Words<T>) -> impl Fn(&DeValue) -> Result<T, Wrong> {
    move |value| {
        let text = text(value)?;
        let known = words.iter().find(|(word, _)| *word == text);
        known
            .map(|&(_, meaning)| meaning)
            .ok_or_else(|| unknown_word(text, words))
    }
}

fn unknown_word<T>(text: &str, words: Words<T>) -> Wrong {
    let names = || words.iter().map(|&(word, _)| word);
    let list: Vec<_> = names().collect();
    Wrong::new(format!(
        "`{text}` is not valid: use one of {}",
        list.join(", ")
    ))
    .hint(did_you_mean(text, names()))
}

/// A hint with the closest word.
pub(super) fn did_you_mean(
    text: &str,
    words: impl IntoIterator<Item = &'static str>,
) -> Option<String> {
    closest_word(text, words).map(|word| format!("did you mean `{word}`?"))
}

/// An absolute path.
pub(super) fn absolute_path(value: &DeValue) -> Result<PathBuf, Wrong> {
    let path = PathBuf::from(text(value)?);
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(Wrong::new("the path must begin with `/`"))
    }
}

/// One value, or several in brackets.
pub(super) fn one_or_more<T>(
    read: impl Fn(&DeValue) -> Result<T, Wrong>,
) -> impl Fn(&DeValue) -> Result<Vec<T>, Wrong> {
    move |value| match value {
        DeValue::Array(items) if items.is_empty() => Err(Wrong::new("the list is empty")),
        DeValue::Array(items) => items
            .iter()
            .map(|item| read(item.get_ref()).map_err(|wrong| wrong.within(item.span())))
            .collect(),
        single => Ok(vec![read(single)?]),
    }
}

fn wrong_type(expected: &str, value: &DeValue) -> Wrong {
    let found = match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    Wrong::new(format!("expected {expected}, found {found}"))
}

/// Maximum length of a text for which a suggestion is computed, in bytes.
const MAX_TYPO: usize = 80;

/// The word closest to `text`, if one is close enough.
pub(super) fn closest_word(
    text: &str,
    words: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    if text.len() > MAX_TYPO {
        return None;
    }
    let text = text.to_ascii_lowercase().replace('_', "-");
    words
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&text, word), word))
        .min()
        .filter(|(distance, word)| *distance <= word.len() / 3)
        .map(|(_, word)| word)
}
