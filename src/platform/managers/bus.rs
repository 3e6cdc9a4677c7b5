//! Which network managers run, by the names that they own on the system bus. The bus reports a manager before
//! it touches an interface, and its end. Of iwd also which interfaces it drives, by its objects.
//!
//! Names of processes would not do: any user can give a process any name, and so stop macveil.

use std::convert::Infallible;
use std::io;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use tokio::net::unix::pipe::Receiver;
use tokio::select;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tracing::debug;
use zbus::Message;
use zbus::message::Type;

use super::network_manager::NOTES;
use super::{ALL, ActiveManagers};
use crate::platform::dbus::{BUS, Bus, SYSTEM_BUS, is_from, owner_change};
use crate::platform::iwd::{IWD, OBJECT_MANAGER, Objects};
use crate::platform::socket_watcher::{
    SocketState, SocketWatcher, directory_changed, watch_directory,
};
use macveil_core::types::ManagerKind;

/// Its name on the system bus. Only programs that root has allowed to do so can own it.
const fn bus_name(manager: ManagerKind) -> &'static str {
    match manager {
        ManagerKind::NetworkManager => "org.freedesktop.NetworkManager",
        ManagerKind::ConnMan => "net.connman",
        ManagerKind::Iwd => "net.connman.iwd",
    }
}

/// After a failed connection, as to a bus that is about to listen; each pause is twice the last.
const MIN_RECONNECT_PAUSE: Duration = Duration::from_millis(20);
const MAX_RECONNECT_PAUSE: Duration = Duration::from_secs(600);

/// Reports which network managers run.
pub struct ManagerWatch {
    reports: watch::Receiver<ActiveManagers>,
    listener: JoinHandle<()>,
}

impl ManagerWatch {
    /// Listens on the system bus, which need not exist yet. `root` is `/` except in tests.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        let (report, reports) = watch::channel(ActiveManagers::default());
        let listener = Listener {
            socket: SocketWatcher::new(root.join(SYSTEM_BUS)),
            root,
            report,
            has_reported: false,
            running: ActiveManagers::default(),
            iwd: None,
            objects: Objects::default(),
            pending: Vec::new(),
            pause: Duration::ZERO,
        };
        Self {
            reports,
            listener: tokio::spawn(listener.run()),
        }
    }

    /// Returns at once which managers run, and again whenever that or what `NetworkManager` notes changes.
    /// No report is lost if the future is dropped.
    pub async fn next(&mut self) -> ActiveManagers {
        if self.reports.changed().await.is_err() {
            // The runtime is ending.
            std::future::pending::<()>().await;
        }
        self.reports.borrow_and_update().clone()
    }
}

impl Drop for ManagerWatch {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// A call that awaits a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Query {
    /// Who owns the manager's name.
    Owner(ManagerKind),
    /// iwd's objects.
    Objects,
}

struct Listener {
    root: PathBuf,
    socket: SocketWatcher,
    report: watch::Sender<ActiveManagers>,
    has_reported: bool,
    running: ActiveManagers,
    /// iwd's unique name.
    iwd: Option<String>,
    objects: Objects,
    pending: Vec<(NonZeroU32, Query)>,
    /// Before the next connection.
    pause: Duration,
}

impl Listener {
    async fn run(mut self) {
        loop {
            if !matches!(self.socket.state(), SocketState::Socket(_)) {
                self.report_none();
                self.socket.changed().await;
                continue;
            }
            // What was known last stays valid until the next connection.
            let Err(error) = self.listen().await;
            debug!("the system bus: {error}");
            if is_refused(&error) && !self.has_reported {
                // The socket of a bus that has ended.
                self.report();
            }
            self.pause = (self.pause * 2).clamp(MIN_RECONNECT_PAUSE, MAX_RECONNECT_PAUSE);
            select! {
                () = sleep(self.pause) => {}
                _ = self.socket.changed() => {}
            }
        }
    }

    /// There is no bus, without which no manager can work.
    fn report_none(&mut self) {
        if self.running != ActiveManagers::default() || !self.has_reported {
            self.running = ActiveManagers::default();
            self.report();
        }
    }

    fn report(&mut self) {
        self.has_reported = true;
        self.report.send_replace(self.running.clone());
    }

