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
use crate::store::regular::{self, Links};
use macveil_core::machine::iwd::{IwdEvent, Request};

/// iwd's name on the bus.
pub(crate) const IWD: &str = "net.connman.iwd";
const DAEMON: Object<'static> = Object {
    destination: IWD,
    path: "/net/connman/iwd",
    interface: "net.connman.iwd.Daemon",
};
pub(crate) const OBJECT_MANAGER: Object<'static> = Object {
    destination: IWD,
    path: "/",
    interface: objects::MANAGER,
};
/// Of iwd's main.conf, in bytes.
const MAX_MAIN_CONF: u64 = 1024 * 1024;
/// After a failed connection to the bus.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// Runs until `requests` is closed. Dropping the future leaves only changed iwd files behind.
///
/// Reports events through `emit`.
///
/// # Panics
///
/// Outside a tokio runtime with its I/O and time drivers enabled.
pub async fn run(
    target: Target,
    mut requests: UnboundedReceiver<Request>,
    mut emit: impl FnMut(IwdEvent),
) {
    let mut watcher = SocketWatcher::new(target.root.join(SYSTEM_BUS));
    let mut client = Client::new(target);
    loop {
        let bus = select! {
            bus = connect(&mut watcher) => bus,
            request = requests.recv() => match request {
                Some(request) => {
                    emit(client.serve_without_iwd(request));
                    continue;
                }
                None => return,
            },
        };
        match client.serve_all(bus, &mut requests, &mut emit).await {
            Ok(()) => return,
            Err(error) => {
                debug!("the system bus: {error}");
                client.lose_iwd(&mut emit);
                sleep(RECONNECT_DELAY).await;
            }
        }
    }
}

/// Waits for the bus and connects to it.
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
                sleep(RECONNECT_DELAY).await;
            }
        }
    }
}

/// A call that awaits a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PendingCall {
    Owner,
    Info,
    Objects,
    /// A request from the machine.
    Request,
}

struct Client {
    target: Target,
    /// iwd's unique name, to ignore signals and replies of other programs.
    iwd: Option<String>,
    pending: Vec<(NonZeroU32, PendingCall)>,
    objects: Objects,
    /// Whether iwd's objects are known.
    is_loaded: bool,
    addresses: Option<Addresses>,
}

impl Client {
    fn new(target: Target) -> Self {
        Self {
            target,
            iwd: None,
            pending: Vec::new(),
            objects: Objects::default(),
            is_loaded: false,
            addresses: None,
        }
    }

    /// Runs until the request channel closes (`Ok`) or the connection ends.
    async fn serve_all(
        &mut self,
        mut bus: Bus,
        requests: &mut UnboundedReceiver<Request>,
        emit: &mut impl FnMut(IwdEvent),
    ) -> zbus::Result<()> {
        self.subscribe(&bus).await?;
        loop {
            select! {
                message = bus.next() => self.receive(&message?, &bus, emit).await?,
                request = requests.recv() => match request {
                    Some(request) => self.serve(request, &bus, emit).await?,
                    None => return Ok(()),
                },
                () = changed(self.addresses.as_ref()) => {
                    // First, so that no change is missed.
                    self.addresses.iter_mut().for_each(Addresses::watch);
                    self.report_known(emit);
                }
            }
        }
    }

    /// Subscribes to all signals and requests iwd's unique name.
    async fn subscribe(&mut self, bus: &Bus) -> zbus::Result<()> {
        bus.watch_owner(IWD).await?;
        for interface in [objects::MANAGER, objects::PROPERTIES] {
            bus.subscribe(IWD, &format!("interface='{interface}'"))
                .await?;
        }
        let serial = bus.call_bus("GetNameOwner", IWD).await?;
        self.pending.push((serial, PendingCall::Owner));
        Ok(())
    }

    async fn receive(
        &mut self,
        message: &Message,
        bus: &Bus,
        emit: &mut impl FnMut(IwdEvent),
    ) -> zbus::Result<()> {
        if is_from(message, BUS) {
            return self.receive_from_bus(message, bus, emit).await;
        }
        if !self.iwd.as_ref().is_some_and(|iwd| is_from(message, iwd)) {
            return Ok(());
        }
        match message.message_type() {
            Type::Signal => self.receive_signal(message, emit),
            Type::MethodReturn | Type::Error => self.receive_reply(message, emit),
            Type::MethodCall => {}
        }
        Ok(())
    }

    async fn receive_from_bus(
        &mut self,
        message: &Message,
        bus: &Bus,
        emit: &mut impl FnMut(IwdEvent),
    ) -> zbus::Result<()> {
        let owner = match owner_change(message) {
            Some((name, owner)) if name == IWD => owner,
            Some(_) => return Ok(()),
            None => match self.take_pending(message) {
                Some(PendingCall::Owner) if message.message_type() == Type::MethodReturn => {
                    message.body().deserialize().ok()
                }
                // The bus itself replies to calls to an iwd that has exited.
                _ => return Ok(()),
            },
        };
        if self.iwd == owner {
            return Ok(());
        }
        self.lose_iwd(emit);
        self.iwd = owner;
        if self.iwd.is_some() {
            self.query(bus).await?;
        }
        Ok(())
    }

    /// Queries a new iwd for its state directory and objects.
    async fn query(&mut self, bus: &Bus) -> zbus::Result<()> {
        for (object, method, call) in [
            (DAEMON, "GetInfo", PendingCall::Info),
            (OBJECT_MANAGER, "GetManagedObjects", PendingCall::Objects),
        ] {
            let serial = bus.call(object, method, &()).await?;
            self.pending.push((serial, call));
        }
        Ok(())
    }

