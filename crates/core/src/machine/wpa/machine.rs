//! The machine: events go to the shared context first, then to the state.

use rand::rngs::StdRng;

use super::backend::{Reply, Request, Supplicant, WpaEvent};
use super::context::{Context, RunningScan, method_shortfall};
use super::state::{Masking, NextState, Releasing, State, Waiting};
use super::{Action, Event, commands, status};
use crate::address::AddressPolicies;
use crate::machine::event::{Command, Link, LinkEvent, ScanEvent, ScanStarted};
use crate::machine::notice::Notice;
use crate::machine::settings::{Addresses, Card, OnExit, Settings};
use crate::machine::status::{Rotation, ScanFailure, ScanRefusal, StateKind, Status};
use crate::machine::{Machine, Now, Time};

/// The state machine of one interface.
#[derive(Debug)]
pub struct WpaMachine {
    cx: Context,
    /// `None` only while an event is being handled.
    state: Option<State>,
    state_since: Time,
}

impl WpaMachine {
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
        let mut cx = Context::new(now, card, settings, addresses, link, rng);
        if let Some(shortfall) = method_shortfall(cx.settings.mask_method, &cx.card) {
            cx.remark(format!("{shortfall}; using bounce"));
        }
        let state = Waiting::start(&mut cx);
        Self {
            state_since: cx.now,
            cx,
            state: Some(state),
        }
    }

    /// Whether all channels can be scanned now.
    ///
    /// # Errors
    /// Why not.
    pub fn can_scan(&self) -> Result<(), ScanRefusal> {
        let state = self.state.as_ref();
        state.map_or(Ok(()), |state| commands::can_scan(state, &self.cx))
    }

    /// The interface.
    #[must_use]
    pub const fn card(&self) -> &Card {
        &self.cx.card
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Context) -> State) {
        if let Some(state) = self.state.take() {
            let before = state.kind();
            let state = step(state, &mut self.cx);
            if self.cx.scan_requested
                && let Err(why) = commands::can_scan(&state, &self.cx)
            {
                self.cx.scan_requested = false;
                self.cx.notify(Notice::UserScan {
                    mask: None,
                    found: Err(ScanFailure::Refused { refusal: why }),
                });
            }
            if state.kind() != before {
                self.state_since = self.cx.now;
            }
            self.state = Some(state);
        }
    }

    /// Keeps the shared knowledge up to date; returns the event if the state should hear of it.
    fn note(&mut self, event: Event) -> Option<Event> {
        match event {
            Event::Link(LinkEvent::Changed(link) | LinkEvent::Answered(Ok(link))) => {
                self.note_link(link);
                Some(event)
            }
            Event::Scan(ScanEvent::Started(scan)) => self.note_scan(scan),
            Event::Scan(ScanEvent::Ended) => {
                self.end_scan();
                Some(Event::Scan(ScanEvent::Ended))
            }
            Event::Backend(WpaEvent::Overrun) => Some(Event::Overrun),
            Event::Backend(WpaEvent::Reply(reply)) => {
                if let Reply::Quiesce(Ok(quieted)) = &reply {
                    self.cx.must_forget_own_address |= quieted.had_own_randomization;
                }
                let reply = self.cx.accept_reply(reply)?;
                Some(Event::Backend(WpaEvent::Reply(reply)))
            }
            Event::Backend(WpaEvent::Supplicant(supplicant)) => self.note_supplicant(supplicant),
            Event::Command(Command::Release) => {
                self.leave();
                None
            }
            Event::Command(Command::Yield) => {
                self.cx.settings.on_exit = OnExit::Keep;
                self.leave();
                None
            }
            Event::Command(Command::Resumed) => {
                self.cx.woken = Some(self.cx.now);
                self.cx.planner.restart(self.cx.now);
                self.cx.memory.clear_failures();
                Some(event)
            }
            Event::Command(Command::Pause { span }) => {
                self.cx.begin_pause(span);
                Some(event)
            }
            Event::Command(Command::Unpause) => self.cx.end_pause().then_some(event),
            Event::Command(Command::Rotate) => {
                self.cx.draws.forget_all();
                self.cx.expose_mask();
                Some(event)
            }
            Event::Command(Command::Scan) => {
                self.cx.scan_requested = true;
                Some(event)
            }
            Event::Renewed { ssid, record } => {
                self.cx.learn_record(ssid, record);
                None
            }
            other => Some(other),
        }
    }

    fn note_link(&mut self, link: Link) {
        if link.address != self.cx.link.address {
            self.cx.address_since = self.cx.now;
        }
        self.cx.link = link;
        if link.up {
            self.cx.down_is_ours = false;
            self.cx.forget_said_down();
        }
    }

    fn note_scan(&mut self, scan: ScanStarted) -> Option<Event> {
        if self.cx.scan == RunningScan::Accepted {
            self.cx.scan = RunningScan::Own;
            return None;
        }
        let exposing = scan.is_leaking();
        self.cx.scan = RunningScan::External { exposing };
        self.cx.counters.external_scans = self.cx.counters.external_scans.saturating_add(1);
        if exposing {
            let assigned = status::assigned(self.state.as_ref());
            if assigned.is_some() {
                self.cx.counters.leaking_scans = self.cx.counters.leaking_scans.saturating_add(1);
            }
            self.cx.expose_mask();
            self.cx.notify(Notice::ExternalScan { exposed: assigned });
        }
        Some(Event::Scan(ScanEvent::Started(scan)))
    }

    fn end_scan(&mut self) {
        self.cx.scan = RunningScan::None;
    }

    fn note_supplicant(&mut self, supplicant: Supplicant) -> Option<Event> {
        match supplicant {
            Supplicant::Appeared => self.cx.supplicant = true,
            Supplicant::Vanished | Supplicant::Terminating => {
                if !self.cx.supplicant {
                    return None;
                }
                self.cx.supplicant = false;
                self.cx.networks_changed();
                self.step(|state, cx| match state {
                    State::Releasing(_) | State::Released | State::Unprotected => state,
                    State::Masking(_) | State::Waiting(_) | State::Blocked(_) => state.handle(
                        cx,
                        Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)),
                    ),
                    _ => Masking::begin(cx, NextState::Wait),
                });
                return None;
            }
            Supplicant::NetworksChanged => self.cx.networks_changed(),
            Supplicant::Connecting { .. } => self.cx.expose_mask(),
            Supplicant::TemporarilyDisabled { id, pause, .. } => self.cx.leave_alone(id, pause),
            _ => {}
        }
        Some(Event::Backend(WpaEvent::Supplicant(supplicant)))
    }

    fn leave(&mut self) {
        self.step(|state, cx| {
            let parked = match &state {
                State::Released | State::Releasing(_) => return state,
                State::Paused(paused) => paused.was_disconnected(),
                other => matches!(other, State::Disconnected(_)),
            };
            Releasing::begin(cx, parked)
        });
    }
}

