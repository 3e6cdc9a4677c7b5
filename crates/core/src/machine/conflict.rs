//! Somebody else sets the card's address, or brings its link up, as often as macveil masks it.

use std::time::Duration;

use super::Time;
use crate::time::doubled;

/// So many times in a row, and the card is held.
const MOST: u32 = 6;
/// What macveil did stood for so long: whatever comes next is no part of it.
const PEACE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// A fight for the card: macveil gives way ever longer, with the link down.
#[derive(Debug, Default)]
pub(super) struct ConflictBackoff {
    /// How often in a row somebody undid what macveil did.
    disputes: u32,
    /// The last time has not been answered by a pause.
    is_open: bool,
    pauses: u32,
    /// The last time, or when the card was tried again after a pause.
    moved: Time,
}

impl ConflictBackoff {
    /// Somebody undoes what macveil did.
    pub(super) fn dispute(&mut self, now: Time) {
        if self.is_over(now) {
            *self = Self::default();
        }
        self.disputes = self.disputes.saturating_add(1);
        self.is_open = true;
        self.moved = now;
    }

    /// Whether the card is to be held instead of being masked once more.
    pub(super) const fn asks_for_pause(&self) -> bool {
        self.is_open && self.disputes >= MOST
    }

    /// How long to hold the card, doubled each time; and whether it is the first pause of this fight.
    pub(super) fn pause(&mut self) -> (Duration, bool) {
        let pause = doubled(FIRST_PAUSE, self.pauses, LONGEST_PAUSE);
        let is_first = self.pauses == 0;
        self.is_open = false;
        self.pauses = self.pauses.saturating_add(1);
        (pause, is_first)
    }

    /// The card is tried again.
    pub(super) const fn try_again(&mut self, now: Time) {
        self.moved = now;
    }

    /// It has been told of, and goes on.
    pub(super) fn is_known(&self, now: Time) -> bool {
        self.pauses > 0 && !self.is_over(now)
    }

    fn is_over(&self, now: Time) -> bool {
        now.saturating_sub(self.moved) >= PEACE
    }
}
