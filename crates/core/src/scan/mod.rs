//! Plans scans and selects the BSS to join.

pub(crate) mod failures;
pub(crate) mod hidden;
pub(crate) mod owe;
pub(crate) mod planner;
pub(crate) mod schedule;
pub(crate) mod selection;
