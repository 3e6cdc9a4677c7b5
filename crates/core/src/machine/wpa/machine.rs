//! The machine: each event goes through the shared parts first, then to the state.

use std::time::Duration;

use rand::rngs::StdRng;

use super::backend::{Reply, Request, Supplicant, WpaEvent};
use super::context::Context;
use super::mask::unavailable_method;
use super::scan::RunningScan;
use super::state::{Handler as _, State, Waiting};
use super::{Action, Event, status};
use crate::address::AddressPolicies;
use crate::machine::event::{Command, Link, LinkEvent, ScanEvent, ScanStarted};
use crate::machine::link::LinkChange;
use crate::machine::notice::{Notice, Remark};
use crate::machine::settings::{Addresses, Card, OnExit, Settings};
use crate::machine::status::{Rotation, ScanFailure, ScanRefusal, StateKind, Status};
use crate::machine::{Machine, Now, Time};
use crate::types::{Frequency, Mac};

/// wpa_supplicant starts its P2P device within milliseconds after it has brought the link up, or has resumed.
const P2P_DEVICE_START: Duration = Duration::from_millis(500);

/// The state machine of one interface.
#[derive(Debug)]
pub struct WpaMachine {
    cx: Context,
    /// `None` only while an event is handled.
    state: Option<State>,
    state_since: Time,
}

