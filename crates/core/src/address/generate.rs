//! From chance or a hash to an address that a station may carry.

use rand::CryptoRng;

use super::Slap;
use super::mask::{BaseAddresses, Mask};
use crate::types::Mac;

/// A draw that was refused is repeated this often: with 8 free bits and four addresses to avoid, not
/// even one address in 10^100 needs them all.
const MOST_DRAWS: u32 = 64;

/// How the bits of a generated address are settled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Shape {
    /// The bits that are kept.
    pub(super) mask: Option<Mask>,
    /// The quadrant of the local address space.
    pub(super) slap: Slap,
}

/// Where an address begins: six bytes of chance, and a number to choose a base address by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seed {
    /// The six bytes.
    pub(super) bytes: Mac,
    /// Chooses one of a mask's bases.
    pub(super) chance: u64,
}

/// A finished address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Finished {
    /// The address.
    pub(super) address: Mac,
    /// Whose bits the mask kept.
    pub(super) base: Option<Mac>,
}

impl Seed {
    /// From the system's randomness.
    pub(super) fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 6];
        rng.fill_bytes(&mut bytes);
        Self {
            bytes: Mac(bytes),
            chance: rng.next_u64(),
        }
    }

    /// From a digest: the first six bytes are `NetworkManager`'s, the next eight choose the base.
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
    /// Makes the seed an address: locally administered unless the mask says otherwise, and never a
    /// group address (`NetworkManager`'s `_hw_addr_eth_complete`).
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

    /// A random address of this shape that is none of `avoid`; `None` if the mask leaves no other.
    pub(super) fn draw(
        &self,
        base_addresses: BaseAddresses,
        avoid: &[Mac],
        rng: &mut impl CryptoRng,
    ) -> Option<Finished> {
        (0..MOST_DRAWS)
            .map(|_| self.finish(Seed::draw(rng), base_addresses))
            .find(|drawn| drawn.address.is_usable() && !avoid.contains(&drawn.address))
    }

    /// Whether chance could have led to this address.
    pub(super) fn could_have_made(&self, address: Mac, base_addresses: BaseAddresses) -> bool {
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

/// A mask address: random, never an address of `avoid`.
///
/// A mask that leaves no other address than those is not heeded: an unlinkable address matters more.
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
    fn where_no_draw_is_free_the_next_address_is_taken() {
        let drawn = |avoid: &[Mac]| unmasked_address(avoid, &mut StdRng::seed_from_u64(1)).bytes();
        let first = drawn(&[]);
        let second = drawn(&[Mac(first)]);
        assert_eq!(
            (&second[..5], second[5]),
            (&first[..5], first[5].wrapping_add(1))
        );
    }
}
