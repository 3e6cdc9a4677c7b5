//! The pcapng format: blocks, in sections that each have their own interfaces.

use std::io::Read;
use std::ops::Range;

use pcap_parser::{Block, EPB_MAGIC, IDB_MAGIC, InterfaceDescriptionBlock, SHB_MAGIC, SPB_MAGIC};
use pcap_parser::{
    parse_block_be, parse_block_le, parse_sectionheaderblock, parse_unknownblock_be,
    parse_unknownblock_le,
};

use super::bytes::{u16_at, u32_at};
use super::capture::{CaptureError, Link, MAX_PACKET, Micros, Packet};
use super::stream::{Parsed, Stream};

/// The obsolete packet block, which `pcap-parser` does not decode.
const OLD_PACKET: u32 = 2;
/// Bytes of a block before its packet.
const PACKET_HEADER: usize = 28;
const SIMPLE_PACKET_HEADER: usize = 12;

const MAX_BLOCK: usize = 16 * 1024 * 1024;
/// More than any machine has.
const MAX_INTERFACES: usize = 1024;

/// What applies until the next section.
#[derive(Debug, Default)]
pub(super) struct Section {
    is_big_endian: bool,
    interfaces: Vec<Interface>,
    now: Micros,
}

#[derive(Debug, Clone, Copy)]
struct Interface {
    link: Link,
    /// 0 means no limit.
    snap_length: u32,
    units_per_second: u64,
}

enum Content {
    Packet(Found),
    Other,
}

struct Found {
    interface: Interface,
    /// Simple packets have no time.
    units: Option<u64>,
    /// The packet's bytes in the block.
    place: Range<usize>,
    is_truncated: bool,
}

impl Section {
    pub(super) fn next<'a>(
        &mut self,
        stream: &'a mut Stream<impl Read>,
    ) -> Result<Option<Packet<'a>>, CaptureError> {
        loop {
            let is_big_endian = self.is_big_endian;
            let block = stream.next_record(MAX_BLOCK, |bytes| whole_block(bytes, is_big_endian))?;
            let Some((size, ())) = block else {
                return Ok(None);
            };
            let content = match stream.bytes().get(..size) {
                Some(block) if size.is_multiple_of(4) => self.read(block),
                _ => None,
            };
            let Content::Packet(found) = content.ok_or_else(|| stream.damaged())? else {
                stream.take(size);
                continue;
            };
            if let Some(units) = found.units {
                self.now = microseconds(units, found.interface.units_per_second);
            }
            return Ok(Some(Packet {
                at: self.now,
                link: found.interface.link,
                is_truncated: found.is_truncated,
                bytes: stream.take(size).get(found.place).unwrap_or_default(),
            }));
        }
    }

    /// Reads a whole block. `None` if it is damaged.
    fn read(&mut self, block: &[u8]) -> Option<Content> {
        let parse = if self.is_big_endian {
            parse_block_be
        } else {
            parse_block_le
        };
        match (self.number(block, 0)?, parse(block)) {
            (_, Ok((_, Block::SectionHeader(header)))) => {
                self.is_big_endian = header.big_endian();
                self.interfaces.clear();
            }
            (_, Ok((_, Block::InterfaceDescription(interface)))) => self.add(&interface)?,
            (_, Ok((_, Block::EnhancedPacket(packet)))) => {
                let units = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
                let data = PACKET_HEADER..PACKET_HEADER + packet.data.len();
                let lengths = (packet.caplen, packet.origlen);
                return self.found(packet.if_id, Some(units), data, lengths);
            }
            (_, Ok((_, Block::SimplePacket(packet)))) => {
                let data = SIMPLE_PACKET_HEADER..SIMPLE_PACKET_HEADER + packet.data.len();
                let captured = packet.origlen.min(self.interfaces.first()?.snap_length);
                return self.found(0, None, data, (captured, packet.origlen));
            }
            (OLD_PACKET, Ok(_)) => return self.old_packet(block),
            (SHB_MAGIC | IDB_MAGIC | EPB_MAGIC | SPB_MAGIC, Err(_)) => return None,
            // Whatever is wrong with a block of another type does not matter.
            _ => {}
        }
        Some(Content::Other)
    }

    fn add(&mut self, interface: &InterfaceDescriptionBlock<'_>) -> Option<()> {
        if self.interfaces.len() >= MAX_INTERFACES {
            return None;
        }
        self.interfaces.push(Interface {
            link: Link::of(interface.linktype.0.cast_unsigned()),
            snap_length: match interface.snaplen {
                0 => u32::MAX,
                length => length,
            },
            units_per_second: units_per_second(interface.if_tsresol),
        });
        Some(())
    }

    /// Like an enhanced packet, but for the interface, which is a `u16` with a count of drops after it.
    fn old_packet(&self, block: &[u8]) -> Option<Content> {
        let number = |at| self.number(block, at);
        let interface = match u16_at(block, 8)? {
            number if self.is_big_endian => number.swap_bytes(),
            number => number,
        };
        let units = u64::from(number(12)?) << 32 | u64::from(number(16)?);
        let data = PACKET_HEADER..block.len().checked_sub(4)?;
        let lengths = (number(20)?, number(24)?);
        self.found(u32::from(interface), Some(units), data, lengths)
    }

    /// Checks a packet. `data` is followed by padding.
    fn found(
        &self,
        interface: u32,
        units: Option<u64>,
        data: Range<usize>,
        (captured, original): (u32, u32),
    ) -> Option<Content> {
        let length = captured as usize;
        if length > MAX_PACKET || length > data.len() {
            return None;
        }
        Some(Content::Packet(Found {
            interface: *self.interfaces.get(interface as usize)?,
            units,
            place: data.start..data.start + length,
            is_truncated: captured < original,
        }))
    }

    fn number(&self, block: &[u8], at: usize) -> Option<u32> {
        let number = u32_at(block, at)?;
        Some(if self.is_big_endian {
            number.swap_bytes()
        } else {
            number
        })
    }
}

/// A section header has its own byte order; its type is the same in both.
fn whole_block(bytes: &[u8], is_big_endian: bool) -> Parsed<'_, ()> {
    let rest = if u32_at(bytes, 0) == Some(SHB_MAGIC) {
        parse_sectionheaderblock(bytes)?.0
    } else if is_big_endian {
        parse_unknownblock_be(bytes)?.0
    } else {
        parse_unknownblock_le(bytes)?.0
    };
    Ok((rest, ()))
}

/// From `if_tsresol`: a power of ten, or of two if the upper bit is set. `pcap-parser` 0.17 refuses all
/// powers of two.
fn units_per_second(resolution: u8) -> u64 {
    let base: u64 = if resolution & 0x80 == 0 { 10 } else { 2 };
    let exponent = u32::from(resolution & 0x7f);
    base.checked_pow(exponent).unwrap_or(1_000_000)
}

fn microseconds(units: u64, units_per_second: u64) -> Micros {
    let microseconds = u128::from(units) * 1_000_000 / u128::from(units_per_second.max(1));
    u64::try_from(microseconds).unwrap_or(Micros::MAX)
}
