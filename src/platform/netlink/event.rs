//! Decodes nl80211 notifications about stations.

use neli::consts::nl80211::Nl80211Command;

use super::attribute::{Attributes, number};
use super::family;
use super::nl80211::{attribute, scan_flag};
use macveil_core::machine::{Event, MlmeEvent, ScanEvent, ScanStarted};
use macveil_core::types::Mac;

/// Decodes the notification that an interface changed its type; returns the interface index.
pub(super) fn retyped(payload: &[u8]) -> Option<u32> {
    let (command, attributes) = family::split(payload)?;
    (Nl80211Command::from(command) == Nl80211Command::SetInterface)
        .then(|| attributes.u32(attribute::IFINDEX))?
}

/// Decodes a notification; `None` if macveil does not use it or it names no interface.
pub(super) fn decode(payload: &[u8]) -> Option<(u32, Event)> {
    let (command, attributes) = family::split(payload)?;
    let ifindex = attributes.u32(attribute::IFINDEX)?;
    let event = match command.into() {
        Nl80211Command::TriggerScan => Event::Scan(ScanEvent::Started(scan_started(attributes))),
        Nl80211Command::NewScanResults | Nl80211Command::ScanAborted => {
            Event::Scan(ScanEvent::Ended)
        }
        command => Event::Mlme(mlme(command, attributes)?),
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

fn mlme(command: Nl80211Command, attributes: Attributes<'_>) -> Option<MlmeEvent> {
    match command {
        Nl80211Command::Authenticate | Nl80211Command::Associate | Nl80211Command::Connect
            if attributes.has(attribute::TIMED_OUT) =>
        {
            Some(MlmeEvent::TimedOut)
        }
        Nl80211Command::Authenticate => {
            let (station, peer) = answered(attributes.get(attribute::FRAME)?)?;
            Some(MlmeEvent::Authenticated { station, peer })
        }
        Nl80211Command::NewStation => Some(MlmeEvent::Authenticating {
            peer: attributes.mac(attribute::MAC),
        }),
        Nl80211Command::Associate => {
            let (_, peer) = answered(attributes.get(attribute::FRAME)?)?;
            Some(MlmeEvent::Associated { peer })
        }
        Nl80211Command::Connect | Nl80211Command::Roam => Some(MlmeEvent::Associated {
            peer: attributes.mac(attribute::MAC)?,
        }),
        Nl80211Command::Deauthenticate
        | Nl80211Command::Disassociate
        | Nl80211Command::Disconnect => Some(MlmeEvent::Ended),
        _ => None,
    }
}

/// The receiver and the sender of a management frame from an access point; `None` if a station sent it.
///
/// The frame begins with two bytes of frame control and two of duration; then receiver, sender and
/// BSSID (IEEE 802.11-2020, 9.3.3.1).
fn answered(frame: &[u8]) -> Option<(Mac, Mac)> {
    let (receiver, rest) = frame.get(4..)?.split_first_chunk::<6>()?;
    let (sender, rest) = rest.split_first_chunk::<6>()?;
    (*sender == number(rest)?).then_some((Mac(*receiver), Mac(*sender)))
}
