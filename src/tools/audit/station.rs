//! What an address sent and disclosed, in memory of limited size.

use super::capture::Micros;
use super::content::{self, Content};
use super::elements::{self, Element, Elements};
use super::frame::{DIRECT, Direction, Frame, FrameKind};
use super::identity::{Identifier, Purpose};
use macveil_core::types::Mac;

/// Position in the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Time by the sniffer's clock.
    pub at: Micros,
    /// Frame number, as in Wireshark.
    pub frame: u64,
}

/// Number of occurrences, and the first one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Number of occurrences.
    pub count: u64,
    /// The first one.
    pub first: Option<Moment>,
}

impl Tally {
    pub(super) fn add(&mut self, moment: Moment) {
        self.count += 1;
        self.first.get_or_insert(moment);
    }
}

/// What an address sent and disclosed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Station {
    /// Frames of any kind.
    pub any: Tally,
    /// Time of the last frame.
    pub last: Micros,
    /// Frames that only access points send.
    pub as_access_point: Tally,
    /// Frames of other addresses that named this one as the MLD address of their device.
    pub as_device: u64,
    /// Association requests.
    pub associations: u64,
    /// Authentication frames.
    pub authentications: u64,
    /// Data frames, including null data.
    pub data: u64,
    /// Deauthentication and disassociation frames.
    pub deauthentications: u64,
    /// Probe requests.
    pub probes: Tally,
    /// Scans after the first.
    pub more_scans: Tally,
    /// Probe requests with an SSID.
    pub naming: Tally,
    /// Probe requests with WPS or P2P elements.
    pub wps_or_p2p: Tally,
    /// Probe requests with optional elements.
    pub rich: Tally,
    /// SSIDs in probe requests, the first few.
    pub names: Vec<Box<[u8]>>,
    /// WPS UUIDs, the first few.
    pub uuids: Vec<[u8; 16]>,
    /// Hashes of the elements of probe requests with optional ones, the first few.
    pub contents: Vec<u64>,
    /// What links compare.
    pub(super) trail: Trail,
    /// Access points that it sent association requests or data to, the first few.
    pub partners: Vec<Mac>,
    /// SSIDs in association requests, the first few.
    pub joined: Vec<Box<[u8]>>,
    /// What it said of itself, the first few.
    pub identifiers: Vec<Identifier>,
    /// Frames that say who its user is.
    pub personal: Tally,
    /// Other addresses of the card that its frames contained, the first few.
    pub others: Vec<Mac>,
    /// Frames that contained them.
    pub naming_others: Tally,
    /// Public action frames, such as GAS, to access points that it was not associated with.
    pub queries: Tally,
    /// Data to access points that it was not associated with.
    pub stray_data: Tally,
    /// Probe requests that a frame of an access point caused.
    pub requested: Tally,
    /// The first such frame, and whether it was a beacon request.
    pub request: Option<(Moment, bool)>,
    /// Beamforming reports.
    pub beamforming: Tally,
    /// It has more identifiers than are kept.
    pub is_incomplete: bool,
    content: Content,
    bond: Bond,
    asked: Option<Request>,
    scan: Option<Scan>,
}

/// The access point that it is associated with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bond {
    to: Option<Mac>,
    /// It said goodbye.
    ended: Option<Micros>,
}

/// A frame for which a station scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Request {
    moment: Moment,
    is_beacon_request: bool,
}

/// Frames can be on their way when an association ends.
const GRACE: Micros = 1_000_000;
/// A scan for a request begins within this time.
const MAX_DELAY_OF_SCAN: Micros = 10_000_000;
/// Maximum number of identifiers and of other addresses.
const MAX_IDENTIFIERS: usize = 16;

impl Bond {
    fn holds(self, access_point: Mac, now: Micros) -> bool {
        let lasts = self.ended.is_none_or(|at| now.saturating_sub(at) <= GRACE);
        self.to == Some(access_point) && lasts
    }
}

/// Maximum number of SSIDs, UUIDs, hashes and access points that are kept per address.
const MAX_REMEMBERED: usize = 4;

/// Maximum number of hashes: some stations add an element that changes.
const MAX_CONTENTS: usize = 16;

/// Of the probe requests, what links compare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Trail {
    /// The first and the last sequence number.
    pub(super) numbers: Option<(u16, u16)>,
    /// Hash of the elements if none is optional; 0 if none was whole.
    pub(super) minimal: [u64; 1],
    /// The strongest signal in dBm: a sniffer receives neighbouring channels, too, but more weakly.
    pub(super) signal: Option<i8>,
}

