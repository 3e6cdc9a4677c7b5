//! Captures in which a station tells who it is, one way each, and captures in which none does.

use crate::air::Mac;
use crate::encode;

pub const HOME: Mac = Mac([0x02, 0, 0, 0, 1, 0]);
pub const OTHER: Mac = Mac([0x02, 0, 0, 0, 2, 0]);
pub const ASSIGNED: Mac = Mac([0x9a, 0x11, 0x22, 0x33, 0x44, 0x55]);
pub const MASK: Mac = Mac([0xd2, 1, 0xc0, 0xff, 0xee, 0x5b]);
/// Of two more networks.
pub const FIRST: Mac = Mac([0xda, 3, 0x31, 0x41, 0x59, 0x26]);
pub const SECOND: Mac = Mac([0xd6, 2, 0x0b, 0xad, 0xca, 0xfe]);
/// Locally administered, so that nothing but the content gives it away.
pub const PERMANENT: Mac = Mac([0x02, 0xaa, 0xbb, 0xcc, 0xdd, 0xee]);

const WILDCARD: &[u8] = &[0, 0, 1, 4, 2, 4, 11, 22, 3, 1, 6, 50, 2, 12, 24];
const HOME_SSID: &[u8] = b"\0\x04Home";
const CAFE_SSID: &[u8] = b"\0\x04Cafe";
const SECOND_IN_US: u64 = 1_000_000;

/// A capture.
pub struct Planted {
    pub name: &'static str,
    /// The kind of leak, of note or of link that is to be found: the word in JSON.
    pub finds: Option<&'static str>,
    pub frames: Vec<(u64, Vec<u8>)>,
}

impl Planted {
    /// As a pcap file without radiotap.
    pub fn pcap(&self) -> Vec<u8> {
        let mut file = Vec::new();
        for number in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0x4_0000, 105] {
            file.extend(number.to_le_bytes());
        }
        for (at, frame) in &self.frames {
            let length = frame.len() as u32;
            let (seconds, micros) = (at / SECOND_IN_US, at % SECOND_IN_US);
            for number in [seconds as u32, micros as u32, length, length] {
                file.extend(number.to_le_bytes());
            }
            file.extend(frame);
        }
        file
    }
}

/// Builds a capture, a frame each 10 ms.
#[derive(Default)]
struct Air {
    now: u64,
    number: u16,
    frames: Vec<(u64, Vec<u8>)>,
}

impl Air {
    fn frame(&mut self, control: [u8; 2], to: Mac, from: Mac, third: Mac, body: &[u8]) {
        // Random enough that no number continues another one.
        self.number = (self.number * 5 + 1237) % 4096;
        self.numbered(self.number, control, [to, from, third], body);
    }

    fn numbered(&mut self, number: u16, control: [u8; 2], addresses: [Mac; 3], body: &[u8]) {
        self.now += 10_000;
        let frame = encode::frame(control, addresses, number, body);
        self.frames.push((SECOND_IN_US + self.now, frame));
    }

    fn pass(&mut self, seconds: u64) {
        self.now += seconds * SECOND_IN_US;
    }

    fn probe(&mut self, from: Mac) {
        self.probe_with(from, WILDCARD);
    }

    fn probe_with(&mut self, from: Mac, elements: &[u8]) {
        self.frame([0x40, 0], Mac::BROADCAST, from, Mac::BROADCAST, elements);
    }

    fn beacon(&mut self, from: Mac) {
        self.frame([0x80, 0], Mac::BROADCAST, from, from, &[0; 12]);
    }

    fn authentication(&mut self, from: Mac, to: Mac, body: &[u8]) {
        self.frame([0xb0, 0], to, from, to, body);
        self.frame([0xb0, 0], from, to, to, &[0, 0, 2, 0, 0, 0]);
    }

    fn association(&mut self, from: Mac, to: Mac, elements: &[u8]) {
        let body = [&[1, 0, 10, 0][..], elements].concat();
        self.frame([0x00, 0], to, from, to, &body);
        self.frame([0x10, 0], from, to, to, &[1, 0, 0, 0, 1, 0]);
    }

    fn join(&mut self, from: Mac, to: Mac, elements: &[u8]) {
        self.authentication(from, to, &[0, 0, 1, 0, 0, 0]);
        self.association(from, to, elements);
    }

    /// Encrypted.
    fn data(&mut self, from: Mac, to: Mac) {
        self.frame([0x08, 0x41], to, from, Mac::BROADCAST, &[1, 2, 3, 4]);
    }

