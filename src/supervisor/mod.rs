//! When each address is on the card: a state machine without I/O.
//!
//! The daemon owns one [`Station`] for each Wi-Fi interface, one [`Wire`] for each Ethernet interface
//! that it was told to care for, and keeps one loop: tell it what happened
//! ([`Station::handle`], and [`Station::handle_timeout`] when its deadline has passed), carry out
//! everything that [`Station::poll_action`] returns until it returns nothing, then sleep until
//! [`Station::deadline`].
//!
//! | file | what it holds |
//! |---|---|
//! | `event`, `action`, `refusal` | the whole vocabulary between the machine and the world |
//! | `state/` | the states, one file each, with a picture of them |
//! | `context` | what the states share |
//! | `assignment` | which address an association gets, and what is remembered of it |
//! | `hunt`, `schedule`, `nameless` | which scan comes when |
//! | `candidates`, `memory` | which BSS to join, and which to leave alone for a while |
//! | `contest`, `backoff` | who fights for the address is given way to; what fails is tried ever later |
//! | `snapshot` | what a station is doing, for people and tests |
//! | `errands` | what a user may ask for: a scan, another mask, a pause |
//! | `draws` | how often a network gets another random address |
//! | `wire/` | the machine for Ethernet, which needs none of these |
//! | `iwd/` | the machine for an interface that iwd drives |

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod action;
mod assignment;
mod backoff;
mod candidates;
mod chance;
mod contest;
mod context;
mod draws;
mod errands;
mod event;
mod hunt;
mod iwd;
mod memory;
mod nameless;
mod refusal;
mod schedule;
mod settings;
mod snapshot;
mod state;
mod station;
mod wire;

use std::time::{Duration, SystemTime};

pub(crate) use action::START_SCAN;
pub use action::{Action, How, Notice, Request, Scan};
pub use context::{Method, Pause};
pub use errands::Rotation;
pub use event::{
    Command, Entry, Event, Failure, Link, Mlme, Network, Phase, Quieted, Reply, ScanStarted,
    Security, Status, Supplicant, Survey,
};
pub use iwd::{
    Doing, IwdNews, IwdRequest, IwdSnapshot, IwdStation, Joining, Known, NetworkId,
    Phase as IwdPhase,
};
pub use refusal::Refusal;
pub use settings::{Addresses, Card, MaskMethod, OnExit, OnFailure, Settings};
pub use snapshot::{AddressKind, Counters, Snapshot};
pub use station::Station;
pub use wire::{Port, Wire, WireSnapshot};

/// A moment, as the time since boot with suspend included (`CLOCK_BOOTTIME`).
pub type Time = Duration;

/// A moment on both clocks: the one that never jumps, and the one on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// What deadlines are counted on.
    pub boot: Time,
    /// What people read.
    pub wall: SystemTime,
}

#[cfg(test)]
mod tests;
