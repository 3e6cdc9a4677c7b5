//! Values of `NetworkManager`'s settings.

use std::fmt;

use macveil_core::address::{BaseAddress, Mask, NmVersion, StableId};
use macveil_core::types::Mac;

/// `cloned-mac-address`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    Word(&'static str),
    Address(Mac),
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Address(address) => address.fmt(f),
        }
    }
}

const WORDS: [&str; 5] = ["permanent", "preserve", "random", "stable", "stable-ssid"];

/// Parses a policy like this version of `NetworkManager`.
pub(super) fn policy(text: &str, version: NmVersion) -> Option<Policy> {
    let known = |word: &&str| *word != "stable-ssid" || version >= NmVersion::NETWORK_SSID;
    let word = WORDS.into_iter().filter(known).find(|word| *word == text);
    word.map(Policy::Word)
        .or_else(|| text.parse().ok().map(Policy::Address))
}

/// Parses a mask, without macveil's extension `preserve`.
pub(super) fn mask(text: &str) -> Option<Mask> {
    let mask: Mask = text.parse().ok()?;
    let foreign = mask.bases().contains(&BaseAddress::Current);
    (!foreign).then_some(mask)
}

/// Whether the meaning of a stable-id differs between macveil and this version.
pub(super) fn needs_version(id: &str, version: NmVersion) -> bool {
    match (
        id.parse::<StableId>(),
        StableId::of_network_manager(id, version),
    ) {
        (Ok(ours), Ok(theirs)) => ours.meaning() != theirs.meaning(),
        _ => true,
    }
}
