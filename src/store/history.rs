//! Renewed addresses on disk: `history` in the state directory.
//!
//! The first line is the version. Each other line is a network: its SSID in hexadecimal, the generation, and when
//! the generation began and was last used, in seconds since 1970.

use std::fmt::Write;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::atomic;
use super::regular::{self, Links};
use macveil_core::address::{History, Record};
use macveil_core::types::Ssid;

/// The name of the file in the state directory.
pub const HISTORY_FILE: &str = "history";

/// In bytes. A line has less than 140.
const MAX_SIZE: u64 = 1024 * 1024;
const VERSION: &str = "macveil history 1";

/// The history of renewed addresses cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The file cannot be read.
    #[error("cannot read the history of renewed addresses {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not a history.
    #[error(
        "{path}:{line} is not valid in a history of renewed addresses; remove the file, which makes macveil forget renewed addresses"
    )]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// The file cannot be written.
    #[error("cannot write the history of renewed addresses {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Reads the history of a state directory; an empty one if there is none.
///
/// # Errors
///
/// The file exists, but cannot be read or is not a history.
pub fn read_history(state_dir: &Path) -> Result<History, HistoryError> {
    let path = state_dir.join(HISTORY_FILE);
    match regular::read_text(&path, Links::Refuse, MAX_SIZE) {
        Ok(text) => parse(&text).map_err(|line| HistoryError::Invalid { path, line }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(History::default()),
        Err(source) => Err(HistoryError::Read { path, source }),
    }
}

/// Writes the history into a state directory.
///
/// # Errors
///
/// The file cannot be written. The old one is then unchanged.
pub fn write_history(state_dir: &Path, history: &History) -> Result<(), HistoryError> {
    let path = state_dir.join(HISTORY_FILE);
    atomic::write(&path, print(history).as_bytes(), 0o600)
        .map_err(|source| HistoryError::Write { path, source })
}

pub(super) fn print(history: &History) -> String {
    let mut text = format!("{VERSION}\n");
    for (ssid, record) in history.iter() {
        for byte in ssid.as_bytes() {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        let Record {
            generation,
            since,
            used,
        } = record;
        let _ = writeln!(text, " {generation} {since} {used}");
    }
    text
}

/// Reads the text. The error is the number of the first line that is not valid, from 1.
pub(super) fn parse(text: &str) -> Result<History, usize> {
    let mut lines = (1_usize..).zip(text.lines());
    if lines.next().is_none_or(|(_, line)| line != VERSION) {
        return Err(1);
    }
    let mut history = History::default();
    for (number, line) in lines {
        let (ssid, record) = parse_line(line).ok_or(number)?;
        history.learn(ssid, record);
    }
    Ok(history)
}

fn parse_line(line: &str) -> Option<(Ssid, Record)> {
    let words: Vec<_> = line.split(' ').collect();
    let [ssid, generation, since, used] = words.as_slice() else {
        return None;
    };
    let record = Record {
        generation: generation.parse().ok()?,
        since: since.parse().ok()?,
        used: used.parse().ok()?,
    };
    Some((Ssid::from_hex(ssid)?, record))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use proptest::prelude::*;

    use super::*;

    fn some_history(networks: Vec<(Vec<u8>, u64, u64, u64)>) -> History {
        let mut history = History::default();
        for (ssid, generation, since, used) in networks {
            let record = Record {
                generation,
                since,
                used,
            };
            history.learn(Ssid::new(&ssid).unwrap(), record);
        }
        history
    }

    proptest! {
        #[test]
        fn a_written_history_is_read_back(
            networks: Vec<(u64, u64, u64)>,
            names in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..=32), 0..20),
        ) {
            let networks = names.into_iter().zip(networks);
            let history = some_history(networks.map(|(name, (a, b, c))| (name, a, b, c)).collect());
            let directory = tempfile::tempdir().unwrap();
            write_history(directory.path(), &history).unwrap();
            prop_assert_eq!(read_history(directory.path()).unwrap(), history);
        }

        #[test]
        fn parsing_never_panics(text: String) {
            let _ = parse(&format!("{VERSION}\n{text}"));
        }
    }

    #[test]
    fn the_history_is_private() {
        let directory = tempfile::tempdir().unwrap();
        write_history(directory.path(), &History::default()).unwrap();
        let path = directory.path().join(HISTORY_FILE);
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
    }

    #[test]
    fn an_invalid_line_is_named_and_a_missing_file_is_empty() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(read_history(directory.path()).unwrap(), History::default());
        for (text, wrong) in [
            ("", 1),
            ("macveil history 2\n", 1),
            ("macveil history 1\n48 1 2 3\n48 1 2\n", 3),
            ("macveil history 1\n4 1 2 3\n", 2),
            ("macveil history 1\n48 1 2 -3\n", 2),
        ] {
            std::fs::write(directory.path().join(HISTORY_FILE), text).unwrap();
            let error = read_history(directory.path()).unwrap_err();
            assert!(
                matches!(error, HistoryError::Invalid { line, .. } if line == wrong),
                "{text:?}: {error}"
            );
        }
    }
}
