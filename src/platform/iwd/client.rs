//! The connection to iwd about one interface.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use tokio::select;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;
use tracing::debug;
use zbus::message::Type;
use zbus::{Message, Variant};

use super::addresses::Addresses;
use super::objects::{self, Objects};
use super::{STATE_DIRECTORY, Target};
use crate::platform::dbus::{BUS, Bus, Object, SYSTEM_BUS, is_from, owner_change};
use crate::platform::iwd_main_conf as main_conf;
use crate::platform::socket_watcher::{SocketState, SocketWatcher};
use macveil_core::machine::iwd::{IwdEvent, Request};

/// Its name on the bus.
const IWD: &str = "net.connman.iwd";
const DAEMON: Object<'static> = Object {
    destination: IWD,
    path: "/net/connman/iwd",
    interface: "net.connman.iwd.Daemon",
};
const OBJECT_MANAGER: Object<'static> = Object {
    destination: IWD,
    path: "/",
    interface: objects::OBJECT_MANAGER,
};
/// After a failed connection.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

/// Runs until `requests` is closed; dropping it at any time leaves nothing behind but what iwd's files say.
///
/// Reports through `tell`.
///
/// # Panics
///
/// Outside a tokio runtime with its I/O and time drivers enabled.
pub async fn run(
    target: Target,
    mut requests: UnboundedReceiver<Request>,
    mut tell: impl FnMut(IwdEvent),
) {
    let mut watcher = SocketWatcher::new(target.root.join(SYSTEM_BUS));
    let mut client = Client::new(target);
    loop {
        let bus = select! {
            bus = connect(&mut watcher) => bus,
            request = requests.recv() => match request {
                Some(request) => {
                    tell(client.serve_alone(request));
                    continue;
                }
                None => return,
            },
        };
        match client.serve_all(bus, &mut requests, &mut tell).await {
            Ok(()) => return,
            Err(error) => {
                debug!("the system bus: {error}");
                client.lose_iwd(&mut tell);
                sleep(RECONNECT_PAUSE).await;
            }
        }
    }
}

/// Waits until there is a bus, and connects to it.
async fn connect(watcher: &mut SocketWatcher) -> Bus {
    loop {
        if !matches!(watcher.state(), SocketState::Socket(_)) {
            watcher.changed().await;
            continue;
        }
        match Bus::connect(watcher.socket()).await {
            Ok(bus) => return bus,
            Err(error) => {
                debug!("the system bus: {error}");
                sleep(RECONNECT_PAUSE).await;
            }
        }
    }
}

/// Which call a reply is expected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PendingCall {
    Owner,
    Info,
    Objects,
    /// One of the supervisor's requests.
    Request,
}

struct Client {
    target: Target,
    /// iwd's unique name: signals and replies of other programs do not count.
    iwd: Option<String>,
    pending: BTreeMap<NonZeroU32, PendingCall>,
    objects: Objects,
    /// iwd's objects are known.
    is_loaded: bool,
    addresses: Option<Addresses>,
}

impl Client {
    fn new(target: Target) -> Self {
        Self {
            target,
            iwd: None,
            pending: BTreeMap::new(),
            objects: Objects::default(),
            is_loaded: false,
            addresses: None,
        }
    }

    /// Runs until the requests end, which is no error, or the connection.
    async fn serve_all(
        &mut self,
        mut bus: Bus,
        requests: &mut UnboundedReceiver<Request>,
        tell: &mut impl FnMut(IwdEvent),
    ) -> zbus::Result<()> {
        self.subscribe(&bus).await?;
        loop {
            select! {
                message = bus.next() => self.receive(&message?, &bus, tell).await?,
                request = requests.recv() => match request {
                    Some(request) => self.serve(request, &bus, tell).await?,
                    None => return Ok(()),
                },
                () = changed(self.addresses.as_ref()) => self.tell_known(tell),
            }
        }
    }

