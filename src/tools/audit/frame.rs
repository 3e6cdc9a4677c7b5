//! Headers of IEEE 802.11 frames (IEEE 802.11-2020, 9.2 and 9.3).

use super::bytes::u16_at;
use super::elements::{Element, Elements};
use macveil_core::types::Mac;

/// A frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Type and subtype.
    pub kind: FrameKind,
    /// Receiver address.
    pub receiver: Mac,
    /// Transmitter address; ACK and CTS have none.
    pub transmitter: Option<Mac>,
    /// BSSID, if the frame has one.
    pub bssid: Option<Mac>,
    /// Sequence number without the fragment number.
    pub sequence: Option<u16>,
    /// Source address, if the frame has four addresses.
    pub source: Option<Mac>,
    /// The body is encrypted.
    pub is_protected: bool,
    /// Bytes of the body before its elements.
    fixed: usize,
    /// Frame body.
    pub body: &'a [u8],
}

/// Type and subtype, as far as the audit distinguishes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// Association or reassociation request.
    AssociationRequest,
    /// Association or reassociation response.
    AssociationResponse,
    /// Probe request.
    ProbeRequest,
    /// Probe response.
    ProbeResponse,
    /// Beacon.
    Beacon,
    /// Authentication.
    Authentication,
    /// Deauthentication or disassociation.
    Deauthentication,
    /// Action frame.
    Action,
    /// Any other management frame.
    Management,
    /// Data or null data.
    Data(Direction),
    /// Control frame.
    Control,
}

/// Direction of a data frame (To DS, From DS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To DS only.
    ToAccessPoint,
    /// From DS only.
    FromAccessPoint,
    /// Neither: between stations.
    Direct,
    /// Both: four addresses.
    Bridge,
}

const PROTECTED: u8 = 0x40;
/// In the subtype of data frames: there is no body.
const NO_DATA: u8 = 4;
/// In the `QoS` Control field.
const AGGREGATE: u8 = 0x80;
const ORDER: u8 = 0x80;
/// Control frames of these subtypes are reserved.
const RESERVED: [u8; 2] = [0, 1];
const WRAPPER: u8 = 7;
const CTS: u8 = 12;
const ACK: u8 = 13;

impl<'a> Frame<'a> {
    /// Parses a frame; `None` if it is too short for its type.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let [control, flags, ..] = *bytes else {
            return None;
        };
        // The protocol version; that of S1G has other headers.
        if control & 3 != 0 {
            return None;
        }
        let (class, subtype) = ((control >> 2) & 3, control >> 4);
        match class {
            0 => Self::management(bytes, subtype, flags),
            1 => Self::control(bytes, subtype),
            2 => Self::data(bytes, subtype, flags),
            _ => None,
        }
    }

    fn management(bytes: &'a [u8], subtype: u8, flags: u8) -> Option<Self> {
        let header = if flags & ORDER == 0 { 24 } else { 28 };
        let frame = Self::numbered(bytes, management(subtype), mac(bytes, 16)?, header)?;
        let fixed = match subtype {
            // Encrypted, or the middle of something.
            _ if frame.is_protected || is_later_fragment(bytes) => usize::MAX,
            0 => 4,
            2 => 10,
            4 => 0,
            5 | 8 => 12,
            _ => usize::MAX,
        };
        Some(Self { fixed, ..frame })
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
        let of_service = match (subtype & 8, flags & ORDER) {
            (0, _) => 0,
            (_, 0) => 2,
            _ => 6,
        };
        let kind = FrameKind::Data(direction);
        let frame = Self::numbered(bytes, kind, bssid, header + of_service)?;
        // The frames of an aggregate (A-MSDU) have each their own source. Without data the bit is reserved.
        let has_data = subtype & NO_DATA == 0;
        let is_aggregate = subtype & 8 != 0 && has_data && *bytes.get(header)? & AGGREGATE != 0;
        let source = match direction {
            Direction::Bridge if !is_aggregate => mac(bytes, 24),
            _ => None,
        };
        Some(Self { source, ..frame })
    }

    fn numbered(bytes: &'a [u8], kind: FrameKind, bssid: Mac, header: usize) -> Option<Self> {
        Some(Self {
            kind,
            receiver: mac(bytes, 4)?,
            transmitter: Some(mac(bytes, 10)?),
            bssid: Some(bssid),
            sequence: Some(u16_at(bytes, 22)? >> 4),
            source: None,
            is_protected: bytes.get(1)? & PROTECTED != 0,
            fixed: usize::MAX,
            body: bytes.get(header..)?,
        })
    }

    fn control(bytes: &'a [u8], subtype: u8) -> Option<Self> {
        // Behind the first address of a frame that it carries, a wrapper has the carried type and HT Control.
        let (carried, at) = match subtype {
            WRAPPER => (*bytes.get(10)? >> 4, 16),
            _ => (subtype, 10),
        };
        let transmitter = match carried {
            CTS | ACK | WRAPPER => None,
            _ if RESERVED.contains(&carried) => None,
            // There the group bit signals the bandwidth (IEEE 802.11-2020, 9.3.1.2).
            _ => Some(mac(bytes, at)?.into_unicast()),
        };
        Some(Self {
            kind: FrameKind::Control,
            receiver: mac(bytes, 4)?,
            transmitter,
            bssid: None,
            sequence: None,
            source: None,
            is_protected: false,
            fixed: usize::MAX,
            body: &[],
        })
    }

    /// Elements of probe and association requests, probe responses and beacons.
    #[must_use]
    pub fn elements(&self) -> Elements<'a> {
        Elements(self.body.get(self.fixed..).unwrap_or_default())
    }

    /// SSID, unless it is the wildcard.
    #[must_use]
    pub fn ssid(&self) -> Option<&'a [u8]> {
        let ssid = self
            .elements()
            .find(|element| element.id == Element::SSID)?;
        (!ssid.body.is_empty()).then_some(ssid.body)
    }

    /// Whether only an access point sends such a frame.
    #[must_use]
    pub fn is_from_access_point(&self) -> bool {
        match self.kind {
            FrameKind::Beacon
            | FrameKind::AssociationResponse
            | FrameKind::Data(Direction::FromAccessPoint) => true,
            // P2P devices also send probe responses, although they are not access points.
            FrameKind::ProbeResponse => self.ssid() != Some(DIRECT),
            FrameKind::Authentication
            | FrameKind::Deauthentication
            | FrameKind::Action
            | FrameKind::Management => self.transmitter == self.bssid && self.transmitter.is_some(),
            _ => false,
        }
    }
}

/// Wildcard SSID of P2P devices.
pub(super) const DIRECT: &[u8] = b"DIRECT-";

/// Its number, below the sequence number, is not 0.
fn is_later_fragment(bytes: &[u8]) -> bool {
    bytes.get(22).is_some_and(|byte| byte & 0x0f != 0)
}

fn mac(bytes: &[u8], at: usize) -> Option<Mac> {
    bytes.get(at..)?.first_chunk().copied().map(Mac)
}

const fn management(subtype: u8) -> FrameKind {
    match subtype {
        0 | 2 => FrameKind::AssociationRequest,
        1 | 3 => FrameKind::AssociationResponse,
        4 => FrameKind::ProbeRequest,
        5 => FrameKind::ProbeResponse,
        8 => FrameKind::Beacon,
        11 => FrameKind::Authentication,
        10 | 12 => FrameKind::Deauthentication,
        13 | 14 => FrameKind::Action,
        _ => FrameKind::Management,
    }
}
