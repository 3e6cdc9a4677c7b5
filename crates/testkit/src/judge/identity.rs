//! What a station says above the link, to an access point whose packets were captured: nothing of it may join
//! two of its addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::brief::Brief;
use super::leak::{Leak, Leaks};
use crate::air::Mac;
use crate::lan::{Content, Dhcp, Dhcp6, Packet};
use crate::scenarios::Subnet;

/// The captures of a story, by the access point's address.
pub type Lans = BTreeMap<Mac, Vec<Packet>>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Client(Vec<u8>),
    /// Of an interface (IAID).
    Number(u32),
    Name(Vec<u8>),
    /// As the station says itself.
    Hardware(Mac),
    Ipv4(Ipv4Addr),
    Ipv6(Ipv6Addr),
    /// The end of an IPv6 address, which the group for its neighbours ends with (RFC 4291, 2.7.1).
    Ending([u8; 3]),
}

/// Whatever is said in the captures, in the order of time.
pub fn apply(lans: &Lans, brief: &Brief, leaks: &mut Leaks) {
    let mut all: Vec<(Mac, &Packet)> = Vec::new();
    for (bssid, packets) in lans {
        let of_stations = packets.iter().filter(|it| it.source != *bssid);
        all.extend(of_stations.map(|packet| (*bssid, packet)));
    }
    all.sort_by_key(|(_, packet)| packet.at);
    let stations: BTreeSet<Mac> = all.iter().map(|(_, packet)| packet.source).collect();
    let routers = addresses_of_access_points(lans);
    let mut said_by: BTreeMap<Identifier, Mac> = BTreeMap::new();
    for (bssid, packet) in all.into_iter().filter(|(_, it)| brief.is_watched(it.at)) {
        lease(packet, bssid, brief, leaks);
        for identifier in identifiers(packet, bssid, brief, &routers) {
            if let Identifier::Name(name) = &identifier {
                let detail = format!("{} is {}", packet.source, name.escape_ascii());
                leaks.add_packet(Leak::UserNamed, packet, detail);
            }
            let first = *said_by.entry(identifier.clone()).or_insert(packet.source);
            let of = contained(&identifier, &stations, brief, packet)
                .or_else(|| of_another_network(&identifier, bssid, brief, &routers))
                .or((first != packet.source).then_some(first));
            if let Some(of) = of {
                let detail = detail(packet, bssid, brief, &identifier, of);
                leaks.add_packet(kind(&identifier), packet, detail);
            }
        }
    }
}

fn kind(identifier: &Identifier) -> Leak {
    match identifier {
        Identifier::Client(_)
        | Identifier::Number(_)
        | Identifier::Name(_)
        | Identifier::Hardware(_) => Leak::IdentifierOfAnother,
        _ => Leak::IpOfAnother,
    }
}

fn detail(packet: &Packet, bssid: Mac, brief: &Brief, what: &Identifier, of: Mac) -> String {
    let ap = brief.access_points.get(&bssid);
    let ap = ap.map_or("an access point", |ap| ap.name.as_str());
    let what = match what {
        Identifier::Client(bytes) => format!("client identifier {}", hex(bytes)),
        Identifier::Number(number) => format!("interface number {number:08x}"),
        Identifier::Hardware(mac) => format!("hardware address {mac}"),
        Identifier::Name(bytes) => format!("host name {}", bytes.escape_ascii()),
        Identifier::Ipv4(address) => address.to_string(),
        Identifier::Ipv6(address) => address.to_string(),
        Identifier::Ending(bytes) => format!("the group of an address that ends in {}", hex(bytes)),
    };
    format!("{} tells {ap} of {what}, which is {of}'s", packet.source)
}

/// A station asks for a lease for its own address.
fn lease(packet: &Packet, bssid: Mac, brief: &Brief, leaks: &mut Leaks) {
    let Content::Dhcp { message, .. } = &packet.content else {
        return;
    };
    let (asks, hardware) = (packet.source, message.hardware);
    if asks == hardware {
        return;
    }
    let detail = format!("{asks} asks for a lease for {hardware}");
    let ap = brief.access_points.get(&bssid);
    let may_see = ap.is_some_and(|ap| ap.may_see_permanent(packet.at));
    if brief.permanent.contains_key(&hardware) && !may_see {
        leaks.add_packet(Leak::PermanentAddress, packet, detail.clone());
    }
    leaks.add_packet(Leak::LeaseOfAnother, packet, detail);
}

