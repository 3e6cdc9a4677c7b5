//! The running scan, and the plan for the next ones.

use crate::machine::Time;
use crate::machine::ended_scans::EndedScans;
use crate::scan::owe::{Pair, Stray};
use crate::scan::planner::ScanPlanner;
use crate::types::Channel;

#[derive(Debug)]
pub(super) struct Scans {
    pub(super) planner: ScanPlanner,
    pub(super) running: RunningScan,
    /// Pairs of BSSs with OWE in the last results.
    pub(super) pairs: Vec<Pair>,
    /// BSSs that name another one, without being the hidden half of a pair.
    pub(super) strays: Vec<Stray>,
    /// The supplicant has not yet reported the results of the scan before.
    pub(super) results_owed: bool,
    /// Other programs' scans that macveil told the kernel to end.
    pub(super) ended: EndedScans,
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
            strays: Vec::new(),
            results_owed: false,
            ended: EndedScans::default(),
        }
    }

    /// A scan was announced; whether it is another program's. `can_be_own`: macveil makes such scans at present.
    pub(super) fn started(&mut self, can_be_own: bool) -> bool {
        let is_own = self.running == RunningScan::Accepted && can_be_own;
        self.running = if is_own {
            RunningScan::Own
        } else {
            RunningScan::External
        };
        !is_own
    }
}
