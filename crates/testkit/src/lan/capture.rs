//! The classic pcap format with Ethernet frames.

use super::packet::Packet;
use crate::record::Micros;

const HEADER: usize = 24;
const RECORD: usize = 16;
const ETHERNET: u32 = 1;

/// Those of a finished capture that can be read. An access point may end in the middle of one.
pub fn packets(bytes: &[u8]) -> Result<Vec<Packet>, String> {
    if number(bytes, 0) != Some(0xa1b2_c3d4) || number(bytes, 20) != Some(ETHERNET) {
        return Err("not a pcap file of Ethernet frames in microseconds".to_owned());
    }
    let mut rest = &bytes[HEADER..];
    let mut packets = Vec::new();
    let mut count = 0;
    while let (Some(seconds), Some(micros), Some(length)) =
        (number(rest, 0), number(rest, 4), number(rest, 8))
    {
        let end = RECORD + length as usize;
        let Some(frame) = rest.get(RECORD..end) else {
            break;
        };
        count += 1;
        let at = Micros::from(seconds) * 1_000_000 + Micros::from(micros);
        packets.extend(Packet::read(count, at, frame));
        rest = &rest[end..];
    }
    Ok(packets)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    bytes.try_into().ok().map(u32::from_le_bytes)
}
