//! The user wishes a pause: masked and silent until it is over, whoever else wants a connection.

use super::{Blocked, Context, Disconnected, Event, Masking, NextState, Scanning, State, UserScan};
use crate::machine::event::{Command, LinkEvent, ScanEvent};
use crate::machine::wpa::backend::{Phase, Reply, Request, Supplicant, WpaEvent};

#[derive(Debug)]
pub(in crate::machine) struct Paused {
    then: NextState,
}

impl Paused {
    /// `then` is for the time after the pause.
    pub(super) fn begin(cx: &mut Context, then: NextState) -> State {
        if cx.mask_is_spent() {
            return Masking::rotate(cx, then);
        }
        cx.leave_state();
        cx.look_whether_at_rest();
        State::Paused(Self { then })
    }

    /// The user had disconnected before.
    pub(in crate::machine) fn was_disconnected(&self) -> bool {
        self.then == NextState::Park
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match event {
            // Somebody wants a connection, perhaps by having macveil's settings reset: not now.
            Event::Backend(WpaEvent::Supplicant(
                Supplicant::NetworkNotFound
                | Supplicant::Connecting { .. }
                | Supplicant::Connected { .. },
            )) => self.quiet(cx),
            Event::Backend(WpaEvent::Reply(Reply::Status(Ok(status))))
                if status.phase != Phase::Idle =>
            {
                self.quiet(cx)
            }
            Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(failure)))) => {
                Blocked::until_supplicant(cx, &failure)
            }
            Event::Command(Command::Unpause) => self.end(cx),
            Event::Command(Command::Scan) => UserScan::begin(cx, self.then),
            Event::Command(Command::Rotate) if cx.may_rotate_now() => {
                Masking::rotate(cx, self.then)
            }
            Event::Scan(ScanEvent::Ended) if cx.mask_is_exposed() => Masking::rotate(cx, self.then),
            Event::Scan(ScanEvent::Ended) => {
                cx.look_soon_whether_at_rest();
                State::Paused(self)
            }
            Event::Link(LinkEvent::Changed(link)) if !link.up => Blocked::until_up(cx, self.then),
            Event::Link(LinkEvent::Changed(_)) if !cx.is_masked() => Masking::again(cx, self.then),
            Event::Link(_)
            | Event::Scan(_)
            | Event::Mlme(_)
            | Event::Backend(_)
            | Event::Command(_)
            | Event::Renewed { .. }
            | Event::Overrun => State::Paused(self),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        cx.ask(Request::Status);
        cx.look_whether_at_rest();
        State::Paused(self)
    }

    fn quiet(self, cx: &mut Context) -> State {
        cx.ask(Request::Quiesce);
        State::Paused(self)
    }

    fn end(self, cx: &mut Context) -> State {
        if self.was_disconnected() {
            return Disconnected::begin(cx);
        }
        cx.planner.restart(cx.now);
        cx.networks_changed();
        Scanning::begin(cx)
    }
}
