//! iwd's objects on the bus, as far as they are about one interface.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::platform::dbus::{Message, Value};
use macveil_core::machine::{Doing, IwdPhase, Joining, NetworkId};
use macveil_core::types::Ssid;
use macveil_core::types::parse_hex;

pub(super) const DEVICE: &str = "net.connman.iwd.Device";
pub(super) const STATION: &str = "net.connman.iwd.Station";
pub(super) const NETWORK: &str = "net.connman.iwd.Network";
const KNOWN_NETWORK: &str = "net.connman.iwd.KnownNetwork";
pub(super) const OBJECT_MANAGER: &str = "org.freedesktop.DBus.ObjectManager";
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Devices and their stations, by the paths of their objects.
#[derive(Debug, Default)]
pub(super) struct Objects {
    devices: BTreeMap<String, Device>,
    /// Its networks' paths have signs before bytes from 128 on.
    signs: bool,
}

#[derive(Debug, Default)]
struct Device {
    name: String,
    station: Option<Station>,
}

#[derive(Debug, Default)]
struct Station {
    phase: IwdPhase,
    scanning: bool,
    /// The object's path.
    network: Option<String>,
}

/// What a message was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Concerned {
    /// A device or its station.
    pub(super) station: bool,
    /// A known network.
    pub(super) known: bool,
}

impl Objects {
    /// Takes in the answer to `GetManagedObjects`; `None` if it makes no sense.
    pub(super) fn load(&mut self, answer: &Message) -> Option<()> {
        self.devices.clear();
        answer.body().array(8, |entry| {
            let path = entry.text()?;
            entry.array(8, |interface| {
                let name = interface.text()?;
                interface.properties(|key, value| {
                    self.set(path, name, key, value);
                })
            })
        })
    }

    /// Takes in a signal.
    pub(super) fn hear(&mut self, signal: &Message) -> Concerned {
        let mut concerned = Concerned::default();
        // What makes no sense changes nothing from there on.
        let _ = match (&*signal.interface, &*signal.member) {
            (OBJECT_MANAGER, "InterfacesAdded") => self.added(signal, &mut concerned),
            (OBJECT_MANAGER, "InterfacesRemoved") => self.removed(signal, &mut concerned),
            (PROPERTIES, "PropertiesChanged") => self.changed(signal, &mut concerned),
            _ => None,
        };
        concerned
    }

    fn added(&mut self, signal: &Message, concerned: &mut Concerned) -> Option<()> {
        let mut body = signal.body();
        let path = body.text()?;
        body.array(8, |interface| {
            let name = interface.text()?;
            concerned.note(name);
            interface.properties(|key, value| self.set(path, name, key, value))
        })
    }

    fn removed(&mut self, signal: &Message, concerned: &mut Concerned) -> Option<()> {
        let mut body = signal.body();
        let path = body.text()?;
        body.array(4, |interface| {
            let name = interface.text()?;
            concerned.note(name);
            match name {
                DEVICE => drop(self.devices.remove(path)),
                STATION => {
                    if let Some(device) = self.devices.get_mut(path) {
                        device.station = None;
                    }
                }
                _ => {}
            }
            Some(())
        })
    }

    fn changed(&mut self, signal: &Message, concerned: &mut Concerned) -> Option<()> {
        let mut body = signal.body();
        let interface = body.text()?;
        concerned.note(interface);
        body.properties(|key, value| self.set(&signal.path, interface, key, value))?;
        body.array(4, |invalidated| {
            let key = invalidated.text()?;
            if (interface, key) == (STATION, "ConnectedNetwork") {
                let device = self.devices.get_mut(&signal.path)?;
                device.station.as_mut()?.network = None;
            }
            Some(())
        })
    }

    fn set(&mut self, path: &str, interface: &str, key: &str, value: Value<'_>) {
        self.signs |= interface == NETWORK && has_signs(path);
        if ![DEVICE, STATION].contains(&interface) {
            return;
        }
        let device = self.devices.entry(path.to_owned()).or_default();
        if interface == DEVICE {
            if let ("Name", Value::Text(name)) = (key, value) {
                name.clone_into(&mut device.name);
            }
            return;
        }
        let station = device.station.get_or_insert_default();
        match (key, value) {
            ("State", Value::Text(state)) => station.phase = phase(state),
            ("Scanning", Value::Truth(scanning)) => station.scanning = scanning,
            ("ConnectedNetwork", Value::Text(path)) => station.network = Some(path.to_owned()),
            _ => {}
        }
    }

    /// The device's path and what its station does; `None` if there is no station of this name.
    pub(super) fn station(&self, ifname: &str) -> Option<(&str, Doing)> {
        let mut devices = self.devices.iter();
        let (path, device) = devices.find(|(_, device)| device.name == ifname)?;
        let Station {
            phase,
            scanning,
            network,
        } = device.station.as_ref()?;
        let doing = Doing {
            phase: *phase,
            scanning: *scanning,
            network: network.as_deref().and_then(network_of),
        };
        Some((path, doing))
    }

