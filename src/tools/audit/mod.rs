//! Finds frames in a capture that identify a Wi-Fi card: macveil's promise, checked for every station.
//!
//! Pure: reads bytes from a given source. Memory use depends on the number of addresses, up to a
//! limit, and not on the size of the capture.
//!
//! | module | content |
//! |---|---|
//! | `stream` | a byte stream, record by record |
//! | `capture` | packets of either format |
//! | `pcap`, `pcapng` | the two formats |
//! | `compressed` | gzip, zstd and xz |
//! | `headers`, `radiotap` | the header that a sniffer adds |
//! | `frame`, `elements` | sender, receiver and content of a frame |
//! | `content` | what probe requests contain |
//! | `identity` | what else a frame says about its sender |
//! | `station` | what each address sent and disclosed |
//! | `stations` | the entries of all addresses |
//! | `links` | addresses that belong to one card |
//! | `crowd` | how many cards look the same |
//! | `places` | what links two captures |
//! | `verdict` | which of that is a leak |
//! | `timeline` | the picture |

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod bytes;
mod capture;
mod compressed;
mod content;
mod crowd;
mod elements;
mod frame;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod headers;
mod identity;
mod links;
mod pcap;
mod pcapng;
mod places;
mod radiotap;
mod station;
mod stations;
mod stream;
#[cfg(test)]
mod tests;
mod timeline;
mod verdict;

use std::io::Read;

pub use capture::{Capture, CaptureError, Link as LinkType, Micros, Packet};
pub use compressed::{Unpacked, unpack};
pub use crowd::Likeness;
pub use elements::{Element, Elements, uuid};
pub use frame::{Direction, Frame, FrameKind};
pub use headers::split as split_header;
pub use identity::Identifier;
pub use links::{Confidence, LinkReason, LinkedAddresses};
pub use places::between;
pub use radiotap::{Radio, split};
pub use station::{Moment, Station, Tally};
pub use timeline::{Timeline, draw};
pub use verdict::{Leak, LeakFinding, StationReport, Verdict};

use identity::Statement;
use macveil_core::types::Mac;
use station::Reception;
use stations::Stations;
use timeline::{Disclosures, Observation};

/// Bounds the memory: anyone can send frames under invented addresses.
pub const MAX_ADDRESSES: usize = 20_000;

/// Addresses that the user knows.
#[derive(Debug, Clone, Default)]
pub struct KnownAddresses {
    /// Permanent addresses of cards. No frame may have one as its transmitter.
    pub permanent: Vec<Mac>,
    /// Assigned addresses. No probe request may have one.
    pub assigned: Vec<Mac>,
}

/// Frames in the capture, by whether they could be judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FrameCounts {
    /// All packets.
    pub packets: u64,
    /// Wrong checksum: skipped.
    pub damaged: u64,
    /// Cut off by the sniffer: judged by the part that is there.
    pub truncated: u64,
    /// Not a valid frame: skipped.
    pub unreadable: u64,
    /// Not IEEE 802.11: skipped.
    pub not_wifi: u64,
    /// From addresses beyond [`MAX_ADDRESSES`]: skipped.
    pub ignored: u64,
    /// Time of the first and of the last packet.
    pub span: Option<(Micros, Micros)>,
}

/// Collects the packets of a capture and judges them at the end.
#[derive(Debug)]
pub struct Audit {
    known: KnownAddresses,
    counts: FrameCounts,
    stations: Stations,
    timeline: Option<Timeline>,
    limit: usize,
    is_strict: bool,
}

impl Audit {
    /// Without any packet.
    #[must_use]
    pub fn new(known: KnownAddresses) -> Self {
        Self::following(known, MAX_ADDRESSES)
    }

    /// Also collects the data for [`draw`].
    #[must_use]
    pub fn with_timeline(mut self) -> Self {
        self.timeline = Some(Timeline::default());
        self
    }

    /// Counts likely links as leaks, too.
    #[must_use]
    pub const fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// The data for [`draw`], if collected.
    pub const fn take_timeline(&mut self) -> Option<Timeline> {
        self.timeline.take()
    }

    fn following(known: KnownAddresses, limit: usize) -> Self {
        Self {
            known,
            counts: FrameCounts::default(),
            stations: Stations::new(),
            timeline: None,
            limit,
            is_strict: false,
        }
    }

    /// Adds a packet.
    pub fn observe(&mut self, packet: &Packet) {
        self.counts.packets += 1;
        if let LinkType::Other(_) = packet.link {
            self.counts.not_wifi += 1;
            return;
        }
        let Some((radio, bytes)) = headers::split(packet) else {
            self.counts.unreadable += 1;
            return;
        };
        let at = packet.at;
        let (first, last) = self.counts.span.unwrap_or((at, at));
        self.counts.span = Some((first.min(at), last.max(at)));
        if radio.is_damaged {
            self.counts.damaged += 1;
            return;
        }
        self.counts.truncated += u64::from(packet.is_truncated);
        let Some(frame) = Frame::read(bytes) else {
            self.counts.unreadable += 1;
            return;
        };
        let moment = Moment {
            at,
            frame: self.counts.packets,
        };
        let reception = Reception {
            moment,
            frequency: radio.frequency,
            signal: radio.signal,
            is_truncated: packet.is_truncated,
        };
        if let Some(transmitter) = frame.transmitter {
            self.observe_frame(&frame, transmitter, reception);
        }
    }

