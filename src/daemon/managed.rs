//! One interface, a station with its supplicant or a wire: carries out what the supervisor wants done.

use std::convert::Infallible;
use std::sync::Arc;

use tracing::{debug, warn};

use super::clock;
use super::entry::Entry;
use super::journal::Journal;
use super::machine::{Machine, Report};
use crate::config::{Config, DeviceFacts};
use crate::platform::netlink::Kernel;
use crate::protocol::{Backend, EventLine, Interface};
use crate::store::RuntimeDir;
use macveil_core::address::{Host, Record};
use macveil_core::machine::{
    Action, Event, LinkEvent, Notice, Rotation, ScanEvent, ScanFailure, StateKind, Status, Time,
    UnsupportedReason,
};
use macveil_core::types::{Bss, Frequency, Mac, Ssid};

/// A report of an interface's backend.
#[derive(Debug)]
pub(super) struct BackendEvent {
    pub(super) ifindex: u32,
    pub(super) report: Report,
}

/// The result of a scan for the user.
#[derive(Debug)]
pub(super) struct ScanReport {
    pub(super) mask: Option<Mac>,
    pub(super) passive: bool,
    pub(super) found: Result<Vec<Bss>, ScanFailure>,
}

impl ScanReport {
    pub(super) const fn unsupported(reason: UnsupportedReason) -> Self {
        Self {
            mask: None,
            passive: false,
            found: Err(ScanFailure::Unsupported { reason }),
        }
    }
}

#[derive(Debug)]
pub(super) struct ManagedInterface {
    ifindex: u32,
    name: String,
    machine: Machine,
    /// The last network that it was connected to.
    connected: Option<Ssid>,
    /// A note for the next daemon says that the link is held down.
    pub(super) is_noted_down: bool,
    journal: Journal,
}

/// What the daemon has to see to after a station's actions were carried out.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The station is no longer needed.
    pub(super) finished: bool,
    /// To be remembered for good.
    pub(super) learned: Vec<(Ssid, Record)>,
    /// The channel of its connection, to be stored.
    pub(super) channel: Option<Frequency>,
    /// A scan that was asked for is over.
    pub(super) looked: Option<ScanReport>,
    /// For clients that follow events.
    pub(super) events: Vec<EventLine>,
}

