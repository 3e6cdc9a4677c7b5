//! 802.11 frames, as far as the judge needs to understand them.

use super::elements::{Element, elements_from};
use super::mac::Mac;
use crate::record::Micros;

#[derive(Debug, Clone)]
pub struct Frame {
    /// Its number in the capture, as Wireshark counts.
    pub number: usize,
    pub at: Micros,
    pub frequency: Option<u16>,
    pub kind: Kind,
    pub receiver: Mac,
    /// Acknowledgements and the like have none.
    pub transmitter: Option<Mac>,
    pub bssid: Option<Mac>,
    /// Without the fragment number.
    pub sequence: Option<u16>,
    /// Whether its header says that the body is encrypted.
    pub is_encrypted: bool,
    /// What follows the MAC header.
    pub body: Vec<u8>,
    pub length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    AssociationRequest,
    AssociationResponse,
    ReassociationRequest,
    ReassociationResponse,
    ProbeRequest,
    ProbeResponse,
    Beacon,
    Disassociation,
    Authentication,
    Deauthentication,
    OtherManagement(u8),
    /// Data without content: an "are you there", or power management.
    NullData,
    /// A step of the four-way handshake.
    Eapol,
    Data,
    Control(u8),
    /// Too short for what it says it is.
    Unreadable,
}

/// Acknowledgement and clear-to-send: control frames that name no transmitter.
const CTS: u8 = 12;
const ACK: u8 = 13;

impl Frame {
    pub fn read(number: usize, at: Micros, frequency: Option<u16>, bytes: &[u8]) -> Self {
        Self::parse(number, at, frequency, bytes).unwrap_or_else(|| Self {
            number,
            at,
            frequency,
            kind: Kind::Unreadable,
            receiver: Mac([0; 6]),
            transmitter: None,
            bssid: None,
            sequence: None,
            is_encrypted: false,
            body: bytes.to_vec(),
            length: bytes.len(),
        })
    }

    fn parse(number: usize, at: Micros, frequency: Option<u16>, bytes: &[u8]) -> Option<Self> {
        let [control, flags, _, _, ..] = *bytes else {
            return None;
        };
        let (class, subtype) = ((control >> 2) & 3, control >> 4);
        let receiver = mac(bytes, 4)?;
        let mut frame = Self {
            number,
            at,
            frequency,
            kind: Kind::Control(subtype),
            receiver,
            transmitter: None,
            bssid: None,
            sequence: None,
            is_encrypted: flags & 0x40 != 0,
            body: Vec::new(),
            length: bytes.len(),
        };
        match class {
            1 => {
                if !matches!(subtype, CTS | ACK) {
                    frame.transmitter = Some(mac(bytes, 10)?);
                }
                return Some(frame);
            }
            0 | 2 => {}
            _ => return None,
        }
        frame.transmitter = Some(mac(bytes, 10)?);
        let third = mac(bytes, 16)?;
        let sequence = bytes.get(22..24)?;
        frame.sequence = Some(u16::from_le_bytes([sequence[0], sequence[1]]) >> 4);
        let mut header = 24;
        if class == 0 {
            header += if flags & 0x80 == 0 { 0 } else { 4 };
            frame.bssid = Some(third);
            frame.kind = management(subtype);
        } else {
            let (to_ds, from_ds) = (flags & 1 != 0, flags & 2 != 0);
            header += if to_ds && from_ds { 6 } else { 0 };
            header += if subtype & 8 == 0 { 0 } else { 2 };
            frame.bssid = match (to_ds, from_ds) {
                (true, _) => Some(receiver),
                (false, true) => frame.transmitter,
                (false, false) => Some(third),
            };
            frame.kind = data(subtype, frame.is_encrypted, bytes.get(header..)?);
        }
        frame.body = bytes.get(header..)?.to_vec();
        Some(frame)
    }

    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        let fixed_fields = match self.kind {
            Kind::ProbeRequest => 0,
            Kind::Beacon | Kind::ProbeResponse => 12,
            Kind::AssociationRequest => 4,
            Kind::ReassociationRequest => 10,
            Kind::AssociationResponse | Kind::ReassociationResponse => 6,
            _ => self.body.len(),
        };
        elements_from(&self.body, fixed_fields)
    }

    /// The network it names; a wildcard names none.
    pub fn ssid(&self) -> Option<&[u8]> {
        let mut elements = self.elements();
        let ssid = elements.find(|element| element.id == Element::SSID)?;
        (!ssid.body.is_empty()).then_some(ssid.body)
    }

    /// Of an association's request: whether the station can protect management frames (PMF).
    pub fn offers_protection(&self) -> bool {
        let mut elements = self.elements();
        elements.any(|element| {
            let capabilities = element.rsn_capabilities();
            capabilities.is_some_and(|(it, _)| it & Element::RSN_MFPC != 0)
        })
    }

    /// Of a goodbye: whether its sender shows that it has the network's keys.
    pub fn is_protected(&self) -> bool {
        let mut after_the_reason = elements_from(&self.body, 2);
        self.is_encrypted || after_the_reason.any(|it| it.id == Element::MANAGEMENT_MIC)
    }

    /// Of an association's answer: whether it was granted.
    pub fn is_success(&self) -> bool {
        self.status() == Some(0)
    }

    /// The status that an answer to an authentication or association carries.
    pub fn status(&self) -> Option<u16> {
        let at = match self.kind {
            Kind::Authentication => 4,
            Kind::AssociationResponse | Kind::ReassociationResponse => 2,
            _ => return None,
        };
        let bytes = self.body.get(at..at + 2)?;
        Some(u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    /// Of an association's refusal: in how many microseconds the station may ask again (IEEE 802.11-2020, 9.4.2.48).
    pub fn comeback(&self) -> Option<Micros> {
        const ASSOCIATION_COMEBACK: u8 = 3;
        const TIME_UNIT: Micros = 1024;
        let interval = |it: Element| match *it.body {
            [ASSOCIATION_COMEBACK, a, b, c, d] if it.id == Element::TIMEOUT_INTERVAL => {
                Some(Micros::from(u32::from_le_bytes([a, b, c, d])) * TIME_UNIT)
            }
            _ => None,
        };
        self.elements().find_map(interval)
    }

    pub fn channel(&self) -> Option<u16> {
        match self.frequency? {
            2484 => Some(14),
            mhz @ 2412..2484 => Some((mhz - 2407) / 5),
            mhz => Some(mhz.saturating_sub(5000) / 5),
        }
    }
}

fn mac(bytes: &[u8], at: usize) -> Option<Mac> {
    bytes.get(at..at + 6)?.try_into().ok().map(Mac)
}

fn management(subtype: u8) -> Kind {
    match subtype {
        0 => Kind::AssociationRequest,
        1 => Kind::AssociationResponse,
        2 => Kind::ReassociationRequest,
        3 => Kind::ReassociationResponse,
        4 => Kind::ProbeRequest,
        5 => Kind::ProbeResponse,
        8 => Kind::Beacon,
        10 => Kind::Disassociation,
        11 => Kind::Authentication,
        12 => Kind::Deauthentication,
        other => Kind::OtherManagement(other),
    }
}

fn data(subtype: u8, is_encrypted: bool, body: &[u8]) -> Kind {
    const EAPOL_OVER_SNAP: [u8; 8] = [0xaa, 0xaa, 0x03, 0, 0, 0, 0x88, 0x8e];
    match () {
        () if subtype & 4 != 0 => Kind::NullData,
        () if !is_encrypted && body.starts_with(&EAPOL_OVER_SNAP) => Kind::Eapol,
        () => Kind::Data,
    }
}
