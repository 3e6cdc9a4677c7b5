//! What is told meanwhile to somebody who waits at a terminal.

use std::io;
use std::time::{Duration, Instant};

use crate::cli::console::is_screen;

pub(super) struct Progress {
    begin: Instant,
    told: u64,
    /// Bytes, of a capture that is a file.
    length: Option<u64>,
    wanted: bool,
}

impl Progress {
    /// So much is read between two words.
    const PIECE: u64 = 16 << 20;
    const PATIENCE: Duration = Duration::from_secs(1);

    pub(super) fn new(length: Option<u64>) -> Self {
        Self {
            begin: Instant::now(),
            told: 0,
            length,
            wanted: is_screen(&io::stderr()),
        }
    }

    pub(super) fn reach(&mut self, bytes: u64) {
        if self.wanted && bytes >= self.told + Self::PIECE && self.begin.elapsed() > Self::PATIENCE
        {
            self.told = bytes;
            eprint!("\r{}", bar(bytes, self.length));
        }
    }

    pub(super) fn clear(&self) {
        if self.told > 0 {
            eprint!("\r\u{1b}[K");
        }
    }
}

/// How much is read, of a file also how much of it; a file may grow meanwhile.
fn bar(bytes: u64, length: Option<u64>) -> String {
    const WIDTH: usize = 40;
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let Some(length) = length.filter(|&length| length > 0) else {
        return format!("{} MB read", megabytes(bytes));
    };
    let bytes = bytes.min(length);
    let of = |whole: usize| {
        let share = u128::from(bytes) * whole as u128 / u128::from(length);
        usize::try_from(share).unwrap_or(whole)
    };
    format!(
        "[{:.<WIDTH$}] {:3} %  {} of {} MB",
        "#".repeat(of(WIDTH)),
        of(100),
        megabytes(bytes),
        megabytes(length)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_file_the_share_is_told() {
        let half = "[####################....................]  50 %  300 of 600 MB";
        assert_eq!(bar(300_000_000, Some(600_000_000)), half);
        let full = "[########################################] 100 %  600 of 600 MB";
        assert_eq!(bar(700_000_000, Some(600_000_000)), full);
    }

    #[test]
    fn of_what_has_no_end_that_is_known_only_what_is_read() {
        assert_eq!(bar(300_000_000, None), "300 MB read");
        assert_eq!(bar(300_000_000, Some(0)), "300 MB read");
    }
}
