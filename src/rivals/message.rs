//! D-Bus messages (D-Bus Specification, "Message Protocol"): the few that the bus is asked with, and
//! what has to be known of its answers.

use std::io;

/// The bus as a correspondent.
const BUS: &str = "org.freedesktop.DBus";
const PATH: &str = "/org/freedesktop/DBus";

/// Both sides are of one machine.
const BYTE_ORDER: u8 = if cfg!(target_endian = "big") {
    b'B'
} else {
    b'l'
};
const VERSION: u8 = 1;
const CALL: u8 = 1;
const SIGNAL: u8 = 4;
/// Up to the length of the header's fields.
const HEAD: usize = 16;
/// Nothing that the bus has to say is nearly as long.
const LONGEST: usize = 64 * 1024;

/// Header fields.
mod field {
    pub(super) const PATH: u8 = 1;
    pub(super) const INTERFACE: u8 = 2;
    pub(super) const MEMBER: u8 = 3;
    pub(super) const DESTINATION: u8 = 6;
    pub(super) const SENDER: u8 = 7;
    pub(super) const SIGNATURE: u8 = 8;
}

/// Adds a question to the bus to what is to be sent, with one text or none.
pub(super) fn call(sent: &mut Vec<u8>, serial: u32, member: &str, argument: Option<&str>) {
    let mut fields = Vec::new();
    for (code, kind, value) in [
        (field::PATH, b'o', PATH),
        (field::INTERFACE, b's', BUS),
        (field::MEMBER, b's', member),
        (field::DESTINATION, b's', BUS),
    ] {
        pad(&mut fields);
        fields.extend([code, 1, kind, 0]);
        put_text(&mut fields, value);
    }
    let mut body = Vec::new();
    if let Some(argument) = argument {
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

/// Something that the bus itself has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// To a question, in the order in which they were asked: whether it is yes.
    Answer(bool),
    /// A name on the bus belongs to somebody now, or to nobody.
    Owned(String, bool),
    /// Of no interest, or from somebody else.
    Other,
}

/// Takes a message from the beginning of what was received; `None` while it is not complete. An error
/// means that it is no message, or none that a bus would send.
pub(super) fn take(received: &mut Vec<u8>) -> io::Result<Option<Word>> {
    let nonsense = Err(io::ErrorKind::InvalidData.into());
    let Some((head, _)) = received.split_first_chunk::<HEAD>() else {
        return Ok(None);
    };
    let [order, kind, _, VERSION, ..] = *head else {
        return nonsense;
    };
    let number = |at: usize| Reader(head.get(at..).unwrap_or_default()).number();
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
    let message: Vec<u8> = received.drain(..begin + body).collect();
    let (header, body) = message.split_at(begin);
    let word = match sender(header.get(HEAD..HEAD + fields).unwrap_or_default()) {
        Some(BUS) => read(kind, body),
        _ => None,
    };
    Ok(Some(word.unwrap_or(Word::Other)))
}

fn read(kind: u8, body: &[u8]) -> Option<Word> {
    let mut body = Reader(body);
    if kind != SIGNAL {
        // Yes is the number one; texts of other answers are longer.
        return Some(Word::Answer(body.number() == Some(1)));
    }
    let name = body.text()?.to_owned();
    let _before = body.text()?;
    let owner = body.text()?;
    Some(Word::Owned(name, !owner.is_empty()))
}

/// Who sent it, which the bus sees to: anybody may send us signals.
fn sender(fields: &[u8]) -> Option<&str> {
    let mut rest = Reader(fields);
    loop {
        let [code, 1, kind, 0] = rest.array::<4>()? else {
            return None;
        };
        let before = rest.0.len();
        let value = match kind {
            b's' | b'o' => rest.unaligned_text()?,
            b'g' => {
                let [length] = rest.array()?;
                rest.skip(usize::from(length) + 1)?;
                ""
            }
            b'u' => {
                rest.number()?;
                ""
            }
            _ => return None,
        };
        if code == field::SENDER {
            return Some(value);
        }
        // The four bytes before are a half of the eight that fields begin at.
        let taken = before - rest.0.len() + 4;
        rest.skip(taken.next_multiple_of(8) - taken)?;
    }
}

/// What is left to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn skip(&mut self, count: usize) -> Option<&'a [u8]> {
        let (skipped, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(skipped)
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u32::from_ne_bytes(self.array()?)).ok()
    }

    fn unaligned_text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        let text = self.skip(length)?;
        let [0] = self.array()? else {
            return None;
        };
        std::str::from_utf8(text).ok()
    }

    /// With the padding behind it, as far as there is any.
    fn text(&mut self) -> Option<&'a str> {
        let text = self.unaligned_text()?;
        let padding = (text.len() + 1).next_multiple_of(4) - (text.len() + 1);
        let _ = self.skip(padding.min(self.0.len()));
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A message as the bus would send it; fields as they are given, each aligned.
    fn message(kind: u8, fields: &[&[u8]], body: &[u8]) -> Vec<u8> {
        let mut header = Vec::new();
        for field in fields {
            pad(&mut header);
            header.extend_from_slice(field);
        }
        let mut message = vec![BYTE_ORDER, kind, 1, VERSION];
        for number in [length(body), 7, length(&header)] {
            message.extend(number.to_ne_bytes());
        }
        message.extend(header);
        pad(&mut message);
        message.extend_from_slice(body);
        message
    }

    fn text_field(code: u8, kind: u8, value: &str) -> Vec<u8> {
        let mut field = vec![code, 1, kind, 0];
        put_text(&mut field, value);
        field
    }

    fn change(sender: &str, owner: &str) -> Vec<u8> {
        let mut body = Vec::new();
        for text in ["net.connman.iwd", "", owner] {
            body.resize(body.len().next_multiple_of(4), 0);
            put_text(&mut body, text);
        }
        let serial = [&[5, 1, b'u', 0][..], &9_u32.to_ne_bytes()].concat();
        let fields = [
            text_field(field::PATH, b'o', PATH),
            serial,
            vec![field::SIGNATURE, 1, b'g', 0, 3, b's', b's', b's', 0],
            text_field(field::SENDER, b's', sender),
            text_field(field::MEMBER, b's', "NameOwnerChanged"),
        ];
        let fields: Vec<_> = fields.iter().map(Vec::as_slice).collect();
        message(SIGNAL, &fields, &body)
    }

    fn answer(body: &[u8]) -> Vec<u8> {
        message(2, &[&text_field(field::SENDER, b's', BUS)], body)
    }

    #[test]
    fn answers_and_changes_are_taken_one_after_the_other_as_they_arrive() {
        let name = || "net.connman.iwd".to_owned();
        let stream = [
            answer(&1_u32.to_ne_bytes()),
            answer(b""),
            answer(&0_u32.to_ne_bytes()),
            change(BUS, ":1.7"),
            change(BUS, ""),
        ]
        .concat();
        let expected = [
            Word::Answer(true),
            Word::Answer(false),
            Word::Answer(false),
            Word::Owned(name(), true),
            Word::Owned(name(), false),
        ];
        for portion in [1, 7, stream.len()] {
            let (mut received, mut words) = (Vec::new(), Vec::new());
            for part in stream.chunks(portion) {
                received.extend_from_slice(part);
                while let Some(word) = take(&mut received).unwrap() {
                    words.push(word);
                }
            }
            assert_eq!(words, expected);
            assert!(received.is_empty());
        }
    }

    #[test]
    fn what_others_say_in_the_words_of_the_bus_is_not_believed() {
        for sender in [":1.4", "org.freedesktop.DBus.Monitoring", ""] {
            let mut received = change(sender, ":1.7");
            assert_eq!(take(&mut received).unwrap(), Some(Word::Other), "{sender}");
        }
        let mut received = message(SIGNAL, &[], b"");
        assert_eq!(take(&mut received).unwrap(), Some(Word::Other));
    }

    #[test]
    fn what_is_too_long_or_no_message_ends_the_conversation() {
        let mut long = answer(b"");
        long[4..8].copy_from_slice(&u32::MAX.to_ne_bytes());
        for mut received in [long, b"HTTP/1.1 400 Bad Request\r\n".to_vec()] {
            assert!(take(&mut received).is_err());
        }
    }

    #[test]
    fn a_question_can_be_read_like_any_message() {
        let mut questions = Vec::new();
        call(&mut questions, 3, "NameHasOwner", Some("net.connman"));
        call(&mut questions, 4, "Hello", None);
        // Ours has no sender, which the bus adds.
        for _ in 0..2 {
            assert_eq!(take(&mut questions).unwrap(), Some(Word::Other));
        }
        assert!(questions.is_empty());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes: Vec<u8>, kind in 0_u8..6, body: Vec<u8>, fields: Vec<u8>) {
            let mut made = message(kind, &[&text_field(field::SENDER, b's', BUS), &fields], &body);
            while matches!(take(&mut made), Ok(Some(_))) {}
            while matches!(take(&mut bytes), Ok(Some(_))) {}
        }
    }
}
