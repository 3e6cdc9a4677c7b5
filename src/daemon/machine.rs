//! The machine of one interface, with the connection to its backend.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::debug;

use super::clock;
use crate::config::{Config, DeviceFacts};
use crate::protocol::Backend;
use macveil_core::address::{AddressPolicies, Host};
use macveil_core::machine::ethernet::{EthernetDevice, EthernetMachine};
#[cfg(feature = "dbus")]
use macveil_core::machine::iwd::{IwdEvent, IwdMachine};
use macveil_core::machine::wpa::{WpaEvent, WpaMachine};
use macveil_core::machine::{
    self, Action, Card, Event, Now, Rotation, Settings, StateKind, Status, Time,
};
use macveil_core::types::DeviceKind;

/// A machine and the connection to its backend, if it has one.
#[derive(Debug)]
pub(super) struct Driven<M: machine::Machine> {
    machine: M,
    client: Option<Client<M::Request>>,
}

/// The task that talks to a backend; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Client<R> {
    requests: mpsc::UnboundedSender<R>,
    task: JoinHandle<()>,
}

impl<R> Client<R> {
    pub(super) fn start<F>(client: impl FnOnce(mpsc::UnboundedReceiver<R>) -> F) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        let (requests, wanted) = mpsc::unbounded_channel();
        let task = tokio::task::spawn_local(client(wanted));
        Self { requests, task }
    }
}

impl<R> Drop for Client<R> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What every [`Driven`] machine can do, whatever its backend.
pub(super) trait Drive {
    fn handle(&mut self, now: Now, event: Event);
    fn handle_timeout(&mut self, now: Now);
    /// The next action for the kernel or the daemon. Requests to the backend are sent on the way.
    fn poll_action(&mut self) -> Option<Action<Infallible>>;
    fn poll_timeout(&self) -> Option<Time>;
    fn state(&self) -> StateKind;
    fn status(&self) -> Status;
    fn rotation(&self) -> Rotation;
    fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies);
}

impl<M: machine::Machine<Request: std::fmt::Debug>> Drive for Driven<M> {
    fn handle(&mut self, now: Now, event: Event) {
        self.machine.handle(now, event.widen());
    }

    fn handle_timeout(&mut self, now: Now) {
        self.machine.handle_timeout(now);
    }

    fn poll_action(&mut self) -> Option<Action<Infallible>> {
        loop {
            let request = match self.machine.poll_action()?.split() {
                Ok(action) => return Some(action),
                Err(request) => request,
            };
            debug!("{request:?}");
            if let Some(client) = &self.client {
                // A client that has ended means that the interface is going away.
                let _ = client.requests.send(request);
            }
        }
    }

    fn poll_timeout(&self) -> Option<Time> {
        self.machine.poll_timeout()
    }

    fn state(&self) -> StateKind {
        self.machine.state()
    }

    fn status(&self) -> Status {
        self.machine.status()
    }

    fn rotation(&self) -> Rotation {
        self.machine.rotation()
    }

    fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies) {
        self.machine.reconfigure(now, settings, policies);
    }
}

/// The machine of an interface.
#[derive(Debug)]
pub(super) enum Machine {
    Wpa(Box<Driven<WpaMachine>>),
    #[cfg(feature = "dbus")]
    Iwd(Box<Driven<IwdMachine>>),
    Ethernet(Box<Driven<EthernetMachine>>),
}

/// What a backend reports.
#[derive(Debug)]
pub(super) enum Report {
    Wpa(WpaEvent),
    #[cfg(feature = "dbus")]
    Iwd(IwdEvent),
}

impl Machine {
    pub(super) fn wpa(
        machine: WpaMachine,
        client: Option<Client<<WpaMachine as machine::Machine>::Request>>,
    ) -> Self {
        Self::Wpa(Box::new(Driven { machine, client }))
    }

    #[cfg(feature = "dbus")]
    pub(super) fn iwd(
        machine: IwdMachine,
        client: Option<Client<<IwdMachine as machine::Machine>::Request>>,
    ) -> Self {
        Self::Iwd(Box::new(Driven { machine, client }))
    }

