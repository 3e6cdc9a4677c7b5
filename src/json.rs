//! JSON (RFC 8259), towards text only.

use std::fmt::{self, Write};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(u64),
    Signed(i64),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(&'static str, Self)>),
}

impl Json {
    /// Whatever can be displayed, as a text.
    pub(crate) fn text(value: impl fmt::Display) -> Self {
        Self::Text(value.to_string())
    }

    /// A text, if there is one.
    pub(crate) fn optional(value: Option<impl fmt::Display>) -> Self {
        value.map_or(Self::Null, Self::text)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Signed(number) => number.fmt(f),
            Self::Text(text) => write_text(f, text),
            Self::List(items) => {
                f.write_char('[')?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", comma(index))?;
                }
                f.write_char(']')
            }
            Self::Object(entries) => {
                f.write_char('{')?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}\"{key}\":{value}", comma(index))?;
                }
                f.write_char('}')
            }
        }
    }
}

const fn comma(index: usize) -> &'static str {
    if index == 0 { "" } else { "," }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            '\0'..='\x1f' | '\x7f'..='\u{9f}' => write!(f, "\\u{:04x}", u32::from(character))?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_rfc_8259_wants() {
        let value = Json::Object(vec![
            (
                "a",
                Json::List(vec![Json::Null, Json::Bool(true), Json::Number(7)]),
            ),
            ("b", Json::text("\"\\\n\u{7f}\u{9b}é")),
            ("c", Json::optional(None::<&str>)),
        ]);
        assert_eq!(
            value.to_string(),
            r#"{"a":[null,true,7],"b":"\"\\\u000a\u007f\u009bé","c":null}"#
        );
    }
}