impl Trail {
    fn observe(&mut self, sequence: Option<u16>, signal: Option<i8>) {
        if let Some(number) = sequence {
            let (first, _) = self.numbers.unwrap_or((number, number));
            self.numbers = Some((first, number));
        }
        self.signal = self.signal.max(signal);
    }
}

/// The current scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scan {
    channel: Option<u16>,
    last_on_channel: Micros,
    last: Micros,
}

/// Maximum silence between two channels of one scan.
const MAX_PAUSE_IN_SCAN: Micros = 4_000_000;
/// Maximum time on the first channel of a scan.
const MAX_TIME_ON_CHANNEL: Micros = 500_000;

impl Station {
    /// Adds a frame that this address sent.
    pub(super) fn observe(&mut self, frame: &Frame, packet: Reception) {
        let moment = packet.moment;
        self.any.add(moment);
        self.last = self.last.max(moment.at);
        if frame.is_from_access_point() {
            self.as_access_point.add(moment);
            return;
        }
        match frame.kind {
            FrameKind::ProbeRequest => self.observe_probe(frame, packet),
            FrameKind::Authentication => self.authentications += 1,
            FrameKind::Deauthentication => {
                self.deauthentications += 1;
                if self.bond.to == Some(frame.receiver) {
                    self.bond.ended.get_or_insert(moment.at);
                }
            }
            FrameKind::AssociationRequest => {
                self.associations += 1;
                remember(&mut self.partners, frame.receiver);
                if let Some(name) = frame.ssid() {
                    remember_bytes(&mut self.joined, name);
                }
                self.bond = Bond {
                    to: Some(frame.receiver),
                    ended: None,
                };
            }
            FrameKind::Data(Direction::ToAccessPoint) => {
                self.data += 1;
                remember(&mut self.partners, frame.receiver);
                self.bond.to.get_or_insert(frame.receiver);
                if !self.bond.holds(frame.receiver, moment.at) {
                    self.stray_data.add(moment);
                }
            }
            FrameKind::Data(Direction::Direct) => self.data += 1,
            FrameKind::Action => self.observe_action(frame, moment),
            _ => {}
        }
    }

    fn observe_action(&mut self, frame: &Frame, moment: Moment) {
        if frame.is_protected {
            return;
        }
        match Purpose::of(frame.body) {
            Purpose::BeamformingReport => self.beamforming.add(moment),
            Purpose::Public if !self.bond.holds(frame.receiver, moment.at) => {
                self.queries.add(moment);
            }
            _ => {}
        }
    }

    /// Adds a frame that an access point sent to this address.
    pub(super) fn receive(&mut self, frame: &Frame, moment: Moment) {
        let Some(access_point) = frame.transmitter else {
            return;
        };
        match frame.kind {
            // Then it is associated with it: the sniffer missed that.
            FrameKind::Data(_)
                if self.bond.to.is_some() && !self.bond.holds(access_point, moment.at) =>
            {
                self.bond = Bond {
                    to: Some(access_point),
                    ended: None,
                };
                self.stray_data = Tally::default();
            }
            FrameKind::Action if !frame.is_protected => {
                let is_beacon_request = match Purpose::of(frame.body) {
                    Purpose::BeaconRequest => true,
                    Purpose::TransitionRequest => false,
                    _ => return,
                };
                self.asked = Some(Request {
                    moment,
                    is_beacon_request,
                });
            }
            _ => {}
        }
    }

    /// Adds a value that a frame contained.
    pub(super) fn identify(&mut self, identifier: Identifier, moment: Moment) {
        if identifier.is_personal() {
            self.personal.add(moment);
        }
        if self.identifiers.contains(&identifier) {
            return;
        }
        if self.identifiers.len() < MAX_IDENTIFIERS {
            self.identifiers.push(identifier);
        } else {
            self.is_incomplete = true;
        }
    }

    /// Adds another address of the card that a frame contained.
    pub(super) fn name_other(&mut self, other: Mac, moment: Moment) {
        self.naming_others.add(moment);
        remember(&mut self.others, other);
    }

