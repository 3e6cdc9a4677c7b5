//! What is remembered of an address: little, however much it sends.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::capture::Micros;
use super::elements::{self, Element};
use super::frame::{DIRECT, Direction, Frame, Kind};
use macveil_core::types::Mac;

/// When something was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// By the sniffer's clock.
    pub at: Micros,
    /// The frame's number in the capture, as Wireshark counts.
    pub frame: u64,
}

/// How often something was heard, and when first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often.
    pub count: u64,
    /// When first.
    pub first: Option<Moment>,
}

impl Tally {
    fn add(&mut self, moment: Moment) {
        self.count += 1;
        self.first.get_or_insert(moment);
    }
}

/// What an address sent and gave away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Station {
    /// Frames of any kind.
    pub any: Tally,
    /// When the last of them came.
    pub last: Micros,
    /// Frames that only access points send.
    pub as_access_point: u64,
    /// Requests for association.
    pub associations: u64,
    /// Authentication frames.
    pub authentications: u64,
    /// Data frames, keep-alives among them.
    pub data: u64,
    /// Deauthentications and disassociations.
    pub goodbyes: u64,
    /// Probe requests.
    pub probes: Tally,
    /// Scans after the first.
    pub more_scans: Tally,
    /// Probe requests that name a network.
    pub naming: Tally,
    /// Probe requests with elements of WPS or P2P.
    pub wps_or_p2p: Tally,
    /// Probe requests of more than minimal content.
    pub rich: Tally,
    /// Names of networks, the first few.
    pub names: Vec<Box<[u8]>>,
    /// Its UUIDs of WPS, the first few.
    pub uuids: Vec<[u8; 16]>,
    /// Hashes of what its rich probe requests contain, the first few.
    pub contents: Vec<u64>,
    /// The access points that it associated with or exchanged data with, the first few.
    pub partners: Vec<Mac>,
    scan: Option<Scan>,
}

/// So many names, UUIDs, contents and partners are remembered of each.
const FEW: usize = 4;

/// The scan that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scan {
    channel: Option<u16>,
    last_on_channel: Micros,
    last: Micros,
}

/// The longest that a scan stays silent between two channels that it may probe on.
const LONGEST_PAUSE: Micros = 4_000_000;
/// The longest that it stays on the channel where it began.
const ONE_CHANNEL: Micros = 500_000;

impl Station {
    /// Takes in a frame that it sent.
    pub(super) fn see(&mut self, frame: &Frame, packet: Heard) {
        let moment = packet.moment;
        self.any.add(moment);
        self.last = self.last.max(moment.at);
        if frame.is_from_access_point() {
            self.as_access_point += 1;
            return;
        }
        match frame.kind {
            Kind::ProbeRequest => self.see_probe(frame, packet),
            Kind::Authentication => self.authentications += 1,
            Kind::Goodbye => self.goodbyes += 1,
            Kind::AssociationRequest => {
                self.associations += 1;
                remember(&mut self.partners, frame.receiver);
            }
            Kind::Data(Direction::ToAccessPoint) => {
                self.data += 1;
                remember(&mut self.partners, frame.receiver);
            }
            Kind::Data(Direction::Direct) => self.data += 1,
            _ => {}
        }
    }

    fn see_probe(&mut self, frame: &Frame, packet: Heard) {
        let moment = packet.moment;
        self.probes.add(moment);
        let (mut rich, mut wps_or_p2p) = (false, false);
        let mut channel = packet.frequency;
        for element in frame.elements() {
            rich |= !element.is_minimal();
            let attributes = element.wps();
            wps_or_p2p |= attributes.is_some() || element.is_p2p();
            if let Some(uuid) = attributes.and_then(elements::uuid) {
                remember(&mut self.uuids, uuid);
            }
            match (element.id, element.body) {
                (Element::SSID, b"" | DIRECT) => {}
                (Element::SSID, name) => {
                    self.naming.add(moment);
                    let name = name.get(..32).unwrap_or(name);
                    if self.names.iter().all(|it| **it != *name) {
                        remember(&mut self.names, name.into());
                    }
                }
                // More exact than the sniffer, which hears neighbouring channels, too.
                (Element::CHANNEL, [number]) => channel = Some(u16::from(*number)),
                _ => {}
            }
        }
        if wps_or_p2p {
            self.wps_or_p2p.add(moment);
        }
        if rich {
            self.rich.add(moment);
            // Hashing takes longer than all the rest.
            if !packet.is_truncated && self.contents.len() < FEW {
                remember(&mut self.contents, content(frame));
            }
        }
        self.see_scan(channel, moment);
    }

    fn see_scan(&mut self, channel: Option<u16>, moment: Moment) {
        let at = moment.at;
        let begun = Scan {
            channel,
            last_on_channel: at,
            last: at,
        };
        let scan = self.scan.get_or_insert(begun);
        let comes_back = scan.channel == channel;
        let again = at.saturating_sub(scan.last) > LONGEST_PAUSE
            || (comes_back && at.saturating_sub(scan.last_on_channel) > ONE_CHANNEL);
        if again {
            *scan = begun;
            self.more_scans.add(moment);
        }
        scan.last = at;
        if comes_back {
            scan.last_on_channel = at;
        }
    }

    /// How many scans its probe requests make up.
    #[must_use]
    pub const fn scans(&self) -> u64 {
        self.more_scans.count + self.scan.is_some() as u64
    }

    /// How often its probe requests gave away what leaks whoever sends it.
    pub(super) const fn telling(&self) -> [u64; 3] {
        [
            self.naming.count,
            self.wps_or_p2p.count,
            self.more_scans.count,
        ]
    }

    pub(super) fn last_probe(&self) -> Micros {
        self.scan.map_or(0, |scan| scan.last)
    }

    /// Whether it is an access point.
    #[must_use]
    pub const fn is_access_point(&self) -> bool {
        self.as_access_point > 0
    }

    /// Whether it was associated, or on the way there.
    #[must_use]
    pub const fn is_associated(&self) -> bool {
        self.associations + self.data > 0
    }

    /// Whether it did what only stations do.
    #[must_use]
    pub const fn is_station(&self) -> bool {
        self.is_associated() || self.probes.count + self.authentications > 0
    }
}

/// What is known of a frame beside its content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    pub(super) moment: Moment,
    pub(super) frequency: Option<u16>,
    pub(super) is_truncated: bool,
}

/// A hash of what a probe request contains beside the name and the channel.
fn content(frame: &Frame) -> u64 {
    let mut hasher = DefaultHasher::new();
    for element in frame.elements() {
        element.id.hash(&mut hasher);
        match (element.id, element.body) {
            (Element::SSID, _) | (Element::CHANNEL, [_]) => {}
            (_, body) => body.hash(&mut hasher),
        }
    }
    hasher.finish()
}

fn remember<T: PartialEq>(few: &mut Vec<T>, item: T) {
    if few.len() < FEW && !few.contains(&item) {
        few.push(item);
    }
}
