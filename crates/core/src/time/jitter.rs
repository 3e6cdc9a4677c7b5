//! Randomness that is not an address.

use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;

/// The pause, made up to a quarter longer or shorter, so that bursts of probe requests cannot be
/// told by their rhythm.
pub(crate) fn jitter(pause: Duration, rng: &mut StdRng) -> Duration {
    pause.mul_f64(rng.random_range(0.75..1.25))
}
