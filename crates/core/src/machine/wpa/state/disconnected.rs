//! The user disconnected: masked and silent until somebody wants a connection again.

use super::{Context, Event, Masking, NextState, Paused, Scanning, State, UserScan};
use crate::machine::event::{Command, LinkEvent, ScanEvent};
use crate::machine::notice::Notice;
use crate::machine::wpa::backend::{Phase, Reply, Request, Supplicant, WpaEvent};

#[derive(Debug)]
pub(in crate::machine) struct Disconnected;

impl Disconnected {
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        cx.notify(Notice::Disconnected);
        cx.look_whether_at_rest();
        State::Disconnected(Self)
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Backend(WpaEvent::Supplicant(
                Supplicant::NetworkNotFound
                | Supplicant::Connecting { .. }
                | Supplicant::Connected { .. },
            )) => Scanning::on_demand(cx),
            Event::Backend(WpaEvent::Reply(Reply::Status(Ok(status))))
                if matches!(
                    status.phase,
                    Phase::Scanning | Phase::Connecting | Phase::Connected
                ) =>
            {
                Scanning::on_demand(cx)
            }
            Event::Scan(ScanEvent::Ended) if cx.mask_is_exposed() => {
                Masking::rotate(cx, NextState::Park)
            }
            Event::Scan(ScanEvent::Ended) => {
                cx.look_soon_whether_at_rest();
                State::Disconnected(self)
            }
            Event::Link(LinkEvent::Changed(_)) if !cx.is_masked() => {
                Masking::again(cx, NextState::Park)
            }
            Event::Command(Command::Rotate) if cx.may_rotate_now() => {
                Masking::rotate(cx, NextState::Park)
            }
            Event::Command(Command::Pause { .. }) => Paused::begin(cx, NextState::Park),
            Event::Command(Command::Scan) => UserScan::begin(cx, NextState::Park),
            Event::Link(_)
            | Event::Scan(_)
            | Event::Mlme(_)
            | Event::Backend(_)
            | Event::Command(_)
            | Event::Renewed { .. }
            | Event::Overrun => State::Disconnected(self),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        cx.ask(Request::Status);
        cx.look_whether_at_rest();
        State::Disconnected(self)
    }
}