    /// Reports until the connection fails. Subscribes to changes before it asks for the present state.
    async fn listen(&mut self) -> zbus::Result<Infallible> {
        let mut bus = Bus::connect(self.socket.socket()).await?;
        self.pending.clear();
        for manager in ALL {
            bus.watch_owner(bus_name(manager)).await?;
        }
        bus.subscribe(IWD, &format!("interface='{}'", OBJECT_MANAGER.interface))
            .await?;
        for manager in ALL {
            let serial = bus.call_bus("GetNameOwner", bus_name(manager)).await?;
            self.pending.push((serial, Query::Owner(manager)));
        }
        let mut notes = None;
        loop {
            select! {
                message = bus.next() => {
                    if !self.receive(&message?, &bus).await? {
                        continue;
                    }
                    notes = self.watch_notes();
                }
                () = directory_changed(notes.as_ref()) => {}
            }
            if self.pending.is_empty() {
                self.pause = Duration::ZERO;
                self.report();
            }
        }
    }

    /// Whether the message changes what is reported.
    async fn receive(&mut self, message: &Message, bus: &Bus) -> zbus::Result<bool> {
        if let Some((manager, owner)) = owner_of(message, &mut self.pending) {
            self.running.set(manager, owner.is_some());
            if manager == ManagerKind::Iwd && self.iwd != owner {
                self.iwd = owner;
                self.running.driven_by_iwd = None;
                self.pending.retain(|(_, query)| *query != Query::Objects);
                if self.iwd.is_some() {
                    let serial = bus.call(OBJECT_MANAGER, "GetManagedObjects", &()).await?;
                    self.pending.push((serial, Query::Objects));
                }
            }
            return Ok(true);
        }
        let is_from_iwd = self.iwd.as_ref().is_some_and(|iwd| is_from(message, iwd));
        if !is_from_iwd && !is_from(message, BUS) {
            return Ok(false);
        }
        let reply_to = message.header().reply_serial();
        let waiting = self.pending.len();
        self.pending.retain(|&(serial, _)| Some(serial) != reply_to);
        if self.pending.len() < waiting {
            // A user whom iwd does not answer learns only that it runs.
            let known = self.objects.load(message).is_ok();
            self.running.driven_by_iwd = known.then(|| self.objects.interfaces());
            return Ok(true);
        }
        let before = self.running.driven_by_iwd.clone();
        if is_from_iwd && before.is_some() {
            self.objects.receive(message);
            self.running.driven_by_iwd = Some(self.objects.interfaces());
        }
        Ok(self.running.driven_by_iwd != before)
    }

    /// Watches the notes of a `NetworkManager` that runs.
    fn watch_notes(&self) -> Option<Receiver> {
        let runs = self.running.has(ManagerKind::NetworkManager);
        let watch = || watch_directory(&self.root.join(NOTES)).ok();
        runs.then(watch).flatten()
    }
}

fn is_refused(error: &zbus::Error) -> bool {
    matches!(error, zbus::Error::InputOutput(error) if error.kind() == io::ErrorKind::ConnectionRefused)
}

