//! iwd's objects on the bus.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use base16ct::mixed;
use tracing::debug;
use zbus::names::{InterfaceName, MemberName};
use zbus::{Message, ObjectPath, Variant};

use macveil_core::machine::iwd::{Joining, NetworkId, StationPhase, StationState};
use macveil_core::types::Ssid;

pub(super) const DEVICE: &str = "net.connman.iwd.Device";
pub(super) const STATION: &str = "net.connman.iwd.Station";
pub(super) const NETWORK: &str = "net.connman.iwd.Network";
const KNOWN_NETWORK: &str = "net.connman.iwd.KnownNetwork";
pub(super) const MANAGER: &str = "org.freedesktop.DBus.ObjectManager";
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

type Properties<'a> = BTreeMap<&'a str, Variant<'a>>;
type Interfaces<'a> = BTreeMap<&'a str, Properties<'a>>;

/// Devices and their stations, by object path.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    devices: BTreeMap<String, Device>,
    /// Whether iwd writes bytes above 127 as signed numbers in network paths.
    signs: bool,
}

#[derive(Debug, Default)]
struct Device {
    name: String,
    station: Option<Station>,
}

#[derive(Debug, Default)]
struct Station {
    phase: StationPhase,
    scanning: bool,
    /// The object's path.
    network: Option<String>,
}

/// The subjects of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Subjects {
    /// A device or its station.
    pub(super) station: bool,
    /// A known network.
    pub(super) known: bool,
}

impl Objects {
    /// Reads the reply to `GetManagedObjects`.
    pub(crate) fn load(&mut self, reply: &Message) -> zbus::Result<()> {
        self.devices.clear();
        let body = reply.body();
        let objects: BTreeMap<ObjectPath<'_>, Interfaces<'_>> = body.deserialize()?;
        for (path, interfaces) in &objects {
            for (interface, properties) in interfaces {
                self.set(path, interface, properties);
            }
        }
        Ok(())
    }

    /// Applies a signal; a malformed one changes nothing.
    pub(crate) fn receive(&mut self, signal: &Message) -> Subjects {
        let mut subjects = Subjects::default();
        let header = signal.header();
        let interface = header.interface().map(InterfaceName::as_str);
        let read = match (interface, header.member().map(MemberName::as_str)) {
            (Some(MANAGER), Some("InterfacesAdded")) => self.added(signal, &mut subjects),
            (Some(MANAGER), Some("InterfacesRemoved")) => self.removed(signal, &mut subjects),
            (Some(PROPERTIES), Some("PropertiesChanged")) => self.changed(signal, &mut subjects),
            _ => Ok(()),
        };
        if let Err(error) = read {
            debug!("malformed signal from iwd: {error}");
        }
        subjects
    }

    fn added(&mut self, signal: &Message, subjects: &mut Subjects) -> zbus::Result<()> {
        let body = signal.body();
        let (path, interfaces): (ObjectPath<'_>, Interfaces<'_>) = body.deserialize()?;
        for (interface, properties) in &interfaces {
            subjects.note(interface);
            self.set(&path, interface, properties);
        }
        Ok(())
    }

