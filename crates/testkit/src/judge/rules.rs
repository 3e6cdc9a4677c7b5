//! The rules about who may transmit when.

use std::collections::BTreeMap;

use super::associations::Association;
use super::brief::Brief;
use super::leak::{Leak, Leaks};
use super::names::Names;
use crate::air::{Frame, Kind, Mac};
use crate::record::Micros;

/// An access point that was not heard for so long is not there.
const ABSENT_AFTER: Micros = 1_000_000;

pub fn apply(
    frame: &Frame,
    brief: &Brief,
    names: &Names,
    associations: &[Association],
    leaks: &mut Leaks,
) {
    if frame.kind == Kind::Unreadable {
        leaks.add(Leak::Unreadable, frame, format!("{} bytes", frame.length));
        return;
    }
    let Some(station) = brief.station(frame) else {
        return;
    };
    let mut leak = |leak| leaks.add(leak, frame, what(frame, names));
    if station.is_group() || station.is_zero() {
        leak(Leak::NoAddress);
    }
    let within = associations.iter().find(|it| {
        it.station == station
            && it.covers(frame.at)
            && (frame.bssid == Some(it.bssid) || frame.receiver == it.bssid)
    });
    if names.is_permanent(station) {
        let allowed = within.is_some_and(|it| {
            let ap = brief.access_points.get(&it.bssid);
            let inherited = !brief.is_watched(it.begin) && brief.is_just_back(frame.at);
            (inherited || ap.is_some_and(|ap| ap.may_see_permanent(it.begin)))
                && frame.kind != Kind::ProbeRequest
        });
        if !allowed {
            leak(Leak::PermanentAddress);
        }
    }
    if names.is_assigned(station) && frame.kind != Kind::ProbeRequest && within.is_none() {
        let is_query = matches!(frame.kind, Kind::OtherManagement(_)) && brief.is_typed(frame.at);
        leak(if is_query {
            Leak::Typed
        } else {
            Leak::AssignedAddressOutside
        });
    }
    if names.is_mask(station) {
        if !station.is_local() {
            leak(Leak::MaskNotLocal);
        }
        if frame.kind == Kind::Authentication {
            leak(Leak::MaskAuthenticated);
        }
        if frame.kind == Kind::Data {
            leak(Leak::MaskSentData);
        }
    }
}

/// Authentication frames to access points that were not heard of late on the
/// channel where they are looked for.
pub fn absent_access_points(frames: &[Frame], brief: &Brief, leaks: &mut Leaks) {
    let mut heard: BTreeMap<Mac, (Micros, Option<u16>)> = BTreeMap::new();
    for frame in frames {
        let Some(transmitter) = frame.transmitter else {
            continue;
        };
        if brief.is_access_point(transmitter) {
            if matches!(frame.kind, Kind::Beacon | Kind::ProbeResponse) {
                heard.insert(transmitter, (frame.at, frame.frequency));
            }
        } else if frame.kind == Kind::Authentication
            && brief.station(frame).is_some()
            && brief.is_watched(frame.at)
        {
            let there = heard.get(&frame.receiver).is_some_and(|(at, frequency)| {
                frame.at - at <= ABSENT_AFTER && *frequency == frame.frequency
            });
            if !there {
                let name = brief.access_points.get(&frame.receiver);
                let name = name.map_or("an unknown one", |ap| ap.name.as_str());
                leaks.add(Leak::AbsentAccessPoint, frame, format!("to {name}"));
            }
        }
    }
}

/// Authentication frames under an address that an access point of another name has seen before.
pub fn other_networks(frames: &[Frame], brief: &Brief, names: &Names, leaks: &mut Leaks) {
    let mut shown: BTreeMap<Mac, &[u8]> = BTreeMap::new();
    for frame in frames {
        let ap = brief.access_points.get(&frame.receiver);
        let (Kind::Authentication, Some(station), Some(ap)) =
            (frame.kind, brief.station(frame), ap)
        else {
            continue;
        };
        let first = *shown.entry(station).or_insert(&ap.ssid);
        let may_be_equal = names.is_permanent(station) || brief.explicit.contains_key(&station);
        if first != ap.ssid && !may_be_equal && brief.is_watched(frame.at) {
            leaks.add(Leak::AddressOfAnotherNetwork, frame, what(frame, names));
        }
    }
}

fn what(frame: &Frame, names: &Names) -> String {
    let from = frame.transmitter.map(|mac| names.name(mac));
    format!(
        "{:?} from {} to {}",
        frame.kind,
        from.unwrap_or_default(),
        names.name(frame.receiver)
    )
}
