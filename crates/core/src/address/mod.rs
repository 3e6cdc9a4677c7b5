//! Address policies: which address a network gets. Bit-compatible with `NetworkManager` where its
//! result is deterministic.
//!
//! [`AddressPolicies`] holds the policies of one interface. For each association it supplies the mask
//! address before it and the assigned address during it.

mod assign_error;
mod derive;
mod escape;
#[cfg(any(test, fuzzing, feature = "fuzzing"))]
pub mod fuzzing;
mod generate;
mod history;
mod key;
mod mask;
mod network;
mod options;
mod period;
mod policies;
mod policy;
mod stable;
mod stable_id;
#[cfg(test)]
mod tests;
mod zone;

pub use assign_error::AssignError;
pub use derive::{Derivation, Source};
pub(crate) use history::USE_INTERVAL;
pub use history::{History, Record};
pub use key::{HostKey, MachineId, NewKey, TooShort, is_weak_key};
pub use mask::{BaseAddress, BaseAddresses, Mask, ParseMaskError};
pub use network::{Matched, NetworkFacts, NetworkMatch};
pub use options::{ConnectionOptions, NetworkRule, Origin, ResolvedPolicy, Sourced};
pub use period::{ParseLengthError, Reading, format_length, parse_length, parse_reading};
pub use policies::{AddressFacts, AddressPolicies, Host};
pub use policy::{Binding, ParsePolicyError, Policy, Slap};
pub use stable::EffectiveId;
pub use stable_id::{NmVersion, ParseStableIdError, ParseVersionError, StableId};
pub use zone::{Zone, ZoneError};
