//! The state machine of an Ethernet interface.
//!
//! An Ethernet link is in use from the moment that it has a carrier, without notice. So the address is set
//! while there is no carrier, and never changed while there is one: a running connection is not broken,
//! whatever address it has.

mod context;
mod state;
#[cfg(test)]
mod tests;

use std::convert::Infallible;

use rand::rngs::StdRng;

use super::event::{Command, Link, LinkEvent};
use super::link::LinkChange;
use super::settings::{OnExit, Settings};
use super::status::{Counters, NextChange, Rotation, StateKind, Status};
use super::{Machine, Now, Time};
use crate::address::AddressPolicies;
use crate::types::Mac;
use context::Context;
use state::{Releasing, State};

type Event = super::Event;
type Action = super::Action<Infallible>;

/// An Ethernet interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EthernetDevice {
    /// Interface name.
    pub name: String,
    /// The kernel's number for the interface.
    pub ifindex: u32,
    /// The driver's name, or the kind of a virtual link; empty if unknown.
    pub driver: String,
    /// The permanent address (`IFLA_PERM_ADDRESS`), if the driver knows one.
    pub permanent: Option<Mac>,
    /// The address it had when first seen.
    pub initial: Mac,
    /// It is an Ethernet card, rather than a virtual link.
    pub physical: bool,
    /// It is a member of a bond or a team, which sets its address.
    pub bonded: bool,
    /// An earlier macveil was killed while it held the link down.
    pub is_held_down: bool,
}

/// The state machine of one interface.
#[derive(Debug)]
pub struct EthernetMachine {
    cx: Context,
    /// `None` only while an event is handled.
    state: Option<State>,
    state_since: Time,
}

impl EthernetMachine {
    /// Starts to manage an interface; the first actions are ready at once.
    #[must_use]
    pub fn new(
        now: Now,
        device: EthernetDevice,
        settings: Settings,
        policies: AddressPolicies,
        link: Link,
        rng: StdRng,
    ) -> Self {
        let mut cx = Context::new(now, device, settings, policies, link, rng);
        let state = State::start(&mut cx);
        Self {
            state_since: cx.core.now,
            cx,
            state: Some(state),
        }
    }

    /// The interface.
    #[must_use]
    pub const fn device(&self) -> &EthernetDevice {
        &self.cx.device
    }

    /// Whether the link is down because this machine took it down, or is about to.
    #[must_use]
    pub const fn holds_link_down(&self) -> bool {
        self.cx.core.is_held_down
    }

    fn link_event(&mut self, event: LinkEvent) {
        match self.cx.core.handle(event) {
            None => {}
            Some(LinkChange::Changed(link)) => self.step(|state, cx| state.link_changed(cx, link)),
            Some(LinkChange::Answered(answer) | LinkChange::AddressSet(answer)) => {
                self.step(|state, cx| state.answered(cx, answer));
            }
        }
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Release => self.leave(),
            Command::Yield => {
                self.cx.settings.on_exit = OnExit::Keep;
                self.leave();
            }
            Command::Resumed => self.step(State::resumed),
            Command::Rotate => self.step(State::rotate),
            Command::Rejoin(_) | Command::Pause { .. } | Command::Unpause | Command::Scan => {}
        }
    }

    fn leave(&mut self) {
        self.step(|state, cx| match state {
            State::Released | State::Releasing(_) => state,
            other => Releasing::begin(cx, &other),
        });
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Context) -> State) {
        if let Some(state) = self.state.take() {
            let before = state.kind();
            let state = step(state, &mut self.cx);
            if state.kind() != before {
                self.state_since = self.cx.core.now;
            }
            if !state.has_problem() {
                self.cx.problem = None;
            }
            self.state = Some(state);
        }
    }
}

impl Machine for EthernetMachine {
    type Request = Infallible;
    type BackendEvent = Infallible;

    fn handle(&mut self, now: Now, event: Event) {
        self.cx.core.set_clock(now);
        match event {
            Event::Link(event) => self.link_event(event),
            Event::Command(command) => self.command(&command),
            Event::Backend(never) => match never {},
            // After an overrun the shell reports the link.
            Event::Scan(_) | Event::Mlme(_) | Event::Renewed { .. } | Event::Overrun => {}
        }
    }

    fn handle_timeout(&mut self, now: Now) {
        self.cx.core.set_clock(now);
        self.cx.core.handle_timeout();
        if self.cx.core.take_timer() {
            self.step(State::timeout);
        }
    }

    fn poll_action(&mut self) -> Option<Action> {
        self.cx.core.poll_action()
    }

    fn poll_timeout(&self) -> Option<Time> {
        self.cx.core.poll_timeout()
    }

    fn state(&self) -> StateKind {
        self.state.as_ref().map_or(StateKind::Released, State::kind)
    }

    fn status(&self) -> Status {
        Status {
            state: Machine::state(self),
            state_since: self.state_since,
            link: self.cx.core.link,
            address_since: self.cx.core.address_since,
            address_kind: self.cx.address_kind(),
            network: None,
            method: None,
            next_change: NextChange::Unplugged,
            problem: self.cx.problem.clone(),
            retry_at: self.cx.core.timer.filter(|_| self.cx.problem.is_some()),
            pause: None,
            limitations: self.cx.core.guard_limitation().into_iter().collect(),
            counters: Counters {
                holds_in_a_row: self.cx.holds_in_a_row,
                ..Counters::default()
            },
        }
    }

    fn rotation(&self) -> Rotation {
        match self.state {
            Some(State::Unplugged(_)) => Rotation::Now,
            Some(State::Setting(_) | State::Blocked(_)) => Rotation::Soon,
            Some(State::Connected(_) | State::Unmanaged(_)) => Rotation::AfterAssociation,
            Some(State::Releasing(_) | State::Released | State::Unprotected) | None => {
                Rotation::Never
            }
        }
    }

    fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies) {
        self.cx.core.set_clock(now);
        self.cx.settings = settings;
        self.cx.policies = policies;
        self.step(State::reconsider);
    }
}
