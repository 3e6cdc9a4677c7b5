//! The tools: each works without the daemon.

pub mod audit;
pub(crate) mod doctor;
pub mod import;
pub(crate) mod set;
pub mod vendors;
