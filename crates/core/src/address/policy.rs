//! Address policies and their options, each with its names in the configuration.

use std::fmt;
use std::str::FromStr;

use crate::types::{Mac, Words, meaning_of, word_for};

/// `cloned-mac-address`: which address a network gets (`NetworkManager` 1.4; `stable-ssid` 1.46).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The card's permanent address.
    Permanent,
    /// The card's initial address.
    Preserve,
    /// A new random address for each association.
    Random,
    /// A keyed hash of the stable-id, by default of the connection.
    Stable,
    /// A keyed hash of the network's SSID.
    StableSsid,
    /// This one.
    Explicit(Mac),
}

/// `stable-binding`: what else of the host a stable address depends on, in addition to the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Binding {
    /// The interface name, as in `NetworkManager`.
    #[default]
    Interface,
    /// The card's permanent address: renaming the interface does not change addresses.
    Card,
    /// Nothing: all cards of this host get the same address.
    Host,
}

/// `slap`: the quadrant of generated addresses in the Structured Local Address Plan (IEEE 802c), which
/// divides the local address space by bits 2 and 3 of the first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Slap {
    /// Any of the four quadrants, as all major operating systems do.
    #[default]
    Any,
    /// Administratively Assigned Identifier: the second hexadecimal digit is 2.
    Aai,
}

impl Policy {
    /// Names of policies; an address is also accepted.
    pub const WORDS: Words<Self> = &[
        ("permanent", Self::Permanent),
        ("preserve", Self::Preserve),
        ("random", Self::Random),
        ("stable", Self::Stable),
        ("stable-ssid", Self::StableSsid),
    ];
}

impl Binding {
    /// Names in the configuration.
    pub const WORDS: Words<Self> = &[
        ("interface", Self::Interface),
        ("card", Self::Card),
        ("host", Self::Host),
    ];
}

impl Slap {
    /// Names in the configuration.
    pub const WORDS: Words<Self> = &[("any", Self::Any), ("aai", Self::Aai)];

    /// Moves the address into the quadrant.
    #[must_use]
    pub const fn apply(self, address: Mac) -> Mac {
        const QUADRANT_BITS: u8 = 0x0c;
        let mut bytes = address.bytes();
        match self {
            Self::Any => {}
            Self::Aai => bytes[0] &= !QUADRANT_BITS,
        }
        Mac(bytes)
    }
}

/// The text is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParsePolicyError {
    /// Neither a name nor an address.
    #[error(
        "unknown policy `{0}`: expected permanent, preserve, random, stable, stable-ssid or a MAC address"
    )]
    Unknown(String),
    /// A station cannot use this address.
    #[error("a station cannot use the address {0}: it is a group address or zero")]
    Unusable(Mac),
}

crate::types::serde_as_text!(Policy);

impl FromStr for Policy {
    type Err = ParsePolicyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(policy) = meaning_of(text, Self::WORDS) {
            return Ok(policy);
        }
        match text.parse::<Mac>() {
            Ok(address) if address.is_usable() => Ok(Self::Explicit(address)),
            Ok(address) => Err(ParsePolicyError::Unusable(address)),
            Err(_) => Err(ParsePolicyError::Unknown(text.to_owned())),
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit(address) => address.fmt(f),
            policy => f.write_str(word_for(policy, Self::WORDS).unwrap_or_default()),
        }
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word_for(self, Self::WORDS).unwrap_or_default())
    }
}

impl fmt::Display for Slap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word_for(self, Self::WORDS).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_survive_printing_and_parsing() {
        for text in [
            "permanent",
            "preserve",
            "random",
            "stable",
            "stable-ssid",
            "00:11:22:33:44:55",
        ] {
            assert_eq!(text.parse::<Policy>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn names_survive_printing_and_parsing() {
        fn check<T: fmt::Display + PartialEq + Copy + fmt::Debug>(words: Words<T>) {
            for &(word, meaning) in words {
                assert_eq!(meaning.to_string(), word);
                assert_eq!(meaning_of(word, words), Some(meaning));
            }
        }
        check(Binding::WORDS);
        check(Slap::WORDS);
        check(crate::types::KeyMgmt::WORDS);
    }

    #[test]
    fn unknown_policy_or_unusable_address_is_rejected() {
        for text in [
            "",
            "Stable",
            "stable ",
            "default",
            "01:00:00:00:00:00",
            "0:0:0:0:0:0",
        ] {
            assert!(text.parse::<Policy>().is_err(), "{text}");
        }
    }

    #[test]
    fn aai_sets_the_second_digit_to_2() {
        let address = Mac([0xfe, 1, 2, 3, 4, 5]);
        assert_eq!(Slap::Aai.apply(address), Mac([0xf2, 1, 2, 3, 4, 5]));
        assert_eq!(Slap::Any.apply(address), address);
    }
}
