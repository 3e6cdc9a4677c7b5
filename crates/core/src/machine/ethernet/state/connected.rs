//! In use under the assigned address: nothing is changed.

use std::time::Duration;

use super::{Context, State, Unmanaged, Unplugged};
use crate::machine::event::Link;
use crate::machine::notice::Notice;

/// How long links take to return after the computer was asleep.
const RESUMING: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Connected;

impl Connected {
    /// The connection is older than macveil.
    pub(super) fn adopt(cx: &mut Context) -> State {
        cx.assigned = Some(cx.core.link.address);
        cx.note_assigned();
        Self::enter(cx, true)
    }

    pub(super) fn begin(cx: &mut Context) -> State {
        Self::enter(cx, false)
    }

    /// The carrier was gone for a moment only.
    pub(super) fn resume(cx: &mut Context) -> State {
        cx.core.timer = None;
        State::Connected(Self)
    }

    fn enter(cx: &mut Context, adopted: bool) -> State {
        cx.core.timer = None;
        let address = cx.core.link.address;
        cx.core.notify(Notice::Wired { address, adopted });
        State::Connected(Self)
    }

    pub(super) fn link_changed(self, cx: &mut Context, link: Link) -> State {
        match (link.carrier, cx.has_assigned()) {
            (true, true) => State::Connected(self),
            (true, false) => Unmanaged::changed(cx),
            (false, true) => Unplugged::just_now(cx),
            (false, false) => Unplugged::dispute(cx),
        }
    }

    pub(super) fn resumed(self, cx: &mut Context) -> State {
        cx.resuming_until = cx.core.now.saturating_add(RESUMING);
        State::Connected(self)
    }
}
