//! The tools: each works without the daemon.

pub(crate) mod address;
pub mod audit;
pub(crate) mod doctor;
pub mod import;
pub(crate) mod set;
pub mod vendors;
