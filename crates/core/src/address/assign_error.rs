//! Why no address can be assigned to a network.

use super::Origin;
use crate::types::Mac;

/// No address can be assigned to the network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// `permanent` or `stable-binding = "card"` on a card without a permanent address.
    #[error("the driver reports no permanent address of the card, and {origin} needs it")]
    NoPermanentAddress {
        /// Where it is required.
        origin: Origin,
    },
    /// `preserve` of an unusable address.
    #[error("cannot preserve the initial address {initial}: it is a group address or zero")]
    NothingToPreserve {
        /// The initial address.
        initial: Mac,
    },
    /// There is no secret key.
    #[error("there are no stable addresses without a key: {reason}")]
    NoKey {
        /// Why there is none.
        reason: String,
    },
    /// The `boot_id` is unknown.
    #[error("the stable-id at {origin} needs ${{BOOT}}, and the kernel's boot_id cannot be read")]
    NoBootId {
        /// Where the id is.
        origin: Origin,
    },
    /// The time is unknown.
    #[error("the stable-id at {origin} depends on the time, which is unknown")]
    NoClock {
        /// Where the id is.
        origin: Origin,
    },
    /// A rule or option depends on an unknown fact.
    #[error("cannot choose a policy: it depends on {fact}, which is unknown ({origin})")]
    Undetermined {
        /// The unknown fact.
        fact: &'static str,
        /// Where it is required.
        origin: Origin,
    },
    /// The mask keeps so many bits that the result is the permanent address or unusable.
    #[error("the mask at {origin} allows only the address {address}: keep fewer bits")]
    MaskTooWide {
        /// Where the mask is.
        origin: Origin,
        /// The only possible address.
        address: Mac,
    },
}
