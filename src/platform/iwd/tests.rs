//! Conversations, with a bus and an iwd that say what the test says.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;

use super::{Target, run};
use crate::platform::dbus::testing::{Body, answer, error, signal};
use crate::platform::dbus::{BUS, Message, SYSTEM_BUS};
use macveil_core::machine::{Doing, Event, IwdEvent, IwdPhase, IwdRequest, Joining, NetworkId};
use macveil_core::types::{Mac, Ssid};

const IWD: &str = ":1.7";
const CARD: &str = "/net/connman/iwd/0/3";
const STATION: &str = "net.connman.iwd.Station";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const GOOD: &str = "[General]\nAddressRandomization=network\n";
const ADDRESS: Mac = Mac([2, 0, 0, 0, 0, 7]);

struct Bench {
    home: TempDir,
    listener: UnixListener,
    requests: UnboundedSender<IwdRequest>,
    heard: UnboundedReceiver<IwdEvent>,
}

/// The bus's end of a conversation.
struct Bus {
    stream: UnixStream,
    received: Vec<u8>,
}

impl Bench {
    fn root(&self) -> PathBuf {
        self.home.path().to_owned()
    }

    async fn next(&mut self) -> IwdEvent {
        self.heard.recv().await.expect("it goes on")
    }

    /// The next that is about something else than files.
    async fn next_but_known(&mut self) -> IwdEvent {
        loop {
            match self.next().await {
                IwdEvent::Known(_) => {}
                other => return other,
            }
        }
    }

    /// A bus on which iwd is, up to the point at which the station is known.
    async fn met(&mut self) -> Bus {
        let mut bus = self.greeted().await;
        bus.say(&answer(BUS, 5, &Body::default().text(IWD).bytes()))
            .await;
        bus.introduces_iwd(6).await;
        bus
    }

    async fn greeted(&self) -> Bus {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let mut received = Vec::new();
        let begin = b"BEGIN\r\n";
        let end = loop {
            stream.read_buf(&mut received).await.unwrap();
            let mut windows = received.windows(begin.len());
            if let Some(at) = windows.position(|window| window == begin) {
                break at + begin.len();
            }
        };
        received.drain(..end);
        let mut bus = Bus { stream, received };
        bus.say(b"OK 0123456789abcdef\r\n").await;
        for member in ["Hello", "AddMatch", "AddMatch", "AddMatch", "GetNameOwner"] {
            assert_eq!(bus.called().await.member, member);
        }
        bus
    }
}

impl Bus {
    async fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    async fn called(&mut self) -> Message {
        loop {
            if let Some(message) = Message::take_next(&mut self.received) {
                return message;
            }
            self.stream.read_buf(&mut self.received).await.unwrap();
        }
    }

    /// Answers what is asked of an iwd that has appeared; `serial` is the first question's.
    async fn introduces_iwd(&mut self, serial: u32) {
        assert_eq!(self.called().await.member, "GetInfo");
        assert_eq!(self.called().await.member, "GetManagedObjects");
        let info = Body::default().properties(|them| {
            them.property("StateDirectory", "s", |it| it.text("/var/lib/elsewhere"))
        });
        self.say(&answer(IWD, serial, &info.bytes())).await;
        let objects = Body::default().array(8, |all| {
            all.align(8).text(CARD).array(8, |interfaces| {
                let device = interfaces.align(8).text("net.connman.iwd.Device");
                let device =
                    device.properties(|them| them.property("Name", "s", |it| it.text("wlan0")));
                let station = device.align(8).text(STATION);
                station.properties(|them| them.property("State", "s", |it| it.text("disconnected")))
            })
        });
        self.say(&answer(IWD, serial + 1, &objects.bytes())).await;
    }

    async fn says_state(&mut self, sender: &str, state: &str) {
        let body = Body::default()
            .text(STATION)
            .properties(|them| them.property("State", "s", |it| it.text(state)))
            .array(4, |none| none);
        let bytes = signal(sender, CARD, PROPERTIES, "PropertiesChanged", &body.bytes());
        self.say(&bytes).await;
    }

    async fn says_owner(&mut self, owner: &str) {
        let body = Body::default().text("net.connman.iwd").text("").text(owner);
        let path = "/org/freedesktop/DBus";
        let bytes = signal(BUS, path, BUS, "NameOwnerChanged", &body.bytes());
        self.say(&bytes).await;
    }
}

fn home() -> NetworkId {
    NetworkId {
        ssid: Ssid::new(b"Home").unwrap(),
        joining: Joining::Psk,
    }
}

/// Plays a bus, with a network that iwd knows and this `main.conf`.
fn beside<F: Future<Output = ()>>(main_conf: &str, play: impl FnOnce(Bench) -> F) {
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let home = tempfile::tempdir().unwrap();
    let root = home.path().to_owned();
    for directory in ["run/dbus", "etc/iwd", "var/lib/elsewhere"] {
        fs::create_dir_all(root.join(directory)).unwrap();
    }
    fs::write(root.join("etc/iwd/main.conf"), main_conf).unwrap();
    fs::write(root.join("var/lib/elsewhere/Home.psk"), "").unwrap();
    tokio.block_on(async {
        let (requests, wanted) = mpsc::unbounded_channel();
        let (told, heard) = mpsc::unbounded_channel();
        let target = Target {
            ifname: "wlan0".to_owned(),
            root: root.clone(),
            originals: root.join("originals"),
        };
        let tell = move |event| match event {
            Event::Iwd(news) => told.send(news).unwrap(),
            other => panic!("not of iwd: {other:?}"),
        };
        let bench = Bench {
            listener: UnixListener::bind(root.join(SYSTEM_BUS)).unwrap(),
            home,
            requests,
            heard,
        };
        let test = timeout(Duration::from_secs(10), play(bench));
        tokio::select! {
            () = run(target, wanted, tell) => panic!("it ended"),
            outcome = test => outcome.expect("it was told in time"),
        }
    });
}

