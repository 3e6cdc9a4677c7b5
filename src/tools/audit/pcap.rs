//! The classic format.

use std::io::Read;

use super::capture::{CaptureError, LONGEST, Link, Packet};
use super::window::{Order, Window};

const HEADER: usize = 24;
const RECORD: usize = 16;
const IN_MICROSECONDS: u32 = 0xa1b2_c3d4;
const IN_NANOSECONDS: u32 = 0xa1b2_3c4d;

/// What holds for a whole file.
#[derive(Debug)]
pub(super) struct Header {
    order: Order,
    in_nanoseconds: bool,
    link: Link,
}

impl Header {
    pub(super) fn read(window: &mut Window<impl Read>) -> Result<Self, CaptureError> {
        window.fill(HEADER)?;
        let bytes = window.take(HEADER);
        let magic = |order: Order| Some((order, order.u32(bytes, 0)?));
        let known = [Order::Little, Order::Big].into_iter().filter_map(magic);
        let (order, magic) = known
            .into_iter()
            .find(|(_, magic)| matches!(*magic, IN_MICROSECONDS | IN_NANOSECONDS))
            .ok_or(CaptureError::Format)?;
        let number = order.u32(bytes, 20).ok_or(CaptureError::Format)?;
        // The upper bits tell the length of the checksum, which radiotap tells as well.
        match Link::of(number & 0x03ff_ffff) {
            Link::Other(number) => Err(CaptureError::NotWifi(number)),
            link => Ok(Self {
                order,
                in_nanoseconds: magic == IN_NANOSECONDS,
                link,
            }),
        }
    }

    pub(super) fn next<'a>(
        &self,
        window: &'a mut Window<impl Read>,
        ends_early: &mut bool,
    ) -> Result<Option<Packet<'a>>, CaptureError> {
        if !window.fill(RECORD)? {
            *ends_early |= !window.bytes().is_empty();
            return Ok(None);
        }
        let damaged = CaptureError::Damaged(window.taken());
        let record = window.bytes();
        let number = |at| self.order.u32(record, at).unwrap_or_default();
        let (seconds, fraction, kept, length) = (number(0), number(4), number(8), number(12));
        let micros = fraction / if self.in_nanoseconds { 1000 } else { 1 };
        let size = kept as usize;
        if size > LONGEST {
            return Err(damaged);
        }
        if !window.fill(RECORD + size)? {
            *ends_early = true;
            return Ok(None);
        }
        window.take(RECORD);
        Ok(Some(Packet {
            at: u64::from(seconds) * 1_000_000 + u64::from(micros),
            link: self.link,
            is_truncated: kept < length,
            bytes: window.take(size),
        }))
    }
}
