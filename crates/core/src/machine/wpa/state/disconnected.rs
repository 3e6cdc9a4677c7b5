//! The user disconnected: masked and silent until a connection is wanted again.

use super::{
    Activity, Context, Handler, Masking, NextState, Paused, Releasing, Scanning, State, UserScan,
};
use crate::machine::event::{Command, Link, MlmeEvent};
use crate::machine::notice::Notice;
use crate::machine::wpa::backend::{Phase, Reply, Request, Supplicant};

#[derive(Debug)]
pub(in crate::machine) struct Disconnected;

impl Disconnected {
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        cx.core.notify(Notice::Disconnected);
        cx.check_idle_later();
        State::Disconnected(Self)
    }
}

impl Handler for Disconnected {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        Masking::if_disturbed(cx, link, NextState::Disconnect).unwrap_or_else(|| self.into())
    }

    fn mlme(self, cx: &mut Context, event: MlmeEvent) -> State {
        Masking::if_connected(cx, event, NextState::Disconnect).unwrap_or_else(|| self.into())
    }

    fn scan_ended(self, cx: &mut Context) -> State {
        if cx.mask.is_exposed() {
            return Masking::rotate(cx, NextState::Disconnect);
        }
        cx.check_idle_after_scan();
        self.into()
    }

    fn supplicant(self, cx: &mut Context, event: Supplicant) -> State {
        if event.wants_connection() {
            return Scanning::on_demand(cx);
        }
        self.into()
    }

    fn reply(self, cx: &mut Context, reply: Reply) -> State {
        match reply {
            Reply::Status(Ok(status)) => match status.phase {
                Phase::Scanning | Phase::Connecting | Phase::Connected => Scanning::on_demand(cx),
                Phase::LinkDown | Phase::Idle => self.into(),
            },
            Reply::Status(Err(_)) | Reply::Quiesce(_) | Reply::NetworkList(_) | Reply::Done(_) => {
                self.into()
            }
        }
    }

    fn command(self, cx: &mut Context, command: Command) -> State {
        match command {
            Command::Rotate if cx.may_rotate_now() => Masking::rotate(cx, NextState::Disconnect),
            Command::Pause { .. } => Paused::begin(cx, NextState::Disconnect),
            Command::Scan => UserScan::begin(cx, NextState::Disconnect),
            Command::Rotate
            | Command::Unpause
            | Command::Resumed
            | Command::Rejoin(_)
            | Command::Release
            | Command::Yield => self.into(),
        }
    }

    fn release(self, cx: &mut Context) -> State {
        Releasing::begin(cx, Activity::Disconnected)
    }

    fn timeout(self, cx: &mut Context) -> State {
        cx.request(Request::Status);
        cx.check_idle_later();
        self.into()
    }
}
