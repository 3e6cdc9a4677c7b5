//! rtnetlink messages that read and change links (`linux/if_link.h`).

use neli::consts::rtnl::{Arphrd, Iff, Ifla, IflaInfo, RtAddrFamily, Rtm};

use super::attribute::{Attributes, Outgoing, number};
use super::failure::Failure;
use super::message::Request;
use super::socket::Socket;
use macveil_core::machine::Link;
use macveil_core::types::Mac;

/// `RTNLGRP_LINK`.
pub(super) const GROUP: u32 = 1;

/// `RTEXT_FILTER_SKIP_STATS`.
const NO_STATISTICS: u32 = 8;
/// `IFNAMSIZ`: longer names are alternative names.
const NAME_SIZE: usize = 16;

/// Kinds of devices that set their members' addresses.
const BONDS: [&str; 2] = ["bond", "team"];
/// Kinds of devices that forward frames of others through their ports.
const BRIDGES: [&str; 2] = ["bridge", "openvswitch"];

/// A link as the kernel reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) ifindex: u32,
    pub(super) name: String,
    pub(super) link: Link,
    pub(super) permanent: Option<Mac>,
    /// The kind of a virtual link: `veth`, `tun`; `None` for hardware.
    pub(super) kind: Option<String>,
    /// The loopback; its address has no meaning but can be set.
    pub(super) loopback: bool,
    /// Carries Ethernet frames; also true for Wi-Fi interfaces.
    pub(super) ethernet: bool,
    pub(super) member: Option<Membership>,
}

/// What a link is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Membership {
    /// A bond or a team.
    Bond,
    /// A bridge or a switch.
    Bridge,
}

impl Membership {
    fn of(kind: &str) -> Option<Self> {
        if BONDS.contains(&kind) {
            return Some(Self::Bond);
        }
        BRIDGES.contains(&kind).then_some(Self::Bridge)
    }
}

/// Reads `struct ifinfomsg` and its attributes; `None` if the link has no six-byte address.
pub(super) fn decode(payload: &[u8]) -> Option<Report> {
    let (ifindex, flags, attributes) = split(payload)?;
    let info = attributes.nested(Ifla::Linkinfo);
    let slave_kind = info.text(IflaInfo::SlaveKind);
    Some(Report {
        ifindex,
        name: attributes.text(Ifla::Ifname)?,
        link: Link {
            address: attributes.mac(Ifla::Address)?,
            up: flags.contains(Iff::UP),
            carrier: flags.contains(Iff::LOWERUP),
        },
        permanent: attributes
            .mac(Ifla::PermAddress)
            .filter(|mac| mac.is_usable()),
        loopback: flags.contains(Iff::LOOPBACK),
        ethernet: hardware(payload) == Some(Arphrd::Ether),
        kind: info.text(IflaInfo::Kind),
        member: slave_kind.as_deref().and_then(Membership::of),
    })
}

/// The interface index in `RTM_DELLINK`; `None` if the link only left a bridge.
pub(super) fn decode_gone(payload: &[u8]) -> Option<u32> {
    split(payload).map(|(ifindex, ..)| ifindex)
}

fn split(payload: &[u8]) -> Option<(u32, Iff, Attributes<'_>)> {
    let ([family, ..], rest) = payload.split_first_chunk::<4>()?;
    let (ifindex, rest) = rest.split_first_chunk()?;
    let flags = number(rest)?;
    let attributes = Attributes::of(rest.get(8..)?);
    (*family == u8::from(RtAddrFamily::Unspecified)).then(|| {
        (
            u32::from_ne_bytes(*ifindex),
            Iff::from(u32::from_ne_bytes(flags)),
            attributes,
        )
    })
}

/// `ifi_type`.
fn hardware(payload: &[u8]) -> Option<Arphrd> {
    number(payload.get(2..)?).map(|number| u16::from_ne_bytes(number).into())
}

/// `struct ifinfomsg`: which link, and its new flags with a mask of those to change.
fn header(ifindex: u32, flags: Iff, change: Iff) -> Outgoing {
    let mut header = [0; 16];
    let fields = [0, ifindex, flags.bits(), change.bits()].map(u32::to_ne_bytes);
    for (place, byte) in header.iter_mut().zip(fields.concat()) {
        *place = byte;
    }
    Outgoing::after(&header)
}

/// Reads one link.
pub(super) fn read(socket: &mut Socket, ifindex: u32) -> Result<Report, Failure> {
    let body = header(ifindex, Iff::empty(), Iff::empty()).put_u32(Ifla::ExtMask, NO_STATISTICS);
    socket
        .read(&Request::single(Rtm::Getlink.into(), body), decode)?
        .pop()
        .ok_or(Failure::Lacks("a six-byte address"))
}

/// Reads the link with this name; `None` if it has no six-byte address.
pub(super) fn find(socket: &mut Socket, name: &str) -> Result<Option<Report>, Failure> {
    let attribute = if name.len() < NAME_SIZE {
        Ifla::Ifname
    } else {
        Ifla::AltIfname
    };
    let body = header(0, Iff::empty(), Iff::empty())
        .put_u32(Ifla::ExtMask, NO_STATISTICS)
        .put_text(attribute, name);
    Ok(socket
        .read(&Request::single(Rtm::Getlink.into(), body), decode)?
        .pop())
}

/// Reads all links; those without a six-byte address are left out.
pub(super) fn list(socket: &mut Socket) -> Result<Vec<Report>, Failure> {
    let body = header(0, Iff::empty(), Iff::empty()).put_u32(Ifla::ExtMask, NO_STATISTICS);
    socket.read(&Request::dump(Rtm::Getlink.into(), body), decode)
}

pub(super) fn take_down(ifindex: u32) -> Request {
    Request::single(Rtm::Setlink.into(), header(ifindex, Iff::empty(), Iff::UP))
}

pub(super) fn bring_up(ifindex: u32) -> Request {
    Request::single(Rtm::Setlink.into(), header(ifindex, Iff::UP, Iff::UP))
}

pub(super) fn set_address(ifindex: u32, address: Mac) -> Request {
    let body = header(ifindex, Iff::empty(), Iff::empty()).put(Ifla::Address, &address.bytes());
    Request::single(Rtm::Setlink.into(), body)
}