/// The IPv6 addresses of the access points, and who has each: `fe80::1` may be in many networks.
fn addresses_of_access_points(lans: &Lans) -> BTreeSet<(Ipv6Addr, Mac)> {
    let all = lans.iter().flat_map(|(bssid, packets)| {
        let of_it = packets.iter().filter(|packet| packet.source == *bssid);
        of_it.map(|packet| (*bssid, packet))
    });
    let addresses = all.filter_map(|(bssid, packet)| match &packet.content {
        Content::Ipv6 { from }
        | Content::Groups { from, .. }
        | Content::Neighbour { from, .. }
        | Content::EchoReply {
            from: IpAddr::V6(from),
        }
        | Content::Dhcp6 { from, .. } => Some((*from, bssid)),
        _ => None,
    });
    addresses
        .filter(|(address, _)| !address.is_unspecified() && *address != Subnet::FAR6)
        .collect()
}

/// Everything in a station's packet that is not the network's own and not everybody's.
fn identifiers(
    packet: &Packet,
    bssid: Mac,
    brief: &Brief,
    routers: &BTreeSet<(Ipv6Addr, Mac)>,
) -> BTreeSet<Identifier> {
    let subnet = brief.access_points.get(&bssid).and_then(|ap| ap.subnet);
    let own = |address: Ipv4Addr| {
        let is_for_all =
            address.is_unspecified() || address.is_broadcast() || address.is_multicast();
        (!is_for_all).then_some(Identifier::Ipv4(address))
    };
    // To ask for a neighbour in this network tells nothing.
    let target = |address: Ipv4Addr| {
        let of_all = brief.access_points.values().filter_map(|ap| ap.subnet);
        let mut others = of_all.filter(|it| Some(*it) != subnet);
        others
            .any(|it| it.contains(address))
            .then_some(Identifier::Ipv4(address))
    };
    let six = |address: Ipv6Addr| {
        let of_router = routers.contains(&(address, bssid))
            || subnet.is_some_and(|it| it.gateway6() == address);
        let is_own = !address.is_unspecified() && !of_router;
        let ending = ending(address).map(Identifier::Ending);
        let whole = Identifier::Ipv6(address);
        let all = [(!address.is_multicast()).then_some(whole), ending];
        all.into_iter().flatten().filter(move |_| is_own)
    };
    let said = |hardware: &Option<Mac>| hardware.map(Identifier::Hardware);
    match &packet.content {
        Content::Arp {
            hardware,
            sender,
            target: of,
        } => {
            let all = [own(*sender), target(*of), said(&Some(*hardware))];
            all.into_iter().flatten().collect()
        }
        Content::Dhcp { from, message } => own(*from).into_iter().chain(in_dhcp(message)).collect(),
        // To whom it goes beyond the gateway is the user's choice.
        Content::Ipv4 { from, .. }
        | Content::EchoReply {
            from: IpAddr::V4(from),
        } => own(*from).into_iter().collect(),
        Content::Neighbour {
            from,
            target,
            hardware,
        } => six(*from)
            .chain(six(*target))
            .chain(said(hardware))
            .collect(),
        Content::Routers { from, hardware } => six(*from).chain(said(hardware)).collect(),
        Content::Groups { from, groups } => six(*from)
            .chain(groups.iter().flat_map(|group| six(*group)))
            .collect(),
        Content::Dhcp6 { from, message } => {
            let addresses = message.addresses.iter().flat_map(|address| six(*address));
            six(*from)
                .chain(addresses)
                .chain(in_dhcp6(message))
                .collect()
        }
        Content::Ipv6 { from }
        | Content::EchoReply {
            from: IpAddr::V6(from),
        } => six(*from).collect(),
        Content::Other => BTreeSet::new(),
    }
}

/// Without its addresses.
fn in_dhcp6(message: &Dhcp6) -> impl Iterator<Item = Identifier> {
    /// Without a hash in it: of dhcpcd with `anonymous`, and of systemd-networkd as macveil sets it up.
    const OF_EVERYBODY: [u32; 2] = [0, 1];
    let names = message.names.iter().cloned().map(Identifier::Name);
    let client = message.client.clone().map(Identifier::Client);
    let numbers = message
        .numbers
        .iter()
        .filter(|it| !OF_EVERYBODY.contains(it));
    let numbers = numbers.map(|number| Identifier::Number(*number));
    names.chain(client).chain(numbers)
}

