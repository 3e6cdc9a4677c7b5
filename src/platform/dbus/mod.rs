//! A connection to the system bus, with zbus.
//!
//! All messages arrive in one stream, replies with signals, because zbus does not order its streams relative to
//! each other.

mod socket;
#[cfg(test)]
pub(crate) mod testing;

use std::future::poll_fn;
use std::io;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;
use std::pin::Pin;

use zbus::connection::Builder;
use zbus::export::futures_core::Stream as _;
use zbus::export::serde::Serialize;
use zbus::message::Type;
use zbus::{Connection, DynamicType, Message, MessageStream};

use socket::Socket;

/// Where the system bus listens, below the root.
pub(crate) const SYSTEM_BUS: &str = "run/dbus/system_bus_socket";
/// The name of the bus itself, as the sender of its messages and in match rules.
pub(crate) const BUS: &str = "org.freedesktop.DBus";
const BUS_OBJECT: Object<'static> = Object {
    destination: BUS,
    path: "/org/freedesktop/DBus",
    interface: BUS,
};
/// With the largest messages that are accepted, the queue takes 16 MiB.
const MAX_QUEUED: NonZeroUsize = NonZeroUsize::new(4).unwrap();

/// One interface of an object on the bus.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'a> {
    pub(crate) destination: &'a str,
    pub(crate) path: &'a str,
    pub(crate) interface: &'a str,
}

/// A connection to a bus. zbus reads from it in a task of the current tokio runtime.
pub(crate) struct Bus {
    connection: Connection,
    messages: MessageStream,
}

impl Bus {
    /// Connects to the bus that listens on `path`, and authenticates as the process's user.
    pub(crate) async fn connect(path: &Path) -> zbus::Result<Self> {
        let socket = Socket::connect(path).await?;
        let builder = Builder::socket(socket).max_queued(MAX_QUEUED);
        let connection = builder.build().await?;
        let messages = MessageStream::from(&connection);
        Ok(Self {
            connection,
            messages,
        })
    }

    /// Calls a method. Its reply arrives in [`Self::next`] and names the serial number returned here.
    pub(crate) async fn call<B>(
        &self,
        object: Object<'_>,
        method: &str,
        body: &B,
    ) -> zbus::Result<NonZeroU32>
    where
        B: Serialize + DynamicType,
    {
        let message = Message::method_call(object.path, method)
            .destination(object.destination)
            .interface(object.interface)
            .build(body)?;
        self.connection.send(&message).await?;
        Ok(message.primary_header().serial_num())
    }

    /// Calls a method of the bus itself, which has one string for an argument.
    pub(crate) async fn call_bus(&self, method: &str, argument: &str) -> zbus::Result<NonZeroU32> {
        self.call(BUS_OBJECT, method, &argument).await
    }

    /// Subscribes to changes of the owner of a name.
    pub(crate) async fn watch_owner(&self, name: &str) -> zbus::Result<()> {
        self.subscribe(BUS, &format!("member='NameOwnerChanged',arg0='{name}'"))
            .await
    }

    /// Subscribes to signals from `sender` that match the other `conditions` of a match rule.
    pub(crate) async fn subscribe(&self, sender: &str, conditions: &str) -> zbus::Result<()> {
        let rule = format!("type='signal',sender='{sender}',{conditions}");
        self.call_bus("AddMatch", &rule).await.map(drop)
    }

    /// Waits for the next message. No message is lost if the future is dropped.
    ///
    /// # Errors
    ///
    /// The connection has ended, or the bus sent a malformed or too large message.
    pub(crate) async fn next(&mut self) -> zbus::Result<Message> {
        let next = poll_fn(|context| Pin::new(&mut self.messages).poll_next(context)).await;
        next.unwrap_or_else(|| Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()))
    }
}

/// Whether the message is from this unique name. Any user can send signals to macveil, but the bus sets the
/// sender.
pub(crate) fn is_from(message: &Message, sender: &str) -> bool {
    let header = message.header();
    header.sender().is_some_and(|name| name.as_str() == sender)
}

/// The name and its new owner, if the message is the bus's `NameOwnerChanged` signal.
pub(crate) fn owner_change(message: &Message) -> Option<(String, Option<String>)> {
    let header = message.header();
    let is_change = message.message_type() == Type::Signal
        && header
            .member()
            .is_some_and(|name| name.as_str() == "NameOwnerChanged");
    if !is_change || !is_from(message, BUS) {
        return None;
    }
    let body = message.body();
    let (name, _before, owner): (&str, &str, &str) = body.deserialize().ok()?;
    let owner = Some(owner).filter(|owner| !owner.is_empty());
    Some((name.to_owned(), owner.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::testing::{SERIAL, on_tokio, raw_bus, reply, signal};
    use super::*;

    fn owner_changed(sender: &str, owner: &str) -> Message {
        let body = ("net.connman.iwd", "", owner);
        signal(sender, BUS_OBJECT.path, BUS, "NameOwnerChanged", &body)
    }

    #[test]
    fn owner_change_from_bus_is_read() {
        let name = || "net.connman.iwd".to_owned();
        let change = |owner| owner_change(&owner_changed(BUS, owner));
        assert_eq!(change(":1.7"), Some((name(), Some(":1.7".to_owned()))));
        assert_eq!(change(""), Some((name(), None)));
    }

    #[test]
    fn owner_change_from_another_sender_is_ignored() {
        assert_eq!(owner_change(&owner_changed(":1.4", ":1.7")), None);
        let other = signal(BUS, "/", BUS, "NameAcquired", &("a.b", "", ":1.7"));
        assert_eq!(owner_change(&other), None);
        let short = signal(BUS, "/", BUS, "NameOwnerChanged", &"a.b");
        assert_eq!(owner_change(&short), None);
    }

    #[test]
    fn messages_in_pieces_arrive_in_order() {
        on_tokio(async {
            let messages = [
                reply(SERIAL, &true),
                signal(BUS, "/", BUS, "NameAcquired", &":1.2"),
                reply(SERIAL, &""),
            ];
            let bytes: Vec<u8> = messages
                .iter()
                .flat_map(|message| message.data().to_vec())
                .collect();
            for piece in [1, 7, bytes.len()] {
                let (mut bus, peer) = raw_bus().await;
                for bytes in bytes.chunks(piece) {
                    peer.send(bytes).await;
                }
                for sent in &messages {
                    let received = bus.next().await.unwrap();
                    assert_eq!(**received.data(), **sent.data());
                }
            }
        });
    }

    #[test]
    fn oversized_message_ends_connection() {
        on_tokio(async {
            let (mut bus, peer) = raw_bus().await;
            let mut head = reply(SERIAL, &()).data().to_vec();
            head[4..8].copy_from_slice(&(5 * 1024 * 1024_u32).to_ne_bytes());
            peer.send(&head).await;
            bus.next().await.unwrap_err();
            bus.next().await.unwrap_err();
        });
    }

    #[test]
    fn malformed_data_ends_connection() {
        on_tokio(async {
            let (mut bus, peer) = raw_bus().await;
            peer.send(b"HTTP/1.1 400 Bad Request\r\n").await;
            bus.next().await.unwrap_err();
        });
    }

    #[test]
    fn closed_socket_ends_connection() {
        on_tokio(async {
            let (mut bus, peer) = raw_bus().await;
            drop(peer);
            bus.next().await.unwrap_err();
        });
    }
}
