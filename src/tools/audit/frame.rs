//! 802.11 frames, as far as they tell who sends what to whom (IEEE 802.11-2020, 9.2 and 9.3).

use super::bytes::u16_at;
use super::elements::{Element, Elements};
use macveil_core::types::Mac;

/// A frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it is.
    pub kind: Kind,
    /// To whom.
    pub receiver: Mac,
    /// From whom; acknowledgements and the like do not say.
    pub transmitter: Option<Mac>,
    /// Of which BSS.
    pub bssid: Option<Mac>,
    /// Without the fragment's number.
    pub sequence: Option<u16>,
    /// What follows the header.
    pub body: &'a [u8],
}

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A station asks for association, or for another.
    AssociationRequest,
    /// An access point's answer.
    AssociationResponse,
    /// A station looks for networks.
    ProbeRequest,
    /// An access point's answer.
    ProbeResponse,
    /// An access point tells of itself.
    Beacon,
    /// Either side begins an association.
    Authentication,
    /// Either side ends one.
    Goodbye,
    /// Management of another kind.
    Management,
    /// Data, or a keep-alive.
    Data(Direction),
    /// Control.
    Control,
}

/// Which way data goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From a station to its access point.
    ToAccessPoint,
    /// From an access point.
    FromAccessPoint,
    /// Between stations.
    Direct,
    /// Between access points.
    Bridge,
}

const CTS: u8 = 12;
const ACK: u8 = 13;

impl<'a> Frame<'a> {
    /// Reads a frame; none if it is too short for what it says it is.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let [control, flags, ..] = *bytes else {
            return None;
        };
        let (class, subtype) = ((control >> 2) & 3, control >> 4);
        match class {
            0 => Self::management(bytes, subtype, flags),
            1 => Self::control(bytes, subtype),
            2 => Self::data(bytes, subtype, flags),
            _ => None,
        }
    }

    fn management(bytes: &'a [u8], subtype: u8, flags: u8) -> Option<Self> {
        let header = if flags & 0x80 == 0 { 24 } else { 28 };
        Self::numbered(bytes, management(subtype), mac(bytes, 16)?, header)
    }

    fn data(bytes: &'a [u8], subtype: u8, flags: u8) -> Option<Self> {
        let (receiver, transmitter, third) = (mac(bytes, 4)?, mac(bytes, 10)?, mac(bytes, 16)?);
        let (direction, bssid) = match flags & 3 {
            0 => (Direction::Direct, third),
            1 => (Direction::ToAccessPoint, receiver),
            2 => (Direction::FromAccessPoint, transmitter),
            _ => (Direction::Bridge, receiver),
        };
        let header = if direction == Direction::Bridge {
            30
        } else {
            24
        };
        let of_service = if subtype & 8 == 0 { 0 } else { 2 };
        Self::numbered(bytes, Kind::Data(direction), bssid, header + of_service)
    }

    fn numbered(bytes: &'a [u8], kind: Kind, bssid: Mac, header: usize) -> Option<Self> {
        Some(Self {
            kind,
            receiver: mac(bytes, 4)?,
            transmitter: Some(mac(bytes, 10)?),
            bssid: Some(bssid),
            sequence: Some(u16_at(bytes, 22)? >> 4),
            body: bytes.get(header..)?,
        })
    }

    fn control(bytes: &'a [u8], subtype: u8) -> Option<Self> {
        let transmitter = match subtype {
            CTS | ACK => None,
            // The group bit tells of the bandwidth there.
            _ => Some(mac(bytes, 10)?.into_unicast()),
        };
        Some(Self {
            kind: Kind::Control,
            receiver: mac(bytes, 4)?,
            transmitter,
            bssid: None,
            sequence: None,
            body: &[],
        })
    }

    /// Its elements, where that kind has some that anybody may read.
    #[must_use]
    pub fn elements(&self) -> Elements<'a> {
        let fixed = match self.kind {
            Kind::ProbeRequest => 0,
            Kind::Beacon | Kind::ProbeResponse => 12,
            _ => self.body.len(),
        };
        Elements(self.body.get(fixed..).unwrap_or_default())
    }

    /// The network that it names; a wildcard names none.
    #[must_use]
    pub fn ssid(&self) -> Option<&'a [u8]> {
        let ssid = self.elements().find(|it| it.id == Element::SSID)?;
        (!ssid.body.is_empty()).then_some(ssid.body)
    }

    /// Whether only an access point sends such a thing.
    #[must_use]
    pub fn is_from_access_point(&self) -> bool {
        match self.kind {
            Kind::Beacon | Kind::AssociationResponse | Kind::Data(Direction::FromAccessPoint) => {
                true
            }
            // Devices of Wi-Fi Direct answer so, too, while they are no access points.
            Kind::ProbeResponse => self.ssid() != Some(DIRECT),
            Kind::Authentication | Kind::Goodbye | Kind::Management => {
                self.transmitter == self.bssid && self.transmitter.is_some()
            }
            _ => false,
        }
    }
}

/// The name under which devices of Wi-Fi Direct look for any other.
pub(super) const DIRECT: &[u8] = b"DIRECT-";

fn mac(bytes: &[u8], at: usize) -> Option<Mac> {
    bytes.get(at..)?.first_chunk().copied().map(Mac)
}

const fn management(subtype: u8) -> Kind {
    match subtype {
        0 | 2 => Kind::AssociationRequest,
        1 | 3 => Kind::AssociationResponse,
        4 => Kind::ProbeRequest,
        5 => Kind::ProbeResponse,
        8 => Kind::Beacon,
        11 => Kind::Authentication,
        10 | 12 => Kind::Goodbye,
        _ => Kind::Management,
    }
}
