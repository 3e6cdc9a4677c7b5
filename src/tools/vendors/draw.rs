//! Random addresses with the prefixes of vendors.

use rand::CryptoRng;

use super::{Prefix, Vendor, Vendors};
use macveil_core::types::Mac;

/// Which vendors to draw from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VendorFilter {
    /// All vendors.
    Any,
    /// Vendors of Wi-Fi cards.
    Wireless,
    /// All vendors except those in a list of wireless cards.
    Wired,
}

/// Vendors of most of today's Wi-Fi cards: prefixes of names, in lower case. Lists of wireless cards end
/// about 2003, and an address of such a card would be conspicuous.
const WIFI_VENDORS: [&str; 18] = [
    "alps alpine",
    "apple",
    "askey",
    "azurewave",
    "broadcom",
    "chicony",
    "chongqing fugui",
    "cloud network technology",
    "gemtek",
    "hon hai precision",
    "intel corporate",
    "liteon",
    "mediatek",
    "murata manufacturing",
    "qualcomm",
    "ralink",
    "realtek",
    "tp-link",
];

/// The owner of blocks that the IEEE has divided into smaller ones.
const DIVIDED: &str = "ieee registration";

/// A drawn address can be unusable or one to avoid.
const MAX_DRAWS: usize = 64;

impl Vendors {
    /// Draws an address of a random vendor that is not in `avoid`. `None` if no vendor has one.
    ///
    /// The U/L bit is always clear, as in an address that a vendor assigned.
    pub fn draw(
        &self,
        filter: VendorFilter,
        avoid: &[Mac],
        rng: &mut impl CryptoRng,
    ) -> Option<Mac> {
        let prefixes: Vec<Prefix> = self
            .by_prefix
            .iter()
            .filter(|(prefix, vendor)| vendor.assigns_addresses(**prefix) && vendor.matches(filter))
            .map(|(&prefix, _)| prefix)
            .collect();
        let count = u64::try_from(prefixes.len()).ok()?;
        (0..MAX_DRAWS).find_map(|_| {
            // The bias of the remainder is less than one in 10^14.
            let chosen = usize::try_from(rng.next_u64().checked_rem(count)?).ok()?;
            let address = prefixes.get(chosen)?.with(rng.next_u64());
            (address.is_usable() && !avoid.contains(&address)).then_some(address)
        })
    }
}

impl Vendor {
    fn assigns_addresses(&self, prefix: Prefix) -> bool {
        let first = prefix.first();
        !first.is_multicast() && !first.is_local() && !begins(&self.name, DIVIDED)
    }

    fn matches(&self, filter: VendorFilter) -> bool {
        match filter {
            VendorFilter::Any => true,
            VendorFilter::Wireless => {
                self.wireless || WIFI_VENDORS.iter().any(|vendor| begins(&self.name, vendor))
            }
            VendorFilter::Wired => !self.wireless,
        }
    }
}

fn begins(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
