//! Random pauses.

use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;

/// The pause, up to a quarter longer or shorter, so that the interval between bursts of probe
/// requests does not identify the station.
pub(crate) fn jitter(pause: Duration, rng: &mut StdRng) -> Duration {
    pause.mul_f64(rng.random_range(0.75..1.25))
}
