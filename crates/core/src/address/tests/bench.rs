//! Short builders for policies.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::address::{
    AddressFacts, AddressPolicies, AssignError, ConnectionOptions, Derivation, Host, HostKey,
    NetworkFacts, NetworkRule, Origin, Sourced, Zone,
};
use crate::types::{Mac, Ssid};

pub(super) const PERMANENT: Mac = Mac([0x00, 0x11, 0x22, 0x33, 0x44, 0x55]);
pub(super) const MASK: Mac = Mac([0x52, 0, 0, 0, 0, 1]);

/// Everything that an address can depend on.
#[derive(Debug, Clone)]
pub(super) struct Bench {
    pub(super) interface: String,
    pub(super) key: HostKey,
    pub(super) boot_id: Option<String>,
    pub(super) zone: Zone,
    pub(super) rules: Vec<NetworkRule>,
    pub(super) options: ConnectionOptions,
    pub(super) card: AddressFacts,
}

impl Bench {
    /// A card with a mask address, and no options.
    pub(super) fn new() -> Self {
        Self {
            interface: "wlan0".to_owned(),
            key: HostKey::from_host_id(b"a key for tests."),
            boot_id: Some("d0ef1e0e-5a0c-4c2b-9d5c-7a1d6d3f2a10".to_owned()),
            zone: Zone::utc(),
            rules: Vec::new(),
            options: ConnectionOptions::default(),
            card: AddressFacts {
                permanent: Some(PERMANENT),
                initial: PERMANENT,
                current: MASK,
                previous: None,
            },
        }
    }

    pub(super) fn policy(mut self, text: &str) -> Self {
        self.options.policy = Some(sourced(text.parse().unwrap()));
        self
    }

    pub(super) fn stable_id(mut self, text: &str) -> Self {
        self.options.stable_id = Some(sourced(text.parse().unwrap()));
        self.policy("stable")
    }

    pub(super) fn mask(mut self, text: &str) -> Self {
        self.options.mask = Some(sourced(Some(text.parse().unwrap())));
        self
    }

    pub(super) fn uuid(mut self, text: &str) -> Self {
        self.options.uuid = Some(sourced(text.to_owned()));
        self
    }

    pub(super) fn policies(&self) -> AddressPolicies {
        let host = Host {
            key: self.key.clone(),
            boot_id: self.boot_id.clone(),
            zone: self.zone.clone(),
        };
        AddressPolicies::new(
            self.interface.clone(),
            Arc::new(host),
            None,
            self.rules.clone(),
            self.options.clone(),
        )
    }

    pub(super) fn derive(&self, network: &NetworkFacts) -> Result<Derivation, AssignError> {
        self.policies().derive(network, &self.card, &mut rng(1))
    }

    pub(super) fn assign(&self, network: &NetworkFacts) -> Result<Mac, AssignError> {
        Ok(self.derive(network)?.address)
    }

    pub(super) fn accepts(&self, network: &NetworkFacts, current: Mac) -> bool {
        self.policies().accepts(network, &self.card, current)
    }
}

pub(super) fn sourced<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::Arguments,
    }
}

pub(super) fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub(super) fn ssid(name: &str) -> Ssid {
    Ssid::new(name.as_bytes()).unwrap()
}

pub(super) fn mac(text: &str) -> Mac {
    text.parse().unwrap()
}
