//! Ethernet frames with ARP, IPv4 and IPv6, as far as the judge needs to understand them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::dhcp::Dhcp;
use super::dhcp6::Dhcp6;
use crate::air::Mac;
use crate::record::Micros;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Its number in the capture, as Wireshark counts.
    pub number: usize,
    pub at: Micros,
    pub source: Mac,
    pub destination: Mac,
    pub content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Arp {
        /// Of the sender, as it says itself.
        hardware: Mac,
        sender: Ipv4Addr,
        target: Ipv4Addr,
    },
    Dhcp {
        from: Ipv4Addr,
        message: Dhcp,
    },
    EchoReply {
        from: IpAddr,
    },
    Ipv4 {
        from: Ipv4Addr,
        to: Ipv4Addr,
    },
    /// A neighbour is looked for, or a station says that it is one.
    Neighbour {
        from: Ipv6Addr,
        target: Ipv6Addr,
        /// Of the sender, as it says itself.
        hardware: Option<Mac>,
    },
    /// Routers are looked for.
    Routers {
        from: Ipv6Addr,
        /// Likewise.
        hardware: Option<Mac>,
    },
    /// The groups that a station is in, or leaves (MLD).
    Groups {
        from: Ipv6Addr,
        groups: Vec<Ipv6Addr>,
    },
    Dhcp6 {
        from: Ipv6Addr,
        message: Dhcp6,
    },
    Ipv6 {
        from: Ipv6Addr,
    },
    Other,
}

const UDP: u8 = 17;
const ICMP: u8 = 1;
const ICMP6: u8 = 58;

impl Packet {
    pub fn read(number: usize, at: Micros, frame: &[u8]) -> Option<Self> {
        let (header, body) = frame.split_at_checked(14)?;
        let content = match header[12..] {
            [8, 6] => arp(body),
            [8, 0] => ipv4(body),
            [0x86, 0xdd] => ipv6(body),
            _ => None,
        };
        Some(Self {
            number,
            at,
            source: Mac(header[6..12].try_into().ok()?),
            destination: Mac(header[..6].try_into().ok()?),
            content: content.unwrap_or(Content::Other),
        })
    }
}

fn arp(body: &[u8]) -> Option<Content> {
    Some(Content::Arp {
        hardware: mac(body, 8)?,
        sender: v4(body, 14)?,
        target: v4(body, 24)?,
    })
}

fn ipv4(body: &[u8]) -> Option<Content> {
    let (from, to) = (v4(body, 12)?, v4(body, 16)?);
    let protocol = *body.get(9)?;
    let payload = body.get(usize::from(body[0] & 15) * 4..)?;
    Some(match (protocol, payload) {
        (UDP, [0, 67 | 68, 0, 67 | 68, _, _, _, _, message @ ..]) => Content::Dhcp {
            from,
            message: Dhcp::read(message)?,
        },
        (ICMP, [0, ..]) => Content::EchoReply { from: from.into() },
        _ => Content::Ipv4 { from, to },
    })
}

fn ipv6(body: &[u8]) -> Option<Content> {
    const HOP_BY_HOP: u8 = 0;
    let from = v6(body, 8)?;
    let (mut protocol, mut payload) = (*body.get(6)?, body.get(40..)?);
    if protocol == HOP_BY_HOP {
        protocol = *payload.first()?;
        payload = payload.get((usize::from(*payload.get(1)?) + 1) * 8..)?;
    }
    Some(match (protocol, payload) {
        (ICMP6, [129, ..]) => Content::EchoReply { from: from.into() },
        (ICMP6, [135 | 136, ..]) => Content::Neighbour {
            from,
            target: v6(payload, 8)?,
            hardware: hardware(payload, 24),
        },
        (ICMP6, [133, ..]) => Content::Routers {
            from,
            hardware: hardware(payload, 8),
        },
        (ICMP6, [131 | 132, ..]) => Content::Groups {
            from,
            groups: vec![v6(payload, 8)?],
        },
        (ICMP6, [143, _, _, _, _, _, _, _, records @ ..]) => Content::Groups {
            from,
            groups: groups(records),
        },
        (UDP, [_, _, 2, 0x22 | 0x23, _, _, _, _, message @ ..]) => Content::Dhcp6 {
            from,
            message: Dhcp6::read(message)?,
        },
        _ => Content::Ipv6 { from },
    })
}

/// Of a report of version 2 (RFC 3810, 5.2).
fn groups(mut records: &[u8]) -> Vec<Ipv6Addr> {
    let mut groups = Vec::new();
    while let Some(group) = v6(records, 4) {
        groups.push(group);
        let sources = usize::from(u16::from_be_bytes([records[2], records[3]])) * 16;
        let auxiliary = usize::from(records[1]) * 4;
        records = records.get(20 + sources + auxiliary..).unwrap_or_default();
    }
    groups
}

/// The link-layer address in the options of a neighbour discovery message (RFC 4861, 4.6.1).
fn hardware(message: &[u8], at: usize) -> Option<Mac> {
    let mut options = message.get(at..)?;
    while let [kind, length, ..] = options {
        if let (1 | 2, Some(address)) = (kind, mac(options, 2)) {
            return Some(address);
        }
        let length = usize::from(*length) * 8;
        options = options.get(length..).filter(|_| length > 0)?;
    }
    None
}

fn mac(bytes: &[u8], at: usize) -> Option<Mac> {
    let bytes: [u8; 6] = bytes.get(at..at + 6)?.try_into().ok()?;
    Some(Mac(bytes))
}

fn v4(bytes: &[u8], at: usize) -> Option<Ipv4Addr> {
    let bytes: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(bytes.into())
}

fn v6(bytes: &[u8], at: usize) -> Option<Ipv6Addr> {
    let bytes: [u8; 16] = bytes.get(at..at + 16)?.try_into().ok()?;
    Some(bytes.into())
}
