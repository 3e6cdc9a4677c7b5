//! Chooses the requested address.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use rand::CryptoRng;

use crate::platform::netlink::Adapter;
use crate::store;
use crate::tools::vendors::{VendorFilter, VendorListError, VendorLists};
use macveil_core::address::{
    AddressFacts, AddressPolicies, AssignError, Binding, ConnectionOptions, Host, HostKey, Mask,
    NetworkFacts, Origin, Policy, Sourced, StableId,
};
use macveil_core::types::{Mac, Ssid};

/// How to choose the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RequestedAddress {
    Policy(Policy, PolicyOptions),
    /// Of a random vendor of the same type of interface.
    AnotherVendor,
    /// Of any vendor.
    AnyVendor,
}

/// Options of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PolicyOptions {
    pub(crate) mask: Option<Mask>,
    pub(crate) stable_id: Option<StableId>,
    pub(crate) ssid: Option<Ssid>,
    pub(crate) binding: Binding,
    pub(crate) key_file: PathBuf,
}

/// Why no address can be chosen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    #[error(
        "the driver reports no permanent address, as usual for virtual interfaces: specify an address"
    )]
    NoPermanentAddress,
    #[error(
        "Wi-Fi has no connection here to derive `stable` from: use --stable-id ID, or --ssid SSID for the address of a network"
    )]
    NoConnection,
    #[error("{0}")]
    VendorList(String),
    #[error("the vendor list has no vendor of this type: try --any")]
    NoVendor,
    #[error("cannot generate a stable address without a key")]
    Key(#[source] store::KeyError),
    #[error(transparent)]
    Policy(AssignError),
}

impl RequestedAddress {
    /// Chooses the address. A random one is never the permanent or the current address.
    pub(crate) fn choose(
        &self,
        adapter: &Adapter,
        lists: Result<&VendorLists, &VendorListError>,
        rng: &mut impl CryptoRng,
    ) -> Result<Mac, RequestError> {
        let filter = match self {
            Self::Policy(policy, options) => return options.assign(*policy, adapter, rng),
            Self::AnyVendor => VendorFilter::Any,
            Self::AnotherVendor if adapter.wifi => VendorFilter::Wireless,
            Self::AnotherVendor => VendorFilter::Wired,
        };
        let lists = lists.map_err(|error| RequestError::VendorList(error.to_string()))?;
        let used = [Some(adapter.link.address), adapter.permanent];
        let avoid: Vec<Mac> = used.into_iter().flatten().collect();
        let drawn = lists.vendors().draw(filter, &avoid, rng);
        drawn.ok_or(RequestError::NoVendor)
    }
}

impl PolicyOptions {
    fn assign(
        &self,
        policy: Policy,
        adapter: &Adapter,
        rng: &mut impl CryptoRng,
    ) -> Result<Mac, RequestError> {
        if adapter.wifi && self.lacks_connection(policy) {
            return Err(RequestError::NoConnection);
        }
        let current = adapter.link.address;
        let card = AddressFacts {
            permanent: adapter.permanent,
            initial: adapter.permanent.unwrap_or(current),
            current,
            previous: None,
        };
        let network = NetworkFacts {
            ssid: self.ssid.as_ref(),
            time: Some(SystemTime::now()),
            ..NetworkFacts::default()
        };
        let policies = self.policies(policy, &adapter.name)?;
        policies
            .assign(&network, &card, rng)
            .map_err(|error| match error {
                AssignError::NoPermanentAddress { .. } => RequestError::NoPermanentAddress,
                error => RequestError::Policy(error),
            })
    }

    /// Ethernet needs no connection: there is one for each interface.
    fn lacks_connection(&self, policy: Policy) -> bool {
        let id = self.stable_id.as_ref();
        policy == Policy::Stable
            && self.ssid.is_none()
            && id.is_none_or(StableId::differs_by_network)
    }

    fn policies(&self, policy: Policy, interface: &str) -> Result<AddressPolicies, RequestError> {
        let host = Host {
            key: self.key(policy)?,
            boot_id: store::boot_id(),
            zone: store::zone(),
        };
        let options = ConnectionOptions {
            policy: Some(from_arguments(policy)),
            stable_id: self.stable_id.clone().map(from_arguments),
            mask: Some(from_arguments(self.mask.clone())),
            binding: Some(from_arguments(self.binding)),
            ..ConnectionOptions::default()
        };
        let name = interface.to_owned();
        Ok(AddressPolicies::new(
            name,
            Arc::new(host),
            None,
            Vec::new(),
            options,
        ))
    }

    fn key(&self, policy: Policy) -> Result<HostKey, RequestError> {
        match policy {
            Policy::Stable | Policy::StableSsid => {
                let machine_id = store::machine_id();
                store::read_key(&self.key_file, machine_id.as_ref()).map_err(RequestError::Key)
            }
            Policy::Permanent | Policy::Preserve | Policy::Random | Policy::Explicit(_) => {
                Ok(HostKey::from_host_id(&[]))
            }
        }
    }
}

fn from_arguments<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::Arguments,
    }
}