    fn observe_probe(&mut self, frame: &Frame, packet: Reception) {
        let moment = packet.moment;
        self.probes.add(moment);
        if let Some(asked) = self.asked
            && moment.at.saturating_sub(asked.moment.at) <= MAX_DELAY_OF_SCAN
        {
            self.requested.add(moment);
            self.request
                .get_or_insert((asked.moment, asked.is_beacon_request));
        }
        self.trail.observe(frame.sequence, packet.signal);
        let (name, rest) = frame.elements().split_name();
        if let Some(name) = name {
            self.observe_name(name, moment);
        }
        if !self.content.is_of(rest) {
            self.observe_content(rest, packet);
        }
        if self.content.is_wps_or_p2p {
            self.wps_or_p2p.add(moment);
        }
        if self.content.is_rich {
            self.rich.add(moment);
        }
        // More exact than the sniffer's channel: a sniffer also receives from neighbouring channels.
        let channel = self.content.channel(rest).or(packet.frequency);
        self.observe_scan(channel, moment);
    }

    fn observe_name(&mut self, name: &[u8], moment: Moment) {
        if !matches!(name, b"" | DIRECT) {
            self.naming.add(moment);
            remember_bytes(&mut self.names, name.get(..32).unwrap_or(name));
        }
    }

    fn observe_content(&mut self, bytes: &[u8], packet: Reception) {
        self.content.read(bytes, packet.is_truncated);
        if self.content.is_named || self.content.is_wps_or_p2p {
            self.observe_values(bytes, packet.moment);
        }
        if packet.is_truncated {
            return;
        }
        if self.content.is_rich && self.contents.len() < MAX_CONTENTS {
            let hash = content::hash(bytes);
            if !self.contents.contains(&hash) {
                self.contents.push(hash);
            }
        } else if self.trail.minimal == [0] {
            self.trail.minimal = [content::hash(bytes)];
        }
    }

    fn observe_values(&mut self, bytes: &[u8], moment: Moment) {
        for element in Elements(bytes) {
            if element.id == Element::SSID {
                self.observe_name(element.body, moment);
            } else if let Some(uuid) = element.wps().and_then(elements::uuid) {
                remember(&mut self.uuids, uuid);
                self.identify(Identifier::Uuid(uuid), moment);
            }
        }
    }

    fn observe_scan(&mut self, channel: Option<u16>, moment: Moment) {
        let at = moment.at;
        let begun = Scan {
            channel,
            last_on_channel: at,
            last: at,
        };
        let scan = self.scan.get_or_insert(begun);
        let comes_back = scan.channel == channel;
        let again = at.saturating_sub(scan.last) > MAX_PAUSE_IN_SCAN
            || (comes_back && at.saturating_sub(scan.last_on_channel) > MAX_TIME_ON_CHANNEL);
        if again {
            *scan = begun;
            self.more_scans.add(moment);
        }
        scan.last = at;
        if comes_back {
            scan.last_on_channel = at;
        }
    }

    /// Number of scans.
    #[must_use]
    pub const fn scans(&self) -> u64 {
        self.more_scans.count + self.scan.is_some() as u64
    }

    /// Numbers of probe requests that are a leak under every address: with SSID, with WPS or P2P, in another scan.
    pub(super) const fn disclosure_counts(&self) -> [u64; 3] {
        [
            self.naming.count,
            self.wps_or_p2p.count,
            self.more_scans.count,
        ]
    }

    /// Hashes of what its probe requests contain; empty if none was whole.
    #[must_use]
    pub fn looks(&self) -> &[u64] {
        match (self.contents.as_slice(), &self.trail.minimal) {
            ([], [0]) => &[],
            ([], minimal) => minimal,
            (contents, _) => contents,
        }
    }

    /// Whether it sent frames that only access points send.
    #[must_use]
    pub const fn is_access_point(&self) -> bool {
        self.as_access_point.count > 0
    }

    /// Whether it sent association requests or data.
    #[must_use]
    pub const fn is_associated(&self) -> bool {
        self.associations + self.data > 0
    }

    /// Whether it sent frames that only stations send.
    #[must_use]
    pub const fn is_station(&self) -> bool {
        self.is_associated() || self.probes.count + self.authentications > 0
    }
}

/// How a frame was received.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reception {
    pub(super) moment: Moment,
    pub(super) frequency: Option<u16>,
    /// In dBm.
    pub(super) signal: Option<i8>,
    pub(super) is_truncated: bool,
}

fn remember<T: PartialEq>(few: &mut Vec<T>, item: T) {
    if few.len() < MAX_REMEMBERED && !few.contains(&item) {
        few.push(item);
    }
}

fn remember_bytes(few: &mut Vec<Box<[u8]>>, item: &[u8]) {
    if few.len() < MAX_REMEMBERED && few.iter().all(|known| **known != *item) {
        few.push(item.into());
    }
}
