//! macveil keeps a Wi-Fi card's identity off the air.
//!
//! While the card is not associated it carries a random *mask* address. Right before it associates
//! to a network it takes that network's *assigned* address; the moment the association ends it is
//! masked again.
//!
//! The crate is a pure core inside thin shells. The pure modules take time, randomness and the
//! state of the world as values, so the same code runs on real radios and in simulations.
//!
//! | module | what it knows |
//! |---|---|
//! | [`wifi`] | pure: the field's words: SSID, channel, station, BSS |
//! | [`address`] | pure: which address a network gets |
//! | [`supervisor`] | pure: when each address is on the card |
//! | [`config`] | how the user says it |
//! | [`import`] | pure: `NetworkManager`'s settings as macveil's |
//! | [`store`] | the secret key on disk |
//! | [`vendors`] | whose prefixes addresses have, from the lists of distributions |
//! | [`rivals`] | other programs that manage interfaces |
//! | [`kernel`] | rtnetlink, nl80211 and TAP devices |
//! | [`supplicant`] | the supplicant's control interface |
//! | [`control`] | our own control socket |
//! | [`daemon`] | the loop that joins them |
//! | [`audit`] | pure: whether a capture gives stations away |
//! | `doctor` | pure: what a machine can and cannot keep |
//! | [`cli`] | the command line |
//! | [`sandbox`] | what the daemon gives up once it runs |
//! | [`log`] | lines for the journal |

// The shells touch the world; each pure module denies these two again.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the purity guard of clippy.toml binds the pure modules only"
)]

pub mod address;
pub mod audit;
pub mod cli;
pub mod config;
pub mod control;
pub mod daemon;
mod dbus;
mod doctor;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod import;
mod json;
pub mod kernel;
pub mod log;
mod presence;
pub mod rivals;
pub mod sandbox;
pub mod store;
pub mod supervisor;
pub mod supplicant;
pub mod vendors;
pub mod wifi;
