//! One interface, a station with its supplicant or a wire: carries out what the supervisor wants done.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::debug;

use super::entry::Entry;
use super::errands::Looked;
use super::journal;
use super::machine::Machine;
use crate::address::{Host, Record};
use crate::config::{Config, DeviceFacts};
use crate::control::{Interface, News};
use crate::kernel::Kernel;
use crate::supervisor::{Action, Event, Notice, Request, Time};
use crate::supplicant::wpa;
use crate::wifi::Ssid;

/// Something that a supplicant's client has to tell.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) ifindex: u32,
    pub(super) event: Event,
}

#[derive(Debug)]
pub(super) struct Tended {
    ifindex: u32,
    name: String,
    machine: Machine,
    requests: mpsc::UnboundedSender<Request>,
    client: Option<JoinHandle<()>>,
    /// The last network that it was connected to.
    connected: Option<Ssid>,
}

/// What the daemon has to see to after a station's actions were carried out.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The station is no longer needed.
    pub(super) finished: bool,
    /// To be remembered for good.
    pub(super) learned: Vec<(Ssid, Record)>,
    /// A scan that was asked for is over.
    pub(super) looked: Option<Looked>,
    /// To be told to whoever follows events.
    pub(super) news: Vec<News>,
}

/// Where a station's supplicant is looked for, and who is told what it says.
#[derive(Debug)]
pub(super) struct SupplicantFinder {
    pub(super) control_dir: PathBuf,
    pub(super) client_dir: PathBuf,
    pub(super) originals: PathBuf,
    pub(super) told: mpsc::UnboundedSender<Told>,
}

impl Tended {
    pub(super) fn begin(
        ifindex: u32,
        name: String,
        machine: Machine,
        supplicant: Option<SupplicantFinder>,
    ) -> Self {
        let (requests, wanted) = mpsc::unbounded_channel();
        let client = supplicant.map(|finder| {
            let SupplicantFinder {
                control_dir,
                client_dir,
                originals,
                told,
            } = finder;
            let target = wpa::Target {
                ifname: name.clone(),
                control_dir,
                client_dir,
                originals,
            };
            let tell = move |event| {
                // The daemon is ending when nobody listens any more.
                let _ = told.send(Told { ifindex, event });
            };
            tokio::task::spawn_local(wpa::run(target, wanted, tell))
        });
        Self {
            ifindex,
            name,
            machine,
            requests,
            client,
            connected: None,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn machine(&self) -> &Machine {
        &self.machine
    }

    pub(super) fn is_wire(&self) -> bool {
        matches!(self.machine, Machine::Wire(_))
    }

    pub(super) fn device(&self) -> DeviceFacts<'_> {
        self.machine.device()
    }

    /// As the control socket tells of it.
    pub(super) fn interface(&self) -> Interface {
        Interface {
            name: self.name.clone(),
            ifindex: self.ifindex,
            kind: self.machine.device().kind,
            address: self.machine.address(),
            state: Some(self.machine.state_name().to_owned()),
        }
    }

    pub(super) fn is_connected_to(&self, ssid: &Ssid) -> bool {
        self.machine.state_name() == "associated" && self.connected.as_ref() == Some(ssid)
    }

    pub(super) fn handle(&mut self, event: Event) {
        debug!("{}: {event:?}", self.name);
        let before = self.machine.state_name();
        self.machine.handle(event);
        self.note_change(before);
    }

    pub(super) fn handle_timeout(&mut self) {
        let before = self.machine.state_name();
        self.machine.handle_timeout();
        self.note_change(before);
    }

    fn note_change(&self, before: &str) {
        let after = self.machine.state_name();
        if before != after {
            debug!("{}: {before} -> {after}", self.name);
        }
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        self.machine.deadline()
    }

    pub(super) fn reconfigure(&mut self, config: &Config, host: &Arc<Host>) {
        self.machine.reconfigure(config, host);
    }

    /// Does everything that the supervisor wants done now.
    pub(super) fn carry_out(&mut self, kernel: &mut Kernel) -> Outcome {
        let mut outcome = Outcome::default();
        while let Some(action) = self.machine.poll_action() {
            debug!("{}: {action:?}", self.name);
            match action {
                Action::Finish => {
                    outcome.finished = true;
                    return outcome;
                }
                Action::Remember { ssid, record } => outcome.learned.push((ssid, record)),
                Action::Say(notice) => self.say(notice, &mut outcome),
                action => {
                    if let Some(answer) = self.perform(kernel, action) {
                        self.handle(answer);
                    }
                }
            }
        }
        outcome
    }

    fn say(&mut self, notice: Notice, outcome: &mut Outcome) {
        match &notice {
            Notice::Connected { ssid, .. } => self.connected = Some(ssid.clone()),
            Notice::Looked { mask, found } => {
                let (mask, found) = (*mask, found.clone());
                outcome.looked = Some(Looked { mask, found });
            }
            _ => {}
        }
        let entry = Entry::of(notice);
        journal::write(&self.name, &entry);
        outcome.news.push(entry.news(&self.name));
    }

    fn perform(&mut self, kernel: &mut Kernel, action: Action) -> Option<Event> {
        let ifindex = self.ifindex;
        match action {
            Action::SetAddress { address, how } => {
                Some(Event::LinkSet(kernel.set_address(ifindex, address, how)))
            }
            Action::HoldDown => Some(Event::LinkSet(kernel.hold_down(ifindex))),
            Action::BringUp => Some(Event::LinkSet(kernel.bring_up(ifindex))),
            Action::ReadLink => Some(Event::LinkSet(kernel.link(ifindex))),
            Action::Scan(scan) => Some(Event::ScanAccepted(kernel.scan(ifindex, &scan))),
            Action::AbortScan => {
                if let Err(refusal) = kernel.abort_scan(ifindex) {
                    debug!("{}: {refusal}", self.name);
                }
                None
            }
            Action::ReadAir => Some(Event::Air(kernel.air(ifindex).unwrap_or_else(|refusal| {
                debug!("{}: {refusal}", self.name);
                Vec::new()
            }))),
            Action::Ask(request) => {
                // A client that has ended means that the interface is going away.
                let _ = self.requests.send(request);
                None
            }
            Action::Say(_) | Action::Remember { .. } | Action::Finish => None,
        }
    }
}

impl Drop for Tended {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            client.abort();
        }
    }
}
