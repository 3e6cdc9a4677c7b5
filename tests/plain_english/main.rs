//! Finds words that are not plain English, in every text of the repository: string literals, comments, identifiers,
//! names of files, documentation. `words.txt` has the words, `allowed.txt` the places where one of them is right.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test program: it may use files, and fail loudly"
)]

mod text;

use std::fs;
use std::path::{Path, PathBuf};

use macveil_testkit::repository;
use text::{Phrase, find, words_of};

const WORDS: &str = include_str!("words.txt");
const ALLOWED: &str = include_str!("allowed.txt");

/// Folders and files with texts of people. What other programs wrote is in none of them.
const PLACES: [&str; 14] = [
    ".cargo",
    ".ci",
    "benches",
    "contrib",
    "crates",
    "docs",
    "fuzz",
    "src",
    "tests",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Makefile",
    "README.md",
    "SECURITY.md",
];
/// Recorded bytes, inputs of parsers, pictures, and tables of numbers.
const NO_TEXTS: [&str; 7] = [
    "corpus",
    "seeds",
    "images",
    "fixtures",
    "vectors",
    "days",
    "plain_english",
];
const MAX_TEST_NAME: usize = 60;

fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders: Vec<_> = PLACES.iter().map(repository).collect();
    while let Some(path) = folders.pop() {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_file() {
            files.push(path);
        } else if path.is_dir() && !NO_TEXTS.contains(&name.as_ref()) && name != "target" {
            let entries = fs::read_dir(&path).expect("a folder");
            folders.extend(entries.map(|entry| entry.expect("an entry").path()));
        }
    }
    files.sort();
    files
}

fn name(path: &Path) -> String {
    let top = repository("");
    let below = path.strip_prefix(&top).unwrap_or(path);
    below.display().to_string()
}

fn phrases() -> Vec<Phrase> {
    let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(Phrase::parse).collect()
}

/// `FILE: PHRASE: REASON`.
fn is_allowed(file: &str, phrase: &str) -> bool {
    ALLOWED.lines().any(|line| {
        let mut parts = line.splitn(3, ": ");
        parts.next() == Some(file) && parts.next() == Some(phrase)
    })
}

#[test]
fn texts_have_no_word_of_the_list() {
    let phrases = phrases();
    assert!(phrases.len() > 20, "{} phrases", phrases.len());
    let files = files();
    assert!(files.len() > 400, "{} files", files.len());
    let mut found = Vec::new();
    for path in files {
        let file = name(&path);
        for phrase in find(&phrases, &words_of(&file)) {
            found.push(format!("{file}: {phrase} (its name)"));
        }
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            for phrase in find(&phrases, &words_of(line)) {
                if !is_allowed(&file, phrase) {
                    found.push(format!("{file}:{}: {phrase}", index + 1));
                }
            }
        }
    }
    let count = found.len();
    assert!(found.is_empty(), "{count} places:\n{}", found.join("\n"));
}

#[test]
fn exceptions_are_still_needed() {
    let phrases = phrases();
    for line in ALLOWED.lines().filter(|line| !line.starts_with('#')) {
        let [file, phrase, reason] = line.splitn(3, ": ").collect::<Vec<_>>()[..] else {
            panic!("expected `FILE: PHRASE: REASON`: {line}");
        };
        assert!(!reason.is_empty(), "{line}");
        let text = fs::read_to_string(repository(file)).expect(file);
        let is_used = |line: &str| find(&phrases, &words_of(line)).contains(&phrase);
        assert!(text.lines().any(is_used), "not needed any more: {line}");
    }
}

#[test]
fn test_names_have_at_most_60_characters() {
    let mut long = Vec::new();
    for path in files() {
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let Some(text) = is_rust.then(|| fs::read_to_string(&path).expect("a text")) else {
            continue;
        };
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            if let [attribute, function] = pair
                && matches!(*attribute, "#[test]" | "#[tokio::test]")
                && let Some(rest) = function
                    .strip_prefix("fn ")
                    .or(function.strip_prefix("async fn "))
                && let Some((test, _)) = rest.split_once('(')
                && test.len() > MAX_TEST_NAME
            {
                long.push(format!("{}: {test}", name(&path)));
            }
        }
    }
    let count = long.len();
    assert!(long.is_empty(), "{count} names:\n{}", long.join("\n"));
}
