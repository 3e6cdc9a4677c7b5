//! Netlink messages (`struct nlmsghdr`, `linux/netlink.h`) and their outcomes.

use std::io;

use neli::consts::nl::{NlmF, Nlmsg, NlmsgerrAttr};
use rustix::io::Errno;

use super::attribute::{Attributes, Outgoing, aligned, number};
use super::failure::Failure;

/// `NLMSG_HDRLEN`.
const HEADER: usize = 16;
/// `NLMSG_MIN_TYPE`: lower types belong to netlink itself.
const FIRST_OF_FAMILIES: u16 = 16;

/// A request to the kernel.
#[derive(Debug, Clone)]
pub(super) struct Request {
    kind: u16,
    flags: NlmF,
    body: Vec<u8>,
}

impl Request {
    /// A request to change or read one object.
    pub(super) fn single(kind: u16, body: Outgoing) -> Self {
        Self::new(kind, NlmF::REQUEST | NlmF::ACK, body)
    }

    /// A request to read a list.
    pub(super) fn dump(kind: u16, body: Outgoing) -> Self {
        Self::new(kind, NlmF::REQUEST | NlmF::DUMP, body)
    }

    /// A request to change or make one object, with further flags.
    pub(super) fn with(kind: u16, flags: NlmF, body: Outgoing) -> Self {
        Self::new(kind, NlmF::REQUEST | NlmF::ACK | flags, body)
    }

    /// A part of a batch; it is answered only if the flags say so, or if it fails.
    pub(super) fn unanswered(kind: u16, flags: NlmF, body: Outgoing) -> Self {
        Self::new(kind, NlmF::REQUEST | flags, body)
    }

    pub(super) fn wants_answer(&self) -> bool {
        self.flags.contains(NlmF::ACK)
    }

    fn new(kind: u16, flags: NlmF, body: Outgoing) -> Self {
        let body = body.into_bytes();
        Self { kind, flags, body }
    }

    /// Adds the message to a datagram. The kernel fills in the sender.
    pub(super) fn append_to(&self, datagram: &mut Vec<u8>, sequence: u32) {
        let length = u32::try_from(HEADER + self.body.len()).unwrap_or(u32::MAX);
        datagram.extend(length.to_ne_bytes());
        datagram.extend(self.kind.to_ne_bytes());
        datagram.extend(self.flags.bits().to_ne_bytes());
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
    /// The bytes after the netlink header.
    pub(super) payload: &'a [u8],
    flags: NlmF,
}

impl Message<'_> {
    /// Whether the message belongs to a family rather than to netlink itself.
    pub(super) fn is_content(&self) -> bool {
        self.kind >= FIRST_OF_FAMILIES
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.flags.contains(NlmF::DUMP_INTR)
    }

    /// The request's outcome, if this message ends the request.
    pub(super) fn outcome(&self) -> Option<Result<(), Failure>> {
        matches!(Nlmsg::from(self.kind), Nlmsg::Error | Nlmsg::Done).then(|| {
            match number(self.payload) {
                Some(code) => match i32::from_ne_bytes(code) {
                    0.. => Ok(()),
                    negative => Err(self.failure(negative.saturating_neg())),
                },
                None => Err(Failure::Malformed),
            }
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
        let echoed = match Nlmsg::from(self.kind) {
            Nlmsg::Done => 0,
            _ if self.flags.contains(NlmF::CAPPED) => HEADER,
            _ => u32::from_ne_bytes(number(echo)?).try_into().ok()?,
        };
        let attributes = Attributes::of(echo.get(aligned(echoed)..)?);
        self.flags
            .contains(NlmF::ACK_TLVS)
            .then(|| attributes.text(NlmsgerrAttr::Msg))
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
            flags: NlmF::from(u16::from_ne_bytes(*flags)),
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
