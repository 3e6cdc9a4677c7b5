//! Writes down what is on the simulated air as frames, byte by byte, for the lab's own judge.

use std::ops::Range;
use std::time::Duration;

use macveil_core::types::{Frequency, Mac};

use super::AccessPoint;
use crate::promise::{Content, Kind, What};
use macveil_testkit::air::{self, Frame};
use macveil_testkit::encode;
use macveil_testkit::record::Micros;

/// Often enough for the judge to know that an access point is there.
const BEACON_INTERVAL: Micros = 400_000;
const UUID: &[u8] = b"\x00\x50\xf2\x04\x10\x47\x00\x10a uuid of 16 byte";

/// What an access point says to a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Authenticated,
    Associated,
    Reassociated,
    Handshake,
    RefusesAuthentication,
    RefusesAssociation,
    Goodbye,
}

/// Nothing is written down unless it listens.
#[derive(Debug, Default)]
pub struct Sniffer {
    pub listens: bool,
    heard: Vec<(Micros, Frequency, Vec<u8>)>,
    on_air: Vec<OnAir>,
    pub scanning: Vec<Range<Micros>>,
    scan_began: Option<Micros>,
    /// The card's own counter, and the one of a scan that has its own.
    sequence: u16,
    of_scan: Option<u16>,
}

#[derive(Debug)]
struct OnAir {
    bssid: Mac,
    frequency: Frequency,
    since: Micros,
    until: Option<Micros>,
    /// Its last beacons announce another channel.
    switches: bool,
}

pub fn micros(at: Duration) -> Micros {
    at.as_micros() as Micros
}

const fn on_air(mac: Mac) -> air::Mac {
    air::Mac(mac.0)
}

impl Sniffer {
    pub fn hear(&mut self, at: Duration, from: Mac, what: &What) {
        if !self.listens {
            return;
        }
        match what {
            // Its stories have no wires, and no access points on the card.
            What::Wired | What::Beacon => {}
            What::Probe {
                frequency,
                named,
                content,
            } => {
                let name = named.as_ref().map_or(&[][..], |ssid| ssid.as_bytes());
                let body = probe_elements(name, *content);
                let to_all = [air::Mac::BROADCAST, on_air(from), air::Mac::BROADCAST];
                self.put(at, *frequency, [0x40, 0], to_all, &body);
            }
            What::To {
                frequency,
                bssid,
                kind,
                ..
            } => {
                let (control, body) = of_station(*kind);
                let addresses = [on_air(*bssid), on_air(from), on_air(*bssid)];
                self.put(at, *frequency, control, addresses, body);
            }
        }
    }

    pub fn answer(&mut self, at: Duration, ap: &AccessPoint, to: Mac, answer: Answer) {
        if self.listens {
            let (control, body) = of_access_point(answer);
            let addresses = [on_air(to), on_air(ap.bssid), on_air(ap.bssid)];
            self.put(at, ap.frequency, control, addresses, body);
        }
    }

    pub fn on_air(&mut self, at: Duration, ap: &AccessPoint) {
        if self.listens {
            self.begin_beacons(at, ap);
        }
    }

    pub fn off_air(&mut self, at: Duration, ap: &AccessPoint, with_goodbye: bool) {
        if self.listens {
            if with_goodbye {
                self.goodbye_to_all(at, ap);
            }
            self.end_beacons(at, ap.bssid, false);
        }
    }

    pub fn switches(&mut self, at: Duration, ap: &AccessPoint) {
        if self.listens {
            self.end_beacons(at, ap.bssid, true);
            self.begin_beacons(at, ap);
        }
    }

    fn begin_beacons(&mut self, at: Duration, ap: &AccessPoint) {
        self.on_air.push(OnAir {
            bssid: ap.bssid,
            frequency: ap.frequency,
            since: micros(at),
            until: None,
            switches: false,
        });
    }

    fn end_beacons(&mut self, at: Duration, bssid: Mac, switches: bool) {
        let mut open = self.on_air.iter_mut();
        if let Some(it) = open.find(|it| it.bssid == bssid && it.until.is_none()) {
            it.until = Some(micros(at));
            it.switches = switches;
        }
    }

