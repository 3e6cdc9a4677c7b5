//! There is no supplicant: masked, or connected and left alone for a moment.

use std::time::Duration;

use super::{
    Activity, Attaching, Blocked, Context, Handler, Masking, NextState, Releasing, State, UserScan,
};
use crate::machine::event::{Command, Link, MlmeEvent};
use crate::machine::notice::Remark;
use crate::machine::wpa::Action;
use crate::machine::wpa::backend::Supplicant;
use crate::machine::wpa::scan::RunningScan;

/// A connection from before macveil waits this long for its supplicant.
const ADOPTION_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(in crate::machine) struct Waiting {
    /// The interface was connected before macveil; its network is unknown.
    is_connected: bool,
}

impl Waiting {
    /// The first state: a connection is not disturbed before its supplicant was asked.
    pub(in crate::machine) fn start(cx: &mut Context) -> State {
        if !cx.core.link.carrier {
            return Masking::begin(cx, NextState::Wait);
        }
        // A scan can have begun before macveil.
        cx.core.act(Action::AbortScan);
        cx.core.wake_in(ADOPTION_TIMEOUT);
        State::Waiting(Self { is_connected: true })
    }

    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        let waiting = Self {
            is_connected: false,
        };
        if cx.core.link.carrier {
            return waiting.connected_by_others(cx);
        }
        waiting.into()
    }

    /// A supplicant that macveil reaches is met before its first scan: this one has no control socket
    /// where macveil looks for it, or it is none.
    fn connected_by_others(self, cx: &mut Context) -> State {
        if self.is_connected || cx.settings.others_connect {
            return self.into();
        }
        Blocked::until_reached(cx)
    }
}

impl Handler for Waiting {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        match self.is_connected {
            false if !cx.is_masked() => Masking::again(cx, NextState::Wait),
            false if link.carrier => self.connected_by_others(cx),
            true if !link.carrier => Masking::begin(cx, NextState::Wait),
            true | false => self.into(),
        }
    }

    fn mlme(self, cx: &mut Context, event: MlmeEvent) -> State {
        match event {
            MlmeEvent::Authenticating { .. }
            | MlmeEvent::Authenticated { .. }
            | MlmeEvent::Associated { .. } => self.connected_by_others(cx),
            MlmeEvent::TimedOut | MlmeEvent::Ended => self.into(),
        }
    }

    fn scan_ended(self, cx: &mut Context) -> State {
        if cx.mask.is_exposed() {
            return Masking::rotate(cx, NextState::Wait);
        }
        self.into()
    }

    fn supplicant(self, cx: &mut Context, event: Supplicant) -> State {
        if event == Supplicant::Appeared {
            return Attaching::begin(cx);
        }
        self.into()
    }

    fn supplicant_vanished(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn release(self, cx: &mut Context) -> State {
        let activity = if self.is_connected {
            Activity::Connected
        } else {
            Activity::Other
        };
        Releasing::begin(cx, activity)
    }

    fn command(self, cx: &mut Context, command: Command) -> State {
        match command {
            Command::Scan if !self.is_connected && cx.core.link.up => {
                UserScan::begin(cx, NextState::Wait)
            }
            Command::Rotate if cx.may_rotate_now() => Masking::rotate(cx, NextState::Wait),
            Command::Scan
            | Command::Rotate
            | Command::Pause { .. }
            | Command::Unpause
            | Command::Resumed
            | Command::Rejoin(_)
            | Command::Release
            | Command::Yield => self.into(),
        }
    }

    fn timeout(self, cx: &mut Context) -> State {
        if self.is_connected && cx.scan.running == RunningScan::None {
            cx.remark(Remark::UnclaimedConnection);
        }
        Masking::begin(cx, NextState::Wait)
    }
}
