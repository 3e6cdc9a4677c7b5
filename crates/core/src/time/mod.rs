//! Moments, and how long to wait before something is tried again.

mod backoff;
mod jitter;

use std::time::{Duration, SystemTime};

pub(crate) use backoff::doubled;
pub(crate) use jitter::jitter;

/// A moment, as the time since boot with suspend included (`CLOCK_BOOTTIME`).
pub type Time = Duration;

/// A moment on both clocks: the one that never jumps, and the one on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// What deadlines are counted on.
    pub boot: Time,
    /// What people read.
    pub wall: SystemTime,
}
