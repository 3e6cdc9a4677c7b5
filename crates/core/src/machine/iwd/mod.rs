//! One Wi-Fi interface that iwd drives.
//!
//! iwd changes addresses itself, in the midst of connecting, and gives nobody a moment before. So macveil
//! writes which address each known network is to have into iwd's own files, looks whether it was used,
//! and has iwd disconnect where it was not. While iwd is at rest the card is masked where that can be done
//! with the link up; taking the link down would make iwd start over.
//!
//! The contract is that of a [`Station`](super::Station).

mod assignment;
mod backoff;
mod context;
mod event;
mod state;
mod status;
#[cfg(test)]
mod tests;

use rand::rngs::StdRng;

use super::action::Action;
use super::event::{Command, Event, Link, Mlme};
use super::settings::{Addresses, Card, OnExit, Settings};
use super::{Now, Rotation, Time};
use crate::address::AddressPolicies;
use crate::types::Mac;
use context::Context;
pub use event::{Doing, IwdEvent, IwdRequest, Joining, Known, NetworkId, Phase};
use state::State;
pub use status::IwdStatus;

/// The state machine of one interface that iwd drives.
#[derive(Debug)]
pub struct IwdMachine {
    cx: Context,
    /// `None` only while an event is being handled.
    state: Option<State>,
    state_since: Time,
}

impl IwdMachine {
    /// Takes an interface in hand; the first actions are ready at once.
    #[must_use]
    pub fn new(
        now: Now,
        card: Card,
        settings: Settings,
        addresses: Addresses,
        link: Link,
        rng: StdRng,
    ) -> Self {
        let cx = Context::new(now, card, settings, addresses, link, rng);
        Self {
            state_since: cx.now,
            cx,
            state: Some(State::Waiting),
        }
    }

    /// Tells what happened.
    pub fn handle(&mut self, now: Now, event: Event) {
        self.cx.set_clocks(now);
        match event {
            Event::Link(link) => {
                self.cx.hear_link(link);
                self.step(State::link_changed);
            }
            Event::LinkSet(result) => {
                if self.cx.link_answered(result) {
                    self.step(State::link_changed);
                    if std::mem::take(&mut self.cx.begun) {
                        self.shown(self.cx.link.address);
                    }
                }
            }
            Event::ScanStarted(scan) => {
                self.cx.scan_started(scan);
                self.step(State::scan_started);
            }
            Event::ScanEnded => {
                self.cx.scanning = false;
                self.step(State::scan_ended);
            }
            Event::ScanResults(air) => self.step(|state, cx| state.heard(cx, &air)),
            Event::Mlme(Mlme::Authenticating) => {
                self.cx.begun = true;
                self.cx.act(Action::ReadLink);
            }
            Event::Mlme(Mlme::Authenticated { station }) => self.shown(station),
            Event::Iwd(news) => self.hear(news),
            Event::Renewed { ssid, record } => {
                self.cx.learn_record(ssid, record);
                self.cx.write_addresses();
            }
            Event::Command(command) => self.obey(command),
            Event::Overrun => self.cx.act(Action::ReadLink),
            Event::Mlme(Mlme::TimedOut | Mlme::Ended)
            | Event::ScanAccepted(_)
            | Event::Supplicant(_)
            | Event::Reply(_) => {}
        }
    }

    /// To be called when the deadline has passed.
    pub fn handle_timeout(&mut self, now: Now) {
        self.cx.set_clocks(now);
        if self.cx.review.is_some_and(|at| at <= now.boot) {
            self.cx.write_addresses();
        }
        if self.cx.alarm.is_some_and(|alarm| alarm <= now.boot) {
            self.cx.alarm = None;
            self.step(State::alarm);
        }
    }

    /// The next thing to do in the world; `None` when all is done.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.cx.actions.pop_front()
    }

    /// When [`IwdMachine::handle_timeout`] is due, if nothing happens before.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        self.cx.alarm.into_iter().chain(self.cx.review).min()
    }

    /// What it is doing.
    #[must_use]
    pub fn snapshot(&self) -> IwdStatus {
        IwdStatus::of(self.state.as_ref(), self.state_since, &self.cx)
    }

    /// When the card gets the other mask that the user wishes.
    #[must_use]
    pub fn rotation(&self) -> Rotation {
        match &self.state {
            Some(State::Idle(_)) if self.cx.may_mask() => Rotation::Soon,
            Some(State::Connecting(_) | State::Connected(_) | State::Rejoining(_)) => {
                Rotation::AfterAssociation
            }
            _ => Rotation::Never,
        }
    }

    /// The state's name.
    #[must_use]
    pub fn state_name(&self) -> &'static str {
        self.state.as_ref().map_or("", State::name)
    }

    /// The interface.
    #[must_use]
    pub const fn card(&self) -> &Card {
        &self.cx.card
    }

    /// Takes other settings: a connection that runs keeps its address.
    pub fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies) {
        self.cx.set_clocks(now);
        self.cx.settings = settings;
        self.cx.policies = policies;
        self.cx.write_addresses();
    }

    fn hear(&mut self, news: IwdEvent) {
        match news {
            IwdEvent::Appeared {
                obstacle,
                random_scans,
            } => {
                self.cx.random_scans = random_scans;
                self.cx.iwd_appeared(obstacle);
            }
            IwdEvent::Vanished => {
                self.cx.iwd_vanished();
                self.step(State::iwd_vanished);
            }
            IwdEvent::Station(None) => {
                self.cx.doing = Doing::default();
                self.cx.has_station = false;
                self.cx.shown = None;
                self.step(State::station_gone);
            }
            IwdEvent::Station(Some(doing)) => {
                self.cx.doing = doing;
                if !std::mem::replace(&mut self.cx.has_station, true) {
                    self.cx.write_addresses();
                }
                self.step(State::iwd_does);
            }
            IwdEvent::Known(known) => {
                self.cx.known = known;
                self.cx.write_addresses();
                self.step(State::addresses_written);
            }
            IwdEvent::Written { network, result } => {
                self.cx.address_written(&network, result);
                self.step(State::addresses_written);
            }
            IwdEvent::Refused { why } => self.step(|state, cx| state.refused(cx, &why)),
            IwdEvent::Released => self.step(State::released),
        }
    }

    /// The kernel may tell of it before iwd says that it connects.
    fn shown(&mut self, station: Mac) {
        self.cx.shown = Some((station, self.cx.now));
        self.step(State::address_shown);
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Release => self.step(State::leave),
            Command::Yield => {
                self.cx.settings.on_exit = OnExit::Keep;
                self.step(State::leave);
            }
            Command::Resumed => {
                self.cx.act(Action::ReadLink);
                self.cx.write_addresses();
                self.step(State::resumed);
            }
            Command::Rotate => {
                self.cx.spend_random();
                self.step(State::rotate);
            }
            // iwd decides what is scanned and joined, and whoever asks is told so.
            Command::Pause { .. } | Command::Unpause | Command::Scan => {}
            Command::Rejoin(ssid) => self.step(|state, cx| state.rejoin(cx, &ssid)),
        }
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Context) -> State) {
        if let Some(state) = self.state.take() {
            let before = state.name();
            let state = step(state, &mut self.cx);
            if state.name() != before {
                self.state_since = self.cx.now;
            }
            self.state = Some(state);
        }
    }
}
