//! The state machine of a Wi-Fi interface that `wpa_supplicant` drives.

mod assignment;
mod commands;
mod context;
mod machine;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use commands::Rotation;
pub use context::{Method, Pause};
pub use machine::Station;
pub use status::{AddressKind, Counters, Snapshot};
