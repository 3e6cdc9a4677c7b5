//! The assigned address is in place, and there is no carrier.

use std::time::Duration;

use super::{Blocked, Chance, Connected, Context, Setting, State, Unmanaged};
use crate::machine::event::Link;

/// A cable that is away for less than this was not unplugged: the address stays. Two interfaces need
/// up to four seconds to agree on a speed.
const BLINK: Duration = Duration::from_secs(5);
/// An address that changes with time is looked at so often.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Whoever changes the address more often than this will not give in.
const QUARRELS: u32 = 2;

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Unplugged {
    /// It may yet turn out to have been a blink.
    blinking: bool,
}

impl Unplugged {
    /// For long.
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.alarm = None;
        if cx.changes_with_time() {
            cx.wake_in(LOOK_AGAIN);
        }
        State::Unplugged(Self { blinking: false })
    }

    /// The carrier has just gone.
    pub(super) fn just_now(cx: &mut Context) -> State {
        if cx.now < cx.waking_until {
            return Setting::begin(cx, Chance::Anew);
        }
        cx.wake_in(BLINK);
        State::Unplugged(Self { blinking: true })
    }

    /// Somebody else changed the address.
    pub(super) fn quarrel(cx: &mut Context) -> State {
        let quarrels = cx.quarrel();
        if quarrels > QUARRELS {
            return Blocked::against_others(cx, quarrels - QUARRELS);
        }
        cx.remark("another program changed the address; putting the assigned one back");
        Setting::begin(cx, Chance::Anew)
    }

    pub(super) fn heard(self, cx: &mut Context, link: Link) -> State {
        match (link.carrier, cx.has_assigned()) {
            (true, true) if self.blinking => Connected::resume(cx),
            (true, true) => Connected::begin(cx),
            (true, false) => Unmanaged::changed(cx),
            (false, true) => State::Unplugged(self),
            (false, false) => Self::quarrel(cx),
        }
    }
}
