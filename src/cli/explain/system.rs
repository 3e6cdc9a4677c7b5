//! What the machine is like, for an explanation.

use std::path::Path;
use std::sync::Arc;

use crate::cli::failure::Failure;
use crate::cli::{inputs, owner};
use crate::config::{Config, DeviceFacts};
use crate::platform::netlink::Kernel;
use crate::store::{self, KEY_FILE};
use macveil_core::address::{AddressFacts, AddressPolicies, Host};
use macveil_core::machine;
use macveil_core::types::{DeviceKind, Mac};

/// A card, as far as its addresses hang on it.
pub(super) struct Card {
    pub(super) name: String,
    pub(super) facts: AddressFacts,
    driver: String,
    kind: DeviceKind,
    /// iwd drives it.
    beside_iwd: bool,
}

impl Card {
    /// A card of which nothing but this is known, as it comes out of its box.
    pub(super) fn elsewhere(name: &str, permanent: Mac, kind: DeviceKind) -> Self {
        Self {
            name: name.to_owned(),
            facts: AddressFacts {
                permanent: Some(permanent),
                initial: permanent,
                current: permanent,
                previous: None,
            },
            driver: String::new(),
            kind,
            beside_iwd: false,
        }
    }

    /// Which address each network gets, as the daemon decides it.
    pub(super) fn policies(&self, config: &Config, host: Arc<Host>) -> AddressPolicies {
        let policies = config.address_policies(&self.device(), host);
        if self.beside_iwd && self.facts.permanent.is_some() {
            return policies.bound_to_card();
        }
        policies
    }

    pub(super) fn device(&self) -> DeviceFacts<'_> {
        DeviceFacts {
            name: &self.name,
            permanent: self.facts.permanent,
            driver: &self.driver,
            kind: self.kind,
        }
    }
}

/// The interface of this name, or the first one that macveil manages.
pub(super) fn card(config: &Config, name: Option<&str>) -> Result<Card, Failure> {
    let tried = "cannot look at the Wi-Fi interfaces";
    let mut kernel = Kernel::open().map_err(|error| Failure::cannot(tried, error))?;
    let stations = kernel
        .stations()
        .map_err(|error| Failure::cannot(tried, error))?;
    let iwd_controls = owner::iwd_controls(Path::new("/"), config);
    let mut cards = stations.into_iter().map(|station| Card {
        beside_iwd: cfg!(feature = "dbus") && iwd_controls(&station.name, station.ifindex),
        ..known(config, station)
    });
    match name {
        Some(name) => cards
            .find(|card| card.name == name)
            .ok_or_else(|| Failure::cannot(name, "there is no such Wi-Fi interface")),
        None => cards
            .find(|card| config.manages(&card.device()))
            .ok_or_else(|| {
                Failure::cannot(
                    "there is nothing to explain",
                    "macveil manages no Wi-Fi interface here",
                )
            }),
    }
}

fn known(config: &Config, station: machine::Card) -> Card {
    Card {
        facts: AddressFacts {
            permanent: station.permanent,
            initial: remembered(config, &station.name).unwrap_or(station.initial),
            current: station.initial,
            previous: None,
        },
        name: station.name,
        driver: station.driver,
        kind: DeviceKind::Wifi,
        beside_iwd: false,
    }
}

/// The interface of this name, which is none of Wi-Fi's.
pub(super) fn port(config: &Config, name: &str) -> Result<Card, Failure> {
    let tried = "cannot look at the Ethernet interfaces";
    let mut kernel = Kernel::open().map_err(|error| Failure::cannot(tried, error))?;
    let ports = kernel
        .ports()
        .map_err(|error| Failure::cannot(tried, error))?;
    let port = ports.into_iter().find(|port| port.name == name);
    let port = port.ok_or_else(|| Failure::cannot(name, "there is no such Ethernet interface"))?;
    Ok(Card {
        facts: AddressFacts {
            permanent: port.permanent,
            initial: remembered(config, &port.name).unwrap_or(port.initial),
            current: port.initial,
            previous: None,
        },
        kind: DeviceKind::wired(port.physical),
        beside_iwd: false,
        name: port.name,
        driver: port.driver,
    })
}

/// What the card had at first, if the daemon wrote it down.
fn remembered(config: &Config, name: &str) -> Option<Mac> {
    let path = config.runtime_dir.join(format!("{name}.initial"));
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().next()?.parse().ok()
}

/// The key, which is never made here, and what else of the machine is hashed.
pub(super) fn host(config: &Config) -> Result<Host, Failure> {
    let path = config.state_dir.join(KEY_FILE);
    let key = store::read_key(&path, store::machine_id().as_ref()).map_err(|error| {
        Failure::cannot(
            "an address is explained with the key, which usually only root can read",
            error,
        )
    })?;
    Ok(Host {
        key,
        boot_id: store::boot_id(),
        zone: inputs::zone(None)?,
    })
}
