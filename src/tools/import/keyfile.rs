//! `GLib`'s key files (`GKeyFile`), in which `NetworkManager` keeps everything.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A key file: groups by their names.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyFile {
    groups: Named<Group>,
}

/// Values by their keys.
pub(super) type Group = Named<Value>;

/// What has names, in the order of its first mention: a file may hold thousands.
#[derive(Debug, Clone)]
pub(super) struct Named<T> {
    all: Vec<(String, T)>,
    places: BTreeMap<String, usize>,
}

/// A value as it is written, and in which file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Value {
    pub(super) raw: String,
    pub(super) file: Arc<str>,
}

/// A value with its escapes undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    /// No escape was unknown; an unknown one is left as it is written.
    pub(super) clean: bool,
}

/// `GLib` reads nothing of a file in which this is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {wrong}")]
pub struct KeyFileError {
    line: usize,
    wrong: &'static str,
}

impl KeyFile {
    /// Reads a file. Values that are no UTF-8 or have a NUL are left out: nobody could get at them.
    pub(super) fn parse(contents: &[u8], file: &Arc<str>) -> Result<Self, KeyFileError> {
        let mut read = Self::default();
        let mut group = None;
        for (index, line) in contents.split(|&byte| byte == b'\n').enumerate() {
            let at_line = |wrong| KeyFileError {
                line: index + 1,
                wrong,
            };
            let line = line.strip_suffix(b"\r").unwrap_or(line).trim_ascii_start();
            match line {
                [] | [b'#', ..] => {}
                [b'[', rest @ ..] => {
                    let name = group_name(rest).ok_or_else(|| at_line("this is no [group]"))?;
                    read.groups.named(name);
                    group = Some(name.to_owned());
                }
                line => {
                    let (key, value) = key_value(line)
                        .ok_or_else(|| at_line("this is neither a [group] nor KEY=VALUE"))?;
                    let group = group
                        .as_deref()
                        .ok_or_else(|| at_line("a key before the first [group]"))?;
                    let text = std::str::from_utf8(value).ok();
                    if let Some(raw) = text.filter(|text| !text.contains('\0')) {
                        let raw = raw.to_owned();
                        let file = Arc::clone(file);
                        read.set(group, key, Value { raw, file });
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

    /// Says a key, in place of what was said before.
    pub(super) fn set(&mut self, group: &str, key: &str, value: Value) {
        *self.groups.named(group).named(key) = value;
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            places: BTreeMap::new(),
        }
    }
}

impl<T> Named<T> {
    pub(super) fn all(&self) -> &[(String, T)] {
        &self.all
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let place = self.places.get(name)?;
        self.all.get(*place).map(|(_, it)| it)
    }

    fn named(&mut self, name: &str) -> &mut T
    where
        T: Default,
    {
        let known = self.places.get(name).copied();
        let place = known.unwrap_or(self.all.len());
        if known.is_none() {
            self.places.insert(name.to_owned(), place);
            self.all.push((name.to_owned(), T::default()));
        }
        #[allow(clippy::indexing_slicing, reason = "it was found or pushed just now")]
        &mut self.all[place].1
    }
}

/// What follows `[`: a name, `]`, and nothing but blanks.
fn group_name(rest: &[u8]) -> Option<&str> {
    let rest = std::str::from_utf8(rest).ok()?;
    let (name, after) = rest.split_once(']')?;
    let good = !name.is_empty()
        && !name.contains(|c: char| c == '[' || c.is_control())
        && after.trim_matches([' ', '\t']).is_empty();
    good.then_some(name)
}

/// White space around `=` belongs to neither; what ends the line belongs to the value.
fn key_value(line: &[u8]) -> Option<(&str, &[u8])> {
    let equals = line.iter().position(|&byte| byte == b'=')?;
    let (key, value) = line.split_at_checked(equals)?;
    let key = std::str::from_utf8(key.trim_ascii_end()).ok()?;
    let value = value.strip_prefix(b"=")?.trim_ascii_start();
    (!key.is_empty() && !key.contains(|c: char| c.is_control())).then_some((key, value))
}

impl Value {
    /// `\s`, `\n`, `\t`, `\r` and `\\` undone.
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
    fn white_space_counts_at_the_end_of_a_value_only() {
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
    fn escapes_are_undone_and_unknown_ones_left() {
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
    fn groups_of_one_name_are_one_and_the_last_value_holds() {
        let file = parse("# c\n[a]\nx=1\ny=2\n\n[b]\nx=3\n[a] \t\nx=4\n").unwrap();
        let names: Vec<_> = file.groups().iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(file.text("a", "x").unwrap().text, "4");
        assert_eq!(file.text("a", "y").unwrap().text, "2");
        assert_eq!(file.text("a", "z"), None);
    }

    #[test]
    fn one_bad_line_spoils_the_file() {
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
    fn what_is_no_text_is_as_if_it_were_not_there() {
        let file = parse(b"[a]\nx=\xff\nz=\0\ny=1\n").unwrap();
        assert_eq!((file.value("a", "x"), file.value("a", "z")), (None, None));
        assert!(file.value("a", "y").is_some());
    }
}
