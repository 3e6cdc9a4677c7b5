//! What the service manager is told: that macveil is ready, that it still reacts, that it ends.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tracing::debug;

/// The service manager's watch over a daemon that hangs: `WatchdogSec=` of the unit. Without it nothing
/// is told, and nothing wakes.
pub(super) struct Watchdog(Option<Interval>);

impl Watchdog {
    /// Tells twice in each time that the service manager allows for, as `sd_watchdog_enabled(3)` advises.
    pub(super) fn new() -> Self {
        Self::of(sd_notify::watchdog_enabled())
    }

    fn of(allowed: Option<Duration>) -> Self {
        Self(allowed.filter(|it| !it.is_zero()).map(|allowed| {
            let mut interval = interval(allowed / 2);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            interval
        }))
    }

    /// Resolves when it is time to tell.
    pub(super) async fn due(&mut self) {
        match &mut self.0 {
            Some(interval) => drop(interval.tick().await),
            None => std::future::pending().await,
        }
    }
}

pub(super) fn ready() {
    tell(NotifyState::Ready);
}

/// What the service manager shows as the unit's status.
pub(super) fn status(text: &str) {
    tell(NotifyState::Status(text));
}

pub(super) fn alive() {
    tell(NotifyState::Watchdog);
}

pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        debug!("cannot notify the service manager: {error}");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn watchdog_is_notified_twice_in_its_timeout() {
        let begun = Instant::now();
        let mut watchdog = Watchdog::of(Some(Duration::from_millis(40)));
        for _ in 0..3 {
            watchdog.due().await;
        }
        assert!(begun.elapsed() >= Duration::from_millis(40));
    }

    #[tokio::test]
    async fn watchdog_without_service_manager_never_wakes() {
        let mut watchdog = Watchdog::of(None);
        tokio::select! {
            biased;
            () = watchdog.due() => panic!("no watchdog is configured"),
            () = std::future::ready(()) => {}
        }
    }
}