    fn removed(&mut self, signal: &Message, subjects: &mut Subjects) -> zbus::Result<()> {
        let body = signal.body();
        let (path, interfaces): (ObjectPath<'_>, Vec<&str>) = body.deserialize()?;
        for interface in interfaces {
            subjects.note(interface);
            match interface {
                DEVICE => drop(self.devices.remove(path.as_str())),
                STATION => {
                    if let Some(device) = self.devices.get_mut(path.as_str()) {
                        device.station = None;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn changed(&mut self, signal: &Message, subjects: &mut Subjects) -> zbus::Result<()> {
        let header = signal.header();
        let Some(path) = header.path() else {
            return Ok(());
        };
        let body = signal.body();
        let (interface, properties, invalidated): (&str, Properties<'_>, Vec<&str>) =
            body.deserialize()?;
        subjects.note(interface);
        self.set(path, interface, &properties);
        let station = self.devices.get_mut(path.as_str());
        if interface == STATION
            && invalidated.contains(&"ConnectedNetwork")
            && let Some(station) = station.and_then(|device| device.station.as_mut())
        {
            station.network = None;
        }
        Ok(())
    }

    fn set(&mut self, path: &str, interface: &str, properties: &Properties<'_>) {
        self.signs |= interface == NETWORK && has_signs(path);
        if ![DEVICE, STATION].contains(&interface) {
            return;
        }
        let device = self.devices.entry(path.to_owned()).or_default();
        if interface == DEVICE {
            if let Some(Variant::Str(name)) = properties.get("Name") {
                name.as_str().clone_into(&mut device.name);
            }
            return;
        }
        let station = device.station.get_or_insert_default();
        for (key, value) in properties {
            match (*key, value) {
                ("State", Variant::Str(state)) => station.phase = phase(state),
                ("Scanning", Variant::Bool(scanning)) => station.scanning = *scanning,
                ("ConnectedNetwork", Variant::ObjectPath(path)) => {
                    station.network = Some(path.to_string());
                }
                _ => {}
            }
        }
    }

    /// The indexes of the interfaces that iwd drives, which are the last part of their paths.
    pub(crate) fn interfaces(&self) -> BTreeSet<u32> {
        let numbers = self.devices.keys().map(|path| path.rsplit('/').next());
        numbers.filter_map(|number| number?.parse().ok()).collect()
    }

    /// The device's path and the state of its station; `None` if no station has this name.
    pub(super) fn station(&self, ifname: &str) -> Option<(&str, StationState)> {
        let mut devices = self.devices.iter();
        let (path, device) = devices.find(|(_, device)| device.name == ifname)?;
        let Station {
            phase,
            scanning,
            network,
        } = device.station.as_ref()?;
        let state = StationState {
            phase: *phase,
            scanning: *scanning,
            network: network.as_deref().and_then(network_of),
        };
        Some((path, state))
    }

    /// The object path of a network in the form that this iwd uses.
    pub(super) fn path_of(&self, device: &str, network: &NetworkId) -> String {
        path_of(device, network, self.signs)
    }
}

impl Subjects {
    fn note(&mut self, interface: &str) {
        self.station |= matches!(interface, DEVICE | STATION);
        self.known |= interface == KNOWN_NETWORK;
    }
}

fn phase(state: &str) -> StationPhase {
    match state {
        "connecting" => StationPhase::Connecting,
        "connected" | "roaming" => StationPhase::Connected,
        "disconnecting" => StationPhase::Disconnecting,
        _ => StationPhase::Disconnected,
    }
}

const KINDS: [(&str, Joining); 3] = [
    ("open", Joining::Open),
    ("psk", Joining::Psk),
    ("8021x", Joining::Enterprise),
];

/// Parses the network from an object path, which ends with the SSID in hexadecimal and the type.
fn network_of(path: &str) -> Option<NetworkId> {
    let (_, last) = path.rsplit_once('/')?;
    let (digits, word) = last.rsplit_once('_')?;
    let (_, joining) = KINDS.into_iter().find(|(kind, _)| *kind == word)?;
    let bytes = mixed::decode_vec(digits.as_bytes()).ok()?;
    let bytes = without_signs(&bytes).unwrap_or(bytes);
    Some(NetworkId {
        ssid: Ssid::new(&bytes)?,
        joining,
    })
}

fn has_signs(path: &str) -> bool {
    let last = path.rsplit_once('/').map_or("", |(_, last)| last);
    let digits = last.rsplit_once('_').map_or("", |(digits, _)| digits);
    let bytes = mixed::decode_vec(digits.as_bytes());
    let bytes = bytes.unwrap_or_default();
    without_signs(&bytes).is_some_and(|name| name.len() < bytes.len())
}

/// Precedes each byte above 127 in paths of iwd versions that print signed bytes, such as 2.3.
const SIGN: [u8; 3] = [0xff; 3];

/// The SSID without sign bytes; `None` if the path has no sign bytes.
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

/// The object path of a network below its device.
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
    use crate::platform::dbus::testing::{SERIAL, reply, signal};

    const CARD: &str = "/net/connman/iwd/0/3";
    const HOME: &str = "/net/connman/iwd/0/3/486f6d65_psk";

    fn home() -> NetworkId {
        NetworkId {
            ssid: Ssid::new(b"Home").unwrap(),
            joining: Joining::Psk,
        }
    }

    fn path(path: &'static str) -> ObjectPath<'static> {
        ObjectPath::try_from(path).unwrap()
    }

    fn from_manager<B>(objects: &mut Objects, member: &str, body: &B) -> Subjects
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        objects.receive(&signal(":1.7", "/", MANAGER, member, body))
    }

    fn interfaces() -> Interfaces<'static> {
        let name = ("Name", Variant::from("wlan0"));
        let device = BTreeMap::from([name, ("Powered", true.into())]);
        let state = ("State", Variant::from("disconnected"));
        let station = BTreeMap::from([state, ("Scanning", false.into())]);
        BTreeMap::from([(DEVICE, device), (STATION, station)])
    }

    fn loaded() -> Objects {
        let modes = ("Modes", Variant::from(vec!["ad-hoc", "ap"]));
        let known = BTreeMap::from([("Name", Variant::from("Home")), modes]);
        let all = BTreeMap::from([
            (
                path("/net/connman/iwd/486f6d65_psk"),
                BTreeMap::from([(KNOWN_NETWORK, known)]),
            ),
            (path(CARD), interfaces()),
        ]);
        let mut objects = Objects::default();
        objects.load(&reply(SERIAL, &all)).unwrap();
        objects
    }

    fn changed<const N: usize>(
        objects: &mut Objects,
        properties: [(&str, Variant<'_>); N],
        invalidated: &[&str],
    ) -> Subjects {
        let body = (STATION, BTreeMap::from(properties), invalidated);
        let message = signal(":1.7", CARD, PROPERTIES, "PropertiesChanged", &body);
        objects.receive(&message)
    }

    fn connected_network() -> (&'static str, Variant<'static>) {
        ("ConnectedNetwork", path(HOME).into())
    }

    #[test]
    fn station_is_found_by_name_and_followed() {
        let mut objects = loaded();
        assert!(objects.station("wlan1").is_none());
        assert_eq!(objects.interfaces(), BTreeSet::from([3]));
        let (path, state) = objects.station("wlan0").unwrap();
        assert_eq!((path, state), (CARD, StationState::default()));
        let state = ("State", Variant::from("connecting"));
        let subjects = changed(&mut objects, [state, connected_network()], &[]);
        assert!(subjects.station && !subjects.known);
        let state = objects.station("wlan0").unwrap().1;
        assert_eq!(state.phase, StationPhase::Connecting);
        assert_eq!(state.network, Some(home()));
        for (word, phase) in [
            ("connected", StationPhase::Connected),
            ("roaming", StationPhase::Connected),
            ("disconnecting", StationPhase::Disconnecting),
            ("disconnected", StationPhase::Disconnected),
        ] {
            changed(&mut objects, [("State", word.into())], &[]);
            assert_eq!(objects.station("wlan0").unwrap().1.phase, phase);
        }
        changed(&mut objects, [("Scanning", true.into())], &[]);
        assert!(objects.station("wlan0").unwrap().1.scanning);
    }

    #[test]
    fn invalidated_network_is_forgotten() {
        let mut objects = loaded();
        changed(&mut objects, [connected_network()], &[]);
        changed(&mut objects, [], &["ConnectedNetwork"]);
        assert_eq!(objects.station("wlan0").unwrap().1.network, None);
    }

    #[test]
    fn station_appears_and_disappears_with_its_interface() {
        let mut objects = Objects::default();
        let added = (path(CARD), interfaces());
        let subjects = from_manager(&mut objects, "InterfacesAdded", &added);
        assert!(subjects.station && !subjects.known);
        assert!(objects.station("wlan0").is_some());
        let mut removed = |name: &str| {
            let body = (path(CARD), vec![name]);
            from_manager(&mut objects, "InterfacesRemoved", &body)
        };
        assert!(removed(KNOWN_NETWORK).known);
        assert!(removed(STATION).station);
        assert!(objects.station("wlan0").is_none());
    }

    #[test]
    fn malformed_messages_change_nothing() {
        let mut objects = loaded();
        for member in ["InterfacesAdded", "InterfacesRemoved", "Other"] {
            let subjects = from_manager(&mut objects, member, &"malformed");
            assert_eq!(subjects, Subjects::default(), "{member}");
        }
        let message = signal(":1.7", CARD, PROPERTIES, "PropertiesChanged", &STATION);
        assert_eq!(objects.receive(&message), Subjects::default());
        changed(&mut objects, [("State", true.into())], &[]);
        assert_eq!(
            objects.station("wlan0"),
            Some((CARD, StationState::default()))
        );
        objects.load(&reply(SERIAL, &"malformed")).unwrap_err();
    }

    #[test]
    fn paths_of_networks_are_read_as_written() {
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
    fn signed_paths_are_written_for_iwd_that_writes_them() {
        let mut objects = loaded();
        let cafe = NetworkId {
            ssid: Ssid::new("Café".as_bytes()).unwrap(),
            joining: Joining::Open,
        };
        let plain = format!("{CARD}/436166c3a9_open");
        assert_eq!(objects.path_of(CARD, &cafe), plain);
        let signed = "/net/connman/iwd/0/3/436166ffffffc3ffffffa9_open";
        let network = BTreeMap::from([("Name", Variant::from("Café"))]);
        let added = (path(signed), BTreeMap::from([(NETWORK, network)]));
        from_manager(&mut objects, "InterfacesAdded", &added);
        assert_eq!(objects.path_of(CARD, &cafe), signed);
        assert_eq!(network_of(signed), Some(cafe));
    }
}
