//! Clocks and pauses between retries.

mod backoff;
mod jitter;

use std::time::{Duration, SystemTime};

pub(crate) use backoff::doubled;
pub(crate) use jitter::jitter;

/// Time since boot, including suspend (`CLOCK_BOOTTIME`).
pub type Time = Duration;

/// The current time on the monotonic clock and on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// For deadlines.
    pub boot: Time,
    /// For users and for rotation.
    pub wall: SystemTime,
}
