//! The running scan, and the plan for the next ones.

use crate::machine::Time;
use crate::scan::planner::ScanPlanner;
use crate::types::Channel;

#[derive(Debug)]
pub(super) struct Scans {
    pub(super) planner: ScanPlanner,
    pub(super) running: RunningScan,
    /// The supplicant has not yet reported the results of the scan before.
    pub(super) results_owed: bool,
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
            results_owed: false,
        }
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
