//! How long a station took to be back after its access point was.

use std::collections::BTreeMap;

use super::associations::Association;
use super::brief::Brief;
use crate::air::{Frame, Kind, Mac};
use crate::record::Micros;

#[derive(Debug, Clone)]
pub struct Outage {
    /// Between the last beacon before and the first after.
    pub lasted: Micros,
    /// From that first beacon to the station's first authentication frame.
    pub back_after: Micros,
}

/// Beacons come ten times a second; this long without one is an outage.
const SILENCE: Micros = 3_000_000;

pub fn find(frames: &[Frame], brief: &Brief, associations: &[Association]) -> Vec<Outage> {
    let mut outages = Vec::new();
    let mut last_beacon: BTreeMap<Mac, Micros> = BTreeMap::new();
    let mut returns: BTreeMap<Mac, (Micros, Micros)> = BTreeMap::new();
    for frame in frames {
        if frame.kind == Kind::Beacon
            && let Some(ap) = frame.transmitter
        {
            let before = last_beacon.insert(ap, frame.at).unwrap_or(frame.at);
            let known = || {
                associations
                    .iter()
                    .any(|it| it.bssid == ap && it.granted < Some(frame.at) && it.granted.is_some())
            };
            if frame.at - before > SILENCE && known() {
                returns.insert(ap, (frame.at, frame.at - before));
            }
        }
        if frame.kind == Kind::Authentication
            && brief.station(frame).is_some()
            && let Some((returned, lasted)) = returns.remove(&frame.receiver)
        {
            outages.push(Outage {
                lasted,
                back_after: frame.at - returned,
            });
        }
    }
    outages
}
