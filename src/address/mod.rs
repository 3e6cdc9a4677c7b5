//! Which address a network gets: pure, and bit-compatible with `NetworkManager` where its answer is fixed.
//!
//! An [`AddressBook`] is everything that one interface needs to know. It is asked twice for each
//! association: which mask to carry before it, and which address during it.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod base64;
mod book;
mod derive;
mod escape;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod generate;
mod history;
mod key;
mod mac;
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

pub use book::{AddressBook, AddressFacts, Host};
pub use derive::{Derivation, Source};
pub use history::{History, Record};
pub use key::{HostKey, MachineId, NewKey, TooShort};
pub use mac::{Mac, ParseMacError};
pub use mask::{Mask, Origin, Originals, ParseMaskError};
pub use network::{Matched, NetworkFacts, NetworkMatch, Security};
pub use period::{ParseLengthError, Reading, format_length, parse_length, parse_reading};
pub use policy::{Binding, ParsePolicyError, Policy, Slap, Words};
pub use stable::EffectiveId;
pub use stable_id::{NmVersion, ParseStableIdError, ParseVersionError, StableId};
pub use unassignable::Unassignable;
pub use wishes::{Choice, NetworkRule, Place, Said, Wishes};
pub use zone::{NoZone, Zone};
