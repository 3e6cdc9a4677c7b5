//! The end of macveil for this interface.
//!
//! With `keep` the supplicant stays as quiet as after a kill, and the card masked: only a connection that exists
//! goes on. With `restore`, and if another program takes the interface over, the supplicant gets its settings back.

use std::time::Duration;

use super::{Context, Handler, Released, State};
use crate::machine::KernelError;
use crate::machine::action::{Action, How};
use crate::machine::event::Link;
use crate::machine::notice::Remark;
use crate::machine::settings::OnExit;
use crate::machine::wpa::backend::{Reply, Request};

/// The service manager waits.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(in crate::machine) struct Releasing {
    /// The supplicant searches for networks again afterwards.
    resume: bool,
    /// The link is on its way down for good.
    is_silenced: bool,
}

/// What the card does when macveil ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::machine) enum Activity {
    /// It is connected, or was before macveil and is not known yet: that goes on.
    Connected,
    /// Its link is held down.
    Blocked,
    /// It joins a network.
    Joining,
    /// The user has disconnected it.
    Disconnected,
    /// It searches, or changes its address.
    Other,
}

impl Releasing {
    pub(super) fn begin(cx: &mut Context, activity: Activity) -> State {
        cx.leave_state();
        cx.core.wake_in(RELEASE_TIMEOUT);
        let releasing = Self {
            resume: cx.settings.on_exit == OnExit::Restore && activity != Activity::Disconnected,
            is_silenced: false,
        };
        if cx.settings.on_exit == OnExit::Keep {
            match activity {
                Activity::Blocked if cx.core.link.up => return releasing.silence(cx),
                // An attempt must not go on without macveil, and a link that it holds down comes up again.
                Activity::Joining => {}
                Activity::Other if cx.unprotected.is_none() && !cx.is_at_rest() => {}
                _ => return releasing.release_supplicant(cx),
            }
            // Until the supplicant is at rest the user can have it join something.
            if cx.core.link.up {
                cx.set_link_down();
            }
        }
        if cx.supplicant.is_present {
            cx.request(Request::Quiesce);
            return releasing.into();
        }
        releasing.set_last_address(cx)
    }

    /// The supplicant is at rest.
    fn set_last_address(self, cx: &mut Context) -> State {
        let how = if cx.core.link.up || cx.core.is_held_down {
            How::Cycle
        } else {
            How::WhileDown
        };
        let address = match cx.settings.on_exit {
            OnExit::Restore => cx.card.initial,
            OnExit::Keep => cx.draw_mask(),
        };
        cx.core.set_address(address, how);
        self.into()
    }

    fn release_supplicant(self, cx: &mut Context) -> State {
        if !cx.supplicant.is_present || cx.leaves_everything() {
            return Self::finish(cx);
        }
        let resume = self.resume;
        cx.core.act(Action::SetP2pDevices { running: true });
        cx.request(Request::Restore { resume });
        self.into()
    }

    /// Neither masked nor certain to be at rest: nothing is sent on a link that is down.
    fn silence(mut self, cx: &mut Context) -> State {
        cx.set_link_down();
        self.is_silenced = true;
        self.into()
    }

    fn finish(cx: &mut Context) -> State {
        cx.leave_state();
        let keep = cx.settings.on_exit == OnExit::Keep;
        cx.core.finish(keep);
        State::Released(Released)
    }
}

impl Context {
    /// Nothing is taken back.
    fn is_at_rest(&self) -> bool {
        self.is_masked() && !self.core.is_held_down
    }

    fn leaves_everything(&self) -> bool {
        self.settings.on_exit == OnExit::Keep && !self.is_yielding
    }
}

impl Handler for Releasing {
    /// Nothing is sent on a link that is down; the last address brings it up again.
    fn mode_changed(self, cx: &mut Context) -> State {
        if cx.leaves_everything() && cx.core.link.up {
            cx.set_link_down();
        }
        self.into()
    }

    fn address_set(self, cx: &mut Context, result: Result<Link, KernelError>) -> State {
        match result {
            Err(error) if cx.settings.on_exit == OnExit::Restore => {
                cx.remark(Remark::NotRestored(error));
            }
            Err(_) if !cx.is_yielding => return self.silence(cx),
            Err(_) | Ok(_) => {}
        }
        self.release_supplicant(cx)
    }

    fn link_answered(self, cx: &mut Context, _answer: Result<Link, KernelError>) -> State {
        if self.is_silenced {
            return Self::finish(cx);
        }
        self.into()
    }

    fn supplicant_vanished(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn reply(self, cx: &mut Context, reply: Reply) -> State {
        if self.is_silenced {
            return self.into();
        }
        match reply {
            Reply::Quiesce(Err(_)) if cx.leaves_everything() => self.silence(cx),
            Reply::Quiesce(_) => self.set_last_address(cx),
            Reply::Done(_) => Self::finish(cx),
            Reply::Status(_) | Reply::NetworkList(_) => self.into(),
        }
    }

    fn release(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn timeout(self, cx: &mut Context) -> State {
        if cx.leaves_everything() && !self.is_silenced {
            return self.silence(cx);
        }
        if !self.is_silenced {
            cx.remark(Remark::SettingsNotRestored);
        }
        Self::finish(cx)
    }
}
