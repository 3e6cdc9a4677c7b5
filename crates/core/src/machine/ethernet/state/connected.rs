//! In use under the assigned address: nothing is touched.

use std::time::Duration;

use super::{Context, State, Unmanaged, Unplugged};
use crate::machine::event::Link;
use crate::machine::notice::Notice;

/// Links take so long to come back after the machine was asleep.
const WAKING: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Connected;

impl Connected {
    /// The connection was there before.
    pub(super) fn adopt(cx: &mut Context) -> State {
        cx.assigned = Some(cx.link.address);
        cx.settle();
        Self::enter(cx, true)
    }

    pub(super) fn begin(cx: &mut Context) -> State {
        Self::enter(cx, false)
    }

    /// The carrier was away for a moment only.
    pub(super) fn resume(cx: &mut Context) -> State {
        cx.alarm = None;
        State::Connected(Self)
    }

    fn enter(cx: &mut Context, adopted: bool) -> State {
        cx.alarm = None;
        let address = cx.link.address;
        cx.notify(Notice::Wired { address, adopted });
        State::Connected(Self)
    }

    pub(super) fn heard(self, cx: &mut Context, link: Link) -> State {
        match (link.carrier, cx.has_assigned()) {
            (true, true) => State::Connected(self),
            (true, false) => Unmanaged::changed(cx),
            (false, true) => Unplugged::just_now(cx),
            (false, false) => Unplugged::quarrel(cx),
        }
    }

    pub(super) fn resumed(self, cx: &mut Context) -> State {
        cx.waking_until = cx.now.saturating_add(WAKING);
        State::Connected(self)
    }
}
