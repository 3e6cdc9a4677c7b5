//! Captures without a leak, and with one added.

mod belonging;
mod competitors;
mod formats;
mod leaks;
mod pcapng;
mod planted;

use super::*;

pub(super) const HOME: Mac = Mac([0x02, 0, 0, 0, 1, 0]);
pub(super) const PERMANENT: Mac = Mac([0x02, 0, 0, 0, 0, 0]);
pub(super) const ASSIGNED: Mac = Mac([0x9a, 0x11, 0x22, 0x33, 0x44, 0x55]);
pub(super) const BROADCAST: Mac = Mac([0xff; 6]);

/// The minimal elements, with a wildcard for the network's name.
pub(super) const WILDCARD: &[u8] = &[0, 0, 1, 4, 2, 4, 11, 22, 3, 1, 6, 50, 2, 12, 24];

pub(super) const NAMING: &[u8] = b"\x00\x04Home";
const EXTENDED: &[u8] = &[0, 0, 127, 1, 4];

pub(super) fn mask(number: u8) -> Mac {
    Mac([0xd2, number, 0xc0, 0xff, 0xee, number ^ 0x5a])
}

/// Builds a capture.
pub(super) struct Air {
    packets: Vec<(Micros, Vec<u8>)>,
    pub(super) now: Micros,
    sequence: u16,
    flags: u8,
}

impl Air {
    pub(super) const fn new() -> Self {
        Self {
            packets: Vec::new(),
            now: 1_700_000_000_000_000,
            sequence: 0,
            flags: 0,
        }
    }

    pub(super) const fn pass(&mut self, seconds: u64) -> &mut Self {
        self.now += seconds * 1_000_000;
        self
    }

    pub(super) const fn count_from(&mut self, sequence: u16) -> &mut Self {
        self.sequence = sequence;
        self
    }

    pub(super) fn frame(
        &mut self,
        control: [u8; 2],
        addresses: [Mac; 3],
        body: &[u8],
    ) -> &mut Self {
        let [receiver, transmitter, third] = addresses.map(Mac::bytes);
        let sequence = (self.sequence << 4).to_le_bytes();
        self.sequence = (self.sequence + 1) % 4096;
        let head = [&control[..], &[0, 0], &receiver, &transmitter, &third];
        self.raw(&[head.concat(), sequence.to_vec(), body.to_vec()].concat())
    }

    fn raw(&mut self, frame: &[u8]) -> &mut Self {
        self.now += 1000;
        let [low, high] = 2437_u16.to_le_bytes();
        let radiotap = [
            0, 0, 14, 0, 0x0a, 0, 0, 0, self.flags, 0, low, high, 0xa0, 0,
        ];
        self.packets.push((self.now, [&radiotap, frame].concat()));
        self
    }

    pub(super) fn beacon(&mut self) -> &mut Self {
        self.frame([0x80, 0], [BROADCAST, HOME, HOME], &[0; 12])
    }

    pub(super) fn probe(&mut self, from: Mac, elements: &[u8]) -> &mut Self {
        self.frame([0x40, 0], [BROADCAST, from, BROADCAST], elements)
    }

    pub(super) fn association(&mut self, station: Mac) -> &mut Self {
        self.frame([0xb0, 0], [HOME, station, HOME], &[0, 0, 1, 0, 0, 0])
            .frame([0xb0, 0], [station, HOME, HOME], &[0, 0, 2, 0, 0, 0])
            .frame([0x00, 0], [HOME, station, HOME], &[0; 4])
            .frame([0x10, 0], [station, HOME, HOME], &[0, 0, 0, 0, 1, 0])
            .data(station)
    }

    fn data(&mut self, station: Mac) -> &mut Self {
        self.frame([0x08, 0x41], [HOME, station, BROADCAST], &[1, 2, 3, 4])
            .frame([0x08, 0x42], [station, HOME, HOME], &[1, 2, 3, 4])
    }

