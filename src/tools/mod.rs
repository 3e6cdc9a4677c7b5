//! The tools: each works without the daemon.

pub(crate) mod address;
#[cfg(feature = "audit")]
pub mod audit;
pub(crate) mod doctor;
#[cfg(feature = "import")]
pub mod import;
pub(crate) mod set;
pub mod vendors;
