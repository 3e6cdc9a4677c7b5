//! Writes configuration files line by line.

use std::fmt::{self, Write};

/// TOML text with the number of its lines.
#[derive(Debug, Clone, Default)]
pub(super) struct TomlText {
    text: String,
    lines: usize,
}

impl TomlText {
    /// Writes a comment, without control characters, so that names from files cannot end it.
    pub(super) fn comment(&mut self, text: impl fmt::Display) {
        let text = text.to_string().replace(char::is_control, "\u{fffd}");
        self.line(format_args!("# {text}"));
    }

    pub(super) fn blank(&mut self) {
        self.line("");
    }

    /// Writes the header of a table in an array.
    pub(super) fn table(&mut self, name: &str) {
        self.line(format_args!("[[{name}]]"));
    }

    /// Writes a key and its value; returns its line, counted from 1.
    pub(super) fn key(&mut self, key: &str, value: impl fmt::Display) -> usize {
        self.line(format_args!("{key} = {value}"));
        self.lines
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: impl fmt::Display) {
        self.lines += 1;
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }
}

/// Text as a TOML basic string.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                control if control.is_control() => write!(f, "\\u{:04X}", u32::from(control))?,
                other => f.write_char(other)?,
            }
        }
        f.write_char('"')
    }
}

/// Texts as a list; a single one without brackets.
pub(super) struct List<'a>(pub(super) &'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [one] = self.0 {
            return Quoted(one).fmt(f);
        }
        f.write_char('[')?;
        for (index, text) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}", Quoted(text))?;
        }
        f.write_char(']')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_parses_to_the_same_text() {
        for text in ["", "a\"b\\c", "\n\t\0\u{7f}\u{85}é☕", "[x]\r\n"] {
            let written = format!("k = {}", Quoted(text));
            let table = toml::de::DeTable::parse(&written).unwrap();
            assert_eq!(table.get_ref()["k"].get_ref().as_str(), Some(text));
        }
    }

    #[test]
    fn comment_with_newline_counts_as_one_line() {
        let mut toml = TomlText::default();
        toml.comment("evil\nmanage = \"*\"");
        toml.table("network");
        assert_eq!(toml.key("ssid", Quoted("a\nb")), 3);
        assert_eq!(toml.finish().lines().count(), 3);
    }
}
