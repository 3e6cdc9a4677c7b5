//! Inputs made from others.

use rand::{Rng, RngExt};

/// As long as what libFuzzer makes.
const LONGEST: usize = 4096;
/// Bytes on which much hangs.
const SPECIAL: &[u8] = b"\x00\x01\x03\x04\x7f\x80\xff\n\r\t \"#$'*+,-./0129:;<=>[\\]^{}~";

/// One of them, changed in one to eight places.
pub(super) fn of(inputs: &[Vec<u8>], rng: &mut impl Rng) -> Vec<u8> {
    let mut input = chosen(inputs, rng).to_vec();
    for _ in 0..rng.random_range(1..=8) {
        change(&mut input, inputs, rng);
    }
    input.truncate(LONGEST);
    input
}

fn change(input: &mut Vec<u8>, others: &[Vec<u8>], rng: &mut impl Rng) {
    let at = rng.random_range(0..=input.len());
    let end = rng.random_range(at..=input.len().min(at + 16));
    match rng.random_range(0..9) {
        0 => input.insert(at, rng.random()),
        1 => input.insert(at, special(rng)),
        2 => drop(input.drain(at..end)),
        3 => drop(input.splice(at..at, input[at..end].repeat(rng.random_range(1..8)))),
        4 => input.truncate(at),
        5 => {
            let piece = piece(chosen(others, rng), rng);
            input.splice(at..end, piece.iter().copied());
        }
        kind => {
            if let Some(byte) = input.get_mut(at) {
                *byte = match kind {
                    6 => *byte ^ (1 << rng.random_range(0..8)),
                    7 => byte.wrapping_add(rng.random_range(0..=8)).wrapping_sub(4),
                    _ => special(rng),
                };
            }
        }
    }
}

fn special(rng: &mut impl Rng) -> u8 {
    SPECIAL[rng.random_range(0..SPECIAL.len())]
}

fn chosen<'a>(inputs: &'a [Vec<u8>], rng: &mut impl Rng) -> &'a [u8] {
    &inputs[rng.random_range(0..inputs.len())]
}

fn piece<'a>(input: &'a [u8], rng: &mut impl Rng) -> &'a [u8] {
    let start = rng.random_range(0..=input.len());
    &input[start..rng.random_range(start..=input.len())]
}
