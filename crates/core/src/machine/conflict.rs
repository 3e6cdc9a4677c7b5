//! Backoff where another program sets the address, or brings the link up, whenever macveil masks an interface.

use std::time::Duration;

use super::Time;
use crate::time::doubled;

/// After this many disputes in a row the link is held down.
const MAX_DISPUTES: u32 = 6;
/// A conflict is over after this long without a dispute.
const CONFLICT_TIMEOUT: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(300);

/// A conflict with another program: the link is held down, with increasing pauses.
#[derive(Debug, Default)]
pub(super) struct ConflictBackoff {
    /// How often in a row another program reverted a change of macveil.
    disputes: u32,
    /// The last dispute was not followed by a pause.
    is_open: bool,
    pauses: u32,
    /// The last dispute, or the end of the last pause.
    last: Time,
}

impl ConflictBackoff {
    /// Another program reverted a change of macveil.
    pub(super) fn dispute(&mut self, now: Time) {
        if self.is_over(now) {
            *self = Self::default();
        }
        self.disputes = self.disputes.saturating_add(1);
        self.is_open = true;
        self.last = now;
    }

    /// Whether the link must be held down before the next mask.
    pub(super) const fn asks_for_pause(&self) -> bool {
        self.is_open && self.disputes >= MAX_DISPUTES
    }

    /// How long to hold the link down, doubled each time; and whether it is the first pause of this conflict.
    pub(super) fn pause(&mut self) -> (Duration, bool) {
        let pause = doubled(FIRST_PAUSE, self.pauses, MAX_PAUSE);
        let is_first = self.pauses == 0;
        self.is_open = false;
        self.pauses = self.pauses.saturating_add(1);
        (pause, is_first)
    }

    /// The pause is over.
    pub(super) const fn try_again(&mut self, now: Time) {
        self.last = now;
    }

    /// The conflict was reported, and goes on.
    pub(super) fn is_known(&self, now: Time) -> bool {
        self.pauses > 0 && !self.is_over(now)
    }

    fn is_over(&self, now: Time) -> bool {
        now.saturating_sub(self.last) >= CONFLICT_TIMEOUT
    }
}
