//! What is wished for, as an address.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use rand::CryptoRng;

use super::Args;
use crate::cli::failure::Failure;
use crate::cli::inputs;
use crate::platform::netlink::Adapter;
use crate::store;
use crate::tools::vendors::{VendorFilter, VendorListError, VendorLists};
use macveil_core::address::{
    AddressFacts, AddressPolicies, AssignError, BaseAddress, Binding, ConnectionOptions, Host,
    HostKey, Mask, NetworkFacts, Origin, Policy, Sourced, StableId,
};
use macveil_core::types::{Mac, Ssid};

/// Which address is wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    Policy(Policy, Details),
    /// Of a vendor of the interface's kind.
    Another,
    /// Of any vendor.
    Any,
}

/// What a policy may need to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Details {
    mask: Option<Mask>,
    stable_id: Option<StableId>,
    ssid: Option<Ssid>,
    binding: Binding,
    key_file: PathBuf,
}

/// Of the vendor part of an address.
const VENDOR_PART: Mac = Mac([0xff, 0xff, 0xff, 0, 0, 0]);
/// The U/L bit.
const LOCAL_BIT: Mac = Mac([2, 0, 0, 0, 0, 0]);
const ZERO: Mac = Mac([0; 6]);

const NOTHING_TO_PRESERVE: &str = "`preserve` would leave the address as it is, so there is nothing to set: `--permanent` brings back the card's own, `--ending` or `--mask 'MASK preserve'` keeps a part of the current one";
const NO_NETWORK: &str = "there is no network here whose address `stable-ssid` could be: say which with --ssid SSID, or take `stable --stable-id ID`";
const NO_CONNECTION: &str = "there is no connection here that `stable` could hang on, as on a wire: say what it is derived from with --stable-id ID, or for which network with --ssid SSID";
const NO_PERMANENT: &str = "its driver knows no permanent address, as is usual for virtual interfaces: say which address is meant";
const BIA: &str = "--bia is for --random (without --mask), --another and --any";

impl Args {
    /// What is wished for; `None` if nothing is to be changed.
    pub(super) fn wish(&self) -> Result<Option<Wish>, Failure> {
        let wish = if self.show {
            None
        } else if self.another {
            Some(Wish::Another)
        } else if self.any {
            Some(Wish::Any)
        } else if self.ending {
            Some(self.policy(Policy::Random, Some(ending())))
        } else {
            Some(self.policy(self.said_policy(), self.mask.clone()))
        };
        self.require_sense(wish.as_ref()).map_err(Failure::usage)?;
        Ok(match wish {
            Some(Wish::Policy(Policy::Random, _)) if self.bia => {
                Some(self.policy(Policy::Random, Some(burnt_in())))
            }
            wish => wish,
        })
    }

    fn said_policy(&self) -> Policy {
        match (self.policy, self.mac) {
            (Some(policy), _) => policy,
            (None, Some(address)) => Policy::Explicit(address),
            (None, None) if self.permanent => Policy::Permanent,
            (None, None) => Policy::Random,
        }
    }

    fn policy(&self, policy: Policy, mask: Option<Mask>) -> Wish {
        let details = Details {
            mask,
            stable_id: self.stable_id.clone(),
            ssid: self.ssid.clone(),
            binding: self.binding,
            key_file: self.key_file.clone(),
        };
        Wish::Policy(policy, details)
    }

    fn require_sense(&self, wish: Option<&Wish>) -> Result<(), &'static str> {
        let policy = match wish {
            Some(Wish::Policy(policy, _)) => Some(*policy),
            Some(Wish::Another | Wish::Any) | None => None,
        };
        let vendors = matches!(wish, Some(Wish::Another | Wish::Any));
        let random = policy == Some(Policy::Random) && !self.ending;
        let stable = policy == Some(Policy::Stable);
        let by_ssid = policy == Some(Policy::StableSsid);
        for (wrong, why) in [
            (policy == Some(Policy::Preserve), NOTHING_TO_PRESERVE),
            (by_ssid && self.ssid.is_none(), NO_NETWORK),
            (self.bia && !(vendors || random && self.mask.is_none()), BIA),
            (
                self.mask.is_some() && !(random || stable || by_ssid),
                "--mask says something to `random`, `stable` and `stable-ssid` only",
            ),
            (
                self.stable_id.is_some() && !stable,
                "--stable-id says something to the policy `stable` only",
            ),
            (
                self.ssid.is_some() && !(stable || by_ssid),
                "--ssid says something to `stable` and `stable-ssid` only",
            ),
        ] {
            if wrong {
                return Err(why);
            }
        }
        Ok(())
    }
}

fn ending() -> Mask {
    Mask::new(VENDOR_PART, vec![BaseAddress::Current])
}

fn burnt_in() -> Mask {
    Mask::new(LOCAL_BIT, vec![BaseAddress::Address(ZERO)])
}

impl Wish {
    /// The address; a random one is neither the permanent nor the current one.
    pub(super) fn address(
        &self,
        adapter: &Adapter,
        lists: Result<&VendorLists, &VendorListError>,
        rng: &mut impl CryptoRng,
    ) -> Result<Mac, Failure> {
        let kind = match self {
            Self::Policy(policy, details) => return details.address(*policy, adapter, rng),
            Self::Any => VendorFilter::Any,
            Self::Another if adapter.wifi => VendorFilter::Wireless,
            Self::Another => VendorFilter::Wired,
        };
        let tried = "cannot choose a vendor";
        let lists = lists.map_err(|error| Failure::cannot(tried, error.to_string()))?;
        let known = [Some(adapter.link.address), adapter.permanent];
        let avoid: Vec<Mac> = known.into_iter().flatten().collect();
        let drawn = lists.vendors().draw(kind, &avoid, rng);
        drawn.ok_or_else(|| {
            Failure::cannot(
                tried,
                "the list of vendors has none of this kind: try --any",
            )
        })
    }
}

impl Details {
    fn address(
        &self,
        policy: Policy,
        adapter: &Adapter,
        rng: &mut impl CryptoRng,
    ) -> Result<Mac, Failure> {
        if adapter.wifi && self.lacks_connection(policy) {
            return Err(Failure::usage(NO_CONNECTION));
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
                AssignError::NoPermanentAddress { .. } => {
                    Failure::cannot(format!("cannot change {}", adapter.name), NO_PERMANENT)
                }
                _ => Failure::usage(error),
            })
    }

    /// A wire is a connection of its own.
    fn lacks_connection(&self, policy: Policy) -> bool {
        let id = self.stable_id.as_ref();
        policy == Policy::Stable
            && self.ssid.is_none()
            && id.is_none_or(StableId::differs_by_network)
    }

    fn policies(&self, policy: Policy, interface: &str) -> Result<AddressPolicies, Failure> {
        let host = Host {
            key: self.key(policy)?,
            boot_id: store::boot_id(),
            zone: inputs::zone(None)?,
        };
        let options = ConnectionOptions {
            policy: Some(said(policy)),
            stable_id: self.stable_id.clone().map(said),
            mask: Some(said(self.mask.clone())),
            binding: Some(said(self.binding)),
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

    fn key(&self, policy: Policy) -> Result<HostKey, Failure> {
        match policy {
            Policy::Stable | Policy::StableSsid => {
                store::read_key(&self.key_file, store::machine_id().as_ref()).map_err(|error| {
                    Failure::cannot("cannot make a stable address without a key", error)
                })
            }
            Policy::Permanent | Policy::Preserve | Policy::Random | Policy::Explicit(_) => {
                Ok(HostKey::from_host_id(&[]))
            }
        }
    }
}

fn said<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::Arguments,
    }
}
