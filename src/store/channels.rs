//! The channels of earlier connections on disk: `channels` in the state directory, in MHz, the latest first. They only
//! save time, so that a file that cannot be read counts as empty.

use std::io;
use std::path::Path;

use super::atomic;
use super::regular::{self, Links};
use macveil_core::types::Frequency;

/// The name of the file in the state directory.
const CHANNELS_FILE: &str = "channels";

/// One short scan covers them.
const MAX_CHANNELS: usize = 6;
/// In bytes. A line has less than 12.
const MAX_SIZE: u64 = 128;

/// Reads the channels of a state directory, in MHz.
#[must_use]
pub fn read_channels(state_dir: &Path) -> Vec<Frequency> {
    let path = state_dir.join(CHANNELS_FILE);
    let text = regular::read_text(&path, Links::Refuse, MAX_SIZE).unwrap_or_default();
    let channels = text.lines().filter_map(|line| line.parse().ok());
    channels.take(MAX_CHANNELS).collect()
}

/// Adds a channel as the latest.
///
/// # Errors
///
/// The file cannot be written. The old one is then unchanged.
pub fn add_channel(state_dir: &Path, channel: Frequency) -> io::Result<()> {
    let mut channels = read_channels(state_dir);
    channels.retain(|known| *known != channel);
    channels.insert(0, channel);
    channels.truncate(MAX_CHANNELS);
    let lines: Vec<_> = channels.iter().map(ToString::to_string).collect();
    let text = lines.join("\n");
    atomic::write(&state_dir.join(CHANNELS_FILE), text.as_bytes(), 0o600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latest_channels_are_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let state_dir = directory.path();
        assert!(read_channels(state_dir).is_empty());
        for channel in [2412, 2437, 5180, 2462, 5745, 5500, 2437, 5240] {
            add_channel(state_dir, channel).unwrap();
        }
        assert_eq!(
            read_channels(state_dir),
            [5240, 2437, 5500, 5745, 2462, 5180]
        );
    }

    #[test]
    fn damaged_file_of_channels_counts_as_empty() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(CHANNELS_FILE);
        for damaged in ["many\n-1\n99999999999\n", "1 2", &"2412\n".repeat(100)] {
            std::fs::write(&path, damaged).unwrap();
            assert!(read_channels(directory.path()).is_empty(), "{damaged}");
        }
        add_channel(directory.path(), 2412).unwrap();
        assert_eq!(read_channels(directory.path()), [2412]);
    }
}
