//! Messages of DHCP (RFC 2131), and what of them identifies a station.

use std::net::Ipv4Addr;

use crate::air::Mac;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dhcp {
    pub kind: DhcpKind,
    /// Of the client, as it says itself.
    pub hardware: Mac,
    /// The client has it already.
    pub client: Option<Ipv4Addr>,
    /// The server gives it.
    pub given: Option<Ipv4Addr>,
    /// The client would like to have it.
    pub requested: Option<Ipv4Addr>,
    /// The server that the client speaks with.
    pub server: Option<Ipv4Addr>,
    pub client_id: Option<Vec<u8>>,
    /// Of the client, also as a domain name.
    pub names: Vec<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DhcpKind {
    Discover,
    Offer,
    Request,
    Acknowledgement,
    Refusal,
    Other(u8),
}

const OPTIONS: [u8; 4] = [0x63, 0x82, 0x53, 0x63];
const PADDING: u8 = 0;
const HOST_NAME: u8 = 12;
const REQUESTED: u8 = 50;
const KIND: u8 = 53;
const SERVER: u8 = 54;
const CLIENT_ID: u8 = 61;
const DOMAIN_NAME: u8 = 81;

impl Dhcp {
    /// What follows the UDP header.
    pub fn read(message: &[u8]) -> Option<Self> {
        let mut dhcp = Self {
            kind: DhcpKind::Other(0),
            hardware: Mac(message.get(28..34)?.try_into().ok()?),
            client: address(message.get(12..16)?),
            given: address(message.get(16..20)?),
            requested: None,
            server: None,
            client_id: None,
            names: Vec::new(),
        };
        let mut rest = message.get(236..)?.strip_prefix(&OPTIONS)?;
        while let [code, after @ ..] = rest {
            rest = after;
            if *code == PADDING {
                continue;
            }
            let Some((length, after)) = rest.split_first() else {
                break;
            };
            let Some((value, after)) = after.split_at_checked(usize::from(*length)) else {
                break;
            };
            dhcp.take(*code, value);
            rest = after;
        }
        Some(dhcp)
    }

    fn take(&mut self, code: u8, value: &[u8]) {
        match (code, value) {
            (KIND, [kind]) => self.kind = DhcpKind::from(*kind),
            (REQUESTED, value) => self.requested = address(value),
            (SERVER, value) => self.server = address(value),
            (CLIENT_ID, value) => self.client_id = Some(value.to_vec()),
            (HOST_NAME, value) if !value.is_empty() => self.names.push(value.to_vec()),
            // Flags and two former fields (RFC 4702).
            (DOMAIN_NAME, [_, _, _, name @ ..]) if !name.is_empty() => {
                self.names.push(name.to_vec());
            }
            _ => {}
        }
    }
}

impl From<u8> for DhcpKind {
    fn from(kind: u8) -> Self {
        match kind {
            1 => Self::Discover,
            2 => Self::Offer,
            3 => Self::Request,
            5 => Self::Acknowledgement,
            6 => Self::Refusal,
            other => Self::Other(other),
        }
    }
}

/// An address that is one.
fn address(bytes: &[u8]) -> Option<Ipv4Addr> {
    let bytes: [u8; 4] = bytes.try_into().ok()?;
    Some(Ipv4Addr::from(bytes)).filter(|address| !address.is_unspecified())
}
