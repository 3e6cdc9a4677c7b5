//! The loop that joins the supervisor to the world: one event, handle it, carry out all actions, arm
//! one timer, sleep.

mod awaiting_udev;
mod clock;
mod commands;
mod confinement;
mod control;
mod entry;
mod error;
mod ethernet;
mod followed;
mod history;
#[cfg(feature = "dbus")]
mod iwd;
mod journal;
mod machine;
mod managed;
mod managers;
mod metrics;
mod retyped;
mod schedule;
mod service;
mod status;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::{StdRng, SysRng};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tracing::{debug, info, warn};

use crate::config::{self, Backend, Config};
use crate::log::{self, Redaction};
use crate::platform::managers::{ActiveManagers, InstanceLock, ManagerWatch};
use crate::platform::netlink::{Kernel, Notification, Notifications};
use crate::platform::sandbox::{self, Sandbox};
use crate::platform::wpa_supplicant;
use crate::store::{self, RuntimeDir};
use awaiting_udev::AwaitingUdev;
use clock::{Alarm, SleepWatch};
use commands::PendingScans;
use control::{PendingRequest, Server};
pub use error::Error;
use followed::Shown;
use history::KeptHistory;
use machine::{Client, Machine, Report, bound_for, of_card};
use macveil_core::address::{Host, Record};
use macveil_core::machine::iwd::IwdMachine;
use macveil_core::machine::wpa::{self, WpaMachine};
use macveil_core::machine::{Addresses, Card, Command, Event, LinkEvent, Time};
use macveil_core::types::{DeviceKind, Mac, Ssid};
use managed::{BackendEvent, ManagedInterface};
use managers::{ManagedBy, Role};
use metrics::Metrics;
use schedule::Schedule;
use service::Watchdog;

/// Protects the cards that the configuration names until the process is told to end.
///
/// # Errors
/// When the daemon cannot start; once it runs, every trouble becomes a state of the card it befell.
pub fn run(config_file: Option<&Path>) -> Result<(), Error> {
    error::require_privilege()?;
    let confined = sandbox::is_enabled();
    if confined {
        sandbox::hide_memory();
    }
    let config = config::load(config_file)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let started = Daemon::start(config_file, config)?;
        let _sandbox: Option<Sandbox> = confined.then(|| started.0.confine());
        started.work().await
    })
}

struct Daemon {
    config_file: Option<PathBuf>,
    config: Config,
    host: Arc<Host>,
    history: KeptHistory,
    runtime_dir: RuntimeDir,
    kernel: Kernel,
    rng: StdRng,
    stations: BTreeMap<u32, ManagedInterface>,
    schedule: Schedule,
    /// Interfaces that are none of our business as they are, so that their chatter costs nothing.
    ignored: BTreeMap<u32, Identity>,
    awaiting_udev: AwaitingUdev,
    running: ActiveManagers,
    /// Whom an interface was left to, as the user was told.
    left: Vec<(u32, ManagedBy)>,
    /// An interface was let go: whoever it was left to may have gone meanwhile.
    let_go: bool,
    told: mpsc::UnboundedSender<BackendEvent>,
    control: Option<Server>,
    looks: Vec<PendingScans>,
    shown: Shown,
    metrics: Metrics,
    leaving: bool,
    _alone: Option<InstanceLock>,
}

/// What an interface is ignored for.
#[derive(Debug, PartialEq, Eq)]
struct Identity {
    name: String,
    bonded: bool,
}

