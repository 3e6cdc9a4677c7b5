//! Whose prefixes addresses have: the lists that distributions ship, read when they are needed.
//!
//! | module | what it knows |
//! |---|---|
//! | `prefix` | pure: the first 24, 28 or 36 bits of an address |
//! | `parse` | pure: every format that such lists come in |
//! | `draw` | pure: an address as a vendor would have given it |
//! | `files` | where the lists are |

mod draw;
mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod parse;
mod prefix;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use draw::Kind;
pub use files::{Lists, NoList, from_file, installed};
pub use prefix::Prefix;

use macveil_core::address::Mac;

/// Vendors by their prefixes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vendors {
    by_prefix: BTreeMap<Prefix, Vendor>,
}

/// The owner of a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Vendor {
    name: String,
    /// It is in a list of wireless cards.
    card: bool,
}

impl Vendors {
    /// Adds what a list says of the prefixes that are wanted. Of two names for a prefix the first holds.
    fn add(&mut self, text: &str, card: bool, is_wanted: impl Fn(Prefix) -> bool) {
        for (prefix, name) in parse::entries(text) {
            if !is_wanted(prefix) {
                continue;
            }
            let Some(name) = parse::cleaned(name) else {
                continue;
            };
            let vendor = self
                .by_prefix
                .entry(prefix)
                .or_insert(Vendor { name, card });
            vendor.card |= card;
        }
    }

    /// The vendor of an address, by the longest prefix that is known.
    #[must_use]
    pub fn name(&self, address: Mac) -> Option<&str> {
        prefix::LENGTHS
            .iter()
            .rev()
            .find_map(|&bits| self.by_prefix.get(&Prefix::of(address, bits)))
            .map(|vendor| vendor.name.as_str())
    }

    /// Every prefix with its vendor, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Prefix, &str)> {
        let entries = self.by_prefix.iter();
        entries.map(|(&prefix, vendor)| (prefix, vendor.name.as_str()))
    }
}
