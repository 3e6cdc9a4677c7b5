//! The guarantees cannot be kept, so the link is held down. The next try follows after a pause or an event.

use std::time::Duration;

use super::{
    Activity, Attaching, Context, Handler, Masking, NextState, Releasing, State, Unprotected,
};
use crate::machine::event::Link;
use crate::machine::link::LINK_DOWN_RETRY;
use crate::machine::notice::{Notice, Problem, Remark};
use crate::machine::settings::OnFailure;
use crate::machine::wpa::backend::{Failure, Request, Supplicant};
use crate::machine::{KernelError, RemedyContext, Time, remedy};

const FIRST_RETRY: Duration = Duration::from_secs(1);
const MAX_RETRY: Duration = Duration::from_secs(300);
/// A radio that was off can be on again.
const RADIO_CHECK: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(in crate::machine) struct Blocked {
    next: NextState,
    until: Until,
    /// When the interface is masked again.
    retry_at: Option<Time>,
    /// Another program changed the address of the link, which is down.
    was_changed: bool,
    problem: Problem,
}

/// What ends this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    /// The timer.
    Retry,
    /// The link, which another program took down, comes up.
    LinkUp,
    /// The supplicant accepts requests again.
    Supplicant,
}

impl Blocked {
    /// The kernel or the driver refuses a mask.
    pub(super) fn begin(cx: &mut Context, next: NextState, error: &KernelError) -> State {
        cx.leave_state();
        let remedy = remedy(error.errno, RemedyContext::Wifi);
        let problem = Problem::of_kernel(error, &cx.card.driver, remedy);
        if cx.settings.on_failure == OnFailure::Open {
            cx.request(Request::Restore { resume: true });
            return Self::unprotected(cx, problem);
        }
        let pause = cx.next_hold_pause(FIRST_RETRY, MAX_RETRY);
        if cx.counters.holds_in_a_row == 1 {
            Self::report(cx, &problem, Some(pause));
        }
        cx.set_link_down();
        cx.core.wake_in(pause);
        Self::enter(cx, next, Until::Retry, problem)
    }

    fn unprotected(cx: &mut Context, problem: Problem) -> State {
        cx.remark(Remark::Unprotected(problem.clone()));
        cx.unprotected = Some(problem);
        cx.core.set_unguarded(true);
        State::Unprotected(Unprotected)
    }

    /// A program connects the interface, and macveil does not reach it.
    pub(super) fn until_reached(cx: &mut Context) -> State {
        cx.leave_state();
        let problem = Problem::Unreachable;
        if cx.settings.on_failure == OnFailure::Open {
            return Self::unprotected(cx, problem);
        }
        Self::report(cx, &problem, None);
        cx.set_link_down();
        cx.mask_while_down();
        Self::enter(cx, NextState::Wait, Until::Supplicant, problem)
    }

    /// The supplicant cannot be brought to rest: without macveil it would scan and connect.
    pub(super) fn until_supplicant(cx: &mut Context, failure: &Failure) -> State {
        cx.leave_state();
        cx.supplicant.is_present = false;
        let failure = failure.to_string();
        let problem = Problem::Supplicant { failure };
        Self::report(cx, &problem, None);
        cx.set_link_down();
        cx.mask_while_down();
        Self::enter(cx, NextState::Wait, Until::Supplicant, problem)
    }

    /// Another program changes the interface whenever it is masked: it is silent under an unused mask.
    pub(super) fn until_conflict_ends(cx: &mut Context, next: NextState) -> State {
        cx.leave_state();
        let (pause, is_first) = cx.conflict.pause();
        if is_first {
            Self::report(cx, &Problem::Conflict, Some(pause));
        }
        if cx.core.link.up {
            cx.set_link_down();
        }
        cx.mask_while_down();
        cx.core.wake_in(pause);
        Self::enter(cx, next, Until::Retry, Problem::Conflict)
    }

    /// Another program took the link down, or the radio is off.
    pub(super) fn until_up(cx: &mut Context, next: NextState) -> State {
        cx.leave_state();
        let now = cx.core.now;
        if cx.link_down_reported.is_none() && !cx.conflict.is_known(now) {
            cx.link_down_reported = Some(now);
            Self::report(cx, &Problem::LinkDown, None);
        }
        if cx.core.is_held_down {
            // No other program would bring it up.
            cx.core.wake_in(RADIO_CHECK);
        }
        Self::enter(cx, next, Until::LinkUp, Problem::LinkDown)
    }

    fn enter(cx: &Context, next: NextState, until: Until, problem: Problem) -> State {
        State::Blocked(Self {
            next,
            until,
            retry_at: cx.core.timer,
            was_changed: false,
            problem,
        })
    }

    fn report(cx: &mut Context, problem: &Problem, retry: Option<Duration>) {
        cx.core.notify(Notice::Blocked {
            problem: problem.clone(),
            retry_ms: retry.and_then(|pause| u64::try_from(pause.as_millis()).ok()),
        });
    }

    pub(in crate::machine) const fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Another program that changes the address of a link that is down can bring it up at any moment.
    fn changed_while_down(mut self, cx: &mut Context) -> State {
        if cx.mask.current.is_some() && !cx.is_masked() {
            cx.note_dispute();
            self.was_changed = true;
            if !cx.conflict.asks_for_pause() {
                cx.mask_while_down();
            }
        }
        self.into()
    }

    /// An action on the link is done.
    fn answered(self, cx: &mut Context) -> State {
        if cx.core.link.up && self.until != Until::LinkUp {
            cx.core.wake_in(LINK_DOWN_RETRY);
        }
        self.into()
    }
}

impl Handler for Blocked {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        if !link.up {
            return self.changed_while_down(cx);
        }
        if self.until == Until::LinkUp {
            if !self.was_changed {
                cx.note_dispute();
            }
            return Masking::begin(cx, self.next);
        }
        cx.set_link_down();
        self.into()
    }

    fn link_answered(self, cx: &mut Context, _answer: Result<Link, KernelError>) -> State {
        self.answered(cx)
    }

    fn address_set(self, cx: &mut Context, result: Result<Link, KernelError>) -> State {
        if result.is_ok_and(|link| Some(link.address) == cx.mask.previous) {
            cx.mask.set(cx.core.link.address, cx.core.now);
        }
        self.answered(cx)
    }

    fn supplicant(self, cx: &mut Context, event: Supplicant) -> State {
        match (event, self.until) {
            (Supplicant::Appeared, Until::Supplicant) => return Attaching::begin(cx),
            // It brings the link up as it starts.
            (Supplicant::Appeared, Until::Retry) => cx.set_link_down(),
            // It would search as soon as the link is up, under whatever address the link has then.
            (Supplicant::ConfigurationRead | Supplicant::NetworkNotFound, Until::LinkUp) => {
                cx.request(Request::Quiesce);
            }
            _ => {}
        }
        self.into()
    }

    fn supplicant_vanished(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn release(self, cx: &mut Context) -> State {
        Releasing::begin(cx, Activity::Blocked)
    }

    fn timeout(self, cx: &mut Context) -> State {
        let now = cx.core.now;
        if self.retry_at.is_none_or(|retry_at| now < retry_at) {
            cx.core.timer = self.retry_at;
            cx.set_link_down();
            cx.mask_while_down();
            return self.into();
        }
        cx.conflict.try_again(now);
        Masking::begin(cx, self.next)
    }
}