    fn clear(&mut self, from: Mac, to: Mac, kind: [u8; 2], content: &[u8]) {
        let body = [&[0xaa, 0xaa, 3, 0, 0, 0][..], &kind, content].concat();
        self.frame([0x08, 0x01], to, from, Mac::BROADCAST, &body);
    }

    fn action(&mut self, from: Mac, to: Mac, bssid: Mac, body: &[u8]) {
        self.frame([0xd0, 0], to, from, bssid, body);
    }

    fn goodbye(&mut self, from: Mac, to: Mac) {
        self.frame([0xc0, 0], to, from, to, &[3, 0]);
    }

    /// A scan under a mask, then a network joined under its address.
    fn usual(&mut self) {
        self.beacon(HOME);
        self.probe(MASK);
        self.pass(1);
        self.join(ASSIGNED, HOME, HOME_SSID);
        self.data(ASSIGNED, HOME);
    }
}

fn planted(name: &'static str, finds: &'static str, build: impl FnOnce(&mut Air)) -> Planted {
    let mut air = Air::default();
    air.usual();
    build(&mut air);
    Planted {
        name,
        finds: Some(finds),
        frames: air.frames,
    }
}

fn clean(name: &'static str, build: impl FnOnce(&mut Air)) -> Planted {
    Planted {
        finds: None,
        ..planted(name, "", build)
    }
}

/// The same content joins two networks under two addresses.
fn twice(air: &mut Air, tell: impl Fn(&mut Air, Mac, Mac)) {
    for (address, access_point, name) in [(FIRST, HOME, HOME_SSID), (SECOND, OTHER, CAFE_SSID)] {
        air.pass(5);
        air.join(address, access_point, name);
        tell(air, address, access_point);
        air.goodbye(address, access_point);
    }
}

pub fn multi_link(device: Mac) -> Vec<u8> {
    let common = [&[7][..], &device.0].concat();
    let body = [&[107, 0, 0][..], &common].concat();
    [&[255, body.len() as u8][..], &body].concat()
}

fn rsn_naming(key: u8) -> Vec<u8> {
    let suite = [0, 0x0f, 0xac, 4];
    let one = [&[1, 0][..], &suite].concat();
    let keys = [&[0, 0, 1, 0][..], &[key; 16]].concat();
    let body = [&[1, 0][..], &suite, &one, &one, &keys].concat();
    [&[48, body.len() as u8][..], &body].concat()
}

fn eapol(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16).to_be_bytes();
    [&[2, kind][..], &length, content].concat()
}

fn eap_identity(identity: &[u8]) -> Vec<u8> {
    let length = (5 + identity.len() as u16).to_be_bytes();
    eapol(0, &[&[2, 1][..], &length, &[1], identity].concat())
}

/// The second message of the four-way handshake.
fn second_message(key_data: &[u8]) -> Vec<u8> {
    let mut key = vec![0; 93];
    key[0] = 2;
    key[1..3].copy_from_slice(&0x010a_u16.to_be_bytes());
    key.extend((key_data.len() as u16).to_be_bytes());
    key.extend(key_data);
    eapol(3, &key)
}

pub fn dhcp(hardware: Mac, options: &[u8]) -> Vec<u8> {
    let mut message = vec![1, 1, 6, 0];
    message.resize(28, 0);
    message.extend(hardware.0);
    message.resize(236, 0);
    message.extend([0x63, 0x82, 0x53, 0x63, 53, 1, 1]);
    message.extend(options);
    message.push(255);
    let udp = [&[0, 68, 0, 67, 0, 0, 0, 0][..], &message].concat();
    let mut ip = vec![0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17];
    ip.resize(20, 0);
    [ip, udp].concat()
}

fn option(code: u8, value: &[u8]) -> Vec<u8> {
    [&[code, value.len() as u8][..], value].concat()
}

fn ipv6(source: [u8; 16], next: u8, content: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0, 0, 0, next, 255];
    packet.extend(source);
    packet.extend([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16]);
    packet.extend(content);
    packet
}

fn link_local(id: [u8; 8]) -> [u8; 16] {
    let mut address = [0; 16];
    address[..2].copy_from_slice(&[0xfe, 0x80]);
    address[8..].copy_from_slice(&id);
    address
}

pub fn of_hardware(Mac(address): Mac) -> [u8; 8] {
    let [vendor, number] = [&address[..3], &address[3..]];
    let mut id: [u8; 8] = [vendor, &[0xff, 0xfe], number]
        .concat()
        .try_into()
        .expect("eight");
    id[0] ^= 2;
    id
}

