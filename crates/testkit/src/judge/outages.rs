//! How long a station took to be back after its access point was.

use std::collections::BTreeMap;

use super::associations::Association;
use super::brief::Brief;
use crate::air::{Frame, Kind, Mac};
use crate::record::Micros;

#[derive(Debug, Clone)]
pub struct Outage {
    /// Between its last beacon before and its first sign of life after.
    pub lasted: Micros,
    /// From that sign to the station's first authentication frame.
    pub back_after: Micros,
}

/// Beacons come ten times a second; this long without one is an outage.
const SILENCE: Micros = 3_000_000;

pub fn find(frames: &[Frame], brief: &Brief, associations: &[Association]) -> Vec<Outage> {
    let mut outages = Vec::new();
    let mut last_heard: BTreeMap<Mac, Micros> = BTreeMap::new();
    let mut returns: BTreeMap<Mac, (Micros, Micros)> = BTreeMap::new();
    let known = |ap: Mac, at: Micros| {
        let granted = associations.iter().filter(|it| it.bssid == ap);
        granted.filter_map(|it| it.granted).any(|it| it < at)
    };
    let granted_elsewhere = |ap: Mac| {
        let others = associations.iter().filter(move |it| it.bssid != ap);
        others.filter_map(|it| Some((it, it.granted?)))
    };
    let connected_elsewhere =
        |ap: Mac, at: Micros| granted_elsewhere(ap).any(|(it, _)| it.covers(at));
    let joined_another = |ap: Mac, since: Micros, until: Micros| {
        granted_elsewhere(ap).any(|(_, at)| (since..until).contains(&at))
    };
    for frame in frames {
        // The first sign of life can be the answer to a probe request.
        if matches!(frame.kind, Kind::Beacon | Kind::ProbeResponse)
            && let Some(ap) = frame.transmitter
        {
            let before = last_heard.insert(ap, frame.at).unwrap_or(frame.at);
            let silence = frame.at - before;
            if silence > SILENCE && known(ap, frame.at) && !connected_elsewhere(ap, frame.at) {
                returns.insert(ap, (frame.at, silence));
            }
        }
        if frame.kind == Kind::Authentication
            && brief.station(frame).is_some()
            && let Some((returned, lasted)) = returns.remove(&frame.receiver)
            && brief.is_watched(frame.at)
            && !joined_another(frame.receiver, returned, frame.at)
        {
            outages.push(Outage {
                lasted,
                back_after: frame.at - returned,
            });
        }
    }
    outages
}
