//! The state machine of a Wi-Fi interface that iwd drives.
//!
//! iwd changes addresses itself, while connecting, without notice. So macveil writes the address of each
//! known network into iwd's files, checks whether iwd used it, and disconnects iwd if it did not. While iwd
//! is idle the interface is masked where the driver supports live changes; taking the link down would make
//! iwd start over.

mod assignment;
mod backend;
mod backoff;
mod context;
mod state;
mod status;
#[cfg(test)]
mod tests;
mod turns;

use rand::rngs::StdRng;

use super::event::{Command, Link, LinkEvent, MlmeEvent, ScanEvent};
use super::settings::{Addresses, Card, OnExit, Settings};
use super::status::{Rotation, StateKind, Status};
use super::{Machine, Now, Time};
use crate::address::AddressPolicies;
use crate::types::Mac;
pub use backend::{
    IwdEvent, Joining, KnownNetwork, NetworkId, Request, StationPhase, StationState, Turn,
};
use context::{Context, LinkSource};
use state::State;
pub use turns::Turns;

type Event = super::Event<IwdEvent>;
type Action = super::Action<Request>;

/// The state machine of one interface that iwd drives.
#[derive(Debug)]
pub struct IwdMachine {
    cx: Context,
    /// `None` only while an event is handled.
    state: Option<State>,
    state_since: Time,
}

impl IwdMachine {
    /// Starts to manage an interface; the first actions are ready at once.
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
            state_since: cx.core.now,
            cx,
            state: Some(State::Waiting),
        }
    }

    /// The interface has this mask already.
    #[must_use]
    pub const fn masked_before(mut self, mask: Option<Mac>) -> Self {
        self.cx.mask.last = mask;
        self
    }

    /// The interface.
    #[must_use]
    pub const fn card(&self) -> &Card {
        &self.cx.card
    }

    fn link_event(&mut self, event: LinkEvent) {
        let Some(source) = self.cx.link_event(event) else {
            return;
        };
        self.step(State::link_changed);
        if source == LinkSource::Reading && std::mem::take(&mut self.cx.attempt.is_authenticating) {
            self.shown(self.cx.core.link.address);
        }
    }

    fn scan_event(&mut self, event: ScanEvent) {
        match event {
            ScanEvent::Started(scan) => {
                let connected = self.is_connected();
                self.cx.scan_started(scan, connected);
                self.step(State::scan_started);
            }
            ScanEvent::Ended => {
                self.cx.scan_ended();
                self.step(State::scan_ended);
            }
            ScanEvent::Results(air) => self.step(|state, cx| state.heard(cx, &air)),
            ScanEvent::Accepted(_) => {}
        }
    }

    /// Whether a scan would show an address that only the network sees.
    fn is_connected(&self) -> bool {
        let state = self.state.as_ref();
        self.cx.iwd.obstacle.is_none()
            && !self.cx.is_masked()
            && state.is_some_and(|state| state.is_connected(&self.cx))
    }

    /// The start of a scan can have been among the events that were lost.
    fn overrun(&mut self) {
        self.cx.spend_scanned();
        if self.is_connected() {
            self.cx.core.act(Action::AbortScan);
        }
        self.cx.core.read_link();
    }

    fn mlme_event(&mut self, event: MlmeEvent) {
        match event {
            MlmeEvent::Authenticating { .. } => {
                self.cx.attempt.is_authenticating = true;
                self.cx.core.read_link();
            }
            MlmeEvent::Authenticated { station, .. } => self.shown(station),
            MlmeEvent::Associated { .. } | MlmeEvent::TimedOut | MlmeEvent::Ended => {}
        }
    }

    fn iwd_event(&mut self, event: IwdEvent) {
        match event {
            IwdEvent::Appeared {
                obstacle,
                random_scans,
            } => {
                self.cx.iwd.randomizes_scans = random_scans;
                self.cx.iwd_appeared(obstacle);
            }
            IwdEvent::Vanished => {
                self.cx.iwd_vanished();
                self.step(State::iwd_vanished);
            }
            IwdEvent::Station(None) => {
                self.cx.iwd.state = StationState::default();
                self.cx.iwd.is_present = false;
                self.cx.iwd.is_kept_off = false;
                self.cx.attempt.end();
                self.step(State::station_gone);
            }
            IwdEvent::Station(Some(doing)) => {
                self.cx.iwd.state = doing;
                if !std::mem::replace(&mut self.cx.iwd.is_present, true) {
                    self.cx.write_addresses();
                }
                self.step(State::iwd_does);
            }
            IwdEvent::Known(known) => {
                self.cx.files.known = known;
                let was_unreadable = self.cx.files.problem.take().is_some();
                self.cx.write_addresses();
                self.step(State::addresses_written);
                if was_unreadable {
                    self.step(State::turn_changed);
                }
            }
            IwdEvent::Unreadable { why } => {
                self.cx.files_unreadable(why);
                self.step(State::turn_changed);
            }
            IwdEvent::Written { network, result } => {
                self.cx.address_written(&network, result);
                self.step(State::addresses_written);
            }
            IwdEvent::Refused { why } => self.step(|state, cx| state.refused(cx, &why)),
            IwdEvent::Released => self.step(State::released),
            IwdEvent::Turn(turn) => {
                self.cx.files.turn = turn;
                self.cx.files.are_own &= turn != Turn::Other;
                self.cx.write_addresses();
                self.step(State::turn_changed);
            }
        }
    }

    /// The card authenticates under this address. The kernel can report it before iwd does.
    fn shown(&mut self, station: Mac) {
        self.cx.attempt.shown = Some((station, self.cx.core.now));
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
                self.cx.core.read_link();
                self.cx.write_addresses();
                self.step(State::resumed);
            }
            Command::Rotate => {
                self.cx.spend_random();
                self.step(State::rotate);
            }
            // iwd decides what is scanned and joined; the daemon refuses these commands.
            Command::Pause { .. } | Command::Unpause | Command::Scan => {}
            Command::Rejoin(ssid) => self.step(|state, cx| state.rejoin(cx, &ssid)),
        }
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Context) -> State) {
        if let Some(state) = self.state.take() {
            let before = state.kind();
            let state = step(state, &mut self.cx);
            self.cx.core.expect(state.expected_address(&self.cx));
            self.cx.core.hush(state.silent_address(&self.cx));
            if state.kind() != before {
                self.state_since = self.cx.core.now;
            }
            self.state = Some(state);
        }
    }
}

