//! Addresses of a station that its frames contain: what the header hides, the content may say.

use std::collections::BTreeSet;

use super::associations::Association;
use super::brief::Brief;
use super::leak::{Leak, Leaks};
use crate::air::{Frame, Kind, Mac};
use crate::record::Micros;

pub fn apply(frames: &[Frame], brief: &Brief, associations: &[Association], leaks: &mut Leaks) {
    let mut devices = BTreeSet::new();
    for frame in frames {
        let Some(station) = brief.station(frame) else {
            continue;
        };
        let device = device(frame);
        devices.extend(device);
        for address in device.into_iter().filter(|it| *it != station) {
            let is_leak = brief.permanent.contains_key(&address)
                && brief.is_watched(frame.at)
                && !may_be_seen(frame.receiver, frame.at, brief, associations);
            if is_leak {
                let detail = format!("{station} says in {:?} that it is {address}", frame.kind);
                leaks.add(Leak::PermanentAddress, frame, detail);
            }
        }
    }
    for frame in frames.iter().filter(|it| it.kind == Kind::ProbeRequest) {
        let station = brief.station(frame).filter(|it| devices.contains(it));
        let of_network = station.filter(|it| !brief.permanent.contains_key(it));
        if let Some(device) = of_network.filter(|_| brief.is_watched(frame.at)) {
            let detail = format!("{device} is the address of a multi-link device");
            leaks.add(Leak::AssignedAddressInProbe, frame, detail);
        }
    }
}

fn may_be_seen(to: Mac, at: Micros, brief: &Brief, associations: &[Association]) -> bool {
    let begin = associations
        .iter()
        .find(|it| it.bssid == to && it.covers(at));
    let ap = brief.access_points.get(&to);
    ap.is_some_and(|ap| ap.may_see_permanent(begin.map_or(at, |it| it.begin)))
}

/// The address of the multi-link device that a frame is sent for.
fn device(frame: &Frame) -> Option<Mac> {
    const BASIC_MULTI_LINK: (u8, u8, u8) = (255, 107, 0);
    let mut rest = match frame.kind {
        Kind::AssociationRequest => frame.body.get(4..)?,
        Kind::ReassociationRequest => frame.body.get(10..)?,
        // An SAE commit has a group, a number and a point before its elements: 32 bytes and 64 in group 19.
        Kind::Authentication if frame.body.starts_with(&[3, 0, 1, 0]) => frame.body.get(104..)?,
        Kind::Authentication => frame.body.get(6..)?,
        _ => return None,
    };
    while let [id, length, content @ ..] = rest {
        let (element, after) = content.split_at_checked(usize::from(*length))?;
        if let [extension, control, _, _, a, b, c, d, e, f, ..] = *element
            && (*id, extension, control & 7) == BASIC_MULTI_LINK
        {
            return Some(Mac([a, b, c, d, e, f]));
        }
        rest = after;
    }
    None
}
