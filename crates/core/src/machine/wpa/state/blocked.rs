//! The promise cannot be kept, so the card is silent: link down, one line in the log, and another
//! try after a while.

use std::time::Duration;

use super::Action;
use super::{Attaching, Context, Event, Masking, NextState, State};
use crate::machine::action::How;
use crate::machine::conflict::CONTESTED;
use crate::machine::event::LinkEvent;
use crate::machine::notice::Notice;
use crate::machine::settings::OnFailure;
use crate::machine::wpa::backend::{Failure, Request, Supplicant, WpaEvent};
use crate::machine::{KernelError, RemedyContext, Time, remedy};

const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(300);
/// A link that could not be taken down is taken down again after this.
const HOLD_AGAIN: Duration = Duration::from_millis(20);
/// A radio that was switched off may be on again.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(in crate::machine) struct Blocked {
    then: NextState,
    until: Until,
    /// When the card is tried again.
    retry: Option<Time>,
    why: String,
}

/// What ends the silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    /// The alarm: then the card is tried again.
    Retry,
    /// The link is down by somebody else's wish, and comes up by it.
    LinkUp,
    /// A supplicant that can be talked to.
    Supplicant,
}

impl Blocked {
    pub(super) fn begin(cx: &mut Context, then: NextState, refusal: &KernelError) -> State {
        cx.leave_state();
        let driver = if cx.card.driver.is_empty() {
            "an unknown driver"
        } else {
            &cx.card.driver
        };
        let KernelError { step, reason, .. } = refusal;
        let remedy = remedy(refusal.errno, RemedyContext::Wifi);
        let why = format!("cannot {step} on {driver}: {reason}; {remedy}");
        if cx.settings.on_failure == OnFailure::Open {
            cx.remark(format!(
                "{why}; going on without protection, as on-failure = \"open\" says"
            ));
            cx.ask(Request::Restore { resume: true });
            cx.unprotected_because = Some(why);
            return State::Unprotected;
        }
        let pause = cx.next_hold_pause(FIRST_RETRY, LONGEST_RETRY);
        if cx.counters.holds_in_a_row == 1 {
            Self::say(cx, &why, Some(pause));
        }
        cx.act(Action::SetLinkDown);
        cx.wake_in(pause);
        State::Blocked(Self {
            then,
            until: Until::Retry,
            retry: cx.alarm,
            why,
        })
    }

    /// There is a supplicant, but it cannot be brought to rest: what it would do by itself is no better
    /// than silence.
    pub(super) fn until_supplicant(cx: &mut Context, why: &Failure) -> State {
        cx.leave_state();
        cx.supplicant = false;
        let why = format!("{why}; waiting until it does");
        Self::say(cx, &why, None);
        cx.act(Action::SetLinkDown);
        Self::mask_while_down(cx);
        State::Blocked(Self {
            then: NextState::Wait,
            until: Until::Supplicant,
            retry: None,
            why,
        })
    }

    /// Somebody else changes the card as often as it is masked: silent under a mask that nobody has heard.
    pub(super) fn until_peace(cx: &mut Context, then: NextState) -> State {
        cx.leave_state();
        let why = CONTESTED.to_owned();
        let (pause, is_first) = cx.conflict.pause();
        if is_first {
            Self::say(cx, &why, Some(pause));
        }
        if cx.link.up {
            cx.act(Action::SetLinkDown);
        }
        Self::mask_while_down(cx);
        cx.wake_in(pause);
        State::Blocked(Self {
            then,
            until: Until::Retry,
            retry: cx.alarm,
            why,
        })
    }

    fn say(cx: &mut Context, why: &str, retry: Option<Duration>) {
        cx.notify(Notice::Blocked {
            why: why.to_owned(),
            retry_ms: retry.and_then(|pause| u64::try_from(pause.as_millis()).ok()),
        });
    }

    fn mask_while_down(cx: &mut Context) {
        let address = cx.draw_mask();
        cx.mask = None;
        let how = How::WhileDown;
        cx.act(Action::SetAddress { address, how });
    }

    /// Somebody else took the link down, or the radio is switched off: silent until it is up again.
    pub(super) fn until_up(cx: &mut Context, then: NextState) -> State {
        cx.leave_state();
        let why = "the link is down, by the user or by rfkill".to_owned();
        if cx.said_down.is_none() && !cx.conflict.is_known(cx.now) {
            cx.said_down = Some(cx.now);
            Self::say(cx, &why, None);
        }
        if cx.down_is_ours {
            // Nobody else may feel called upon to bring it up.
            cx.wake_in(LOOK_AGAIN);
        }
        State::Blocked(Self {
            then,
            until: Until::LinkUp,
            retry: cx.alarm,
            why,
        })
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match event {
            // The next one has to be met before it may do anything.
            Event::Backend(WpaEvent::Supplicant(
                Supplicant::Vanished | Supplicant::Terminating,
            )) => State::Blocked(Self {
                then: NextState::Wait,
                ..self
            }),
            Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared))
                if self.until == Until::Supplicant =>
            {
                Attaching::begin(cx)
            }
            // It brings the link up as it starts.
            Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared))
                if self.until == Until::Retry =>
            {
                cx.act(Action::SetLinkDown);
                State::Blocked(self)
            }
            Event::Link(LinkEvent::Changed(link)) if link.up && self.until == Until::LinkUp => {
                Masking::again(cx, self.then)
            }
            Event::Link(LinkEvent::Changed(link)) if link.up => {
                cx.act(Action::SetLinkDown);
                State::Blocked(self)
            }
            Event::Link(LinkEvent::Answered(_)) if cx.link.up && self.until != Until::LinkUp => {
                cx.wake_in(HOLD_AGAIN);
                State::Blocked(self)
            }
            Event::Link(_)
            | Event::Scan(_)
            | Event::Mlme(_)
            | Event::Backend(_)
            | Event::Command(_)
            | Event::Renewed { .. }
            | Event::Overrun => State::Blocked(self),
        }
    }

    /// Why the card is silent.
    pub(in crate::machine) fn why(&self) -> &str {
        &self.why
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        if self.retry.is_none_or(|retry| cx.now < retry) {
            cx.alarm = self.retry;
            cx.act(Action::SetLinkDown);
            Self::mask_while_down(cx);
            return State::Blocked(self);
        }
        cx.conflict.try_again(cx.now);
        Masking::begin(cx, self.then)
    }
}