/// It is as it should be.
const APPEARED: IwdEvent = IwdEvent::Appeared {
    obstacle: None,
    random_scans: true,
};

#[test]
fn an_iwd_that_is_there_is_met_and_followed() {
    beside(GOOD, |mut bench| async move {
        let mut bus = bench.met().await;
        assert_eq!(bench.next().await, APPEARED);
        match bench.next().await {
            IwdEvent::Known(known) => assert_eq!(known[0].id, home()),
            other => panic!("{other:?}"),
        }
        let doing = Doing::default();
        assert_eq!(bench.next().await, IwdEvent::Station(Some(doing)));
        // Anybody may send us signals.
        bus.says_state(":1.9", "connected").await;
        bus.says_state(IWD, "connecting").await;
        let doing = Doing {
            phase: IwdPhase::Connecting,
            ..Doing::default()
        };
        assert_eq!(bench.next().await, IwdEvent::Station(Some(doing)));
        bus.says_owner("").await;
        assert_eq!(bench.next().await, IwdEvent::Vanished);
        bus.says_owner(IWD).await;
        bus.introduces_iwd(8).await;
        assert_eq!(bench.next().await, APPEARED);
    });
}

#[test]
fn an_iwd_that_uses_no_addresses_is_told_of_with_the_remedy() {
    beside("", |mut bench| async move {
        bench.met().await;
        let IwdEvent::Appeared {
            obstacle: Some(why),
            ..
        } = bench.next().await
        else {
            panic!("there is an obstacle");
        };
        assert!(why.contains("AddressRandomization=network"), "{why}");
    });
}

#[test]
fn what_is_asked_for_is_called_and_what_iwd_refuses_is_told() {
    beside(GOOD, |mut bench| async move {
        let mut bus = bench.met().await;
        for _ in 0..3 {
            bench.next().await;
        }
        let network = format!("{CARD}/486f6d65_psk");
        for (serial, request, path, interface, member) in [
            (8, IwdRequest::Scan, CARD, STATION, "Scan"),
            (9, IwdRequest::Disconnect, CARD, STATION, "Disconnect"),
            (
                10,
                IwdRequest::Connect(home()),
                &network,
                "net.connman.iwd.Network",
                "Connect",
            ),
        ] {
            bench.requests.send(request).unwrap();
            let call = bus.called().await;
            assert_eq!(
                (&*call.path, &*call.interface, &*call.member),
                (path, interface, member)
            );
            bus.say(&error(IWD, serial, "net.connman.iwd.Busy")).await;
            let why = "net.connman.iwd.Busy".to_owned();
            assert_eq!(bench.next_but_known().await, IwdEvent::Refused { why });
        }
        bench.requests.send(IwdRequest::Scan).unwrap();
        bus.called().await;
        bus.say(&answer(IWD, 11, b"")).await;
        bus.says_state(IWD, "connected").await;
        let next = bench.next_but_known().await;
        assert!(matches!(next, IwdEvent::Station(Some(_))), "{next:?}");
    });
}

#[test]
fn addresses_are_written_and_files_that_change_are_read_again() {
    beside(GOOD, |mut bench| async move {
        let _bus = bench.met().await;
        for _ in 0..3 {
            bench.next().await;
        }
        let (network, address) = (home(), ADDRESS);
        bench
            .requests
            .send(IwdRequest::Write { network, address })
            .unwrap();
        let (network, result) = (home(), Ok(()));
        let written = IwdEvent::Written { network, result };
        assert_eq!(bench.next_but_known().await, written);
        let file = bench.root().join("var/lib/elsewhere/Home.psk");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("AddressOverride=02:00:00:00:00:07"), "{text}");
        fs::write(&file, "[Settings]\nAutoConnect=false\n").unwrap();
        loop {
            match bench.next().await {
                IwdEvent::Known(known) if !known[0].autoconnect => break,
                _ => {}
            }
        }
        bench.requests.send(IwdRequest::Restore).unwrap();
        assert_eq!(bench.next_but_known().await, IwdEvent::Released);
        assert!(!bench.root().join("originals").exists());
    });
}

#[test]
fn without_a_bus_nothing_is_done_but_what_needs_none() {
    beside(GOOD, |mut bench| async move {
        drop(bench.greeted().await);
        bench.requests.send(IwdRequest::Scan).unwrap();
        let why = "iwd is gone".to_owned();
        assert_eq!(bench.next().await, IwdEvent::Refused { why });
        bench.requests.send(IwdRequest::Restore).unwrap();
        assert_eq!(bench.next().await, IwdEvent::Released);
    });
}
