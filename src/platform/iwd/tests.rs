//! Tests of the client with a private bus and a scripted iwd.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use zbus::{Message, ObjectPath, Variant};

use super::{Target, run};
use crate::platform::dbus::testing::{PrivateBus, Program, on_tokio};
use macveil_core::machine::iwd::{
    IwdEvent, Joining, NetworkId, Request, StationPhase, StationState,
};
use macveil_core::types::{Mac, Ssid};

const IWD: &str = "net.connman.iwd";
const CARD: &str = "/net/connman/iwd/0/3";
const DEVICE: &str = "net.connman.iwd.Device";
const STATION: &str = "net.connman.iwd.Station";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const GOOD: &str = "[General]\nAddressRandomization=network\n";
const ADDRESS: Mac = Mac([2, 0, 0, 0, 0, 7]);

/// The report for an iwd without problems.
const APPEARED: IwdEvent = IwdEvent::Appeared {
    obstacle: None,
    random_scans: true,
};

struct Bench {
    home: TempDir,
    bus: PrivateBus,
    requests: UnboundedSender<Request>,
    reports: UnboundedReceiver<IwdEvent>,
}

impl Bench {
    fn root(&self) -> PathBuf {
        self.home.path().to_owned()
    }

    async fn next(&mut self) -> IwdEvent {
        self.reports.recv().await.expect("a report")
    }

    /// The next report about something other than files.
    async fn next_but_known(&mut self) -> IwdEvent {
        loop {
            match self.next().await {
                IwdEvent::Known(_) => {}
                other => return other,
            }
        }
    }

    /// Starts an iwd that replies to the client's queries.
    async fn start_iwd(&self) -> Iwd {
        let mut iwd = Iwd(self.bus.program(Some(IWD)).await);
        let info = BTreeMap::from([("StateDirectory", Variant::from("/var/lib/elsewhere"))]);
        let call = iwd.called("GetInfo").await;
        iwd.reply(&call, &info).await;
        let device = BTreeMap::from([("Name", Variant::from("wlan0"))]);
        let station = BTreeMap::from([("State", Variant::from("disconnected"))]);
        let objects = BTreeMap::from([(
            ObjectPath::try_from(CARD).unwrap(),
            BTreeMap::from([(DEVICE, device), (STATION, station)]),
        )]);
        let call = iwd.called("GetManagedObjects").await;
        iwd.reply(&call, &objects).await;
        iwd
    }

    /// Starts an iwd, up to the point at which its station is known.
    async fn start(&mut self) -> Iwd {
        let iwd = self.start_iwd().await;
        assert_eq!(self.next_but_known().await, APPEARED);
        let station = IwdEvent::Station(Some(StationState::default()));
        assert_eq!(self.next_but_known().await, station);
        iwd
    }
}

struct Iwd(Program);

impl Iwd {
    async fn called(&mut self, method: &str) -> Message {
        let call = self.0.called().await;
        assert_eq!(call.header().member().unwrap().as_str(), method);
        call
    }

    async fn reply<B>(&self, call: &Message, body: &B)
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        let connection = &self.0.connection;
        connection.reply(&call.header(), body).await.unwrap();
    }

    async fn refuse(&self, call: &Message, error: &str) {
        let (connection, call) = (&self.0.connection, call.header());
        connection.reply_error(&call, error, &()).await.unwrap();
    }
}

/// Sends the station's state from any program.
async fn send_state(program: &Program, client: Option<&str>, state: &str) {
    let properties = BTreeMap::from([("State", Variant::from(state))]);
    let body = (STATION, properties, &[] as &[&str]);
    program
        .connection
        .emit_signal(client, CARD, PROPERTIES, "PropertiesChanged", &body)
        .await
        .unwrap();
}

fn home() -> NetworkId {
    NetworkId {
        ssid: Ssid::new(b"Home").unwrap(),
        joining: Joining::Psk,
    }
}

/// Runs a test with a client, a network that iwd knows and this `main.conf`.
fn with_client(main_conf: &str, test: impl AsyncFnOnce(Bench)) {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().to_owned();
    for directory in ["run/dbus", "etc/iwd", "var/lib/elsewhere"] {
        fs::create_dir_all(root.join(directory)).unwrap();
    }
    fs::write(root.join("etc/iwd/main.conf"), main_conf).unwrap();
    fs::write(root.join("var/lib/elsewhere/Home.psk"), "").unwrap();
    on_tokio(async {
        let (requests, wanted) = mpsc::unbounded_channel();
        let (report, reports) = mpsc::unbounded_channel();
        let target = Target {
            ifname: "wlan0".to_owned(),
            root: root.clone(),
            saved_settings: root.join("saved_settings"),
        };
        let emit = move |event| report.send(event).unwrap();
        let bench = Bench {
            bus: PrivateBus::start(&root),
            home,
            requests,
            reports,
        };
        tokio::select! {
            () = run(target, wanted, emit) => panic!("the client ended"),
            () = test(bench) => {}
        }
    });
}

