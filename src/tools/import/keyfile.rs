//! `GLib`'s key files (`GKeyFile`), the format of `NetworkManager`'s files.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A key file: groups by name.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyFile {
    groups: OrderedMap<Group>,
}

/// Values by key.
pub(super) type Group = OrderedMap<Value>;

/// A map that keeps the order of insertion. Lookup must be fast: a file can have thousands of entries.
#[derive(Debug, Clone)]
pub(super) struct OrderedMap<T> {
    all: Vec<(String, T)>,
    indices: BTreeMap<String, usize>,
}

/// A value as written, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Value {
    pub(super) raw: String,
    pub(super) file: Arc<str>,
    /// Counted from 1.
    pub(super) line: usize,
}

/// A value without escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    /// There was no unknown escape. Unknown ones are kept as written.
    pub(super) clean: bool,
}

/// A syntax error. `GLib` then ignores the whole file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct KeyFileError {
    line: usize,
    problem: &'static str,
}

impl KeyFile {
    /// Parses a file, without values that are not UTF-8 or contain NUL: `GLib` cannot return those.
    pub(super) fn parse(contents: &[u8], file: &Arc<str>) -> Result<Self, KeyFileError> {
        let mut read = Self::default();
        let mut group = None;
        for (index, line) in contents.split(|&byte| byte == b'\n').enumerate() {
            let at_line = |problem| KeyFileError {
                line: index + 1,
                problem,
            };
            let line = line.strip_suffix(b"\r").unwrap_or(line).trim_ascii_start();
            match line {
                [] | [b'#', ..] => {}
                [b'[', rest @ ..] => {
                    let name = group_name(rest).ok_or_else(|| at_line("not a valid [group]"))?;
                    read.groups.named(&name);
                    group = Some(name);
                }
                line => {
                    let (key, value) = key_value(line)
                        .ok_or_else(|| at_line("neither a [group] nor KEY=VALUE"))?;
                    let group = group
                        .as_deref()
                        .ok_or_else(|| at_line("key before the first [group]"))?;
                    let text = std::str::from_utf8(value).ok();
                    if let Some(raw) = text.filter(|text| !text.contains('\0')) {
                        let value = Value {
                            raw: raw.to_owned(),
                            file: Arc::clone(file),
                            line: index + 1,
                        };
                        read.set(group, &key, value);
                    }
                }
            }
        }
        Ok(read)
    }

    pub(super) fn groups(&self) -> &[(String, Group)] {
        self.groups.all()
    }

    pub(super) fn has_group(&self, name: &str) -> bool {
        self.groups.get(name).is_some()
    }

    pub(super) fn value(&self, group: &str, key: &str) -> Option<&Value> {
        self.groups.get(group)?.get(key)
    }

    pub(super) fn text(&self, group: &str, key: &str) -> Option<Text> {
        self.value(group, key).map(Value::text)
    }

    /// Sets a key, replacing its value.
    pub(super) fn set(&mut self, group: &str, key: &str, value: Value) {
        *self.groups.named(group).named(key) = value;
    }
}

impl<T> Default for OrderedMap<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            indices: BTreeMap::new(),
        }
    }
}

impl<T> OrderedMap<T> {
    pub(super) fn all(&self) -> &[(String, T)] {
        &self.all
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let index = self.indices.get(name)?;
        self.all.get(*index).map(|(_, entry)| entry)
    }

    pub(super) fn named(&mut self, name: &str) -> &mut T
    where
        T: Default,
    {
        let known = self.indices.get(name).copied();
        let index = known.unwrap_or(self.all.len());
        if known.is_none() {
            self.indices.insert(name.to_owned(), index);
            self.all.push((name.to_owned(), T::default()));
        }
        #[allow(clippy::indexing_slicing, reason = "found or pushed above")]
        &mut self.all[index].1
    }
}

/// Parses the rest of a line after `[`: a name, `]` and blanks.
fn group_name(rest: &[u8]) -> Option<String> {
    let rest = String::from_utf8_lossy(rest);
    let (name, after) = rest.split_once(']')?;
    let good = !name.is_empty()
        && !name.contains(|c: char| c == '[' || c.is_ascii_control())
        && after.trim_matches([' ', '\t']).is_empty();
    good.then(|| name.to_owned())
}

/// Removes white space around `=`, but not at the end of the value.
fn key_value(line: &[u8]) -> Option<(String, &[u8])> {
    let equals = line.iter().position(|&byte| byte == b'=')?;
    let (key, value) = line.split_at_checked(equals)?;
    let key = String::from_utf8_lossy(key.trim_ascii_end()).into_owned();
    let value = value.strip_prefix(b"=")?.trim_ascii_start();
    (!key.is_empty()).then_some((key, value))
}

impl Value {
    /// Splits a list at `;` and replaces escapes (`g_key_file_get_string_list`). One with an invalid escape is ignored.
    pub(super) fn list(&self) -> Vec<String> {
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut characters = self.raw.chars();
        while let Some(character) = characters.next() {
            match character {
                ';' => pieces.push(std::mem::take(&mut piece)),
                '\\' => match characters.next() {
                    Some(';') => piece.push(';'),
                    Some('s') => piece.push(' '),
                    Some('n') => piece.push('\n'),
                    Some('t') => piece.push('\t'),
                    Some('r') => piece.push('\r'),
                    Some('\\') => piece.push('\\'),
                    _ => return Vec::new(),
                },
                other => piece.push(other),
            }
        }
        pieces.push(piece);
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }

