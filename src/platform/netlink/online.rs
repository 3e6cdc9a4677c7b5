//! What an interface needs above the link: an IP address and a default route (`linux/if_addr.h`,
//! `linux/rtnetlink.h`). Everybody may read them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use neli::consts::rtnl::{Ifa, IfaF, RtAddrFamily, RtScope, Rta, Rtm, Rtn};
use neli::consts::socket::NlFamily;
use rustix::time::{ClockId, clock_gettime};

use super::attribute::{Attributes, Outgoing, number};
use super::failure::{Error, Failure};
use super::message::Request;
use super::socket::Socket;

/// The header of both kinds of messages has no family, so that all are listed.
const HEADERS: [usize; 2] = [8, 12];

/// What one IP version has on an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// An address that is valid beyond the link.
    pub address: IpAddr,
    /// How long it has been there.
    pub age: Duration,
    /// There is a default route.
    pub is_routed: bool,
    /// Its gateway, if it has one.
    pub gateway: Option<IpAddr>,
}

/// What IPv4 and IPv6 have on an interface; `None`: no address.
///
/// # Errors
/// The kernel refuses, or its answer is incomplete.
pub fn reach(ifindex: u32) -> Result<[Option<Reach>; 2], Error> {
    read(ifindex).map_err(|failure| Error::new("read addresses and routes", failure))
}

fn read(ifindex: u32) -> Result<[Option<Reach>; 2], Failure> {
    let mut socket = Socket::open(NlFamily::Route)?;
    let now = Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default();
    let dump =
        |kind: Rtm, header: usize| Request::dump(kind.into(), Outgoing::after(&vec![0; header]));
    let [address, route] = HEADERS;
    let addresses = socket.read(&dump(Rtm::Getaddr, address), |payload| {
        decode_address(payload, ifindex)
    })?;
    let routes = socket.read(&dump(Rtm::Getroute, route), |payload| {
        decode_route(payload, ifindex)
    })?;
    Ok([true, false].map(|is_v4| {
        let mut own = addresses.iter().filter(|(it, _)| it.is_ipv4() == is_v4);
        let (address, set) = own.next()?;
        let mut own = routes.iter().filter(|(it, _)| *it == is_v4);
        let route = own.next();
        Some(Reach {
            address: *address,
            age: now.saturating_sub(*set),
            is_routed: route.is_some(),
            gateway: route.and_then(|(_, gateway)| *gateway),
        })
    }))
}

/// A usable address of the interface, and when it was set.
pub(super) fn decode_address(payload: &[u8], ifindex: u32) -> Option<(IpAddr, Duration)> {
    let ([_, _, flags, scope], rest) = payload.split_first_chunk::<4>()?;
    let (index, rest) = rest.split_first_chunk::<4>()?;
    let attributes = Attributes::of(rest);
    let bytes = attributes
        .get(Ifa::Local)
        .or_else(|| attributes.get(Ifa::Address))?;
    let address = ip(bytes)?;
    let is_usable =
        RtScope::from(*scope) == RtScope::Universe && !IfaF::from(*flags).contains(IfaF::TENTATIVE);
    let is_for_want_of_another = matches!(address, IpAddr::V4(it) if it.is_link_local());
    // `ifa_cacheinfo` has the creation in hundredths of a second.
    let created = attributes
        .get(Ifa::Cacheinfo)
        .and_then(|it| number(it.get(8..)?));
    let created = created.map_or(0, u32::from_ne_bytes);
    (u32::from_ne_bytes(*index) == ifindex && is_usable && !is_for_want_of_another)
        .then(|| (address, Duration::from_millis(u64::from(created) * 10)))
}

/// Whether a default route through the interface is of IPv4, and its gateway.
pub(super) fn decode_route(payload: &[u8], ifindex: u32) -> Option<(bool, Option<IpAddr>)> {
    let ([family, destination, ..], rest) = payload.split_first_chunk::<7>()?;
    let ([kind], rest) = rest.split_first_chunk::<1>()?;
    let attributes = Attributes::of(rest.get(4..)?);
    let is_default = *destination == 0 && Rtn::from(*kind) == Rtn::Unicast;
    let is_own = attributes.u32(Rta::Oif) == Some(ifindex);
    let is_v4 = match RtAddrFamily::from(*family) {
        RtAddrFamily::Inet => true,
        RtAddrFamily::Inet6 => false,
        _ => return None,
    };
    (is_default && is_own).then(|| (is_v4, attributes.get(Rta::Gateway).and_then(ip)))
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).into());
    }
    <[u8; 16]>::try_from(bytes)
        .ok()
        .map(|bytes| Ipv6Addr::from(bytes).into())
}