impl WpaMachine {
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
        let mut cx = Context::new(now, card, settings, addresses, link, rng);
        if let Some(method) = unavailable_method(cx.settings.mask_method, &cx.card) {
            cx.remark(Remark::MethodUnavailable(method));
        }
        let state = Waiting::start(&mut cx);
        Self {
            state_since: cx.core.now,
            cx,
            state: Some(state),
        }
    }

    /// The same machine; it was connected on these channels (in MHz) before a restart.
    #[must_use]
    pub fn joined_before(mut self, mut channels: Vec<Frequency>) -> Self {
        let available = self.cx.all_frequencies();
        channels.retain(|channel| available.contains(channel));
        self.cx.scan.planner.begin_with(channels);
        self
    }

    /// Whether all channels can be scanned now; while connected the card only listens.
    ///
    /// # Errors
    /// Why not.
    pub fn can_scan(&self) -> Result<(), ScanRefusal> {
        let state = self.state.as_ref();
        state.map_or(Ok(()), |state| status::can_scan(state, &self.cx))
    }

    /// The interface.
    #[must_use]
    pub const fn card(&self) -> &Card {
        &self.cx.card
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Context) -> State) {
        let Some(state) = self.state.take() else {
            return;
        };
        let before = state.kind();
        let state = step(state, &mut self.cx);
        if self.cx.user.scan_requested
            && let Err(refusal) = status::can_scan(&state, &self.cx)
        {
            self.cx.user.scan_requested = false;
            self.cx.core.notify(Notice::UserScan {
                mask: None,
                passive: false,
                found: Err(ScanFailure::Refused { refusal }),
            });
        }
        if state.kind() != before {
            self.state_since = self.cx.core.now;
        }
        self.state = Some(state);
    }

    fn link_event(&mut self, event: LinkEvent) {
        let before = self.cx.core.link;
        let change = self.cx.core.handle(event);
        if self.cx.core.link.up {
            self.cx.note_link_up();
        }
        match change {
            None => {}
            Some(LinkChange::Changed(link)) => {
                // A link that looks as before may have been down for a moment.
                let is_back = !before.up || (link == before && !link.carrier);
                if link.up && is_back {
                    self.p2p_device_starts();
                }
                self.step(|state, cx| state.link_changed(cx, link));
            }
            Some(LinkChange::Answered(answer)) => {
                self.step(|state, cx| state.link_answered(cx, answer));
            }
            Some(LinkChange::AddressSet(result)) => {
                self.step(|state, cx| state.address_set(cx, result));
            }
        }
    }

    fn p2p_device_starts(&mut self) {
        let runs_at = self.cx.core.now + P2P_DEVICE_START;
        self.cx.supplicant.p2p_device_runs_at = Some(runs_at);
    }

    fn scan_event(&mut self, event: ScanEvent) {
        match event {
            ScanEvent::Started(scan) => {
                let exposed = status::exposed(self.state.as_ref(), &self.cx);
                if self
                    .cx
                    .scan
                    .started(exposed.is_none() || !scan.is_leaking())
                {
                    self.external_scan(scan, exposed);
                    self.step(|state, cx| state.external_scan_started(cx, scan));
                }
            }
            ScanEvent::Ended => {
                self.cx.scan.running = RunningScan::None;
                if let Some(notice) = self.cx.scan.ended.report(self.cx.core.now) {
                    self.cx.core.notify(notice);
                }
                self.step(State::scan_ended);
            }
            ScanEvent::Accepted(result) => self.step(|state, cx| state.scan_accepted(cx, result)),
            ScanEvent::Results(found) => self.step(|state, cx| state.scan_results(cx, found)),
        }
    }

    fn external_scan(&mut self, scan: ScanStarted, exposed: Option<Mac>) {
        let cx = &mut self.cx;
        cx.counters.external_scans = cx.counters.external_scans.saturating_add(1);
        if !scan.is_leaking() {
            return;
        }
        cx.mask.expose();
        match exposed {
            Some(address) => {
                // First of all: the first probe request follows within milliseconds.
                cx.core.act(Action::AbortScan);
                cx.counters.leaking_scans = cx.counters.leaking_scans.saturating_add(1);
                cx.scan.ended.begin(cx.core.now, address);
            }
            None => cx.core.notify(Notice::ExternalScan),
        }
    }

    /// The start of a scan can have been among the events that were lost, also of one of macveil's own.
    fn overrun(&mut self) {
        if self.cx.scan.running == RunningScan::Accepted {
            self.cx.scan.running = RunningScan::None;
        }
        if status::exposed(self.state.as_ref(), &self.cx).is_some() {
            self.cx.core.act(Action::AbortScan);
        }
        self.step(State::overrun);
    }

    fn wpa_event(&mut self, event: WpaEvent) {
        match event {
            WpaEvent::Supplicant(event) => self.supplicant_event(event),
            WpaEvent::Reply(reply) => {
                if matches!(reply, Reply::Quiesce(Ok(_))) {
                    self.cx.stop_p2p_devices();
                }
                if let Some(reply) = self.cx.supplicant.accept(reply) {
                    self.step(|state, cx| state.reply(cx, reply));
                }
            }
            WpaEvent::Overrun => self.step(State::overrun),
            WpaEvent::ModeChanged => self.step(State::mode_changed),
        }
    }

    fn supplicant_event(&mut self, event: Supplicant) {
        let now = self.cx.core.now;
        match event {
            Supplicant::Appeared => {
                self.cx.supplicant.is_present = true;
                self.cx.supplicant.is_attached = false;
                self.step(|state, cx| state.supplicant(cx, event));
                return self.p2p_device_starts();
            }
            Supplicant::Vanished | Supplicant::Terminating => {
                if std::mem::take(&mut self.cx.supplicant.is_present) {
                    self.cx.networks.changed(now);
                    self.step(State::supplicant_vanished);
                }
                return;
            }
            Supplicant::NetworksChanged => self.cx.networks.changed(now),
            Supplicant::LeaveRequested => self.cx.user.request_leave(now),
            Supplicant::Resumed => return self.p2p_device_starts(),
            Supplicant::ConnectRequested => self.cx.user.leave_requested = false,
            Supplicant::ConfigurationRead => {
                self.cx.user.configuration_read = Some(self.cx.core.now);
            }
            Supplicant::Connecting { .. } => {
                self.cx.supplicant.weak_signal = None;
                self.cx.mask.expose();
            }
            Supplicant::SignalChanged { weak, signal } => {
                self.cx.supplicant.weak_signal = weak.then_some(signal);
            }
            Supplicant::TemporarilyDisabled { id, pause, .. } => {
                self.cx.networks.disabled(now, id, pause);
            }
            Supplicant::Connected { .. }
            | Supplicant::Disconnected { .. }
            | Supplicant::NetworkNotFound
            | Supplicant::Rejected { .. }
            | Supplicant::ScanResults => {}
        }
        self.step(|state, cx| state.supplicant(cx, event));
    }

    fn command(&mut self, command: Command) {
        let cx = &mut self.cx;
        let now = cx.core.now;
        match &command {
            Command::Release => return self.step(State::release),
            Command::Yield => {
                cx.settings.on_exit = OnExit::Keep;
                cx.is_yielding = true;
                return self.step(State::release);
            }
            Command::Resumed => {
                cx.scan.planner.restart(now);
                cx.networks.failures.clear_failures();
            }
            Command::Pause { span } => {
                let notice = cx.user.begin_pause(now, *span);
                cx.core.notify(notice);
            }
            Command::Unpause => {
                if cx.user.pause.take().is_none() {
                    return;
                }
                cx.core.notify(Notice::Unpaused);
            }
            Command::Rotate => {
                cx.assignment.budget.forget_all();
                cx.mask.expose();
            }
            Command::Scan => cx.user.scan_requested = true,
            Command::Rejoin(_) => {}
        }
        self.step(|state, cx| state.command(cx, command));
    }
}

