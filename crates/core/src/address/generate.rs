//! Makes usable addresses from random bits or a hash.

use rand::CryptoRng;

use super::Slap;
use super::mask::{BaseAddresses, Mask};
use crate::types::Mac;

/// With 8 free bits and four addresses to avoid, fewer than one in 10^100 addresses needs all draws.
const MAX_DRAWS: u32 = 64;

/// Constraints on a generated address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Shape {
    /// The bits to keep.
    pub(super) mask: Option<Mask>,
    /// The SLAP quadrant.
    pub(super) slap: Slap,
}

/// Random or hashed input: six bytes, and a number that selects the base address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seed {
    /// Six bytes.
    pub(super) bytes: Mac,
    /// Selects one of the base addresses of a mask.
    pub(super) chance: u64,
}

/// A complete address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Finished {
    /// The address.
    pub(super) address: Mac,
    /// The base address of the kept bits.
    pub(super) base: Option<Mac>,
}

impl Seed {
    /// From a random number generator.
    pub(super) fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 6];
        rng.fill_bytes(&mut bytes);
        Self {
            bytes: Mac(bytes),
            chance: rng.next_u64(),
        }
    }

    /// From a digest: the first six bytes as in `NetworkManager`, the next eight select the base address.
    pub(super) fn from_digest(digest: &[u8; 32]) -> Self {
        let (mut bytes, mut chance) = ([0; 6], [0; 8]);
        bytes.copy_from_slice(&digest[..6]);
        chance.copy_from_slice(&digest[6..14]);
        Self {
            bytes: Mac(bytes),
            chance: u64::from_be_bytes(chance),
        }
    }
}

impl Shape {
    /// Completes the seed: locally administered unless the mask keeps the U/L bit, and never a group
    /// address (`NetworkManager`'s `_hw_addr_eth_complete`).
    pub(super) fn finish(&self, seed: Seed, base_addresses: BaseAddresses) -> Finished {
        let address = self.slap.apply(seed.bytes.into_local_unicast());
        match &self.mask {
            None => Finished {
                address,
                base: None,
            },
            Some(mask) => {
                let base = mask.base(seed.chance, base_addresses);
                Finished {
                    address: mask.apply(address, base),
                    base: Some(base),
                }
            }
        }
    }

    /// A random address of this shape that is not in `avoid`; `None` if the mask allows no other.
    pub(super) fn draw(
        &self,
        base_addresses: BaseAddresses,
        avoid: &[Mac],
        rng: &mut impl CryptoRng,
    ) -> Option<Finished> {
        (0..MAX_DRAWS)
            .map(|_| self.finish(Seed::draw(rng), base_addresses))
            .find(|drawn| drawn.address.is_usable() && !avoid.contains(&drawn.address))
    }

    /// Whether a draw can result in this address.
    pub(super) fn can_produce(&self, address: Mac, base_addresses: BaseAddresses) -> bool {
        let seed = Seed {
            bytes: address,
            chance: 0,
        };
        match &self.mask {
            None => self.finish(seed, base_addresses).address == address,
            Some(mask) => {
                let local = self.slap.apply(address.into_local_unicast());
                (0..mask.bases().len().max(1))
                    .filter_map(|index| u64::try_from(index).ok())
                    .any(|index| mask.apply(local, mask.base(index, base_addresses)) == address)
            }
        }
    }
}

/// A random mask address that is not in `avoid`.
///
/// A mask that allows no other address is ignored: an unlinkable address is more important.
pub(super) fn mask_address(
    mask: Option<&Mask>,
    base_addresses: BaseAddresses,
    avoid: &[Mac],
    rng: &mut impl CryptoRng,
) -> Mac {
    let shape = Shape {
        mask: mask.cloned(),
        slap: Slap::Any,
    };
    let drawn = shape.draw(base_addresses, avoid, rng);
    drawn.map_or_else(|| unmasked_address(avoid, rng), |drawn| drawn.address)
}

fn unmasked_address(avoid: &[Mac], rng: &mut impl CryptoRng) -> Mac {
    let mut address = Seed::draw(rng).bytes.into_local_unicast();
    while avoid.contains(&address) {
        let mut bytes = address.bytes();
        bytes[5] = bytes[5].wrapping_add(1);
        address = Mac(bytes);
    }
    address
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn address_to_avoid_is_replaced_by_the_next() {
        let drawn = |avoid: &[Mac]| unmasked_address(avoid, &mut StdRng::seed_from_u64(1)).bytes();
        let first = drawn(&[]);
        let second = drawn(&[Mac(first)]);
        assert_eq!(
            (&second[..5], second[5]),
            (&first[..5], first[5].wrapping_add(1))
        );
    }
}