/// Everything that can wake the daemon.
struct Ears {
    notifications: Notifications,
    managers: ManagerWatch,
    told: mpsc::UnboundedReceiver<BackendEvent>,
    asked: mpsc::Receiver<PendingRequest>,
    alarm: Alarm,
    watchdog: Watchdog,
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

enum Wake {
    Notification(Notification),
    Managers(ActiveManagers),
    BackendEvent(BackendEvent),
    PendingRequest(PendingRequest),
    Alarm,
    Watchdog,
    Leave,
    Reload,
}

impl Daemon {
    fn start(config_file: Option<&Path>, config: Config) -> Result<(Self, Ears), Error> {
        for warning in &config.warnings {
            warn!("{warning}");
        }
        let runtime_dir = RuntimeDir::lock(&config.runtime_dir)
            .map_err(|source| Error::runtime_dir(&config.runtime_dir, source))?;
        let alone = managers::be_alone()?;
        let mut rng = StdRng::try_from_rng(&mut SysRng).map_err(Error::random)?;
        let host = Arc::new(store::read_host(&config.state_dir, &mut rng)?);
        apply_redaction(&config, &host);
        let history = KeptHistory::read(&config.state_dir);
        let (told, told_receiver) = mpsc::unbounded_channel();
        // Listening starts before the first look, so that nothing falls in between.
        let notifications = Notifications::open()?;
        let kernel = Kernel::open()?;
        let (control, asked) = control::open(&config.runtime_dir, config.control_group.as_deref());
        let ears = Ears {
            notifications,
            managers: managers::listen(),
            told: told_receiver,
            asked,
            alarm: Alarm::new().map_err(Error::Runtime)?,
            watchdog: Watchdog::new(),
            terminate: signal(SignalKind::terminate()).map_err(Error::Runtime)?,
            interrupt: signal(SignalKind::interrupt()).map_err(Error::Runtime)?,
            hangup: signal(SignalKind::hangup()).map_err(Error::Runtime)?,
        };
        let daemon = Self {
            config_file: config_file.map(Path::to_owned),
            config,
            host,
            history,
            runtime_dir,
            kernel,
            rng,
            stations: BTreeMap::new(),
            schedule: Schedule::default(),
            ignored: BTreeMap::new(),
            awaiting_udev: AwaitingUdev::default(),
            running: ActiveManagers::default(),
            left: Vec::new(),
            let_go: false,
            told,
            control,
            looks: Vec::new(),
            shown: Shown::default(),
            metrics: Metrics::default(),
            leaving: false,
            _alone: alone,
        };
        Ok((daemon, ears))
    }
}

trait Work {
    async fn work(self) -> Result<(), Error>;
}

impl Work for (Daemon, Ears) {
    async fn work(self) -> Result<(), Error> {
        let (mut daemon, mut ears) = self;
        // Before any interface is touched.
        daemon.running = ears.managers.first().await;
        daemon.tend_all()?;
        if daemon.stations.is_empty() {
            info!("no interface to protect yet; waiting for one");
        }
        service::ready();
        let mut sleep_watch = SleepWatch::new();
        daemon.tell_others();
        while !(daemon.leaving && daemon.stations.is_empty()) {
            ears.alarm.arm(daemon.deadline()).map_err(Error::Runtime)?;
            let wake = ears.listen().await?;
            if sleep_watch.has_slept() {
                info!("the machine was asleep");
                daemon.tell_all(&Event::Command(Command::Resumed));
            }
            daemon.react(wake)?;
            daemon.finish_looks();
            daemon.tell_others();
        }
        if let Some(control) = daemon.control.take() {
            control.end().await;
        }
        Ok(())
    }
}

impl Ears {
    async fn listen(&mut self) -> Result<Wake, Error> {
        Ok(tokio::select! {
            notification = self.notifications.next() => Wake::Notification(notification),
            running = self.managers.next() => Wake::Managers(running),
            Some(told) = self.told.recv() => Wake::BackendEvent(told),
            Some(asked) = self.asked.recv() => Wake::PendingRequest(asked),
            fired = self.alarm.fired() => fired.map(|()| Wake::Alarm).map_err(Error::Runtime)?,
            () = self.watchdog.due() => Wake::Watchdog,
            _ = self.terminate.recv() => Wake::Leave,
            _ = self.interrupt.recv() => Wake::Leave,
            _ = self.hangup.recv() => Wake::Reload,
        })
    }
}

impl Daemon {
    fn react(&mut self, wake: Wake) -> Result<(), Error> {
        match wake {
            Wake::Notification(notification) => self.notified(notification)?,
            Wake::Managers(running) => {
                self.running = running;
                self.reconsider()?;
            }
            Wake::BackendEvent(BackendEvent { ifindex, report }) => self.report(ifindex, report),
            Wake::PendingRequest(asked) => self.answer(asked)?,
            Wake::Alarm => self.time_passed()?,
            Wake::Watchdog => service::alive(),
            Wake::Leave => {
                self.leaving = true;
                service::stopping();
                self.tell_all(&Event::Command(Command::Release));
            }
            // What is wrong with the configuration is in the log.
            Wake::Reload => drop(self.reload()?),
        }
        if std::mem::take(&mut self.let_go) && !self.leaving {
            self.tend_all()?;
        }
        Ok(())
    }

    fn notified(&mut self, notification: Notification) -> Result<(), Error> {
        match notification {
            Notification::Link {
                ifindex,
                name,
                bonded,
                ..
            } => self.link_changed(ifindex, Identity { name, bonded })?,
            Notification::LinkGone { ifindex } => {
                self.ignored.remove(&ifindex);
                self.left.retain(|left| left.0 != ifindex);
                self.awaiting_udev.forget(ifindex);
                if let Some(gone) = self.forget(ifindex) {
                    info!("{}: gone", gone.name());
                    // Another one of iwd's may have waited for it.
                    self.let_go |= gone.role() == Role::Iwd;
                }
            }
            Notification::Retyped { ifindex } => self.retyped(ifindex)?,
            Notification::Station { ifindex, event } => self.tell(ifindex, event),
            Notification::Overrun => {
                debug!("kernel notifications were lost: reading everything again");
                self.ignored.clear();
                self.tend_all()?;
                for ifindex in self.stations.keys().copied().collect::<Vec<_>>() {
                    self.read_link(ifindex)?;
                }
                self.tell_all(&Event::Overrun);
            }
        }
        Ok(())
    }

