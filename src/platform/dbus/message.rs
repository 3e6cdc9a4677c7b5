//! D-Bus messages (D-Bus Specification, "Message Protocol") as they are sent and received.

use std::io;

use super::reader::Reader;

/// Both sides are of one machine.
const BYTE_ORDER: u8 = if cfg!(target_endian = "big") {
    b'B'
} else {
    b'l'
};
const VERSION: u8 = 1;
const CALL: u8 = 1;
/// Up to the length of the header's fields.
const HEAD: usize = 16;
/// All that iwd knows, with hundreds of networks around, is a fraction of this.
const LONGEST: usize = 4 * 1024 * 1024;

/// Header fields.
mod field {
    pub(super) const PATH: u8 = 1;
    pub(super) const INTERFACE: u8 = 2;
    pub(super) const MEMBER: u8 = 3;
    pub(super) const ERROR_NAME: u8 = 4;
    pub(super) const REPLY_SERIAL: u8 = 5;
    pub(super) const DESTINATION: u8 = 6;
    pub(super) const SENDER: u8 = 7;
    pub(super) const SIGNATURE: u8 = 8;
}

/// A method to be called, with one text or nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) destination: &'a str,
    pub(crate) path: &'a str,
    pub(crate) interface: &'a str,
    pub(crate) member: &'a str,
    pub(crate) argument: Option<&'a str>,
}

impl Call<'_> {
    /// Adds the call to what is to be sent.
    pub(super) fn write(&self, sent: &mut Vec<u8>, serial: u32) {
        let mut fields = Vec::new();
        for (code, kind, value) in [
            (field::PATH, b'o', self.path),
            (field::INTERFACE, b's', self.interface),
            (field::MEMBER, b's', self.member),
            (field::DESTINATION, b's', self.destination),
        ] {
            pad(&mut fields);
            fields.extend([code, 1, kind, 0]);
            put_text(&mut fields, value);
        }
        let mut body = Vec::new();
        if let Some(argument) = self.argument {
            pad(&mut fields);
            fields.extend([field::SIGNATURE, 1, b'g', 0, 1, b's', 0]);
            put_text(&mut body, argument);
        }
        sent.extend([BYTE_ORDER, CALL, 0, VERSION]);
        for number in [length(&body), serial, length(&fields)] {
            sent.extend(number.to_ne_bytes());
        }
        pad(&mut fields);
        sent.extend(fields);
        sent.extend(body);
    }
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(8), 0);
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(length(text.as_bytes()).to_ne_bytes());
    bytes.extend(text.as_bytes());
    bytes.push(0);
}

/// Our own texts are short.
fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Answer,
    Error,
    Signal,
    /// Somebody calls a method of ours, which has none.
    Other,
}

/// A message as it was received. What its header does not say is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: Kind,
    /// The bus sees to it: anybody may send us signals, but not in another's name.
    pub(crate) sender: String,
    pub(crate) path: String,
    pub(crate) interface: String,
    pub(crate) member: String,
    /// The name of an error.
    pub(crate) error: String,
    /// The serial number of the call that it answers.
    pub(crate) answers: Option<u32>,
    body: Vec<u8>,
}

impl Message {
    /// Takes a message from the beginning of what was received; `None` while it is not complete.
    ///
    /// # Errors
    ///
    /// It is no message, or none that a bus would send.
    pub(super) fn take(received: &mut Vec<u8>) -> io::Result<Option<Self>> {
        let nonsense = Err(io::ErrorKind::InvalidData.into());
        let Some((head, _)) = received.split_first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let [order, kind, _, VERSION, ..] = *head else {
            return nonsense;
        };
        let number = |at: usize| Reader::new(head.get(at..).unwrap_or_default()).length();
        let (Some(body), Some(fields)) = (number(4), number(12)) else {
            return nonsense;
        };
        if order != BYTE_ORDER || body > LONGEST || fields > LONGEST {
            return nonsense;
        }
        let begin = (HEAD + fields).next_multiple_of(8);
        if received.len() < begin + body {
            return Ok(None);
        }
        let mut header: Vec<u8> = received.drain(..begin + body).collect();
        let body = header.split_off(begin);
        let mut message = Self {
            kind: match kind {
                2 => Kind::Answer,
                3 => Kind::Error,
                4 => Kind::Signal,
                _ => Kind::Other,
            },
            sender: String::new(),
            path: String::new(),
            interface: String::new(),
            member: String::new(),
            error: String::new(),
            answers: None,
            body,
        };
        message.read_fields(header.get(HEAD..HEAD + fields).unwrap_or_default());
        Ok(Some(message))
    }