    /// Stricter than in configuration files (`g_key_file_get_boolean`).
    pub(super) fn boolean(&self) -> Option<bool> {
        match self.raw.trim_ascii_end() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// A number as in C: `0x` begins a hexadecimal one, `0` an octal one.
    pub(super) fn number(&self) -> Option<i32> {
        let text = self.raw.trim_ascii();
        let (digits, radix) = match text.strip_prefix("0x") {
            Some(digits) => (digits, 16),
            None if text.starts_with('0') => (text, 8),
            None => (text, 10),
        };
        i32::from_str_radix(digits, radix).ok()
    }

    /// Replaces the escapes `\s`, `\n`, `\t`, `\r` and `\\`.
    pub(super) fn text(&self) -> Text {
        let mut text = String::with_capacity(self.raw.len());
        let mut clean = true;
        let mut characters = self.raw.chars();
        while let Some(character) = characters.next() {
            if character != '\\' {
                text.push(character);
                continue;
            }
            match characters.next() {
                Some('s') => text.push(' '),
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some('\\') => text.push('\\'),
                Some(other) => {
                    clean = false;
                    text.extend(['\\', other]);
                }
                None => clean = false,
            }
        }
        Text { text, clean }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: impl AsRef<[u8]>) -> Result<KeyFile, KeyFileError> {
        KeyFile::parse(text.as_ref(), &"f".into())
    }

    fn value(line: &str) -> Text {
        let file = parse(format!("[g]\n{line}\n")).unwrap();
        file.text("g", "k").unwrap()
    }

    #[test]
    fn white_space_is_kept_only_at_the_end_of_a_value() {
        for (line, text) in [
            ("k=v", "v"),
            ("  k  =  v  ", "v  "),
            ("k=v\r", "v"),
            ("k=", ""),
            ("k=a=b # c", "a=b # c"),
        ] {
            assert_eq!(value(line).text, text, "{line:?}");
        }
    }

    #[test]
    fn escapes_are_replaced_and_unknown_ones_kept() {
        for (line, text, clean) in [
            (r"k=\sa\tb\\c\n\r", " a\tb\\c\n\r", true),
            (r"k=a\;b", r"a\;b", false),
            (r"k=a\", "a", false),
        ] {
            let text = text.to_owned();
            assert_eq!(value(line), Text { text, clean }, "{line:?}");
        }
    }

    #[test]
    fn lists_are_split_at_semicolons_that_are_not_escaped() {
        for (raw, pieces) in [
            ("", vec![]),
            ("wlan0", vec!["wlan0"]),
            ("wlan0;wlan*;", vec!["wlan0", "wlan*"]),
            (r"a\;b;c,d", vec!["a;b", "c,d"]),
            (r"wlan0;\!x;", vec![]),
            ("wlan0\\", vec![]),
        ] {
            let file = parse(format!("[g]\nk={raw}\n")).unwrap();
            assert_eq!(file.value("g", "k").unwrap().list(), pieces, "{raw}");
        }
    }

    #[test]
    fn numbers_are_read_as_in_c() {
        for (line, number) in [
            ("k=-7 ", Some(-7)),
            ("k=+7", Some(7)),
            ("k=0", Some(0)),
            ("k=010", Some(8)),
            ("k=0x1F", Some(31)),
            ("k=09", None),
            ("k=7 # seven", None),
            ("k=", None),
        ] {
            let file = parse(format!("[g]\n{line}\n")).unwrap();
            assert_eq!(file.value("g", "k").unwrap().number(), number, "{line}");
        }
    }

    #[test]
    fn groups_of_one_name_are_merged_and_the_last_value_wins() {
        let file = parse("# c\n[a]\nx=1\ny=2\n\n[b]\nx=3\n[a] \t\nx=4\n").unwrap();
        let names: Vec<_> = file.groups().iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(file.text("a", "x").unwrap().text, "4");
        assert_eq!(file.text("a", "y").unwrap().text, "2");
        assert_eq!(file.text("a", "z"), None);
    }

    #[test]
    fn invalid_line_makes_the_file_invalid() {
        for (text, line) in [
            ("k=v", 1),
            ("[a]\nnonsense\n", 2),
            ("[a]\n=v\n", 2),
            ("[a\n", 1),
            ("[]\n", 1),
            ("\n[a] b\n", 2),
        ] {
            assert_eq!(parse(text).unwrap_err().line, line, "{text:?}");
        }
    }

    #[test]
    fn names_can_have_a_locale_or_unusual_bytes() {
        let file = parse(b"[\xff]\n\xff=1\nk[de_DE@x]=2\nk\x1b=3\nk=4\n").unwrap();
        let keys = file.groups()[0].1.all().iter().map(|(key, _)| key.as_str());
        assert_eq!(
            keys.collect::<Vec<_>>(),
            ["\u{fffd}", "k[de_DE@x]", "k\u{1b}", "k"]
        );
    }

    #[test]
    fn values_that_are_not_text_are_skipped() {
        let file = parse(b"[a]\nx=\xff\nz=\0\ny=1\n").unwrap();
        assert_eq!((file.value("a", "x"), file.value("a", "z")), (None, None));
        assert!(file.value("a", "y").is_some());
    }
}
