//! What of a station is compared with other stations.

use std::collections::BTreeMap;

use crate::tools::audit::capture::Micros;
use crate::tools::audit::station::{Moment, Station};
use macveil_core::types::Mac;

/// A station that sent probe requests under an address that no vendor assigned.
#[derive(Debug)]
pub(super) struct Trace<'a> {
    pub(super) address: Mac,
    pub(super) first: Moment,
    pub(super) last: Micros,
    /// Sequence numbers of the first and of the last probe request.
    pub(super) numbers: (u16, u16),
    /// The strongest signal in dBm.
    pub(super) signal: Option<f64>,
    /// Hashes of what its probe requests contain; never empty.
    pub(super) contents: &'a [u64],
    /// Whether that includes optional elements.
    pub(super) is_optional: bool,
    pub(super) names: &'a [Box<[u8]>],
    /// The first half of the address, if it is not random: Android had its own, and wpa_supplicant can keep the card's.
    pub(super) prefix: Option<[u8; 3]>,
}

/// So many addresses have the same first half by chance in less than one of ten captures, even with 20,000 addresses.
const MIN_SAME_PREFIX: u32 = 3;

/// In captures whose addresses were replaced, one of so many transmitters has the group bit, which no card sets.
const MIN_GROUP_SHARE: u32 = 8;
/// Fewer addresses with the group bit can be damaged frames.
const MIN_GROUP_ADDRESSES: u32 = 3;

/// The traces, ordered by their first frames.
pub(super) fn of(stations: &BTreeMap<Mac, Box<Station>>) -> Vec<Trace<'_>> {
    let probing = || {
        let all = stations.iter();
        all.filter(|(_, it)| it.trail.numbers.is_some() && !it.is_access_point())
    };
    // With the group bit, and all: of the capture, and of those that sent the same.
    let mut shares: BTreeMap<_, (u32, u32)> = BTreeMap::new();
    for (address, station) in probing() {
        for of in alike(station) {
            let (of_groups, all) = shares.entry(of).or_default();
            *of_groups += u32::from(address.bytes()[0] & 1);
            *all += 1;
        }
    }
    // Then neither bit of an address means anything.
    let were_replaced = |of: Option<u64>| {
        shares.get(&of).is_some_and(|(of_groups, all)| {
            *of_groups >= MIN_GROUP_ADDRESSES && of_groups * MIN_GROUP_SHARE >= *all
        })
    };
    let own = |address: &Mac, station| address.is_local() || alike(station).any(were_replaced);
    let mut traces: Vec<_> = probing()
        .filter(|(address, station)| own(address, station))
        .filter_map(|(address, station)| {
            let trail = &station.trail;
            let is_optional = !station.contents.is_empty();
            Some(Trace {
                address: *address,
                first: station.any.first?,
                last: station.last,
                numbers: trail.numbers?,
                signal: trail.signal.map(f64::from),
                contents: if is_optional {
                    &station.contents
                } else {
                    &trail.minimal
                },
                is_optional,
                names: &station.names,
                prefix: None,
            })
        })
        .collect();
    traces.sort_unstable_by_key(|trace| (trace.first, trace.address));
    find_prefixes(&mut traces);
    traces
}

/// What a station is counted with: all of the capture, and those with the same optional elements.
fn alike(station: &Station) -> impl Iterator<Item = Option<u64>> {
    let contents = station.contents.iter().copied();
    std::iter::once(None).chain(contents.map(Some))
}

fn find_prefixes(traces: &mut [Trace]) {
    let mut counts: BTreeMap<_, u32> = BTreeMap::new();
    for trace in traces.iter() {
        *counts.entry(prefix(trace.address)).or_default() += 1;
    }
    for trace in traces {
        let prefix = prefix(trace.address);
        let count = counts.get(&prefix).copied().unwrap_or_default();
        trace.prefix = (count >= MIN_SAME_PREFIX).then_some(prefix);
    }
}

const fn prefix(address: Mac) -> [u8; 3] {
    let [a, b, c, ..] = address.bytes();
    [a, b, c]
}
