//! The assigned address is in place, and there is no carrier.

use std::time::Duration;

use super::{Blocked, Chance, Connected, Context, Setting, State, Unmanaged};
use crate::machine::event::Link;
use crate::machine::notice::Remark;

/// A carrier that returns sooner does not change the address. Two interfaces need up to four seconds
/// to agree on a speed.
const MAX_BLINK: Duration = Duration::from_secs(5);
/// How often an address that changes with time is derived.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(60);
/// A program that changes the address more often will go on.
const MAX_DISPUTES: u32 = 2;

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Unplugged {
    /// The carrier may return within moments.
    can_be_blink: bool,
}

impl Unplugged {
    /// The carrier is gone for long.
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.core.timer = None;
        if cx.changes_with_time() {
            cx.core.wake_in(RENEWAL_INTERVAL);
        }
        State::Unplugged(Self {
            can_be_blink: false,
        })
    }

    /// The carrier has just gone.
    pub(super) fn just_now(cx: &mut Context) -> State {
        if cx.core.now < cx.resuming_until {
            return Setting::begin(cx, Chance::New);
        }
        cx.core.wake_in(MAX_BLINK);
        State::Unplugged(Self { can_be_blink: true })
    }

    /// Another program changed the address.
    pub(super) fn dispute(cx: &mut Context) -> State {
        let disputes = cx.dispute();
        if disputes > MAX_DISPUTES {
            return Blocked::against_others(cx, disputes - MAX_DISPUTES);
        }
        cx.remark(Remark::AddressSetAgain);
        Setting::begin(cx, Chance::New)
    }

    pub(super) fn link_changed(self, cx: &mut Context, link: Link) -> State {
        match (link.carrier, cx.has_assigned()) {
            (true, true) if self.can_be_blink => Connected::resume(cx),
            (true, true) => Connected::begin(cx),
            (true, false) => Unmanaged::changed(cx),
            (false, true) => State::Unplugged(self),
            (false, false) => Self::dispute(cx),
        }
    }
}