#[test]
fn iwd_is_followed_through_its_restarts() {
    with_client(GOOD, async |mut bench| {
        let iwd = bench.start_iwd().await;
        assert_eq!(bench.next().await, APPEARED);
        match bench.next().await {
            IwdEvent::Known(known) => assert_eq!(known[0].id, home()),
            other => panic!("{other:?}"),
        }
        let state = StationState::default();
        assert_eq!(bench.next().await, IwdEvent::Station(Some(state)));
        send_state(&iwd.0, None, "connecting").await;
        let state = StationState {
            phase: StationPhase::Connecting,
            ..StationState::default()
        };
        assert_eq!(bench.next().await, IwdEvent::Station(Some(state)));
        drop(iwd);
        assert_eq!(bench.next().await, IwdEvent::Vanished);
        bench.start().await;
    });
}

#[test]
fn signals_of_other_programs_are_ignored() {
    with_client(GOOD, async |mut bench| {
        let mut iwd = bench.start().await;
        bench.requests.send(Request::Scan).unwrap();
        let call = iwd.called("Scan").await;
        let client = call.header().sender().unwrap().to_string();
        let other = bench.bus.program(None).await;
        // Any user can send signals to macveil.
        send_state(&other, Some(&client), "connected").await;
        // After this reply, the bus has delivered the signal.
        let name = other.connection.request_name("org.example");
        name.await.unwrap();
        send_state(&iwd.0, None, "disconnecting").await;
        let state = StationState {
            phase: StationPhase::Disconnecting,
            ..StationState::default()
        };
        assert_eq!(bench.next_but_known().await, IwdEvent::Station(Some(state)));
    });
}

#[test]
fn bus_restart_is_reported_as_end_of_iwd() {
    with_client(GOOD, async |mut bench| {
        let iwd = bench.start().await;
        let root = bench.root();
        bench.bus.stop();
        drop(iwd);
        bench.bus = PrivateBus::start(&root);
        assert_eq!(bench.next_but_known().await, IwdEvent::Vanished);
        bench.start().await;
    });
}

#[test]
fn iwd_without_addresses_is_reported_with_the_remedy() {
    with_client("", async |mut bench| {
        let _iwd = bench.start_iwd().await;
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
fn requests_are_sent_and_refusals_reported() {
    with_client(GOOD, async |mut bench| {
        let mut iwd = bench.start().await;
        let network = format!("{CARD}/486f6d65_psk");
        for (request, path, interface, method) in [
            (Request::Scan, CARD, STATION, "Scan"),
            (Request::Disconnect, CARD, STATION, "Disconnect"),
            (
                Request::Connect(home()),
                &network,
                "net.connman.iwd.Network",
                "Connect",
            ),
        ] {
            bench.requests.send(request).unwrap();
            let call = iwd.called(method).await;
            let header = call.header();
            assert_eq!(header.path().unwrap().as_str(), path);
            assert_eq!(header.interface().unwrap().as_str(), interface);
            iwd.refuse(&call, "net.connman.iwd.Busy").await;
            let why = "net.connman.iwd.Busy".to_owned();
            assert_eq!(bench.next_but_known().await, IwdEvent::Refused { why });
        }
        bench.requests.send(Request::Scan).unwrap();
        let call = iwd.called("Scan").await;
        iwd.reply(&call, &()).await;
        send_state(&iwd.0, None, "connected").await;
        let next = bench.next_but_known().await;
        assert!(matches!(next, IwdEvent::Station(Some(_))), "{next:?}");
    });
}

#[test]
fn addresses_are_written_and_changed_files_read_again() {
    with_client(GOOD, async |mut bench| {
        let _iwd = bench.start().await;
        let (network, address) = (home(), ADDRESS);
        bench
            .requests
            .send(Request::Write { network, address })
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
        bench.requests.send(Request::Restore).unwrap();
        assert_eq!(bench.next_but_known().await, IwdEvent::Released);
        assert!(!bench.root().join("saved_settings").exists());
    });
}

#[test]
fn replaced_directory_is_read_again() {
    with_client(GOOD, async |mut bench| {
        let _iwd = bench.start().await;
        let directory = bench.root().join("var/lib/elsewhere");
        let other = bench.root().join("var/lib/other");
        for _ in 0..2 {
            fs::rename(&directory, &other).unwrap();
            loop {
                match bench.next().await {
                    IwdEvent::Unreadable { why } => {
                        assert!(why.contains("restart macveil"), "{why}");
                        break;
                    }
                    other => assert!(matches!(other, IwdEvent::Known(_)), "{other:?}"),
                }
            }
            fs::remove_dir_all(&other).unwrap();
            fs::create_dir(&directory).unwrap();
            fs::write(directory.join("Home.psk"), "").unwrap();
            loop {
                match bench.next().await {
                    IwdEvent::Known(known) if !known.is_empty() => break,
                    _ => {}
                }
            }
        }
    });
}

#[test]
fn requests_without_iwd_are_answered() {
    with_client(GOOD, async |mut bench| {
        let root = bench.root();
        bench.bus.stop();
        fs::remove_file(root.join(crate::platform::dbus::SYSTEM_BUS)).unwrap();
        for _ in 0..2 {
            bench.requests.send(Request::Scan).unwrap();
            let why = "iwd is not running".to_owned();
            assert_eq!(bench.next().await, IwdEvent::Refused { why });
            bench.requests.send(Request::Restore).unwrap();
            assert_eq!(bench.next().await, IwdEvent::Released);
            // Then with a bus, on which there is no iwd.
            bench.bus = PrivateBus::start(&root);
        }
    });
}
