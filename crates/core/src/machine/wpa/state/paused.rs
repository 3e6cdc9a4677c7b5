//! The user's pause: masked and silent until it is over, even if another program wants a connection.

use super::{
    Activity, Blocked, Context, Disconnected, Handler, Masking, NextState, Releasing, Scanning,
    State, UserScan,
};
use crate::machine::event::{Command, Link, MlmeEvent};
use crate::machine::wpa::backend::{Phase, Reply, Request, Supplicant};

#[derive(Debug)]
pub(in crate::machine) struct Paused {
    /// After the pause.
    next: NextState,
}

impl Paused {
    pub(super) fn begin(cx: &mut Context, next: NextState) -> State {
        if cx.mask_is_spent() {
            return Masking::rotate(cx, next);
        }
        cx.leave_state();
        cx.check_idle_later();
        State::Paused(Self { next })
    }

    fn was_disconnected(&self) -> bool {
        self.next == NextState::Disconnect
    }

    /// A program wants a connection: it gets one after the pause.
    fn quiesce(mut self, cx: &mut Context) -> State {
        if self.was_disconnected() {
            self.next = NextState::Scan;
        }
        cx.request(Request::Quiesce);
        self.into()
    }

    fn end(self, cx: &mut Context) -> State {
        if self.was_disconnected() {
            return Disconnected::begin(cx);
        }
        let now = cx.core.now;
        cx.scan.planner.restart(now);
        cx.networks.changed(now);
        Scanning::begin(cx)
    }
}

impl Handler for Paused {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        if !link.up {
            return Blocked::until_up(cx, self.next);
        }
        Masking::if_disturbed(cx, link, self.next).unwrap_or_else(|| self.into())
    }

    fn mlme(self, cx: &mut Context, event: MlmeEvent) -> State {
        Masking::if_connected(cx, event, self.next).unwrap_or_else(|| self.into())
    }

    fn scan_ended(self, cx: &mut Context) -> State {
        if cx.mask.is_exposed() {
            return Masking::rotate(cx, self.next);
        }
        cx.check_idle_after_scan();
        self.into()
    }

    fn supplicant(self, cx: &mut Context, event: Supplicant) -> State {
        // Perhaps another program reset macveil's settings.
        if event.wants_connection() {
            return self.quiesce(cx);
        }
        self.into()
    }

    fn reply(self, cx: &mut Context, reply: Reply) -> State {
        match reply {
            Reply::Status(Ok(status)) if status.phase != Phase::Idle => self.quiesce(cx),
            Reply::Quiesce(Err(failure)) => Blocked::until_supplicant(cx, &failure),
            Reply::Status(_) | Reply::Quiesce(Ok(_)) | Reply::NetworkList(_) | Reply::Done(_) => {
                self.into()
            }
        }
    }

    fn command(self, cx: &mut Context, command: Command) -> State {
        match command {
            Command::Unpause => self.end(cx),
            Command::Scan => UserScan::begin(cx, self.next),
            Command::Rotate if cx.may_rotate_now() => Masking::rotate(cx, self.next),
            Command::Rotate
            | Command::Pause { .. }
            | Command::Resumed
            | Command::Rejoin(_)
            | Command::Release
            | Command::Yield => self.into(),
        }
    }

    fn release(self, cx: &mut Context) -> State {
        let activity = if self.was_disconnected() {
            Activity::Disconnected
        } else {
            Activity::Other
        };
        Releasing::begin(cx, activity)
    }

    fn timeout(self, cx: &mut Context) -> State {
        cx.request(Request::Status);
        cx.check_idle_later();
        self.into()
    }
}
