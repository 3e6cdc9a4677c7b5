//! What fails again and again is tried less and less often.

use std::time::Duration;

/// The pause after so many failures before this one: doubled for each.
pub(crate) fn doubled(first: Duration, failures: u32, longest: Duration) -> Duration {
    let factor = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_doubles_the_pause_up_to_the_longest() {
        let pauses = |failures| doubled(Duration::from_secs(3), failures, Duration::from_secs(40));
        assert_eq!(
            [0, 1, 2, 3, 4, 31, 32, u32::MAX].map(|failures| pauses(failures).as_secs()),
            [3, 6, 12, 24, 40, 40, 40, 40]
        );
    }
}
