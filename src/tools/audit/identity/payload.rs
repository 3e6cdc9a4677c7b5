//! Data frames that are not encrypted: EAP, DHCP and IPv6.

use super::{Identifier, Statement, mld_address, security};
use crate::tools::audit::elements::{Element, Elements};
use macveil_core::types::Mac;

/// Reads what follows the header of a data frame of `sender`.
pub(crate) fn payload(body: &[u8], sender: Mac, tell: &mut impl FnMut(Statement)) {
    let Some((kind, content)) = body
        .strip_prefix(b"\xaa\xaa\x03\0\0\0")
        .and_then(<[u8]>::split_first_chunk)
    else {
        return;
    };
    let read = match kind {
        [0x88, 0x8e] => eapol(content, tell),
        [0x08, 0x00] => ipv4(content, sender, tell),
        [0x86, 0xdd] => ipv6(content, sender, tell),
        _ => None,
    };
    // What is cut off says nothing more.
    read.unwrap_or_default();
}

fn u16_be(bytes: &[u8], at: usize) -> Option<u16> {
    let number = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_be_bytes(*number))
}

fn mac(bytes: &[u8]) -> Option<Mac> {
    bytes.first_chunk().copied().map(Mac)
}

fn eapol(frame: &[u8], tell: &mut impl FnMut(Statement)) -> Option<()> {
    const EAP: u8 = 0;
    const KEY: u8 = 3;
    const RESPONSE: u8 = 2;
    const IDENTITY: u8 = 1;
    let [_, kind, high, low, content @ ..] = frame else {
        return None;
    };
    let content = content.get(..usize::from(u16::from_be_bytes([*high, *low])))?;
    match (*kind, content) {
        (EAP, [RESPONSE, _, high, low, ..]) => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            if let [IDENTITY, identity @ ..] = content.get(4..length)? {
                tell(Statement::Has(Identifier::EapIdentity(identity.into())));
            }
        }
        (KEY, key) => key_data(key, tell)?,
        _ => {}
    }
    Some(())
}

/// Key data of the second message, which is not encrypted (IEEE 802.11-2020, 12.7.2).
fn key_data(key: &[u8], tell: &mut impl FnMut(Statement)) -> Option<()> {
    const ENCRYPTED: u16 = 1 << 12;
    const LENGTH: usize = 93;
    const VENDOR: u8 = 221;
    if u16_be(key, 1)? & ENCRYPTED != 0 {
        return None;
    }
    let length = usize::from(u16_be(key, LENGTH)?);
    for element in Elements(key.get(LENGTH + 2..)?.get(..length)?) {
        match (element.id, element.body) {
            (Element::RSN, body) => security::keys(body, tell),
            (VENDOR, [0x00, 0x0f, 0xac, 3, address @ ..]) => {
                tell(Statement::IsLinkOf(mac(address)?));
            }
            _ => {
                if let Some(mld) = mld_address(element) {
                    tell(Statement::IsLinkOf(mld));
                }
            }
        }
    }
    Some(())
}

fn ipv4(packet: &[u8], sender: Mac, tell: &mut impl FnMut(Statement)) -> Option<()> {
    const UDP: u8 = 17;
    let header = usize::from(packet.first()? & 15) * 4;
    let (udp, is_udp) = (packet.get(header..)?, *packet.get(9)? == UDP);
    let is_dhcp = is_udp && u16_be(udp, 0)? == 68 && u16_be(udp, 2)? == 67;
    if is_dhcp {
        dhcp(udp.get(8..)?, sender, tell)?;
    }
    Some(())
}

fn dhcp(message: &[u8], sender: Mac, tell: &mut impl FnMut(Statement)) -> Option<()> {
    const REQUEST_OVER_ETHERNET: [u8; 3] = [1, 1, 6];
    const HARDWARE_ADDRESS: usize = 28;
    const OPTIONS: usize = 240;
    const PAD: u8 = 0;
    const END: u8 = 255;
    const HOST_NAME: u8 = 12;
    const CLIENT_ID: u8 = 61;
    const FULL_NAME: u8 = 81;
    if message.starts_with(&REQUEST_OVER_ETHERNET) {
        is(mac(message.get(HARDWARE_ADDRESS..)?)?, sender, tell);
    }
    let mut options = message.get(OPTIONS..)?;
    loop {
        let (&code, rest) = options.split_first()?;
        if code == END {
            return Some(());
        }
        if code == PAD {
            options = rest;
            continue;
        }
        let (&length, rest) = rest.split_first()?;
        let (value, rest) = rest.split_at_checked(usize::from(length))?;
        match (code, value) {
            (HOST_NAME, name) | (FULL_NAME, [_, _, _, name @ ..]) => host_name(name, tell),
            (CLIENT_ID, [1, address @ ..]) if address.len() == 6 => {
                is(mac(address)?, sender, tell);
            }
            (CLIENT_ID, [255, _, _, _, _, duid @ ..]) => self::duid(duid, sender, tell),
            (CLIENT_ID, id) => tell(Statement::Has(Identifier::DhcpClient(id.into()))),
            _ => {}
        }
        options = rest;
    }
}

