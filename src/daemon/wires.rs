//! Ethernet interfaces: found, taken in hand, let go.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tracing::{debug, info};

use super::machine::of_port;
use super::tended::Tended;
use super::{Daemon, Error, Identity, clock};
use crate::supervisor::{Command, Event, Port, Wire};

impl Daemon {
    pub(super) fn tend_ports(&mut self) -> Result<(), Error> {
        for port in self.kernel.ports()? {
            if !self.stations.contains_key(&port.ifindex) {
                self.tend_port(port);
            }
        }
        Ok(())
    }

    pub(super) fn tend_port(&mut self, mut port: Port) {
        let ifindex = port.ifindex;
        let managed = self.config.manages(&of_port(&port));
        if !managed || port.bonded {
            self.nameless.forget(ifindex);
            if managed {
                info!(
                    "{}: a part of a bond, which gives it its address: left alone",
                    port.name
                );
            } else {
                debug!("{}: not managed", port.name);
            }
            let Port { name, bonded, .. } = port;
            self.ignored.insert(ifindex, Identity { name, bonded });
            return;
        }
        if port.physical && self.nameless.must_wait(ifindex) {
            return;
        }
        let link = match self.kernel.link(ifindex) {
            Ok(link) => link,
            Err(refusal) => return debug!("{}: {refusal}", port.name),
        };
        port.initial = self.initial_address(&port.name, ifindex, port.permanent, link.address);
        let device = of_port(&port);
        let settings = self.config.settings(&device);
        let book = self.config.address_book(&device, Arc::clone(&self.host));
        info!(
            "{}: in macveil's care from now on ({})",
            port.name, port.driver
        );
        let rng = StdRng::from_rng(&mut self.rng);
        let name = port.name.clone();
        let wire = Wire::new(clock::now(), port, settings, book, link, rng);
        let tended = Tended::begin(ifindex, name, wire.into(), None);
        self.stations.insert(ifindex, tended);
        self.carry_out(ifindex);
    }

    /// Looks again at what udev had not named before.
    pub(super) fn tend_named(&mut self) -> Result<(), Error> {
        for ifindex in self.nameless.all() {
            match self.kernel.port(ifindex)? {
                Some(port) => self.tend_port(port),
                None => self.nameless.forget(ifindex),
            }
        }
        Ok(())
    }

    /// An interface that became a part of a bond has the bond's address from now on.
    pub(super) fn leave_to_bond(&mut self, ifindex: u32) {
        if self.stations.get(&ifindex).is_some_and(Tended::is_wire) {
            self.stations.remove(&ifindex);
        }
    }

    /// Ethernet is cared for only as long as the configuration names it.
    pub(super) fn leave_unmanaged(&mut self) {
        let unmanaged = self
            .stations
            .iter()
            .filter(|(_, tended)| tended.is_wire() && !self.config.manages(&tended.device()));
        for ifindex in unmanaged.map(|(&ifindex, _)| ifindex).collect::<Vec<_>>() {
            self.tell(ifindex, Event::Command(Command::Leave));
        }
    }
}
