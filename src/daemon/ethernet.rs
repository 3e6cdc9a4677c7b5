//! Ethernet interfaces: found, taken in hand, let go.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tracing::{debug, info};

use super::machine::{Machine, of_ethernet};
use super::managed::ManagedInterface;
use super::{Daemon, Error, Identity, clock};
use macveil_core::machine::ethernet::{EthernetDevice, EthernetMachine};
use macveil_core::machine::{Command, Event};
use macveil_core::types::DeviceKind;

impl Daemon {
    pub(super) fn tend_ports(&mut self) -> Result<(), Error> {
        for port in self.kernel.ports()? {
            if !self.stations.contains_key(&port.ifindex) {
                self.tend_port(port);
            }
        }
        Ok(())
    }

    pub(super) fn tend_port(&mut self, mut port: EthernetDevice) {
        let ifindex = port.ifindex;
        let managed = self.config.manages(&of_ethernet(&port));
        if !managed || port.bonded {
            self.leave_alone(port, managed);
            return;
        }
        if port.physical && self.awaiting_udev.must_wait(ifindex) {
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
        let device = of_ethernet(&port);
        let settings = self.config.settings(&device);
        let policies = self
            .config
            .address_policies(&device, Arc::clone(&self.host));
        info!(
            "{}: in macveil's care from now on ({})",
            port.name, port.driver
        );
        let rng = StdRng::from_rng(&mut self.rng);
        let name = port.name.clone();
        let machine = EthernetMachine::new(clock::now(), port, settings, policies, link, rng);
        let managed = ManagedInterface::begin(ifindex, name, Machine::ethernet(machine));
        self.stations.insert(ifindex, managed);
        self.carry_out(ifindex);
    }

    fn leave_alone(&mut self, port: EthernetDevice, managed: bool) {
        let EthernetDevice {
            name,
            ifindex,
            bonded,
            ..
        } = port;
        self.awaiting_udev.forget(ifindex);
        let seen = Identity { name, bonded };
        if self.ignored.get(&ifindex) == Some(&seen) {
            return;
        }
        let name = &seen.name;
        if managed {
            info!("{name}: a part of a bond, which gives it its address: left alone");
        } else {
            debug!("{name}: not managed");
        }
        self.ignored.insert(ifindex, seen);
    }

    /// Checks the interfaces again that udev had not named before.
    pub(super) fn tend_named(&mut self) -> Result<(), Error> {
        for ifindex in self.awaiting_udev.all() {
            match self.kernel.port(ifindex)? {
                Some(port) => self.tend_port(port),
                None => self.awaiting_udev.forget(ifindex),
            }
        }
        Ok(())
    }

    /// Lets go of a wire that became a part of a bond. The bond changes the address first, so it has
    /// to be known before the machine hears of the change.
    pub(super) fn leave_to_bond(&mut self, ifindex: u32) -> Result<bool, Error> {
        if !self
            .stations
            .get(&ifindex)
            .is_some_and(ManagedInterface::is_wire)
        {
            return Ok(false);
        }
        match self.kernel.port(ifindex)?.filter(|port| port.bonded) {
            Some(port) => {
                self.forget(ifindex);
                self.tend_port(port);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Ethernet is cared for only as long as the configuration names it.
    pub(super) fn leave_unmanaged(&mut self) {
        let unmanaged = self
            .stations
            .iter()
            .filter(|(_, managed)| managed.is_wire() && !self.config.manages(&managed.device()));
        for ifindex in unmanaged.map(|(&ifindex, _)| ifindex).collect::<Vec<_>>() {
            self.tell(ifindex, Event::Command(Command::Release));
        }
    }
}
