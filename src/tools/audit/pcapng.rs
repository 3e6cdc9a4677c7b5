//! The newer format: blocks, in sections that each have interfaces of their own.

use std::io::Read;

use super::capture::{CaptureError, LONGEST, Link, Micros, Packet};
use super::window::{Order, Window};

/// The block that begins a section; the same in either byte order.
pub(super) const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const PACKET: u32 = 6;

const MAGIC: u32 = 0x1a2b_3c4d;
const SMALLEST: usize = 12;
/// Blocks may hold more than a packet, but none that matters here is so large.
const LARGEST: usize = 16 * 1024 * 1024;
/// More interfaces than any machine has.
const INTERFACES: usize = 1024;

/// What holds until the next section.
#[derive(Debug)]
pub(super) struct Section {
    order: Order,
    interfaces: Vec<Interface>,
    now: Micros,
}

#[derive(Debug, Clone, Copy)]
struct Interface {
    link: Link,
    longest: u32,
    units_a_second: u64,
}

impl Default for Section {
    fn default() -> Self {
        Self {
            order: Order::Little,
            interfaces: Vec::new(),
            now: 0,
        }
    }
}

/// Where a packet lies in its block.
struct Place {
    interface: usize,
    units: Option<u64>,
    at: usize,
    kept: u32,
    length: u32,
}

impl Section {
    pub(super) fn next<'a>(
        &mut self,
        window: &'a mut Window<impl Read>,
        ends_early: &mut bool,
    ) -> Result<Option<Packet<'a>>, CaptureError> {
        loop {
            if !window.fill(SMALLEST)? {
                *ends_early |= !window.bytes().is_empty();
                return Ok(None);
            }
            let damaged = || CaptureError::Damaged(window.taken());
            let head = window.bytes();
            let kind = self.order.u32(head, 0);
            if kind == Some(SECTION) {
                self.order = order(head).ok_or_else(damaged)?;
                self.interfaces.clear();
            }
            let size = self.order.u32(head, 4).unwrap_or_default() as usize;
            if !(SMALLEST..=LARGEST).contains(&size) || !size.is_multiple_of(4) {
                return Err(damaged());
            }
            if !window.fill(size)? {
                *ends_early = true;
                return Ok(None);
            }
            let damaged = CaptureError::Damaged(window.taken());
            let block = window.bytes().get(8..size - 4).unwrap_or_default();
            let place = match kind {
                Some(INTERFACE) => {
                    self.learn(block).ok_or(damaged)?;
                    None
                }
                Some(PACKET) => Some(self.packet(block).ok_or(damaged)?),
                Some(OLD_PACKET) => Some(self.old_packet(block).ok_or(damaged)?),
                Some(SIMPLE_PACKET) => Some(self.simple_packet(block).ok_or(damaged)?),
                _ => None,
            };
            let Some(place) = place else {
                window.take(size);
                continue;
            };
            let damaged = CaptureError::Damaged(window.taken());
            let end = place.at.saturating_add(place.kept as usize);
            let (Some(interface), true) = (
                self.interfaces.get(place.interface).copied(),
                end <= block.len() && place.kept as usize <= LONGEST,
            ) else {
                return Err(damaged);
            };
            if let Some(units) = place.units {
                self.now = micros(units, interface.units_a_second);
            }
            return Ok(Some(Packet {
                at: self.now,
                link: interface.link,
                is_truncated: place.kept < place.length,
                bytes: window
                    .take(size)
                    .get(8 + place.at..8 + end)
                    .unwrap_or_default(),
            }));
        }
    }

    fn learn(&mut self, block: &[u8]) -> Option<()> {
        if self.interfaces.len() >= INTERFACES {
            return None;
        }
        self.interfaces.push(Interface {
            link: Link::of(u32::from(self.order.u16(block, 0)?)),
            longest: self.order.u32(block, 4)?,
            units_a_second: self.units_a_second(block.get(8..)?),
        });
        Some(())
    }

    /// From the interface's options; by default microseconds.
    fn units_a_second(&self, mut options: &[u8]) -> u64 {
        const RESOLUTION: u16 = 9;
        const DEFAULT: u64 = 1_000_000;
        while let (Some(code @ 1..), Some(size)) =
            (self.order.u16(options, 0), self.order.u16(options, 2))
        {
            let size = usize::from(size);
            let value = options.get(4..4 + size).unwrap_or_default();
            if let (RESOLUTION, [resolution, ..]) = (code, value) {
                let exponent = u32::from(resolution & 0x7f);
                let base: u64 = if resolution & 0x80 == 0 { 10 } else { 2 };
                return base.checked_pow(exponent).unwrap_or(DEFAULT);
            }
            options = options
                .get(4 + size.next_multiple_of(4)..)
                .unwrap_or_default();
        }
        DEFAULT
    }

    fn packet(&self, block: &[u8]) -> Option<Place> {
        self.place(block, self.order.u32(block, 0)? as usize)
    }

    fn old_packet(&self, block: &[u8]) -> Option<Place> {
        self.place(block, usize::from(self.order.u16(block, 0)?))
    }

    fn place(&self, block: &[u8], interface: usize) -> Option<Place> {
        let number = |at| self.order.u32(block, at);
        Some(Place {
            interface,
            units: Some(u64::from(number(4)?) << 32 | u64::from(number(8)?)),
            at: 20,
            kept: number(12)?,
            length: number(16)?,
        })
    }

    /// Of the first interface, and without a time.
    fn simple_packet(&self, block: &[u8]) -> Option<Place> {
        let length = self.order.u32(block, 0)?;
        let longest = match self.interfaces.first()?.longest {
            0 => u32::MAX,
            longest => longest,
        };
        Some(Place {
            interface: 0,
            units: None,
            at: 4,
            kept: length.min(longest),
            length,
        })
    }
}

fn order(head: &[u8]) -> Option<Order> {
    let orders = [Order::Little, Order::Big];
    orders
        .into_iter()
        .find(|order| order.u32(head, 8) == Some(MAGIC))
}

fn micros(units: u64, units_a_second: u64) -> Micros {
    let micros = u128::from(units) * 1_000_000 / u128::from(units_a_second.max(1));
    u64::try_from(micros).unwrap_or(Micros::MAX)
}
