//! macveil keeps a Wi-Fi card's identity off the air.
//!
//! While the card is not associated it carries a random *mask* address. Right before it associates
//! to a network it takes that network's *assigned* address; the moment the association ends it is
//! masked again.
//!
//! The crate is a pure core inside thin shells. The pure modules take time, randomness and the
//! state of the world as values, so the same code runs on real radios and in simulations.
//!
//! | module | content |
//! |---|---|
//! | [`macveil_core`] | pure: addresses, policies, state machines |
//! | [`platform`] | netlink, `wpa_supplicant`, iwd, other network managers, the sandbox |
//! | [`protocol`] | the control protocol and its client |
//! | [`daemon`] | the loop that joins them, and the control server |
//! | [`config`] | the configuration files |
//! | [`store`] | key, history and host files |
//! | [`tools`] | audit, doctor, import, set |
//! | [`cli`] | the command line |
//! | [`log`] | lines for the journal |

// The shells touch the world; each pure module denies these two again.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the purity guard of clippy.toml binds the pure modules only"
)]

pub mod cli;
pub mod config;
pub mod daemon;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod log;
pub mod platform;
pub mod protocol;
pub mod store;
pub mod tools;