/// Which manager's name the message is about, and who owns it.
fn owner_of(
    message: &Message,
    pending: &mut Vec<(NonZeroU32, Query)>,
) -> Option<(ManagerKind, Option<String>)> {
    if let Some((name, owner)) = owner_change(message) {
        let mut all = ALL.into_iter();
        let manager = all.find(|&manager| bus_name(manager) == name)?;
        return Some((manager, owner));
    }
    let reply_to = message.header().reply_serial()?;
    if !is_from(message, BUS) {
        return None;
    }
    let manager = pending.iter().find_map(|&(serial, query)| match query {
        Query::Owner(manager) if serial == reply_to => Some(manager),
        Query::Owner(_) | Query::Objects => None,
    })?;
    pending.retain(|(serial, _)| *serial != reply_to);
    let is_owned = message.message_type() == Type::MethodReturn;
    let body = message.body();
    let owner = body.deserialize::<String>().ok().filter(|_| is_owned);
    Some((manager, owner))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs;
    use std::path::Path;

    use std::collections::{BTreeMap, BTreeSet};

    use tokio::net::UnixListener;
    use zbus::{ObjectPath, Variant};

    use super::*;
    use crate::platform::dbus::testing::{PrivateBus, Program, SERIAL, on_tokio, reply, signal};

    fn running(managers: &[ManagerKind]) -> ActiveManagers {
        let mut running = ActiveManagers::default();
        for manager in managers {
            running.set(*manager, true);
        }
        if managers.contains(&ManagerKind::Iwd) {
            running.driven_by_iwd = Some(BTreeSet::from([3]));
        }
        running
    }

    const CARDS: [&str; 2] = ["/net/connman/iwd/0/3", "/net/connman/iwd/1/12"];
    const DEVICE: &str = "net.connman.iwd.Device";

    type Interfaces = BTreeMap<&'static str, BTreeMap<&'static str, Variant<'static>>>;

    fn card(path: &'static str) -> (ObjectPath<'static>, Interfaces) {
        let device = (DEVICE, BTreeMap::from([("Name", Variant::from("wlan0"))]));
        (path.try_into().unwrap(), BTreeMap::from([device]))
    }

    /// An iwd that drives the first card, as soon as it was asked.
    async fn iwd(bus: &PrivateBus) -> Program {
        let mut iwd = bus.program(Some("net.connman.iwd")).await;
        let call = iwd.called().await;
        assert_eq!(call.header().member().unwrap(), "GetManagedObjects");
        let adapter = BTreeMap::from([("net.connman.iwd.Adapter", BTreeMap::new())]);
        let adapter = ("/net/connman/iwd/0".try_into().unwrap(), adapter);
        let objects: BTreeMap<ObjectPath<'_>, Interfaces> =
            BTreeMap::from([adapter, card(CARDS[0])]);
        let header = call.header();
        iwd.connection.reply(&header, &objects).await.unwrap();
        iwd
    }

    /// Runs a test while a [`ManagerWatch`] writes its reports down.
    fn with_watch(test: impl AsyncFnOnce(&Path, &RefCell<Vec<ActiveManagers>>)) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("run/dbus")).unwrap();
        on_tokio(async {
            let mut watch = ManagerWatch::new(root.path().to_owned());
            let reports = RefCell::default();
            let watching = async {
                loop {
                    let running = watch.next().await;
                    RefCell::<Vec<_>>::borrow_mut(&reports).push(running);
                }
            };
            select! {
                _ = watching => {}
                () = test(root.path(), &reports) => {}
            }
        });
    }

    async fn until(reports: &RefCell<Vec<ActiveManagers>>, expected: &[ActiveManagers]) {
        while reports.borrow().as_slice() != expected {
            sleep(Duration::from_millis(2)).await;
        }
    }

    #[test]
    fn managers_are_reported_through_restarts_of_the_bus() {
        with_watch(async |root, reports| {
            let none = ActiveManagers::default();
            until(reports, std::slice::from_ref(&none)).await;
            let bus = PrivateBus::start(root);
            until(reports, &[none.clone(), none.clone()]).await;
            let iwd = iwd(&bus).await;
            let only_iwd = running(&[ManagerKind::Iwd]);
            until(reports, &[none.clone(), none.clone(), only_iwd]).await;
            reports.borrow_mut().clear();
            let _other = bus.program(Some("org.example")).await;
            let _connman = bus.program(Some("net.connman")).await;
            let both = running(&[ManagerKind::ConnMan, ManagerKind::Iwd]);
            until(reports, std::slice::from_ref(&both)).await;
            drop(iwd);
            let connman = running(&[ManagerKind::ConnMan]);
            until(reports, &[both, connman]).await;
            reports.borrow_mut().clear();
            // No report until the next bus replies: what is known stays valid.
            drop(bus);
            let bus = PrivateBus::start(root);
            let _manager = bus.program(Some("org.freedesktop.NetworkManager")).await;
            let manager = running(&[ManagerKind::NetworkManager]);
            while reports.borrow().last() != Some(&manager) {
                sleep(Duration::from_millis(2)).await;
            }
        });
    }

    #[test]
    fn managers_that_run_already_are_in_the_first_report() {
        let root = tempfile::tempdir().unwrap();
        on_tokio(async {
            let bus = PrivateBus::start(root.path());
            let mut watch = ManagerWatch::new(root.path().to_owned());
            let (iwd, first) = tokio::join!(iwd(&bus), async {
                loop {
                    let next = watch.next().await;
                    if next.has(ManagerKind::Iwd) {
                        break next;
                    }
                }
            });
            assert_eq!(first, running(&[ManagerKind::Iwd]));
            drop(iwd);
        });
    }

    #[test]
    fn cards_that_iwd_drives_are_followed() {
        with_watch(async |root, reports| {
            let bus = PrivateBus::start(root);
            let iwd = iwd(&bus).await;
            let driven = || {
                let last = reports.borrow().last().cloned();
                last.and_then(|last| last.driven_by_iwd)
            };
            let until = async |cards: &[u32]| {
                while driven() != Some(cards.iter().copied().collect()) {
                    sleep(Duration::from_millis(2)).await;
                }
            };
            until(&[3]).await;
            let (connection, all) = (&iwd.connection, None::<&str>);
            let manager = OBJECT_MANAGER.interface;
            let new = card(CARDS[1]);
            let added = connection.emit_signal(all, "/", manager, "InterfacesAdded", &new);
            added.await.unwrap();
            until(&[3, 12]).await;
            let gone = (card(CARDS[0]).0, vec![DEVICE]);
            let removed = connection.emit_signal(all, "/", manager, "InterfacesRemoved", &gone);
            removed.await.unwrap();
            until(&[12]).await;
        });
    }

    #[test]
    fn socket_of_ended_bus_is_reported_as_no_managers() {
        with_watch(async |root, reports| {
            let path = root.join(SYSTEM_BUS);
            drop(UnixListener::bind(&path).unwrap());
            let none = ActiveManagers::default();
            until(reports, &[none]).await;
            let bus = PrivateBus::start(root);
            let _iwd = iwd(&bus).await;
            while reports.borrow().last() != Some(&running(&[ManagerKind::Iwd])) {
                sleep(Duration::from_millis(2)).await;
            }
        });
    }

    #[test]
    fn changed_note_is_reported_while_network_manager_runs() {
        with_watch(async |root, reports| {
            let directory = root.join(NOTES);
            fs::create_dir_all(&directory).unwrap();
            until(reports, &[ActiveManagers::default()]).await;
            let bus = PrivateBus::start(root);
            let program = bus.program(Some("org.freedesktop.NetworkManager")).await;
            let manager = running(&[ManagerKind::NetworkManager]);
            while reports.borrow().last() != Some(&manager) {
                sleep(Duration::from_millis(2)).await;
            }
            for _ in 0..2 {
                reports.borrow_mut().clear();
                fs::write(root.join("new"), "[device]\nmanaged=true\n").unwrap();
                fs::rename(root.join("new"), directory.join("3")).unwrap();
                until(reports, std::slice::from_ref(&manager)).await;
            }
            drop(program);
            until(reports, &[manager, ActiveManagers::default()]).await;
            fs::remove_file(directory.join("3")).unwrap();
            sleep(Duration::from_millis(50)).await;
            assert_eq!(reports.borrow().len(), 2);
        });
    }

    #[test]
    fn owners_are_believed_from_the_bus_only() {
        let query = Query::Owner(ManagerKind::Iwd);
        let mut pending = vec![(SERIAL, query)];
        let body = ("net.connman.iwd", "", ":1.7");
        let change = |sender| signal(sender, "/", BUS, "NameOwnerChanged", &body);
        assert_eq!(owner_of(&change(":1.4"), &mut pending), None);
        let runs = Some((ManagerKind::Iwd, Some(":1.7".to_owned())));
        assert_eq!(owner_of(&change(BUS), &mut pending), runs);
        assert_eq!(owner_of(&reply(SERIAL, &":1.7"), &mut pending), runs);
        assert_eq!(owner_of(&reply(SERIAL, &":1.7"), &mut pending), None);
        pending.push((SERIAL, query));
        let unclear = owner_of(&reply(SERIAL, &true), &mut pending);
        assert_eq!(unclear, Some((ManagerKind::Iwd, None)));
        pending.push((SERIAL, Query::Objects));
        assert_eq!(owner_of(&reply(SERIAL, &":1.7"), &mut pending), None);
        assert_eq!(pending.len(), 1, "it is a reply to another call");
    }
}
