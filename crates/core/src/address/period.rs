//! Periods of local time, for stable-ids that depend on it.

use std::str::FromStr;

/// Consecutive periods of equal length on the local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Start of period 0.
    anchor: Reading,
    /// In seconds, never 0.
    length: i64,
}

/// Local time, in seconds since 1970-01-01 00:00:00 on the same clock.
pub type Reading = i64;

/// A Monday at midnight.
const DEFAULT_ANCHOR: Reading = 4 * DAY;
const DAY: i64 = 24 * 60 * 60;

impl Period {
    /// Periods of this many seconds; whole weeks begin on Monday at midnight.
    #[must_use]
    pub fn every(seconds: u64) -> Option<Self> {
        Self::since(DEFAULT_ANCHOR, seconds)
    }

    /// Periods of this many seconds from `anchor`; `None` for 0 or an overflow.
    #[must_use]
    pub fn since(anchor: Reading, seconds: u64) -> Option<Self> {
        let length = i64::try_from(seconds).ok().filter(|&length| length > 0)?;
        Some(Self { anchor, length })
    }

    /// The number of the period that contains `now`.
    #[must_use]
    pub const fn number(self, now: Reading) -> i64 {
        now.saturating_sub(self.anchor).div_euclid(self.length)
    }
}

/// Units of time in seconds, shortest first.
const UNITS: [(&str, u64); 5] = [
    ("s", 1),
    ("m", 60),
    ("h", 60 * 60),
    ("d", 24 * 60 * 60),
    ("w", 7 * 24 * 60 * 60),
];

/// The text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid duration `{text}`: expected a number and s, m, h, d or w, such as `24h`")]
pub struct ParseLengthError {
    text: String,
}

/// Parses a duration such as `300s`, `5m`, `24h`, `7d` or `2w`, in seconds.
///
/// # Errors
///
/// Any other text, including a number without a unit.
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

/// Formats a duration in the largest unit that divides it, for [`parse_length`].
#[must_use]
pub fn format_length(seconds: u64) -> String {
    let fits = |&&(_, unit): &&(&str, u64)| seconds > 0 && seconds.is_multiple_of(unit);
    let (unit, size) = UNITS.iter().rfind(fits).copied().unwrap_or(("s", 1));
    format!("{}{unit}", seconds / size)
}

/// Parses decimal digits only, without a sign.
fn unsigned<T: FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Parses `2016-08-22 6:00:00` or `2016-08-22 6:00`.
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
