//! Frames as bytes, for those who make them.

use crate::air::Mac;

/// Any frame: the first two bytes, three addresses, its number, and what follows.
pub fn frame(control: [u8; 2], addresses: [Mac; 3], sequence: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![control[0], control[1], 0, 0];
    bytes.extend(addresses.iter().flat_map(|mac| mac.0));
    bytes.extend((sequence << 4).to_le_bytes());
    bytes.extend(body);
    bytes
}