    fn lose_iwd(&mut self, emit: &mut impl FnMut(IwdEvent)) {
        self.pending.clear();
        self.objects = Objects::default();
        self.is_loaded = false;
        if self.iwd.take().is_some() {
            emit(IwdEvent::Vanished);
        }
    }

    fn take_pending(&mut self, reply: &Message) -> Option<PendingCall> {
        let serial = reply.header().reply_serial()?;
        let place = self.pending.iter().position(|(call, _)| *call == serial)?;
        Some(self.pending.swap_remove(place).1)
    }

    fn receive_reply(&mut self, reply: &Message, emit: &mut impl FnMut(IwdEvent)) {
        let Some(call) = self.take_pending(reply) else {
            return;
        };
        let header = reply.header();
        let error = header.error_name().map(ToString::to_string);
        match (call, error) {
            (PendingCall::Info, _) => self.open_files(reply),
            (PendingCall::Objects, None) => match self.objects.load(reply) {
                Ok(()) => self.report_all(emit),
                Err(error) => debug!("iwd's objects: {error}"),
            },
            (PendingCall::Objects, Some(error)) => debug!("iwd's objects: {error}"),
            (PendingCall::Request, Some(why)) => emit(IwdEvent::Refused { why }),
            (PendingCall::Request, None) | (PendingCall::Owner, _) => {}
        }
    }

    /// Reports all state after iwd's objects arrived.
    fn report_all(&mut self, emit: &mut impl FnMut(IwdEvent)) {
        self.is_loaded = true;
        emit(self.appeared());
        self.report_known(emit);
        self.report_station(emit);
    }

    /// Opens iwd's state directory from the reply to `GetInfo`, which can be an error.
    fn open_files(&mut self, reply: &Message) {
        let body = reply.body();
        let info = body.deserialize::<BTreeMap<&str, Variant<'_>>>();
        let directory = match info.as_ref().map(|info| info.get("StateDirectory")) {
            Ok(Some(Variant::Str(directory))) => Path::new(directory.as_str()),
            Ok(_) => Path::new(STATE_DIRECTORY),
            Err(error) => {
                debug!("iwd's files: {error}; using {STATE_DIRECTORY}");
                Path::new(STATE_DIRECTORY)
            }
        };
        self.addresses = Some(self.files_in(directory));
    }

    fn files_in(&self, directory: &Path) -> Addresses {
        let below_root = directory.strip_prefix("/").unwrap_or(directory);
        let directory = self.target.root.join(below_root);
        Addresses::new(directory, self.target.saved_settings.clone())
    }

    fn appeared(&self) -> IwdEvent {
        let path = self.target.root.join(main_conf::FILE);
        let text = match regular::read_text(&path, Links::Follow, MAX_MAIN_CONF) {
            Ok(text) => text,
            Err(error) => {
                debug!("{}: {error}", path.display());
                String::new()
            }
        };
        IwdEvent::Appeared {
            obstacle: main_conf::obstacle(&text),
            random_scans: main_conf::disabled_scan_randomization(&text).is_none(),
        }
    }

    fn receive_signal(&mut self, signal: &Message, emit: &mut impl FnMut(IwdEvent)) {
        let subjects = self.objects.receive(signal);
        if subjects.known {
            self.report_known(emit);
        }
        if subjects.station {
            self.report_station(emit);
        }
    }

    fn report_known(&self, emit: &mut impl FnMut(IwdEvent)) {
        let known = self
            .addresses
            .as_ref()
            .filter(|_| self.is_loaded)
            .map(Addresses::known);
        match known {
            Some(Ok(known)) => emit(IwdEvent::Known(known)),
            Some(Err(error)) => emit(IwdEvent::Unreadable {
                // A rule of the sandbox is for the directory that was there at the start.
                why: format!(
                    "{error}; no network is joined until macveil can; if it was made again, restart macveil, then iwd"
                ),
            }),
            None => {}
        }
    }

    fn report_station(&self, emit: &mut impl FnMut(IwdEvent)) {
        if self.is_loaded {
            let station = self.objects.station(&self.target.ifname);
            emit(IwdEvent::Station(station.map(|(_, state)| state)));
        }
    }

    async fn serve(
        &mut self,
        request: Request,
        bus: &Bus,
        emit: &mut impl FnMut(IwdEvent),
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
                emit(self.serve_without_iwd(request));
                return Ok(());
            }
        };
        let object = Object {
            destination: IWD,
            path: &path,
            interface,
        };
        let serial = bus.call(object, method, &()).await?;
        self.pending.push((serial, PendingCall::Request));
        Ok(())
    }

    /// Executes requests that do not need a running iwd; all others fail.
    fn serve_without_iwd(&self, request: Request) -> IwdEvent {
        let addresses = self.addresses.as_ref();
        match request {
            Request::Write { network, address } => {
                let unknown = || Err("iwd's state directory is not known yet".to_owned());
                let result = addresses.map_or_else(unknown, |files| files.write(&network, address));
                IwdEvent::Written { network, result }
            }
            Request::Restore => {
                match addresses {
                    Some(addresses) => addresses.restore(),
                    // An earlier macveil may have changed files.
                    None => self.files_in(Path::new(STATE_DIRECTORY)).restore(),
                }
                IwdEvent::Released
            }
            Request::Disconnect | Request::Connect(_) | Request::Scan => IwdEvent::Refused {
                why: "iwd is not running".to_owned(),
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
