//! Whether a station names a key (PMKSA) that was agreed on under another address.

use std::collections::BTreeMap;

use super::brief::Brief;
use super::leak::{Leak, Leaks};
use crate::air::{Element, Frame, Kind, Mac};

type Pmkid = [u8; 16];

/// Association requests that name the same key under different addresses.
pub fn shared(frames: &[Frame], brief: &Brief, leaks: &mut Leaks) {
    let mut named: BTreeMap<Pmkid, Mac> = BTreeMap::new();
    for frame in frames {
        let Some(station) = brief.station(frame) else {
            continue;
        };
        if !matches!(
            frame.kind,
            Kind::AssociationRequest | Kind::ReassociationRequest
        ) {
            continue;
        }
        for pmkid in frame.elements().flat_map(pmkids) {
            let first = *named.entry(pmkid).or_insert(station);
            if first != station && brief.is_watched(frame.at) {
                let detail = format!("{station} names a key of {first}");
                leaks.add(Leak::KeyOfAnotherAddress, frame, detail);
            }
        }
    }
}

/// The PMKID list at the end of an RSN element (IEEE 802.11-2020, 9.4.2.24).
fn pmkids(element: Element) -> Vec<Pmkid> {
    if element.id != Element::RSN {
        return Vec::new();
    }
    list(element.body).unwrap_or_default()
}

fn list(body: &[u8]) -> Option<Vec<Pmkid>> {
    const SUITE: usize = 4;
    let after_group = body.get(2 + SUITE..)?;
    let after_pairwise = skip(after_group, SUITE)?;
    let after_akm = skip(after_pairwise, SUITE)?;
    let (count, keys) = after_akm.get(2..)?.split_first_chunk::<2>()?;
    let count = usize::from(u16::from_le_bytes(*count));
    let (keys, _) = keys.as_chunks::<16>();
    Some(keys.iter().copied().take(count).collect())
}

/// What follows a counted list.
fn skip(bytes: &[u8], size: usize) -> Option<&[u8]> {
    let (count, rest) = bytes.split_first_chunk::<2>()?;
    rest.get(usize::from(u16::from_le_bytes(*count)) * size..)
}
