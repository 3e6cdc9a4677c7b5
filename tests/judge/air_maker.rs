//! Makes captures: the frames of a story as bytes, as a sniffer would write them.

use macveil_testkit::air::{Capture, Frame, Mac};
use macveil_testkit::encode;
use macveil_testkit::judge::{AccessPoint, Brief};

pub const HOME: Mac = Mac([0x02, 0, 0, 0, 1, 0]);
pub const PERMANENT: Mac = Mac([0x02, 0, 0, 0, 0, 0]);
pub const ASSIGNED: Mac = Mac([0x9a, 0x11, 0x22, 0x33, 0x44, 0x55]);

/// The element of a network with SAE and CCMP.
pub fn rsn(capabilities: [u8; 2], more: &[u8]) -> Vec<u8> {
    const CCMP: [u8; 4] = [0, 0x0f, 0xac, 4];
    const SAE: [u8; 4] = [0, 0x0f, 0xac, 8];
    let one = [1, 0];
    let group_and_pairwise = [&one[..], &CCMP, &one, &CCMP].concat();
    let body = [&group_and_pairwise[..], &one, &SAE, &capabilities, more].concat();
    [&[48, body.len() as u8], &body[..]].concat()
}

/// A number of masks with nothing in common.
pub fn mask(number: u8) -> Mac {
    Mac([0xd2, number, 0xc0, 0xff, 0xee, number ^ 0x5a])
}

/// The minimal elements, with a wildcard for the network's name.
pub const WILDCARD: &[u8] = &[0, 0, 1, 4, 2, 4, 11, 22, 3, 1, 6, 50, 2, 12, 24];

pub struct AirMaker {
    pcap: Vec<u8>,
    now: u64,
    sequence: u16,
    channel: u16,
}

