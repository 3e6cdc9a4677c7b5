//! The part of an address that a registry assigns.

use std::fmt;

use macveil_core::types::Mac;

/// Bits of the blocks that the IEEE assigns: MA-L, MA-M, MA-S.
pub(super) const LENGTHS: [u8; 3] = [24, 28, 36];
const ADDRESS_BITS: u8 = 48;

/// The first bits of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix {
    /// The lowest address with this prefix.
    first: u64,
    bits: u8,
}

impl Prefix {
    /// The first `bits` of an address.
    pub(super) fn of(address: Mac, bits: u8) -> Self {
        Self {
            first: number(address) & !host_mask(bits),
            bits,
        }
    }

    /// Whether the address has this prefix.
    pub(super) fn has(self, address: Mac) -> bool {
        number(address) & !host_mask(self.bits) == self.first
    }

    /// Reads six, seven or nine hexadecimal digits.
    pub(super) fn from_digits(digits: &[u8]) -> Option<Self> {
        let bits = u8::try_from(digits.len()).ok()?.checked_mul(4)?;
        if !LENGTHS.contains(&bits) {
            return None;
        }
        let value = digits.iter().try_fold(0, |value, &digit| {
            Some(value << 4 | u64::from(char::from(digit).to_digit(16)?))
        })?;
        Some(Self {
            first: value << (ADDRESS_BITS - bits),
            bits,
        })
    }

    /// The lowest address.
    #[must_use]
    pub fn first(self) -> Mac {
        address(self.first)
    }

    /// The address with this prefix and the last bits of `rest`.
    pub(super) fn with(self, rest: u64) -> Mac {
        address(self.first | (rest & host_mask(self.bits)))
    }
}

/// A mask of the bits after a prefix.
const fn host_mask(bits: u8) -> u64 {
    (1 << (ADDRESS_BITS - bits)) - 1
}

fn number(address: Mac) -> u64 {
    let bytes = address.bytes().into_iter();
    bytes.fold(0, |number, byte| number << 8 | u64::from(byte))
}

fn address(number: u64) -> Mac {
    let [_, _, bytes @ ..] = number.to_be_bytes();
    Mac(bytes)
}

impl fmt::Display for Prefix {
    /// `00:1b:77`, and `00:1b:c5:00:00:00/36` where it ends within a byte.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.first().to_string();
        match text.split_at_checked(8) {
            Some((vendor, _)) if self.bits == 24 => f.write_str(vendor),
            _ => write!(f, "{text}/{}", self.bits),
        }
    }
}
