//! The running scan, and the plan for the next ones.

use std::time::Duration;

use crate::machine::Time;
use crate::machine::notice::Notice;
use crate::scan::owe::{Pair, Single};
use crate::scan::planner::ScanPlanner;
use crate::types::{Channel, Mac};

/// Scans that were cut off are reported once in this time.
const REPORT_PAUSE: Duration = Duration::from_secs(600);

#[derive(Debug)]
pub(super) struct Scans {
    pub(super) planner: ScanPlanner,
    pub(super) running: RunningScan,
    /// Pairs of BSSs with OWE in the last results.
    pub(super) pairs: Vec<Pair>,
    /// Open halves whose other half was not heard.
    pub(super) singles: Vec<Single>,
    /// The supplicant has not yet reported the results of the scan before.
    pub(super) results_owed: bool,
    /// Another program's scan that macveil told the kernel to end.
    cut_off: Option<CutOff>,
    /// When the last one was reported, and how many were not reported since.
    reported: Option<Time>,
    unreported: u32,
}

#[derive(Debug, Clone, Copy)]
struct CutOff {
    address: Mac,
    began: Time,
}

/// The scan on the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunningScan {
    None,
    /// A scan of macveil, accepted but not yet announced.
    Accepted,
    /// A scan of macveil.
    Own,
    /// A scan of another program.
    External,
}

impl Scans {
    pub(super) fn new(now: Time, channels: &[Channel]) -> Self {
        Self {
            planner: ScanPlanner::new(now, channels),
            running: RunningScan::None,
            pairs: Vec::new(),
            singles: Vec::new(),
            results_owed: false,
            cut_off: None,
            reported: None,
            unreported: 0,
        }
    }

    /// Another program's scan shows this address: the kernel was told to end it.
    pub(super) const fn is_cut_off(&mut self, now: Time, address: Mac) {
        let began = now;
        self.cut_off = Some(CutOff { address, began });
    }

    /// The scan is over: the report on it, if it was cut off. A program that scans again and again is
    /// reported once in a while, as is what it did in between.
    pub(super) fn report(&mut self, now: Time) -> Option<Notice> {
        let CutOff { address, began } = self.cut_off.take()?;
        let reported = self
            .reported
            .filter(|&at| now.saturating_sub(at) < REPORT_PAUSE);
        let times = self.unreported.saturating_add(1);
        if reported.is_some() {
            self.unreported = times;
        } else {
            self.reported = Some(now);
            self.unreported = 0;
        }
        let lasted = now.saturating_sub(began).as_millis();
        Some(Notice::ScanEnded {
            address,
            lasted_ms: u64::try_from(lasted).unwrap_or(u64::MAX),
            times,
            repeated: reported.is_some(),
        })
    }

    /// A scan was announced; whether it is another program's.
    pub(super) fn started(&mut self) -> bool {
        let is_own = self.running == RunningScan::Accepted;
        self.running = if is_own {
            RunningScan::Own
        } else {
            RunningScan::External
        };
        !is_own
    }
}
