//! What the user asked for.

use std::time::Duration;

use crate::machine::Time;
use crate::machine::notice::Notice;
use crate::machine::status::Pause;

#[derive(Debug, Default)]
pub(super) struct UserRequests {
    pub(super) pause: Option<Pause>,
    /// A scan of all channels has not been made yet.
    pub(super) scan_requested: bool,
    /// A program requested the supplicant to end the connection.
    pub(super) leave_requested: bool,
    /// When the supplicant last read its configuration file.
    pub(super) configuration_read: Option<Time>,
}

/// wpa_supplicant that has read its configuration again ends a connection at once, within this time
/// (`wpa_supplicant_reload_configuration`, `wpa_supplicant.c`).
const RELOAD: Duration = Duration::from_secs(1);

impl UserRequests {
    /// The supplicant leaves as a program requested, unless it reloads its configuration.
    pub(super) fn request_leave(&mut self, now: Time) {
        let reloads = self
            .configuration_read
            .is_some_and(|at| now.saturating_sub(at) < RELOAD);
        self.leave_requested |= !reloads;
    }

    pub(super) fn begin_pause(&mut self, now: Time, span: Option<Duration>) -> Notice {
        let until = span.map(|span| now.saturating_add(span));
        self.pause = Some(Pause { until });
        let span_ms = span.map(|span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX));
        Notice::Paused { span_ms }
    }

    pub(super) fn pause_ends(&self) -> Option<Time> {
        self.pause.and_then(|pause| pause.until)
    }
}