    fn goodbye(&mut self, station: Mac) -> &mut Self {
        self.frame([0xc0, 0], [HOME, station, HOME], &[3, 0])
    }

    pub(super) fn pcap(&self) -> Vec<u8> {
        let mut file = Vec::new();
        for number in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0x4_0000, 127] {
            file.extend(number.to_le_bytes());
        }
        for (at, packet) in &self.packets {
            let length = u32::try_from(packet.len()).unwrap();
            let (seconds, micros) = (at / 1_000_000, at % 1_000_000);
            for number in [seconds, micros, u64::from(length), u64::from(length)] {
                file.extend(u32::try_from(number).unwrap().to_le_bytes());
            }
            file.extend(packet);
        }
        file
    }

    /// Big-endian, with times in nanoseconds and an unknown block.
    fn pcapng(&self) -> Vec<u8> {
        let block = |kind: u32, body: &[u8]| {
            let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
            let size = u32::try_from(12 + body.len() + padding.len()).unwrap();
            let (kind, size) = (kind.to_be_bytes(), size.to_be_bytes());
            [&kind[..], &size, body, &padding, &size].concat()
        };
        let section = [
            &0x1a2b_3c4d_u32.to_be_bytes()[..],
            &[0, 1, 0, 0],
            &[0xff; 8],
        ]
        .concat();
        let interface = [
            &[0, 127, 0, 0, 0, 4, 0, 0][..],
            &[0, 9, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0],
        ];
        let mut file = block(0x0a0d_0d0a, &section);
        file.extend(block(1, &interface.concat()));
        file.extend(block(4, &[0, 0, 0, 0]));
        for (at, packet) in &self.packets {
            let length = u32::try_from(packet.len()).unwrap().to_be_bytes();
            let at = (at * 1000).to_be_bytes();
            file.extend(block(
                6,
                &[&[0; 4][..], &at, &length, &length, packet].concat(),
            ));
        }
        file
    }

    pub(super) fn judge(&self) -> Verdict {
        judge(&self.pcap(), &KnownAddresses::default()).unwrap()
    }

    fn judge_strictly(&self) -> Verdict {
        let mut audit = Audit::new(KnownAddresses::default()).strict(true);
        let file = self.pcap();
        let mut capture = Capture::new(&file[..]).unwrap();
        audit.read(&mut capture, |_| {}).unwrap();
        audit.judge()
    }
}

fn judge(file: &[u8], known: &KnownAddresses) -> Result<Verdict, CaptureError> {
    let mut audit = Audit::new(known.clone());
    audit.read(&mut Capture::new(file)?, |_| {})?;
    Ok(audit.judge())
}

/// A station without a leak.
pub(super) fn clean() -> Air {
    let mut air = Air::new();
    air.count_from(2000).probe(mask(1), WILDCARD).pass(3);
    air.count_from(700).probe(mask(2), WILDCARD).beacon();
    air.count_from(3)
        .association(ASSIGNED)
        .data(ASSIGNED)
        .beacon();
    air.goodbye(ASSIGNED).pass(3);
    air.count_from(3900).probe(mask(3), WILDCARD).beacon();
    air
}

fn found(verdict: &Verdict) -> Vec<(Leak, u64)> {
    let all = Leak::ALL.map(|leak| (leak, verdict.total(leak).0));
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// The leaks in the clean capture with these frames added.
fn leaks_added_by(plant: impl FnOnce(&mut Air)) -> Vec<(Leak, u64)> {
    let mut air = clean();
    plant(air.count_from(1234));
    let verdict = air.judge();
    assert_eq!(
        verdict.leaks(),
        found(&verdict).iter().any(|(leak, _)| !leak.is_note())
    );
    found(&verdict)
}

pub(super) fn linked(air: &Air) -> Vec<(Mac, Mac)> {
    let links = air.judge().links.into_iter();
    links.map(|link| (link.earlier, link.later)).collect()
}
