//! `NetworkManager`'s `generate-mac-address-mask`: which bits of a generated address are fixed.

use std::fmt;
use std::str::FromStr;

use crate::types::{Mac, ParseMacError};

/// The bits to keep and the base addresses to take them from: `MASK [ADDRESS|preserve]...`
/// (`NetworkManager` 1.4; `preserve` is from the announcement of 1.4).
///
/// Without a base address the bits come from the card's initial address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    keep: Mac,
    bases: Vec<BaseAddress>,
}

/// Where kept bits are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseAddress {
    /// This address.
    Address(Mac),
    /// `preserve`: the current address of the card.
    Current,
}

/// The addresses of the card from which bits can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseAddresses {
    /// The address when macveil first saw the card.
    pub initial: Mac,
    /// The current address.
    pub current: Mac,
}

impl Mask {
    /// Keeps the bits `keep` of one of `bases`, or of the initial address if there are none.
    #[must_use]
    pub const fn new(keep: Mac, bases: Vec<BaseAddress>) -> Self {
        Self { keep, bases }
    }

    /// The bits to keep.
    #[must_use]
    pub const fn keep(&self) -> Mac {
        self.keep
    }

    /// Where the bits can come from; empty: the initial address.
    #[must_use]
    pub fn bases(&self) -> &[BaseAddress] {
        &self.bases
    }

    /// How many of the 46 free bits of an address are not kept.
    #[must_use]
    pub fn free_bits(&self) -> u32 {
        let [first, rest @ ..] = self.keep.bytes();
        (first & 0xfc).count_zeros() - 2 + rest.iter().map(|byte| byte.count_zeros()).sum::<u32>()
    }

    /// The base address with this index, modulo their number.
    #[must_use]
    pub fn base(&self, index: u64, base_addresses: BaseAddresses) -> Mac {
        let count = u64::try_from(self.bases.len()).unwrap_or(u64::MAX);
        let chosen = index
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
        for (byte, (keep, base)) in bytes.iter_mut().zip(kept) {
            *byte = (*byte & !keep) | (base & keep);
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

/// The text is not a mask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseMaskError {
    /// Only white space.
    #[error("empty mask: expected six hexadecimal bytes, optionally followed by base addresses")]
    Empty,
    /// The first word.
    #[error("in the mask: {0}")]
    Keep(ParseMacError),
    /// A later word.
    #[error("in word {number} of the mask: {error}, or `preserve`")]
    BaseAddress {
        /// Counted from 1.
        number: usize,
        /// The cause.
        error: ParseMacError,
    },
}

impl FromStr for Mask {
    type Err = ParseMaskError;

    /// Splits at ASCII white space; one invalid word makes the whole mask invalid.
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
    fn free_bits_exclude_the_local_and_group_bits() {
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
