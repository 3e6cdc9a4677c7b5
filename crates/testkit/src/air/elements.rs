//! Information elements of management frames (IEEE 802.11-2020, 9.4.2).

use std::iter;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    pub id: u8,
    pub body: &'a [u8],
}

/// OUI and type of vendor-specific elements.
const WPS: ([u8; 3], u8) = ([0x00, 0x50, 0xf2], 4);
const P2P: ([u8; 3], u8) = ([0x50, 0x6f, 0x9a], 9);

impl Element<'_> {
    pub const SSID: u8 = 0;
    pub const CHANNEL_SWITCH: u8 = 37;
    pub const RSN: u8 = 48;
    pub const TIMEOUT_INTERVAL: u8 = 56;
    pub const MANAGEMENT_MIC: u8 = 76;
    pub const RSN_MFPC: u16 = 0x80;
    const VENDOR_SPECIFIC: u8 = 221;

    pub fn is_wps(&self) -> bool {
        self.vendor_type() == Some(WPS)
    }

    pub fn is_p2p(&self) -> bool {
        self.vendor_type() == Some(P2P)
    }

    /// The capabilities of an RSN element and what follows them, the list of PMKIDs (IEEE 802.11-2020, 9.4.2.24).
    pub fn rsn_capabilities(&self) -> Option<(u16, &[u8])> {
        const SUITE: usize = 4;
        if self.id != Self::RSN {
            return None;
        }
        let after_group = self.body.get(2 + SUITE..)?;
        let after_pairwise = skip(after_group, SUITE)?;
        let after_akm = skip(after_pairwise, SUITE)?;
        let (capabilities, rest) = after_akm.split_first_chunk::<2>()?;
        Some((u16::from_le_bytes(*capabilities), rest))
    }

    fn vendor_type(&self) -> Option<([u8; 3], u8)> {
        match *self.body {
            [a, b, c, kind, ..] if self.id == Self::VENDOR_SPECIFIC => Some(([a, b, c], kind)),
            _ => None,
        }
    }
}

/// What follows a counted list.
fn skip(bytes: &[u8], size: usize) -> Option<&[u8]> {
    let (count, rest) = bytes.split_first_chunk::<2>()?;
    rest.get(usize::from(u16::from_le_bytes(*count)) * size..)
}

/// The elements from an offset into a frame body on, up to the first incomplete one.
pub fn elements_from(body: &[u8], offset: usize) -> impl Iterator<Item = Element<'_>> {
    let mut next = offset;
    iter::from_fn(move || {
        let (id, length) = (*body.get(next)?, *body.get(next + 1)?);
        let begin = next + 2;
        next = begin + usize::from(length);
        let body = body.get(begin..next)?;
        Some(Element { id, body })
    })
    .fuse()
}
