//! The user disconnected: masked and silent until somebody wants a connection again.

use super::{Context, Event, Looking, Masking, Paused, Searching, State, Then};
use crate::supervisor::action::{Notice, Request};
use crate::supervisor::event::{Command, Phase, Reply, Supplicant};

#[derive(Debug)]
pub(in crate::supervisor) struct Parked;

impl Parked {
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        cx.say(Notice::Parked);
        cx.look_whether_at_rest();
        State::Parked(Self)
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Supplicant(
                Supplicant::NetworkNotFound
                | Supplicant::Connecting { .. }
                | Supplicant::Connected { .. },
            ) => Searching::on_demand(cx),
            Event::Reply(Reply::Status(Ok(status)))
                if matches!(
                    status.phase,
                    Phase::Scanning | Phase::Connecting | Phase::Connected
                ) =>
            {
                Searching::on_demand(cx)
            }
            Event::ScanEnded if cx.mask_is_exposed() => Masking::rotate(cx, Then::Park),
            Event::ScanEnded => {
                cx.look_soon_whether_at_rest();
                State::Parked(self)
            }
            Event::Link(_) if !cx.is_masked() => Masking::again(cx, Then::Park),
            Event::Command(Command::Rotate) if cx.may_rotate_now() => {
                Masking::rotate(cx, Then::Park)
            }
            Event::Command(Command::Pause { .. }) => Paused::begin(cx, Then::Park),
            Event::Command(Command::Look) => Looking::begin(cx, Then::Park),
            Event::Link(_)
            | Event::LinkSet(_)
            | Event::ScanStarted(_)
            | Event::ScanAccepted(_)
            | Event::Air(_)
            | Event::Mlme(_)
            | Event::Supplicant(_)
            | Event::Reply(_)
            | Event::Renewed { .. }
            | Event::Command(_)
            | Event::Iwd(_)
            | Event::Overrun => State::Parked(self),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        cx.ask(Request::Status);
        cx.look_whether_at_rest();
        State::Parked(self)
    }
}
