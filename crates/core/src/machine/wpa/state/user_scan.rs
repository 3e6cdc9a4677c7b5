//! One scan of all channels for the user, masked like every other.

use std::time::Duration;

use rustix::io::Errno;

use super::{Attaching, Blocked, Context, Handler, Masking, NextState, Scanning, State};
use crate::machine::KernelError;
use crate::machine::event::{Link, MlmeEvent, ScanStarted};
use crate::machine::notice::Notice;
use crate::machine::status::ScanFailure;
use crate::machine::wpa::Action;
use crate::machine::wpa::backend::Supplicant;
use crate::types::Bss;

const SCAN_TIMEOUT: Duration = Duration::from_secs(15);
/// The interface is busy with another program's scan.
const RETRY_PAUSE: Duration = Duration::from_millis(500);
const MAX_TRIES: u32 = 8;

#[derive(Debug)]
pub(in crate::machine) struct UserScan {
    /// After the scan.
    next: NextState,
    step: Step,
    tries: u32,
    /// The supplicant has reported that it has the results.
    is_digested: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The scan was requested.
    Starting,
    /// The interface is busy.
    Yielding,
    /// The scan is on the air.
    Running,
    /// Reading the scan results.
    Reading,
}

impl UserScan {
    /// The interface is masked.
    pub(super) fn begin(cx: &mut Context, next: NextState) -> State {
        if cx.mask_is_spent() {
            return Masking::rotate(cx, next);
        }
        cx.leave_state();
        let user_scan = Self {
            next,
            step: Step::Starting,
            tries: 0,
            is_digested: false,
        };
        user_scan.scan(cx)
    }

    fn scan(mut self, cx: &mut Context) -> State {
        let plan = cx.all_channels();
        cx.start_scan(&plan);
        self.step = Step::Starting;
        self.into()
    }

    /// There is one scan at a time: the end of ours was lost, or can have been.
    fn lost_scan(self, cx: &mut Context) -> State {
        if self.step == Step::Running {
            return self.again(cx);
        }
        self.into()
    }

    fn again(mut self, cx: &mut Context) -> State {
        self.tries += 1;
        if self.tries >= MAX_TRIES {
            return self.end(cx, Err(ScanFailure::Busy));
        }
        cx.core.wake_in(RETRY_PAUSE);
        self.step = Step::Yielding;
        self.into()
    }

    fn end(self, cx: &mut Context, found: Result<Vec<Bss>, ScanFailure>) -> State {
        cx.user.scan_requested = false;
        let mask = (!cx.scans_are_randomized()).then_some(cx.core.link.address);
        cx.core.notify(Notice::UserScan {
            mask,
            passive: false,
            found,
        });
        if cx.mask_is_spent() {
            return Masking::rotate(cx, self.next);
        }
        self.next.enter(cx)
    }
}

impl Handler for UserScan {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        if !link.up {
            return Blocked::until_up(cx, self.next);
        }
        Masking::if_disturbed(cx, link, self.next).unwrap_or_else(|| self.into())
    }

    fn mlme(self, cx: &mut Context, event: MlmeEvent) -> State {
        Masking::if_connected(cx, event, self.next).unwrap_or_else(|| self.into())
    }

    fn external_scan_started(self, cx: &mut Context, _scan: ScanStarted) -> State {
        self.lost_scan(cx)
    }

    fn scan_accepted(mut self, cx: &mut Context, result: Result<(), KernelError>) -> State {
        if self.step != Step::Starting {
            return self.into();
        }
        match result {
            Ok(()) => {
                cx.scan_accepted();
                cx.core.wake_in(SCAN_TIMEOUT);
                self.step = Step::Running;
                self.into()
            }
            Err(error) if error.errno == Some(Errno::BUSY) => self.again(cx),
            Err(error) => {
                let reason = error.to_string();
                self.end(cx, Err(ScanFailure::Kernel { reason }))
            }
        }
    }

    fn scan_ended(mut self, cx: &mut Context) -> State {
        match self.step {
            Step::Running => {
                cx.scan.results_owed = cx.supplicant.is_present && !self.is_digested;
                cx.get_scan_results();
                self.step = Step::Reading;
                self.into()
            }
            Step::Yielding if cx.mask.is_exposed() => Masking::rotate(cx, self.next),
            Step::Starting | Step::Yielding | Step::Reading => self.into(),
        }
    }

    fn scan_results(self, cx: &mut Context, found: Vec<Bss>) -> State {
        if self.step != Step::Reading {
            return self.into();
        }
        let fresh = cx.scan.planner.fresh(&found);
        self.end(cx, Ok(fresh))
    }

    fn supplicant(mut self, cx: &mut Context, event: Supplicant) -> State {
        match event {
            Supplicant::Appeared => Attaching::begin(cx),
            Supplicant::NetworkNotFound
            | Supplicant::Connecting { .. }
            | Supplicant::Connected { .. } => Scanning::on_demand(cx),
            Supplicant::ScanResults => {
                let is_ours = !std::mem::take(&mut cx.scan.results_owed);
                self.is_digested |= is_ours && self.step == Step::Running;
                self.into()
            }
            Supplicant::Vanished
            | Supplicant::Disconnected { .. }
            | Supplicant::LeaveRequested
            | Supplicant::Resumed
            | Supplicant::ConnectRequested
            | Supplicant::ConfigurationRead
            | Supplicant::Rejected { .. }
            | Supplicant::TemporarilyDisabled { .. }
            | Supplicant::SignalChanged { .. }
            | Supplicant::NetworksChanged
            | Supplicant::Terminating => self.into(),
        }
    }

    fn overrun(self, cx: &mut Context) -> State {
        self.lost_scan(cx)
    }

    fn timeout(self, cx: &mut Context) -> State {
        match self.step {
            Step::Running => {
                cx.core.act(Action::AbortScan);
                let seconds = SCAN_TIMEOUT.as_secs();
                self.end(cx, Err(ScanFailure::Timeout { seconds }))
            }
            Step::Yielding => self.scan(cx),
            Step::Starting | Step::Reading => self.into(),
        }
    }
}
