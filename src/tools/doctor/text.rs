//! Syntax of configuration files.

/// `KEY=VALUE` in a section, with its line number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Setting<'a> {
    pub(super) line: usize,
    pub(super) section: &'a str,
    pub(super) key: &'a str,
    pub(super) value: &'a str,
}

/// Parses `[Section]`, `KEY=VALUE` and comments, as used by systemd, iwd and /etc/default. A value can have several
/// lines: see [`lines_of`].
pub(super) fn settings(text: &str) -> Vec<Setting<'_>> {
    let mut section = "";
    let mut settings = Vec::new();
    // A byte order mark is not part of the first line.
    for (line, text) in continued(text.trim_start_matches('\u{feff}')) {
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

/// The effective setting of a key: the last one.
pub(super) fn last<'a>(text: &'a str, section: &str, key: &str) -> Option<Setting<'a>> {
    let all = settings(text);
    let setting = all
        .iter()
        .rev()
        .find(|setting| setting.section == section && setting.key == key);
    setting.copied()
}

/// Lines that are not empty or comments, with their numbers from 1.
pub(super) fn numbered(text: &str) -> Vec<(usize, &str)> {
    let lines = (1..).zip(text.lines().map(str::trim_ascii));
    lines.filter(|(_, line)| !is_comment(line)).collect()
}

/// The same. A line that ends with a backslash goes on in the next one that is not a comment.
pub(super) fn continued(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut begun = None;
    let mut end = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let start = end;
        end += line.len();
        let line = line.trim_ascii();
        if is_comment(line) {
            continue;
        }
        let (first, start) = begun.take().unwrap_or((number, start));
        if line.ends_with('\\') {
            begun = Some((first, start));
        } else if let Some(whole) = text.get(start..end) {
            lines.push((first, whole.trim_ascii()));
        }
    }
    let unfinished =
        begun.and_then(|(first, start)| Some((first, text.get(start..)?.trim_ascii())));
    lines.extend(unfinished);
    lines
}

/// The lines of a value, without the backslashes at their ends.
pub(super) fn lines_of(value: &str) -> impl Iterator<Item = &str> {
    let lines = value.lines().map(str::trim_ascii);
    let lines = lines.filter(|line| !is_comment(line));
    lines.map(|line| line.strip_suffix('\\').unwrap_or(line))
}

fn is_comment(line: &str) -> bool {
    line.is_empty() || line.starts_with('#') || line.starts_with(';')
}

/// Words separated by white space.
pub(super) fn words(text: &str) -> Vec<&str> {
    lines_of(text)
        .flat_map(str::split_ascii_whitespace)
        .collect()
}

/// The file name of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A word of a shell command without the quotes around it.
pub(super) fn unquoted(value: &str) -> &str {
    value.trim_matches(['"', '\''])
}

/// Whether the value is true according to `systemd.syntax(7)`.
pub(super) fn is_yes(value: &str) -> bool {
    ["1", "yes", "y", "true", "t", "on"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether the value is false according to `systemd.syntax(7)`.
pub(super) fn is_false(value: &str) -> bool {
    ["0", "no", "n", "false", "f", "off"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether a name matches a pattern, as in fnmatch(3).
pub(super) fn matches_glob(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut next) = (0, 0);
    let mut star = None;
    while let Some(byte) = name.get(next) {
        let rest = pattern.get(at..).unwrap_or_default();
        if rest.first() == Some(&b'*') {
            star = Some((at, next));
            at += 1;
        } else if let Some(length) = first_match(rest, *byte) {
            at += length;
            next += 1;
        } else if let Some((star, from)) = &mut star {
            *from += 1;
            (at, next) = (*star + 1, *from);
        } else {
            return false;
        }
    }
    pattern
        .get(at..)
        .is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

/// How long the beginning of a pattern is that matches the byte.
fn first_match(pattern: &[u8], byte: u8) -> Option<usize> {
    let (first, rest) = pattern.split_first()?;
    let end = rest.iter().skip(1).position(|end| *end == b']');
    let set = end.and_then(|end| rest.get(..=end));
    let Some(set) = set.filter(|_| *first == b'[') else {
        return (*first == b'?' || *first == byte).then_some(1);
    };
    let (wanted, mut left) = match set {
        [b'!' | b'^', others @ ..] => (false, others),
        _ => (true, set),
    };
    let mut found = false;
    loop {
        left = match left {
            [low, b'-', high, others @ ..] => {
                found |= (low..=high).contains(&&byte);
                others
            }
            [one, others @ ..] => {
                found |= *one == byte;
                others
            }
            [] => break,
        };
    }
    (found == wanted).then_some(set.len() + 2)
}

/// Shortens text from a file.
pub(super) fn shown(text: &str) -> String {
    const MAX_LENGTH: usize = 64;
    match text.char_indices().nth(MAX_LENGTH) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
