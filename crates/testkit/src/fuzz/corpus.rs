//! A corpus: `seeds/NAME.txt`, written by people, and `corpus/NAME.txt`, which `make fuzz` makes.
//!
//! Each line is an input: printable ASCII as it is, everything else escaped as in Rust's `b"..."`. Lines
//! that begin with `#` say something to people.

use std::fs;
use std::io::ErrorKind;

/// Every input of a target.
pub(super) fn read(name: &str) -> Vec<Vec<u8>> {
    let directory = crate::repository("tests/fuzz");
    let files = ["seeds", "corpus"].map(|kind| directory.join(kind).join(format!("{name}.txt")));
    let texts = files.iter().map(|file| match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        text => text.unwrap_or_else(|error| panic!("{}: {error}", file.display())),
    });
    let inputs = |text: String| text.lines().filter_map(input).collect::<Vec<_>>();
    texts.flat_map(inputs).collect()
}

fn input(line: &str) -> Option<Vec<u8>> {
    let is_input = !line.is_empty() && !line.starts_with('#');
    is_input.then(|| unescape(line).unwrap_or_else(|| panic!("no input: {line}")))
}

/// As a line of a corpus.
pub(super) fn write(input: &[u8]) -> String {
    let line = input.escape_ascii().to_string();
    let line = line.replace("\\\"", "\"").replace("\\'", "'");
    // Neither a comment nor a blank that an editor takes away.
    let line = match line.strip_prefix('#') {
        Some(rest) => format!("\\x23{rest}"),
        None => line,
    };
    match line.strip_suffix(' ') {
        Some(rest) => format!("{rest}\\x20"),
        None => line,
    }
}

fn unescape(line: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        bytes.push(match character {
            '\\' => match characters.next()? {
                'n' => b'\n',
                'r' => b'\r',
                't' => b'\t',
                'x' => {
                    let digits = [characters.next()?, characters.next()?];
                    u8::from_str_radix(&String::from_iter(digits), 16).ok()?
                }
                '\\' => b'\\',
                _ => return None,
            },
            other => u8::try_from(other).ok().filter(u8::is_ascii)?,
        });
    }
    Some(bytes)
}

#[test]
fn what_is_written_is_read() {
    let every_byte: Vec<u8> = (0..=u8::MAX).rev().collect();
    for bytes in [
        every_byte.as_slice(),
        b"# a\\\"'",
        b"plain 'and' \"quoted\" ",
    ] {
        assert_eq!(input(&write(bytes)).as_deref(), Some(bytes));
    }
    assert_eq!(input("# for people"), None);
}
