//! A conversation with iwd about one interface.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::select;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;
use tracing::debug;

use super::addresses::Addresses;
use super::objects::{self, Objects};
use super::{STATE_DIRECTORY, Target, main_conf};
use crate::platform::dbus::{BUS, Call, Connection, Kind, Message, SYSTEM_BUS, Value};
use crate::platform::socket_watcher::{Presence, Sight};
use macveil_core::machine::{Event, IwdEvent, IwdRequest};

/// Its name on the bus.
const IWD: &str = "net.connman.iwd";
const DAEMON: &str = "net.connman.iwd.Daemon";
const DAEMON_PATH: &str = "/net/connman/iwd";
/// After a conversation that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs until `requests` is closed; dropping it at any time leaves nothing behind but what iwd's files say.
///
/// Tells [`Event::Iwd`] only.
///
/// # Panics
///
/// Outside a tokio runtime with its I/O and time drivers enabled.
pub async fn run(
    target: Target,
    mut requests: UnboundedReceiver<IwdRequest>,
    mut tell: impl FnMut(Event),
) {
    let mut presence = Presence::new(target.root.join(SYSTEM_BUS));
    let mut client = Client::new(target);
    loop {
        let connection = select! {
            connection = connect(&mut presence) => connection,
            request = requests.recv() => match request {
                Some(request) => {
                    tell(Event::Iwd(client.serve_alone(request)));
                    continue;
                }
                None => return,
            },
        };
        let mut tell = |news| tell(Event::Iwd(news));
        match client.converse(connection, &mut requests, &mut tell).await {
            Ok(()) => return,
            Err(error) => {
                debug!("the system bus: {error}");
                client.part(&mut tell);
                sleep(PAUSE).await;
            }
        }
    }
}

/// Waits until there is a bus to talk to.
async fn connect(presence: &mut Presence) -> Connection {
    loop {
        if !matches!(presence.look(), Sight::Socket(_)) {
            presence.changed().await;
            continue;
        }
        match Connection::open(presence.socket()) {
            Ok(connection) => return connection,
            Err(error) => {
                debug!("the system bus: {error}");
                sleep(PAUSE).await;
            }
        }
    }
}

/// What a call to iwd was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PendingRequest {
    Owner,
    Info,
    Objects,
    /// To do something.
    Deed,
}

struct Client {
    target: Target,
    /// iwd's own name on the bus: signals and answers of others do not count.
    iwd: Option<String>,
    asked: BTreeMap<u32, PendingRequest>,
    objects: Objects,
    /// Everything that was asked when iwd appeared has been answered.
    met: bool,
    addresses: Option<Addresses>,
}

impl Client {
    fn new(target: Target) -> Self {
        Self {
            target,
            iwd: None,
            asked: BTreeMap::new(),
            objects: Objects::default(),
            met: false,
            addresses: None,
        }
    }

    /// Until the requests end, which is no error.
    async fn converse(
        &mut self,
        mut connection: Connection,
        requests: &mut UnboundedReceiver<IwdRequest>,
        tell: &mut impl FnMut(IwdEvent),
    ) -> io::Result<()> {
        self.greet(&mut connection);
        loop {
            select! {
                message = connection.next() => self.hear(&message?, &mut connection, tell),
                request = requests.recv() => match request {
                    Some(request) => self.serve(request, &mut connection, tell),
                    None => return Ok(()),
                },
                () = changed(self.addresses.as_ref()) => self.tell_known(tell),
            }
        }
    }

    /// Subscribes to everything, and asks who iwd is.
    fn greet(&mut self, connection: &mut Connection) {
        let rules = [
            format!("type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{IWD}'"),
            format!(
                "type='signal',sender='{IWD}',interface='{}'",
                objects::OBJECT_MANAGER
            ),
            format!(
                "type='signal',sender='{IWD}',interface='{}'",
                objects::PROPERTIES
            ),
        ];
        for rule in &rules {
            connection.call(&Call::to_bus("AddMatch", Some(rule)));
        }
        let serial = connection.call(&Call::to_bus("GetNameOwner", Some(IWD)));
        self.asked.insert(serial, PendingRequest::Owner);
    }

    fn hear(
        &mut self,
        message: &Message,
        connection: &mut Connection,
        tell: &mut impl FnMut(IwdEvent),
    ) {
        if message.sender == BUS {
            self.hear_bus(message, connection, tell);
        } else if self.iwd.as_ref() == Some(&message.sender) {
            match message.kind {
                Kind::Signal => self.hear_signal(message, tell),
                Kind::Answer | Kind::Error => self.hear_answer(message, tell),
                Kind::Other => {}
            }
        }
    }

    fn hear_bus(
        &mut self,
        message: &Message,
        connection: &mut Connection,
        tell: &mut impl FnMut(IwdEvent),
    ) {
        let mut body = message.body();
        let owner = match message.kind {
            Kind::Signal if message.member == "NameOwnerChanged" => {
                if body.text() != Some(IWD) {
                    return;
                }
                let _before = body.text();
                body.text()
            }
            Kind::Answer | Kind::Error => {
                let serial = message.answers.unwrap_or_default();
                match self.asked.remove(&serial) {
                    Some(PendingRequest::Owner) if message.kind == Kind::Answer => body.text(),
                    // The bus answers for an iwd that is gone.
                    _ => return,
                }
            }
            _ => return,
        };
        let owner = owner.filter(|owner| !owner.is_empty());
        if self.iwd.as_deref() == owner {
            return;
        }
        self.part(tell);
        if let Some(owner) = owner {
            self.iwd = Some(owner.to_owned());
            self.meet(connection);
        }
    }

