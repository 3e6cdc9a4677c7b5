//! Time axis of a picture.

use crate::tools::audit::Micros;

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;
const HOUR: Micros = 60 * MINUTE;

/// Usual distances of marks.
const STEPS: [Micros; 23] = [
    SECOND / 100,
    SECOND / 50,
    SECOND / 20,
    SECOND / 10,
    SECOND / 5,
    SECOND / 2,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    6 * HOUR,
    12 * HOUR,
    24 * HOUR,
];
/// With more, the labels would overlap.
const MAX_MARKS: Micros = 12;

/// Distance of marks for this length of the axis.
pub(super) fn step(span: Micros) -> Micros {
    let fits = |step: &Micros| span / step <= MAX_MARKS;
    let known = STEPS.into_iter().find(fits);
    known.unwrap_or_else(|| (span / MAX_MARKS).next_multiple_of(24 * HOUR))
}

/// The label of a mark, as exact as the distance requires.
pub(super) fn label(at: Micros, step: Micros) -> String {
    let (hours, minutes, seconds) = (at / HOUR, at % HOUR / MINUTE, at % MINUTE / SECOND);
    if step < SECOND {
        format!("{}.{:02} s", at / SECOND, at % SECOND / 10_000)
    } else if step < 15 * SECOND {
        format!("{} s", at / SECOND)
    } else if hours == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}
