//! The state machine of a Wi-Fi interface that `wpa_supplicant` drives.

mod assignment;
mod backend;
mod commands;
mod context;
mod machine;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use backend::{
    Failure, NetworkList, Phase, QuiesceReport, Reply, Request, Supplicant, SupplicantStatus,
    WpaEvent,
};
pub use machine::WpaMachine;

type Event = super::Event<WpaEvent>;
type Action = super::Action<Request>;
