//! A private bus, messages, and a peer that sends raw bytes.

use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use macveil_testkit::bus::BusDaemon;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use zbus::export::serde::Serialize;
use zbus::message::Message;
use zbus::names::WellKnownName;
use zbus::{DynamicType, MessageStream};

use super::{Bus, SYSTEM_BUS};

/// A serial number for replies.
pub(crate) const SERIAL: NonZeroU32 = NonZeroU32::MIN;
const TEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs a test with a timeout.
pub(crate) fn on_tokio(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async {
        let test = tokio::time::timeout(TEST_TIMEOUT, test);
        test.await.expect("the test ends in time");
    });
}

/// A bus that listens below `root` until dropped.
pub(crate) struct PrivateBus {
    daemon: BusDaemon,
    socket: PathBuf,
}

impl PrivateBus {
    pub(crate) fn start(root: &Path) -> Self {
        let socket = root.join(SYSTEM_BUS);
        fs::create_dir_all(socket.parent().unwrap()).unwrap();
        let daemon = BusDaemon::start(&socket, &root.join("bus.conf"));
        Self { daemon, socket }
    }

    pub(crate) fn stop(&mut self) {
        self.daemon.stop();
    }

    /// Connects a program that owns `name`, if given.
    pub(crate) async fn program(&self, name: Option<&'static str>) -> Program {
        let address = format!("unix:path={}", self.socket.display());
        let mut builder = zbus::connection::Builder::address(address.as_str());
        if let Some(name) = name {
            builder = builder.name(WellKnownName::try_from(name).unwrap());
        }
        let connection = builder.build().await.unwrap();
        let messages = MessageStream::from(&connection);
        Program {
            connection,
            messages,
        }
    }
}

/// A program on the bus.
pub(crate) struct Program {
    pub(crate) connection: zbus::Connection,
    messages: MessageStream,
}

impl Program {
    /// The next method call.
    pub(crate) async fn called(&mut self) -> Message {
        loop {
            let message = zbus_next(&mut self.messages).await;
            if message.message_type() == zbus::message::Type::MethodCall {
                return message;
            }
        }
    }
}

async fn zbus_next(messages: &mut MessageStream) -> Message {
    use zbus::export::futures_core::Stream as _;
    let mut messages = std::pin::Pin::new(messages);
    let next = std::future::poll_fn(|context| messages.as_mut().poll_next(context));
    next.await.expect("a message").unwrap()
}

/// A signal. `sender` is normally set by the bus.
pub(crate) fn signal<B: Serialize + DynamicType>(
    sender: &str,
    path: &str,
    interface: &str,
    member: &str,
    body: &B,
) -> Message {
    let signal = Message::signal(path, interface, member).sender(sender);
    signal.build(body).unwrap()
}

/// The reply of the bus itself to the call of this serial number.
pub(crate) fn reply<B: Serialize + DynamicType>(serial: NonZeroU32, body: &B) -> Message {
    let call = Message::method_call("/", "Any").serial(serial).build(&());
    Message::method_return(&call.unwrap().header())
        .sender(super::BUS)
        .build(body)
        .unwrap()
}

/// A bus that sends the bytes of the test.
pub(crate) struct RawPeer(UnixStream);

impl RawPeer {
    pub(crate) async fn send(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            self.0.writable().await.unwrap();
            if let Ok(count) = self.0.try_write(bytes) {
                bytes = &bytes[count..];
            }
        }
    }
}

/// A connection to such a bus, up to the reply to `Hello`.
pub(crate) async fn raw_bus() -> (Bus, RawPeer) {
    let home = TempDir::new().unwrap();
    let path = home.path().join("bus");
    let listener = UnixListener::bind(&path).unwrap();
    let peer = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        let mut received = Vec::new();
        while !received.windows(5).any(|window| window == b"Hello") {
            peer.read_buf(&mut received).await.unwrap();
        }
        peer.write_all(b"OK 0123456789abcdef0123456789abcdef\r\n")
            .await
            .unwrap();
        peer.write_all(reply(SERIAL, &":1.2").data()).await.unwrap();
        RawPeer(peer)
    };
    let (bus, peer) = tokio::join!(Bus::connect(&path), peer);
    (bus.unwrap(), peer)
}
