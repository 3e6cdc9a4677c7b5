//! Links addresses that sent a value which belongs to one card only.

use std::collections::BTreeMap;

use super::{Confidence, LinkReason, LinkedAddresses};
use crate::tools::audit::station::Station;
use macveil_core::types::Mac;

/// Links each address to the one before that sent the same.
pub(super) fn shared(stations: &BTreeMap<Mac, Station>) -> Vec<LinkedAddresses> {
    let mut senders: Vec<_> = stations
        .iter()
        .filter(|(_, station)| !station.is_access_point())
        .flat_map(|(address, station)| {
            let first = station.any.first;
            let uuids = station.uuids.iter();
            uuids.filter_map(move |uuid| Some((LinkReason::SameUuid(*uuid), first?, *address)))
        })
        .collect();
    senders.sort_unstable();
    let pairs = senders.windows(2).filter_map(|pair| match pair {
        [(reason, _, earlier), (same, moment, later)] if reason == same => Some(LinkedAddresses {
            earlier: *earlier,
            later: *later,
            moment: *moment,
            reason: reason.clone(),
            confidence: Confidence::Certain,
        }),
        _ => None,
    });
    pairs.collect()
}
