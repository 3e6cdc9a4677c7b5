//! What a station says above the link, to an access point whose packets were captured: nothing of it may join
//! two of its addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use super::brief::Brief;
use super::leak::{Leak, Leaks};
use crate::air::Mac;
use crate::lan::{Content, Dhcp, Packet};
use crate::scenarios::Subnet;

/// The captures of a story, by the access point's address.
pub type Lans = BTreeMap<Mac, Vec<Packet>>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Client(Vec<u8>),
    Name(Vec<u8>),
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
    let neighbours = own_addresses(lans);
    let mut said_by: BTreeMap<Identifier, Mac> = BTreeMap::new();
    for (bssid, packet) in all.into_iter().filter(|(_, it)| brief.is_watched(it.at)) {
        lease(packet, bssid, brief, leaks);
        for identifier in identifiers(packet, bssid, brief, &neighbours) {
            if let Identifier::Name(name) = &identifier {
                let detail = format!("{} is {}", packet.source, name.escape_ascii());
                leaks.add_packet(Leak::UserNamed, packet, detail);
            }
            let first = *said_by.entry(identifier.clone()).or_insert(packet.source);
            let of = contained(&identifier, &stations, brief, packet)
                .or_else(|| of_another_network(&identifier, bssid, brief))
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
        Identifier::Client(_) | Identifier::Name(_) => Leak::IdentifierOfAnother,
        _ => Leak::IpOfAnother,
    }
}

fn detail(packet: &Packet, bssid: Mac, brief: &Brief, what: &Identifier, of: Mac) -> String {
    let ap = brief.access_points.get(&bssid);
    let ap = ap.map_or("an access point", |ap| ap.name.as_str());
    let what = match what {
        Identifier::Client(bytes) => format!("client identifier {}", hex(bytes)),
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

/// The IPv6 addresses of the access points.
fn own_addresses(lans: &Lans) -> BTreeSet<Ipv6Addr> {
    let all = lans
        .iter()
        .flat_map(|(bssid, packets)| packets.iter().filter(|packet| packet.source == *bssid));
    let addresses = all.filter_map(|packet| match &packet.content {
        Content::Ipv6 { from }
        | Content::Groups { from, .. }
        | Content::Neighbour { from, .. }
        | Content::Dhcp6 { from, .. } => Some(*from),
        _ => None,
    });
    addresses
        .filter(|address| !address.is_unspecified())
        .collect()
}

/// Everything in a station's packet that is not the network's own and not everybody's.
fn identifiers(
    packet: &Packet,
    bssid: Mac,
    brief: &Brief,
    of_access_points: &BTreeSet<Ipv6Addr>,
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
        let is_own = !address.is_unspecified() && !of_access_points.contains(&address);
        let ending = ending(address).map(Identifier::Ending);
        let whole = Identifier::Ipv6(address);
        let all = [(!address.is_multicast()).then_some(whole), ending];
        all.into_iter().flatten().filter(move |_| is_own)
    };
    match &packet.content {
        Content::Arp { sender, target: of } => {
            own(*sender).into_iter().chain(target(*of)).collect()
        }
        Content::Dhcp { from, message } => own(*from).into_iter().chain(in_dhcp(message)).collect(),
        // To whom it goes beyond the gateway is the user's choice.
        Content::Ipv4 { from, .. } | Content::EchoReply { from, .. } => {
            own(*from).into_iter().collect()
        }
        Content::Neighbour { from, target } => six(*from).chain(six(*target)).collect(),
        Content::Groups { from, groups } => six(*from)
            .chain(groups.iter().flat_map(|group| six(*group)))
            .collect(),
        Content::Dhcp6 { from, client } => six(*from)
            .chain(client.clone().map(Identifier::Client))
            .collect(),
        Content::Ipv6 { from } => six(*from).collect(),
        Content::Other => BTreeSet::new(),
    }
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

/// Another address of a station that stands in a client identifier.
fn contained(
    identifier: &Identifier,
    stations: &BTreeSet<Mac>,
    brief: &Brief,
    packet: &Packet,
) -> Option<Mac> {
    let Identifier::Client(bytes) = identifier else {
        return None;
    };
    let mut all = stations.iter().chain(brief.permanent.keys());
    all.find(|mac| **mac != packet.source && bytes.windows(6).any(|it| it == mac.0))
        .copied()
}

/// The access point of a network to which an address belongs that is not this one.
fn of_another_network(identifier: &Identifier, bssid: Mac, brief: &Brief) -> Option<Mac> {
    let Identifier::Ipv4(address) = identifier else {
        return None;
    };
    let own = brief.access_points.get(&bssid)?.subnet;
    let mut others = brief.access_points.iter();
    let is_it = |subnet: Subnet| Some(subnet) != own && subnet.contains(*address);
    others
        .find(|(_, ap)| ap.subnet.is_some_and(is_it))
        .map(|(bssid, _)| *bssid)
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}