/// A report of a multicast group, behind the option that routers read.
fn listener_report([a, b, c]: [u8; 3]) -> Vec<u8> {
    let mut report = vec![
        58, 0, 5, 2, 0, 0, 1, 0, 143, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0,
    ];
    report.extend([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a, b, c]);
    ipv6([0; 16], 0, &report)
}

const IPV4: [u8; 2] = [0x08, 0x00];
const IPV6: [u8; 2] = [0x86, 0xdd];
const EAPOL: [u8; 2] = [0x88, 0x8e];
const DUID: &[u8] = &[0, 4, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5, 6];
const UUID: &[u8] = &[
    0x10, 0x47, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
];

fn vendor(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    option(221, &[&kind[..], content].concat())
}

/// Of Wi-Fi 7.
fn devices() -> Vec<Planted> {
    vec![
        planted(
            "MLD address that also scans",
            "assigned-address-in-probe",
            |air| {
                air.probe(SECOND);
                air.pass(5);
                air.authentication(
                    Mac([0xee, 0x55, 0xea, 2, 0x8a, 0x9f]),
                    OTHER,
                    &[&[0, 0, 1, 0, 0, 0][..], &multi_link(SECOND)].concat(),
                );
                let elements = [CAFE_SSID, &multi_link(SECOND)].concat();
                air.association(Mac([0xee, 0x55, 0xea, 2, 0x8a, 0x9f]), OTHER, &elements);
            },
        ),
        planted("MLD address in the second message", "mld-address", |air| {
            let kde = vendor([0, 0x0f, 0xac, 3], &PERMANENT.0);
            twice(air, |air, from, to| {
                air.clear(from, to, EAPOL, &second_message(&kde));
            });
        }),
        planted("MLD address in two networks", "mld-address", |air| {
            air.join(FIRST, HOME, &[HOME_SSID, &multi_link(PERMANENT)].concat());
            air.join(SECOND, OTHER, &[CAFE_SSID, &multi_link(PERMANENT)].concat());
        }),
    ]
}

/// What probe requests tell.
fn scans() -> Vec<Planted> {
    let with = |element: &[u8]| [WILDCARD, element].concat();
    let wps = with(&vendor([0, 0x50, 0xf2, 4], UUID));
    let p2p = with(&vendor([0x50, 0x6f, 0x9a, 9], &[2, 2, 0, 0, 0]));
    let optional = with(&option(127, &[4]));
    let from_both = |name, finds, elements: Vec<u8>| {
        planted(name, finds, move |air| {
            for address in [FIRST, SECOND] {
                air.pass(5);
                air.probe_with(address, &elements);
            }
        })
    };
    vec![
        planted("address of a vendor", "not-randomised", |air| {
            air.probe(Mac([0x00, 0x13, 0xef, 2, 0x8a, 0x9f]));
        }),
        planted(
            "address before its association",
            "assigned-address-in-probe",
            |air| {
                air.probe(FIRST);
                air.pass(5);
                air.join(FIRST, OTHER, CAFE_SSID);
            },
        ),
        planted("SSID", "network-named", |air| {
            air.probe_with(FIRST, CAFE_SSID);
        }),
        planted(
            "SSID under an address of another network",
            "network-named-under-assigned-address",
            |air| air.probe_with(ASSIGNED, CAFE_SSID),
        ),
        planted("WPS element", "wps-or-p2p", |air| {
            air.probe_with(FIRST, &wps);
        }),
        planted("P2P element", "wps-or-p2p", |air| {
            air.probe_with(FIRST, &p2p);
        }),
        planted("second scan under one address", "several-scans", |air| {
            air.pass(60);
            air.probe(MASK);
        }),
        planted("sequence numbers that go on", "sequence-numbers", |air| {
            for number in 1..8 {
                air.pass(5);
                let from = Mac([0xd2, number, 0xc0, 0xff, 0xee, number ^ 0x5a]);
                let addresses = [Mac::BROADCAST, from, Mac::BROADCAST];
                air.numbered(1000 + u16::from(number), [0x40, 0], addresses, WILDCARD);
            }
        }),
        planted("optional element", "fingerprint", |air| {
            air.probe_with(FIRST, &optional);
        }),
        from_both(
            "optional elements of two addresses",
            "elements",
            optional.clone(),
        ),
        from_both("SSID of two addresses", "name", CAFE_SSID.to_vec()),
    ]
}

