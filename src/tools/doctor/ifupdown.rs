//! ifupdown's configuration: its files, and an interface's lines in them (`interfaces(5)`).

use super::files::Files;
use super::text::{continued, file_name, matches_glob, words};

const INTERFACES: &str = "/etc/network/interfaces";
/// Files can include each other, and stanzas inherit from each other, without end.
const MAX: usize = 64;

/// A line with its place.
#[derive(Clone)]
pub(super) struct Line<'a> {
    pub(super) path: &'a str,
    pub(super) number: usize,
    /// The name in the `iface` line that it follows.
    stanza: &'a str,
    pub(super) words: Vec<&'a str>,
}

/// The lines of an interface's `iface` stanzas, and the options of those that they inherit.
pub(super) fn lines_for<'a>(files: &'a Files, interface: &'a str) -> Vec<Line<'a>> {
    let lines = read(files).lines;
    let mut stanzas = vec![interface];
    let mut found = Vec::new();
    for next in 0..MAX {
        let Some(&stanza) = stanzas.get(next) else {
            break;
        };
        for line in lines.iter().filter(|line| line.stanza == stanza) {
            stanzas.extend(inherited(&line.words));
            if next == 0 || line.words.first() != Some(&"iface") {
                found.push(line.clone());
            }
        }
    }
    found
}

/// The stanza after `inherits` in an `iface` line.
fn inherited<'a>(words: &[&'a str]) -> Option<&'a str> {
    let ["iface", .., "inherits", parent] = words else {
        return None;
    };
    Some(parent)
}

/// The configuration file that a stanza gives to the interface's `wpa_supplicant`.
pub(super) fn supplicant_file(files: &Files, interface: &str) -> Option<String> {
    let lines = lines_for(files, interface).into_iter();
    let mut named = lines.filter_map(|line| match line.words.as_slice() {
        ["wpa-conf" | "wpa-roam", path] if path.starts_with('/') => Some((*path).to_owned()),
        _ => None,
    });
    named.next()
}

/// The directories of included files.
pub(crate) fn directories(files: &Files) -> Vec<String> {
    read(files).directories
}

#[derive(Default)]
struct Read<'a> {
    paths: Vec<&'a str>,
    directories: Vec<String>,
    stanza: &'a str,
    /// Those of included files come before the line that includes them.
    lines: Vec<Line<'a>>,
}

fn read(files: &Files) -> Read<'_> {
    let mut read = Read::default();
    add(INTERFACES, files, &mut read);
    read
}

fn add<'a>(path: &'a str, files: &'a Files, read: &mut Read<'a>) {
    if read.paths.len() == MAX || read.paths.contains(&path) {
        return;
    }
    read.paths.push(path);
    for (number, text) in continued(files.text(path).unwrap_or_default()) {
        let words = words(text);
        if let ["source" | "source-directory", named @ ..] = words.as_slice() {
            for named in named {
                let has_pattern = words.first() == Some(&"source");
                include(&absolute(path, named), has_pattern, files, read);
            }
        }
        if let ["iface", name, ..] = words.as_slice() {
            read.stanza = name;
        }
        read.lines.push(Line {
            path,
            number,
            stanza: read.stanza,
            words,
        });
    }
}

/// Patterns of directories are not followed.
fn include<'a>(named: &str, has_pattern: bool, files: &'a Files, read: &mut Read<'a>) {
    let (directory, pattern) = match named.rsplit_once('/') {
        Some((directory, pattern)) if has_pattern => (directory, pattern),
        _ => (named.trim_end_matches('/'), ""),
    };
    for (path, _) in files.in_directory(directory) {
        if is_included(pattern, file_name(path)) {
            add(path, files, read);
        }
    }
    read.directories.push(directory.to_owned());
}

fn absolute(path: &str, named: &str) -> String {
    if named.starts_with('/') {
        return named.to_owned();
    }
    let (parent, _) = path.rsplit_once('/').unwrap_or_default();
    [parent, "/", named].concat()
}

/// Without a pattern, whether it is one of the usual names.
fn is_included(pattern: &str, name: &str) -> bool {
    if pattern.is_empty() {
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        return name.bytes().all(is_usual);
    }
    name.starts_with('.') == pattern.starts_with('.') && matches_glob(pattern, name)
}
