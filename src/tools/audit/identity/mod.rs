//! What a frame says about its sender besides the transmitter address.
//!
//! | module | content |
//! |---|---|
//! | `security` | keys and passwords that association frames name |
//! | `action` | what action frames are for |
//! | `payload` | data frames that are not encrypted: EAP, DHCP, IPv6 |

mod action;
mod payload;
mod security;

pub(super) use action::Purpose;
pub(super) use payload::payload;

use super::elements::{Element, Elements, uuid};
use super::frame::{Frame, FrameKind};
use macveil_core::types::Mac;

/// A value that belongs to one card, or one user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identifier {
    /// UUID-E of WPS.
    Uuid([u8; 16]),
    /// P2P device address.
    P2pDevice(Mac),
    /// MLD address of Wi-Fi 7.
    MldAddress(Mac),
    /// PMKID, or the name of an FT key.
    Key([u8; 16]),
    /// SAE password identifier.
    PasswordId(Box<[u8]>),
    /// EAP identity.
    EapIdentity(Box<[u8]>),
    /// DHCP client identifier.
    DhcpClient(Box<[u8]>),
    /// DUID of DHCP, of IPv4 or IPv6.
    Duid(Box<[u8]>),
    /// Host name in DHCP, of IPv4 or IPv6.
    HostName(Box<[u8]>),
    /// Interface identifier of an IPv6 address.
    InterfaceId([u8; 8]),
    /// The end of an IPv6 address, in a multicast group that belongs to it.
    AddressGroup([u8; 3]),
}

impl Identifier {
    /// The word in JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Uuid(_) => "uuid",
            Self::P2pDevice(_) => "p2p-device-address",
            Self::MldAddress(_) => "mld-address",
            Self::Key(_) => "key",
            Self::PasswordId(_) => "password-id",
            Self::EapIdentity(_) => "eap-identity",
            Self::DhcpClient(_) => "dhcp-client-id",
            Self::Duid(_) => "duid",
            Self::HostName(_) => "host-name",
            Self::InterfaceId(_) => "ipv6-interface-id",
            Self::AddressGroup(_) => "ipv6-group",
        }
    }

    /// Whether a second card can have the same value.
    pub(super) const fn is_ambiguous(&self) -> bool {
        matches!(self, Self::HostName(_) | Self::PasswordId(_))
    }

    /// Whether it says who the user is, without a second address.
    #[must_use]
    pub const fn is_personal(&self) -> bool {
        matches!(
            self,
            Self::HostName(_) | Self::EapIdentity(_) | Self::PasswordId(_)
        )
    }
}

/// What a frame says about its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Statement {
    /// A value that belongs to it.
    Has(Identifier),
    /// It also has this address.
    Is(Mac),
    /// It forwards a frame of this address.
    From(Mac),
    /// It is an interface of the device with this MLD address.
    IsLinkOf(Mac),
}

/// Reads what a management frame of a station says about it. Probe requests are read by the station.
pub(super) fn management(frame: &Frame, tell: &mut impl FnMut(Statement)) {
    match frame.kind {
        FrameKind::AssociationRequest | FrameKind::ProbeResponse => {
            elements(frame.elements(), tell);
        }
        FrameKind::Authentication => security::authentication(frame.body, tell),
        FrameKind::Action => {
            if let Some(content) = action::p2p_elements(frame.body) {
                elements(Elements(content), tell);
            }
        }
        _ => {}
    }
}

/// Reads the elements of frames that a station sends to one receiver.
fn elements(all: Elements, tell: &mut impl FnMut(Statement)) {
    for element in all {
        if let Some(uuid) = element.wps().and_then(uuid) {
            tell(Statement::Has(Identifier::Uuid(uuid)));
        }
        if let Some(device) = element.p2p().and_then(p2p_device) {
            tell(Statement::Has(Identifier::P2pDevice(device)));
        }
        if let Some(mld) = mld_address(element) {
            tell(Statement::IsLinkOf(mld));
        }
        if element.id == Element::RSN {
            security::keys(element.body, tell);
        }
    }
}

/// The MLD address in a Basic Multi-Link element (IEEE 802.11be-2024, 9.4.2.322).
fn mld_address(element: Element) -> Option<Mac> {
    const EXTENSION: u8 = 255;
    const MULTI_LINK: u8 = 107;
    const TYPE: u8 = 7;
    let [MULTI_LINK, control, _, _, rest @ ..] = element.body else {
        return None;
    };
    let is_basic = element.id == EXTENSION && control & TYPE == 0;
    let address = rest.first_chunk().copied().map(Mac);
    address.filter(|_| is_basic)
}

/// The device address in the P2P Device Info attribute.
fn p2p_device(mut attributes: &[u8]) -> Option<Mac> {
    const DEVICE_INFO: u8 = 13;
    while let [id, low, high, rest @ ..] = attributes {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (value, rest) = rest.split_at_checked(length)?;
        if *id == DEVICE_INFO {
            return value.first_chunk().copied().map(Mac);
        }
        attributes = rest;
    }
    None
}
