//! Progress, shown if standard error is a terminal.

use std::io;
use std::time::{Duration, Instant};

use crate::cli::console::is_screen;

pub(super) struct Progress {
    begin: Instant,
    shown: u64,
    /// Size in bytes, if the capture is a file.
    length: Option<u64>,
    enabled: bool,
}

impl Progress {
    /// Bytes between two updates.
    const BYTES_PER_UPDATE: u64 = 16 << 20;
    const DELAY: Duration = Duration::from_secs(1);

    pub(super) fn new(length: Option<u64>) -> Self {
        Self {
            begin: Instant::now(),
            shown: 0,
            length,
            enabled: is_screen(&io::stderr()),
        }
    }

    pub(super) fn reach(&mut self, bytes: u64) {
        if self.enabled
            && bytes >= self.shown + Self::BYTES_PER_UPDATE
            && self.begin.elapsed() > Self::DELAY
        {
            self.shown = bytes;
            eprint!("\r{}", bar(bytes, self.length));
        }
    }

    pub(super) fn clear(&self) {
        if self.shown > 0 {
            eprint!("\r\u{1b}[K");
        }
    }
}

/// The amount read, of a file also its share. A file can grow in the meantime.
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
    fn bar_of_file_shows_share() {
        let half = "[####################....................]  50 %  300 of 600 MB";
        assert_eq!(bar(300_000_000, Some(600_000_000)), half);
        let full = "[########################################] 100 %  600 of 600 MB";
        assert_eq!(bar(700_000_000, Some(600_000_000)), full);
    }

    #[test]
    fn bar_without_length_shows_amount_only() {
        assert_eq!(bar(300_000_000, None), "300 MB read");
        assert_eq!(bar(300_000_000, Some(0)), "300 MB read");
    }
}