    /// The path of a network's object, as this iwd writes it.
    pub(super) fn path_of(&self, device: &str, network: &NetworkId) -> String {
        path_of(device, network, self.signs)
    }
}

impl Concerned {
    fn note(&mut self, interface: &str) {
        self.station |= matches!(interface, DEVICE | STATION);
        self.known |= interface == KNOWN_NETWORK;
    }
}

fn phase(state: &str) -> IwdPhase {
    match state {
        "connecting" => IwdPhase::Connecting,
        "connected" | "roaming" => IwdPhase::Connected,
        "disconnecting" => IwdPhase::Disconnecting,
        _ => IwdPhase::Disconnected,
    }
}

const KINDS: [(&str, Joining); 3] = [
    ("open", Joining::Open),
    ("psk", Joining::Psk),
    ("8021x", Joining::Enterprise),
];

/// The network that an object's path is about: it ends with the name in hexadecimal and the kind.
fn network_of(path: &str) -> Option<NetworkId> {
    let (_, last) = path.rsplit_once('/')?;
    let (digits, word) = last.rsplit_once('_')?;
    let (_, joining) = KINDS.into_iter().find(|(kind, _)| *kind == word)?;
    let bytes = parse_hex(digits)?;
    let bytes = without_signs(&bytes).unwrap_or(bytes);
    Some(NetworkId {
        ssid: Ssid::new(&bytes)?,
        joining,
    })
}

fn has_signs(path: &str) -> bool {
    let last = path.rsplit_once('/').map_or("", |(_, last)| last);
    let digits = last.rsplit_once('_').map_or("", |(digits, _)| digits);
    let bytes = parse_hex(digits).unwrap_or_default();
    without_signs(&bytes).is_some_and(|name| name.len() < bytes.len())
}

/// What comes before each byte from 128 on in the paths of iwds that take bytes for signed numbers, as 2.3 does.
const SIGN: [u8; 3] = [0xff; 3];

/// The name that such an iwd has meant; `None` if it is another one.
fn without_signs(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut name = Vec::new();
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let (byte, after) = match rest.strip_prefix(&SIGN) {
            Some([byte, after @ ..]) if *byte >= 128 => (byte, after),
            _ if *first < 128 => (first, after),
            _ => return None,
        };
        name.push(*byte);
        rest = after;
    }
    Some(name)
}

fn with_signs(bytes: &[u8]) -> Vec<u8> {
    let signed = |&byte: &u8| {
        let sign = if byte < 128 { &[][..] } else { &SIGN };
        sign.iter().copied().chain([byte])
    };
    bytes.iter().flat_map(signed).collect()
}

