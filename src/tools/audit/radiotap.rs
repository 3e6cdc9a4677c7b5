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
    let mut fields = Fields { present, at };
    let mut radio = Radio::default();
    let _time = fields.next(0, 8, 8);
    if let Some(at) = fields.next(1, 1, 1) {
        let flags = *header.get(at)?;
        radio.is_damaged = flags & FLAG_BAD_CHECKSUM != 0;
        if flags & FLAG_CHECKSUM != 0 && !is_truncated {
            frame = frame.get(..frame.len().checked_sub(CHECKSUM)?)?;
        }
    }
    let _rate = fields.next(2, 1, 1);
    if let Some(at) = fields.next(3, 4, 2) {
        radio.frequency = Some(u16_at(header, at)?);
    }
    let _hopping = fields.next(4, 2, 2);
    if let Some(at) = fields.next(5, 1, 1) {
        radio.signal = header.get(at).map(|byte| byte.cast_signed());
    }
    Some((radio, frame))
}

/// Finds the fields of a header in the order of their bits.
struct Fields {
    present: u32,
    at: usize,
}

impl Fields {
    /// The place of the field of this bit, if it is present. `alignment` is a power of two.
    #[inline]
    const fn next(&mut self, bit: u32, size: usize, alignment: usize) -> Option<usize> {
        if self.present & (1 << bit) == 0 {
            return None;
        }
        let at = (self.at + alignment - 1) & !(alignment - 1);
        self.at = at + size;
        Some(at)
    }
}