fn host_name(name: &[u8], tell: &mut impl FnMut(Statement)) {
    if !name.is_empty() {
        tell(Statement::Has(Identifier::HostName(name.into())));
    }
}

/// A DUID can contain the address of one of the machine's cards (RFC 8415, 11).
fn duid(duid: &[u8], sender: Mac, tell: &mut impl FnMut(Statement)) {
    let address = match duid {
        [0, 1, 0, 1, _, _, _, _, address @ ..] | [0, 3, 0, 1, address @ ..] => mac(address),
        _ => None,
    };
    match address {
        Some(address) if address == sender => return,
        Some(address) => is(address, sender, tell),
        None => {}
    }
    tell(Statement::Has(Identifier::Duid(duid.into())));
}

fn is(address: Mac, sender: Mac, tell: &mut impl FnMut(Statement)) {
    if address != sender && address.is_usable() {
        tell(Statement::Is(address));
    }
}

fn ipv6(packet: &[u8], sender: Mac, tell: &mut impl FnMut(Statement)) -> Option<()> {
    const HEADER: usize = 40;
    const HOP_BY_HOP: u8 = 0;
    const UDP: u8 = 17;
    const ICMP: u8 = 58;
    let (mut next, mut content) = (*packet.get(6)?, packet.get(HEADER..)?);
    let source = packet.get(8..24)?;
    interface_id(source, sender, tell);
    if next == HOP_BY_HOP {
        let length = 8 + 8 * usize::from(*content.get(1)?);
        (next, content) = (*content.first()?, content.get(length..)?);
    }
    match next {
        ICMP => icmp(content, source == [0; 16], sender, tell),
        UDP if u16_be(content, 0)? == 546 && u16_be(content, 2)? == 547 => {
            dhcpv6(content.get(8 + 4..)?, sender, tell)
        }
        _ => Some(()),
    }
}

/// The lower half of an address: made from a hardware address, or a value that should differ in each network.
fn interface_id(address: &[u8], sender: Mac, tell: &mut impl FnMut(Statement)) -> Option<()> {
    let id: [u8; 8] = *address.get(8..)?.first_chunk()?;
    let [first, second, third, 0xff, 0xfe, last @ ..] = id else {
        // Numbers that people assign are short, and in use everywhere.
        if id.iter().take(6).any(|byte| *byte != 0) {
            tell(Statement::Has(Identifier::InterfaceId(id)));
        }
        return Some(());
    };
    let [fourth, fifth, sixth] = last;
    is(
        Mac([first ^ 2, second, third, fourth, fifth, sixth]),
        sender,
        tell,
    );
    Some(())
}

fn icmp(
    message: &[u8],
    is_unaddressed: bool,
    sender: Mac,
    tell: &mut impl FnMut(Statement),
) -> Option<()> {
    const LISTENER_REPORT: u8 = 131;
    const NEIGHBOR_SOLICITATION: u8 = 135;
    const LISTENER_REPORT_2: u8 = 143;
    match *message.first()? {
        LISTENER_REPORT => group(message.get(8..24)?, sender, tell),
        // Asks whether another machine has the address that it is about to use.
        NEIGHBOR_SOLICITATION if is_unaddressed => {
            interface_id(message.get(8..24)?, sender, tell)?;
        }
        LISTENER_REPORT_2 => {
            let mut records = message.get(8..)?;
            for _ in 0..u16_be(message, 6)? {
                group(records.get(4..20)?, sender, tell);
                let sources = usize::from(u16_be(records, 2)?);
                let more = usize::from(*records.get(1)?);
                records = records.get(20 + 16 * sources + 4 * more..)?;
            }
        }
        _ => {}
    }
    Some(())
}

/// The group of all who might have an address with this end (RFC 4291, 2.7.1).
fn group(address: &[u8], sender: Mac, tell: &mut impl FnMut(Statement)) {
    const SOLICITED_NODE: &[u8] = &[0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff];
    let end = address.strip_prefix(SOLICITED_NODE);
    let Some(end) = end.and_then(<[u8]>::first_chunk::<3>) else {
        return;
    };
    // Numbers that people assign are short, and in use everywhere.
    if !end.starts_with(&[0, 0]) && !sender.bytes().ends_with(end) {
        tell(Statement::Has(Identifier::AddressGroup(*end)));
    }
}

fn dhcpv6(mut options: &[u8], sender: Mac, tell: &mut impl FnMut(Statement)) -> Option<()> {
    const CLIENT_ID: u16 = 1;
    const FULL_NAME: u16 = 39;
    while !options.is_empty() {
        let (code, length) = (u16_be(options, 0)?, u16_be(options, 2)?);
        let (value, rest) = options.get(4..)?.split_at_checked(usize::from(length))?;
        match (code, value) {
            (CLIENT_ID, id) => duid(id, sender, tell),
            (FULL_NAME, [_, name @ ..]) => host_name(name, tell),
            _ => {}
        }
        options = rest;
    }
    Some(())
}
