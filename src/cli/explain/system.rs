//! The card and the host for an explanation.

use std::path::Path;
use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::cli::failure::Failure;
use crate::cli::{inputs, owner};
use crate::config::{Config, DeviceFacts};
use crate::platform::netlink::Kernel;
use crate::store::{self, KEY_FILE};
use macveil_core::address::{
    AddressFacts, AddressPolicies, AssignError, Derivation, Host, HostKey, NetworkFacts, Zone,
};
use macveil_core::machine;
use macveil_core::types::{DeviceKind, Mac};

/// Facts about a card that its addresses depend on.
pub(in crate::cli) struct Card {
    pub(in crate::cli) name: String,
    pub(in crate::cli) facts: AddressFacts,
    driver: String,
    kind: DeviceKind,
    /// Controlled by iwd.
    with_iwd: bool,
}

impl Card {
    /// A card that is not in this host.
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
            with_iwd: false,
        }
    }

    /// The same address policies as in the daemon.
    pub(in crate::cli) fn policies(&self, config: &Config, host: Arc<Host>) -> AddressPolicies {
        let policies = config.address_policies(&self.device(), host);
        if self.with_iwd && self.facts.permanent.is_some() {
            return policies.bound_to_card();
        }
        policies
    }

    pub(in crate::cli) fn device(&self) -> DeviceFacts<'_> {
        DeviceFacts {
            name: &self.name,
            permanent: self.facts.permanent,
            driver: &self.driver,
            kind: self.kind,
        }
    }
}

/// The interface with this name, or the first that macveil manages.
pub(in crate::cli) fn card(config: &Config, name: Option<&str>) -> Result<Card, Failure> {
    let tried = "cannot list the Wi-Fi interfaces";
    let mut kernel = Kernel::open().map_err(|error| Failure::cannot(tried, error))?;
    let stations = kernel
        .stations()
        .map_err(|error| Failure::cannot(tried, error))?;
    let iwd_controls = owner::iwd_controls(Path::new("/"), config);
    let mut cards = stations.into_iter().map(|station| Card {
        with_iwd: cfg!(feature = "dbus") && iwd_controls(&station.name, station.ifindex),
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
                    "cannot choose an interface",
                    "macveil manages no Wi-Fi interface on this host",
                )
            }),
    }
}

fn known(config: &Config, station: machine::Card) -> Card {
    Card {
        facts: AddressFacts {
            permanent: station.permanent,
            initial: saved_initial(config, &station.name).unwrap_or(station.initial),
            current: station.initial,
            previous: None,
        },
        name: station.name,
        driver: station.driver,
        kind: DeviceKind::Wifi,
        with_iwd: false,
    }
}

/// The Ethernet interface with this name.
pub(super) fn port(config: &Config, name: &str) -> Result<Card, Failure> {
    let tried = "cannot list the Ethernet interfaces";
    let mut kernel = Kernel::open().map_err(|error| Failure::cannot(tried, error))?;
    let ports = kernel
        .ethernet_devices()
        .map_err(|error| Failure::cannot(tried, error))?;
    let port = ports.into_iter().find(|port| port.name == name);
    let port = port.ok_or_else(|| Failure::cannot(name, "there is no such Ethernet interface"))?;
    Ok(Card {
        facts: AddressFacts {
            permanent: port.permanent,
            initial: saved_initial(config, &port.name).unwrap_or(port.initial),
            current: port.initial,
            previous: None,
        },
        kind: DeviceKind::wired(port.physical),
        with_iwd: false,
        name: port.name,
        driver: port.driver,
    })
}

/// The initial address of the card, if the daemon saved it.
fn saved_initial(config: &Config, name: &str) -> Option<Mac> {
    let path = config.runtime_dir.join(format!("{name}.initial"));
    store::saved_initial(&path)
}

/// The address that a network would get. A random one is not to be shown: it is another each time.
pub(in crate::cli) fn derive(
    policies: &AddressPolicies,
    network: &NetworkFacts<'_>,
    card: &AddressFacts,
) -> Result<Derivation, AssignError> {
    policies.derive(network, card, &mut StdRng::seed_from_u64(0))
}

/// The host without its key: for policies, and for addresses that are not made from the key.
pub(in crate::cli) fn keyless() -> Host {
    Host {
        key: HostKey::from_host_id(&[]),
        boot_id: store::boot_id(),
        zone: Zone::utc(),
    }
}

/// The key and other facts about the host. Never creates a key.
pub(in crate::cli) fn host(config: &Config) -> Result<Host, Failure> {
    let path = config.state_dir.join(KEY_FILE);
    let key = store::read_key(&path, store::machine_id().as_ref())
        .map_err(|error| Failure::cannot("no stable address without the key (use sudo)", error))?;
    Ok(Host {
        key,
        boot_id: store::boot_id(),
        zone: inputs::zone(None)?,
    })
}
