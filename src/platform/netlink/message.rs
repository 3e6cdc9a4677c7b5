//! Netlink messages (`struct nlmsghdr`, `linux/netlink.h`) and the kernel's answers among them.

use std::io;

use rustix::io::Errno;

use super::attribute::{Attributes, Outgoing, aligned, number};
use super::failure::Failure;

/// `NLMSG_HDRLEN`.
const HEADER: usize = 16;
/// `NLMSG_ERROR`: an acknowledgement or an error.
const ERROR: u16 = 2;
/// `NLMSG_DONE`: the end of a dump.
const DONE: u16 = 3;
/// `NLMSG_MIN_TYPE`: types below are netlink's own.
const FIRST_OF_FAMILIES: u16 = 16;

/// `NLM_F_REQUEST`.
const REQUEST: u16 = 0x1;
/// `NLM_F_ACK`.
const ACK: u16 = 0x4;
/// `NLM_F_DUMP`.
const DUMP: u16 = 0x300;
/// `NLM_F_DUMP_INTR`: the list changed while it was read.
const INTERRUPTED: u16 = 0x10;
/// `NLM_F_CAPPED`: the answer does not repeat the request.
const CAPPED: u16 = 0x100;
/// `NLM_F_ACK_TLVS`: the answer carries attributes.
const EXPLAINED: u16 = 0x200;
/// `NLMSGERR_ATTR_MSG`.
const EXPLANATION: u16 = 1;

/// Something asked of the kernel.
#[derive(Debug, Clone)]
pub(super) struct Request {
    kind: u16,
    flags: u16,
    body: Vec<u8>,
}

impl Request {
    /// To do something, or to read one thing.
    pub(super) fn single(kind: u16, body: Outgoing) -> Self {
        Self::new(kind, REQUEST | ACK, body)
    }

    /// To read a list.
    pub(super) fn dump(kind: u16, body: Outgoing) -> Self {
        Self::new(kind, REQUEST | DUMP, body)
    }

    fn new(kind: u16, flags: u16, body: Outgoing) -> Self {
        let body = body.into_bytes();
        Self { kind, flags, body }
    }

    /// Adds the message to a datagram. The kernel fills in the sender.
    pub(super) fn append_to(&self, datagram: &mut Vec<u8>, sequence: u32) {
        let length = u32::try_from(HEADER + self.body.len()).unwrap_or(u32::MAX);
        datagram.extend(length.to_ne_bytes());
        datagram.extend(self.kind.to_ne_bytes());
        datagram.extend(self.flags.to_ne_bytes());
        datagram.extend(sequence.to_ne_bytes());
        datagram.extend(0_u32.to_ne_bytes());
        datagram.extend(&self.body);
        datagram.resize(aligned(datagram.len()), 0);
    }
}

/// A message from the kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) kind: u16,
    pub(super) sequence: u32,
    /// What follows the netlink header.
    pub(super) payload: &'a [u8],
    flags: u16,
}

impl Message<'_> {
    /// It belongs to a family, rather than to netlink itself.
    pub(super) fn is_content(&self) -> bool {
        self.kind >= FIRST_OF_FAMILIES
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.flags & INTERRUPTED != 0
    }

    /// The request's outcome, if this is the message that ends it.
    pub(super) fn outcome(&self) -> Option<Result<(), Failure>> {
        matches!(self.kind, ERROR | DONE).then(|| match number(self.payload) {
            Some(code) => match i32::from_ne_bytes(code) {
                0.. => Ok(()),
                negative => Err(self.failure(negative.saturating_neg())),
            },
            None => Err(Failure::Malformed),
        })
    }

    fn failure(&self, number: i32) -> Failure {
        match Errno::from_io_error(&io::Error::from_raw_os_error(number)) {
            Some(errno) => Failure::Errno {
                errno,
                explanation: self.explanation(),
            },
            None => Failure::Malformed,
        }
    }

    /// The extended acknowledgement's text.
    fn explanation(&self) -> Option<String> {
        let (_, echo) = self.payload.split_first_chunk::<4>()?;
        let echoed = match (self.kind, self.flags & CAPPED) {
            (DONE, _) => 0,
            (_, 0) => u32::from_ne_bytes(number(echo)?).try_into().ok()?,
            _ => HEADER,
        };
        let attributes = Attributes::of(echo.get(aligned(echoed)..)?);
        (self.flags & EXPLAINED != 0)
            .then(|| attributes.text(EXPLANATION))
            .flatten()
    }
}

/// The messages in a datagram.
#[derive(Debug)]
pub(super) struct Messages<'a>(&'a [u8]);

impl<'a> Messages<'a> {
    pub(super) fn of(datagram: &'a [u8]) -> Self {
        Self(datagram)
    }

    fn split_first(&self) -> Option<(Message<'a>, &'a [u8])> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (kind, rest) = rest.split_first_chunk()?;
        let (flags, rest) = rest.split_first_chunk()?;
        let (sequence, _) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_ne_bytes(*length)).ok()?;
        let message = Message {
            kind: u16::from_ne_bytes(*kind),
            flags: u16::from_ne_bytes(*flags),
            sequence: u32::from_ne_bytes(*sequence),
            payload: self.0.get(HEADER..length)?,
        };
        Some((message, self.0.get(aligned(length)..).unwrap_or_default()))
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<Message<'a>, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let first = self.split_first();
        self.0 = first.map_or(&[], |(_, rest)| rest);
        Some(first.map(|(message, _)| message).ok_or(Failure::Malformed))
    }
}