    pub fn goodbye_to_all(&mut self, at: Duration, ap: &AccessPoint) {
        if self.listens {
            let addresses = [air::Mac::BROADCAST, on_air(ap.bssid), on_air(ap.bssid)];
            self.put(at, ap.frequency, [0xc0, 0], addresses, &[3, 0]);
        }
    }

    /// With sequence numbers from there on, or the card's own.
    pub fn scan_begins(&mut self, at: Duration, sequence: Option<u16>) {
        self.of_scan = sequence.map(|number| number % 4096);
        if self.listens {
            self.scan_began = Some(micros(at));
        }
    }

    pub fn scan_ends(&mut self, at: Duration) {
        let began = self.scan_began.take();
        self.scanning.extend(began.map(|began| began..micros(at)));
    }

    fn put(
        &mut self,
        at: Duration,
        frequency: Frequency,
        control: [u8; 2],
        addresses: [air::Mac; 3],
        body: &[u8],
    ) {
        let is_probe = control[0] == 0x40;
        let counter = match &mut self.of_scan {
            Some(of_scan) if is_probe => of_scan,
            _ => &mut self.sequence,
        };
        *counter = (*counter + 1) % 4096;
        let bytes = encode::frame(control, addresses, *counter, body);
        self.heard.push((micros(at), frequency, bytes));
    }

    /// All that was on the air until then, beacons included.
    pub fn frames(&mut self, end: Duration) -> Vec<Frame> {
        let mut all = std::mem::take(&mut self.heard);
        for it in &self.on_air {
            let until = it.until.unwrap_or(micros(end));
            let mut at = it.since;
            while at < until {
                let announces = it.switches && at + BEACON_INTERVAL >= until;
                all.push((at, it.frequency, beacon(it.bssid, announces)));
                at += BEACON_INTERVAL;
            }
        }
        all.sort_by_key(|(at, ..)| *at);
        let numbered = (1..).zip(all);
        let frames = numbered.map(|(number, (at, frequency, bytes))| {
            Frame::read(number, at, Some(frequency as u16), &bytes)
        });
        frames.collect()
    }
}

fn beacon(bssid: Mac, announces_switch: bool) -> Vec<u8> {
    let mut body = vec![0; 12];
    if announces_switch {
        body.extend([37, 3, 1, 1, 5]);
    }
    let from = on_air(bssid);
    encode::frame([0x80, 0], [air::Mac::BROADCAST, from, from], 0, &body)
}

fn probe_elements(name: &[u8], content: Content) -> Vec<u8> {
    let mut body = vec![0, name.len() as u8];
    body.extend(name);
    body.extend([1, 4, 2, 4, 11, 22, 3, 1, 6, 50, 2, 12, 24]);
    if content != Content::Minimal {
        body.extend([45, 2, 0, 0]);
    }
    if content == Content::WithWps {
        body.extend([221, UUID.len() as u8]);
        body.extend(UUID);
    }
    body
}

const EAPOL: &[u8] = &[0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 2, 3];

/// The first two bytes of a frame, and what follows the addresses.
const fn of_station(kind: Kind) -> ([u8; 2], &'static [u8]) {
    match kind {
        Kind::Authentication => ([0xb0, 0], &[0, 0, 1, 0, 0, 0]),
        Kind::Association => ([0x00, 0], &[0; 4]),
        Kind::Reassociation => ([0x20, 0], &[0; 10]),
        Kind::Handshake => ([0x08, 1], EAPOL),
        Kind::Data => ([0x08, 0x41], &[1, 2, 3, 4]),
        Kind::Goodbye => ([0xc0, 0], &[3, 0]),
    }
}

const fn of_access_point(answer: Answer) -> ([u8; 2], &'static [u8]) {
    match answer {
        Answer::Authenticated => ([0xb0, 0], &[0, 0, 2, 0, 0, 0]),
        Answer::Associated => ([0x10, 0], &[0, 0, 0, 0, 1, 0]),
        Answer::Reassociated => ([0x30, 0], &[0, 0, 0, 0, 1, 0]),
        Answer::Handshake => ([0x08, 2], EAPOL),
        Answer::RefusesAuthentication => ([0xb0, 0], &[0, 0, 2, 0, 1, 0]),
        Answer::RefusesAssociation => ([0x10, 0], &[0, 0, 34, 0, 1, 0]),
        Answer::Goodbye => ([0xc0, 0], &[2, 0]),
    }
}
