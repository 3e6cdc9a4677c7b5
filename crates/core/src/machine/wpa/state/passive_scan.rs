//! A scan for the user while connected: it only listens, so that nothing shows the assigned address.

use rustix::io::Errno;

use crate::machine::KernelError;
use crate::machine::notice::Notice;
use crate::machine::status::ScanFailure;
use crate::machine::wpa::context::Context;
use crate::types::Bss;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum PassiveScan {
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
    pub(super) fn begin(&mut self, cx: &mut Context) {
        if *self == Self::None {
            cx.start_passive_scan();
            *self = Self::Starting;
        }
    }

    pub(super) fn answered(&mut self, cx: &mut Context, result: Result<(), KernelError>) {
        if *self != Self::Starting {
            return;
        }
        match result {
            Ok(()) => {
                cx.passive_scan_accepted();
                *self = Self::Running;
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
        if *self == Self::Running {
            cx.get_scan_results();
            *self = Self::Reading;
        }
    }

    pub(super) fn results(&mut self, cx: &mut Context, found: &[Bss]) {
        if *self == Self::Reading {
            let fresh = cx.scan.planner.fresh(found);
            self.end(cx, Ok(fresh));
        }
    }

    fn end(&mut self, cx: &mut Context, found: Result<Vec<Bss>, ScanFailure>) {
        *self = Self::None;
        cx.user.scan_requested = false;
        cx.core.notify(Notice::UserScan {
            mask: None,
            passive: true,
            found,
        });
    }
}
