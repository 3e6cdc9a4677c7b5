//! Radiotap: the header that a sniffer puts before each frame.

use super::bytes::{u16_at, u32_at};

/// The fields of the header that the audit uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Radio {
    /// Channel frequency in MHz.
    pub frequency: Option<u16>,
    /// Signal in dBm.
    pub signal: Option<i8>,
    /// The checksum is wrong, so any bit can be.
    pub is_damaged: bool,
}

const FLAG_CHECKSUM: u8 = 0x10;
const FLAG_BAD_CHECKSUM: u8 = 0x40;
const CHECKSUM: usize = 4;
const MORE: u32 = 1 << 31;

/// Size and alignment of the fields up to the signal: TSFT, flags, rate, channel, FHSS, signal.
const FIELDS: [(usize, usize); 6] = [(8, 8), (1, 1), (1, 1), (4, 2), (2, 2), (1, 1)];
const FLAGS: usize = 1;
const CHANNEL: usize = 3;
const SIGNAL: usize = 5;

/// Splits a packet into the header and the frame without its checksum.
#[must_use]
pub fn split(packet: &[u8], is_truncated: bool) -> Option<(Radio, &[u8])> {
    let length = usize::from(u16_at(packet, 2)?);
    let (header, mut frame) = packet.split_at_checked(length)?;
    let present = u32_at(header, 4)?;
    let mut at = 8;
    let mut word = present;
    while word & MORE != 0 {
        word = u32_at(header, at)?;
        at += 4;
    }
    let mut radio = Radio::default();
    for (bit, (size, alignment)) in FIELDS.into_iter().enumerate() {
        if present & (1 << bit) == 0 {
            continue;
        }
        at = at.next_multiple_of(alignment);
        if bit == FLAGS {
            let flags = *header.get(at)?;
            radio.is_damaged = flags & FLAG_BAD_CHECKSUM != 0;
            if flags & FLAG_CHECKSUM != 0 && !is_truncated {
                frame = frame.get(..frame.len().checked_sub(CHECKSUM)?)?;
            }
        } else if bit == CHANNEL {
            radio.frequency = Some(u16_at(header, at)?);
        } else if bit == SIGNAL {
            radio.signal = header.get(at).map(|byte| byte.cast_signed());
        }
        at += size;
    }
    Some((radio, frame))
}