impl Machine for WpaMachine {
    type Request = Request;
    type BackendEvent = WpaEvent;

    fn handle(&mut self, now: Now, event: Event) {
        self.cx.set_clocks(now);
        if let Some(event) = self.note(event) {
            self.step(|state, cx| state.handle(cx, event));
        }
    }

    fn handle_timeout(&mut self, now: Now) {
        self.cx.set_clocks(now);
        let pause_ends = self.cx.pause.and_then(|pause| pause.until);
        if pause_ends.is_some_and(|end| end <= now.boot) {
            self.handle(now, Event::Command(Command::Unpause));
        }
        if self.cx.alarm.is_some_and(|alarm| alarm <= now.boot) {
            self.cx.alarm = None;
            self.step(State::alarm);
        }
    }

    fn poll_action(&mut self) -> Option<Action> {
        self.cx.poll_action()
    }

    fn poll_timeout(&self) -> Option<Time> {
        let pause_ends = self.cx.pause.and_then(|pause| pause.until);
        self.cx.alarm.into_iter().chain(pause_ends).min()
    }

    fn state(&self) -> StateKind {
        self.state.as_ref().map_or(StateKind::Released, State::kind)
    }

    fn status(&self) -> Status {
        status::of(self.state.as_ref(), self.state_since, &self.cx)
    }

    fn rotation(&self) -> Rotation {
        let state = self.state.as_ref();
        state.map_or(Rotation::Never, |state| commands::rotation(state, &self.cx))
    }

    fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies) {
        self.cx.set_clocks(now);
        self.cx.reconfigure(settings, policies);
    }
}
