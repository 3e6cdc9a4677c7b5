//! Periods of local time, for stable-ids that change with it.

use std::str::FromStr;

/// A grid of periods on the local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// When period 0 begins, as a [`Reading`].
    anchor: Reading,
    /// In seconds, never 0.
    length: i64,
}

/// What a local clock shows, as the seconds from 1970-01-01 00:00:00 to it on that same clock.
pub type Reading = i64;

/// A Monday at midnight.
const DEFAULT_ANCHOR: Reading = 4 * DAY;
const DAY: i64 = 24 * 60 * 60;

impl Period {
    /// Periods of this many seconds; those of whole weeks begin on Mondays at midnight.
    #[must_use]
    pub fn every(seconds: u64) -> Option<Self> {
        Self::since(DEFAULT_ANCHOR, seconds)
    }

    /// Periods of this many seconds counted from `anchor`; `None` if they are empty or endless.
    #[must_use]
    pub fn since(anchor: Reading, seconds: u64) -> Option<Self> {
        let length = i64::try_from(seconds).ok().filter(|&length| length > 0)?;
        Some(Self { anchor, length })
    }

    /// The number of the period that the clock is in.
    #[must_use]
    pub const fn number(self, now: Reading) -> i64 {
        now.saturating_sub(self.anchor).div_euclid(self.length)
    }
}

/// Units of time and how many seconds each has, the shortest first.
const UNITS: [(&str, u64); 5] = [
    ("s", 1),
    ("m", 60),
    ("h", 60 * 60),
    ("d", 24 * 60 * 60),
    ("w", 7 * 24 * 60 * 60),
];

/// The text is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no length of time: a number and s, m, h, d or w are meant, such as `24h`")]
pub struct ParseLengthError {
    text: String,
}

/// Reads a length of time such as `300s`, `5m`, `24h`, `7d` or `2w`, in seconds.
///
/// # Errors
///
/// Anything else, a number without its unit included.
pub fn parse_length(text: &str) -> Result<u64, ParseLengthError> {
    length(text).ok_or_else(|| ParseLengthError {
        text: text.to_owned(),
    })
}

fn length(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
    unsigned::<u64>(number)?.checked_mul(*size)
}

/// A length of time in the largest unit that it is a multiple of, as [`parse_length`] reads it.
#[must_use]
pub fn format_length(seconds: u64) -> String {
    let fits = |&&(_, unit): &&(&str, u64)| seconds > 0 && seconds.is_multiple_of(unit);
    let (unit, size) = UNITS.iter().rfind(fits).copied().unwrap_or(("s", 1));
    format!("{}{unit}", seconds / size)
}

/// Reads decimal digits and nothing else, no sign either.
fn unsigned<T: FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Reads `2016-08-22 6:00:00` or `2016-08-22 6:00`.
#[must_use]
pub fn parse_reading(date: &str, time: &str) -> Option<Reading> {
    let [year, month, day] = split(date, '-')?;
    let [hour, minute, second] = split(time, ':').or_else(|| {
        let [hour, minute] = split(time, ':')?;
        Some([hour, minute, "0"])
    })?;
    let month = unsigned(month)?;
    let [day, hour, minute, second] = [
        unsigned(day)?,
        unsigned(hour)?,
        unsigned(minute)?,
        unsigned(second)?,
    ];
    let moment = tz::UtcDateTime::new(unsigned(year)?, month, day, hour, minute, second, 0).ok()?;
    (second < 60).then(|| moment.unix_time())
}

fn split<const PARTS: usize>(text: &str, separator: char) -> Option<[&str; PARTS]> {
    let parts: Vec<_> = text.split(separator).collect();
    parts.try_into().ok()
}
