//! Whether a capture gives stations away: macveil's promise, held against anybody's frames.
//!
//! Pure: it reads bytes from a source that it is given. What it remembers does not grow with the
//! capture, only with the number of addresses, up to a limit.
//!
//! | module | what it knows |
//! |---|---|
//! | `stream` | a byte stream, record by record |
//! | `capture` | packets, from either format |
//! | `pcap`, `pcapng` | the two formats |
//! | `radiotap` | what a sniffer says of a frame |
//! | `frame`, `elements` | who sends what to whom, and what it contains |
//! | `station` | what an address sent and gave away |
//! | `sequence`, `links` | addresses that belong to one card |
//! | `verdict` | what of all that is a leak |
//! | `timeline` | the picture of it |

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod bytes;
mod capture;
mod elements;
mod frame;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod links;
mod pcap;
mod pcapng;
mod radiotap;
mod sequence;
mod station;
mod stream;
#[cfg(test)]
mod tests;
mod timeline;
mod verdict;

use std::collections::BTreeMap;
use std::io::Read;

pub use capture::{Capture, CaptureError, Link as LinkType, Micros, Packet};
pub use elements::{Element, Elements, uuid};
pub use frame::{Direction, Frame, Kind};
pub use links::{Link, Reason};
pub use radiotap::{Radio, split};
pub use station::{Moment, Station, Tally};
pub use timeline::{Timeline, draw};
pub use verdict::{Finding, Judged, Leak, Verdict};

use macveil_core::types::Mac;
use sequence::Counters;
use station::Heard;
use timeline::{Given, Seen};

/// So many addresses are followed; whoever invents more on the air does not use up the memory.
pub const MOST_ADDRESSES: usize = 20_000;

/// What the one who asks knows of addresses.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Addresses of hardware that must not be heard at all.
    pub permanent: Vec<Mac>,
    /// Addresses of networks that must not be heard in scans.
    pub assigned: Vec<Mac>,
}

/// How much of a capture was of use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All packets.
    pub packets: u64,
    /// Those that a bit may be wrong in.
    pub damaged: u64,
    /// Those of which only the beginning was kept.
    pub truncated: u64,
    /// Those that make no sense.
    pub unreadable: u64,
    /// Those that are no Wi-Fi.
    pub foreign: u64,
    /// Those of addresses beyond the limit.
    pub unfollowed: u64,
    /// When the first and the last was heard.
    pub span: Option<(Micros, Micros)>,
}

/// Takes in a capture packet by packet, and judges it at the end.
#[derive(Debug)]
pub struct Audit {
    known: Known,
    counts: Counts,
    stations: BTreeMap<Mac, Station>,
    counters: Counters,
    timeline: Option<Timeline>,
    limit: usize,
}

impl Audit {
    /// Begins.
    #[must_use]
    pub fn new(known: Known) -> Self {
        Self::following(known, MOST_ADDRESSES)
    }

    /// Keeps what is needed to draw it, too.
    #[must_use]
    pub fn with_timeline(mut self) -> Self {
        self.timeline = Some(Timeline::default());
        self
    }

    /// What a picture is drawn of, if it was kept.
    pub const fn take_timeline(&mut self) -> Option<Timeline> {
        self.timeline.take()
    }

    fn following(known: Known, limit: usize) -> Self {
        Self {
            known,
            counts: Counts::default(),
            stations: BTreeMap::new(),
            counters: Counters::default(),
            timeline: None,
            limit,
        }
    }

    /// Takes in a packet.
    pub fn see(&mut self, packet: &Packet) {
        self.counts.packets += 1;
        let (radio, bytes) = match packet.link {
            LinkType::Radiotap => match split(packet.bytes, packet.is_truncated) {
                Some(parts) => parts,
                None => return self.counts.unreadable += 1,
            },
            LinkType::Bare => (Radio::default(), packet.bytes),
            LinkType::Other(_) => return self.counts.foreign += 1,
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
        let heard = Heard {
            moment,
            frequency: radio.frequency,
            is_truncated: packet.is_truncated,
        };
        if let Some(transmitter) = frame.transmitter {
            self.see_frame(&frame, transmitter, heard);
        }
    }

    fn see_frame(&mut self, frame: &Frame, transmitter: Mac, heard: Heard) {
        let is_known = || {
            let Known {
                permanent,
                assigned,
            } = &self.known;
            permanent.contains(&transmitter) || assigned.contains(&transmitter)
        };
        let full = self.stations.len() >= self.limit;
        if full && !self.stations.contains_key(&transmitter) && !is_known() {
            self.counts.unfollowed += 1;
            return;
        }
        let is_known = is_known();
        let station = self.stations.entry(transmitter).or_default();
        let before = station.telling();
        station.see(frame, heard);
        if let (Some(timeline), Some((begin, _))) = (&mut self.timeline, self.counts.span) {
            let seen = Seen {
                at: heard.moment.at,
                given: Given::between(before, station.telling()),
                is_known,
            };
            timeline.see(begin, frame, transmitter, seen);
        }
        if let (Kind::ProbeRequest, false, Some(sequence)) =
            (frame.kind, station.is_access_point(), frame.sequence)
        {
            self.counters.see(transmitter, sequence, heard.moment);
        }
    }

    /// How many packets were taken in.
    #[must_use]
    pub const fn packets(&self) -> u64 {
        self.counts.packets
    }

    /// Takes in all of a capture. `after` is called after each packet, with the bytes read so far.
    ///
    /// # Errors
    ///
    /// It cannot be read, or has no 802.11 frames.
    pub fn read(
        &mut self,
        capture: &mut Capture<impl Read>,
        mut after: impl FnMut(u64),
    ) -> Result<(), CaptureError> {
        let mut foreign = None;
        while let Some(packet) = capture.next_packet()? {
            if let LinkType::Other(number) = packet.link {
                foreign = Some(number);
            }
            self.see(&packet);
            after(capture.position());
        }
        match foreign {
            Some(number) if self.counts.foreign == self.counts.packets => {
                Err(CaptureError::NotWifi(number))
            }
            _ => Ok(()),
        }
    }

    /// Judges with hindsight: an address that associates later was never a mask.
    #[must_use]
    pub fn judge(self) -> Verdict {
        let mut links = self.counters.links();
        links.retain(|link| {
            let is_station = |it: Mac| {
                self.stations
                    .get(&it)
                    .is_some_and(|it| !it.is_access_point())
            };
            is_station(link.earlier) && is_station(link.later)
        });
        links.extend(links::by_content(&self.stations));
        verdict::reach(&self.known, self.counts, self.stations, links)
    }
}
