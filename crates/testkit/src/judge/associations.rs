//! Associations as the air shows them: from the first authentication frame to
//! the goodbye, or to when the access point has been silent for a while.

use std::collections::BTreeMap;

use super::brief::Brief;
use crate::air::{Element, Frame, Kind, Mac};
use crate::record::Micros;

#[derive(Debug, Clone)]
pub struct Association {
    pub station: Mac,
    pub bssid: Mac,
    pub begin: Micros,
    /// When the access point granted it.
    pub granted: Option<Micros>,
    /// Frames of the four-way handshake that the station sent.
    pub handshake: usize,
    pub end: Micros,
    last: Micros,
    /// The channel that the station was last heard on, unless the access point
    /// has announced another one since.
    frequency: Option<u16>,
    /// When a beacon last announced another channel, where the station may wait for the access point.
    sent_away: Micros,
    /// When it is over unless the station is heard again: its access point said goodbye while it may have waited on
    /// another channel.
    doubted: Option<Micros>,
    /// Whether both protect management frames once they have keys.
    can_protect: bool,
}

/// How long a station may need to notice that its access point has gone.
const NOTICES_SILENCE: Micros = 5_000_000;

/// How long an attempt may pause while the card does not scan, and how long frames may trail an association's end.
pub const TRAIL: Micros = 1_000_000;

impl Association {
    fn hears(&self, frequency: Option<u16>) -> bool {
        self.frequency.is_none() || self.frequency == frequency
    }

    fn waits_elsewhere(&self) -> bool {
        self.frequency.is_none() && self.sent_away > self.begin
    }

    /// Whether the station takes a goodbye for one of its access point. One that is not associated ignores it. Until it
    /// has keys, a station that can protect frames believes what only it is told (`ieee80211_drop_unencrypted_mgmt`,
    /// `net/mac80211/rx.c`, Linux 6.12).
    fn believes(&self, goodbye: &Frame) -> bool {
        let to_all = goodbye.receiver == Mac::BROADCAST;
        let protects = self.can_protect && (to_all || self.handshake >= 2);
        self.granted.is_some()
            && self.hears(goodbye.frequency)
            && (!protects || goodbye.is_protected())
    }

    /// Whether a frame of that time can belong to it.
    pub fn covers(&self, at: Micros) -> bool {
        (self.begin..=self.end.saturating_add(TRAIL)).contains(&at)
    }
}

#[derive(Default)]
struct Tracker {
    open: BTreeMap<Mac, Association>,
    done: Vec<Association>,
    /// By access point and channel.
    last_beacon: BTreeMap<(Mac, Option<u16>), Micros>,
}

pub fn find(frames: &[Frame], brief: &Brief) -> Vec<Association> {
    let mut tracker = Tracker::default();
    for frame in frames {
        tracker.expire(frame.at, brief);
        tracker.see(frame, brief);
    }
    if let Some(last) = frames.last() {
        tracker.expire(last.at, brief);
    }
    let Tracker { open, mut done, .. } = tracker;
    done.extend(open.into_values());
    done.sort_by_key(|association| association.begin);
    done
}

impl Tracker {
    fn see(&mut self, frame: &Frame, brief: &Brief) {
        let Some(transmitter) = frame.transmitter else {
            return;
        };
        if frame.kind == Kind::Beacon {
            self.see_beacon(frame, transmitter);
        } else if brief.is_access_point(transmitter) {
            self.see_from_access_point(frame, transmitter, brief);
        } else if brief.is_access_point(frame.receiver) {
            self.see_from_station(frame, transmitter, brief);
        }
    }

    fn see_beacon(&mut self, frame: &Frame, bssid: Mac) {
        self.last_beacon.insert((bssid, frame.frequency), frame.at);
        let announces_switch = |element: Element| element.id == Element::CHANNEL_SWITCH;
        if frame.elements().any(announces_switch) {
            let stations = self.open.values_mut().filter(|it| it.bssid == bssid);
            stations.for_each(|it| {
                it.frequency = None;
                it.sent_away = frame.at;
            });
        }
    }

