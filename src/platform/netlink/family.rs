//! Generic netlink (`linux/genetlink.h`): families and multicast groups by name.

use neli::consts::genl::{CtrlAttr, CtrlAttrMcastGrp, CtrlCmd};
use neli::consts::nl::GenlId;

use super::attribute::{Attribute, Attributes, Outgoing};
use super::failure::Failure;
use super::message::Request;
use super::socket::Socket;

/// The controller's family name.
pub(super) const CONTROLLER_NAME: &str = "nlctrl";
/// The controller's multicast group that announces families.
pub(super) const CONTROLLER_GROUP: &str = "notify";

/// `struct genlmsghdr`, version 1 of the family.
pub(super) fn header(command: impl Into<u8>) -> [u8; 4] {
    [command.into(), 1, 0, 0]
}

/// The command and the attributes of a generic netlink message.
pub(super) fn split(payload: &[u8]) -> Option<(u8, Attributes<'_>)> {
    let ([command, ..], attributes) = payload.split_first_chunk::<4>()?;
    Some((*command, Attributes::of(attributes)))
}

/// A family as the controller reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Family {
    pub(super) name: String,
    pub(super) id: u16,
    groups: Vec<(String, u32)>,
}

impl Family {
    /// Requests the family from the kernel, which loads its module if needed.
    pub(super) fn resolve(socket: &mut Socket, name: &str) -> Result<Self, Failure> {
        let body =
            Outgoing::after(&header(CtrlCmd::Getfamily)).put_text(CtrlAttr::FamilyName, name);
        socket
            .read(&Request::single(GenlId::Ctrl.into(), body), Self::decode)?
            .pop()
            .ok_or(Failure::Lacks("the family's number"))
    }

    /// Reads `CTRL_CMD_NEWFAMILY`.
    pub(super) fn decode(payload: &[u8]) -> Option<Self> {
        let (command, attributes) = split(payload)?;
        if CtrlCmd::from(command) != CtrlCmd::Newfamily {
            return None;
        }
        Some(Self {
            name: attributes.text(CtrlAttr::FamilyName)?,
            id: attributes.u16(CtrlAttr::FamilyId)?,
            groups: attributes
                .nested(CtrlAttr::McastGroups)
                .iter()
                .filter_map(group)
                .collect(),
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
    Some((
        attributes.text(CtrlAttrMcastGrp::Name)?,
        attributes.u32(CtrlAttrMcastGrp::Id)?,
    ))
}
