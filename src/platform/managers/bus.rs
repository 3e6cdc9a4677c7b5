//! Which network managers run, by the names that they own on the system bus. The bus reports a manager before
//! it touches an interface, and its end.
//!
//! Names of processes would not do: any user can give a process any name, and so stop macveil.

use std::collections::BTreeMap;
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
use super::{ActiveManagers, ManagerKind};
use crate::platform::dbus::{BUS, Bus, SYSTEM_BUS, is_from, owner_change};
use crate::platform::socket_watcher::{
    SocketState, SocketWatcher, directory_changed, watch_directory,
};

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
        *self.reports.borrow_and_update()
    }
}

impl Drop for ManagerWatch {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

struct Listener {
    root: PathBuf,
    socket: SocketWatcher,
    report: watch::Sender<ActiveManagers>,
    has_reported: bool,
    running: ActiveManagers,
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
        self.report.send_replace(self.running);
    }

    /// Reports until the connection fails. Subscribes to changes before it asks for the present state.
    async fn listen(&mut self) -> zbus::Result<Infallible> {
        let mut bus = Bus::connect(self.socket.socket()).await?;
        for manager in ManagerKind::ALL {
            bus.watch_owner(manager.bus_name()).await?;
        }
        let mut pending = BTreeMap::new();
        for manager in ManagerKind::ALL {
            let serial = bus.call_bus("NameHasOwner", manager.bus_name()).await?;
            pending.insert(serial, manager);
        }
        let mut notes = None;
        loop {
            select! {
                message = bus.next() => {
                    let Some((manager, runs)) = state_of(&message?, &mut pending) else {
                        continue;
                    };
                    self.running.set(manager, runs);
                    notes = self.watch_notes();
                }
                () = directory_changed(notes.as_ref()) => {}
            }
            if pending.is_empty() {
                self.pause = Duration::ZERO;
                self.report();
            }
        }
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

/// Which manager the message is about, and whether it runs.
fn state_of(
    message: &Message,
    pending: &mut BTreeMap<NonZeroU32, ManagerKind>,
) -> Option<(ManagerKind, bool)> {
    if let Some((name, owner)) = owner_change(message) {
        let mut all = ManagerKind::ALL.into_iter();
        let manager = all.find(|manager| manager.bus_name() == name)?;
        return Some((manager, owner.is_some()));
    }
    let reply_to = message.header().reply_serial()?;
    if !is_from(message, BUS) {
        return None;
    }
    let manager = pending.remove(&reply_to)?;
    let runs = message.message_type() == Type::MethodReturn
        && message.body().deserialize().unwrap_or(false);
    Some((manager, runs))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs;
    use std::path::Path;

    use tokio::net::UnixListener;

    use super::*;
    use crate::platform::dbus::testing::{PrivateBus, SERIAL, on_tokio, reply, signal};

    fn running(managers: &[ManagerKind]) -> ActiveManagers {
        let mut running = ActiveManagers::default();
        for manager in managers {
            running.set(*manager, true);
        }
        running
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
            until(reports, &[none]).await;
            let bus = PrivateBus::start(root);
            until(reports, &[none, none]).await;
            let iwd = bus.program(Some("net.connman.iwd")).await;
            let only_iwd = running(&[ManagerKind::Iwd]);
            until(reports, &[none, none, only_iwd]).await;
            let _other = bus.program(Some("org.example")).await;
            let _connman = bus.program(Some("net.connman")).await;
            let both = running(&[ManagerKind::ConnMan, ManagerKind::Iwd]);
            until(reports, &[none, none, only_iwd, both]).await;
            drop(iwd);
            let connman = running(&[ManagerKind::ConnMan]);
            until(reports, &[none, none, only_iwd, both, connman]).await;
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
            let _iwd = bus.program(Some("net.connman.iwd")).await;
            let mut watch = ManagerWatch::new(root.path().to_owned());
            assert_eq!(watch.next().await, running(&[ManagerKind::Iwd]));
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
            let _iwd = bus.program(Some("net.connman.iwd")).await;
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
                until(reports, &[manager]).await;
            }
            drop(program);
            until(reports, &[manager, ActiveManagers::default()]).await;
            fs::remove_file(directory.join("3")).unwrap();
            sleep(Duration::from_millis(50)).await;
            assert_eq!(reports.borrow().len(), 2);
        });
    }

    #[test]
    fn state_is_believed_from_the_bus_only() {
        let mut pending = BTreeMap::from([(SERIAL, ManagerKind::Iwd)]);
        let body = ("net.connman.iwd", "", ":1.7");
        let change = |sender| signal(sender, "/", BUS, "NameOwnerChanged", &body);
        assert_eq!(state_of(&change(":1.4"), &mut pending), None);
        let runs = Some((ManagerKind::Iwd, true));
        assert_eq!(state_of(&change(BUS), &mut pending), runs);
        assert_eq!(state_of(&reply(SERIAL, &true), &mut pending), runs);
        assert_eq!(state_of(&reply(SERIAL, &true), &mut pending), None);
        pending.insert(SERIAL, ManagerKind::Iwd);
        let unclear = state_of(&reply(SERIAL, &"yes"), &mut pending);
        assert_eq!(unclear, Some((ManagerKind::Iwd, false)));
    }
}
