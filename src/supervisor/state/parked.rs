//! The user disconnected: masked and silent until somebody wants a connection again.

use std::time::Duration;

use super::{Context, Event, Looking, Masking, Paused, Searching, State, Then};
use crate::supervisor::action::{Notice, Request};
use crate::supervisor::event::{Command, Phase, Reply, Supplicant};

/// Events can be lost: ask this often whether the supplicant is still at rest.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// After somebody's scan: whoever wants a connection goes on scanning.
const AFTER_SCAN: Duration = Duration::from_millis(300);

#[derive(Debug)]
pub(in crate::supervisor) struct Parked;

impl Parked {
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        cx.say(Notice::Parked);
        cx.wake_in(KEEP_ALIVE);
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
            Event::ScanEnded if cx.mask.is_some_and(|mask| mask.exposed) => {
                Masking::rotate(cx, Then::Park)
            }
            Event::ScanEnded => {
                cx.wake_in(AFTER_SCAN);
                State::Parked(self)
            }
            Event::Link(_) if !cx.is_masked() => Masking::begin(cx, Then::Park),
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
        cx.wake_in(KEEP_ALIVE);
        State::Parked(self)
    }
}