    fn observe_frame(&mut self, frame: &Frame, transmitter: Mac, reception: Reception) {
        if let Some(station) = self.receiver(frame) {
            station.receive(frame, reception.moment);
        }
        let is_known = self.is_known(transmitter);
        let Some(station) = self.station(transmitter) else {
            self.counts.ignored += 1;
            return;
        };
        let before = station.disclosure_counts();
        station.observe(frame, reception);
        let disclosed = Disclosures::between(before, station.disclosure_counts());
        if let (Some(timeline), Some((begin, _))) = (&mut self.timeline, self.counts.span) {
            let observation = Observation {
                at: reception.moment.at,
                disclosed,
                is_known,
            };
            timeline.observe(begin, frame, transmitter, observation);
        }
        if !frame.is_from_access_point() {
            self.observe_content(frame, transmitter, reception);
        }
    }

    /// The station that an access point's frame is for, if the frame can say something about it.
    fn receiver(&mut self, frame: &Frame) -> Option<&mut Station> {
        let may_tell = matches!(
            frame.kind,
            FrameKind::Data(Direction::FromAccessPoint) | FrameKind::Action
        );
        if !may_tell || !frame.is_from_access_point() {
            return None;
        }
        self.stations.get(frame.receiver)
    }

    fn is_known(&self, address: Mac) -> bool {
        self.known.permanent.contains(&address) || self.known.assigned.contains(&address)
    }

    /// The entry of an address; `None` if the limit leaves no room for it.
    fn station(&mut self, address: Mac) -> Option<&mut Station> {
        let has_room = self.stations.len() < self.limit || self.is_known(address);
        self.stations.entry(address, has_room)
    }

    /// Adds what a station's frame says about it besides its transmitter address.
    fn observe_content(&mut self, frame: &Frame, transmitter: Mac, reception: Reception) {
        let moment = reception.moment;
        let mut tell = |statement| match statement {
            Statement::Has(identifier) => {
                if let Some(station) = self.station(transmitter) {
                    station.identify(identifier, moment);
                }
            }
            Statement::Is(other) => {
                if let Some(station) = self.station(transmitter) {
                    station.name_other(other, moment);
                }
                self.observe_permanent(other, moment);
            }
            // It can be that of another machine behind the station.
            Statement::From(source) => self.observe_permanent(source, moment),
            Statement::IsLinkOf(device) => {
                if let Some(station) = self.station(transmitter) {
                    station.identify(Identifier::MldAddress(device), moment);
                }
                // It counts as if it had transmitted the frame.
                if device != transmitter
                    && let Some(station) = self.station(device)
                {
                    station.as_device += 1;
                    station.observe(frame, reception);
                }
            }
        };
        if let Some(source) = frame.source
            && source != transmitter
        {
            tell(Statement::From(source));
        }
        match frame.kind {
            FrameKind::Data(direction) if !frame.is_protected => {
                let is_own = matches!(direction, Direction::ToAccessPoint | Direction::Direct);
                if is_own {
                    identity::payload(frame.body, transmitter, &mut tell);
                }
            }
            _ if frame.is_protected => {}
            _ => identity::management(frame, &mut tell),
        }
    }

    /// Adds a frame that contains an address, which matters if it is a permanent one.
    fn observe_permanent(&mut self, address: Mac, moment: Moment) {
        if self.known.permanent.contains(&address)
            && let Some(station) = self.station(address)
        {
            station.any.add(moment);
            station.last = station.last.max(moment.at);
        }
    }

    /// Number of packets added.
    #[must_use]
    pub const fn packets(&self) -> u64 {
        self.counts.packets
    }

    /// Adds all packets of a capture. `after` is called after each packet, with the number of bytes read so far.
    ///
    /// # Errors
    ///
    /// If the capture cannot be read or has no IEEE 802.11 frames.
    pub fn read(
        &mut self,
        capture: &mut Capture<impl Read>,
        mut after: impl FnMut(u64),
    ) -> Result<(), CaptureError> {
        let mut not_wifi = None;
        while let Some(packet) = capture.next_packet()? {
            if let LinkType::Other(number) = packet.link {
                not_wifi = Some(number);
            }
            self.observe(&packet);
            after(capture.position());
        }
        match not_wifi {
            Some(number) if self.counts.not_wifi == self.counts.packets => {
                Err(CaptureError::NotWifi(number))
            }
            _ => Ok(()),
        }
    }

    /// Judges the whole capture: an address that associates later was not a mask address before, either.
    #[must_use]
    pub fn judge(self) -> Verdict {
        let lasted = self.counts.span.map_or(0, |(first, last)| last - first);
        let stations = self.stations.into_map();
        let links = links::find(&stations, lasted);
        let mut verdict = verdict::reach(&self.known, self.counts, stations);
        crowd::compare(&mut verdict.stations, &links);
        verdict.links = links;
        verdict.is_strict = self.is_strict;
        verdict
    }
}
