//! The state machine of a Wi-Fi interface that `wpa_supplicant` drives.
//!
//! Each event goes through the shared parts first, in [`machine`]: the link, the running scan, the
//! bookkeeping of replies, the user's requests. Then the state sees it, in its [`state::Handler`].

mod assignment;
mod backend;
mod context;
mod dialogue;
mod machine;
mod mask;
mod networks;
mod peers;
mod scan;
mod state;
mod status;
#[cfg(test)]
mod tests;
mod user;

pub use backend::{
    Failure, NetworkLimit, NetworkList, OtherMode, Phase, QuiesceReport, Reply, Request,
    Supplicant, SupplicantStatus, WpaEvent,
};
pub use machine::WpaMachine;
pub use networks::EDITING;

type Event = super::Event<WpaEvent>;
type Action = super::Action<Request>;
