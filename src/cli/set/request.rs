//! Turns the arguments into a request.

use super::Args;
use crate::cli::failure::Failure;
use crate::tools::set::{PolicyOptions, RequestedAddress};
use macveil_core::address::{BaseAddress, Mask, Policy};
use macveil_core::types::Mac;

const VENDOR_PART: Mac = Mac([0xff, 0xff, 0xff, 0, 0, 0]);
/// The U/L bit.
const LOCAL_BIT: Mac = Mac([2, 0, 0, 0, 0, 0]);
const ZERO: Mac = Mac([0; 6]);

const NOTHING_TO_PRESERVE: &str = "`preserve` changes nothing: use --permanent for the permanent address, or --ending or --mask 'MASK preserve' to keep a part of the current one";
const NO_NETWORK: &str =
    "`stable-ssid` needs a network: use --ssid SSID, or `stable --stable-id ID`";
const BIA: &str = "--bia requires --random (without --mask), --another or --any";

impl Args {
    /// The requested address; `None`: only show the addresses.
    pub(super) fn request(&self) -> Result<Option<RequestedAddress>, Failure> {
        let request = if self.only_shows() {
            None
        } else if self.another {
            Some(RequestedAddress::AnotherVendor)
        } else if self.any {
            Some(RequestedAddress::AnyVendor)
        } else if self.ending {
            Some(self.with_policy(Policy::Random, Some(ending())))
        } else {
            Some(self.with_policy(self.requested_policy(), self.mask.clone()))
        };
        self.check_options(request.as_ref())
            .map_err(Failure::usage)?;
        Ok(match request {
            Some(RequestedAddress::Policy(Policy::Random, _)) if self.bia => {
                Some(self.with_policy(Policy::Random, Some(burnt_in())))
            }
            request => request,
        })
    }

    const fn only_shows(&self) -> bool {
        let changes = self.permanent || self.random || self.ending || self.another || self.any;
        !changes && self.policy.is_none() && self.mac.is_none()
    }

    fn requested_policy(&self) -> Policy {
        match (self.policy, self.mac) {
            (Some(policy), _) => policy,
            (None, Some(address)) => Policy::Explicit(address),
            (None, None) if self.permanent => Policy::Permanent,
            (None, None) => Policy::Random,
        }
    }

    fn with_policy(&self, policy: Policy, mask: Option<Mask>) -> RequestedAddress {
        let options = PolicyOptions {
            mask,
            stable_id: self.stable_id.clone(),
            ssid: self.ssid.clone(),
            binding: self.binding,
            key_file: self.key_file.clone(),
        };
        RequestedAddress::Policy(policy, options)
    }

    /// Checks that each option has an effect.
    fn check_options(&self, request: Option<&RequestedAddress>) -> Result<(), &'static str> {
        let policy = match request {
            Some(RequestedAddress::Policy(policy, _)) => Some(*policy),
            Some(RequestedAddress::AnotherVendor | RequestedAddress::AnyVendor) | None => None,
        };
        let vendors = request.is_some() && policy.is_none();
        let random = policy == Some(Policy::Random) && !self.ending;
        let stable = policy == Some(Policy::Stable);
        let by_ssid = policy == Some(Policy::StableSsid);
        for (wrong, why) in [
            (policy == Some(Policy::Preserve), NOTHING_TO_PRESERVE),
            (by_ssid && self.ssid.is_none(), NO_NETWORK),
            (self.bia && !(vendors || random && self.mask.is_none()), BIA),
            (
                self.mask.is_some() && !(random || stable || by_ssid),
                "--mask requires `random`, `stable` or `stable-ssid`",
            ),
            (
                self.stable_id.is_some() && !stable,
                "--stable-id requires `stable`",
            ),
            (
                self.ssid.is_some() && !(stable || by_ssid),
                "--ssid requires `stable` or `stable-ssid`",
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