impl ManagedInterface {
    pub(super) fn begin(ifindex: u32, name: String, machine: Machine) -> Self {
        Self {
            ifindex,
            name,
            machine,
            connected: None,
            is_noted_down: false,
            journal: Journal::default(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn machine(&self) -> &Machine {
        &self.machine
    }

    pub(super) const fn backend(&self) -> Backend {
        self.machine.backend()
    }

    /// The backend that it talks to.
    pub(super) const fn connected_backend(&self) -> Option<Backend> {
        self.machine.connected_backend()
    }

    pub(super) fn is_wire(&self) -> bool {
        matches!(self.machine, Machine::Ethernet(_))
    }

    pub(super) fn device(&self) -> DeviceFacts<'_> {
        self.machine.device()
    }

    pub(super) fn machine_status(&self) -> Status {
        self.machine.get().status()
    }

    pub(super) fn state(&self) -> StateKind {
        self.machine.get().state()
    }

    /// The interface for the control socket.
    pub(super) fn interface(&self) -> Interface {
        let status = self.machine_status();
        Interface {
            name: self.name.clone(),
            ifindex: self.ifindex,
            kind: self.machine.device().kind,
            address: status.link.address,
            state: Some(status.state),
        }
    }

    pub(super) fn rotation(&self) -> Rotation {
        self.machine.get().rotation()
    }

    pub(super) fn is_paused(&self) -> bool {
        self.machine_status().pause.is_some()
    }

    pub(super) fn is_connected_to(&self, ssid: &Ssid) -> bool {
        self.state() == StateKind::Associated && self.connected.as_ref() == Some(ssid)
    }

    pub(super) fn handle(&mut self, event: Event) {
        debug!("{}: {event:?}", self.name);
        self.step(|machine| machine.get_mut().handle(clock::now(), event));
    }

    pub(super) fn report(&mut self, report: Report) {
        debug!("{}: {report:?}", self.name);
        self.step(|machine| machine.report(report));
    }

    pub(super) fn handle_timeout(&mut self) {
        self.step(|machine| machine.get_mut().handle_timeout(clock::now()));
    }

    fn step(&mut self, step: impl FnOnce(&mut Machine)) {
        let before = self.state();
        step(&mut self.machine);
        let after = self.state();
        if before != after {
            debug!("{}: {before} -> {after}", self.name);
        }
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        self.machine.get().poll_timeout()
    }

    pub(super) fn reconfigure(&mut self, config: &Config, host: &Arc<Host>) {
        self.machine.reconfigure(config, host);
    }

    /// Does everything that the supervisor wants done now.
    pub(super) fn carry_out(&mut self, kernel: &mut Kernel, notes: &RuntimeDir) -> Outcome {
        let mut outcome = Outcome::default();
        while let Some(action) = self.machine.get_mut().poll_action() {
            self.keep_note(notes);
            debug!("{}: {action:?}", self.name);
            match action {
                Action::Finish => {
                    outcome.finished = true;
                    return outcome;
                }
                Action::Remember { ssid, record } => outcome.learned.push((ssid, record)),
                Action::KeepChannel(channel) => outcome.channel = Some(channel),
                Action::Notify(notice) => self.notify(notice, &mut outcome),
                action => {
                    if let Some(answer) = self.perform(kernel, action) {
                        self.handle(answer);
                    }
                }
            }
        }
        self.keep_note(notes);
        outcome
    }

    /// If the daemon is killed while it holds the link down, the next one brings it up.
    fn keep_note(&mut self, notes: &RuntimeDir) {
        let is_held_down = self.machine.holds_link_down();
        if std::mem::replace(&mut self.is_noted_down, is_held_down) == is_held_down {
            return;
        }
        if !is_held_down {
            let _ = notes.end_hold(&self.name, self.ifindex);
        } else if let Err(error) = notes.note_held(&self.name, self.ifindex) {
            debug!("{}: {error}", self.name);
        }
    }

    fn notify(&mut self, notice: Notice, outcome: &mut Outcome) {
        match &notice {
            Notice::Connected { ssid, .. } => self.connected = Some(ssid.clone()),
            Notice::UserScan {
                mask,
                passive,
                found,
            } => {
                outcome.looked = Some(ScanReport {
                    mask: *mask,
                    passive: *passive,
                    found: found.clone(),
                });
            }
            _ => {}
        }
        let entry = Entry::of(notice);
        self.journal.write(clock::now().boot, &self.name, &entry);
        outcome.events.push(entry.event(&self.name));
    }

    fn perform(&mut self, kernel: &mut Kernel, action: Action<Infallible>) -> Option<Event> {
        let ifindex = self.ifindex;
        match action {
            Action::SetAddress { address, how } => Some(Event::Link(LinkEvent::Answered(
                kernel.set_address(ifindex, address, how),
            ))),
            Action::SetSourceGuard(guard) => Some(Event::Link(LinkEvent::Guarded(
                kernel.set_source_guard(ifindex, guard),
            ))),
            Action::SetLinkDown => Some(Event::Link(LinkEvent::Answered(
                kernel.set_link_down(ifindex),
            ))),
            Action::BringUp => Some(Event::Link(LinkEvent::Answered(kernel.bring_up(ifindex)))),
            Action::ReadLink => Some(Event::Link(LinkEvent::Answered(kernel.link(ifindex)))),
            Action::Scan(scan) => Some(Event::Scan(ScanEvent::Accepted(
                kernel.scan(ifindex, &scan),
            ))),
            Action::AbortScan => {
                if let Err(refusal) = kernel.abort_scan(ifindex) {
                    debug!("{}: {refusal}", self.name);
                }
                None
            }
            Action::GetScanResults => Some(Event::Scan(ScanEvent::Results(
                kernel.scan_results(ifindex).unwrap_or_else(|refusal| {
                    debug!("{}: {refusal}", self.name);
                    Vec::new()
                }),
            ))),
            Action::Request(never) => match never {},
            Action::LeaveNetwork => {
                kernel.leave_network(ifindex);
                None
            }
            Action::EnterNetwork(ssid) => {
                kernel.enter_network(ifindex, &ssid);
                None
            }
            Action::SetP2pDevices { running } => {
                if let Err(refusal) = kernel.set_p2p_devices(ifindex, running) {
                    warn!("{}: {refusal}", self.name);
                }
                None
            }
            Action::ClearIpv6 => {
                if let Err(refusal) = kernel.clear_ipv6(ifindex) {
                    debug!("{}: {refusal}", self.name);
                }
                None
            }
            Action::KeepChannel(_)
            | Action::Notify(_)
            | Action::Remember { .. }
            | Action::Finish => None,
        }
    }
}
