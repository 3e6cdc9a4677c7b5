//! macveil hides a Wi-Fi card's MAC address.
//!
//! While not associated, the card has a random *mask address*. Before it associates with a network, it
//! gets that network's *assigned address*. When the association ends, it is masked again.
//!
//! The core is pure: it takes time, randomness and events as values, so the same code runs on real
//! radios and in simulations. The other modules do the input and output.
//!
//! | module | content |
//! |---|---|
//! | [`macveil_core`] | pure: addresses, policies, state machines |
//! | [`platform`] | netlink, `wpa_supplicant`, iwd, other network managers, the sandbox |
//! | [`protocol`] | the control protocol and its client |
//! | [`daemon`] | the main loop and the control server |
//! | [`config`] | the configuration files |
//! | [`store`] | key, history and host files |
//! | [`tools`] | audit, doctor, import, set |
//! | [`cli`] | the command line |
//! | [`log`] | log lines for the journal |
//! | `words` | what the log and the command line say alike |

// The purity guard applies only to the core crate.
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
mod words;
