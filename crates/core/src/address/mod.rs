//! Which address a network gets: pure, and bit-compatible with `NetworkManager` where its answer is fixed.
//!
//! An [`AddressPolicies`] is everything that one interface needs to know. It is asked twice for each
//! association: which mask to carry before it, and which address during it.

mod base64;
mod book;
mod derive;
mod escape;
#[cfg(any(test, fuzzing, feature = "fuzzing"))]
pub mod fuzzing;
mod generate;
mod history;
mod key;
mod mask;
mod network;
mod period;
mod policy;
mod stable;
mod stable_id;
#[cfg(test)]
mod tests;
mod unassignable;
mod wishes;
mod zone;

pub use book::{AddressFacts, AddressPolicies, Host};
pub use derive::{Derivation, Source};
pub use history::{History, Record};
pub use key::{HostKey, MachineId, NewKey, TooShort};
pub use mask::{Mask, Origin, Originals, ParseMaskError};
pub use network::{Matched, NetworkFacts, NetworkMatch};
pub use period::{ParseLengthError, Reading, format_length, parse_length, parse_reading};
pub use policy::{Binding, ParsePolicyError, Policy, Slap};
pub use stable::EffectiveId;
pub use stable_id::{NmVersion, ParseStableIdError, ParseVersionError, StableId};
pub use unassignable::AssignError;
pub use wishes::{Choice, ConnectionOptions, NetworkRule, Place, Said};
pub use zone::{NoZone, Zone};
