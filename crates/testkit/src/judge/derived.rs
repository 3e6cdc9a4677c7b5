//! Addresses that follow from others: iwd's own from the permanent one, IPv6's from whatever was on the
//! interface.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::brief::Brief;
use super::leak::{Leak, Leaks};
use crate::air::{Frame, Kind, Mac};

/// With a network's name the card can be found by search, because no secret goes into it
/// (`wiphy_generate_address_from_ssid`, `wiphy.c`, iwd 2.3).
pub fn computable(ssid: &[u8], permanent: Mac) -> Mac {
    let hash = Sha256::new()
        .chain_update(ssid)
        .chain_update(permanent.0)
        .finalize();
    let mut bytes: [u8; 6] = std::array::from_fn(|at| hash[at]);
    bytes[0] = bytes[0] & !1 | 2;
    bytes[5] &= !1;
    Mac(bytes)
}

pub fn apply(frames: &[Frame], brief: &Brief, leaks: &mut Leaks) {
    let pairs = brief.permanent.keys().flat_map(|mac| {
        let aps = brief.access_points.values();
        aps.map(|ap| (computable(&ap.ssid, *mac), &ap.name))
    });
    let computable: BTreeMap<Mac, &String> = pairs.collect();
    for frame in frames.iter().filter(|frame| brief.is_watched(frame.at)) {
        let Some(station) = brief.station(frame) else {
            continue;
        };
        if let Some(ap) = computable.get(&station) {
            let detail = format!("{:?} under iwd's address for {ap}", frame.kind);
            leaks.add(Leak::ComputableAddress, frame, detail);
        }
        if let Some(other) = link_local_of_another(frame, station, brief)
            && !brief.links_taken_down
        {
            let detail = format!("{station} tells of an address made from {other}");
            leaks.add(Leak::LinkLocalOfAnother, frame, detail);
        }
    }
}

/// What an IPv6 packet that is not encrypted shows of another address than the one that it goes out
/// under: all or the end of it. To look for an access point tells nothing.
fn link_local_of_another(frame: &Frame, station: Mac, brief: &Brief) -> Option<String> {
    const IPV6_OVER_SNAP: [u8; 8] = [0xaa, 0xaa, 0x03, 0, 0, 0, 0x86, 0xdd];
    const DESTINATION: usize = 24;
    let ap = frame
        .bssid
        .and_then(|bssid| brief.access_points.get(&bssid));
    // The end of an address that the network gave follows from nothing.
    let gives_any = ap.is_some_and(|ap| ap.leases_ipv6);
    if frame.kind != Kind::Data {
        return None;
    }
    let packet = frame.body.strip_prefix(&IPV6_OVER_SNAP)?;
    let places = packet.windows(16).enumerate();
    let addresses = places.filter(|(at, _)| *at != DESTINATION);
    addresses
        .filter_map(|(_, address)| made_from(address, gives_any))
        .find(|end| {
            let mut known = brief.access_points.keys().chain([&station]);
            !known.any(|mac| mac.0.ends_with(end))
        })
        .map(|end| end.map(|byte| format!("{byte:02x}")).join(":"))
}

/// The end of the hardware address that a link-local address was made from (RFC 4291, appendix A), or
/// the group of those who have it (2.7.1), unless any address may have that end.
fn made_from(address: &[u8], any_end: bool) -> Option<[u8; 3]> {
    const LINK_LOCAL: [u8; 8] = [0xfe, 0x80, 0, 0, 0, 0, 0, 0];
    const SOLICITED_NODE: [u8; 13] = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff];
    let is_made = address.starts_with(&LINK_LOCAL) && address.get(11..13) == Some(&[0xff, 0xfe]);
    let end = address.get(13..)?.try_into().ok()?;
    (is_made || !any_end && address.starts_with(&SOLICITED_NODE)).then_some(end)
}
