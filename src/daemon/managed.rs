//! One interface, a station with its supplicant or a wire: carries out what the supervisor wants done.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::debug;

use super::commands::ScanReport;
use super::entry::Entry;
use super::journal;
use super::machine::Machine;
use super::managers::Role;
use crate::config::{Config, DeviceFacts};
#[cfg(feature = "dbus")]
use crate::platform::iwd;
use crate::platform::netlink::Kernel;
use crate::platform::wpa_supplicant;
use crate::protocol::{Interface, News};
use macveil_core::address::{Host, Record};
use macveil_core::machine::{Action, Event, IwdRequest, Notice, Request, Time};
use macveil_core::types::Ssid;

/// Something that a supplicant's client has to tell.
#[derive(Debug)]
pub(super) struct BackendEvent {
    pub(super) ifindex: u32,
    pub(super) event: Event,
}

#[derive(Debug)]
pub(super) struct ManagedInterface {
    ifindex: u32,
    name: String,
    machine: Machine,
    client: Client,
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
    pub(super) looked: Option<ScanReport>,
    /// To be told to whoever follows events.
    pub(super) news: Vec<News>,
}

/// Whoever talks to an interface's supplicant, for as long as this lives.
#[derive(Debug)]
pub(super) enum Client {
    /// There is none to talk to.
    None,
    Wpa(mpsc::UnboundedSender<Request>, JoinHandle<()>),
    #[cfg(feature = "dbus")]
    Iwd(mpsc::UnboundedSender<IwdRequest>, JoinHandle<()>),
}

impl Client {
    pub(super) fn of_wpa(
        ifindex: u32,
        target: wpa_supplicant::Target,
        told: mpsc::UnboundedSender<BackendEvent>,
    ) -> Self {
        let (requests, wanted) = mpsc::unbounded_channel();
        let client = wpa_supplicant::run(target, wanted, teller(ifindex, told));
        Self::Wpa(requests, tokio::task::spawn_local(client))
    }

    #[cfg(feature = "dbus")]
    pub(super) fn of_iwd(
        ifindex: u32,
        target: iwd::Target,
        told: mpsc::UnboundedSender<BackendEvent>,
    ) -> Self {
        let (requests, wanted) = mpsc::unbounded_channel();
        let client = iwd::run(target, wanted, teller(ifindex, told));
        Self::Iwd(requests, tokio::task::spawn_local(client))
    }

    /// A client that has ended means that the interface is going away.
    fn ask(&self, request: Request) {
        if let Self::Wpa(requests, _) = self {
            let _ = requests.send(request);
        }
    }

    fn ask_iwd(&self, request: &IwdRequest) {
        match self {
            #[cfg(feature = "dbus")]
            Self::Iwd(requests, _) => drop(requests.send(request.clone())),
            Self::None | Self::Wpa(..) => debug!("there is no iwd to ask: {request:?}"),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        match self {
            Self::None => {}
            Self::Wpa(_, client) => client.abort(),
            #[cfg(feature = "dbus")]
            Self::Iwd(_, client) => client.abort(),
        }
    }
}

/// Nobody listens any more when the daemon is ending.
fn teller(ifindex: u32, told: mpsc::UnboundedSender<BackendEvent>) -> impl FnMut(Event) {
    move |event| {
        let _ = told.send(BackendEvent { ifindex, event });
    }
}

impl ManagedInterface {
    pub(super) const fn begin(
        ifindex: u32,
        name: String,
        machine: Machine,
        client: Client,
    ) -> Self {
        Self {
            ifindex,
            name,
            machine,
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

    pub(super) const fn role(&self) -> Role {
        self.machine.role()
    }

    /// The supplicant that it is brought to networks by, if that is known.
    pub(super) const fn backend(&self) -> Option<&'static str> {
        match self.client {
            Client::None => None,
            Client::Wpa(..) => Some("wpa_supplicant"),
            #[cfg(feature = "dbus")]
            Client::Iwd(..) => Some("iwd"),
        }
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
            Notice::UserScan { mask, found } => {
                let (mask, found) = (*mask, found.clone());
                outcome.looked = Some(ScanReport { mask, found });
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
            Action::SetLinkDown => Some(Event::LinkSet(kernel.set_link_down(ifindex))),
            Action::BringUp => Some(Event::LinkSet(kernel.bring_up(ifindex))),
            Action::ReadLink => Some(Event::LinkSet(kernel.link(ifindex))),
            Action::Scan(scan) => Some(Event::ScanAccepted(kernel.scan(ifindex, &scan))),
            Action::AbortScan => {
                if let Err(refusal) = kernel.abort_scan(ifindex) {
                    debug!("{}: {refusal}", self.name);
                }
                None
            }
            Action::GetScanResults => Some(Event::ScanResults(kernel.air(ifindex).unwrap_or_else(
                |refusal| {
                    debug!("{}: {refusal}", self.name);
                    Vec::new()
                },
            ))),
            Action::Ask(request) => {
                self.client.ask(request);
                None
            }
            Action::Iwd(request) => {
                self.client.ask_iwd(&request);
                None
            }
            Action::ClearIpv6 => {
                if let Err(refusal) = kernel.clear_ipv6(ifindex) {
                    debug!("{}: {refusal}", self.name);
                }
                None
            }
            Action::Say(_) | Action::Remember { .. } | Action::Finish => None,
        }
    }
}
