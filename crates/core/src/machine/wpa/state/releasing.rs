//! Letting go: everything that was set at run time is put back.

use std::time::Duration;

use super::Action;
use super::{Context, Event, State};
use crate::machine::action::How;
use crate::machine::event::LinkEvent;
use crate::machine::settings::OnExit;
use crate::machine::wpa::backend::{Reply, Request, WpaEvent};

/// The service manager waits; whatever has not answered by then is left as it is.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(in crate::machine) struct Releasing {
    /// The supplicant is to look for networks by itself once it was released.
    resume: bool,
}

impl Releasing {
    pub(in crate::machine) fn begin(cx: &mut Context, parked: bool) -> State {
        cx.leave_state();
        cx.wake_in(PATIENCE);
        // Kept as it is means silent, too: a restart of macveil must not leave a gap.
        let resume = cx.settings.on_exit == OnExit::Restore && !parked;
        let leaving = Self { resume };
        if cx.settings.on_exit == OnExit::Keep {
            return leaving.release(cx);
        }
        if cx.supplicant {
            cx.ask(Request::Quiesce);
            return State::Releasing(leaving);
        }
        leaving.restore(cx)
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Backend(WpaEvent::Reply(Reply::Quiesce(_))) => self.restore(cx),
            Event::Link(LinkEvent::Answered(result)) => {
                if let Err(refusal) = result {
                    cx.remark(format!(
                        "the initial address could not be put back: {refusal}"
                    ));
                }
                self.release(cx)
            }
            Event::Backend(WpaEvent::Reply(Reply::Done(_))) => Self::finish(cx),
            Event::Link(_)
            | Event::Scan(_)
            | Event::Mlme(_)
            | Event::Backend(_)
            | Event::Command(_)
            | Event::Renewed { .. }
            | Event::Overrun => State::Releasing(self),
        }
    }

    pub(super) fn alarm(cx: &mut Context) -> State {
        cx.remark("the supplicant did not answer in time: its settings may not be as they were");
        Self::finish(cx)
    }

    fn restore(self, cx: &mut Context) -> State {
        let how = if cx.link.up {
            How::Cycle
        } else {
            How::WhileDown
        };
        cx.act(Action::SetAddress {
            address: cx.card.initial,
            how,
        });
        State::Releasing(self)
    }

    fn release(self, cx: &mut Context) -> State {
        if !cx.supplicant {
            return Self::finish(cx);
        }
        cx.ask(Request::Restore {
            resume: self.resume,
        });
        State::Releasing(self)
    }

    fn finish(cx: &mut Context) -> State {
        cx.leave_state();
        cx.act(Action::Finish);
        State::Released
    }
}
