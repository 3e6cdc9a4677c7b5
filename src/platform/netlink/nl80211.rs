//! nl80211 (`linux/nl80211.h`): the attributes in use and a socket for requests.

use neli::consts::nl80211::Nl80211Command;
use neli::consts::socket::NlFamily;

use super::attribute::Outgoing;
use super::failure::{Error, Failure};
use super::family::{self, Family};
use super::message::Request;
use super::socket::Socket;

/// No family has this number, so the kernel answers `ENOENT` until cfg80211 is loaded.
pub(super) const FAMILY_NOT_LOADED: u16 = u16::MAX;

/// The family's name (`NL80211_GENL_NAME`).
pub(super) const NAME: &str = "nl80211";

/// `NL80211_ATTR_*`; neli lacks some of them.
pub(super) mod attribute {
    use linux_raw_sys::netlink::nl80211_attrs as number;

    pub(in crate::platform::netlink) const WIPHY: u16 = number::NL80211_ATTR_WIPHY as u16;
    pub(in crate::platform::netlink) const IFINDEX: u16 = number::NL80211_ATTR_IFINDEX as u16;
    pub(in crate::platform::netlink) const WDEV: u16 = number::NL80211_ATTR_WDEV as u16;
    pub(in crate::platform::netlink) const IFTYPE: u16 = number::NL80211_ATTR_IFTYPE as u16;
    pub(in crate::platform::netlink) const FOUR_ADDRESSES: u16 = number::NL80211_ATTR_4ADDR as u16;
    pub(in crate::platform::netlink) const WIPHY_BANDS: u16 =
        number::NL80211_ATTR_WIPHY_BANDS as u16;
    pub(in crate::platform::netlink) const MAX_NUM_SCAN_SSIDS: u16 =
        number::NL80211_ATTR_MAX_NUM_SCAN_SSIDS as u16;
    pub(in crate::platform::netlink) const SCAN_FREQUENCIES: u16 =
        number::NL80211_ATTR_SCAN_FREQUENCIES as u16;
    pub(in crate::platform::netlink) const SCAN_SSIDS: u16 = number::NL80211_ATTR_SCAN_SSIDS as u16;
    pub(in crate::platform::netlink) const BSS: u16 = number::NL80211_ATTR_BSS as u16;
    pub(in crate::platform::netlink) const FRAME: u16 = number::NL80211_ATTR_FRAME as u16;
    pub(in crate::platform::netlink) const MAC: u16 = number::NL80211_ATTR_MAC as u16;
    pub(in crate::platform::netlink) const TIMED_OUT: u16 = number::NL80211_ATTR_TIMED_OUT as u16;
    pub(in crate::platform::netlink) const FEATURE_FLAGS: u16 =
        number::NL80211_ATTR_FEATURE_FLAGS as u16;
    pub(in crate::platform::netlink) const SCAN_FLAGS: u16 = number::NL80211_ATTR_SCAN_FLAGS as u16;
    pub(in crate::platform::netlink) const SPLIT_WIPHY_DUMP: u16 =
        number::NL80211_ATTR_SPLIT_WIPHY_DUMP as u16;
    pub(in crate::platform::netlink) const EXT_FEATURES: u16 =
        number::NL80211_ATTR_EXT_FEATURES as u16;
}

/// `NL80211_SCAN_FLAG_*`.
pub(super) mod scan_flag {
    use linux_raw_sys::netlink::nl80211_scan_flags as flag;

    pub(in crate::platform::netlink) const RANDOM_ADDR: u32 =
        flag::NL80211_SCAN_FLAG_RANDOM_ADDR as u32;
    pub(in crate::platform::netlink) const RANDOM_SN: u32 =
        flag::NL80211_SCAN_FLAG_RANDOM_SN as u32;
    pub(in crate::platform::netlink) const MIN_PREQ_CONTENT: u32 =
        flag::NL80211_SCAN_FLAG_MIN_PREQ_CONTENT as u32;
}

/// A socket for nl80211 requests.
pub(super) struct Nl80211 {
    socket: Socket,
    family: u16,
}

impl Nl80211 {
    pub(super) fn open() -> Result<Self, Error> {
        let mut socket = Socket::open(NlFamily::Generic)
            .map_err(|error| Error::new("open a generic netlink socket", error))?;
        let family = match Family::resolve(&mut socket, NAME) {
            Ok(family) => family.id,
            Err(failure) if failure.is_not_found() => FAMILY_NOT_LOADED,
            Err(failure) => return Err(Error::new("find nl80211 in this kernel", failure)),
        };
        Ok(Self { socket, family })
    }

    pub(super) fn execute(
        &mut self,
        command: Nl80211Command,
        body: &Outgoing,
    ) -> Result<(), Failure> {
        self.request(|socket, family| {
            socket.execute(&Request::single(family, message(command, body)))
        })
    }

    /// Reads one object.
    pub(super) fn read<T>(
        &mut self,
        command: Nl80211Command,
        body: &Outgoing,
        decode: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, Failure> {
        self.request(|socket, family| {
            socket.read(&Request::single(family, message(command, body)), &decode)
        })
    }

    /// Reads a list.
    pub(super) fn list<T>(
        &mut self,
        command: Nl80211Command,
        body: &Outgoing,
        decode: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, Failure> {
        self.request(|socket, family| {
            socket.read(&Request::dump(family, message(command, body)), &decode)
        })
    }

    /// Repeats the request if the family number is stale, as after reloading cfg80211.
    fn request<T>(
        &mut self,
        mut send: impl FnMut(&mut Socket, u16) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let answer = send(&mut self.socket, self.family);
        if !answer.as_ref().is_err_and(Failure::is_not_found) {
            return answer;
        }
        match Family::resolve(&mut self.socket, NAME) {
            Ok(family) if family.id != self.family => {
                self.family = family.id;
                send(&mut self.socket, family.id)
            }
            _ => answer,
        }
    }
}

pub(super) fn message(command: Nl80211Command, body: &Outgoing) -> Outgoing {
    Outgoing::after(&family::header(command)).append(body)
}
