//! Values of the configuration: one function a kind, each with words for what is wrong.

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use toml::de::DeValue;

use super::problem::Wrong;
use super::suggest;
use macveil_core::types::Words;

/// A text.
pub(super) fn text<'v>(value: &'v DeValue) -> Result<&'v str, Wrong> {
    value
        .as_str()
        .ok_or_else(|| wrong_type("a text in quotes", value))
}

/// A text that a type can read.
pub(super) fn parsed<T: FromStr<Err: Display>>(value: &DeValue) -> Result<T, Wrong> {
    text(value)?.parse().map_err(Wrong::new)
}

/// `true` or `false`.
pub(super) fn boolean(value: &DeValue) -> Result<bool, Wrong> {
    value
        .as_bool()
        .ok_or_else(|| wrong_type("true or false", value))
}

/// One of a few words.
pub(super) fn choice<T: Copy>(words: Words<T>) -> impl Fn(&DeValue) -> Result<T, Wrong> {
    move |value| {
        let text = text(value)?;
        let known = words.iter().find(|(word, _)| *word == text);
        known
            .map(|&(_, meaning)| meaning)
            .ok_or_else(|| none_of(text, words))
    }
}

fn none_of<T>(text: &str, words: Words<T>) -> Wrong {
    let names = || words.iter().map(|&(word, _)| word);
    let list: Vec<_> = names().collect();
    Wrong::new(format!("`{text}` is none of {}", list.join(", ")))
        .meant(did_you_mean(text, names()))
}

/// The words for the closest of several.
pub(super) fn did_you_mean(
    text: &str,
    words: impl IntoIterator<Item = &'static str>,
) -> Option<String> {
    suggest::word(text, words).map(|word| format!("did you mean `{word}`?"))
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

fn wrong_type(wanted: &str, value: &DeValue) -> Wrong {
    let found = match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    Wrong::new(format!("{wanted} is meant, this is {found}"))
}
