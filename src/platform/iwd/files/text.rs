//! Pure: the text of a known network's file. A change affects only the changed value.
//!
//! Follows iwd's reader (`l_settings_load_from_data`, `settings.c`, ell 0.70): of two groups with the same
//! name, or two equal keys in a group, the first applies.

use std::ops::Range;

/// Why iwd would reject a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not text.
    #[error("not text")]
    NotText,
    /// A line, counted from 1, is neither a group nor a setting nor a comment.
    #[error("line {0} is neither a [Group] nor a Key=Value nor a # comment")]
    Line(usize),
}

/// A file as lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Text {
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    /// Without the line break.
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Empty, a comment, or a line in a group such as `[@pem@name]`.
    Other,
    Group,
    Setting,
}

/// The group and key of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) group: &'a str,
    pub(super) key: &'a str,
}

impl Text {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotText)?;
        if text.contains('\0') {
            return Err(Fault::NotText);
        }
        let mut lines: Vec<Line> = Vec::new();
        let mut group = None;
        for (number, text) in (1..).zip(text.split('\n')) {
            let kind = kind(text, group).ok_or(Fault::Line(number))?;
            if kind == Kind::Group {
                group = Some(group_name(text));
            }
            lines.push(Line {
                text: text.to_owned(),
                kind,
            });
        }
        Ok(Self { lines })
    }

    /// The value of a setting.
    pub(super) fn value(&self, place: Place) -> Option<&str> {
        let line = self.lines.get(self.find(place)?)?;
        Some(parts(&line.text)?.2)
    }

    pub(super) fn has_group(&self, name: &str) -> bool {
        self.header(name).is_some()
    }

    /// Sets a value, in place if the setting exists.
    pub(super) fn set(&mut self, place: Place, value: &str) {
        let setting = || Line {
            text: format!("{}={value}", place.key),
            kind: Kind::Setting,
        };
        if let Some(line) = self.find(place).and_then(|at| self.lines.get_mut(at)) {
            let start = parts(&line.text).map_or(0, |(_, start, _)| start);
            line.text.replace_range(start.., value);
        } else if let Some(header) = self.header(place.group) {
            self.lines.insert(header + 1, setting());
        } else {
            self.append(place.group, setting());
        }
    }

    /// Removes a setting.
    pub(super) fn remove(&mut self, place: Place) {
        if let Some(at) = self.find(place) {
            self.lines.remove(at);
        }
    }

    /// Removes a group if it is empty, the inverse of [`set`](Self::set) adding it.
    pub(super) fn remove_empty(&mut self, group: &str) {
        let Some(header) = self.header(group) else {
            return;
        };
        let members = self.members(header);
        let empty = |line: &Line| line.text.is_empty();
        if !self
            .lines
            .get(members)
            .unwrap_or_default()
            .iter()
            .all(empty)
        {
            return;
        }
        self.lines.remove(header);
        let before = header.checked_sub(1);
        if let Some(before) = before.filter(|&at| self.lines.get(at).is_some_and(empty)) {
            self.lines.remove(before);
        }
    }

    /// Applies the changes between `base` and `theirs`.
    pub(super) fn merge(&mut self, base: &Self, theirs: &Self) {
        // Embedded certificates are not merged from two files.
        if base.embedded() != theirs.embedded() {
            self.clone_from(theirs);
            return;
        }
        for place in base.places().chain(theirs.places()) {
            match (base.value(place), theirs.value(place)) {
                (old, new) if old == new => {}
                (_, Some(value)) => self.set(place, value),
                (_, None) => self.remove(place),
            }
        }
    }

    /// All content of groups such as `[@pem@name]`.
    fn embedded(&self) -> Vec<&str> {
        let mut inside = false;
        let lines = self.lines.iter().filter(|line| {
            if line.kind == Kind::Group {
                inside = is_embedded(group_name(&line.text));
            }
            inside && !line.text.is_empty()
        });
        lines.map(|line| &*line.text).collect()
    }

    /// The places of all settings, including shadowed ones with equal names.
    fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let mut group = "";
        self.lines.iter().filter_map(move |line| match line.kind {
            Kind::Other => None,
            Kind::Group => {
                group = group_name(&line.text);
                None
            }
            Kind::Setting => parts(&line.text).map(|(key, ..)| Place { group, key }),
        })
    }

    fn append(&mut self, group: &str, setting: Line) {
        let line = |text: String, kind| Line { text, kind };
        let ended = self.lines.pop_if(|last| last.text.is_empty()).is_some();
        if !self.lines.is_empty() {
            self.lines.push(line(String::new(), Kind::Other));
        }
        self.lines.push(line(format!("[{group}]"), Kind::Group));
        self.lines.push(setting);
        if ended {
            self.lines.push(line(String::new(), Kind::Other));
        }
    }

    fn find(&self, place: Place) -> Option<usize> {
        let is_it = |line: &Line| {
            let key = parts(&line.text).map(|(key, ..)| key);
            line.kind == Kind::Setting && key == Some(place.key)
        };
        let mut members = self.members(self.header(place.group)?);
        members.find(|&at| self.lines.get(at).is_some_and(is_it))
    }

    fn header(&self, name: &str) -> Option<usize> {
        let is_it = |line: &Line| line.kind == Kind::Group && group_name(&line.text) == name;
        self.lines.iter().position(is_it)
    }

    /// The lines between a group's header and the next one.
    fn members(&self, header: usize) -> Range<usize> {
        let start = header + 1;
        let mut following = self.lines.iter().skip(start);
        let count = following.position(|line| line.kind == Kind::Group);
        start..count.map_or(self.lines.len(), |count| start + count)
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, line) in self.lines.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&line.text)?;
        }
        Ok(())
    }
}

