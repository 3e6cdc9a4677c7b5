//! What the kernel removes when a link goes down: routes, and IPv6 addresses that were set by hand. They belong to
//! the network in which they were, and are set again in that one only.

use std::collections::BTreeMap;
use std::fs;

use neli::consts::nl::NlmF;
use neli::consts::rtnl::{Ifa, Rta, Rtm};

use super::attribute::{Attributes, Outgoing, number};
use super::links::mld_switch;
use super::message::Request;
use super::socket::Socket;
use macveil_core::types::Ssid;

/// `AF_INET` and `AF_INET6`.
const IPV4: u8 = 2;
const FAMILIES: [u8; 2] = [IPV4, 10];
/// Routes that the kernel sets by itself; the last one is `RTPROT_RA`.
const BY_KERNEL: [u8; 4] = [
    libc::RTPROT_UNSPEC,
    libc::RTPROT_REDIRECT,
    libc::RTPROT_KERNEL,
    9,
];
/// `RTNH_F_ONLINK`, the only flag that can be set.
const ONLINK: u8 = 4;
/// Networks that are remembered, and objects of each.
const MAX_NETWORKS: usize = 16;
const MAX_OBJECTS: usize = 256;

/// What is kept for each interface.
#[derive(Default)]
pub(super) struct Keeper(BTreeMap<u32, Box<Kept>>);

#[derive(Default)]
struct Kept {
    /// Where the interface is, or was last.
    network: Option<Ssid>,
    /// The addresses that were there before the first network: those of the administrator.
    own: Option<Vec<Address>>,
    /// The link was not down since all was set.
    is_complete: bool,
    /// What was there when the link went down.
    seen: Snapshot,
    /// The same of other networks.
    others: Vec<(Ssid, Snapshot)>,
    /// The version of MLD, before it was set.
    mld_version: Option<(String, String)>,
}

#[derive(Default)]
struct Snapshot {
    routes: Vec<Vec<u8>>,
    addresses: Vec<Address>,
}

/// An address, with the message that sets it.
#[derive(Clone)]
struct Address {
    identity: (u8, u8, Vec<u8>),
    is_permanent: bool,
    message: Vec<u8>,
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.identity == other.identity
    }
}

impl Keeper {
    /// The link is about to go down.
    pub(super) fn note(&mut self, socket: &mut Socket, ifindex: u32) {
        let found = Snapshot::read(socket, ifindex);
        let kept = self.0.entry(ifindex).or_default();
        if let Some(own) = &mut kept.own
            && std::mem::take(&mut kept.is_complete)
        {
            own.retain(|address| found.addresses.contains(address));
        }
        kept.seen.add(found);
    }

    /// Another network is next, or this one under another address: it learns nothing of the addresses of this one.
    pub(super) fn leave_network(&mut self, socket: &mut Socket, ifindex: u32) {
        let kept = self.0.entry(ifindex).or_default();
        let seen = std::mem::take(&mut kept.seen);
        if let Some(network) = kept.network.take() {
            kept.others.push((network, seen));
            if kept.others.len() > MAX_NETWORKS {
                kept.others.remove(0);
            }
        }
        for address in Snapshot::read(socket, ifindex).addresses {
            let stays = match &kept.own {
                Some(own) => own.contains(&address),
                None => address.is_permanent,
            };
            if !stays {
                send(socket, Rtm::Deladdr, NlmF::empty(), &address.message);
            }
        }
    }

    /// An association to this network has begun. Routes come back if no address is gone: else a DHCP client
    /// sets its own.
    pub(super) fn enter_network(&mut self, socket: &mut Socket, ifindex: u32, ssid: &Ssid) {
        let now = Snapshot::read(socket, ifindex).addresses;
        let kept = self.0.entry(ifindex).or_default();
        let mut wanted = std::mem::take(&mut kept.seen);
        for (_, snapshot) in kept.others.extract_if(.., |(network, _)| network == ssid) {
            wanted.add(snapshot);
        }
        kept.network = Some(ssid.clone());
        kept.is_complete = true;
        let own = kept.own.get_or_insert_with(|| {
            let all = now.iter().chain(&wanted.addresses);
            all.filter(|it| it.is_permanent).cloned().collect()
        });
        let mut ipv4 = wanted.addresses.iter().filter(|it| it.is_ipv4());
        if !ipv4.all(|it| now.contains(it)) {
            wanted = Snapshot::default();
        }
        add(&mut wanted.addresses, own.clone());
        let flags = NlmF::CREATE | NlmF::EXCL;
        for address in wanted.addresses {
            if address.is_permanent && !address.is_ipv4() && !now.contains(&address) {
                send(socket, Rtm::Newaddr, flags, &address.message);
            }
        }
        // Others lead to the gateways.
        let (through, direct): (Vec<_>, Vec<_>) =
            wanted.routes.iter().partition(|route| has_gateway(route));
        for route in direct.into_iter().chain(through) {
            send(socket, Rtm::Newroute, flags, route);
        }
    }

