//! When each address is on the card: a state machine without I/O.
//!
//! The daemon owns one [`Station`] for each interface and keeps one loop: tell it what happened
//! ([`Station::handle`]), carry out everything that [`Station::poll_action`] returns until it
//! returns nothing, then sleep until [`Station::deadline`].

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod action;
mod event;
mod settings;

pub use action::{Action, How, Notice, Request, Scan};
pub use event::{
    Command, Entry, Event, Failure, Link, Mlme, Network, Phase, Quieted, Refusal, Reply,
    ScanStarted, Security, Status, Supplicant, Survey,
};
pub use settings::{Card, MaskMethod, OnExit, OnFailure, Settings};