/// The path of a network's object, below its device's.
fn path_of(device: &str, network: &NetworkId, signs: bool) -> String {
    let kind = KINDS
        .iter()
        .find(|(_, joining)| *joining == network.joining);
    let word = kind.map_or("", |(word, _)| word);
    let name = network.ssid.as_bytes();
    let name = if signs {
        with_signs(name)
    } else {
        name.to_vec()
    };
    let mut path = format!("{device}/");
    for byte in name {
        let _ = write!(path, "{byte:02x}");
    }
    path + "_" + word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::dbus::testing::{Body, answer, signal};

    const IWD: &str = ":1.7";
    const CARD: &str = "/net/connman/iwd/0/3";
    const HOME: &str = "/net/connman/iwd/0/3/486f6d65_psk";

    fn home() -> NetworkId {
        NetworkId {
            ssid: Ssid::new(b"Home").unwrap(),
            joining: Joining::Psk,
        }
    }

    fn heard(objects: &mut Objects, member: &str, interface: &str, body: Body) -> Concerned {
        let bytes = signal(IWD, CARD, interface, member, &body.bytes());
        objects.hear(&Message::take_only(bytes))
    }

    fn interfaces(body: Body) -> Body {
        body.array(8, |all| {
            all.align(8)
                .text(DEVICE)
                .properties(|them| {
                    them.property("Name", "s", |it| it.text("wlan0")).property(
                        "Powered",
                        "b",
                        |it| it.number(1),
                    )
                })
                .align(8)
                .text(STATION)
                .properties(|them| {
                    them.property("Scanning", "b", |it| it.number(0))
                        .property("State", "s", |it| it.text("disconnected"))
                })
        })
    }

    fn loaded() -> Objects {
        let body = Body::default().array(8, |all| {
            let known = all
                .align(8)
                .text("/net/connman/iwd/486f6d65_psk")
                .array(8, |them| {
                    them.align(8).text(KNOWN_NETWORK).properties(|all| {
                        all.property("Name", "s", |it| it.text("Home")).property(
                            "Modes",
                            "as",
                            |it| it.array(4, |all| all.text("ap")),
                        )
                    })
                });
            interfaces(known.align(8).text(CARD))
        });
        let mut objects = Objects::default();
        let message = Message::take_only(answer(IWD, 3, &body.bytes()));
        objects.load(&message).unwrap();
        objects
    }

    fn station_says(objects: &mut Objects, properties: impl FnOnce(Body) -> Body) -> Concerned {
        let body = Body::default().text(STATION).properties(properties);
        heard(
            objects,
            "PropertiesChanged",
            PROPERTIES,
            body.array(4, |none| none),
        )
    }

    #[test]
    fn a_station_is_found_by_its_name_and_followed() {
        let mut objects = loaded();
        assert!(objects.station("wlan1").is_none());
        let (path, doing) = objects.station("wlan0").unwrap();
        assert_eq!((path, doing), (CARD, Doing::default()));
        let concerned = station_says(&mut objects, |them| {
            them.property("State", "s", |it| it.text("connecting"))
                .property("ConnectedNetwork", "o", |it| it.text(HOME))
        });
        assert_eq!(
            concerned,
            Concerned {
                station: true,
                known: false
            }
        );
        let doing = objects.station("wlan0").unwrap().1;
        assert_eq!(doing.phase, IwdPhase::Connecting);
        assert_eq!(doing.network, Some(home()));
        for (word, phase) in [
            ("connected", IwdPhase::Connected),
            ("roaming", IwdPhase::Connected),
            ("disconnecting", IwdPhase::Disconnecting),
            ("disconnected", IwdPhase::Disconnected),
        ] {
            station_says(&mut objects, |them| {
                them.property("State", "s", |it| it.text(word))
            });
            assert_eq!(objects.station("wlan0").unwrap().1.phase, phase);
        }
    }

    #[test]
    fn a_network_that_is_left_is_invalidated() {
        let mut objects = loaded();
        station_says(&mut objects, |them| {
            them.property("ConnectedNetwork", "o", |it| it.text(HOME))
        });
        let body = Body::default()
            .text(STATION)
            .properties(|none| none)
            .array(4, |all| all.text("ConnectedNetwork"));
        heard(&mut objects, "PropertiesChanged", PROPERTIES, body);
        assert_eq!(objects.station("wlan0").unwrap().1.network, None);
    }

    #[test]
    fn a_station_comes_and_goes_with_its_interface() {
        let mut objects = Objects::default();
        let added = interfaces(Body::default().text(CARD));
        let concerned = heard(&mut objects, "InterfacesAdded", OBJECT_MANAGER, added);
        assert!(concerned.station && !concerned.known);
        assert!(objects.station("wlan0").is_some());
        let removed = |name: &str| Body::default().text(CARD).array(4, |all| all.text(name));
        heard(
            &mut objects,
            "InterfacesRemoved",
            OBJECT_MANAGER,
            removed(STATION),
        );
        assert!(objects.station("wlan0").is_none());
        let known = removed(KNOWN_NETWORK);
        assert!(heard(&mut objects, "InterfacesRemoved", OBJECT_MANAGER, known).known);
    }

    #[test]
    fn paths_of_networks_are_read_as_they_are_written() {
        assert_eq!(path_of(CARD, &home(), false), HOME);
        for path in [
            "/net/connman/iwd/0/3/486f6d65_wep",
            "/net/connman/iwd/0/3/486f6d6_psk",
            "/net/connman/iwd/0/3/psk",
            "486f6d65_psk",
            "",
        ] {
            assert_eq!(network_of(path), None, "{path}");
        }
        let any = NetworkId {
            ssid: Ssid::new(&[0, 255, b'_']).unwrap(),
            joining: Joining::Enterprise,
        };
        for signs in [false, true] {
            let path = path_of(CARD, &any, signs);
            assert_eq!(has_signs(&path), signs, "{path}");
            assert_eq!(network_of(&path).as_ref(), Some(&any));
        }
    }

    #[test]
    fn an_iwd_that_takes_bytes_for_signed_numbers_is_spoken_to_as_it_speaks() {
        let mut objects = loaded();
        let cafe = NetworkId {
            ssid: Ssid::new("Café".as_bytes()).unwrap(),
            joining: Joining::Open,
        };
        let plain = format!("{CARD}/436166c3a9_open");
        assert_eq!(objects.path_of(CARD, &cafe), plain);
        let signed = format!("{CARD}/436166ffffffc3ffffffa9_open");
        let added = Body::default().text(&signed).array(8, |all| {
            let name = |them: Body| them.property("Name", "s", |it| it.text("Café"));
            all.align(8).text(NETWORK).properties(name)
        });
        heard(&mut objects, "InterfacesAdded", OBJECT_MANAGER, added);
        assert_eq!(objects.path_of(CARD, &cafe), signed);
        assert_eq!(network_of(&signed), Some(cafe));
    }
}
