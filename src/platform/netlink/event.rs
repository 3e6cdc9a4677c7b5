//! What nl80211 announces of a station.

use super::attribute::{Attributes, number};
use super::family;
use super::nl80211::{attribute, command, scan_flag};
use macveil_core::machine::{Event, Mlme, ScanStarted};
use macveil_core::types::Mac;

/// Reads the announcement that an interface has another type now, a station's or not.
pub(super) fn retyped(payload: &[u8]) -> Option<u32> {
    let (command, attributes) = family::split(payload)?;
    (command == command::SET_INTERFACE).then(|| attributes.u32(attribute::IFINDEX))?
}

/// Reads an announcement; `None` for one that is of no interest or names no interface.
pub(super) fn decode(payload: &[u8]) -> Option<(u32, Event)> {
    let (command, attributes) = family::split(payload)?;
    let ifindex = attributes.u32(attribute::IFINDEX)?;
    let event = match command {
        command::TRIGGER_SCAN => Event::ScanStarted(scan_started(attributes)),
        command::NEW_SCAN_RESULTS | command::SCAN_ABORTED => Event::ScanEnded,
        _ => Event::Mlme(mlme(command, attributes)?),
    };
    Some((ifindex, event))
}

fn scan_started(attributes: Attributes<'_>) -> ScanStarted {
    let flags = attributes.u32(attribute::SCAN_FLAGS).unwrap_or(0);
    ScanStarted {
        active: attributes
            .nested(attribute::SCAN_SSIDS)
            .iter()
            .next()
            .is_some(),
        random_address: flags & scan_flag::RANDOM_ADDR != 0,
    }
}

fn mlme(command: u8, attributes: Attributes<'_>) -> Option<Mlme> {
    match command {
        command::AUTHENTICATE | command::ASSOCIATE | command::CONNECT
            if attributes.has(attribute::TIMED_OUT) =>
        {
            Some(Mlme::TimedOut)
        }
        command::AUTHENTICATE => {
            let station = addressee(attributes.get(attribute::FRAME)?)?;
            Some(Mlme::Authenticated { station })
        }
        command::NEW_STATION => Some(Mlme::Authenticating),
        command::DEAUTHENTICATE | command::DISASSOCIATE | command::DISCONNECT => Some(Mlme::Ended),
        _ => None,
    }
}

/// To whom an access point sent a management frame; `None` if it was sent by a station.
///
/// The frame begins with two bytes of frame control and two of duration; then receiver, sender and
/// BSSID (IEEE 802.11-2020, 9.3.3.1).
fn addressee(frame: &[u8]) -> Option<Mac> {
    let (receiver, rest) = frame.get(4..)?.split_first_chunk::<6>()?;
    let (sender, rest) = rest.split_first_chunk::<6>()?;
    (*sender == number(rest)?).then_some(Mac(*receiver))
}