    /// A notification may be older than the latest change, so the link itself is read.
    fn link_changed(&mut self, ifindex: u32, identity: Identity) -> Result<(), Error> {
        let name = &identity.name;
        if let Some(managed) = self.stations.get(&ifindex).filter(|t| t.name() != name) {
            info!("{name}: this interface had another name; starting over with it");
            self.runtime_dir.rename(managed.name(), name);
            self.forget(ifindex);
        }
        if self.stations.contains_key(&ifindex) {
            self.read_link(ifindex)?;
        } else if !self.leaving && self.ignored.get(&ifindex) != Some(&identity) {
            self.tend(ifindex, identity)?;
        }
        Ok(())
    }

    fn read_link(&mut self, ifindex: u32) -> Result<(), Error> {
        if self.leave_to_bond(ifindex)? || self.let_go_of_former_station(ifindex)? {
            return Ok(());
        }
        match self.kernel.link(ifindex) {
            Ok(link) => self.tell(ifindex, Event::Link(LinkEvent::Changed(link))),
            Err(refusal) => debug!("interface {ifindex}: {refusal}"),
        }
        Ok(())
    }

    fn tend_all(&mut self) -> Result<(), Error> {
        for card in self.kernel.stations()? {
            if !self.stations.contains_key(&card.ifindex) {
                self.tend_card(card);
            }
        }
        self.tend_ports()
    }

    fn tend(&mut self, ifindex: u32, identity: Identity) -> Result<(), Error> {
        if let Some(card) = self.kernel.card(ifindex)? {
            self.tend_card(card);
        } else if let Some(port) = self.kernel.port(ifindex)? {
            self.tend_port(port);
        } else {
            self.ignored.insert(ifindex, identity);
        }
        Ok(())
    }

    /// The address that the interface had when macveil first saw it.
    fn initial_address(
        &self,
        name: &str,
        ifindex: u32,
        permanent: Option<Mac>,
        current: Mac,
    ) -> Mac {
        let known = self
            .runtime_dir
            .initial_address(name, ifindex, permanent, current);
        known.unwrap_or_else(|error| {
            warn!("{name}: the initial address could not be noted: {error}");
            current
        })
    }

    fn tend_card(&mut self, mut card: Card) {
        if !self.config.manages(&of_card(&card)) {
            debug!("{}: not managed", card.name);
            let Card { name, ifindex, .. } = card;
            let bonded = false;
            self.ignored.insert(ifindex, Identity { name, bonded });
            return;
        }
        let Some(role) = self.role(&card.name, card.ifindex, DeviceKind::Wifi) else {
            return;
        };
        let link = match self.kernel.link(card.ifindex) {
            Ok(link) => link,
            Err(refusal) => return debug!("{}: {refusal}", card.name),
        };
        let ifindex = card.ifindex;
        card.initial = self.initial_address(&card.name, ifindex, card.permanent, card.initial);
        let device = of_card(&card);
        let settings = self.config.settings(&device);
        let policies = self
            .config
            .address_policies(&device, Arc::clone(&self.host));
        let addresses = Addresses {
            policies: bound_for(role, policies, &device),
            history: self.history.current().clone(),
        };
        let how = match role {
            Role::WpaSupplicant => "protected from now on",
            Role::Iwd => "in macveil's care from now on, beside iwd",
        };
        info!("{}: {how} ({})", card.name, card.driver);
        let rng = StdRng::from_rng(&mut self.rng);
        let name = card.name.clone();
        let now = clock::now();
        let machine = match role {
            Role::WpaSupplicant => {
                let client = self.client_of_wpa(ifindex, &name);
                let machine = WpaMachine::new(now, card, settings, addresses, link, rng);
                Machine::wpa(machine, client)
            }
            Role::Iwd => {
                #[cfg(feature = "dbus")]
                let client = Some(self.client_of_iwd(ifindex, &name));
                #[cfg(not(feature = "dbus"))]
                let client = None;
                let machine = IwdMachine::new(now, card, settings, addresses, link, rng);
                Machine::iwd(machine, client)
            }
        };
        let managed = ManagedInterface::begin(ifindex, name, machine);
        self.stations.insert(ifindex, managed);
        self.carry_out(ifindex);
    }

    fn tell_all(&mut self, event: &Event) {
        for ifindex in self.stations.keys().copied().collect::<Vec<_>>() {
            self.tell(ifindex, event.clone());
        }
    }

    fn tell(&mut self, ifindex: u32, event: Event) {
        if let Some(managed) = self.stations.get_mut(&ifindex) {
            managed.handle(event);
            self.carry_out(ifindex);
        }
    }