    /// Subscribes to everything, and asks for iwd's unique name.
    async fn subscribe(&mut self, bus: &Bus) -> zbus::Result<()> {
        bus.watch_owner(IWD).await?;
        for interface in [objects::OBJECT_MANAGER, objects::PROPERTIES] {
            bus.subscribe(IWD, &format!("interface='{interface}'"))
                .await?;
        }
        let serial = bus.call_bus("GetNameOwner", IWD).await?;
        self.pending.insert(serial, PendingCall::Owner);
        Ok(())
    }

    async fn receive(
        &mut self,
        message: &Message,
        bus: &Bus,
        tell: &mut impl FnMut(IwdEvent),
    ) -> zbus::Result<()> {
        if is_from(message, BUS) {
            return self.receive_from_bus(message, bus, tell).await;
        }
        if !self.iwd.as_ref().is_some_and(|iwd| is_from(message, iwd)) {
            return Ok(());
        }
        match message.message_type() {
            Type::Signal => self.receive_signal(message, tell),
            Type::MethodReturn | Type::Error => self.receive_reply(message, tell),
            Type::MethodCall => {}
        }
        Ok(())
    }

    async fn receive_from_bus(
        &mut self,
        message: &Message,
        bus: &Bus,
        tell: &mut impl FnMut(IwdEvent),
    ) -> zbus::Result<()> {
        let owner = match owner_change(message) {
            Some((name, owner)) if name == IWD => owner,
            Some(_) => return Ok(()),
            None => match self.take_pending(message) {
                Some(PendingCall::Owner) if message.message_type() == Type::MethodReturn => {
                    message.body().deserialize().ok()
                }
                // Replies for an iwd that has ended come from the bus.
                _ => return Ok(()),
            },
        };
        if self.iwd == owner {
            return Ok(());
        }
        self.lose_iwd(tell);
        self.iwd = owner;
        if self.iwd.is_some() {
            self.query(bus).await?;
        }
        Ok(())
    }

    /// Asks an iwd that has appeared for everything that has to be known.
    async fn query(&mut self, bus: &Bus) -> zbus::Result<()> {
        for (object, method, call) in [
            (DAEMON, "GetInfo", PendingCall::Info),
            (OBJECT_MANAGER, "GetManagedObjects", PendingCall::Objects),
        ] {
            let serial = bus.call(object, method, &()).await?;
            self.pending.insert(serial, call);
        }
        Ok(())
    }

    fn lose_iwd(&mut self, tell: &mut impl FnMut(IwdEvent)) {
        self.pending.clear();
        self.objects = Objects::default();
        self.is_loaded = false;
        if self.iwd.take().is_some() {
            tell(IwdEvent::Vanished);
        }
    }

    fn take_pending(&mut self, reply: &Message) -> Option<PendingCall> {
        self.pending.remove(&reply.header().reply_serial()?)
    }

    fn receive_reply(&mut self, reply: &Message, tell: &mut impl FnMut(IwdEvent)) {
        let Some(call) = self.take_pending(reply) else {
            return;
        };
        let header = reply.header();
        let error = header.error_name().map(ToString::to_string);
        match (call, error) {
            (PendingCall::Info, _) => self.open_files(reply),
            (PendingCall::Objects, None) => match self.objects.load(reply) {
                Ok(()) => self.report_all(tell),
                Err(error) => debug!("iwd's objects: {error}"),
            },
            (PendingCall::Objects, Some(error)) => debug!("iwd's objects: {error}"),
            (PendingCall::Request, Some(why)) => tell(IwdEvent::Refused { why }),
            (PendingCall::Request, None) | (PendingCall::Owner, _) => {}
        }
    }

    /// iwd's objects have arrived.
    fn report_all(&mut self, tell: &mut impl FnMut(IwdEvent)) {
        self.is_loaded = true;
        tell(self.introduction());
        self.tell_known(tell);
        self.tell_station(tell);
    }