/// Who sends what to whom.
fn roles() -> Vec<Planted> {
    vec![
        planted("hotspot", "access-point", |air| {
            air.goodbye(ASSIGNED, HOME);
            air.pass(2);
            air.beacon(ASSIGNED);
        }),
        planted("data after the goodbye", "stray-data", |air| {
            air.goodbye(ASSIGNED, HOME);
            air.pass(2);
            air.data(ASSIGNED, HOME);
        }),
        planted("data to another access point", "stray-data", |air| {
            air.beacon(OTHER);
            air.data(ASSIGNED, OTHER);
        }),
        planted("GAS request", "assigned-address-in-query", |air| {
            air.goodbye(ASSIGNED, HOME);
            air.pass(2);
            air.action(ASSIGNED, OTHER, OTHER, &[4, 10, 1, 108, 0]);
        }),
        planted("public action frame", "assigned-address-in-query", |air| {
            air.action(ASSIGNED, OTHER, OTHER, &[4, 9, 0x50, 0x6f, 0x9a, 9, 7, 1]);
        }),
        planted("beacon request", "requested-scan", |air| {
            let request = [5, 0, 1, 0, 0, 38, 5, 1, 0, 5, 81, 6];
            air.action(HOME, ASSIGNED, HOME, &request);
            air.probe(ASSIGNED);
        }),
        planted("transition request", "requested-scan", |air| {
            air.action(HOME, ASSIGNED, HOME, &[10, 7, 1, 4, 0, 0, 0]);
            air.probe(ASSIGNED);
        }),
        planted("beamforming report", "beamforming", |air| {
            air.frame([0xe0, 0], HOME, ASSIGNED, HOME, &[21, 0, 1, 2, 3]);
        }),
    ]
}

/// Values that two addresses share.
fn values() -> Vec<Planted> {
    vec![
        planted("key", "key", |air| {
            air.join(FIRST, HOME, &[HOME_SSID, &rsn_naming(7)].concat());
            air.join(SECOND, HOME, &[HOME_SSID, &rsn_naming(7)].concat());
        }),
        planted("key in the second message", "key", |air| {
            twice(air, |air, from, to| {
                air.clear(from, to, EAPOL, &second_message(&rsn_naming(8)));
            });
        }),
        planted("name of an FT key", "key", |air| {
            let body = [&[2, 0, 1, 0, 0, 0][..], &rsn_naming(9)].concat();
            twice(air, |air, from, to| air.authentication(from, to, &body));
        }),
        planted("SAE password identifier", "password-id", |air| {
            let mut body = vec![3, 0, 1, 0, 126, 0, 19, 0];
            body.resize(8 + 96, 5);
            body.extend(option(255, b"\x21guest-17"));
            twice(air, |air, from, to| air.authentication(from, to, &body));
        }),
        planted("EAP identity", "eap-identity", |air| {
            twice(air, |air, from, to| {
                air.clear(from, to, EAPOL, &eap_identity(b"alice@example.org"));
            });
        }),
        planted("WPS UUID", "uuid", |air| {
            let element = vendor([0, 0x50, 0xf2, 4], UUID);
            twice(air, |air, from, to| air.association(from, to, &element));
        }),
        planted("P2P device address", "p2p-device-address", |air| {
            let attribute = [&[13, 6, 0][..], &PERMANENT.0].concat();
            let element = vendor([0x50, 0x6f, 0x9a, 9], &attribute);
            let body = [&[4, 9, 0x50, 0x6f, 0x9a, 9, 0, 1][..], &element].concat();
            air.action(FIRST, OTHER, OTHER, &body);
            air.action(SECOND, OTHER, OTHER, &body);
        }),
    ]
}

