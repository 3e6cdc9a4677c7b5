//! Captures of any size: what the lab's sniffer heard, over and over, each time of other cards, and now and
//! then something odd. The same seed gives the same capture.

use std::io::{self, Write};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Beacons thinned out: wpa_supplicant alone, macveil, and NetworkManager.
const LAB: &[u8] = include_bytes!("lab.pcap");
const HEADER: usize = 24;
const RECORD: usize = 16;

/// So many times it is other cards, which keeps the addresses fewer than are followed.
const CARDS: u64 = 120;
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

/// Writes captures.
pub struct Generator {
    heard: Vec<Heard>,
    access_points: Vec<[u8; 6]>,
    span: u64,
    rng: StdRng,
    next: u64,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        let heard = records();
        let frames = heard.iter().map(|it| &it.packet[frame_of(&it.packet)..]);
        let beacons = frames.filter(|frame| frame[0] == BEACON);
        let access_points = beacons.map(|frame| address(frame, 10)).collect();
        let span = heard[heard.len() - 1].at - heard[0].at + 1_000_000;
        Self {
            heard,
            access_points,
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
            self.of_another_card(&mut packet, round % CARDS);
            if self.rng.random_ratio(1, ODD) {
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

    fn of_another_card(&self, packet: &mut [u8], number: u64) {
        let begin = frame_of(packet);
        for at in [4, 10, 16] {
            let Some(bytes) = packet.get_mut(begin + at..begin + at + 6) else {
                return;
            };
            let address: [u8; 6] = bytes.try_into().expect("six");
            if address[0] & 1 == 0 && !self.access_points.contains(&address) {
                bytes[2] ^= number as u8;
                bytes[3] ^= (number * 7) as u8;
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
            5 => packet[begin + 14] = self.rng.random_range(0..32),
            _ => {}
        }
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