    pub(super) fn ethernet(machine: EthernetMachine) -> Self {
        let client = None;
        Self::Ethernet(Box::new(Driven { machine, client }))
    }

    pub(super) fn get(&self) -> &dyn Drive {
        match self {
            Self::Wpa(machine) => &**machine,
            #[cfg(feature = "dbus")]
            Self::Iwd(machine) => &**machine,
            Self::Ethernet(machine) => &**machine,
        }
    }

    pub(super) fn get_mut(&mut self) -> &mut dyn Drive {
        match self {
            Self::Wpa(machine) => &mut **machine,
            #[cfg(feature = "dbus")]
            Self::Iwd(machine) => &mut **machine,
            Self::Ethernet(machine) => &mut **machine,
        }
    }

    pub(super) fn report(&mut self, report: Report) {
        match (self, report) {
            (Self::Wpa(wpa), Report::Wpa(event)) => {
                machine::Machine::handle(&mut wpa.machine, clock::now(), Event::Backend(event));
            }
            #[cfg(feature = "dbus")]
            (Self::Iwd(iwd), Report::Iwd(event)) => {
                machine::Machine::handle(&mut iwd.machine, clock::now(), Event::Backend(event));
            }
            // A report of a client that ended before this machine began.
            _ => {}
        }
    }

    /// The backend that it is made for.
    pub(super) const fn backend(&self) -> Backend {
        match self {
            Self::Wpa(_) | Self::Ethernet(_) => Backend::WpaSupplicant,
            #[cfg(feature = "dbus")]
            Self::Iwd(_) => Backend::Iwd,
        }
    }

    /// The backend that it talks to.
    pub(super) const fn connected_backend(&self) -> Option<Backend> {
        match self {
            Self::Wpa(machine) if machine.client.is_some() => Some(Backend::WpaSupplicant),
            #[cfg(feature = "dbus")]
            Self::Iwd(machine) if machine.client.is_some() => Some(Backend::Iwd),
            _ => None,
        }
    }

    /// Whether the link stays down until this machine brings it up. Those of stations bring up a link that they
    /// find down.
    pub(super) const fn holds_link_down(&self) -> bool {
        match self {
            Self::Wpa(_) => false,
            #[cfg(feature = "dbus")]
            Self::Iwd(_) => false,
            Self::Ethernet(ethernet) => ethernet.machine.holds_link_down(),
        }
    }

    /// The interface as the configuration's device specs see it.
    pub(super) fn device(&self) -> DeviceFacts<'_> {
        match self {
            Self::Wpa(wpa) => of_card(wpa.machine.card()),
            #[cfg(feature = "dbus")]
            Self::Iwd(iwd) => of_card(iwd.machine.card()),
            Self::Ethernet(ethernet) => of_ethernet(ethernet.machine.device()),
        }
    }

    pub(super) fn reconfigure(&mut self, config: &Config, host: &Arc<Host>) {
        let device = self.device();
        let settings = config.settings(&device);
        let policies = config.address_policies(&device, Arc::clone(host));
        let policies = bound_for(self.backend(), policies, &device);
        self.get_mut().reconfigure(clock::now(), settings, policies);
    }
}

/// iwd identifies a network's address by the card. Without a permanent address only the interface's name
/// identifies a card.
pub(super) fn bound_for(
    backend: Backend,
    policies: AddressPolicies,
    device: &DeviceFacts<'_>,
) -> AddressPolicies {
    match backend {
        Backend::Iwd if device.permanent.is_some() => policies.bound_to_card(),
        Backend::Iwd | Backend::WpaSupplicant => policies,
    }
}

/// A Wi-Fi interface as the configuration's device specs see it.
pub(super) fn of_card(card: &Card) -> DeviceFacts<'_> {
    DeviceFacts {
        name: &card.name,
        permanent: card.permanent,
        driver: &card.driver,
        kind: DeviceKind::Wifi,
    }
}

/// An Ethernet interface as the configuration's device specs see it.
pub(super) fn of_ethernet(device: &EthernetDevice) -> DeviceFacts<'_> {
    DeviceFacts {
        name: &device.name,
        permanent: device.permanent,
        driver: &device.driver,
        kind: DeviceKind::wired(device.physical),
    }
}
