//! Frames of an attacker: hostile names, broken elements, unsolicited responses.
//! The same frames in every play.

use std::fs;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::frames::{
    ASSOCIATION_RESPONSE, AUTHENTICATION, BEACON, DEAUTHENTICATION, DISASSOCIATION, PROBE_RESPONSE,
    element, fixed, id, management,
};
use macveil_testkit::air::Mac;

/// What a name would have a reader of the log believe.
pub const FORGED_LINE: &str = "wlan0: forged";

/// As long as a frame may be, all in all.
const LONGEST_BODY: usize = 2200;

/// Whom the nonsense is about.
pub struct Scene {
    /// The station's interface, whose address changes.
    pub station: String,
    pub access_point: Mac,
    /// The name of the network to imitate.
    pub ssid: Vec<u8>,
    pub channel: u8,
}

pub struct Nonsense {
    scene: Scene,
    names: Vec<Vec<u8>>,
    rng: StdRng,
    count: usize,
}

impl Nonsense {
    pub fn new(scene: Scene) -> Self {
        Self {
            names: names(&scene.ssid),
            rng: StdRng::seed_from_u64(scene.channel.into()),
            scene,
            count: 0,
        }
    }

    pub fn next_frame(&mut self) -> Vec<u8> {
        self.count += 1;
        match self.count % 4 {
            0 => self.hostile_name(),
            1 | 2 => self.broken_elements(),
            _ => self.unasked_answer(),
        }
    }

    fn hostile_name(&mut self) -> Vec<u8> {
        let number = self.count / 4 % self.names.len();
        let body = [
            fixed(),
            element(id::SSID, &self.names[number]),
            element(id::CHANNEL, &[self.scene.channel]),
        ];
        self.announce(number as u16, &body.concat())
    }

    fn broken_elements(&mut self) -> Vec<u8> {
        let mut body = fixed();
        let name = element(id::SSID, &self.scene.ssid);
        let noise = self.noise(255);
        let channel = self.rng.random();
        let elements: Vec<Vec<u8>> = match self.rng.random_range(0..14) {
            // Another channel than the one it is heard on.
            0 => vec![name, element(id::CHANNEL, &[channel])],
            1 => vec![name, element(id::CHANNEL, &[])],
            // A suite list that is longer than its element, and ones of nonsense.
            2 => vec![
                name,
                element(id::RSN, &[1, 0, 0, 0x0f, 0xac, 4, 0xff, 0xff]),
            ],
            3 => vec![name, element(id::RSN, &noise)],
            4 => vec![name, element(id::RSN, &[1])],
            5 => vec![name, element(id::RSN, &[])],
            // Two names.
            6 => vec![name, element(id::SSID, b"\x1b[2JSecond")],
            7 => vec![element(id::SSID, b"First\n"), name],
            // A name that is too long, and one that is longer than its frame.
            8 => vec![element(id::SSID, &noise)],
            9 => vec![vec![id::SSID, 32], b"Home".to_vec()],
            10 => (0..40)
                .map(|_| element(id::VENDOR, &self.noise(250)))
                .collect(),
            11 => vec![
                name,
                element(id::MULTIPLE_BSSID, &noise),
                element(id::EXTENSION, &noise),
            ],
            12 => [
                id::TIM,
                id::COUNTRY,
                id::CHANNEL_SWITCH,
                id::HT_OPERATION,
                id::RATES,
            ]
            .map(|id| element(id, &self.noise(40)))
            .to_vec(),
            _ => vec![noise],
        };
        body.extend(elements.concat());
        body.truncate(LONGEST_BODY);
        if self.rng.random_ratio(1, 4) {
            body.truncate(self.rng.random_range(0..=body.len()));
        }
        let number = 0x1000 + self.rng.random_range(0..200);
        self.announce(number, &body)
    }

    fn announce(&mut self, number: u16, body: &[u8]) -> Vec<u8> {
        let bssid = Mac::of_stranger(number);
        let (subtype, to) = match self.rng.random_range(0..3) {
            0 => (PROBE_RESPONSE, self.station()),
            1 => (PROBE_RESPONSE, Mac::BROADCAST),
            _ => (BEACON, Mac::BROADCAST),
        };
        management(subtype, to, bssid, bssid, body)
    }

    /// In the access point's name only what is cut off: whole ones end associations.
    fn unasked_answer(&mut self) -> Vec<u8> {
        let kinds = [
            AUTHENTICATION,
            ASSOCIATION_RESPONSE,
            DEAUTHENTICATION,
            DISASSOCIATION,
        ];
        let subtype = kinds[self.rng.random_range(0..kinds.len())];
        let mut body = self.noise(60);
        let from = match self.rng.random_range(0..3) {
            0 => {
                body.truncate(1);
                self.scene.access_point
            }
            _ => Mac::of_stranger(self.rng.random()),
        };
        management(subtype, self.station(), from, from, &body)
    }

    fn noise(&mut self, longest: usize) -> Vec<u8> {
        let length = self.rng.random_range(0..=longest);
        (0..length).map(|_| self.rng.random()).collect()
    }

    fn station(&self) -> Mac {
        let path = format!("/sys/class/net/{}/address", self.scene.station);
        let text = fs::read_to_string(path).unwrap_or_default();
        text.trim().parse().unwrap_or(Mac::BROADCAST)
    }
}

/// Names to break a terminal, a log, a parser, or a user's eye with.
fn names(imitated: &[u8]) -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = (0..=u8::MAX)
        .collect::<Vec<_>>()
        .chunks(32)
        .map(<[u8]>::to_vec)
        .collect();
    names.extend([
        vec![0; 32],
        vec![],
        vec![0],
        vec![b'"'; 32],
        vec![b'\\'; 31],
    ]);
    names.extend(
        [
            &b"\x1b[31m\x1b[2J\x1b]0;owned\x07"[..],
            format!("\r\ninfo: {FORGED_LINE}").as_bytes(),
            format!("\nerror: {FORGED_LINE}").as_bytes(),
            "\u{202e}emoH\u{feff}\u{85}\u{2028}".as_bytes(),
            b"\x9b31m\x9d0;owned\x9c",
            b"====\n####\n====",
            b"\nid=0\nbssid=02:00:00:00:01:00",
            b"x\nflags=[ESS]\nssid=Home",
            b"<3>CTRL-EVENT-TERMINATING ",
            b"\\x00\\n\\e\\\"",
            b"%s%n%x$(reboot)`reboot`;'",
        ]
        .map(<[u8]>::to_vec),
    );
    let changed: [fn(&mut Vec<u8>); 7] = [
        |name| name.make_ascii_lowercase(),
        |name| name.make_ascii_uppercase(),
        |name| name.push(b' '),
        |name| name.push(0),
        |name| name.push(b'\n'),
        |name| name.insert(0, b' '),
        |name| name.truncate(name.len() - 1),
    ];
    names.extend(changed.map(|change| {
        let mut name = imitated.to_vec();
        change(&mut name);
        name
    }));
    names.retain(|name| name != imitated);
    names
}
