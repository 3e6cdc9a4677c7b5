//! Why a network has no address.

use super::Origin;
use crate::types::Mac;

/// There is no address for this network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// `permanent`, or an id that needs it, on a card without one.
    #[error("the driver knows no permanent address of this card, and {origin} asks for it")]
    NoPermanentAddress {
        /// Where it is asked for.
        origin: Origin,
    },
    /// `preserve` of an address that no station may have.
    #[error(
        "there is nothing to preserve: the card had the address {initial}, which no station may have"
    )]
    NothingToPreserve {
        /// What the card had.
        initial: Mac,
    },
    /// The boot cannot be told from another.
    #[error("the id at {origin} asks for ${{BOOT}}, and the kernel's boot_id cannot be read")]
    NoBootId {
        /// Where the id is.
        origin: Origin,
    },
    /// The time is not known.
    #[error("the id at {origin} changes with time, and the time is not known")]
    NoClock {
        /// Where the id is.
        origin: Origin,
    },
    /// A rule or key hangs on something that is not known.
    #[error("what holds for this network hangs on {fact}, which is not known ({origin})")]
    Undetermined {
        /// What is not known.
        fact: &'static str,
        /// Where it is asked for.
        origin: Origin,
    },
    /// The mask keeps so many bits that the result is the permanent address, or no usable one.
    #[error(
        "the mask at {origin} leaves no address but {address}: it must leave more bits to chance"
    )]
    MaskTooWide {
        /// Where the mask is.
        origin: Origin,
        /// What came out.
        address: Mac,
    },
}
