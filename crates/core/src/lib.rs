//! The pure part of macveil: which address a network gets, and when each address is on the card.
//!
//! Time, randomness and the state of the world come in as values, so the same code runs on real radios
//! and in simulations.
//!
//! | module | content |
//! |---|---|
//! | [`types`] | MAC address, SSID, channel, BSS |
//! | [`address`] | policies: which address a network gets |
//! | [`scan`] | which scan comes next, and which BSS to join |
//! | [`time`] | moments, backoff |
//! | [`machine`] | the state machines for `wpa_supplicant`, iwd and Ethernet |

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod address;
#[cfg(any(test, fuzzing, feature = "fuzzing"))]
pub mod fuzzing;
pub mod machine;
pub(crate) mod scan;
pub mod time;
pub mod types;
