//! The promise cannot be kept, so the card is silent: link down, one line in the log, and another
//! try after a while.

use std::time::Duration;

use super::{Context, Event, Masking, State, Then};
use crate::supervisor::action::{Action, Notice, Request};
use crate::supervisor::event::Refusal;
use crate::supervisor::settings::OnFailure;

const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(300);

#[derive(Debug)]
pub(in crate::supervisor) struct Held {
    then: Then,
    /// The link is down by somebody else's wish, and comes up by it.
    until_up: bool,
}

impl Held {
    pub(super) fn begin(cx: &mut Context, then: Then, refusal: &Refusal) -> State {
        cx.leave_state();
        let driver = if cx.card.driver.is_empty() {
            "an unknown driver"
        } else {
            &cx.card.driver
        };
        let why = format!("cannot {} on {driver}: {}", refusal.step, refusal.reason);
        if cx.settings.on_failure == OnFailure::Open {
            cx.remark(format!(
                "{why}; going on without protection, as on-failure = \"open\" says"
            ));
            cx.ask(Request::Release { resume: true });
            return State::Unprotected;
        }
        let pause = cx.next_hold_pause(FIRST_RETRY, LONGEST_RETRY);
        let retry_ms = u64::try_from(pause.as_millis()).ok();
        if cx.counters.holds_in_a_row == 1 {
            cx.say(Notice::Held { why, retry_ms });
        }
        cx.act(Action::HoldDown);
        cx.wake_in(pause);
        State::Held(Self {
            then,
            until_up: false,
        })
    }

    /// Somebody else took the link down, or the radio is switched off: silent until it is up again.
    pub(super) fn until_up(cx: &mut Context, then: Then) -> State {
        cx.leave_state();
        let why = "the link is down, by the user or by rfkill".to_owned();
        cx.say(Notice::Held {
            why,
            retry_ms: None,
        });
        State::Held(Self {
            then,
            until_up: true,
        })
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Link(link) if link.up && self.until_up => Masking::begin(cx, self.then),
            Event::Link(link) if link.up => {
                cx.act(Action::HoldDown);
                State::Held(self)
            }
            Event::Link(_)
            | Event::LinkSet(_)
            | Event::ScanStarted(_)
            | Event::ScanAccepted(_)
            | Event::ScanEnded
            | Event::Air(_)
            | Event::Mlme(_)
            | Event::Supplicant(_)
            | Event::Reply(_)
            | Event::Renewed { .. }
            | Event::Command(_)
            | Event::Overrun => State::Held(self),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        Masking::begin(cx, self.then)
    }
}
