//! The state machines: which address is on an interface at which moment. No I/O.
//!
//! The daemon owns one machine for each interface: [`wpa::WpaMachine`] where `wpa_supplicant` drives a
//! Wi-Fi interface, [`iwd::IwdMachine`] where iwd does, and [`ethernet::EthernetMachine`]. All of them
//! are a [`Machine`], whose documentation states the order of calls.
//!
//! | module | content |
//! |---|---|
//! | `event`, `action`, `notice`, `error` | the input and output of every machine |
//! | `status` | the observable state of every machine |
//! | [`wpa`], [`iwd`], [`ethernet`] | one machine each: its states, one file each, and their shared context |
//! | `settings` | an interface's properties and its configuration |
//! | `conflict` | backoff where another program changes the address |
//! | `budget` | limit of random addresses for each network |
//! | `ended_scans` | scans of others under an assigned address |

mod action;
mod budget;
mod conflict;
mod ended_scans;
mod error;
pub mod ethernet;
mod event;
pub mod iwd;
mod link;
mod notice;
mod remedy;
mod settings;
mod status;
pub mod wpa;

use crate::address::AddressPolicies;
pub use crate::time::{Now, Time};
pub use action::{Action, How, START_SCAN, Scan, SourceGuard};
pub use error::KernelError;
pub use event::{Command, Event, Link, LinkEvent, MlmeEvent, ScanEvent, ScanStarted};
pub use link::{AddressSetter, LinkStep, Progress};
pub use notice::{EndReason, FailReason, IwdProblem, NetworkRemark, Notice, Problem, Remark};
pub use remedy::{Remedy, RemedyContext, remedy};
pub use settings::{Addresses, Card, MaskMethod, OnExit, OnFailure, Settings};
pub use status::{
    AddressKind, Counters, IwdScanReason, Limitation, Method, MethodReason, NextChange, Pause,
    Rotation, ScanFailure, ScanRefusal, StateKind, Status, UnmaskedReason, UnsupportedReason,
};

/// A state machine for one interface.
///
/// The shell owns the machine and must keep this order:
///
/// 1. After construction, and after every call of `handle`, `handle_timeout` or `reconfigure`, call
///    `poll_action` and carry out the action, until it returns `None`.
/// 2. If an action has its answer at once, call `handle` with the answer before the next `poll_action`.
///    Other answers may come later; answers come in the order of their actions.
/// 3. Then wait for the next event, but no longer than until `poll_timeout`. If that moment comes
///    first, call `handle_timeout`. A call before that moment has no effect.
/// 4. After `Action::Finish`, drop the machine.
///
/// `now` never goes back, except for the wall clock. The getters (`status`, `rotation`, `poll_timeout`)
/// change nothing and may be called at any moment.
pub trait Machine {
    /// A request to the backend; [`Infallible`](std::convert::Infallible) without one.
    type Request;
    /// A report of the backend; [`Infallible`](std::convert::Infallible) without one.
    type BackendEvent;

    /// Handles an event.
    fn handle(&mut self, now: Now, event: Event<Self::BackendEvent>);

    /// Handles the end of the time that `poll_timeout` gave.
    fn handle_timeout(&mut self, now: Now);

    /// Returns the next action; `None` when there is none.
    fn poll_action(&mut self) -> Option<Action<Self::Request>>;

    /// Returns the moment at which `handle_timeout` is due.
    fn poll_timeout(&self) -> Option<Time>;

    /// Returns the state.
    fn state(&self) -> StateKind;

    /// Returns the observable state.
    fn status(&self) -> Status;

    /// Returns when `Command::Rotate` would take effect.
    fn rotation(&self) -> Rotation;

    /// Applies another configuration. The address of a running connection never changes.
    fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies);
}
