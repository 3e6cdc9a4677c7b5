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
//! | `event`, `action`, `error` | the whole vocabulary between the machine and the world |
//! | `remedy` | what a user can do about an error |
//! | `state/` | the states, one file each, with a picture of them |
//! | `context` | what the states share |
//! | `assignment` | which address an association gets, and what is remembered of it |
//! | `planner`, `schedule`, `hidden` | which scan comes when |
//! | `candidates`, `memory` | which BSS to join, and which to leave alone for a while |
//! | `conflict`, `backoff` | who fights for the address is given way to; what fails is tried ever later |
//! | `snapshot` | what a station is doing, for people and tests |
//! | `errands` | what a user may ask for: a scan, another mask, a pause |
//! | `draws` | how often a network gets another random address |
//! | `wire/` | the machine for Ethernet, which needs none of these |
//! | `iwd/` | the machine for an interface that iwd drives |

mod action;
mod budget;
mod conflict;
mod error;
mod ethernet;
mod event;
mod iwd;
mod remedy;
mod settings;
mod wpa;

pub use crate::time::{Now, Time};
pub use action::{Action, How, Notice, Request, START_SCAN, Scan};
pub use error::KernelError;
pub use ethernet::{EthernetStatus, Port, Wire};
pub use event::{
    Command, Event, Failure, Link, Mlme, NetworkList, Phase, QuiesceReport, Reply, ScanStarted,
    Status, Supplicant,
};
pub use iwd::{
    Doing, IwdEvent, IwdMachine, IwdRequest, IwdStatus, Joining, Known, NetworkId,
    Phase as IwdPhase,
};
pub use remedy::{Remedy, RemedyContext, remedy};
pub use settings::{Addresses, Card, MaskMethod, OnExit, OnFailure, Settings};
pub use wpa::{AddressKind, Counters, Method, Pause, Rotation, Snapshot, Station};
