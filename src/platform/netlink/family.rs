//! Generic netlink (`linux/genetlink.h`): families and multicast groups by name.

use super::attribute::{Attribute, Attributes, Outgoing};
use super::failure::Failure;
use super::message::Request;
use super::socket::Socket;

/// `GENL_ID_CTRL`: the family that knows the others.
const CONTROLLER: u16 = 0x10;
/// Its own name.
pub(super) const CONTROLLER_NAME: &str = "nlctrl";
/// The group in which it announces families.
pub(super) const CONTROLLER_GROUP: &str = "notify";
/// `CTRL_CMD_NEWFAMILY`.
const NEW_FAMILY: u8 = 1;
/// `CTRL_CMD_GETFAMILY`.
const GET_FAMILY: u8 = 3;
/// `CTRL_ATTR_FAMILY_ID`.
const FAMILY_ID: u16 = 1;
/// `CTRL_ATTR_FAMILY_NAME`.
const FAMILY_NAME: u16 = 2;
/// `CTRL_ATTR_MCAST_GROUPS`.
const GROUPS: u16 = 7;
/// `CTRL_ATTR_MCAST_GRP_NAME`.
const GROUP_NAME: u16 = 1;
/// `CTRL_ATTR_MCAST_GRP_ID`.
const GROUP_ID: u16 = 2;

/// `struct genlmsghdr`, version 1 of the family.
pub(super) fn header(command: u8) -> [u8; 4] {
    [command, 1, 0, 0]
}

/// The command and the attributes of a generic netlink message.
pub(super) fn split(payload: &[u8]) -> Option<(u8, Attributes<'_>)> {
    let ([command, ..], attributes) = payload.split_first_chunk::<4>()?;
    Some((*command, Attributes::of(attributes)))
}

/// What the controller knows of a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Family {
    pub(super) name: String,
    pub(super) id: u16,
    groups: Vec<(String, u32)>,
}

impl Family {
    /// Asks the kernel, which loads the family's module if need be.
    pub(super) fn resolve(socket: &mut Socket, name: &str) -> Result<Self, Failure> {
        let body = Outgoing::after(&header(GET_FAMILY)).put_text(FAMILY_NAME, name);
        socket
            .read(&Request::single(CONTROLLER, body), Self::decode)?
            .pop()
            .ok_or(Failure::Lacks("the family's number"))
    }

    /// Reads `CTRL_CMD_NEWFAMILY`.
    pub(super) fn decode(payload: &[u8]) -> Option<Self> {
        let (command, attributes) = split(payload)?;
        if command != NEW_FAMILY {
            return None;
        }
        Some(Self {
            name: attributes.text(FAMILY_NAME)?,
            id: attributes.u16(FAMILY_ID)?,
            groups: attributes.nested(GROUPS).iter().filter_map(group).collect(),
        })
    }

    pub(super) fn group(&self, name: &str) -> Option<u32> {
        self.groups
            .iter()
            .find(|(known, _)| known == name)
            .map(|&(_, id)| id)
    }
}

fn group(entry: Attribute<'_>) -> Option<(String, u32)> {
    let attributes = Attributes::of(entry.value);
    Some((attributes.text(GROUP_NAME)?, attributes.u32(GROUP_ID)?))
}
