//! A scan while connected, for the user or to roam: it only listens, so that nothing shows the assigned
//! address.

use rustix::io::Errno;

use crate::machine::KernelError;
use crate::machine::notice::Notice;
use crate::machine::status::ScanFailure;
use crate::machine::wpa::context::Context;
use crate::types::{Bss, Frequency};

#[derive(Debug, Default)]
pub(super) struct PassiveScan {
    step: Step,
    /// It is one of all channels.
    is_everywhere: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Step {
    #[default]
    None,
    /// The scan was requested.
    Starting,
    /// The card listens on one channel after the other.
    Running,
    /// Reading the scan results.
    Reading,
}

impl PassiveScan {
    /// For the user; a running scan is waited for.
    pub(super) fn begin(&mut self, cx: &mut Context) {
        let channels = cx.all_frequencies();
        self.begin_on(cx, channels);
    }

    /// Returns whether it begins, or another one is running.
    pub(super) fn begin_on(&mut self, cx: &mut Context, channels: Vec<Frequency>) -> bool {
        let is_free = self.step == Step::None;
        if is_free {
            self.is_everywhere = channels.len() >= cx.card.channels.len();
            cx.start_passive_scan(channels);
            self.step = Step::Starting;
        }
        is_free
    }

    pub(super) fn answered(&mut self, cx: &mut Context, result: Result<(), KernelError>) {
        if self.step != Step::Starting {
            return;
        }
        match result {
            Ok(()) => {
                cx.passive_scan_accepted();
                self.step = Step::Running;
            }
            Err(error) if error.errno == Some(Errno::BUSY) => {
                self.end(cx, Err(ScanFailure::Busy));
            }
            Err(error) => {
                let reason = error.to_string();
                self.end(cx, Err(ScanFailure::Kernel { reason }));
            }
        }
    }

    /// Also where the notice of its end may be lost.
    pub(super) fn ended(&mut self, cx: &mut Context) {
        if self.step == Step::Running {
            cx.get_scan_results();
            self.step = Step::Reading;
        }
    }

    /// Returns what it has found.
    pub(super) fn results(&mut self, cx: &mut Context, found: &[Bss]) -> Option<Vec<Bss>> {
        if self.step != Step::Reading {
            return None;
        }
        let fresh = cx.scan.planner.fresh(found);
        self.end(cx, Ok(fresh.clone()));
        Some(fresh)
    }

    fn end(&mut self, cx: &mut Context, found: Result<Vec<Bss>, ScanFailure>) {
        self.step = Step::None;
        if !cx.user.scan_requested {
            return;
        }
        if !self.is_everywhere {
            self.begin(cx);
            return;
        }
        cx.user.scan_requested = false;
        cx.core.notify(Notice::UserScan {
            mask: None,
            passive: true,
            found,
        });
    }
}