impl Machine for WpaMachine {
    type Request = Request;
    type BackendEvent = WpaEvent;

    fn handle(&mut self, now: Now, event: Event) {
        self.cx.core.set_clock(now);
        match event {
            Event::Link(event) => self.link_event(event),
            Event::Scan(event) => self.scan_event(event),
            Event::Mlme(event) => self.step(|state, cx| state.mlme(cx, event)),
            Event::Backend(event) => self.wpa_event(event),
            Event::Command(command) => self.command(command),
            Event::Renewed { ssid, record } => self.cx.assignment.learn_record(ssid, record),
            Event::Overrun => self.overrun(),
        }
    }

    fn handle_timeout(&mut self, now: Now) {
        self.cx.core.set_clock(now);
        if self.cx.user.pause_ends().is_some_and(|end| end <= now.boot) {
            self.command(Command::Unpause);
        }
        // One that is handed back may run.
        let hands_back = matches!(self.state(), StateKind::Releasing | StateKind::Released);
        let runs_at = &mut self.cx.supplicant.p2p_device_runs_at;
        if runs_at.take_if(|at| *at <= self.cx.core.now).is_some() && !hands_back {
            self.cx.stop_p2p_devices();
        }
        self.cx.core.handle_timeout();
        if self.cx.core.take_timer() {
            self.step(State::timeout);
        }
    }

    fn poll_action(&mut self) -> Option<Action> {
        self.cx.core.poll_action()
    }

    fn poll_timeout(&self) -> Option<Time> {
        let pause_ends = self.cx.user.pause_ends().into_iter();
        let p2p_device = self.cx.supplicant.p2p_device_runs_at;
        pause_ends
            .chain(p2p_device)
            .chain(self.cx.core.poll_timeout())
            .min()
    }

    fn state(&self) -> StateKind {
        self.state.as_ref().map_or(StateKind::Released, State::kind)
    }

    fn status(&self) -> Status {
        status::of(self.state.as_ref(), self.state_since, &self.cx)
    }

    fn rotation(&self) -> Rotation {
        let state = self.state.as_ref();
        state.map_or(Rotation::Never, |state| status::rotation(state, &self.cx))
    }

    fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies) {
        self.cx.core.set_clock(now);
        self.cx.reconfigure(settings, policies);
    }
}