    #[cfg(test)]
    pub(crate) fn take_only(mut bytes: Vec<u8>) -> Self {
        let message = Self::take(&mut bytes).unwrap().unwrap();
        assert!(bytes.is_empty());
        message
    }

    #[cfg(all(test, feature = "iwd"))]
    pub(crate) fn take_next(bytes: &mut Vec<u8>) -> Option<Self> {
        Self::take(bytes).ok().flatten()
    }

    /// What the message says.
    pub(crate) fn body(&self) -> Reader<'_> {
        Reader::new(&self.body)
    }

    /// Reads the header's fields as far as they make sense. They begin at a multiple of eight bytes.
    fn read_fields(&mut self, fields: &[u8]) -> Option<()> {
        let mut rest = Reader::new(fields);
        while rest.align(8).is_some() && !rest.is_empty() {
            let code = rest.byte()?;
            let kind = rest.signature()?;
            let place = match (code, kind) {
                (field::REPLY_SERIAL, "u") => {
                    self.answers = Some(rest.number()?);
                    continue;
                }
                (field::SENDER, "s") => &mut self.sender,
                (field::PATH, "o") => &mut self.path,
                (field::INTERFACE, "s") => &mut self.interface,
                (field::MEMBER, "s") => &mut self.member,
                (field::ERROR_NAME, "s") => &mut self.error,
                _ => {
                    rest.value(kind)?;
                    continue;
                }
            };
            rest.text()?.clone_into(place);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::BUS;
    use super::super::testing::{Body, answer, signal};
    use super::*;

    #[test]
    fn a_signal_is_read_with_all_that_its_header_says() {
        let body = Body::default().text("one").text("two").bytes();
        let message =
            Message::take_only(signal(":1.7", "/a/path", "an.interface", "Member", &body));
        assert_eq!(message.kind, Kind::Signal);
        assert_eq!(message.sender, ":1.7");
        assert_eq!(message.path, "/a/path");
        assert_eq!(message.interface, "an.interface");
        assert_eq!(message.member, "Member");
        assert_eq!(message.answers, None);
        let mut body = message.body();
        assert_eq!((body.text(), body.text()), (Some("one"), Some("two")));
        assert_eq!(body.text(), None);
    }

    #[test]
    fn an_answer_says_to_which_call() {
        let message = Message::take_only(answer(BUS, 9, &1_u32.to_ne_bytes()));
        assert_eq!((message.kind, message.answers), (Kind::Answer, Some(9)));
        assert_eq!(message.body().number(), Some(1));
    }

    #[test]
    fn messages_are_taken_one_after_the_other_as_they_arrive() {
        let stream = [
            answer(BUS, 1, b""),
            answer(BUS, 2, &0_u32.to_ne_bytes()),
            signal(BUS, "/", BUS, "NameAcquired", &[]),
        ]
        .concat();
        for portion in [1, 7, stream.len()] {
            let (mut received, mut taken) = (Vec::new(), Vec::new());
            for part in stream.chunks(portion) {
                received.extend_from_slice(part);
                while let Some(message) = Message::take(&mut received).unwrap() {
                    taken.push(message.answers);
                }
            }
            assert_eq!(taken, [Some(1), Some(2), None]);
            assert!(received.is_empty());
        }
    }

    #[test]
    fn what_is_too_long_or_no_message_is_an_error() {
        let mut long = answer(BUS, 1, b"");
        long[4..8].copy_from_slice(&u32::MAX.to_ne_bytes());
        for mut received in [long, b"HTTP/1.1 400 Bad Request\r\n".to_vec()] {
            assert!(Message::take(&mut received).is_err());
        }
    }

    #[test]
    fn a_call_can_be_read_like_any_message() {
        let mut calls = Vec::new();
        Call::to_bus("NameHasOwner", Some("net.connman")).write(&mut calls, 3);
        Call::to_bus("Hello", None).write(&mut calls, 4);
        let first = Message::take(&mut calls).unwrap().unwrap();
        assert_eq!(first.member, "NameHasOwner");
        assert_eq!(first.body().text(), Some("net.connman"));
        let second = Message::take_only(calls);
        assert_eq!(
            (second.member.as_str(), second.kind),
            ("Hello", Kind::Other)
        );
    }

    proptest! {
        #[test]
        fn no_fields_make_it_panic(fields: Vec<u8>, body: Vec<u8>) {
            let mut message = Message::take_only(answer(BUS, 1, &body));
            message.read_fields(&fields);
        }
    }
}
