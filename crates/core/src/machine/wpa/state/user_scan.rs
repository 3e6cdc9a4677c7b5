//! One scan of all channels, because somebody asked for it: masked like every other.

use std::time::Duration;

use rustix::io::Errno;

use super::Action;
use super::{Attaching, Blocked, Context, Event, Masking, NextState, Scanning, State};
use crate::machine::KernelError;
use crate::machine::event::{LinkEvent, ScanEvent};
use crate::machine::notice::Notice;
use crate::machine::status::ScanFailure;
use crate::machine::wpa::backend::{Supplicant, WpaEvent};
use crate::types::Bss;

/// A scan that takes longer is given up.
const SCAN_TIMEOUT: Duration = Duration::from_secs(15);
/// The card is busy with somebody else's scan: try again after this, this many times.
const TRY_AGAIN: Duration = Duration::from_millis(500);
const TRIES: u32 = 8;

#[derive(Debug)]
pub(in crate::machine) struct UserScan {
    then: NextState,
    step: Step,
    tries: u32,
    /// The supplicant has said that it knows the results.
    digested: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The kernel was asked to scan.
    Starting,
    /// The card is busy.
    Yielding,
    /// The scan is on the air.
    Scanning,
    /// Reading what the kernel heard.
    Reading,
}

impl UserScan {
    /// The card is masked; `then` is for the time after the scan.
    pub(super) fn begin(cx: &mut Context, then: NextState) -> State {
        if cx.mask_is_spent() {
            return Masking::rotate(cx, then);
        }
        cx.leave_state();
        let looking = Self {
            then,
            step: Step::Starting,
            tries: 0,
            digested: false,
        };
        looking.scan(cx)
    }

    fn scan(self, cx: &mut Context) -> State {
        let plan = cx.plan_of_all_channels();
        cx.planner.scan_begins(cx.now);
        cx.act(Action::Scan(cx.scan_request(&plan)));
        State::UserScan(Self {
            step: Step::Starting,
            ..self
        })
    }

    pub(super) fn handle(mut self, cx: &mut Context, event: Event) -> State {
        match (self.step, event) {
            (_, Event::Link(LinkEvent::Changed(link))) if !link.up => {
                Blocked::until_up(cx, self.then)
            }
            (_, Event::Link(LinkEvent::Changed(_))) if !cx.is_masked() => {
                Masking::again(cx, self.then)
            }
            (_, Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared))) => Attaching::begin(cx),
            (
                _,
                Event::Backend(WpaEvent::Supplicant(
                    Supplicant::NetworkNotFound
                    | Supplicant::Connecting { .. }
                    | Supplicant::Connected { .. },
                )),
            ) => Scanning::on_demand(cx),
            (Step::Starting, Event::Scan(ScanEvent::Accepted(Ok(())))) => {
                cx.scan_accepted();
                cx.wake_in(SCAN_TIMEOUT);
                self.step = Step::Scanning;
                State::UserScan(self)
            }
            (Step::Starting, Event::Scan(ScanEvent::Accepted(Err(refusal)))) => {
                self.refused(cx, &refusal)
            }
            (Step::Scanning, Event::Backend(WpaEvent::Supplicant(Supplicant::ScanResults))) => {
                self.digested |= !std::mem::take(&mut cx.results_owed);
                State::UserScan(self)
            }
            // There is one scan at a time: the end of ours was not heard, or may not have been.
            (Step::Scanning, Event::Scan(ScanEvent::Started(_)) | Event::Overrun) => self.again(cx),
            (Step::Scanning, Event::Scan(ScanEvent::Ended)) => {
                cx.results_owed = cx.supplicant && !self.digested;
                cx.read_air();
                self.step = Step::Reading;
                State::UserScan(self)
            }
            (Step::Reading, Event::Scan(ScanEvent::Results(air))) => {
                let heard = cx.fresh(&air);
                self.end(cx, Ok(heard))
            }
            (_, Event::Backend(WpaEvent::Supplicant(Supplicant::ScanResults))) => {
                cx.results_owed = false;
                State::UserScan(self)
            }
            (Step::Yielding, Event::Scan(ScanEvent::Ended)) if cx.mask_is_exposed() => {
                Masking::rotate(cx, self.then)
            }
            _ => State::UserScan(self),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        match self.step {
            Step::Scanning => {
                cx.act(Action::AbortScan);
                let seconds = SCAN_TIMEOUT.as_secs();
                self.end(cx, Err(ScanFailure::Timeout { seconds }))
            }
            Step::Yielding => self.scan(cx),
            Step::Starting | Step::Reading => State::UserScan(self),
        }
    }

    fn refused(self, cx: &mut Context, refusal: &KernelError) -> State {
        if refusal.errno == Some(Errno::BUSY) {
            return self.again(cx);
        }
        let reason = refusal.to_string();
        self.end(cx, Err(ScanFailure::Kernel { reason }))
    }

    fn again(mut self, cx: &mut Context) -> State {
        self.tries += 1;
        if self.tries >= TRIES {
            return self.end(cx, Err(ScanFailure::Busy));
        }
        cx.wake_in(TRY_AGAIN);
        self.step = Step::Yielding;
        State::UserScan(self)
    }

    fn end(self, cx: &mut Context, found: Result<Vec<Bss>, ScanFailure>) -> State {
        cx.scan_requested = false;
        let mask = (!cx.scans_carry_own_address()).then_some(cx.link.address);
        cx.notify(Notice::UserScan { mask, found });
        if cx.mask_is_spent() {
            return Masking::rotate(cx, self.then);
        }
        self.then.follow(cx)
    }
}
