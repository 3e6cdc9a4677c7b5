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
    let mut stanzas = logical(&lines, interface);
    let own = stanzas.len();
    let mut found = Vec::new();
    for next in 0..MAX {
        let Some(&stanza) = stanzas.get(next) else {
            break;
        };
        for line in lines.iter().filter(|line| line.stanza == stanza) {
            stanzas.extend(inherited(&line.words));
            if next < own || line.words.first() != Some(&"iface") {
                found.push(line.clone());
            }
        }
    }
    found
}

/// The interface's names in `iface` lines: its own, those that `auto` and `mapping` give it, and the one for roaming
/// (README.Debian of wpasupplicant).
fn logical<'a>(lines: &[Line<'a>], interface: &'a str) -> Vec<&'a str> {
    let mut names = vec![interface];
    let mut is_mapped = false;
    for line in lines {
        match line.words.as_slice() {
            ["mapping", patterns @ ..] => {
                is_mapped = patterns
                    .iter()
                    .any(|pattern| matches_glob(pattern, interface));
            }
            ["map", .., name] if is_mapped => names.push(name),
            ["wpa-roam", _] if line.stanza == interface => names.push("default"),
            [word, all @ ..] if *word == "auto" || word.starts_with("allow-") => {
                let all = all.iter().filter_map(|name| name.split_once('='));
                names.extend(
                    all.filter(|(pattern, _)| is_name(pattern, interface))
                        .map(|(_, name)| name),
                );
            }
            _ => {}
        }
    }
    names
}

/// Whether a name in an `auto` line, or its pattern, `/wl*` or `/wl*/1`, means the interface.
fn is_name(name: &str, interface: &str) -> bool {
    let pattern = name
        .strip_prefix('/')
        .and_then(|rest| rest.split('/').next());
    pattern.map_or(name == interface, |pattern| {
        matches_glob(pattern, interface)
    })
}

/// The stanza after `inherits` in an `iface` line, or in a line of ifupdown-ng.
fn inherited<'a>(words: &[&'a str]) -> Option<&'a str> {
    let (["iface", .., "inherits", parent] | ["inherit", parent]) = words else {
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
        if let [word, named @ ..] = words.as_slice() {
            let is_directory = word.starts_with("source-dir");
            if is_directory || *word == "source" {
                for named in named {
                    include(&absolute(path, named), is_directory, files, read);
                }
            }
        }
        if let ["iface" | "interface" | "template", name, ..] = words.as_slice() {
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

/// Reads what a pattern names. Of a directory, the files with usual names (`directory_filter`, config.c of ifupdown).
fn include<'a>(named: &str, is_directory: bool, files: &'a Files, read: &mut Read<'a>) {
    let every = if is_directory { "/*" } else { "" };
    let pattern = [named.trim_end_matches('/'), every].concat();
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    for path in files.paths().filter(|path| matches_path(&pattern, path)) {
        if !is_directory || file_name(path).bytes().all(is_usual) {
            add(path, files, read);
        }
    }
    if let Some((directory, _)) = pattern.rsplit_once('/') {
        read.directories.push(directory.to_owned());
    }
}

fn absolute(path: &str, named: &str) -> String {
    if named.starts_with('/') {
        return named.to_owned();
    }
    let (parent, _) = path.rsplit_once('/').unwrap_or_default();
    [parent, "/", named].concat()
}

/// As wordexp(3) does: patterns match no hidden names.
fn matches_path(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('/').zip(path.split('/'));
    let matches = |(pattern, name): (&str, &str)| {
        pattern.starts_with('.') == name.starts_with('.') && matches_glob(pattern, name)
    };
    pattern.split('/').count() == path.split('/').count() && parts.all(matches)
}
