//! The ways in which a frame can give a station away.

use std::collections::BTreeMap;
use std::fmt;

use crate::air::Frame;
use crate::lan::Packet;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leak {
    PermanentAddress,
    AssignedAddressInProbe,
    AssignedAddressOutside,
    NetworkNamed,
    NetworkNamedUnderAssigned,
    WpsOrP2p,
    RichProbe,
    MaskReused,
    MaskLinkable,
    MaskNotLocal,
    MaskSentData,
    NoAddress,
    AbsentAccessPoint,
    AddressOfAnotherNetwork,
    KeyOfAnotherAddress,
    ComputableAddress,
    LinkLocalOfAnother,
    LeaseOfAnother,
    IdentifierOfAnother,
    IpOfAnother,
    Unreadable,
    /// Told, but no leak by itself: the user started it.
    MaskAuthenticated,
    /// Likewise: the user decides how the machine is called.
    UserNamed,
    /// Likewise: a frame of a command, which macveil cannot refuse.
    Typed,
    /// Likewise: the access point that a station is associated with asks for it.
    BeamformingReport,
}

impl Leak {
    pub const ALL: [Self; 25] = [
        Self::PermanentAddress,
        Self::AssignedAddressInProbe,
        Self::AssignedAddressOutside,
        Self::NetworkNamed,
        Self::NetworkNamedUnderAssigned,
        Self::WpsOrP2p,
        Self::RichProbe,
        Self::MaskReused,
        Self::MaskLinkable,
        Self::MaskNotLocal,
        Self::MaskSentData,
        Self::NoAddress,
        Self::AbsentAccessPoint,
        Self::AddressOfAnotherNetwork,
        Self::KeyOfAnotherAddress,
        Self::ComputableAddress,
        Self::LinkLocalOfAnother,
        Self::LeaseOfAnother,
        Self::IdentifierOfAnother,
        Self::IpOfAnother,
        Self::Unreadable,
        Self::MaskAuthenticated,
        Self::UserNamed,
        Self::Typed,
        Self::BeamformingReport,
    ];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|leak| leak.to_string() == name)
    }

    /// Whether packets tell it that encryption may hide from the air.
    pub fn is_above_the_link(name: &str) -> bool {
        matches!(
            Self::named(name),
            Some(Self::LeaseOfAnother | Self::IdentifierOfAnother | Self::IpOfAnother)
        )
    }

    pub fn is_tolerated(self) -> bool {
        matches!(
            self,
            Self::MaskAuthenticated | Self::UserNamed | Self::Typed | Self::BeamformingReport
        )
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::PermanentAddress => "frame under a permanent address",
            Self::AssignedAddressInProbe => "probe request under an assigned address",
            Self::AssignedAddressOutside => "assigned address outside its association",
            Self::NetworkNamed => "probe request naming a network not hidden",
            Self::NetworkNamedUnderAssigned => "network named under an assigned address",
            Self::WpsOrP2p => "WPS or P2P element in a probe request",
            Self::RichProbe => "probe request of more than minimal content",
            Self::MaskReused => "mask address in two scans",
            Self::MaskLinkable => "mask addresses linked by sequence number",
            Self::MaskNotLocal => "mask address not locally administered",
            Self::MaskSentData => "data frame under a mask address",
            Self::NoAddress => "group or zero transmitter address",
            Self::AbsentAccessPoint => "authentication to an absent access point",
            Self::AddressOfAnotherNetwork => "address of another network",
            Self::KeyOfAnotherAddress => "key of another address named",
            Self::ComputableAddress => "address that follows from the permanent one",
            Self::LinkLocalOfAnother => "IPv6 address of another address",
            Self::LeaseOfAnother => "lease for another address",
            Self::IdentifierOfAnother => "identifier of another address",
            Self::IpOfAnother => "IP address of another address",
            Self::Unreadable => "frame the judge cannot read",
            Self::MaskAuthenticated => "mask address authenticated",
            Self::UserNamed => "name of the user or machine",
            Self::Typed => "frame that a command asked for",
            Self::BeamformingReport => "beamforming report",
        })
    }
}

/// Where each leak was seen.
#[derive(Debug, Default)]
pub struct Leaks(BTreeMap<Leak, Vec<Evidence>>);

#[derive(Debug)]
pub struct Evidence {
    /// The frame's number in the capture.
    pub frame: usize,
    pub at: u64,
    pub detail: String,
}

impl Leaks {
    pub fn add(&mut self, leak: Leak, frame: &Frame, detail: String) {
        self.0.entry(leak).or_default().push(Evidence {
            frame: frame.number,
            at: frame.at,
            detail,
        });
    }

    /// One that an access point has received.
    pub fn add_packet(&mut self, leak: Leak, packet: &Packet, detail: String) {
        self.0.entry(leak).or_default().push(Evidence {
            frame: packet.number,
            at: packet.at,
            detail,
        });
    }

    pub fn count(&self, leak: Leak) -> usize {
        self.0.get(&leak).map_or(0, Vec::len)
    }

    pub fn all(&self) -> impl Iterator<Item = (Leak, &[Evidence])> {
        let all = self.0.iter();
        all.map(|(leak, evidence)| (*leak, evidence.as_slice()))
    }

    /// The leaks that break the promise.
    pub fn broken(&self) -> impl Iterator<Item = (Leak, &[Evidence])> {
        self.all().filter(|(leak, _)| !leak.is_tolerated())
    }
}
