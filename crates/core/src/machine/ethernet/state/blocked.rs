//! The assigned address cannot be set: the link is held down, and the next try follows after a pause.

use std::time::Duration;

use super::{Chance, Context, Setting, State};
use crate::address::AssignError;
use crate::machine::event::Link;
use crate::machine::link::LINK_DOWN_RETRY;
use crate::machine::notice::{Notice, Problem, Remark};
use crate::machine::settings::OnFailure;
use crate::machine::{KernelError, RemedyContext, Time, remedy};
use crate::time::doubled;

const FIRST_RETRY: Duration = Duration::from_secs(1);
const MAX_RETRY: Duration = Duration::from_secs(300);

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Blocked {
    /// When the address is set again.
    retry_at: Time,
    /// The link is being read, which was down: another program can have brought it up while a slow driver refused.
    is_reading: bool,
}

impl Blocked {
    pub(super) fn refused(cx: &mut Context, error: &KernelError) -> State {
        let remedy = remedy(error.errno, RemedyContext::Ethernet);
        let problem = Problem::of_kernel(error, &cx.device.driver, remedy);
        Self::begin(cx, problem)
    }

    pub(super) fn unassigned(cx: &mut Context, error: &AssignError) -> State {
        let reason = error.to_string();
        Self::begin(cx, Problem::NoAddress { reason })
    }

    /// Another program keeps changing the address; `times` is how often in a row the link was held down
    /// for that, this time included.
    pub(super) fn against_others(cx: &mut Context, times: u32) -> State {
        cx.holds_in_a_row = times.saturating_sub(1);
        Self::begin(cx, Problem::Conflict)
    }

    fn begin(cx: &mut Context, problem: Problem) -> State {
        cx.core.timer = None;
        cx.core.forget_attempt();
        cx.problem = Some(problem.clone());
        if cx.settings.on_failure == OnFailure::Open {
            cx.remark(Remark::Unprotected(problem));
            cx.core.set_unguarded(true);
            if cx.core.is_held_down {
                cx.core.bring_up();
            }
            return State::Unprotected;
        }
        let pause = doubled(FIRST_RETRY, cx.holds_in_a_row, MAX_RETRY);
        cx.holds_in_a_row = cx.holds_in_a_row.saturating_add(1);
        if cx.holds_in_a_row == 1 {
            let retry_ms = u64::try_from(pause.as_millis()).ok();
            cx.core.notify(Notice::Blocked { problem, retry_ms });
        }
        let is_reading = !cx.core.link.up;
        if is_reading {
            cx.core.read_link();
        } else {
            cx.core.set_link_down();
        }
        cx.core.wake_in(pause);
        State::Blocked(Self {
            retry_at: cx.core.now.saturating_add(pause),
            is_reading,
        })
    }

    /// The link, as it was read, or told to go down.
    pub(super) fn answered(mut self, cx: &mut Context) -> State {
        let was_read = std::mem::take(&mut self.is_reading);
        match cx.core.link.up {
            true if was_read => cx.core.set_link_down(),
            true => cx.core.wake_in(LINK_DOWN_RETRY),
            false => {}
        }
        State::Blocked(self)
    }

    pub(super) fn timeout(self, cx: &mut Context) -> State {
        if cx.core.now >= self.retry_at {
            return Setting::begin(cx, Chance::New);
        }
        cx.core.timer = Some(self.retry_at);
        cx.core.set_link_down();
        State::Blocked(self)
    }

    pub(super) fn link_changed(self, cx: &mut Context, link: Link) -> State {
        if link.up {
            cx.core.set_link_down();
        }
        State::Blocked(self)
    }
}
