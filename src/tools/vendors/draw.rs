//! An address as a vendor would have given it.

use rand::CryptoRng;

use super::{Prefix, Vendor, Vendors};
use macveil_core::address::Mac;

/// Which vendors come into question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All.
    Any,
    /// Those whose prefixes are seen on Wi-Fi cards.
    Wireless,
    /// All but those that a list has as wireless cards.
    Wired,
}

/// Who makes most of today's Wi-Fi cards: how the names begin, in lower case. Lists of wireless cards
/// end about 2003, and an address of such a card would draw attention.
const CARD_MAKERS: [&str; 18] = [
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

/// What the IEEE calls blocks that it has cut into smaller ones.
const CUT_UP: &str = "ieee registration";

/// A draw that was refused is repeated so often.
const MOST_DRAWS: usize = 64;

impl Vendors {
    /// A random address of a random vendor, which is none of `avoid`; `None` if there is no such vendor.
    ///
    /// The U/L bit is always clear, as on a card that comes from its vendor.
    pub fn draw(&self, kind: Kind, avoid: &[Mac], rng: &mut impl CryptoRng) -> Option<Mac> {
        let prefixes: Vec<Prefix> = self
            .by_prefix
            .iter()
            .filter(|(prefix, vendor)| vendor.gives_addresses(**prefix) && vendor.is_of(kind))
            .map(|(&prefix, _)| prefix)
            .collect();
        let count = u64::try_from(prefixes.len()).ok()?;
        (0..MOST_DRAWS).find_map(|_| {
            // The remainder prefers none by more than one in 10^14.
            let chosen = usize::try_from(rng.next_u64().checked_rem(count)?).ok()?;
            let address = prefixes.get(chosen)?.with(rng.next_u64());
            (address.is_usable() && !avoid.contains(&address)).then_some(address)
        })
    }
}

impl Vendor {
    fn gives_addresses(&self, prefix: Prefix) -> bool {
        let first = prefix.first();
        !first.is_multicast() && !first.is_local() && !begins(&self.name, CUT_UP)
    }

    fn is_of(&self, kind: Kind) -> bool {
        match kind {
            Kind::Any => true,
            Kind::Wireless => {
                self.card || CARD_MAKERS.iter().any(|maker| begins(&self.name, maker))
            }
            Kind::Wired => !self.card,
        }
    }
}

fn begins(name: &str, beginning: &str) -> bool {
    name.get(..beginning.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}
