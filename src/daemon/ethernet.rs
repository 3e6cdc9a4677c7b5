//! Ethernet interfaces: found, taken in hand, let go.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tracing::{debug, info, warn};

use super::machine::{Machine, of_ethernet};
use super::managed::ManagedInterface;
use super::{Daemon, Error, Identity, clock};
use macveil_core::machine::ethernet::{EthernetDevice, EthernetMachine};
use macveil_core::machine::{Command, Event};
use macveil_core::types::DeviceKind;

impl Daemon {
    pub(super) fn manage_all_ethernet(&mut self) -> Result<(), Error> {
        for port in self.kernel.ethernet_devices()? {
            if !self.interfaces.managed.contains_key(&port.ifindex) {
                self.manage_ethernet(port);
            }
        }
        Ok(())
    }

    pub(super) fn manage_ethernet(&mut self, mut port: EthernetDevice) {
        let ifindex = port.ifindex;
        let managed = self.environment.config.manages(&of_ethernet(&port));
        if !managed || port.bonded {
            self.leave_alone(port, managed);
            return;
        }
        if port.physical && self.interfaces.awaiting_udev.must_wait(ifindex) {
            return;
        }
        if self.is_left(&port.name, ifindex, DeviceKind::wired(port.physical)) {
            return;
        }
        let link = match self.kernel.link(ifindex) {
            Ok(link) => link,
            Err(refusal) => return debug!("{}: {refusal}", port.name),
        };
        port.initial = self.initial_address(&port.name, ifindex, port.permanent, link.address);
        port.is_held_down = self.environment.runtime_dir.is_held(&port.name, ifindex);
        let device = of_ethernet(&port);
        let settings = self.environment.config.settings(&device);
        let policies = self
            .environment
            .config
            .address_policies(&device, Arc::clone(&self.environment.host));
        info!("{}: now managed ({})", port.name, port.driver);
        let rng = StdRng::from_rng(&mut self.environment.rng);
        let (name, is_held_down) = (port.name.clone(), port.is_held_down);
        let machine = EthernetMachine::new(clock::now(), port, settings, policies, link, rng);
        let mut managed = ManagedInterface::begin(ifindex, name, Machine::ethernet(machine));
        managed.is_noted_down = is_held_down;
        self.interfaces.managed.insert(ifindex, Box::new(managed));
        self.carry_out(ifindex);
    }

    fn leave_alone(&mut self, port: EthernetDevice, managed: bool) {
        let EthernetDevice {
            name,
            ifindex,
            bonded,
            ..
        } = port;
        self.interfaces.awaiting_udev.forget(ifindex);
        let seen = Identity { name, bonded };
        if self.interfaces.ignored.get(&ifindex).map(Box::as_ref) == Some(&seen) {
            return;
        }
        let name = &seen.name;
        if managed {
            info!("{name}: member of a bond, which sets its address: not managed");
        } else {
            debug!("{name}: not managed");
        }
        self.kernel.remove_source_guard(ifindex);
        if self.environment.runtime_dir.end_hold(name, ifindex)
            && let Err(refusal) = self.kernel.bring_up(ifindex)
        {
            warn!("{name}: {refusal}");
        }
        self.interfaces.ignored.insert(ifindex, Box::new(seen));
    }

    /// Checks the interfaces again that udev had not named before.
    pub(super) fn manage_named(&mut self) -> Result<(), Error> {
        for ifindex in self.interfaces.awaiting_udev.all() {
            match self.kernel.ethernet_device(ifindex)? {
                Some(port) => self.manage_ethernet(port),
                None => self.interfaces.awaiting_udev.forget(ifindex),
            }
        }
        Ok(())
    }

    /// Lets go of a wire that became a part of a bond. The bond changes the address first, so it has
    /// to be known before the machine hears of the change.
    pub(super) fn release_to_bond(&mut self, ifindex: u32) -> Result<bool, Error> {
        if !self
            .interfaces
            .managed
            .get(&ifindex)
            .is_some_and(|it| it.is_wire())
        {
            return Ok(false);
        }
        match self
            .kernel
            .ethernet_device(ifindex)?
            .filter(|port| port.bonded)
        {
            Some(port) => {
                self.forget(ifindex);
                self.kernel.remove_source_guard(ifindex);
                self.manage_ethernet(port);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Ethernet is cared for only as long as the configuration names it.
    pub(super) fn release_unmanaged(&mut self) {
        let unmanaged = self.interfaces.managed.iter().filter(|(_, managed)| {
            managed.is_wire() && !self.environment.config.manages(&managed.device())
        });
        for ifindex in unmanaged.map(|(&ifindex, _)| ifindex).collect::<Vec<_>>() {
            self.dispatch(ifindex, Event::Command(Command::Release));
        }
    }
}