    /// With MLD version 2 the kernel tells the next network of the groups of addresses that a program removes
    /// without a carrier; see `links`.
    pub(super) fn hold_mld(&mut self, ifindex: u32, name: &str) {
        let kept = self.0.entry(ifindex).or_default();
        let switch = mld_switch(name);
        if let Ok(before) = fs::read_to_string(&switch)
            && before.trim() != "1"
            && fs::write(switch, "1").is_ok()
        {
            kept.mld_version = Some((name.to_owned(), before));
        }
    }

    /// The interface is released.
    pub(super) fn release(&mut self, ifindex: u32) {
        if let Some((name, before)) = self.0.remove(&ifindex).and_then(|kept| kept.mld_version) {
            let _ = fs::write(mld_switch(&name), before);
        }
    }

    /// The interface is gone.
    pub(super) fn forget(&mut self, ifindex: u32) {
        self.0.remove(&ifindex);
    }
}

impl Snapshot {
    fn read(socket: &mut Socket, ifindex: u32) -> Self {
        let mut read = |kind: Rtm, header: &[u8]| {
            let request = Request::dump(kind.into(), Outgoing::after(header));
            let found = socket.read(&request, |payload| Some(payload.to_vec()));
            found.unwrap_or_else(|failure| {
                tracing::debug!("interface {ifindex}: cannot list what to keep: {failure}");
                Vec::new()
            })
        };
        let addresses = read(Rtm::Getaddr, &[0; 8]);
        let routes = read(Rtm::Getroute, &[0; 12]);
        Self {
            routes: routes
                .into_iter()
                .filter_map(|it| route(ifindex, it))
                .collect(),
            addresses: addresses
                .iter()
                .filter_map(|it| address(ifindex, it))
                .collect(),
        }
    }

    fn add(&mut self, other: Self) {
        add(&mut self.routes, other.routes);
        add(&mut self.addresses, other.addresses);
    }
}

fn add<T: PartialEq>(known: &mut Vec<T>, others: Vec<T>) {
    for other in others {
        if known.len() < MAX_OBJECTS && !known.contains(&other) {
            known.push(other);
        }
    }
}

impl Address {
    const fn is_ipv4(&self) -> bool {
        self.identity.0 == IPV4
    }
}

/// `struct ifaddrmsg` and its attributes. IPv6 addresses of the link are the kernel's.
fn address(ifindex: u32, message: &[u8]) -> Option<Address> {
    let [family, length, _, scope] = number(message)?;
    let its = number(message.get(4..)?).map(u32::from_ne_bytes)?;
    let attributes = Attributes::of(message.get(8..)?);
    let value = attributes
        .get(Ifa::Local)
        .or(attributes.get(Ifa::Address))?;
    let counts = family == IPV4 || scope < libc::RT_SCOPE_LINK;
    (its == ifindex && FAMILIES.contains(&family) && counts).then(|| Address {
        identity: (family, length, value.to_vec()),
        is_permanent: attributes.u32(Ifa::Flags).unwrap_or_default() & libc::IFA_F_PERMANENT != 0,
        message: message.to_vec(),
    })
}

/// `struct rtmsg` and its attributes: the message that sets the route again.
fn route(ifindex: u32, mut message: Vec<u8>) -> Option<Vec<u8>> {
    let [family, _, _, _, _, protocol, _, kind] = number(&message)?;
    let its = Attributes::of(message.get(12..)?).u32(Rta::Oif)?;
    let set =
        FAMILIES.contains(&family) && kind == libc::RTN_UNICAST && !BY_KERNEL.contains(&protocol);
    // A flag that the kernel reports, such as that there is no carrier, is refused.
    let flags = u32::from(ONLINK) & number(message.get(8..)?).map(u32::from_ne_bytes)?;
    message
        .get_mut(8..12)?
        .copy_from_slice(&flags.to_ne_bytes());
    (its == ifindex && set).then_some(message)
}

fn has_gateway(route: &[u8]) -> bool {
    let attributes = Attributes::of(route.get(12..).unwrap_or_default());
    attributes.has(Rta::Gateway) || attributes.has(Rta::Via)
}

fn send(socket: &mut Socket, kind: Rtm, flags: NlmF, message: &[u8]) {
    let request = Request::with(kind.into(), flags, Outgoing::after(message));
    if let Err(failure) = socket.execute(&request) {
        // What is there already, or what a client has changed meanwhile.
        tracing::debug!("{kind:?}: {failure}");
    }
}
