//! What probe requests contain. Those of a station are mostly the same, so they are read once.

use super::elements::{Element, Elements};

/// Bytes. Longer contents are read each time.
const MAX_KEPT: usize = 512;

/// The elements of a probe request behind its SSID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// The bytes that were read; empty if they must be read again.
    kept: Vec<u8>,
    /// It has optional elements.
    pub(super) is_rich: bool,
    pub(super) is_wps_or_p2p: bool,
    /// It has an SSID that does not come first.
    pub(super) is_named: bool,
    /// The place of the channel, which changes within a scan.
    channel_at: Option<usize>,
}

impl Content {
    /// Whether these bytes were read the last time, but for the channel.
    pub(super) fn is_of(&self, bytes: &[u8]) -> bool {
        let is_same = match self.channel_at {
            Some(at) => without(&self.kept, at) == without(bytes, at),
            None => self.kept == bytes,
        };
        is_same && !self.kept.is_empty()
    }

    /// The channel in the same bytes.
    pub(super) fn channel(&self, bytes: &[u8]) -> Option<u16> {
        let number = bytes.get(self.channel_at?)?;
        Some(u16::from(*number))
    }

    /// Reads elements. If they are cut off, they are not kept: whole ones can begin with the same bytes.
    pub(super) fn read(&mut self, bytes: &[u8], is_truncated: bool) {
        let mut kept = std::mem::take(&mut self.kept);
        kept.clear();
        *self = Self::default();
        let mut place = 0;
        for element in Elements(bytes) {
            self.is_rich |= !element.is_minimal();
            self.is_named |= element.id == Element::SSID;
            self.is_wps_or_p2p |= element.wps().is_some() || element.is_p2p();
            if let (Element::CHANNEL, [_]) = (element.id, element.body) {
                self.channel_at = Some(place + 2);
            }
            place += 2 + element.body.len();
        }
        if bytes.len() <= MAX_KEPT && !self.is_named && !is_truncated {
            kept.extend_from_slice(bytes);
        }
        self.kept = kept;
    }
}

fn without(bytes: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    let (start, rest) = bytes.split_at_checked(at)?;
    Some((start, rest.get(1..)?))
}

/// A hash of the elements without SSID and channel.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 1;
    for element in Elements(bytes) {
        if matches!(element.id, Element::SSID | Element::CHANNEL) {
            continue;
        }
        let (words, rest) = element.body.as_chunks();
        hash = mix(
            hash,
            u64::from(element.id) << 32 | element.body.len() as u64,
        );
        for word in words {
            hash = mix(hash, u64::from_le_bytes(*word));
        }
        let last = rest
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
        hash = mix(hash, last);
    }
    hash
}

/// Another word gives another result; the shift lets its high bits change low ones, too.
const fn mix(hash: u64, word: u64) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let product = (hash ^ word).wrapping_mul(ODD);
    product ^ product >> 32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const BODY: &[u8] = b"\x01\x04\x02\x04\x0b\x16\x03\x01\x06\x2d\x0a0123456789";
    const CHANNEL_AT: usize = 8;

    #[test]
    fn content_is_read_again_if_anything_but_the_channel_changes() {
        for at in 0..BODY.len() {
            let mut content = Content::default();
            content.read(BODY, false);
            assert!(content.is_of(BODY));
            assert!(!content.is_of(&BODY[..at]));
            let mut other = BODY.to_vec();
            other[at] ^= 1;
            assert_eq!(content.is_of(&other), at == CHANNEL_AT);
            assert_eq!(content.channel(BODY), Some(6));
        }
    }

    #[test]
    fn content_that_was_cut_off_is_read_each_time() {
        let mut content = Content::default();
        content.read(BODY, true);
        assert!(!content.is_of(BODY));
    }

    #[test]
    fn content_with_a_name_is_read_each_time() {
        let mut content = Content::default();
        content.read(b"\x01\x01\x02\x00\x01a", false);
        assert!(content.is_named && !content.is_of(b"\x01\x01\x02\x00\x01a"));
    }

    #[test]
    fn hashes_differ_with_each_bit_but_those_of_the_channel() {
        let mut hashes = BTreeSet::from([hash(BODY)]);
        for at in 11..BODY.len() {
            for bit in 0..8 {
                let mut other = BODY.to_vec();
                other[at] ^= 1 << bit;
                hashes.insert(hash(&other));
            }
        }
        assert_eq!(hashes.len(), 1 + 8 * (BODY.len() - 11));
        let mut other = BODY.to_vec();
        other[CHANNEL_AT] = 11;
        assert_eq!(hash(&other), hash(BODY));
        assert_ne!(hash(b""), 0);
    }
}