    /// Finds iwd's files by the reply to `GetInfo`, which can be an error.
    fn open_files(&mut self, reply: &Message) {
        let body = reply.body();
        let info = body.deserialize::<BTreeMap<&str, Variant<'_>>>();
        let directory = match info.as_ref().map(|info| info.get("StateDirectory")) {
            Ok(Some(Variant::Str(directory))) => Path::new(directory.as_str()),
            Ok(_) => Path::new(STATE_DIRECTORY),
            Err(error) => {
                debug!("iwd's files: {error}: using {STATE_DIRECTORY}");
                Path::new(STATE_DIRECTORY)
            }
        };
        self.addresses = Some(self.files_in(directory));
    }

    fn files_in(&self, directory: &Path) -> Addresses {
        let below_root = directory.strip_prefix("/").unwrap_or(directory);
        let directory = self.target.root.join(below_root);
        Addresses::new(directory, self.target.originals.clone())
    }

    fn introduction(&self) -> IwdEvent {
        let path = self.target.root.join(main_conf::FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                debug!("{}: {error}", path.display());
                String::new()
            }
        };
        let files = self.addresses.as_ref().map(Addresses::known);
        let unreadable = match files {
            Some(Err(error)) => Some(format!("not managed, unprotected: {error}")),
            _ => None,
        };
        IwdEvent::Appeared {
            obstacle: main_conf::obstacle(&text).or(unreadable),
            random_scans: main_conf::disabled_scan_randomization(&text).is_none(),
        }
    }

    fn receive_signal(&mut self, signal: &Message, tell: &mut impl FnMut(IwdEvent)) {
        let subjects = self.objects.receive(signal);
        if subjects.known {
            self.tell_known(tell);
        }
        if subjects.station {
            self.tell_station(tell);
        }
    }

    fn tell_known(&self, tell: &mut impl FnMut(IwdEvent)) {
        let known = self
            .addresses
            .as_ref()
            .filter(|_| self.is_loaded)
            .map(Addresses::known);
        match known {
            Some(Ok(known)) => tell(IwdEvent::Known(known)),
            Some(Err(error)) => debug!("{error}"),
            None => {}
        }
    }

    fn tell_station(&self, tell: &mut impl FnMut(IwdEvent)) {
        if self.is_loaded {
            let station = self.objects.station(&self.target.ifname);
            tell(IwdEvent::Station(station.map(|(_, doing)| doing)));
        }
    }

    async fn serve(
        &mut self,
        request: Request,
        bus: &Bus,
        tell: &mut impl FnMut(IwdEvent),
    ) -> zbus::Result<()> {
        let station = self.objects.station(&self.target.ifname);
        let device = station.map(|(path, _)| path.to_owned());
        let (path, interface, method) = match (&request, device) {
            (Request::Disconnect, Some(device)) => (device, objects::STATION, "Disconnect"),
            (Request::Scan, Some(device)) => (device, objects::STATION, "Scan"),
            (Request::Connect(network), Some(device)) => {
                let path = self.objects.path_of(&device, network);
                (path, objects::NETWORK, "Connect")
            }
            _ => {
                tell(self.serve_alone(request));
                return Ok(());
            }
        };
        let object = Object {
            destination: IWD,
            path: &path,
            interface,
        };
        let serial = bus.call(object, method, &()).await?;
        self.pending.insert(serial, PendingCall::Request);
        Ok(())
    }

    /// Carries out what needs no iwd.
    fn serve_alone(&self, request: Request) -> IwdEvent {
        let addresses = self.addresses.as_ref();
        match request {
            Request::Write { network, address } => {
                let nowhere = || Err("iwd has not said where its files are".to_owned());
                let result = addresses.map_or_else(nowhere, |it| it.write(&network, address));
                IwdEvent::Written { network, result }
            }
            Request::Restore => {
                match addresses {
                    Some(addresses) => addresses.release(),
                    // An earlier macveil may have changed something.
                    None => self.files_in(Path::new(STATE_DIRECTORY)).release(),
                }
                IwdEvent::Released
            }
            Request::Disconnect | Request::Connect(_) | Request::Scan => IwdEvent::Refused {
                why: "iwd is gone".to_owned(),
            },
        }
    }
}

async fn changed(addresses: Option<&Addresses>) {
    match addresses {
        Some(addresses) => addresses.changed().await,
        None => std::future::pending().await,
    }
}
