//! nl80211 (`linux/nl80211.h`): the commands and attributes that are used, and a socket to ask with.

use neli::consts::socket::NlFamily;

use super::attribute::Outgoing;
use super::failure::{Error, Failure};
use super::family::{self, Family};
use super::message::Request;
use super::socket::Socket;

/// No family has this number: the kernel answers `ENOENT` until cfg80211 is loaded.
pub(super) const NOT_THERE_YET: u16 = u16::MAX;

/// The family's name (`NL80211_GENL_NAME`).
pub(super) const NAME: &str = "nl80211";

/// `NL80211_CMD_*`.
pub(super) mod command {
    pub(in crate::platform::netlink) const GET_WIPHY: u8 = 1;
    pub(in crate::platform::netlink) const GET_INTERFACE: u8 = 5;
    pub(in crate::platform::netlink) const SET_INTERFACE: u8 = 6;
    pub(in crate::platform::netlink) const NEW_STATION: u8 = 19;
    pub(in crate::platform::netlink) const GET_SCAN: u8 = 32;
    pub(in crate::platform::netlink) const TRIGGER_SCAN: u8 = 33;
    pub(in crate::platform::netlink) const NEW_SCAN_RESULTS: u8 = 34;
    pub(in crate::platform::netlink) const SCAN_ABORTED: u8 = 35;
    pub(in crate::platform::netlink) const AUTHENTICATE: u8 = 37;
    pub(in crate::platform::netlink) const ASSOCIATE: u8 = 38;
    pub(in crate::platform::netlink) const DEAUTHENTICATE: u8 = 39;
    pub(in crate::platform::netlink) const DISASSOCIATE: u8 = 40;
    pub(in crate::platform::netlink) const CONNECT: u8 = 46;
    pub(in crate::platform::netlink) const DISCONNECT: u8 = 48;
    pub(in crate::platform::netlink) const ABORT_SCAN: u8 = 114;
}

/// `NL80211_ATTR_*`.
pub(super) mod attribute {
    pub(in crate::platform::netlink) const WIPHY: u16 = 1;
    pub(in crate::platform::netlink) const IFINDEX: u16 = 3;
    pub(in crate::platform::netlink) const IFTYPE: u16 = 5;
    pub(in crate::platform::netlink) const WIPHY_BANDS: u16 = 22;
    pub(in crate::platform::netlink) const MAX_NUM_SCAN_SSIDS: u16 = 43;
    pub(in crate::platform::netlink) const SCAN_FREQUENCIES: u16 = 44;
    pub(in crate::platform::netlink) const SCAN_SSIDS: u16 = 45;
    pub(in crate::platform::netlink) const BSS: u16 = 47;
    pub(in crate::platform::netlink) const FRAME: u16 = 51;
    pub(in crate::platform::netlink) const TIMED_OUT: u16 = 65;
    pub(in crate::platform::netlink) const FEATURE_FLAGS: u16 = 143;
    pub(in crate::platform::netlink) const SCAN_FLAGS: u16 = 158;
    pub(in crate::platform::netlink) const SPLIT_WIPHY_DUMP: u16 = 174;
    pub(in crate::platform::netlink) const EXT_FEATURES: u16 = 217;
}

/// `NL80211_SCAN_FLAG_*`.
pub(super) mod scan_flag {
    pub(in crate::platform::netlink) const RANDOM_ADDR: u32 = 0x8;
    pub(in crate::platform::netlink) const RANDOM_SN: u32 = 0x800;
    pub(in crate::platform::netlink) const MIN_PREQ_CONTENT: u32 = 0x1000;
}

/// A socket to ask nl80211 with.
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
            Err(failure) if failure.is_absence() => NOT_THERE_YET,
            Err(failure) => return Err(Error::new("find nl80211 in this kernel", failure)),
        };
        Ok(Self { socket, family })
    }

    pub(super) fn carry_out(&mut self, command: u8, body: &Outgoing) -> Result<(), Failure> {
        self.ask(|socket, family| {
            socket.carry_out(&Request::single(family, message(command, body)))
        })
    }

    /// Reads one thing.
    pub(super) fn read<T>(
        &mut self,
        command: u8,
        body: &Outgoing,
        decode: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, Failure> {
        self.ask(|socket, family| {
            socket.read(&Request::single(family, message(command, body)), &decode)
        })
    }

    /// Reads a list.
    pub(super) fn list<T>(
        &mut self,
        command: u8,
        body: &Outgoing,
        decode: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, Failure> {
        self.ask(|socket, family| {
            socket.read(&Request::dump(family, message(command, body)), &decode)
        })
    }

    /// Asks again when the family's number turns out to be stale, as after reloading cfg80211.
    fn ask<T>(
        &mut self,
        mut question: impl FnMut(&mut Socket, u16) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let answer = question(&mut self.socket, self.family);
        if !answer.as_ref().is_err_and(Failure::is_absence) {
            return answer;
        }
        match Family::resolve(&mut self.socket, NAME) {
            Ok(family) if family.id != self.family => {
                self.family = family.id;
                question(&mut self.socket, family.id)
            }
            _ => answer,
        }
    }
}

pub(super) fn message(command: u8, body: &Outgoing) -> Outgoing {
    Outgoing::after(&family::header(command)).append(body)
}
