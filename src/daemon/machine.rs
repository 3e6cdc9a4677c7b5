//! The kinds of machines, behind one contract.

use std::sync::Arc;

use rand::rngs::StdRng;

use super::clock;
use super::managers::Role;
use crate::config::{Config, DeviceFacts};
use macveil_core::address::{AddressPolicies, Host};
use macveil_core::machine::{
    Action, Addresses, Card, Event, IwdMachine, Link, Now, Port, Rotation, Settings, Station, Time,
    Wire,
};
use macveil_core::types::{DeviceKind, Mac, Ssid};

#[derive(Debug)]
pub(super) enum Machine {
    Station(Box<Station>),
    Wire(Box<Wire>),
    Iwd(Box<IwdMachine>),
}

impl From<Wire> for Machine {
    fn from(wire: Wire) -> Self {
        Self::Wire(Box::new(wire))
    }
}

impl Machine {
    /// For a Wi-Fi station.
    pub(super) fn of_role(
        role: Role,
        now: Now,
        card: Card,
        settings: Settings,
        addresses: Addresses,
        link: Link,
        rng: StdRng,
    ) -> Self {
        match role {
            Role::WpaSupplicant => {
                let station = Station::new(now, card, settings, addresses, link, rng);
                Self::Station(Box::new(station))
            }
            Role::Iwd => {
                let station = IwdMachine::new(now, card, settings, addresses, link, rng);
                Self::Iwd(Box::new(station))
            }
        }
    }

    pub(super) const fn role(&self) -> Role {
        match self {
            Self::Station(_) | Self::Wire(_) => Role::WpaSupplicant,
            Self::Iwd(_) => Role::Iwd,
        }
    }

    pub(super) fn handle(&mut self, event: Event) {
        match self {
            Self::Station(station) => station.handle(clock::now(), event),
            Self::Wire(wire) => wire.handle(clock::now(), event),
            Self::Iwd(station) => station.handle(clock::now(), event),
        }
    }

    pub(super) fn handle_timeout(&mut self) {
        match self {
            Self::Station(station) => station.handle_timeout(clock::now()),
            Self::Wire(wire) => wire.handle_timeout(clock::now()),
            Self::Iwd(station) => station.handle_timeout(clock::now()),
        }
    }

    pub(super) fn poll_action(&mut self) -> Option<Action> {
        match self {
            Self::Station(station) => station.poll_action(),
            Self::Wire(wire) => wire.poll_action(),
            Self::Iwd(station) => station.poll_action(),
        }
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        match self {
            Self::Station(station) => station.deadline(),
            Self::Wire(wire) => wire.deadline(),
            Self::Iwd(station) => station.deadline(),
        }
    }

    pub(super) fn state_name(&self) -> &'static str {
        match self {
            Self::Station(station) => station.state_name(),
            Self::Wire(wire) => wire.state_name(),
            Self::Iwd(station) => station.state_name(),
        }
    }

    /// The network that it is associating or associated to.
    pub(super) fn network(&self) -> Option<Ssid> {
        match self {
            Self::Station(station) => station.snapshot().network,
            Self::Wire(_) => None,
            Self::Iwd(station) => station.snapshot().network,
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        match self {
            Self::Station(station) => station.snapshot().pause.is_some(),
            Self::Wire(_) | Self::Iwd(_) => false,
        }
    }

    pub(super) fn rotation(&self) -> Rotation {
        match self {
            Self::Station(station) => station.rotation(),
            Self::Wire(wire) => wire.rotation(),
            Self::Iwd(station) => station.rotation(),
        }
    }

    pub(super) fn address(&self) -> Mac {
        match self {
            Self::Station(station) => station.snapshot().link.address,
            Self::Wire(wire) => wire.snapshot().link.address,
            Self::Iwd(station) => station.snapshot().link.address,
        }
    }

    /// The interface as the configuration's device specs see it.
    pub(super) fn device(&self) -> DeviceFacts<'_> {
        match self {
            Self::Station(station) => of_card(station.card()),
            Self::Wire(wire) => of_port(wire.port()),
            Self::Iwd(station) => of_card(station.card()),
        }
    }

    pub(super) fn reconfigure(&mut self, config: &Config, host: &Arc<Host>) {
        let device = self.device();
        let settings = config.settings(&device);
        let policies = config.address_policies(&device, Arc::clone(host));
        let policies = bound_for(self.role(), policies, &device);
        match self {
            Self::Station(station) => station.reconfigure(settings, policies),
            Self::Wire(wire) => wire.reconfigure(clock::now(), settings, policies),
            Self::Iwd(station) => station.reconfigure(clock::now(), settings, policies),
        }
    }
}

/// A card that has no permanent address has nothing but its interface's name to be told by.
pub(super) fn bound_for(
    role: Role,
    policies: AddressPolicies,
    device: &DeviceFacts<'_>,
) -> AddressPolicies {
    match role {
        Role::Iwd if device.permanent.is_some() => policies.bound_to_card(),
        Role::Iwd | Role::WpaSupplicant => policies,
    }
}

/// A Wi-Fi station as the configuration's device specs see it.
pub(super) fn of_card(card: &Card) -> DeviceFacts<'_> {
    DeviceFacts {
        name: &card.name,
        permanent: card.permanent,
        driver: &card.driver,
        kind: DeviceKind::Wifi,
    }
}

/// An interface that is no Wi-Fi, likewise.
pub(super) fn of_port(port: &Port) -> DeviceFacts<'_> {
    DeviceFacts {
        name: &port.name,
        permanent: port.permanent,
        driver: &port.driver,
        kind: DeviceKind::wired(port.physical),
    }
}
