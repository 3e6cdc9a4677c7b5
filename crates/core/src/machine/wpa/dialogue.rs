//! The dialogue with the supplicant.

use super::backend::Reply;
use crate::machine::Time;

#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Debug, Default)]
pub(super) struct Dialogue {
    /// The supplicant accepts requests.
    pub(super) is_present: bool,
    /// It was brought to rest, or its connection adopted, since it appeared.
    pub(super) is_attached: bool,
    /// Its end is reported at once.
    pub(super) is_watched: bool,
    /// The supplicant may restore its own address at its next association.
    pub(super) must_forget_own_address: bool,
    /// The signal of the current BSS, in dBm, while it is weak.
    pub(super) weak_signal: Option<i32>,
    /// When its P2P device runs again, if it brought the link up because the radio was unblocked, or has resumed.
    pub(super) p2p_device_runs_at: Option<Time>,
    /// Requests without a reply.
    unanswered: u32,
    /// Of these, requests of an earlier state.
    stale: u32,
}

impl Dialogue {
    pub(super) const fn requested(&mut self) {
        self.unanswered = self.unanswered.saturating_add(1);
    }

    /// The replies to all requests so far are for a state that was left.
    pub(super) const fn drop_replies(&mut self) {
        self.stale = self.unanswered;
    }

    /// Returns the reply if the current state requested it.
    pub(super) fn accept(&mut self, reply: Reply) -> Option<Reply> {
        if let Reply::Quiesce(Ok(report)) = &reply {
            self.must_forget_own_address |= report.had_own_randomization;
            self.is_watched = report.is_watched;
            self.is_attached = true;
        }
        self.unanswered = self.unanswered.saturating_sub(1);
        if self.stale > 0 {
            self.stale -= 1;
            return None;
        }
        Some(reply)
    }
}
