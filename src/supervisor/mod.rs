//! When each address is on the card: a state machine without I/O.
//!
//! The daemon owns one [`Station`] for each interface and keeps one loop: tell it what happened
//! ([`Station::handle`], and [`Station::handle_timeout`] when its deadline has passed), carry out
//! everything that [`Station::poll_action`] returns until it returns nothing, then sleep until
//! [`Station::deadline`].
//!
//! | file | what it holds |
//! |---|---|
//! | `event`, `action` | the whole vocabulary between the machine and the world |
//! | `state/` | the states, one file each, with a picture of them |
//! | `context` | what the states share |
//! | `hunt`, `schedule`, `nameless` | which scan comes when |
//! | `candidates`, `memory` | which BSS to join, and which to leave alone for a while |

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod action;
mod candidates;
mod chance;
mod context;
mod event;
mod hunt;
mod memory;
mod nameless;
mod schedule;
mod settings;
mod state;
mod station;

use std::time::Duration;

pub use action::{Action, How, Notice, Request, Scan};
pub use context::Method;
pub use event::{
    Command, Entry, Event, Failure, Link, Mlme, Network, Phase, Quieted, Refusal, Reply,
    ScanStarted, Security, Status, Supplicant, Survey,
};
pub use settings::{Card, MaskMethod, OnExit, OnFailure, Settings};
pub use station::{Counters, Snapshot, Station};

/// A moment, as the time since boot with suspend included (`CLOCK_BOOTTIME`).
pub type Time = Duration;

#[cfg(test)]
mod tests;
