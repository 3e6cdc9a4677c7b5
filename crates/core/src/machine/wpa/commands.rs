//! What a user may ask of a station beyond its work: another mask, a scan, a pause.

use std::time::Duration;

use super::context::{Context, Pause, RunningScan};
use super::state::State;
use crate::machine::action::Notice;

/// When a card gets the other mask that the user wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// At once.
    Now,
    /// As soon as the scan on the air is over, or the card can be masked.
    Soon,
    /// When the association ends: it carries an assigned address until then.
    AfterAssociation,
    /// The card goes without protection.
    Never,
}

impl Rotation {
    pub(super) fn of(state: &State, cx: &Context) -> Self {
        match state {
            State::Scanning(_) | State::Disconnected(_) | State::Paused(_) | State::Waiting(_)
                if cx.is_masked() && cx.scan == RunningScan::None =>
            {
                Self::Now
            }
            State::Associating(_) | State::Associated(_) => Self::AfterAssociation,
            State::Unprotected | State::Releasing(_) | State::Released => Self::Never,
            State::Masking(_)
            | State::Waiting(_)
            | State::Attaching(_)
            | State::Scanning(_)
            | State::Disconnecting(_)
            | State::Disconnected(_)
            | State::Paused(_)
            | State::UserScan(_)
            | State::Blocked(_) => Self::Soon,
        }
    }
}

/// Whether a masked scan is possible in a state, or will be within moments.
pub(super) const fn can_scan(state: &State, cx: &Context) -> Result<(), &'static str> {
    match state {
        State::Associating(_) | State::Associated(_) => Err(
            "the card carries the network's address, and Linux randomizes no scan of a connected card: a scan would show that address",
        ),
        State::Waiting(_) if !cx.link.up => Err("the link is down"),
        State::Blocked(_) => Err("the card is held silent"),
        State::Unprotected => {
            Err("the card goes without protection: a scan would show its address")
        }
        State::Releasing(_) | State::Released => Err("macveil lets go of the interface"),
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
        self.say(Notice::Paused { span_ms });
    }

    /// Whether there was a pause.
    pub(super) fn end_pause(&mut self) -> bool {
        let was_paused = self.pause.take().is_some();
        if was_paused {
            self.say(Notice::Unpaused);
        }
        was_paused
    }
}
