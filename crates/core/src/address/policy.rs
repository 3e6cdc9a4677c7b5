//! What the user may want of an address, each as one word of the configuration.

use std::fmt;
use std::str::FromStr;

use crate::types::{Mac, Words, meaning_of, word_for};

/// `cloned-mac-address`: which address a network gets (`NetworkManager` 1.4; `stable-ssid` 1.46).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The card's permanent address.
    Permanent,
    /// The address that the card had when first seen.
    Preserve,
    /// A new one for each association.
    Random,
    /// A keyed hash of the stable-id, by default of the connection.
    Stable,
    /// A keyed hash of the network's SSID.
    StableSsid,
    /// This one.
    Explicit(Mac),
}

/// `stable-binding`: what of the machine, besides its key, a stable address hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Binding {
    /// The interface's name, as in `NetworkManager`.
    #[default]
    Interface,
    /// The card's permanent address: a card keeps its addresses under any name.
    Card,
    /// Nothing: any card of this machine gets the same.
    Host,
}

/// `slap`: the quadrant of the local address space (IEEE 802c) for generated addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Slap {
    /// All four, as every large system has it.
    #[default]
    Any,
    /// Administratively assigned: the second hexadecimal digit is 2.
    Aai,
}

impl Policy {
    /// The words that stand for a policy; besides them, an address.
    pub const WORDS: Words<Self> = &[
        ("permanent", Self::Permanent),
        ("preserve", Self::Preserve),
        ("random", Self::Random),
        ("stable", Self::Stable),
        ("stable-ssid", Self::StableSsid),
    ];
}

impl Binding {
    /// The words that stand for a binding.
    pub const WORDS: Words<Self> = &[
        ("interface", Self::Interface),
        ("card", Self::Card),
        ("host", Self::Host),
    ];
}

impl Slap {
    /// The words that stand for a quadrant.
    pub const WORDS: Words<Self> = &[("any", Self::Any), ("aai", Self::Aai)];

    /// The address moved into the quadrant.
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

/// The text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParsePolicyError {
    /// It is neither a word nor an address.
    #[error(
        "`{0}` is no policy: permanent, preserve, random, stable, stable-ssid or a MAC address is meant"
    )]
    Unknown(String),
    /// No station may have this address.
    #[error("no station may have the address {0}: it is a group address or zero")]
    Unusable(Mac),
}

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
    fn every_policy_reads_back_as_printed() {
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
    fn every_word_is_printed_as_it_is_read() {
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
    fn refuses_other_words_and_addresses_that_no_station_may_have() {
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
    fn aai_has_the_second_digit_two() {
        let address = Mac([0xfe, 1, 2, 3, 4, 5]);
        assert_eq!(Slap::Aai.apply(address), Mac([0xf2, 1, 2, 3, 4, 5]));
        assert_eq!(Slap::Any.apply(address), address);
    }
}
