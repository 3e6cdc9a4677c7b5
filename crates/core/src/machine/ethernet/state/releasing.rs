//! Releasing the interface: its address stays or is restored, but never while there is a carrier.

use super::setting::next_step;
use super::{Context, State};
use crate::machine::KernelError;
use crate::machine::event::Link;
use crate::machine::notice::Remark;
use crate::machine::settings::OnExit;

/// Down, the address, up.
const MAX_STEPS: u32 = 3;

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Releasing {
    steps: u32,
}

impl Releasing {
    pub(in crate::machine::ethernet) fn begin(cx: &mut Context, before: &State) -> State {
        cx.core.timer = None;
        cx.core.forget_attempt();
        let restore = cx.settings.on_exit == OnExit::Restore;
        if restore {
            return Self { steps: 0 }.proceed(cx);
        }
        if matches!(before, State::Blocked(_) | State::Setting(_)) && cx.core.is_held_down {
            cx.remark(Remark::StaysDown);
        }
        Self::finish(cx)
    }

    pub(super) fn answered(self, cx: &mut Context, answer: Result<Link, KernelError>) -> State {
        match answer {
            Ok(_) => self.proceed(cx),
            Err(error) => self.give_up(cx, error),
        }
    }

    /// A carrier can come while a late driver is waited for.
    pub(super) fn link_changed(self, cx: &mut Context) -> State {
        if cx.core.link.carrier {
            return self.proceed(cx);
        }
        State::Releasing(self)
    }

    fn proceed(mut self, cx: &mut Context) -> State {
        let initial = cx.device.initial;
        if cx.core.link.carrier && cx.core.link.address != initial {
            cx.core.forget_attempt();
            cx.remark(Remark::InUseNotRestored);
            return Self::finish(cx);
        }
        if self.steps >= MAX_STEPS && cx.core.link.address != initial {
            let link = cx.core.link;
            return self.give_up(cx, KernelError::of_another_address(link));
        }
        if next_step(cx, initial).is_none() {
            return Self::finish(cx);
        }
        self.steps += 1;
        State::Releasing(self)
    }

    /// The link comes up again under its current address: the user wants everything as it was.
    fn give_up(self, cx: &mut Context, error: KernelError) -> State {
        if self.steps > MAX_STEPS {
            return Self::finish(cx);
        }
        cx.remark(Remark::NotRestored(error));
        if !cx.core.is_held_down {
            return Self::finish(cx);
        }
        cx.core.bring_up();
        State::Releasing(Self {
            steps: MAX_STEPS + 1,
        })
    }

    fn finish(cx: &mut Context) -> State {
        cx.core.finish(cx.settings.on_exit == OnExit::Keep);
        State::Released
    }
}
