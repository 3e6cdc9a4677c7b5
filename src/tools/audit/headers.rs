//! The headers that sniffers put before each frame: radiotap, Prism, AVS and PPI.

use super::bytes::{u16_at, u32_at};
use super::capture::{Link, Packet};
use super::radiotap::{self, Radio};

const CHECKSUM: usize = 4;

/// Splits a packet into what its header says and the frame without its checksum. `None` if the header is not valid.
#[must_use]
pub fn split<'a>(packet: &Packet<'a>) -> Option<(Radio, &'a [u8])> {
    let Packet {
        bytes,
        is_truncated,
        ..
    } = *packet;
    match packet.link {
        Link::Radiotap => radiotap::split(bytes, is_truncated),
        Link::Prism => prism(bytes).or_else(|| avs(bytes)),
        Link::Avs => avs(bytes),
        Link::Ppi => ppi(bytes, is_truncated),
        Link::Bare | Link::Other(_) => Some((Radio::default(), bytes)),
    }
}

/// The header of Prism cards, in the byte order of the machine that captured.
fn prism(packet: &[u8]) -> Option<(Radio, &[u8])> {
    const CODES: [u32; 2] = [0x41, 0x44];
    let (code, length) = (u32_at(packet, 0)?, u32_at(packet, 4)?);
    let length = if CODES.contains(&code) {
        length
    } else if CODES.contains(&code.swap_bytes()) {
        length.swap_bytes()
    } else {
        return None;
    };
    let frame = packet.get(usize::try_from(length).ok()?..)?;
    Some((Radio::default(), frame))
}

/// The header of AVS: its version, and its length in network byte order.
fn avs(packet: &[u8]) -> Option<(Radio, &[u8])> {
    const VERSION: u32 = 0x8021_1000;
    if u32_at(packet, 0)?.swap_bytes() & 0xffff_f000 != VERSION & 0xffff_f000 {
        return None;
    }
    let length = usize::try_from(u32_at(packet, 4)?.swap_bytes()).ok()?;
    Some((Radio::default(), packet.get(length..)?))
}

/// Per-Packet Information: fields, of which one describes the reception.
fn ppi(packet: &[u8], is_truncated: bool) -> Option<(Radio, &[u8])> {
    const FIELDS: usize = 8;
    const COMMON: u16 = 2;
    let length = usize::from(u16_at(packet, 2)?);
    let (header, rest) = packet.split_at_checked(length)?;
    match Link::of(u32_at(header, 4)?) {
        Link::Bare => {}
        Link::Radiotap => return radiotap::split(rest, is_truncated),
        _ => return None,
    }
    let (mut radio, mut frame) = (Radio::default(), rest);
    let mut fields = header.get(FIELDS..)?;
    while let (Some(kind), Some(size)) = (u16_at(fields, 0), u16_at(fields, 2)) {
        let (field, after) = fields.get(4..)?.split_at_checked(usize::from(size))?;
        if kind == COMMON {
            let has_checksum = common(field, &mut radio)?;
            if has_checksum && !is_truncated {
                frame = frame.get(..frame.len().checked_sub(CHECKSUM)?)?;
            }
        }
        fields = after;
    }
    Some((radio, frame))
}

/// The field that describes the reception; whether the frame ends with a checksum.
fn common(field: &[u8], radio: &mut Radio) -> Option<bool> {
    const FLAGS: usize = 8;
    const HAS_CHECKSUM: u16 = 1;
    const BAD_CHECKSUM: u16 = 4;
    const FREQUENCY: usize = 12;
    const SIGNAL: usize = 18;
    let flags = u16_at(field, FLAGS)?;
    radio.is_damaged = flags & BAD_CHECKSUM != 0;
    radio.frequency = Some(u16_at(field, FREQUENCY)?).filter(|frequency| *frequency > 0);
    radio.signal = field.get(SIGNAL).map(|signal| signal.cast_signed());
    Some(flags & HAS_CHECKSUM != 0)
}
