//! What a station says about itself in frames that everybody can read: nothing of it may join two of its
//! addresses. Shares no code with macveil's `audit`, which looks for the same.

use std::collections::BTreeMap;

use super::brief::Brief;
use super::identity::{self, Lans};
use super::leak::{Leak, Leaks};
use crate::air::{Element, Frame, Kind, Mac, elements_from};
use crate::lan::Packet;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    /// UUID-E (WPS).
    Uuid(Vec<u8>),
    /// Wi-Fi Direct.
    P2pDevice(Vec<u8>),
    /// PMKID, or the name of an FT key.
    Key(Vec<u8>),
    PasswordId(Vec<u8>),
    EapIdentity(Vec<u8>),
    /// Of a multi-link device.
    Device(Vec<u8>),
}

const LLC: [u8; 6] = [0xaa, 0xaa, 3, 0, 0, 0];

pub fn apply(frames: &[Frame], brief: &Brief, leaks: &mut Leaks) {
    let mut said_by: BTreeMap<Said, Mac> = BTreeMap::new();
    for frame in frames {
        let Some(station) = brief.station(frame) else {
            continue;
        };
        if brief.is_watched(frame.at) && is_beamforming_report(frame) {
            leaks.add(Leak::BeamformingReport, frame, format!("from {station}"));
        }
        for said in sayings(frame) {
            let names_user = matches!(said, Said::PasswordId(_) | Said::EapIdentity(_));
            if names_user && brief.is_watched(frame.at) {
                leaks.add(Leak::UserNamed, frame, format!("{station} says {said:?}"));
            }
            // The links of one device have an address each, in one network.
            let is_link = matches!(said, Said::Device(_));
            let first = *said_by.entry(said.clone()).or_insert(station);
            let is_new = first != station && !(is_link && same_network(frames, first, frame));
            if is_new && brief.is_watched(frame.at) {
                let detail = format!("{station} says {said:?}, as {first} did");
                leaks.add(Leak::IdentifierOfAnother, frame, detail);
            }
        }
    }
    identity::apply(&lans(frames, brief), brief, leaks);
}

/// Both addresses sent something to the same access point.
fn same_network(frames: &[Frame], first: Mac, now: &Frame) -> bool {
    let mut of_first = frames.iter().filter(|it| it.transmitter == Some(first));
    of_first.any(|it| it.bssid.is_some() && it.bssid == now.bssid)
}

fn sayings(frame: &Frame) -> Vec<Said> {
    match frame.kind {
        Kind::ProbeRequest | Kind::ProbeResponse => in_elements(frame.elements()),
        Kind::AssociationRequest | Kind::ReassociationRequest => {
            // PMKIDs are judged with the keys.
            in_elements(frame.elements().filter(|it| it.id != Element::RSN))
        }
        Kind::Authentication => in_authentication(&frame.body),
        Kind::OtherManagement(ACTION) => match frame.body.as_slice() {
            // Public, vendor-specific, P2P: OUI, type, subtype and dialog token before the elements.
            [4, 9, 0x50, 0x6f, 0x9a, 9, _, _, ..] => in_elements(elements_from(&frame.body, 8)),
            _ => Vec::new(),
        },
        Kind::Eapol => in_eapol(frame.body.get(8..).unwrap_or_default()),
        _ => Vec::new(),
    }
}

const ACTION: u8 = 13;
const ACTION_NO_ACK: u8 = 14;

/// What a station measured of its access point's signal: by category (HT, VHT, HE, EHT) and action.
fn is_beamforming_report(frame: &Frame) -> bool {
    let is_action = matches!(frame.kind, Kind::OtherManagement(ACTION | ACTION_NO_ACK));
    let report = match frame.body.as_slice() {
        [7, action, ..] => (4..=6).contains(action),
        [21 | 30 | 36, action, ..] => *action == 0,
        _ => false,
    };
    is_action && report
}

fn in_elements<'a>(elements: impl Iterator<Item = Element<'a>>) -> Vec<Said> {
    elements.filter_map(in_element).collect()
}

