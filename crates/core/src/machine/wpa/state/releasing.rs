//! Restoring every setting that macveil changed.

use std::time::Duration;

use super::{Context, Handler, Released, State};
use crate::machine::KernelError;
use crate::machine::action::How;
use crate::machine::event::Link;
use crate::machine::notice::Remark;
use crate::machine::settings::OnExit;
use crate::machine::wpa::Action;
use crate::machine::wpa::backend::{Reply, Request};

/// The service manager waits.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(in crate::machine) struct Releasing {
    /// The supplicant searches for networks again afterwards.
    resume: bool,
}

impl Releasing {
    pub(super) fn begin(cx: &mut Context, is_disconnected: bool) -> State {
        cx.leave_state();
        cx.core.wake_in(RELEASE_TIMEOUT);
        // With `keep` the interface stays silent, too: a restart of macveil must not leave a gap.
        let resume = cx.settings.on_exit == OnExit::Restore && !is_disconnected;
        let releasing = Self { resume };
        if cx.settings.on_exit == OnExit::Keep {
            return releasing.release_supplicant(cx);
        }
        if cx.supplicant.is_present {
            cx.request(Request::Quiesce);
            return releasing.into();
        }
        releasing.restore_address(cx)
    }

    fn restore_address(self, cx: &mut Context) -> State {
        let how = if cx.core.link.up {
            How::Cycle
        } else {
            How::WhileDown
        };
        cx.core.set_address(cx.card.initial, how);
        self.into()
    }

    fn release_supplicant(self, cx: &mut Context) -> State {
        if !cx.supplicant.is_present {
            return Self::finish(cx);
        }
        let resume = self.resume;
        cx.request(Request::Restore { resume });
        self.into()
    }

    fn finish(cx: &mut Context) -> State {
        cx.leave_state();
        cx.core.act(Action::Finish);
        State::Released(Released)
    }
}

impl Handler for Releasing {
    fn address_set(self, cx: &mut Context, result: Result<Link, KernelError>) -> State {
        if let Err(error) = result {
            cx.remark(Remark::NotRestored(error));
        }
        self.release_supplicant(cx)
    }

    fn supplicant_vanished(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn reply(self, cx: &mut Context, reply: Reply) -> State {
        match reply {
            Reply::Quiesce(_) => self.restore_address(cx),
            Reply::Done(_) => Self::finish(cx),
            Reply::Status(_) | Reply::NetworkList(_) => self.into(),
        }
    }

    fn release(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn timeout(self, cx: &mut Context) -> State {
        cx.remark(Remark::SettingsNotRestored);
        Self::finish(cx)
    }
}