    fn see_from_station(&mut self, frame: &Frame, station: Mac, brief: &Brief) {
        let before = self.open.get(&station);
        let begins = match frame.kind {
            Kind::Authentication => {
                before.is_none_or(|it| it.bssid != frame.receiver || it.granted.is_some())
            }
            // FT over the DS: it has authenticated through the access point before.
            Kind::ReassociationRequest => self.roams(station, frame.receiver, brief),
            _ => false,
        };
        if begins {
            self.begin(station, frame.receiver, frame.at);
        }
        let Some(association) = self.open.get_mut(&station) else {
            return;
        };
        if association.bssid != frame.receiver {
            return;
        }
        association.last = frame.at;
        association.frequency = frame.frequency;
        association.doubted = None;
        association.can_protect |= frame.offers_protection();
        association.handshake += usize::from(frame.kind == Kind::Eapol);
        if is_goodbye(frame) {
            self.close(station, frame.at);
        }
    }

    /// Whether it is associated with another access point of the same network.
    fn roams(&self, station: Mac, to: Mac, brief: &Brief) -> bool {
        let name = |bssid: Mac| brief.access_points.get(&bssid).map(|ap| &ap.ssid);
        let before = self.open.get(&station);
        before
            .is_some_and(|it| it.granted.is_some() && it.bssid != to && name(it.bssid) == name(to))
    }

    fn begin(&mut self, station: Mac, bssid: Mac, at: Micros) {
        self.close(station, at);
        self.open.insert(
            station,
            Association {
                station,
                bssid,
                begin: at,
                granted: None,
                handshake: 0,
                end: Micros::MAX,
                last: at,
                frequency: None,
                sent_away: at,
                doubted: None,
                can_protect: false,
            },
        );
    }

    fn see_from_access_point(&mut self, frame: &Frame, bssid: Mac, brief: &Brief) {
        // It sends data to its own stations only, so the sniffer missed how this one roamed.
        if frame.kind == Kind::Data && self.roams(frame.receiver, bssid, brief) {
            self.begin(frame.receiver, bssid, frame.at.saturating_sub(TRAIL));
            if let Some(association) = self.open.get_mut(&frame.receiver) {
                association.granted = Some(frame.at);
            }
        }
        if is_goodbye(frame) {
            self.see_goodbye(frame, bssid, brief);
        }
        let answers = matches!(
            frame.kind,
            Kind::AssociationResponse | Kind::ReassociationResponse
        );
        if let Some(association) = self.open.get_mut(&frame.receiver)
            && association.bssid == bssid
            && answers
        {
            if frame.is_success() {
                association.granted.get_or_insert(frame.at);
            } else if let Some(pause) = frame.comeback() {
                // The access point still has an older association, and asks that one first.
                association.last = frame.at + pause;
            }
        }
    }

    fn see_goodbye(&mut self, frame: &Frame, bssid: Mac, brief: &Brief) {
        let to_all = frame.receiver == Mac::BROADCAST;
        let told = self.open.values_mut().filter(|it| {
            it.bssid == bssid && (to_all || it.station == frame.receiver) && it.believes(frame)
        });
        let mut leaving = Vec::new();
        for association in told {
            if association.waits_elsewhere() {
                let end = frame.at + NOTICES_SILENCE;
                association.doubted.get_or_insert(end);
            } else {
                leaving.push(association.station);
            }
        }
        for station in leaving {
            self.close(station, brief.taken_in(frame.at));
        }
    }

    fn close(&mut self, station: Mac, at: Micros) {
        if let Some(mut association) = self.open.remove(&station) {
            association.end = at;
            self.done.push(association);
        }
    }

    /// Ends attempts that came to nothing, and associations to access points
    /// that are not there any more.
    fn expire(&mut self, now: Micros, brief: &Brief) {
        let last_beacon = &self.last_beacon;
        let ends = |it: &Association| match it.granted {
            None if now > brief.given_up(it.last, TRAIL) => Some(it.last),
            _ => {
                let beacons = last_beacon.iter();
                let heard = beacons
                    .filter(|((bssid, frequency), _)| *bssid == it.bssid && it.hears(*frequency))
                    .map(|(_, at)| *at);
                let silent = heard.max().unwrap_or_default().max(it.sent_away) + NOTICES_SILENCE;
                let end = it.doubted.unwrap_or(Micros::MAX).min(silent);
                (now > end).then_some(end)
            }
        };
        let over: Vec<_> = self
            .open
            .values()
            .filter_map(|it| Some((it.station, ends(it)?)))
            .collect();
        for (station, end) in over {
            self.close(station, end);
        }
    }
}

/// Whole, that is with its reason: one that is cut off ends nothing.
fn is_goodbye(frame: &Frame) -> bool {
    matches!(frame.kind, Kind::Deauthentication | Kind::Disassociation) && frame.body.len() >= 2
}
