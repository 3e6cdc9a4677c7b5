//! Wi-Fi interfaces, and what each needs to be managed.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tracing::{debug, info, warn};

use super::machine::{Client, Machine, Report, bound_for, of_card};
use super::managed::ManagedInterface;
use super::{Daemon, Error, Identity, clock};
use crate::config::BackendChoice;
use crate::platform::wpa_supplicant;
use crate::protocol::Backend;
use crate::store;
#[cfg(feature = "dbus")]
use macveil_core::machine::iwd::IwdMachine;
use macveil_core::machine::wpa::{self, WpaMachine};
use macveil_core::machine::{Addresses, Card};
use macveil_core::types::{DeviceKind, Mac};

impl Daemon {
    pub(super) fn manage_all(&mut self) -> Result<(), Error> {
        for card in self.kernel.stations()? {
            if !self.interfaces.managed.contains_key(&card.ifindex) {
                self.manage_card(card);
            }
        }
        self.manage_all_ethernet()
    }

    pub(super) fn manage(&mut self, ifindex: u32, identity: Identity) -> Result<(), Error> {
        if let Some(card) = self.kernel.card(ifindex)? {
            self.manage_card(card);
        } else if let Some(port) = self.kernel.ethernet_device(ifindex)? {
            self.manage_ethernet(port);
        } else {
            self.interfaces.ignored.insert(ifindex, Box::new(identity));
            self.mask_interface_of_iwd(ifindex)?;
        }
        Ok(())
    }

    /// The address that the interface had when macveil first saw it.
    pub(super) fn initial_address(
        &self,
        name: &str,
        ifindex: u32,
        permanent: Option<Mac>,
        current: Mac,
    ) -> Mac {
        let known = self
            .environment
            .runtime_dir
            .initial_address(name, ifindex, permanent, current);
        known.unwrap_or_else(|error| {
            warn!("{name}: cannot store the initial address: {error}");
            current
        })
    }

    pub(super) fn manage_card(&mut self, mut card: Card) {
        if !self.environment.config.manages(&of_card(&card)) {
            debug!("{}: not managed", card.name);
            self.end_hold(&card);
            self.kernel.remove_source_guard(card.ifindex);
            let Card { name, ifindex, .. } = card;
            let bonded = false;
            self.interfaces
                .ignored
                .insert(ifindex, Box::new(Identity { name, bonded }));
            return;
        }
        let Some(backend) = self.backend_for(&card.name, card.ifindex, DeviceKind::Wifi) else {
            return;
        };
        if self.environment.problems.holds {
            return self.hold(card);
        }
        self.end_hold(&card);
        let link = match self.kernel.link(card.ifindex) {
            Ok(link) => link,
            Err(refusal) => return debug!("{}: {refusal}", card.name),
        };
        let ifindex = card.ifindex;
        card.initial = self.initial_address(&card.name, ifindex, card.permanent, card.initial);
        let device = of_card(&card);
        let settings = self.environment.config.settings(&device);
        let policies = self
            .environment
            .config
            .address_policies(&device, Arc::clone(&self.environment.host));
        let addresses = Addresses {
            policies: bound_for(backend, policies, &device),
            history: self.environment.history.current().clone(),
        };
        let how = match backend {
            Backend::WpaSupplicant => "now protected",
            Backend::Iwd => "now protected (backend iwd)",
        };
        info!("{}: {how} ({})", card.name, card.driver);
        let rng = StdRng::from_rng(&mut self.environment.rng);
        let name = card.name.clone();
        let now = clock::now();
        let machine = match backend {
            Backend::WpaSupplicant => {
                let client = self.client_of_wpa(ifindex, &name);
                let machine = WpaMachine::new(now, card, settings, addresses, link, rng);
                let channels = store::read_channels(&self.environment.config.state_dir);
                Machine::wpa(machine.joined_before(channels), client)
            }
            #[cfg(feature = "dbus")]
            Backend::Iwd => {
                let client = Some(self.client_of_iwd(ifindex, &name));
                let mask = self
                    .interfaces
                    .last_mask
                    .filter(|last| *last == (ifindex, link.address));
                let mask = mask.map(|(_, mask)| mask);
                let machine = IwdMachine::new(now, card, settings, addresses, link, rng);
                Machine::iwd(machine.masked_before(mask), client)
            }
            // `backend_for` leaves its interfaces alone.
            #[cfg(not(feature = "dbus"))]
            Backend::Iwd => return,
        };
        let managed = ManagedInterface::begin(ifindex, name, machine);
        self.interfaces.managed.insert(ifindex, Box::new(managed));
        self.carry_out(ifindex);
    }

    fn client_of_wpa(&self, ifindex: u32, name: &str) -> Option<Client<wpa::Request>> {
        match self.environment.config.backend {
            BackendChoice::Auto | BackendChoice::WpaSupplicant => {}
            BackendChoice::None | BackendChoice::Iwd => return None,
        }
        let target = wpa_supplicant::Target {
            ifname: name.to_owned(),
            control_dir: self.environment.config.ctrl_interface.clone(),
            saved_settings: self.environment.runtime_dir.originals(name),
        };
        let report = self.reporter(ifindex, Report::Wpa);
        let client = |requests| wpa_supplicant::run(target, requests, report);
        Some(Client::start(client))
    }
}
