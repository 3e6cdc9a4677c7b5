//! The header that the sniffer puts before each frame.

pub struct Radio {
    pub frequency: Option<u16>,
}

const FLAG_FCS: u8 = 0x10;

/// Size and alignment of the fields up to the channel, in their order.
const TSFT: (usize, usize) = (8, 8);
const FLAGS: (usize, usize) = (1, 1);
const RATE: (usize, usize) = (1, 1);
const CHANNEL: (usize, usize) = (4, 2);

/// What the header says, and the frame after it without its checksum.
pub fn split(packet: &[u8]) -> Option<(Radio, &[u8])> {
    let length = usize::from(u16_at(packet, 2)?);
    let mut frame = packet.get(length..)?;
    let header = &packet[..length];
    let present = u32::from_le_bytes(header.get(4..8)?.try_into().ok()?);
    let mut at = 8;
    // More presence words follow while the highest bit is set.
    let mut word = present;
    while word & 0x8000_0000 != 0 {
        word = u32::from_le_bytes(header.get(at..at + 4)?.try_into().ok()?);
        at += 4;
    }
    let mut frequency = None;
    for (bit, (size, alignment)) in [TSFT, FLAGS, RATE, CHANNEL].into_iter().enumerate() {
        if present & (1 << bit) == 0 {
            continue;
        }
        at = at.next_multiple_of(alignment);
        if bit == 1 && header.get(at)? & FLAG_FCS != 0 {
            frame = &frame[..frame.len().checked_sub(4)?];
        }
        if bit == 3 {
            frequency = u16_at(header, at);
        }
        at += size;
    }
    Some((Radio { frequency }, frame))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..at + 2)?
        .try_into()
        .ok()
        .map(u16::from_le_bytes)
}