impl Machine for IwdMachine {
    type Request = Request;
    type BackendEvent = IwdEvent;

    fn handle(&mut self, now: Now, event: Event) {
        self.cx.core.set_clock(now);
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
            Event::Overrun => self.overrun(),
        }
    }

    fn handle_timeout(&mut self, now: Now) {
        self.cx.core.set_clock(now);
        if self.cx.files.review_at.is_some_and(|at| at <= now.boot) {
            self.cx.write_addresses();
        }
        self.cx.core.handle_timeout();
        self.cx.mask_again();
        if self.cx.core.take_timer() {
            self.step(State::timeout);
        }
    }

    fn poll_action(&mut self) -> Option<Action> {
        self.cx.core.poll_action()
    }

    fn poll_timeout(&self) -> Option<Time> {
        let mask = &self.cx.mask;
        let others = [self.cx.files.review_at, mask.retry_at, mask.lower_at];
        let others = others.into_iter().flatten();
        others.chain(self.cx.core.poll_timeout()).min()
    }

    fn state(&self) -> StateKind {
        self.state.as_ref().map_or(StateKind::Released, State::kind)
    }

    fn status(&self) -> Status {
        status::of(self.state.as_ref(), self.state_since, &self.cx)
    }

    fn rotation(&self) -> Rotation {
        match &self.state {
            Some(State::Idle(_)) if self.cx.can_mask() => Rotation::Soon,
            Some(State::Connecting(_) | State::Connected(_) | State::Rejoining(_)) => {
                Rotation::AfterAssociation
            }
            _ => Rotation::Never,
        }
    }

    fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies) {
        self.cx.core.set_clock(now);
        self.cx.settings = settings;
        self.cx.files.policies = policies;
        self.cx.write_addresses();
    }
}
