//! What the service manager is told: that macveil is ready, that it still reacts, that it ends.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tracing::debug;

/// The service manager's watch over a daemon that hangs: `WatchdogSec=` of the unit. A daemon that waits for
/// events does not hang, so the watch is off while nothing happens, and costs no wake-up then. Without a
/// service manager that watches nothing is told.
pub(super) struct Watchdog(Option<Watch>);

struct Watch {
    timeout: Duration,
    interval: Interval,
    state: WatchState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WatchState {
    /// An event came since the last report.
    Working,
    /// None came.
    Waiting,
    Off,
}

impl Watchdog {
    pub(super) fn new() -> Self {
        Self::of(sd_notify::watchdog_enabled())
    }

    /// Reports twice in each timeout, as `sd_watchdog_enabled(3)` advises.
    fn of(timeout: Option<Duration>) -> Self {
        Self(timeout.filter(|it| !it.is_zero()).map(|timeout| {
            let mut interval = interval(timeout / 2);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            Watch {
                timeout,
                interval,
                state: WatchState::Working,
            }
        }))
    }

    /// Resolves when it is time to report; never while the watch is off.
    pub(super) async fn due(&mut self) {
        match &mut self.0 {
            Some(watch) if watch.state != WatchState::Off => drop(watch.interval.tick().await),
            _ => std::future::pending().await,
        }
    }

    /// To be told when it is due: that macveil still reacts, or, if it had nothing to do since the last
    /// report, that it need not be watched.
    pub(super) fn report(&mut self) -> Option<NotifyState<'static>> {
        let watch = self.0.as_mut()?;
        let (state, told) = match watch.state {
            WatchState::Working => (WatchState::Waiting, NotifyState::Watchdog),
            WatchState::Waiting | WatchState::Off => {
                (WatchState::Off, NotifyState::WatchdogUsec(0))
            }
        };
        watch.state = state;
        Some(told)
    }

    /// To be told before any other event is handled: that the watch is on, if it was off.
    pub(super) fn work_begins(&mut self) -> Option<NotifyState<'static>> {
        let watch = self.0.as_mut()?;
        let was_off = watch.state == WatchState::Off;
        watch.state = WatchState::Working;
        was_off.then(|| {
            watch.interval.reset();
            let microseconds = watch.timeout.as_micros();
            NotifyState::WatchdogUsec(u32::try_from(microseconds).unwrap_or(u32::MAX))
        })
    }
}

pub(super) fn ready() {
    tell(NotifyState::Ready);
}

/// What the service manager shows as the unit's status.
pub(super) fn status(text: &str) {
    tell(NotifyState::Status(text));
}

pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

pub(super) fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        debug!("cannot notify the service manager: {error}");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const TIMEOUT: Duration = Duration::from_millis(40);

    fn told(state: Option<NotifyState<'_>>) -> Option<String> {
        state.map(|it| it.to_string())
    }

    async fn never_due(watchdog: &mut Watchdog) {
        tokio::select! {
            () = watchdog.due() => panic!("it woke"),
            () = tokio::time::sleep(3 * TIMEOUT) => {}
        }
    }

    #[tokio::test]
    async fn watchdog_at_work_reports_twice_in_its_timeout() {
        let begun = Instant::now();
        let mut watchdog = Watchdog::of(Some(TIMEOUT));
        for _ in 0..3 {
            watchdog.due().await;
            assert_eq!(told(watchdog.work_begins()), None);
            assert_eq!(told(watchdog.report()).as_deref(), Some("WATCHDOG=1"));
        }
        assert!(begun.elapsed() >= TIMEOUT);
    }

    #[tokio::test]
    async fn watchdog_without_events_is_off_until_the_next_one() {
        let mut watchdog = Watchdog::of(Some(TIMEOUT));
        let reports = ["WATCHDOG=1", "WATCHDOG_USEC=0"];
        for report in reports {
            watchdog.due().await;
            assert_eq!(told(watchdog.report()).as_deref(), Some(report));
        }
        never_due(&mut watchdog).await;
        let on = told(watchdog.work_begins());
        assert_eq!(on.as_deref(), Some("WATCHDOG_USEC=40000"));
        assert_eq!(told(watchdog.work_begins()), None);
        for report in reports {
            watchdog.due().await;
            assert_eq!(told(watchdog.report()).as_deref(), Some(report));
        }
    }

    #[tokio::test]
    async fn watchdog_without_service_manager_never_wakes() {
        let mut watchdog = Watchdog::of(None);
        never_due(&mut watchdog).await;
        assert_eq!(told(watchdog.report()), None);
        assert_eq!(told(watchdog.work_begins()), None);
    }
}
