//! Links addresses that sent a value which belongs to one card only.

use std::collections::BTreeMap;

use super::{Confidence, LinkReason, LinkedAddresses};
use crate::tools::audit::identity::Identifier;
use crate::tools::audit::station::{Moment, Station};
use macveil_core::types::Mac;

type Sender<'a> = (&'a Identifier, Moment, Mac, &'a Station);

/// Links each address to the one before that sent the same.
pub(super) fn shared(stations: &BTreeMap<Mac, Box<Station>>) -> Vec<LinkedAddresses> {
    let mut senders: Vec<Sender> = stations
        .iter()
        .filter(|(_, station)| !station.is_access_point())
        .flat_map(|(address, station)| {
            let first = station.any.first;
            let all = station.identifiers.iter();
            all.filter_map(move |identifier| Some((identifier, first?, *address, &**station)))
        })
        .collect();
    senders
        .sort_unstable_by_key(|(identifier, moment, address, _)| (*identifier, *moment, *address));
    let pairs = senders.windows(2).filter_map(|pair| match pair {
        [earlier, later] if is_told(earlier, later) => Some(link(earlier, later)),
        _ => None,
    });
    pairs.collect()
}

/// Whether the same value says more than the addresses do.
fn is_told((one, _, address, earlier): &Sender, (other, _, _, later): &Sender) -> bool {
    if one != other {
        return false;
    }
    match one {
        // A device has a link address of its own for each association, also in one network.
        Identifier::MldAddress(device) => {
            device != address
                && earlier.as_device == 0
                && !earlier
                    .joined
                    .iter()
                    .any(|name| later.joined.contains(name))
        }
        _ => true,
    }
}

fn link((identifier, _, earlier, _): &Sender, (_, moment, later, _): &Sender) -> LinkedAddresses {
    LinkedAddresses {
        earlier: *earlier,
        later: *later,
        moment: *moment,
        reason: LinkReason::SameIdentifier((*identifier).clone()),
        confidence: if identifier.is_ambiguous() {
            Confidence::Likely
        } else {
            Confidence::Certain
        },
    }
}
