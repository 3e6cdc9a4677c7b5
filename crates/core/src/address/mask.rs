//! `NetworkManager`'s `generate-mac-address-mask`: which bits of an address are not left to chance.

use std::fmt;
use std::str::FromStr;

use crate::types::{Mac, ParseMacError};

/// Which bits to keep, and whose: `MASK [ADDRESS|preserve]...` (`NetworkManager` 1.4; `preserve` is
/// the 1.4 announcement's wish).
///
/// Without an address the kept bits are those of the card's initial address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    keep: Mac,
    bases: Vec<BaseAddress>,
}

/// Where kept bits come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseAddress {
    /// From this address.
    Address(Mac),
    /// `preserve`: from the address that the card has at that moment.
    Current,
}

/// The addresses of the card that kept bits may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseAddresses {
    /// What the card had when first seen.
    pub initial: Mac,
    /// What it has now.
    pub current: Mac,
}

impl Mask {
    /// A mask that keeps these bits, of one of the bases; none: of the initial address.
    #[must_use]
    pub const fn new(keep: Mac, bases: Vec<BaseAddress>) -> Self {
        Self { keep, bases }
    }

    /// The bits that are kept.
    #[must_use]
    pub const fn keep(&self) -> Mac {
        self.keep
    }

    /// Where the kept bits may come from; empty: from the initial address.
    #[must_use]
    pub fn bases(&self) -> &[BaseAddress] {
        &self.bases
    }

    /// How many of the 46 bits that an address is free to choose this mask leaves to chance.
    #[must_use]
    pub fn free_bits(&self) -> u32 {
        let [first, rest @ ..] = self.keep.bytes();
        (first & 0xfc).count_zeros() - 2 + rest.iter().map(|byte| byte.count_zeros()).sum::<u32>()
    }

    /// The address that the `chance`-th base gives: any number will do.
    #[must_use]
    pub fn base(&self, chance: u64, base_addresses: BaseAddresses) -> Mac {
        let count = u64::try_from(self.bases.len()).unwrap_or(u64::MAX);
        let chosen = chance
            .checked_rem(count)
            .and_then(|index| self.bases.get(usize::try_from(index).ok()?));
        match chosen {
            None => base_addresses.initial,
            Some(BaseAddress::Address(address)) => *address,
            Some(BaseAddress::Current) => base_addresses.current,
        }
    }

    /// Replaces the kept bits of `address` by those of `base`; the result is never a group address.
    #[must_use]
    pub fn apply(&self, address: Mac, base: Mac) -> Mac {
        let mut bytes = address.bytes();
        let kept = self.keep.bytes().into_iter().zip(base.bytes());
        for (byte, (keep, original)) in bytes.iter_mut().zip(kept) {
            *byte = (*byte & !keep) | (original & keep);
        }
        Mac(bytes).into_unicast()
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keep.fmt(f)?;
        self.bases.iter().try_for_each(|base| write!(f, " {base}"))
    }
}

impl fmt::Display for BaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Current => f.write_str("preserve"),
        }
    }
}

/// The text is no mask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseMaskError {
    /// There is nothing but white space.
    #[error("a mask is six bytes in hexadecimal and then, if wished, addresses to take bits from")]
    Empty,
    /// The first word.
    #[error("the mask: {0}")]
    Keep(ParseMacError),
    /// A later word.
    #[error("word {number} of the mask: {error}, or `preserve`")]
    BaseAddress {
        /// Counted from 1.
        number: usize,
        /// What is wrong with it.
        error: ParseMacError,
    },
}

impl FromStr for Mask {
    type Err = ParseMaskError;

    /// Reads words between ASCII white space; one bad word makes the whole mask invalid.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.split_ascii_whitespace();
        let keep = words.next().ok_or(ParseMaskError::Empty)?;
        let keep = keep.parse().map_err(ParseMaskError::Keep)?;
        let bases = (2..).zip(words).map(|(number, word)| {
            word.parse()
                .map_err(|error| ParseMaskError::BaseAddress { number, error })
        });
        Ok(Self {
            keep,
            bases: bases.collect::<Result<_, _>>()?,
        })
    }
}

impl FromStr for BaseAddress {
    type Err = ParseMacError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "preserve" => Ok(Self::Current),
            address => address.parse().map(Self::Address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_to_chance_is_counted_without_the_two_bits_that_never_are() {
        for (mask, bits) in [
            ("00:00:00:00:00:00", 46),
            ("03:00:00:00:00:00", 46),
            ("fe:ff:ff:00:00:00", 24),
            ("ff:ff:ff:ff:ff:f0", 4),
            ("ff:ff:ff:ff:ff:ff", 0),
        ] {
            assert_eq!(mask.parse::<Mask>().unwrap().free_bits(), bits, "{mask}");
        }
    }
}
