//! The vendors of addresses, from the lists that distributions ship.
//!
//! | module | contents |
//! |---|---|
//! | `prefix` | pure: the first 24, 28 or 36 bits of an address |
//! | `parse` | pure: the formats of the lists |
//! | `draw` | pure: random addresses with the prefixes of vendors |
//! | `files` | the installed lists |

mod draw;
mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod parse;
mod prefix;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use draw::VendorFilter;
pub use files::{VendorListError, VendorLists, from_file, installed};
pub use prefix::Prefix;

use macveil_core::types::Mac;

/// Vendors by their prefixes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vendors {
    by_prefix: BTreeMap<Prefix, Vendor>,
}

/// The owner of a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Vendor {
    name: String,
    /// Whether it is in a list of wireless cards.
    wireless: bool,
}

impl Vendors {
    /// Adds the wanted prefixes of a list. The first name of a prefix stays.
    fn add(&mut self, text: &str, wireless: bool, is_wanted: impl Fn(Prefix) -> bool) {
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
                .or_insert(Vendor { name, wireless });
            vendor.wireless |= wireless;
        }
    }

    /// The vendor of an address by its longest known prefix.
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