/// On open networks.
fn contents() -> Vec<Planted> {
    let two_networks = |name, finds, kind, content: Vec<u8>| {
        planted(name, finds, move |air| {
            twice(air, |air, from, to| air.clear(from, to, kind, &content));
        })
    };
    let dhcp_option = |code, value: &[u8]| dhcp(Mac([0; 6]), &option(code, value));
    let v6_option = [&[0, 1, 0, DUID.len() as u8][..], DUID].concat();
    let udp = [&[2, 34, 2, 35, 0, 0, 0, 0, 1, 0, 0, 0][..], &v6_option].concat();
    let duid = [&[255, 1, 2, 3, 4][..], DUID].concat();
    vec![
        planted("hardware address in DHCP", "other-address", |air| {
            air.clear(ASSIGNED, HOME, IPV4, &dhcp(PERMANENT, &[]));
        }),
        planted(
            "hardware address as client identifier",
            "other-address",
            |air| {
                let id = [&[1][..], &PERMANENT.0].concat();
                air.clear(ASSIGNED, HOME, IPV4, &dhcp(ASSIGNED, &option(61, &id)));
            },
        ),
        planted("IPv6 address of hardware", "other-address", |air| {
            let source = link_local(of_hardware(PERMANENT));
            air.clear(ASSIGNED, HOME, IPV6, &ipv6(source, 59, &[]));
        }),
        two_networks(
            "client identifier",
            "dhcp-client-id",
            IPV4,
            dhcp_option(61, b"\0laptop"),
        ),
        two_networks("DUID in DHCP", "duid", IPV4, dhcp_option(61, &duid)),
        two_networks("DUID in DHCPv6", "duid", IPV6, ipv6([0; 16], 17, &udp)),
        two_networks(
            "host name",
            "host-name",
            IPV4,
            dhcp_option(12, b"alices-laptop"),
        ),
        planted("host name alone", "personal", |air| {
            let request = dhcp(ASSIGNED, &option(12, b"alices-laptop"));
            air.clear(ASSIGNED, HOME, IPV4, &request);
        }),
        two_networks(
            "IPv6 interface identifier",
            "ipv6-interface-id",
            IPV6,
            ipv6(link_local([1, 2, 3, 4, 5, 6, 7, 8]), 59, &[]),
        ),
        two_networks(
            "multicast group",
            "ipv6-group",
            IPV6,
            listener_report([7, 8, 9]),
        ),
    ]
}

/// A capture for each way in which a station tells who it is.
pub fn all() -> Vec<Planted> {
    [devices(), scans(), roles(), values(), contents()]
        .into_iter()
        .flatten()
        .collect()
}

/// Captures that look like those, without a station that tells who it is.
pub fn all_clean() -> Vec<Planted> {
    vec![
        clean("a network", |_| {}),
        clean("two networks with keys of their own", |air| {
            air.join(FIRST, HOME, &[HOME_SSID, &rsn_naming(1)].concat());
            air.join(SECOND, OTHER, &[CAFE_SSID, &rsn_naming(2)].concat());
        }),
        clean("two links of one device", |air| {
            let elements = [HOME_SSID, &multi_link(PERMANENT)].concat();
            for address in [FIRST, SECOND] {
                air.join(address, HOME, &elements);
                air.goodbye(address, HOME);
            }
        }),
        clean("roaming", |air| {
            air.beacon(OTHER);
            air.frame([0x20, 0], OTHER, ASSIGNED, OTHER, &[0; 10]);
            air.data(ASSIGNED, OTHER);
        }),
        clean("roaming that the sniffer missed", |air| {
            air.beacon(OTHER);
            air.data(ASSIGNED, OTHER);
            air.frame([0x08, 0x42], ASSIGNED, OTHER, OTHER, &[1, 2, 3, 4]);
        }),
        clean("query to the own access point", |air| {
            air.action(ASSIGNED, HOME, HOME, &[4, 10, 1, 108, 0]);
            air.action(FIRST, OTHER, OTHER, &[4, 10, 1, 108, 0]);
        }),
        clean("request without a scan", |air| {
            air.action(HOME, ASSIGNED, HOME, &[10, 7, 1, 4, 0, 0, 0]);
        }),
        clean("DHCP and IPv6 of the own address", |air| {
            let id = [&[1][..], &ASSIGNED.0].concat();
            air.clear(ASSIGNED, HOME, IPV4, &dhcp(ASSIGNED, &option(61, &id)));
            let own = link_local(of_hardware(ASSIGNED));
            air.clear(ASSIGNED, HOME, IPV6, &ipv6(own, 59, &[]));
            let Mac([.., d, e, f]) = ASSIGNED;
            air.clear(ASSIGNED, HOME, IPV6, &listener_report([d, e, f]));
        }),
        clean("two networks with IPv6 addresses of their own", |air| {
            for (address, id) in [(FIRST, 1), (SECOND, 2)] {
                air.join(address, OTHER, CAFE_SSID);
                let source = link_local([id, 2, 3, 4, 5, 6, 7, id]);
                air.clear(address, OTHER, IPV6, &ipv6(source, 59, &[]));
                air.goodbye(address, OTHER);
            }
        }),
        clean("another access point", |air| {
            air.beacon(OTHER);
            air.frame([0xd0, 0], Mac::BROADCAST, OTHER, OTHER, &[4, 10, 1]);
        }),
    ]
}
