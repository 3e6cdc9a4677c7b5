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

fn pmkids(element: Element) -> Vec<Pmkid> {
    list(&element).unwrap_or_default()
}

fn list(rsn: &Element) -> Option<Vec<Pmkid>> {
    let (_, after_capabilities) = rsn.rsn_capabilities()?;
    let (count, keys) = after_capabilities.split_first_chunk::<2>()?;
    let count = usize::from(u16::from_le_bytes(*count));
    let (keys, _) = keys.as_chunks::<16>();
    Some(keys.iter().copied().take(count).collect())
}
