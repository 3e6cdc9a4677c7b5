//! Messages of `DHCPv6` (RFC 8415), and what of them identifies a station.

use std::net::Ipv6Addr;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dhcp6 {
    /// The server's last word: an address may be used.
    pub is_reply: bool,
    /// The unique identifier of the client (DUID).
    pub client: Option<Vec<u8>>,
    /// The numbers of its interfaces (IAID).
    pub numbers: Vec<u32>,
    /// What the client has or would like to have, and what the server gives.
    pub addresses: Vec<Ipv6Addr>,
    pub names: Vec<Vec<u8>>,
}

const REPLY: u8 = 7;
const CLIENT: u16 = 1;
/// Addresses for long, temporary ones, and prefixes.
const ASSOCIATIONS: [u16; 3] = [3, 4, 25];
const TEMPORARY: u16 = 4;
const ADDRESS: u16 = 5;
const PREFIX: u16 = 26;
const DOMAIN_NAME: u16 = 39;

impl Dhcp6 {
    /// What follows the UDP header.
    pub fn read(message: &[u8]) -> Option<Self> {
        let (kind, options) = (message.first()?, message.get(4..)?);
        let mut dhcp = Self {
            is_reply: *kind == REPLY,
            ..Self::default()
        };
        dhcp.take_all(options);
        Some(dhcp)
    }

    fn take_all(&mut self, mut options: &[u8]) {
        while let [code0, code1, high, low, rest @ ..] = options {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let Some((value, after)) = rest.split_at_checked(length) else {
                break;
            };
            self.take(u16::from_be_bytes([*code0, *code1]), value);
            options = after;
        }
    }

    fn take(&mut self, code: u16, value: &[u8]) {
        match (code, value) {
            (CLIENT, value) => self.client = Some(value.to_vec()),
            (code, [a, b, c, d, rest @ ..]) if ASSOCIATIONS.contains(&code) => {
                self.numbers.push(u32::from_be_bytes([*a, *b, *c, *d]));
                // Two times that temporary addresses do not have.
                let times = if code == TEMPORARY { 0 } else { 8 };
                self.take_all(rest.get(times..).unwrap_or_default());
            }
            (ADDRESS, value) => self.addresses.extend(address(value, 0)),
            // After two times and the prefix's length.
            (PREFIX, value) => self.addresses.extend(address(value, 9)),
            // After flags (RFC 4704).
            (DOMAIN_NAME, [_, name @ ..]) if !name.is_empty() => self.names.push(name.to_vec()),
            _ => {}
        }
    }
}

/// All zeros stand for any.
fn address(value: &[u8], at: usize) -> Option<Ipv6Addr> {
    let bytes: [u8; 16] = value.get(at..at + 16)?.try_into().ok()?;
    Some(Ipv6Addr::from(bytes)).filter(|address| !address.is_unspecified())
}
