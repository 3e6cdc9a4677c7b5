//! What the user asked for, and when the computer was asleep.

use std::time::Duration;

use crate::machine::Time;
use crate::machine::notice::Notice;
use crate::machine::status::Pause;

/// After a resume, events from before the sleep still arrive for this long.
const RESUMING: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct UserRequests {
    pub(super) pause: Option<Pause>,
    /// A scan of all channels has not been made yet.
    pub(super) scan_requested: bool,
    resumed_at: Option<Time>,
}

impl UserRequests {
    pub(super) fn begin_pause(&mut self, now: Time, span: Option<Duration>) -> Notice {
        let until = span.map(|span| now.saturating_add(span));
        self.pause = Some(Pause { until });
        let span_ms = span.map(|span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX));
        Notice::Paused { span_ms }
    }

    pub(super) fn pause_ends(&self) -> Option<Time> {
        self.pause.and_then(|pause| pause.until)
    }

    pub(super) const fn resumed(&mut self, now: Time) {
        self.resumed_at = Some(now);
    }

    pub(super) fn has_just_resumed(&self, now: Time) -> bool {
        let ago = self.resumed_at.map(|at| now.saturating_sub(at));
        ago.is_some_and(|ago| ago < RESUMING)
    }
}
