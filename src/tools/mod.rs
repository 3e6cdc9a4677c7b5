//! The tools: each works without the daemon.

pub(crate) mod address;
#[cfg(feature = "audit")]
pub mod audit;
pub(crate) mod doctor;
#[cfg(feature = "import")]
pub mod import;
#[cfg(feature = "by-hand")]
pub(crate) mod set;
#[cfg(any(feature = "audit", feature = "by-hand"))]
pub mod vendors;