/// The kind of a line in this group; `None` if iwd would reject it.
fn kind(line: &str, group: Option<&str>) -> Option<Kind> {
    let text = line.trim_start_matches(BLANKS);
    if text.starts_with('[') {
        let end = text.find(']')?;
        let after = text.get(end + 1..)?;
        let name = text.get(1..end)?;
        let fits = !name.contains('[') && name.chars().all(|c| matches!(c, ' '..='~'));
        return (fits && after.trim_start_matches(BLANKS).is_empty()).then_some(Kind::Group);
    }
    if text.is_empty() || text.starts_with('#') || group.is_some_and(is_embedded) {
        return Some(Kind::Other);
    }
    group?;
    let (key, ..) = parts(line)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!key.is_empty() && key.chars().all(fits)).then_some(Kind::Setting)
}

const BLANKS: [char; 2] = [' ', '\t'];

fn is_embedded(group: &str) -> bool {
    group.starts_with('@')
}

fn group_name(line: &str) -> &str {
    let inner = line.trim_start_matches(BLANKS).strip_prefix('[');
    inner
        .and_then(|text| text.split(']').next())
        .unwrap_or_default()
}

/// A setting's key, the offset of its value, and the value with trailing blanks.
fn parts(line: &str) -> Option<(&str, usize, &str)> {
    let (key, value) = line.split_once('=')?;
    let value = value.trim_start_matches(BLANKS);
    Some((key.trim_matches(BLANKS), line.len() - value.len(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERRIDE: Place = Place {
        group: "Settings",
        key: "AddressOverride",
    };

    fn text(text: &str) -> Text {
        Text::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn only_the_value_changes_and_can_be_restored() {
        for before in [
            "",
            "\n",
            "# a comment",
            "[Security]\nPassphrase=a=b \n",
            "[Security]\nPassphrase=secret",
            "[Security]\n\n\n",
            "[Settings]",
            "[Settings] \n\n  # what is this?\n Hidden = true\n\n[Other]\nx=y\n",
            "[@pem@ca]\n-----BEGIN X-----\nab==\n-----END X-----\n[Settings]\nHidden=true",
            "[Settings]\nAddressOverride =  00:00:00:00:00:01\nAddressOverride=b\n",
            "[a]\nAddressOverride=b\n[Settings]\n[Settings]\nAddressOverride=c\n",
        ] {
            let mut changed = text(before);
            assert_eq!(changed.to_string(), before);
            let old = changed.value(OVERRIDE).map(str::to_owned);
            let had_group = changed.has_group("Settings");
            changed.set(OVERRIDE, "02:00:00:00:00:07");
            let written = changed.to_string();
            let read = text(&written);
            assert_eq!(read, changed);
            assert_eq!(read.value(OVERRIDE), Some("02:00:00:00:00:07"), "{written}");
            for line in before.lines().filter(|line| !line.contains("Override")) {
                assert!(
                    written.lines().any(|other| other == line),
                    "{line} {written}"
                );
            }
            match &old {
                Some(old) => changed.set(OVERRIDE, old),
                None => changed.remove(OVERRIDE),
            }
            if !had_group {
                changed.remove_empty("Settings");
            }
            assert_eq!(changed.to_string(), before);
        }
    }

    #[test]
    fn group_with_settings_is_not_removed() {
        for full in ["[Settings]\n# why\n", "[Settings]\nHidden=true\n"] {
            let mut unchanged = text(full);
            unchanged.remove_empty("Settings");
            assert_eq!(unchanged.to_string(), full);
        }
    }

    #[test]
    fn malformed_text_is_rejected_with_its_line() {
        for (bytes, fault) in [
            (&b"[Settings]\nHidden=\xff\n"[..], Fault::NotText),
            (b"[Settings]\n\0\n", Fault::NotText),
            (b"Hidden=true\n", Fault::Line(1)),
            (b"\n[Settings\n", Fault::Line(2)),
            (b"[Settings] x\n", Fault::Line(1)),
            (b"[[Settings]\n", Fault::Line(1)),
            (b"[Settings]\nHidden\n", Fault::Line(2)),
            (b"[Settings]\n=true\n", Fault::Line(2)),
            (b"[Settings]\nHid den=true\n", Fault::Line(2)),
            (b"[Settings]\r\n", Fault::Line(1)),
        ] {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(Text::parse(bytes), Err(fault), "{text}");
        }
    }

    #[test]
    fn changes_of_two_writers_are_merged() {
        let base = text("[Security]\nPassphrase=a\nOld=1\n");
        let mut ours = base.clone();
        ours.set(OVERRIDE, "02:00:00:00:00:07");
        let theirs = text("[Security]\nPassphrase=b\nNew=2\n\n[Settings]\nHidden=true\n");
        ours.merge(&base, &theirs);
        assert_eq!(
            ours.to_string(),
            "[Security]\nNew=2\nPassphrase=b\n\n[Settings]\nHidden=true\nAddressOverride=02:00:00:00:00:07\n"
        );
    }

    #[test]
    fn certificates_are_kept_unchanged() {
        let base = text("[@pem@ca]\nab==\n");
        let mut ours = base.clone();
        ours.set(OVERRIDE, "02:00:00:00:00:07");
        let theirs = text("[@pem@ca]\ncd==\n");
        ours.merge(&base, &theirs);
        assert_eq!(ours, theirs);
    }
}
