//! What an interface needs above the link: an IP address and a default route (`linux/if_addr.h`,
//! `linux/rtnetlink.h`). Everybody may read them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use neli::consts::rtnl::Rtm;
use neli::consts::socket::NlFamily;
use rustix::time::{ClockId, clock_gettime};

use super::attribute::{Attributes, Outgoing, number};
use super::failure::{Error, Failure};
use super::message::Request;
use super::socket::Socket;

const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_CACHEINFO: u16 = 6;
const IFA_F_TENTATIVE: u8 = 0x40;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTN_UNICAST: u8 = 1;
const RT_SCOPE_UNIVERSE: u8 = 0;
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
        .get(IFA_LOCAL)
        .or_else(|| attributes.get(IFA_ADDRESS))?;
    let address = ip(bytes)?;
    let is_usable = *scope == RT_SCOPE_UNIVERSE && flags & IFA_F_TENTATIVE == 0;
    let is_for_want_of_another = matches!(address, IpAddr::V4(it) if it.is_link_local());
    // `ifa_cacheinfo` has the creation in hundredths of a second.
    let created = attributes
        .get(IFA_CACHEINFO)
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
    let is_default = *destination == 0 && *kind == RTN_UNICAST;
    let is_own = attributes.u32(RTA_OIF) == Some(ifindex);
    let is_v4 = i32::from(*family) == libc::AF_INET;
    let is_known = is_v4 || i32::from(*family) == libc::AF_INET6;
    (is_default && is_own && is_known).then(|| (is_v4, attributes.get(RTA_GATEWAY).and_then(ip)))
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).into());
    }
    <[u8; 16]>::try_from(bytes)
        .ok()
        .map(|bytes| Ipv6Addr::from(bytes).into())
}
