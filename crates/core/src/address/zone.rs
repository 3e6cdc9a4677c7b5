//! Time zones: local time with daylight saving.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::period::Reading;

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(tz::TimeZone);

/// The file is not a time zone.
#[derive(Debug, thiserror::Error)]
#[error("invalid time zone file (RFC 9636): {0}")]
pub struct ZoneError(tz::TzError);

/// Longer than any step backwards of a local clock, in seconds.
const MAX_STEP_BACK: i64 = 25 * 60 * 60;

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self(tz::TimeZone::utc())
    }

    /// Parses a file such as `/etc/localtime` (`TZif`, RFC 9636).
    ///
    /// # Errors
    ///
    /// The bytes are not such a file.
    pub fn from_tzif(bytes: &[u8]) -> Result<Self, ZoneError> {
        tz::TimeZone::from_tz_data(bytes)
            .map(Self)
            .map_err(ZoneError)
    }

    /// The latest local time up to `now`. It never goes back.
    ///
    /// At the end of daylight saving it stands still for an hour, so that a period that begins in that
    /// hour begins once. At the start it skips an hour: a period that begins in the skipped hour begins
    /// with the skip.
    #[must_use]
    pub fn reading(&self, now: SystemTime) -> Reading {
        let now = unix_seconds(now);
        let before = now.saturating_sub(MAX_STEP_BACK);
        if self.offset(before) <= self.offset(now) {
            return self.shown(now);
        }
        self.shown(now)
            .max(self.shown(self.last_with_offset_of(before, now)))
    }

    /// When the local time is first `reading` or later.
    #[must_use]
    pub fn instant(&self, reading: Reading) -> SystemTime {
        let mut before = reading.saturating_sub(MAX_STEP_BACK);
        let mut reached = reading.saturating_add(MAX_STEP_BACK);
        while reached - before > 1 {
            let middle = before.midpoint(reached);
            if self.reading(system_time(middle)) < reading {
                before = middle;
            } else {
                reached = middle;
            }
        }
        system_time(reached)
    }

    /// The last second before `end` with the same offset as `start`, if the offset changes once between.
    fn last_with_offset_of(&self, mut start: i64, mut end: i64) -> i64 {
        let offset = self.offset(start);
        while end - start > 1 {
            let middle = start.midpoint(end);
            if self.offset(middle) == offset {
                start = middle;
            } else {
                end = middle;
            }
        }
        start
    }

    fn shown(&self, unix: i64) -> Reading {
        unix.saturating_add(self.offset(unix))
    }

    /// UTC offset in seconds, positive east; 0 outside the range of the zone.
    fn offset(&self, unix: i64) -> i64 {
        let kind = self.0.find_local_time_type(unix);
        kind.map_or(0, |kind| i64::from(kind.ut_offset()))
    }
}

fn unix_seconds(time: SystemTime) -> i64 {
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => seconds(since),
        Err(before) => -seconds(before.duration()),
    }
}

fn system_time(unix: i64) -> SystemTime {
    let span = Duration::from_secs(unix.unsigned_abs());
    let time = if unix < 0 {
        UNIX_EPOCH.checked_sub(span)
    } else {
        UNIX_EPOCH.checked_add(span)
    };
    time.unwrap_or(UNIX_EPOCH)
}
