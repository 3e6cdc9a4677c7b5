//! The ways in which configuration files are written.

/// `KEY=VALUE` in a section, and its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Setting<'a> {
    pub(super) line: usize,
    pub(super) section: &'a str,
    pub(super) key: &'a str,
    pub(super) value: &'a str,
}

/// The settings of files as systemd, iwd and ifupdown's kin have them: `[Section]`, `KEY=VALUE`, comments.
pub(super) fn settings(text: &str) -> Vec<Setting<'_>> {
    let mut section = "";
    let mut settings = Vec::new();
    for (line, text) in numbered(text) {
        if let Some(name) = text.strip_prefix('[') {
            section = name.strip_suffix(']').unwrap_or(name);
        } else if let Some((key, value)) = text.split_once('=') {
            settings.push(Setting {
                line,
                section,
                key: key.trim_ascii_end(),
                value: value.trim_ascii_start(),
            });
        }
    }
    settings
}

/// What holds of a key: what is said last.
pub(super) fn last<'a>(text: &'a str, section: &str, key: &str) -> Option<Setting<'a>> {
    let all = settings(text);
    let said = all
        .iter()
        .rev()
        .find(|it| it.section == section && it.key == key);
    said.copied()
}

/// What holds of a key for iwd: of two groups or keys of one name, the first (`l_settings_get_value`, ell).
pub(super) fn first<'a>(text: &'a str, section: &str, key: &str) -> Option<Setting<'a>> {
    let all = settings(text);
    let within = all.iter().skip_while(|it| it.section != section);
    let mut within = within.take_while(|it| it.section == section);
    within.find(|it| it.key == key).copied()
}

/// Lines that say something, counted from 1.
pub(super) fn numbered(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_ascii();
        if !line.is_empty() && !line.starts_with('#') && !line.starts_with(';') {
            lines.push((index + 1, line));
        }
    }
    lines
}

/// What white space separates.
pub(super) fn words(text: &str) -> Vec<&str> {
    text.split_ascii_whitespace().collect()
}

/// As `systemd.syntax(7)` has it.
pub(super) fn is_yes(value: &str) -> bool {
    ["1", "yes", "y", "true", "t", "on"]
        .iter()
        .any(|it| value.eq_ignore_ascii_case(it))
}

/// As above.
pub(super) fn is_no(value: &str) -> bool {
    ["0", "no", "n", "false", "f", "off"]
        .iter()
        .any(|it| value.eq_ignore_ascii_case(it))
}

/// Whether a name fits a pattern with `*` and `?`.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut next) = (0, 0);
    let mut star = None;
    while next < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, next));
                at += 1;
            }
            Some(byte) if *byte == b'?' || Some(byte) == name.get(next) => {
                at += 1;
                next += 1;
            }
            _ => match &mut star {
                None => return false,
                Some((star, from)) => {
                    *from += 1;
                    (at, next) = (*star + 1, *from);
                }
            },
        }
    }
    pattern
        .get(at..)
        .is_some_and(|rest| rest.iter().all(|it| *it == b'*'))
}

/// What somebody wrote, kept short.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 64;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
