//! Lists station interfaces and the features of their drivers.

use neli::consts::nl80211::{Nl80211Command, Nl80211IfType};

use super::attribute::{Attributes, Outgoing};
use super::failure::{Error, Failure};
use super::nl80211::attribute;
use super::wiphy::{self, Wiphy};
use super::{Kernel, family, sysfs};
use macveil_core::machine::{Card, KernelError};

/// On older kernels, an address change on a link that is up can lock up the kernel.
const LIVE_CHANGE_SINCE: (u32, u32) = (6, 7);

/// What a Wi-Fi interface is (`NL80211_ATTR_IFTYPE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A station.
    Station,
    /// It sends beacons: an access point, or a member of an ad-hoc or mesh network.
    Beacons,
    /// All else, as a monitor.
    Other,
}

/// A station interface and its radio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interface {
    ifindex: u32,
    wiphy: u32,
}

impl Kernel {
    /// Lists all station interfaces (`NL80211_CMD_GET_INTERFACE`), oldest first.
    ///
    /// # Errors
    /// The kernel's answers are lost or malformed. Interfaces that vanish meanwhile are left out.
    pub fn stations(&mut self) -> Result<Vec<Card>, Error> {
        let listed = self
            .nl80211
            .list(Nl80211Command::GetInterface, &Outgoing::default(), decode);
        let mut interfaces = match listed {
            Ok(interfaces) => interfaces,
            Err(failure) if failure.is_not_found() => return Ok(Vec::new()),
            Err(failure) => return Err(Error::new("list the Wi-Fi interfaces", failure)),
        };
        interfaces.sort_unstable_by_key(|interface| interface.ifindex);
        let mut cards = Vec::with_capacity(interfaces.len());
        for interface in interfaces {
            cards.extend(self.present(interface)?);
        }
        Ok(cards)
    }

    /// Reads one interface; `None` if it is gone or not a station.
    ///
    /// # Errors
    /// The kernel's answers are lost or malformed.
    pub fn card(&mut self, ifindex: u32) -> Result<Option<Card>, Error> {
        self.card_if(ifindex, decode)
    }

    /// Reads one Wi-Fi interface of another type; `None` if it is gone or a station.
    ///
    /// # Errors
    /// The kernel's answers are lost or malformed.
    pub fn other_card(&mut self, ifindex: u32) -> Result<Option<Card>, Error> {
        self.card_if(ifindex, decode_other)
    }

    fn card_if(
        &mut self,
        ifindex: u32,
        decode: fn(&[u8]) -> Option<Interface>,
    ) -> Result<Option<Card>, Error> {
        let body = Outgoing::default().put_u32(attribute::IFINDEX, ifindex);
        match self
            .nl80211
            .read(Nl80211Command::GetInterface, &body, decode)
        {
            Ok(mut interfaces) => interfaces
                .pop()
                .map_or(Ok(None), |interface| self.present(interface)),
            Err(failure) if failure.is_not_found() => Ok(None),
            Err(failure) => Err(unreadable(ifindex, failure)),
        }
    }

    /// What a Wi-Fi interface is; `None` if it is gone.
    ///
    /// # Errors
    /// The kernel's answers are lost or malformed.
    pub fn mode(&mut self, ifindex: u32) -> Result<Option<Mode>, Error> {
        let body = Outgoing::default().put_u32(attribute::IFINDEX, ifindex);
        let mode = |payload: &[u8]| mode(family::split(payload)?.1);
        match self.nl80211.read(Nl80211Command::GetInterface, &body, mode) {
            Ok(mut modes) => Ok(modes.pop()),
            Err(failure) if failure.is_not_found() => Ok(None),
            Err(failure) => Err(unreadable(ifindex, failure)),
        }
    }

    /// Makes a Wi-Fi interface whose link is down a station again (`NL80211_CMD_SET_INTERFACE`).
    ///
    /// # Errors
    /// The kernel or the driver rejects the request.
    pub fn make_station(&mut self, ifindex: u32) -> Result<(), KernelError> {
        let body = Outgoing::default()
            .put_u32(attribute::IFINDEX, ifindex)
            .put_u32(attribute::IFTYPE, Nl80211IfType::Station.into());
        self.nl80211
            .execute(Nl80211Command::SetInterface, &body)
            .map_err(|failure| failure.into_kernel_error("make it a station"))
    }

    /// Whether a Wi-Fi interface bridges (`iw dev wlan0 set 4addr on`).
    pub(super) fn uses_four_addresses(&mut self, ifindex: u32) -> bool {
        let body = Outgoing::default().put_u32(attribute::IFINDEX, ifindex);
        let value = |payload: &[u8]| family::split(payload)?.1.u8(attribute::FOUR_ADDRESSES);
        let values = self
            .nl80211
            .read(Nl80211Command::GetInterface, &body, value);
        values.is_ok_and(|values| values.contains(&1))
    }

    /// Describes the card; `None` if it vanishes meanwhile.
    fn present(&mut self, interface: Interface) -> Result<Option<Card>, Error> {
        match self.describe(interface) {
            Ok(card) => Ok(Some(card)),
            Err(failure) if failure.is_not_found() => Ok(None),
            Err(failure) => Err(unreadable(interface.ifindex, failure)),
        }
    }

    fn describe(&mut self, interface: Interface) -> Result<Card, Failure> {
        let Interface { ifindex, wiphy } = interface;
        let report = self.links.report(ifindex)?;
        let body = Outgoing::default()
            .put(attribute::SPLIT_WIPHY_DUMP, &[])
            .put_u32(attribute::WIPHY, wiphy);
        let radio = self
            .nl80211
            .list(Nl80211Command::GetWiphy, &body, wiphy::decode)?
            .into_iter()
            .reduce(Wiphy::join)
            .ok_or_else(Failure::not_found)?;
        Ok(Card {
            ifindex,
            wiphy,
            driver: sysfs::driver(&report.name).unwrap_or_default(),
            permanent: report
                .permanent
                .or_else(|| sysfs::permanent_address(&report.name)),
            initial: report.link.address,
            random_address: radio.random_address,
            random_sequence: radio.random_sequence,
            minimal_content: radio.minimal_content,
            live_change: radio.powered_address_change && self.release >= LIVE_CHANGE_SINCE,
            max_scan_ssids: radio.max_scan_ssids,
            channels: radio.channels,
            name: report.name,
        })
    }
}

pub(super) fn decode(payload: &[u8]) -> Option<Interface> {
    decode_if(payload, true)
}

fn decode_other(payload: &[u8]) -> Option<Interface> {
    decode_if(payload, false)
}

fn decode_if(payload: &[u8], is_station: bool) -> Option<Interface> {
    let (_, attributes) = family::split(payload)?;
    let interface = Interface {
        ifindex: attributes.u32(attribute::IFINDEX)?,
        wiphy: attributes.u32(attribute::WIPHY)?,
    };
    ((mode(attributes)? == Mode::Station) == is_station).then_some(interface)
}

pub(super) fn mode(attributes: Attributes<'_>) -> Option<Mode> {
    let kind = Nl80211IfType::from(attributes.u32(attribute::IFTYPE)?);
    Some(match kind {
        Nl80211IfType::Station => Mode::Station,
        Nl80211IfType::Ap
        | Nl80211IfType::Adhoc
        | Nl80211IfType::MeshPoint
        | Nl80211IfType::P2pGo => Mode::Beacons,
        _ => Mode::Other,
    })
}

fn unreadable(ifindex: u32, failure: Failure) -> Error {
    Error::new(
        format!("read the Wi-Fi interface number {ifindex}"),
        failure,
    )
}
