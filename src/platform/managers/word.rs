//! What the bus has to say of rivals.

use crate::platform::dbus::{BUS, Kind, Message};

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

impl Word {
    pub(super) fn of(message: &Message) -> Self {
        let word = (message.sender == BUS).then(|| Self::from_bus(message));
        word.flatten().unwrap_or(Self::Other)
    }

    fn from_bus(message: &Message) -> Option<Self> {
        let mut body = message.body();
        if message.kind != Kind::Signal {
            // Yes is the number one; texts of other answers are longer.
            return Some(Self::Answer(body.number() == Some(1)));
        }
        let name = body.text()?.to_owned();
        let _before = body.text()?;
        let owner = body.text()?;
        Some(Self::Owned(name, !owner.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::dbus::testing::{Body, answer, signal};

    fn change(sender: &str, owner: &str) -> Message {
        let body = Body::default().text("net.connman.iwd").text("").text(owner);
        let path = "/org/freedesktop/DBus";
        let bytes = signal(sender, path, BUS, "NameOwnerChanged", &body.bytes());
        Message::take_only(bytes)
    }

    fn said(body: &[u8]) -> Word {
        Word::of(&Message::take_only(answer(BUS, 1, body)))
    }

    #[test]
    fn answers_and_changes_are_understood() {
        let name = || "net.connman.iwd".to_owned();
        assert_eq!(said(&1_u32.to_ne_bytes()), Word::Answer(true));
        assert_eq!(said(b""), Word::Answer(false));
        assert_eq!(said(&0_u32.to_ne_bytes()), Word::Answer(false));
        assert_eq!(Word::of(&change(BUS, ":1.7")), Word::Owned(name(), true));
        assert_eq!(Word::of(&change(BUS, "")), Word::Owned(name(), false));
    }

    #[test]
    fn what_others_say_in_the_words_of_the_bus_is_not_believed() {
        for sender in [":1.4", "org.freedesktop.DBus.Monitoring", ""] {
            assert_eq!(Word::of(&change(sender, ":1.7")), Word::Other, "{sender}");
        }
    }
}
