//! Letting go: the address stays or is put back, but never while there is a carrier.

use super::setting::next;
use super::{Context, State};
use crate::machine::KernelError;
use crate::machine::ethernet::Action;
use crate::machine::event::Link;
use crate::machine::settings::OnExit;

/// Down, the address, up.
const MOST_STEPS: u32 = 3;

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Releasing {
    steps: u32,
}

impl Releasing {
    pub(in crate::machine::ethernet) fn begin(cx: &mut Context, before: &State) -> State {
        cx.alarm = None;
        let restore = cx.settings.on_exit == OnExit::Restore;
        if restore && cx.link.carrier && cx.link.address != cx.device.initial {
            cx.remark("in use: the initial address is not put back");
            return Self::finish(cx);
        }
        if restore {
            return Self { steps: 0 }.proceed(cx);
        }
        if matches!(before, State::Blocked(_) | State::Setting(_)) && cx.raise {
            cx.remark("the link stays down, because the assigned address is not in place");
        }
        Self::finish(cx)
    }

    pub(super) fn answered(self, cx: &mut Context, result: Result<Link, KernelError>) -> State {
        match result {
            Ok(_) => self.proceed(cx),
            Err(refusal) => self.give_up(cx, &refusal.to_string()),
        }
    }

    fn proceed(self, cx: &mut Context) -> State {
        match next(cx, cx.device.initial) {
            None => Self::finish(cx),
            Some(_) if self.steps >= MOST_STEPS => {
                self.give_up(cx, "the driver does not do what it says")
            }
            Some(action) => {
                cx.act(action);
                State::Releasing(Self {
                    steps: self.steps + 1,
                })
            }
        }
    }

    /// The link comes up again as it is: the user wants everything as it was.
    fn give_up(self, cx: &mut Context, why: &str) -> State {
        if self.steps > MOST_STEPS {
            return Self::finish(cx);
        }
        cx.remark(format!("the initial address could not be put back: {why}"));
        if !cx.raise {
            return Self::finish(cx);
        }
        cx.act(Action::BringUp);
        State::Releasing(Self {
            steps: MOST_STEPS + 1,
        })
    }

    fn finish(cx: &mut Context) -> State {
        cx.act(Action::Finish);
        State::Released
    }
}
