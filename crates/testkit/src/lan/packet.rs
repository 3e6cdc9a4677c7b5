//! Ethernet frames with ARP, IPv4 and IPv6, as far as the judge needs to understand them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::dhcp::Dhcp;
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
        sender: Ipv4Addr,
        target: Ipv4Addr,
    },
    Dhcp {
        from: Ipv4Addr,
        message: Dhcp,
    },
    EchoReply {
        from: Ipv4Addr,
        to: Ipv4Addr,
    },
    Ipv4 {
        from: Ipv4Addr,
        to: Ipv4Addr,
    },
    /// A neighbour is looked for, or a station says that it is one.
    Neighbour {
        from: Ipv6Addr,
        target: Ipv6Addr,
    },
    /// The groups that a station is in, or leaves (MLD).
    Groups {
        from: Ipv6Addr,
        groups: Vec<Ipv6Addr>,
    },
    /// `DHCPv6` and its identifier of the client.
    Dhcp6 {
        from: Ipv6Addr,
        client: Option<Vec<u8>>,
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
        (ICMP, [0, ..]) => Content::EchoReply { from, to },
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
        (ICMP6, [135 | 136, ..]) => Content::Neighbour {
            from,
            target: v6(payload, 8)?,
        },
        (ICMP6, [131 | 132, ..]) => Content::Groups {
            from,
            groups: vec![v6(payload, 8)?],
        },
        (ICMP6, [143, _, _, _, _, _, _, _, records @ ..]) => Content::Groups {
            from,
            groups: groups(records),
        },
        (UDP, [2, 0x22, 2, 0x23, _, _, _, _, message @ ..]) => Content::Dhcp6 {
            from,
            client: client_of_dhcp6(message),
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

fn client_of_dhcp6(message: &[u8]) -> Option<Vec<u8>> {
    let mut options = message.get(4..)?;
    while let [code0, code1, high, low, rest @ ..] = options {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (value, after) = rest.split_at_checked(length)?;
        if (*code0, *code1) == (0, 1) {
            return Some(value.to_vec());
        }
        options = after;
    }
    None
}

fn v4(bytes: &[u8], at: usize) -> Option<Ipv4Addr> {
    let bytes: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(bytes.into())
}

fn v6(bytes: &[u8], at: usize) -> Option<Ipv6Addr> {
    let bytes: [u8; 16] = bytes.get(at..at + 16)?.try_into().ok()?;
    Some(bytes.into())
}