fn in_element(element: Element) -> Option<Said> {
    const UUID_E: u16 = 0x1047;
    const DEVICE_INFO: u8 = 13;
    /// Of a Multi-Link element.
    const TYPE: u8 = 7;
    const BASIC: u8 = 0;
    let after_type = element.body.get(4..).unwrap_or_default();
    if element.is_wps() {
        return wps(after_type, UUID_E).map(Said::Uuid);
    }
    if element.is_p2p() {
        let device = p2p(after_type, DEVICE_INFO)?;
        return device.get(..6).map(|it| Said::P2pDevice(it.to_vec()));
    }
    match (element.id, element.body) {
        (Element::RSN, body) => last_pmkid(body).map(Said::Key),
        (255, [107, control, _, _, device @ ..]) if control & TYPE == BASIC => {
            device.get(..6).map(|it| Said::Device(it.to_vec()))
        }
        (255, [33, id @ ..]) => Some(Said::PasswordId(id.to_vec())),
        // A key data encapsulation (KDE) with the address of a multi-link device.
        (221, [0, 0x0f, 0xac, 3, device @ ..]) => {
            device.get(..6).map(|it| Said::Device(it.to_vec()))
        }
        _ => None,
    }
}

/// The value of a WPS attribute: type and length of two bytes each, in network order.
fn wps(mut rest: &[u8], wanted: u16) -> Option<Vec<u8>> {
    while let [a, b, c, d, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*c, *d]));
        let value = after.get(..length)?;
        if u16::from_be_bytes([*a, *b]) == wanted {
            return Some(value.to_vec());
        }
        rest = &after[length..];
    }
    None
}

/// The value of a P2P attribute: a type of one byte, a length of two in the other order.
fn p2p(mut rest: &[u8], wanted: u8) -> Option<&[u8]> {
    while let [kind, a, b, after @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*a, *b]));
        let value = after.get(..length)?;
        if *kind == wanted {
            return Some(value);
        }
        rest = &after[length..];
    }
    None
}

/// Version, group suite, then two lists of suites and the capabilities before the list of keys.
fn last_pmkid(body: &[u8]) -> Option<Vec<u8>> {
    let mut at = 6;
    for _ in 0..2 {
        let count = body.get(at..at + 2)?;
        at += 2 + 4 * usize::from(u16::from_le_bytes([count[0], count[1]]));
    }
    let keys = body.get(at + 4..)?;
    keys.get(..16).map(<[u8]>::to_vec)
}

fn in_authentication(body: &[u8]) -> Vec<Said> {
    match body {
        // SAE commit in group 19: group, scalar and point; with an identifier of a password, it ends with elements.
        [3, 0, 1, 0, ..] => in_elements(elements_from(body, 8 + 96)),
        // The first message of the others, FT among them.
        [_, _, 1, 0, ..] => in_elements(elements_from(body, 6)),
        _ => Vec::new(),
    }
}

fn in_eapol(packet: &[u8]) -> Vec<Said> {
    const KEY_DATA: usize = 4 + 95;
    match packet {
        // An EAP response with an identity.
        [_, 0, _, _, 2, _, _, _, 1, identity @ ..] => {
            vec![Said::EapIdentity(identity.to_vec())]
        }
        // The key frames of a station have no encrypted data.
        [_, 3, ..] => in_elements(elements_from(packet, KEY_DATA)),
        _ => Vec::new(),
    }
}

/// The packets of open networks whose access points were not listened at.
fn lans(frames: &[Frame], brief: &Brief) -> Lans {
    let mut lans = Lans::new();
    for frame in frames.iter().filter(|it| it.kind == Kind::Data) {
        let (Some(station), Some(bssid)) = (brief.station(frame), frame.bssid) else {
            continue;
        };
        let ap = brief.access_points.get(&bssid);
        let is_heard_already = ap.is_some_and(|ap| ap.subnet.is_some());
        let Some(packet) = frame.body.strip_prefix(&LLC).filter(|_| !is_heard_already) else {
            continue;
        };
        let ethernet = [&[0xff; 6][..], &station.0, packet].concat();
        if let Some(packet) = Packet::read(frame.number, frame.at, &ethernet) {
            lans.entry(bssid).or_default().push(packet);
        }
    }
    lans
}