impl AirMaker {
    pub fn new() -> Self {
        let mut pcap = Vec::new();
        for number in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 400, 127] {
            pcap.extend(number.to_le_bytes());
        }
        Self {
            pcap,
            now: 1_700_000_000_000_000,
            sequence: 0,
            channel: 6,
        }
    }

    pub fn brief() -> Brief {
        let home = AccessPoint {
            subnet: None,
            leases_ipv6: false,
            name: "home".to_owned(),
            ssid: b"NetB".to_vec(),
            may_see_permanent: Vec::new(),
        };
        Brief {
            permanent: [(PERMANENT, "wlan0".to_owned())].into(),
            access_points: [(HOME, home)].into(),
            hidden: vec![b"Secret".to_vec()],
            stations: 1,
            ..Brief::default()
        }
    }

    pub fn now(&self) -> u64 {
        self.now
    }

    pub fn pass(&mut self, seconds: f64) -> &mut Self {
        self.now += (seconds * 1e6) as u64;
        self
    }

    pub fn on_channel(&mut self, channel: u16) -> &mut Self {
        self.channel = channel;
        self
    }

    /// The sequence number of the next frame.
    pub fn count_from(&mut self, sequence: u16) -> &mut Self {
        self.sequence = sequence;
        self
    }

    /// Any frame: the first two bytes, three addresses, what follows them.
    pub fn frame(&mut self, control: [u8; 2], addresses: [Mac; 3], body: &[u8]) -> &mut Self {
        let bytes = encode::frame(control, addresses, self.sequence, body);
        self.sequence = (self.sequence + 1) % 4096;
        self.raw(&bytes)
    }

    pub fn raw(&mut self, frame: &[u8]) -> &mut Self {
        // Rate and channel.
        let [low, high] = (2407 + 5 * self.channel).to_le_bytes();
        let radiotap = [0, 0, 14, 0, 0x0c, 0, 0, 0, 2, 0, low, high, 0xa0, 0];
        let length = (radiotap.len() + frame.len()) as u32;
        self.now += 1000;
        let (seconds, micros) = ((self.now / 1_000_000) as u32, (self.now % 1_000_000) as u32);
        for number in [seconds, micros, length, length] {
            self.pcap.extend(number.to_le_bytes());
        }
        self.pcap.extend(radiotap);
        self.pcap.extend(frame);
        self
    }

    pub fn beacon(&mut self) -> &mut Self {
        self.frame([0x80, 0], [Mac::BROADCAST, HOME, HOME], &[0; 12])
    }

    /// A beacon with a channel switch.
    pub fn announce_another_channel(&mut self) -> &mut Self {
        let body = [&[0; 12][..], &[37, 3, 0, 1, 2]].concat();
        self.frame([0x80, 0], [Mac::BROADCAST, HOME, HOME], &body)
    }

    pub fn probe(&mut self, from: Mac, elements: &[u8]) -> &mut Self {
        self.frame([0x40, 0], [Mac::BROADCAST, from, Mac::BROADCAST], elements)
    }

    pub fn authentication(&mut self, from: Mac) -> &mut Self {
        self.frame([0xb0, 0], [HOME, from, HOME], &[0, 0, 1, 0, 0, 0])
    }

    pub fn association(&mut self, station: Mac) -> &mut Self {
        self.association_with(station, &[])
    }

    /// One that protects management frames.
    pub fn protected_association(&mut self, station: Mac) -> &mut Self {
        self.protected_association_without_keys(station)
            .handshake(station)
    }

    /// Before the four-way handshake.
    pub fn protected_association_without_keys(&mut self, station: Mac) -> &mut Self {
        self.granted_association(station, &rsn([0xc0, 0], &[]))
    }

    fn association_with(&mut self, station: Mac, elements: &[u8]) -> &mut Self {
        self.granted_association(station, elements)
            .handshake(station)
    }

    fn granted_association(&mut self, station: Mac, elements: &[u8]) -> &mut Self {
        let request = [&[0; 4], elements].concat();
        self.authentication(station)
            .frame([0xb0, 0], [station, HOME, HOME], &[0, 0, 2, 0, 0, 0])
            .frame([0x00, 0], [HOME, station, HOME], &request)
            .frame([0x10, 0], [station, HOME, HOME], &[0, 0, 0, 0, 1, 0])
    }

    /// Two frames from each side.
    fn handshake(&mut self, station: Mac) -> &mut Self {
        let eapol = [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 2, 3];
        for _ in 0..2 {
            self.frame([0x08, 2], [station, HOME, HOME], &eapol);
            self.frame([0x08, 1], [HOME, station, HOME], &eapol);
        }
        self
    }

    pub fn data(&mut self, station: Mac) -> &mut Self {
        self.frame([0x08, 0x41], [HOME, station, Mac::BROADCAST], &[1, 2, 3, 4])
    }

    /// What an IPv6 node says in the clear: the source is made from this address.
    pub fn ipv6(&mut self, station: Mac, of: Mac) -> &mut Self {
        let (vendor, end) = of.0.split_at(3);
        let mut body = vec![0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd];
        body.extend([0x60, 0, 0, 0, 0, 0, 58, 255, 0xfe, 0x80, 0, 0, 0, 0, 0, 0]);
        body.extend([vendor[0] ^ 2, vendor[1], vendor[2], 0xff, 0xfe]);
        body.extend(end);
        // To the group of those who have another one.
        body.extend([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 7, 7, 7]);
        self.frame([0x08, 1], [HOME, station, Mac::BROADCAST], &body)
    }

    /// Which groups it is in, that of the owners of this address among them.
    pub fn ipv6_group(&mut self, station: Mac, of: Mac) -> &mut Self {
        let mut body = vec![0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd];
        body.extend([0; 40]);
        body.extend([143, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0]);
        body.extend([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff]);
        body.extend(&of.0[3..]);
        self.frame([0x08, 1], [HOME, station, Mac::BROADCAST], &body)
    }

    pub fn goodbye_to_all(&mut self) -> &mut Self {
        self.frame([0xc0, 0], [Mac::BROADCAST, HOME, HOME], &[3, 0])
    }

    pub fn goodbye(&mut self, station: Mac) -> &mut Self {
        self.frame([0xc0, 0], [HOME, station, HOME], &[3, 0])
    }

    pub fn kick(&mut self, station: Mac) -> &mut Self {
        self.frame([0xc0, 0], [station, HOME, HOME], &[2, 0])
    }

    pub fn frames(&self) -> Vec<Frame> {
        Capture::read(&self.pcap).expect("the capture is whole")
    }
}
