//! The assigned address cannot be put in place, so the wire is silent: link down, one line in the log,
//! and another try after a while.

use std::time::Duration;

use super::{Context, State};
use crate::address::AssignError;
use crate::machine::conflict::CONTESTED;
use crate::machine::ethernet::Action;
use crate::machine::event::Link;
use crate::machine::notice::Notice;
use crate::machine::settings::OnFailure;
use crate::machine::{KernelError, RemedyContext, remedy};
use crate::time::doubled;

const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(300);

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Blocked;

impl Blocked {
    pub(super) fn refused(cx: &mut Context, refusal: &KernelError) -> State {
        let driver = if cx.device.driver.is_empty() {
            "an unknown driver"
        } else {
            &cx.device.driver
        };
        let KernelError { step, reason, .. } = refusal;
        let remedy = remedy(refusal.errno, RemedyContext::Ethernet);
        let why = format!("cannot {step} on {driver}: {reason}; {remedy}");
        Self::anew(cx, why)
    }

    pub(super) fn unassigned(cx: &mut Context, unassignable: &AssignError) -> State {
        Self::anew(cx, unassignable.to_string())
    }

    /// Somebody else keeps changing the address; `times` it was held for that in a row, this included.
    pub(super) fn against_others(cx: &mut Context, times: u32) -> State {
        cx.holds_in_a_row = times.saturating_sub(1);
        Self::anew(cx, CONTESTED.to_owned())
    }

    fn anew(cx: &mut Context, why: String) -> State {
        cx.alarm = None;
        cx.trouble = Some(why.clone());
        if cx.settings.on_failure == OnFailure::Open {
            cx.remark(format!(
                "{why}; left as it is, as on-failure = \"open\" says"
            ));
            if cx.raise {
                cx.act(Action::BringUp);
            }
            return State::Unprotected;
        }
        let pause = doubled(FIRST_RETRY, cx.holds_in_a_row, LONGEST_RETRY);
        cx.holds_in_a_row = cx.holds_in_a_row.saturating_add(1);
        if cx.holds_in_a_row == 1 {
            let retry_ms = u64::try_from(pause.as_millis()).ok();
            cx.notify(Notice::Blocked { why, retry_ms });
        }
        cx.act(Action::SetLinkDown);
        cx.wake_in(pause);
        State::Blocked(Self)
    }

    pub(super) fn heard(self, cx: &mut Context, link: Link) -> State {
        if link.up {
            cx.act(Action::SetLinkDown);
        }
        State::Blocked(self)
    }
}
