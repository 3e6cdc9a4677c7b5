//! Links as rtnetlink shows and changes them (`linux/if_link.h`).

use super::attribute::{Attributes, Outgoing, number};
use super::failure::Failure;
use super::message::Request;
use super::socket::Socket;
use macveil_core::machine::Link;
use macveil_core::types::Mac;

/// `RTM_NEWLINK`.
pub(super) const NEW: u16 = 16;
/// `RTM_DELLINK`.
pub(super) const GONE: u16 = 17;
/// `RTM_GETLINK`.
const GET: u16 = 18;
/// `RTM_SETLINK`.
const SET: u16 = 19;
/// `RTNLGRP_LINK`.
pub(super) const GROUP: u32 = 1;

/// `IFLA_ADDRESS`.
const ADDRESS: u16 = 1;
/// `IFLA_IFNAME`.
const NAME: u16 = 3;
/// `IFLA_LINKINFO`.
const INFO: u16 = 18;
/// `IFLA_INFO_KIND`, inside `IFLA_LINKINFO`.
const KIND: u16 = 1;
/// `IFLA_INFO_SLAVE_KIND`, inside `IFLA_LINKINFO`.
const SLAVE_KIND: u16 = 4;
/// `IFLA_EXT_MASK`.
const WANTED: u16 = 29;
/// `RTEXT_FILTER_SKIP_STATS`.
const NO_STATISTICS: u32 = 8;
/// `IFLA_ALT_IFNAME`.
const LONG_NAME: u16 = 53;
/// `IFNAMSIZ`: longer names are alternative ones.
const NAME_SIZE: usize = 16;
/// `IFLA_PERM_ADDRESS`, since Linux 5.6.
const PERMANENT: u16 = 54;

/// `ARPHRD_ETHER`.
const ETHERNET: u16 = 1;
/// What gives its parts their address.
const BONDS: [&str; 2] = ["bond", "team"];

/// `IFF_UP`.
const UP: u32 = 0x1;
/// `IFF_LOOPBACK`.
const LOOPBACK: u32 = 0x8;
/// `IFF_LOWER_UP`.
const CARRIER: u32 = 0x1_0000;
/// `AF_UNSPEC`: about the link itself, not about its role in a bridge.
const ANY_FAMILY: u8 = 0;

/// A link's number and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) ifindex: u32,
    pub(super) name: String,
    pub(super) link: Link,
    pub(super) permanent: Option<Mac>,
    /// What a virtual link is: `veth`, `tun`; `None` for hardware.
    pub(super) kind: Option<String>,
    /// Its address means nothing, though one can be put on it.
    pub(super) loopback: bool,
    /// It carries Ethernet frames, as Wi-Fi interfaces do too.
    pub(super) ethernet: bool,
    /// It is a part of a bond or a team.
    pub(super) bonded: bool,
}

/// Reads `struct ifinfomsg` and its attributes; `None` if it is no link with a six-byte address.
pub(super) fn decode(payload: &[u8]) -> Option<Report> {
    let (ifindex, flags, attributes) = split(payload)?;
    let info = attributes.nested(INFO);
    let slave_kind = info.text(SLAVE_KIND);
    Some(Report {
        ifindex,
        name: attributes.text(NAME)?,
        link: Link {
            address: attributes.mac(ADDRESS)?,
            up: flags & UP != 0,
            carrier: flags & CARRIER != 0,
        },
        permanent: attributes.mac(PERMANENT).filter(|mac| mac.is_usable()),
        loopback: flags & LOOPBACK != 0,
        ethernet: hardware(payload) == Some(ETHERNET),
        kind: info.text(KIND),
        bonded: slave_kind.is_some_and(|kind| BONDS.contains(&kind.as_str())),
    })
}

/// The link's number in `RTM_DELLINK`; `None` if only a bridge lets go of it.
pub(super) fn decode_gone(payload: &[u8]) -> Option<u32> {
    split(payload).map(|(ifindex, ..)| ifindex)
}

fn split(payload: &[u8]) -> Option<(u32, u32, Attributes<'_>)> {
    let ([family, ..], rest) = payload.split_first_chunk::<4>()?;
    let (ifindex, rest) = rest.split_first_chunk()?;
    let flags = number(rest)?;
    let attributes = Attributes::of(rest.get(8..)?);
    (*family == ANY_FAMILY).then(|| {
        (
            u32::from_ne_bytes(*ifindex),
            u32::from_ne_bytes(flags),
            attributes,
        )
    })
}

/// `ifi_type`.
fn hardware(payload: &[u8]) -> Option<u16> {
    number(payload.get(2..)?).map(u16::from_ne_bytes)
}

/// `struct ifinfomsg`: which link, and its new flags with a mask of those to change.
fn header(ifindex: u32, flags: u32, change: u32) -> Outgoing {
    let mut header = [0; 16];
    let fields = [0, ifindex, flags, change].map(u32::to_ne_bytes);
    for (place, byte) in header.iter_mut().zip(fields.concat()) {
        *place = byte;
    }
    Outgoing::after(&header)
}

/// Asks the kernel for one link.
pub(super) fn read(socket: &mut Socket, ifindex: u32) -> Result<Report, Failure> {
    let body = header(ifindex, 0, 0).put_u32(WANTED, NO_STATISTICS);
    socket
        .read(&Request::single(GET, body), decode)?
        .pop()
        .ok_or(Failure::Lacks("a six-byte address"))
}

/// Asks the kernel for the link of this name; `None` if it has no six-byte address.
pub(super) fn find(socket: &mut Socket, name: &str) -> Result<Option<Report>, Failure> {
    let attribute = if name.len() < NAME_SIZE {
        NAME
    } else {
        LONG_NAME
    };
    let body = header(0, 0, 0)
        .put_u32(WANTED, NO_STATISTICS)
        .put_text(attribute, name);
    Ok(socket.read(&Request::single(GET, body), decode)?.pop())
}

/// Asks the kernel for all links; those without a six-byte address are left out.
pub(super) fn list(socket: &mut Socket) -> Result<Vec<Report>, Failure> {
    let body = header(0, 0, 0).put_u32(WANTED, NO_STATISTICS);
    socket.read(&Request::dump(GET, body), decode)
}

pub(super) fn take_down(ifindex: u32) -> Request {
    Request::single(SET, header(ifindex, 0, UP))
}

pub(super) fn bring_up(ifindex: u32) -> Request {
    Request::single(SET, header(ifindex, UP, UP))
}

pub(super) fn set_address(ifindex: u32, address: Mac) -> Request {
    let body = header(ifindex, 0, 0).put(ADDRESS, &address.bytes());
    Request::single(SET, body)
}