fn in_dhcp(message: &Dhcp) -> impl Iterator<Item = Identifier> {
    let names = message.names.iter().cloned().map(Identifier::Name);
    let client = message
        .client_id
        .iter()
        .map(|id| Identifier::Client(client(id)));
    let addresses = [message.client, message.requested];
    let addresses = addresses.into_iter().flatten().map(Identifier::Ipv4);
    names.chain(client).chain(addresses)
}

/// Without the number of the interface, which may follow from its address (RFC 4361, 6.1).
fn client(id: &[u8]) -> Vec<u8> {
    match id {
        [0xff, _, _, _, _, duid @ ..] => duid.to_vec(),
        other => other.to_vec(),
    }
}

/// The end of an address with a hardware address in it or of a group that stands for one.
fn ending(address: Ipv6Addr) -> Option<[u8; 3]> {
    const SOLICITED_NODE: [u8; 13] = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff];
    let bytes = address.octets();
    let of_node = bytes.starts_with(&SOLICITED_NODE) || !address.is_multicast();
    let end = [bytes[13], bytes[14], bytes[15]];
    of_node.then_some(end)
}

/// Another address of a station, or of whatever it is, that stands in an identifier.
fn contained(
    identifier: &Identifier,
    stations: &BTreeSet<Mac>,
    brief: &Brief,
    packet: &Packet,
) -> Option<Mac> {
    let another = |mac: &Mac| *mac != packet.source;
    match identifier {
        Identifier::Client(bytes) => {
            let mut all = stations.iter().chain(brief.permanent.keys());
            all.find(|mac| another(mac) && bytes.windows(6).any(|it| it == mac.0))
                .copied()
                .or_else(|| hardware_of(bytes).filter(another))
        }
        Identifier::Hardware(mac) => Some(*mac).filter(another),
        Identifier::Ending(end) => {
            let mut all = stations.iter().chain(brief.permanent.keys());
            all.find(|mac| mac.0.ends_with(end) && !packet.source.0.ends_with(end))
                .copied()
        }
        Identifier::Ipv6(address) => made_from(*address).filter(another),
        _ => None,
    }
}

/// The hardware address of a unique identifier (RFC 8415, 11.2 and 11.4), perhaps with a time before it.
fn hardware_of(duid: &[u8]) -> Option<Mac> {
    match duid {
        [0, 1, 0, 1, _, _, _, _, mac @ ..] | [0, 3, 0, 1, mac @ ..] => mac.try_into().ok().map(Mac),
        _ => None,
    }
}

/// The hardware address that an IPv6 address was made from (RFC 4291, appendix A).
fn made_from(address: Ipv6Addr) -> Option<Mac> {
    let made = &address.octets()[8..];
    let mac = [made[0] ^ 2, made[1], made[2], made[5], made[6], made[7]];
    (made[3..5] == [0xff, 0xfe]).then_some(Mac(mac))
}

/// The access point of a network to which an address belongs that is not this one.
fn of_another_network(
    identifier: &Identifier,
    bssid: Mac,
    brief: &Brief,
    routers: &BTreeSet<(Ipv6Addr, Mac)>,
) -> Option<Mac> {
    let own = brief.access_points.get(&bssid)?.subnet;
    let network_with = |contains: &dyn Fn(Subnet) -> bool| {
        let mut others = brief.access_points.iter();
        let is_it = |subnet: Subnet| Some(subnet) != own && contains(subnet);
        others
            .find(|(_, ap)| ap.subnet.is_some_and(is_it))
            .map(|(bssid, _)| *bssid)
    };
    let router_with = |address| {
        let mut with_it = routers.iter().filter(|(it, _)| *it == address);
        with_it.next().map(|(_, bssid)| *bssid)
    };
    match identifier {
        Identifier::Ipv4(address) => network_with(&|subnet| subnet.contains(*address)),
        Identifier::Ipv6(address) => {
            network_with(&|subnet| subnet.contains6(*address)).or_else(|| router_with(*address))
        }
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}