    fn report(&mut self, ifindex: u32, report: Report) {
        if let Some(managed) = self.stations.get_mut(&ifindex) {
            managed.report(report);
            self.carry_out(ifindex);
        }
    }

    /// For the client of an interface's backend. Nothing listens any more when the daemon ends.
    fn reporter<E>(&self, ifindex: u32, wrap: fn(E) -> Report) -> impl FnMut(E) + use<E> {
        let told = self.told.clone();
        move |event| {
            let report = wrap(event);
            let _ = told.send(BackendEvent { ifindex, report });
        }
    }

    fn time_passed(&mut self) -> Result<(), Error> {
        for ifindex in self.schedule.take_due(clock::now().boot) {
            if let Some(managed) = self.stations.get_mut(&ifindex) {
                managed.handle_timeout();
                self.carry_out(ifindex);
            }
        }
        if self.leaving {
            return Ok(());
        }
        self.tend_named()
    }

    fn carry_out(&mut self, ifindex: u32) {
        let Some(managed) = self.stations.get_mut(&ifindex) else {
            return;
        };
        let outcome = managed.carry_out(&mut self.kernel);
        self.schedule.set(ifindex, managed.deadline());
        self.shown.touch(ifindex);
        if let Some(control) = &self.control {
            outcome
                .events
                .into_iter()
                .for_each(|event| control.send(event));
        }
        if let Some(looked) = &outcome.looked {
            self.looked(ifindex, looked);
        }
        if outcome.finished {
            self.forget(ifindex);
            self.let_go = true;
        }
        for (ssid, record) in outcome.learned {
            self.remember(Some(ifindex), ssid, record);
        }
    }

    /// The interface is no longer in macveil's care.
    fn forget(&mut self, ifindex: u32) -> Option<ManagedInterface> {
        self.schedule.set(ifindex, None);
        self.shown.touch(ifindex);
        self.stations.remove(&ifindex)
    }

    /// Writes down what was learned of a network, and lets every other card know.
    fn remember(&mut self, learner: Option<u32>, ssid: Ssid, record: Record) {
        self.history.learn(ssid.clone(), record);
        let event = Event::Renewed { ssid, record };
        for ifindex in self.stations.keys().copied().collect::<Vec<_>>() {
            if Some(ifindex) != learner {
                self.tell(ifindex, event.clone());
            }
        }
    }

    fn deadline(&self) -> Option<Time> {
        let named = self.awaiting_udev.deadline().filter(|_| !self.leaving);
        self.schedule.soonest().into_iter().chain(named).min()
    }

    fn client_of_wpa(&self, ifindex: u32, name: &str) -> Option<Client<wpa::Request>> {
        match self.config.backend {
            Backend::Auto | Backend::WpaSupplicant => {}
            Backend::None | Backend::Iwd => return None,
        }
        let target = wpa_supplicant::Target {
            ifname: name.to_owned(),
            control_dir: self.config.ctrl_interface.clone(),
            client_dir: self.runtime_dir.client_dir(),
            originals: self.runtime_dir.originals(name),
        };
        let report = self.reporter(ifindex, Report::Wpa);
        let client = |requests| wpa_supplicant::run(target, requests, report);
        Some(Client::start(client))
    }

    /// Reads the configuration again. The inner error is the user's to mend: the old one stays in force.
    fn reload(&mut self) -> Result<Result<(), config::Errors>, Error> {
        match config::load(self.config_file.as_deref()) {
            Ok(config) => self.adopt(config).map(Ok),
            Err(errors) => {
                warn!("the old configuration stays in force: {errors}");
                Ok(Err(errors))
            }
        }
    }

    fn adopt(&mut self, config: Config) -> Result<(), Error> {
        self.config = config;
        match store::read_host(&self.config.state_dir, &mut self.rng) {
            Ok(host) => self.host = Arc::new(host),
            Err(error) => warn!("the former key stays in use: {error}"),
        }
        apply_redaction(&self.config, &self.host);
        info!("configuration read again");
        for warning in &self.config.warnings {
            warn!("{warning}");
        }
        for managed in self.stations.values_mut() {
            managed.reconfigure(&self.config, &self.host);
        }
        self.leave_unmanaged();
        for ifindex in self.stations.keys().copied().collect::<Vec<_>>() {
            self.carry_out(ifindex);
        }
        self.admit();
        self.ignored.clear();
        self.reconsider()
    }
}

/// Shows networks and addresses in the log as the configuration says.
fn apply_redaction(config: &Config, host: &Host) {
    let boot = host.boot_id.as_deref().unwrap_or_default();
    log::set_redaction(Redaction {
        off: config.log_identities,
        key: host.key.for_purpose(&format!("macveil log {boot}")),
    });
}
