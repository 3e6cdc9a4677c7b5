//! Commands of the user: another mask, a scan, a pause.

use std::time::Duration;

use super::context::{Context, RunningScan};
use super::state::State;
use crate::machine::notice::Notice;
use crate::machine::status::{Pause, Rotation, ScanRefusal};

/// When another mask would be set.
pub(super) fn rotation(state: &State, cx: &Context) -> Rotation {
    match state {
        State::Scanning(_) | State::Disconnected(_) | State::Paused(_) | State::Waiting(_)
            if cx.is_masked() && cx.scan == RunningScan::None =>
        {
            Rotation::Now
        }
        State::Associating(_) | State::Associated(_) => Rotation::AfterAssociation,
        State::Unprotected | State::Releasing(_) | State::Released => Rotation::Never,
        State::Masking(_)
        | State::Waiting(_)
        | State::Attaching(_)
        | State::Scanning(_)
        | State::Disconnecting(_)
        | State::Disconnected(_)
        | State::Paused(_)
        | State::UserScan(_)
        | State::Blocked(_) => Rotation::Soon,
    }
}

/// Whether a masked scan is possible in a state, or will be within moments.
pub(super) const fn can_scan(state: &State, cx: &Context) -> Result<(), ScanRefusal> {
    match state {
        State::Associating(_) | State::Associated(_) => Err(ScanRefusal::Connected),
        State::Waiting(_) if !cx.link.up => Err(ScanRefusal::LinkDown),
        State::Blocked(_) => Err(ScanRefusal::Blocked),
        State::Unprotected => Err(ScanRefusal::Unprotected),
        State::Releasing(_) | State::Released => Err(ScanRefusal::Releasing),
        State::Masking(_)
        | State::Waiting(_)
        | State::Attaching(_)
        | State::Scanning(_)
        | State::Disconnecting(_)
        | State::Disconnected(_)
        | State::Paused(_)
        | State::UserScan(_) => Ok(()),
    }
}

impl Context {
    pub(super) fn begin_pause(&mut self, span: Option<Duration>) {
        let until = span.map(|span| self.now.saturating_add(span));
        self.pause = Some(Pause { until });
        let span_ms = span.map(|span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX));
        self.notify(Notice::Paused { span_ms });
    }

    /// Whether there was a pause.
    pub(super) fn end_pause(&mut self) -> bool {
        let was_paused = self.pause.take().is_some();
        if was_paused {
            self.notify(Notice::Unpaused);
        }
        was_paused
    }
}
