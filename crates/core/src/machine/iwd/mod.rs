//! One Wi-Fi interface that iwd drives.
//!
//! iwd changes addresses itself, in the midst of connecting, and gives nobody a moment before. So macveil
//! writes which address each known network is to have into iwd's own files, looks whether it was used,
//! and has iwd disconnect where it was not. While iwd is at rest the card is masked where that can be done
//! with the link up; taking the link down would make iwd start over.

mod assignment;
mod backend;
mod backoff;
mod context;
mod state;
mod status;
#[cfg(test)]
mod tests;

use rand::rngs::StdRng;

use super::event::{Command, Link, LinkEvent, MlmeEvent, ScanEvent};
use super::settings::{Addresses, Card, OnExit, Settings};
use super::status::{Rotation, StateKind, Status};
use super::{Machine, Now, Time};
use crate::address::AddressPolicies;
use crate::types::Mac;
pub use backend::{
    IwdEvent, Joining, KnownNetwork, NetworkId, Request, StationPhase, StationState,
};
use context::Context;
use state::State;

type Event = super::Event<IwdEvent>;
type Action = super::Action<Request>;

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

    /// The interface.
    #[must_use]
    pub const fn card(&self) -> &Card {
        &self.cx.card
    }

    fn link_event(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Changed(link) => {
                self.cx.hear_link(link);
                self.step(State::link_changed);
            }
            LinkEvent::Answered(result) => {
                if self.cx.link_answered(result) {
                    self.step(State::link_changed);
                    if std::mem::take(&mut self.cx.begun) {
                        self.shown(self.cx.link.address);
                    }
                }
            }
        }
    }

    fn scan_event(&mut self, event: ScanEvent) {
        match event {
            ScanEvent::Started(scan) => {
                self.cx.scan_started(scan);
                self.step(State::scan_started);
            }
            ScanEvent::Ended => {
                self.cx.scanning = false;
                self.step(State::scan_ended);
            }
            ScanEvent::Results(air) => self.step(|state, cx| state.heard(cx, &air)),
            ScanEvent::Accepted(_) => {}
        }
    }

    fn mlme_event(&mut self, event: MlmeEvent) {
        match event {
            MlmeEvent::Authenticating => {
                self.cx.begun = true;
                self.cx.act(Action::ReadLink);
            }
            MlmeEvent::Authenticated { station } => self.shown(station),
            MlmeEvent::TimedOut | MlmeEvent::Ended => {}
        }
    }

    fn iwd_event(&mut self, event: IwdEvent) {
        match event {
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
                self.cx.doing = StationState::default();
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

    fn command(&mut self, command: Command) {
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
            let before = state.kind();
            let state = step(state, &mut self.cx);
            if state.kind() != before {
                self.state_since = self.cx.now;
            }
            self.state = Some(state);
        }
    }
}

impl Machine for IwdMachine {
    type Request = Request;
    type BackendEvent = IwdEvent;

    fn handle(&mut self, now: Now, event: Event) {
        self.cx.set_clocks(now);
        match event {
            Event::Link(event) => self.link_event(event),
            Event::Scan(event) => self.scan_event(event),
            Event::Mlme(event) => self.mlme_event(event),
            Event::Backend(event) => self.iwd_event(event),
            Event::Renewed { ssid, record } => {
                self.cx.learn_record(ssid, record);
                self.cx.write_addresses();
            }
            Event::Command(command) => self.command(command),
            Event::Overrun => self.cx.act(Action::ReadLink),
        }
    }

    fn handle_timeout(&mut self, now: Now) {
        self.cx.set_clocks(now);
        if self.cx.review.is_some_and(|at| at <= now.boot) {
            self.cx.write_addresses();
        }
        if self.cx.alarm.is_some_and(|alarm| alarm <= now.boot) {
            self.cx.alarm = None;
            self.step(State::alarm);
        }
    }

    fn poll_action(&mut self) -> Option<Action> {
        self.cx.actions.pop_front()
    }

    fn poll_timeout(&self) -> Option<Time> {
        self.cx.alarm.into_iter().chain(self.cx.review).min()
    }

    fn state(&self) -> StateKind {
        self.state.as_ref().map_or(StateKind::Released, State::kind)
    }

    fn status(&self) -> Status {
        status::of(self.state.as_ref(), self.state_since, &self.cx)
    }

    fn rotation(&self) -> Rotation {
        match &self.state {
            Some(State::Idle(_)) if self.cx.may_mask() => Rotation::Soon,
            Some(State::Connecting(_) | State::Connected(_) | State::Rejoining(_)) => {
                Rotation::AfterAssociation
            }
            _ => Rotation::Never,
        }
    }

    fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies) {
        self.cx.set_clocks(now);
        self.cx.settings = settings;
        self.cx.policies = policies;
        self.cx.write_addresses();
    }
}