    /// Asks everything that has to be known of an iwd that has appeared.
    fn meet(&mut self, connection: &mut Connection) {
        for (path, interface, member, asked) in [
            (DAEMON_PATH, DAEMON, "GetInfo", PendingRequest::Info),
            (
                "/",
                objects::OBJECT_MANAGER,
                "GetManagedObjects",
                PendingRequest::Objects,
            ),
        ] {
            let serial = connection.call(&Call {
                destination: IWD,
                path,
                interface,
                member,
                argument: None,
            });
            self.asked.insert(serial, asked);
        }
    }

    fn part(&mut self, tell: &mut impl FnMut(IwdEvent)) {
        self.asked.clear();
        self.objects = Objects::default();
        self.met = false;
        if self.iwd.take().is_some() {
            tell(IwdEvent::Vanished);
        }
    }

    fn hear_answer(&mut self, message: &Message, tell: &mut impl FnMut(IwdEvent)) {
        let serial = message.answers.unwrap_or_default();
        let Some(asked) = self.asked.remove(&serial) else {
            return;
        };
        let good = message.kind == Kind::Answer;
        match asked {
            PendingRequest::Info => self.open_files(message),
            PendingRequest::Objects if good && self.objects.load(message).is_some() => {
                self.met = true;
                tell(self.introduction());
                self.tell_known(tell);
                self.tell_station(tell);
            }
            PendingRequest::Objects => debug!("iwd does not say what it has: {}", message.error),
            PendingRequest::Deed if !good => tell(IwdEvent::Refused {
                why: message.error.clone(),
            }),
            PendingRequest::Deed | PendingRequest::Owner => {}
        }
    }

    /// The answer to `GetInfo`, or an error.
    fn open_files(&mut self, message: &Message) {
        let mut directory = PathBuf::from(STATE_DIRECTORY);
        let read = message.body().properties(|key, value| {
            if let ("StateDirectory", Value::Text(path)) = (key, value) {
                directory = path.into();
            }
        });
        if read.is_none() {
            debug!("iwd does not say where its files are: taken for {STATE_DIRECTORY}");
        }
        self.addresses = Some(self.files_in(&directory));
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
            Some(Err(error)) => Some(format!("left as it is, without protection: {error}")),
            _ => None,
        };
        IwdEvent::Appeared {
            obstacle: main_conf::obstacle(&text).or(unreadable),
            random_scans: main_conf::scans_at_random(&text),
        }
    }

    fn hear_signal(&mut self, message: &Message, tell: &mut impl FnMut(IwdEvent)) {
        let concerned = self.objects.hear(message);
        if concerned.known {
            self.tell_known(tell);
        }
        if concerned.station {
            self.tell_station(tell);
        }
    }

    fn tell_known(&self, tell: &mut impl FnMut(IwdEvent)) {
        let known = self
            .addresses
            .as_ref()
            .filter(|_| self.met)
            .map(Addresses::known);
        match known {
            Some(Ok(known)) => tell(IwdEvent::Known(known)),
            Some(Err(error)) => debug!("{error}"),
            None => {}
        }
    }

    fn tell_station(&self, tell: &mut impl FnMut(IwdEvent)) {
        if self.met {
            let station = self.objects.station(&self.target.ifname);
            tell(IwdEvent::Station(station.map(|(_, doing)| doing)));
        }
    }

    fn serve(
        &mut self,
        request: IwdRequest,
        connection: &mut Connection,
        tell: &mut impl FnMut(IwdEvent),
    ) {
        let station = self.objects.station(&self.target.ifname);
        let device = station.map(|(path, _)| path.to_owned());
        let (path, interface, member) = match (&request, device) {
            (IwdRequest::Disconnect, Some(device)) => (device, objects::STATION, "Disconnect"),
            (IwdRequest::Scan, Some(device)) => (device, objects::STATION, "Scan"),
            (IwdRequest::Connect(network), Some(device)) => {
                let path = self.objects.path_of(&device, network);
                (path, objects::NETWORK, "Connect")
            }
            _ => return tell(self.serve_alone(request)),
        };
        let serial = connection.call(&Call {
            destination: IWD,
            path: &path,
            interface,
            member,
            argument: None,
        });
        self.asked.insert(serial, PendingRequest::Deed);
    }

    /// What needs no iwd to be done.
    fn serve_alone(&self, request: IwdRequest) -> IwdEvent {
        let addresses = self.addresses.as_ref();
        match request {
            IwdRequest::Write { network, address } => {
                let nowhere = || Err("iwd has not said where its files are".to_owned());
                let result = addresses.map_or_else(nowhere, |it| it.write(&network, address));
                IwdEvent::Written { network, result }
            }
            IwdRequest::Restore => {
                match addresses {
                    Some(addresses) => addresses.release(),
                    // An earlier macveil may have changed something.
                    None => self.files_in(Path::new(STATE_DIRECTORY)).release(),
                }
                IwdEvent::Released
            }
            IwdRequest::Disconnect | IwdRequest::Connect(_) | IwdRequest::Scan => {
                IwdEvent::Refused {
                    why: "iwd is gone".to_owned(),
                }
            }
        }
    }
}

async fn changed(addresses: Option<&Addresses>) {
    match addresses {
        Some(addresses) => addresses.changed().await,
        None => std::future::pending().await,
    }
}
