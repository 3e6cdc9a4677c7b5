//! Exponential backoff.

use std::time::Duration;

/// The pause after a failure: `first` doubled for each earlier failure, at most `max`.
pub(crate) fn doubled(first: Duration, failures: u32, max: Duration) -> Duration {
    let factor = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_doubles_the_pause_up_to_the_maximum() {
        let pauses = |failures| doubled(Duration::from_secs(3), failures, Duration::from_secs(40));
        assert_eq!(
            [0, 1, 2, 3, 4, 31, 32, u32::MAX].map(|failures| pauses(failures).as_secs()),
            [3, 6, 12, 24, 40, 40, 40, 40]
        );
    }
}
