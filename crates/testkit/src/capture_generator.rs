//! Captures of any size: what the lab's sniffer heard, over and over, each time of others of a crowd, and now
//! and then something odd. The same seed gives the same capture.

use std::collections::BTreeSet;
use std::io::{self, Write};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Beacons thinned out: wpa_supplicant alone, macveil, and NetworkManager.
pub const LAB: &[u8] = include_bytes!("lab.pcap");
const HEADER: usize = 24;
const RECORD: usize = 16;

/// One frame in so many is odd.
const ODD: u32 = 16;
/// Shorter frames are not made odd: what is cut off their header is another matter.
const LONG_ENOUGH: usize = 48;

const BAD_CHECKSUM: u8 = 0x40;
const BEACON: u8 = 0x80;
const PROBE_REQUEST: u8 = 0x40;

/// A frame as the sniffer wrote it.
struct Heard {
    at: u64,
    length: u32,
    packet: Vec<u8>,
}

/// Who is on the air, however long one listens.
#[derive(Clone, Copy)]
pub struct Crowd {
    pub stations: u64,
    pub access_points: u64,
    /// Whether a frame in so many is odd. Who sends such frames is soon taken for an access point.
    pub is_odd: bool,
}

/// Writes captures.
pub struct Generator {
    heard: Vec<Heard>,
    stations: Cast,
    access_points: Cast,
    is_odd: bool,
    span: u64,
    rng: StdRng,
    next: u64,
}

impl Generator {
    pub fn new(seed: u64, crowd: Crowd) -> Self {
        let heard = records();
        let frames = heard.iter().map(|it| &it.packet[frame_of(&it.packet)..]);
        let of_access_points = frames.clone().filter(|frame| frame[0] == BEACON);
        let access_points: BTreeSet<_> = of_access_points.map(|it| address(it, 10)).collect();
        let addresses = frames.flat_map(|it| [4, 10].map(|at| it.get(at..at + 6)));
        let stations = addresses
            .flatten()
            .map(|it| address(it, 0))
            .filter(|it| it[0] & 1 == 0 && !access_points.contains(it))
            .collect();
        let span = heard[heard.len() - 1].at - heard[0].at + 1_000_000;
        Self {
            heard,
            stations: Cast::new(stations, crowd.stations),
            access_points: Cast::new(access_points, crowd.access_points),
            is_odd: crowd.is_odd,
            span,
            rng: StdRng::seed_from_u64(seed),
            next: 0,
        }
    }

    /// The file's header.
    pub fn begin(out: &mut impl Write) -> io::Result<()> {
        out.write_all(&LAB[..HEADER])
    }

    /// So many frames more; how many bytes they are.
    pub fn write(&mut self, frames: u64, out: &mut impl Write) -> io::Result<u64> {
        let mut bytes = 0;
        for _ in 0..frames {
            let all = self.heard.len() as u64;
            let (round, index) = (self.next / all, self.next % all);
            self.next += 1;
            let heard = &self.heard[index as usize];
            let at = heard.at + round * self.span;
            let mut packet = heard.packet.clone();
            let length = heard.length;
            self.of_others(&mut packet, round);
            if self.is_odd && self.rng.random_ratio(1, ODD) {
                self.make_odd(&mut packet);
            }
            let kept = packet.len() as u32;
            for number in [
                (at / 1_000_000) as u32,
                (at % 1_000_000) as u32,
                kept,
                length,
            ] {
                out.write_all(&number.to_le_bytes())?;
            }
            out.write_all(&packet)?;
            bytes += (RECORD + packet.len()) as u64;
        }
        Ok(bytes)
    }

    fn of_others(&self, packet: &mut [u8], round: u64) {
        let begin = frame_of(packet);
        for at in [4, 10, 16] {
            let Some(bytes) = packet.get_mut(begin + at..begin + at + 6) else {
                return;
            };
            let there = address(bytes, 0);
            let other = [&self.stations, &self.access_points].map(|it| it.instead_of(there, round));
            if let Some(other) = other.into_iter().flatten().next() {
                bytes.copy_from_slice(&other);
            }
        }
    }

    fn make_odd(&mut self, packet: &mut Vec<u8>) {
        let begin = frame_of(packet);
        if packet.len() < begin + LONG_ENOUGH {
            return;
        }
        let class = packet[begin] & 0x0c;
        match self.rng.random_range(0..6) {
            // The flags follow eight bytes of time.
            0 => packet[16] |= BAD_CHECKSUM,
            // Of an element that is cut off tshark tells the beginning, the audit nothing.
            1 if packet[begin] != PROBE_REQUEST => {
                packet.truncate(self.rng.random_range(begin + LONG_ENOUGH..=packet.len()));
            }
            2 if class != 4 => packet[begin] = class | self.rng.random_range(0..16_u8) << 4,
            3 if class == 8 => packet[begin + 1] ^= self.rng.random_range(0..4_u8),
            // The access point's address, or another station's.
            4 => packet.copy_within(begin + 16..begin + 22, begin + 10),
            5 => {
                let another = self.stations.member(self.rng.random());
                packet[begin + 10..begin + 16].copy_from_slice(&another);
            }
            _ => {}
        }
    }
}

/// Those who take the parts of the ones that the sniffer heard, by turns.
struct Cast {
    parts: Vec<[u8; 6]>,
    members: u64,
}

impl Cast {
    fn new(parts: BTreeSet<[u8; 6]>, members: u64) -> Self {
        Self {
            parts: parts.into_iter().collect(),
            members,
        }
    }

    fn instead_of(&self, part: [u8; 6], round: u64) -> Option<[u8; 6]> {
        let index = self.parts.binary_search(&part).ok()? as u64;
        Some(self.member(round * self.parts.len() as u64 + index))
    }

    /// Members look like parts: of a vendor, or random.
    fn member(&self, number: u64) -> [u8; 6] {
        let number = number % self.members;
        let parts = self.parts.len() as u64;
        let mut address = self.parts[(number % parts) as usize];
        let [_, _, high, low] = (number / parts).to_be_bytes()[4..] else {
            unreachable!("eight bytes");
        };
        address[2] ^= high;
        address[3] ^= low;
        address
    }
}

fn records() -> Vec<Heard> {
    let mut heard = Vec::new();
    let mut rest = &LAB[HEADER..];
    while let Some((record, after)) = rest.split_at_checked(RECORD) {
        let number = |at: usize| u32::from_le_bytes(record[at..at + 4].try_into().expect("four"));
        let (packet, after) = after.split_at(number(8) as usize);
        heard.push(Heard {
            at: u64::from(number(0)) * 1_000_000 + u64::from(number(4)),
            length: number(12),
            packet: packet.to_vec(),
        });
        rest = after;
    }
    heard
}

fn frame_of(packet: &[u8]) -> usize {
    usize::from(u16::from_le_bytes([packet[2], packet[3]]))
}

fn address(frame: &[u8], at: usize) -> [u8; 6] {
    frame[at..at + 6].try_into().expect("six")
}
