//! The rules about what a probe request may say.

use super::brief::Brief;
use super::leak::{Leak, Leaks};
use super::names::Names;
use crate::air::{Element, Frame, Kind};

/// SSID, supported rates, channel, extended rates: what a probe request needs.
const MINIMAL: [u8; 4] = [Element::SSID, 1, 3, 50];

pub fn apply(frame: &Frame, brief: &Brief, names: &Names, leaks: &mut Leaks) {
    if frame.kind != Kind::ProbeRequest {
        return;
    }
    let Some(station) = brief.station(frame) else {
        return;
    };
    let assigned = names.is_assigned(station);
    let from = names.name(station);
    if assigned && brief.is_typed(frame.at) {
        leaks.add(Leak::Typed, frame, from);
        return;
    }
    if assigned {
        leaks.add(Leak::AssignedAddressInProbe, frame, from.clone());
    }
    if let Some(ssid) = frame.ssid() {
        let call = format!("{from} names {}", ssid.escape_ascii());
        if !brief.hidden.iter().any(|hidden| hidden == ssid) {
            leaks.add(Leak::NetworkNamed, frame, call.clone());
        }
        if assigned {
            leaks.add(Leak::NetworkNamedUnderAssigned, frame, call);
        }
    }
    let has_wps = frame
        .elements()
        .any(|element| element.is_wps() || element.is_p2p());
    if has_wps && !(brief.is_wps(frame.at) && names.is_mask(station)) {
        leaks.add(Leak::WpsOrP2p, frame, from.clone());
    }
    if !is_minimal(frame) && !brief.is_foreign_scan(frame.at) {
        let ids: Vec<_> = frame.elements().map(|element| element.id).collect();
        let detail = format!("{from}: {} bytes, elements {ids:?}", frame.length);
        leaks.add(Leak::RichProbe, frame, detail);
    }
}

pub fn is_minimal(frame: &Frame) -> bool {
    frame
        .elements()
        .all(|element| MINIMAL.contains(&element.id))
}
