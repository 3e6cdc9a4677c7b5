//! One Ethernet interface under macveil's care: the station's small sister.
//!
//! A wire is used from the moment that it has a carrier, and nobody asks before. So its address is put
//! in place while there is none, and never touched while there is one: a running connection is not
//! broken, whatever address it has.
//!
//! The contract is that of a [`Station`](super::Station). Of its actions it uses those that concern
//! the link, of its events the same.

mod context;
mod state;
#[cfg(test)]
mod tests;

use rand::rngs::StdRng;

use super::Rotation;
use super::action::Action;
use super::event::{Command, Event, Link};
use super::settings::{OnExit, Settings};
use super::{Now, Time};
use crate::address::AddressPolicies;
use crate::types::Mac;
use context::Context;
use state::{Releasing, State};

/// One Ethernet interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
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
    /// It is a part of a bond or a team, which gives it its address.
    pub bonded: bool,
}

/// The state machine of one Ethernet interface.
#[derive(Debug)]
pub struct Wire {
    cx: Context,
    /// `None` only while an event is being handled.
    state: Option<State>,
    state_since: Time,
}

/// What a wire is doing, for people and tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EthernetStatus {
    /// The state's name.
    pub state: &'static str,
    /// Since when it is in this state.
    pub state_since: Time,
    /// The link as last read.
    pub link: Link,
    /// Since when the link has its address.
    pub address_since: Time,
    /// The address that was assigned last.
    pub assigned: Option<Mac>,
    /// Why the link is held down, or its address left as it is.
    pub trouble: Option<String>,
    /// When the link is tried again.
    pub retry_at: Option<Time>,
    /// Times in a row that the address could not be set and the link was held down.
    pub holds_in_a_row: u32,
}

impl Wire {
    /// Takes an interface in hand; the first actions are ready at once.
    #[must_use]
    pub fn new(
        now: Now,
        port: Port,
        settings: Settings,
        policies: AddressPolicies,
        link: Link,
        rng: StdRng,
    ) -> Self {
        let mut cx = Context::new(now, port, settings, policies, link, rng);
        let state = State::start(&mut cx);
        Self {
            state_since: cx.now,
            cx,
            state: Some(state),
        }
    }

    /// Tells what happened.
    pub fn handle(&mut self, now: Now, event: Event) {
        self.cx.set_clocks(now);
        match event {
            Event::Link(link) => {
                self.cx.note_link(link);
                self.step(|state, cx| state.heard(cx, link));
            }
            Event::LinkSet(result) => {
                if let Ok(link) = &result {
                    self.cx.note_link(*link);
                }
                self.step(|state, cx| state.answered(cx, result));
            }
            Event::Command(Command::Release) => self.leave(),
            Event::Command(Command::Yield) => {
                self.cx.settings.on_exit = OnExit::Keep;
                self.leave();
            }
            Event::Command(Command::Resumed) => self.step(State::resumed),
            Event::Command(Command::Rotate) => self.step(State::rotate),
            // The rest concerns radios. After an overrun the link is read anyway.
            Event::ScanStarted(_)
            | Event::ScanAccepted(_)
            | Event::ScanEnded
            | Event::ScanResults(_)
            | Event::Mlme(_)
            | Event::Supplicant(_)
            | Event::Reply(_)
            | Event::Renewed { .. }
            | Event::Command(
                Command::Rejoin(_) | Command::Pause { .. } | Command::Unpause | Command::Scan,
            )
            | Event::Iwd(_)
            | Event::Overrun => {}
        }
    }

    /// To be called when the deadline has passed.
    pub fn handle_timeout(&mut self, now: Now) {
        self.cx.set_clocks(now);
        if self.cx.alarm.is_some_and(|alarm| alarm <= now.boot) {
            self.cx.alarm = None;
            self.step(State::alarm);
        }
    }

    /// The next thing to do in the world; `None` when all is done.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.cx.actions.pop_front()
    }

    /// When [`Wire::handle_timeout`] is due, if nothing happens before.
    #[must_use]
    pub const fn deadline(&self) -> Option<Time> {
        self.cx.alarm
    }

    /// What the wire is doing.
    #[must_use]
    pub fn snapshot(&self) -> EthernetStatus {
        EthernetStatus {
            state: self.state_name(),
            state_since: self.state_since,
            link: self.cx.link,
            address_since: self.cx.address_since,
            assigned: self.cx.assigned,
            trouble: self.cx.trouble.clone(),
            retry_at: self.cx.alarm.filter(|_| self.cx.trouble.is_some()),
            holds_in_a_row: self.cx.holds_in_a_row,
        }
    }

    /// The state's name.
    #[must_use]
    pub fn state_name(&self) -> &'static str {
        self.state.as_ref().map_or("", State::name)
    }

    /// The interface.
    #[must_use]
    pub const fn port(&self) -> &Port {
        &self.cx.port
    }

    /// What becomes of a wish for another address.
    #[must_use]
    pub fn rotation(&self) -> Rotation {
        match self.state {
            Some(State::Unplugged(_)) => Rotation::Now,
            Some(State::Setting(_) | State::Blocked(_)) => Rotation::Soon,
            Some(State::Connected(_) | State::Unmanaged(_)) => Rotation::AfterAssociation,
            Some(State::Releasing(_) | State::Released | State::Unprotected) | None => {
                Rotation::Never
            }
        }
    }

    /// Takes other settings: at once where there is no carrier.
    pub fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies) {
        self.cx.set_clocks(now);
        self.cx.settings = settings;
        self.cx.policies = policies;
        self.step(State::reconsider);
    }

    fn leave(&mut self) {
        self.step(|state, cx| match state {
            State::Released | State::Releasing(_) => state,
            other => Releasing::begin(cx, &other),
        });
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Context) -> State) {
        if let Some(state) = self.state.take() {
            let before = state.name();
            let state = step(state, &mut self.cx);
            if state.name() != before {
                self.state_since = self.cx.now;
            }
            if !state.is_troubled() {
                self.cx.trouble = None;
            }
            self.state = Some(state);
        }
    }
}
