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
mod guards;
mod history;
mod hold;
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
mod startup;
mod status;
pub(crate) mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand::rngs::{StdRng, SysRng};
use rand::{RngExt, SeedableRng};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tracing::{debug, info, warn};

use crate::config::{self, BackendChoice, Config, Layout};
use crate::log::{self, Redaction};
use crate::platform::managers::{ActiveManagers, InstanceLock, ManagerWatch};
use crate::platform::netlink::{Kernel, Notification, Notifications};
use crate::platform::sandbox::{self, Sandbox};
use crate::platform::wpa_supplicant;
use crate::protocol::Backend;
use crate::store::{self, RuntimeDir};
use awaiting_udev::AwaitingUdev;
use clock::{Alarm, SleepWatch};
use commands::PendingScans;
use control::{PendingRequest, Server};
pub use error::Error;
use followed::Published;
use history::KeptHistory;
use hold::Held;
use machine::{Client, Machine, Report, bound_for, of_card};
use macveil_core::address::{Host, Record};
use macveil_core::machine::iwd::{IwdMachine, Turns};
use macveil_core::machine::wpa::{self, WpaMachine};
use macveil_core::machine::{AddressKind, Addresses, Card, Command, Event, LinkEvent, Time};
use macveil_core::types::{DeviceKind, Mac, ManagerKind, Ssid};
use managed::{BackendEvent, ManagedInterface};
use metrics::Metrics;
use schedule::Schedule;
use service::Watchdog;
use startup::{Problems, Start};

/// Protects the cards that the configuration names until the process is told to end.
///
/// # Errors
/// When the daemon cannot start; once it runs, every problem becomes a state of its interface.
pub fn run(config_file: Option<&Path>) -> Result<(), Error> {
    error::require_privilege()?;
    let confined = sandbox::is_enabled();
    if confined {
        sandbox::hide_memory();
    }
    let start = Start::read(config_file);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let (daemon, sources) = Daemon::start(config_file, start)?;
        let _sandbox: Option<Sandbox> = confined.then(|| daemon.confine());
        run_loop(daemon, sources).await
    })
}

struct Daemon {
    environment: Environment,
    kernel: Kernel,
    interfaces: Interfaces,
    managers: Managers,
    control: Control,
    /// For the clients of supplicants.
    reports: mpsc::UnboundedSender<BackendEvent>,
    shutting_down: bool,
    _lock: Option<InstanceLock>,
}

/// What does not belong to an interface.
struct Environment {
    config_file: Option<PathBuf>,
    config: Config,
    host: Arc<Host>,
    problems: Problems,
    history: KeptHistory,
    runtime_dir: RuntimeDir,
    rng: StdRng,
}

/// The interfaces of this machine, by ifindex.
#[derive(Default)]
struct Interfaces {
    managed: BTreeMap<u32, ManagedInterface>,
    /// When each managed interface needs a timeout.
    schedule: Schedule,
    /// Unmanaged interfaces, remembered so that their notifications are cheap to ignore.
    ignored: BTreeMap<u32, Identity>,
    awaiting_udev: AwaitingUdev,
    /// The mask that the last released interface had: for the machine of its new backend.
    last_mask: Option<(u32, Mac)>,
    /// Held down, because there is no valid configuration.
    held: BTreeMap<u32, Held>,
}

/// Other programs that manage interfaces.
#[derive(Default)]
struct Managers {
    active: ActiveManagers,
    /// The owners of unmanaged interfaces, as they were logged.
    reported: Vec<(u32, ManagerKind)>,
    /// An interface was released: its new owner may have exited meanwhile.
    released: bool,
    /// iwd's interfaces share its files.
    turns: Turns,
}

/// The control socket, its clients, and the metrics file.
struct Control {
    server: Option<Server>,
    scans: Vec<PendingScans>,
    published: Published,
    metrics: Metrics,
}

/// What an interface is ignored for.
#[derive(Debug, PartialEq, Eq)]
struct Identity {
    name: String,
    bonded: bool,
}

/// Everything that the event loop waits for.
struct EventSources {
    notifications: Notifications,
    managers: ManagerWatch,
    reports: mpsc::UnboundedReceiver<BackendEvent>,
    requests: mpsc::Receiver<PendingRequest>,
    alarm: Alarm,
    watchdog: Watchdog,
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    hand_over: Signal,
}

enum LoopEvent {
    Notification(Notification),
    Managers(ActiveManagers),
    BackendEvent(BackendEvent),
    PendingRequest(PendingRequest),
    Alarm,
    Watchdog,
    Leave,
    HandOver,
    Reload,
}

impl Daemon {
    fn start(config_file: Option<&Path>, start: Start) -> Result<(Self, EventSources), Error> {
        let Start {
            config,
            copy,
            mut problems,
        } = start;
        if let Some(problem) = &problems.configuration {
            warn!("{problem}");
        }
        for warning in &config.warnings {
            warn!("{warning}");
        }
        let (runtime_dir, lock) = startup::lock(&config.runtime_dir)?;
        let mut rng = StdRng::try_from_rng(&mut SysRng).map_err(Error::random)?;
        let (host, error) = store::read_host(&config.state_dir, &mut rng);
        problems.key = error.as_ref().map(startup::no_key);
        if let Some(problem) = &problems.key {
            warn!("{problem}");
        }
        let host = Arc::new(host);
        apply_redaction(&config, &host, &mut rng);
        let history = KeptHistory::read(&config.state_dir);
        let (reports, report_receiver) = mpsc::unbounded_channel();
        // Subscribe before the first query, so that no change is missed.
        let notifications = Notifications::open()?;
        let kernel = Kernel::open()?;
        let (control, requests) =
            control::open(&config.runtime_dir, config.control_group.as_deref());
        let sources = EventSources {
            notifications,
            managers: managers::listen(),
            reports: report_receiver,
            requests,
            alarm: Alarm::new().map_err(Error::Runtime)?,
            watchdog: Watchdog::new(),
            terminate: signal(SignalKind::terminate()).map_err(Error::Runtime)?,
            interrupt: signal(SignalKind::interrupt()).map_err(Error::Runtime)?,
            hangup: signal(SignalKind::hangup()).map_err(Error::Runtime)?,
            hand_over: signal(SignalKind::user_defined1()).map_err(Error::Runtime)?,
        };
        let daemon = Self {
            environment: Environment {
                config_file: config_file.map(Path::to_owned),
                config,
                host,
                problems,
                history,
                runtime_dir,
                rng,
            },
            kernel,
            interfaces: Interfaces::default(),
            managers: Managers::default(),
            control: Control {
                server: control,
                scans: Vec::new(),
                published: Published::default(),
                metrics: Metrics::default(),
            },
            reports,
            shutting_down: false,
            _lock: lock,
        };
        if let Some(copy) = &copy {
            daemon.environment.keep(copy);
        }
        Ok((daemon, sources))
    }
}

/// Reacts to one event after the other until macveil has released every interface.
async fn run_loop(mut daemon: Daemon, mut sources: EventSources) -> Result<(), Error> {
    // Before any interface is touched.
    daemon.managers.active = sources.managers.first().await;
    daemon.manage_all()?;
    daemon.take_turns();
    if daemon.interfaces.managed.is_empty() {
        info!("no interface to protect yet; waiting for one");
    }
    daemon.report_problems();
    service::ready();
    let mut sleep_watch = SleepWatch::new();
    daemon.publish();
    while !(daemon.shutting_down && daemon.interfaces.managed.is_empty()) {
        sources
            .alarm
            .arm(daemon.deadline())
            .map_err(Error::Runtime)?;
        let event = sources.next().await?;
        if sleep_watch.has_slept() {
            info!("the machine was asleep");
            daemon.dispatch_all(&Event::Command(Command::Resumed));
        }
        daemon.react(event)?;
        daemon.take_turns();
        daemon.finish_looks();
        daemon.publish();
    }
    if let Some(control) = daemon.control.server.take() {
        control.end().await;
    }
    Ok(())
}

impl EventSources {
    async fn next(&mut self) -> Result<LoopEvent, Error> {
        Ok(tokio::select! {
            notification = self.notifications.next() => LoopEvent::Notification(notification),
            running = self.managers.next() => LoopEvent::Managers(running),
            Some(report) = self.reports.recv() => LoopEvent::BackendEvent(report),
            Some(request) = self.requests.recv() => LoopEvent::PendingRequest(request),
            fired = self.alarm.fired() => fired.map(|()| LoopEvent::Alarm).map_err(Error::Runtime)?,
            () = self.watchdog.due() => LoopEvent::Watchdog,
            _ = self.terminate.recv() => LoopEvent::Leave,
            _ = self.interrupt.recv() => LoopEvent::Leave,
            _ = self.hangup.recv() => LoopEvent::Reload,
            _ = self.hand_over.recv() => LoopEvent::HandOver,
        })
    }
}

impl Daemon {
    fn react(&mut self, event: LoopEvent) -> Result<(), Error> {
        match event {
            LoopEvent::Notification(notification) => self.handle_notification(notification)?,
            LoopEvent::Managers(running) => {
                self.managers.active = running;
                self.recheck_managers()?;
            }
            LoopEvent::BackendEvent(BackendEvent { ifindex, report }) => {
                self.report(ifindex, report);
            }
            LoopEvent::PendingRequest(asked) => self.answer(asked)?,
            LoopEvent::Alarm => self.handle_timeouts()?,
            LoopEvent::Watchdog => service::alive(),
            LoopEvent::Leave => self.leave(),
            LoopEvent::HandOver => {
                info!("handing over: everything is restored before macveil ends");
                self.environment.config.hands_over = true;
                self.reconfigure();
                self.leave();
            }
            // Mistakes of the configuration are logged.
            LoopEvent::Reload => drop(self.reload()?),
        }
        if std::mem::take(&mut self.managers.released) && !self.shutting_down {
            self.manage_all()?;
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.shutting_down = true;
        service::stopping();
        self.dispatch_all(&Event::Command(Command::Release));
    }

    fn handle_notification(&mut self, notification: Notification) -> Result<(), Error> {
        match notification {
            Notification::Link {
                ifindex,
                name,
                bonded,
                ..
            } => self.link_changed(ifindex, Identity { name, bonded })?,
            Notification::LinkGone { ifindex } => {
                self.interfaces.ignored.remove(&ifindex);
                self.interfaces.held.remove(&ifindex);
                self.managers.reported.retain(|left| left.0 != ifindex);
                self.interfaces.awaiting_udev.forget(ifindex);
                self.kernel.forget_source_guard(ifindex);
                if let Some(gone) = self.forget(ifindex) {
                    info!("{}: gone", gone.name());
                }
            }
            Notification::FilterRemoved { ifindex } => self.check_source_guard(ifindex),
            Notification::Retyped { ifindex } => {
                self.retyped(ifindex)?;
                // Perhaps it uses four addresses now.
                self.dispatch(ifindex, Event::Link(LinkEvent::GuardLost));
            }
            Notification::Station { ifindex, event } => self.dispatch(ifindex, event),
            Notification::Overrun => {
                debug!("kernel notifications were lost: reading the state again");
                self.interfaces.ignored.clear();
                self.manage_all()?;
                for ifindex in self.interfaces.managed.keys().copied().collect::<Vec<_>>() {
                    self.read_link(ifindex)?;
                    self.check_source_guard(ifindex);
                }
                self.dispatch_all(&Event::Overrun);
            }
        }
        Ok(())
    }

    /// A notification may be older than the latest change, so the link itself is read.
    fn link_changed(&mut self, ifindex: u32, identity: Identity) -> Result<(), Error> {
        let name = &identity.name;
        if self.interfaces.held.contains_key(&ifindex) {
            self.hold_down(ifindex);
            return Ok(());
        }
        if let Some(managed) = self
            .interfaces
            .managed
            .get(&ifindex)
            .filter(|t| t.name() != name)
        {
            info!("{name}: this interface was renamed; starting again");
            self.environment.runtime_dir.rename(managed.name(), name);
            self.forget(ifindex);
        }
        if self.interfaces.managed.contains_key(&ifindex) {
            self.read_link(ifindex)?;
            if self
                .interfaces
                .managed
                .get(&ifindex)
                .is_some_and(ManagedInterface::is_wire)
            {
                self.check_source_guard(ifindex);
            }
        } else if !self.shutting_down && self.interfaces.ignored.get(&ifindex) != Some(&identity) {
            self.manage(ifindex, identity)?;
            self.check_guards_of_wires();
        }
        Ok(())
    }

    fn read_link(&mut self, ifindex: u32) -> Result<(), Error> {
        if self.release_to_bond(ifindex)? || self.release_former_station(ifindex)? {
            return Ok(());
        }
        match self.kernel.link(ifindex) {
            Ok(link) => self.dispatch(ifindex, Event::Link(LinkEvent::Changed(link))),
            Err(refusal) => debug!("interface {ifindex}: {refusal}"),
        }
        Ok(())
    }

    fn manage_all(&mut self) -> Result<(), Error> {
        for card in self.kernel.stations()? {
            if !self.interfaces.managed.contains_key(&card.ifindex) {
                self.manage_card(card);
            }
        }
        self.manage_all_ethernet()
    }

    fn manage(&mut self, ifindex: u32, identity: Identity) -> Result<(), Error> {
        if let Some(card) = self.kernel.card(ifindex)? {
            self.manage_card(card);
        } else if let Some(port) = self.kernel.ethernet_device(ifindex)? {
            self.manage_ethernet(port);
        } else {
            self.interfaces.ignored.insert(ifindex, identity);
            self.mask_interface_of_iwd(ifindex)?;
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
            .environment
            .runtime_dir
            .initial_address(name, ifindex, permanent, current);
        known.unwrap_or_else(|error| {
            warn!("{name}: cannot store the initial address: {error}");
            current
        })
    }

    fn manage_card(&mut self, mut card: Card) {
        if !self.environment.config.manages(&of_card(&card)) {
            debug!("{}: not managed", card.name);
            self.end_hold(&card);
            self.kernel.remove_source_guard(card.ifindex);
            let Card { name, ifindex, .. } = card;
            let bonded = false;
            self.interfaces
                .ignored
                .insert(ifindex, Identity { name, bonded });
            return;
        }
        let Some(backend) = self.backend_for(&card.name, card.ifindex, DeviceKind::Wifi) else {
            return;
        };
        if self.environment.problems.holds {
            return self.hold(card);
        }
        self.end_hold(&card);
        let link = match self.kernel.link(card.ifindex) {
            Ok(link) => link,
            Err(refusal) => return debug!("{}: {refusal}", card.name),
        };
        let ifindex = card.ifindex;
        card.initial = self.initial_address(&card.name, ifindex, card.permanent, card.initial);
        let device = of_card(&card);
        let settings = self.environment.config.settings(&device);
        let policies = self
            .environment
            .config
            .address_policies(&device, Arc::clone(&self.environment.host));
        let addresses = Addresses {
            policies: bound_for(backend, policies, &device),
            history: self.environment.history.current().clone(),
        };
        let how = match backend {
            Backend::WpaSupplicant => "now protected",
            Backend::Iwd => "now protected (backend iwd)",
        };
        info!("{}: {how} ({})", card.name, card.driver);
        let rng = StdRng::from_rng(&mut self.environment.rng);
        let name = card.name.clone();
        let now = clock::now();
        let machine = match backend {
            Backend::WpaSupplicant => {
                let client = self.client_of_wpa(ifindex, &name);
                let machine = WpaMachine::new(now, card, settings, addresses, link, rng);
                Machine::wpa(machine, client)
            }
            Backend::Iwd => {
                #[cfg(feature = "dbus")]
                let client = Some(self.client_of_iwd(ifindex, &name));
                #[cfg(not(feature = "dbus"))]
                let client = None;
                let mask = self
                    .interfaces
                    .last_mask
                    .filter(|last| *last == (ifindex, link.address));
                let mask = mask.map(|(_, mask)| mask);
                let machine = IwdMachine::new(now, card, settings, addresses, link, rng);
                Machine::iwd(machine.masked_before(mask), client)
            }
        };
        let managed = ManagedInterface::begin(ifindex, name, machine);
        self.interfaces.managed.insert(ifindex, managed);
        self.carry_out(ifindex);
    }

    fn dispatch_all(&mut self, event: &Event) {
        for ifindex in self.interfaces.managed.keys().copied().collect::<Vec<_>>() {
            self.dispatch(ifindex, event.clone());
        }
    }

    fn dispatch(&mut self, ifindex: u32, event: Event) {
        if let Some(managed) = self.interfaces.managed.get_mut(&ifindex) {
            managed.handle(event);
            self.carry_out(ifindex);
        }
    }

    fn report(&mut self, ifindex: u32, report: Report) {
        if let Some(managed) = self.interfaces.managed.get_mut(&ifindex) {
            managed.report(report);
            self.carry_out(ifindex);
        }
    }

    /// For the client of an interface's backend. Nothing listens any more when the daemon ends.
    fn reporter<E>(&self, ifindex: u32, wrap: fn(E) -> Report) -> impl FnMut(E) + use<E> {
        let told = self.reports.clone();
        move |event| {
            let report = wrap(event);
            let _ = told.send(BackendEvent { ifindex, report });
        }
    }

    fn handle_timeouts(&mut self) -> Result<(), Error> {
        self.hold_again();
        for ifindex in self.interfaces.schedule.take_due(clock::now().boot) {
            if let Some(managed) = self.interfaces.managed.get_mut(&ifindex) {
                managed.handle_timeout();
                self.carry_out(ifindex);
            }
        }
        if self.shutting_down {
            return Ok(());
        }
        self.manage_named()
    }

    fn carry_out(&mut self, ifindex: u32) {
        let Some(managed) = self.interfaces.managed.get_mut(&ifindex) else {
            return;
        };
        let outcome = managed.carry_out(&mut self.kernel);
        self.interfaces.schedule.set(ifindex, managed.deadline());
        self.control.published.touch(ifindex);
        if let Some(control) = &self.control.server {
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
            if !self.shutting_down {
                // Its next owner changes the address.
                self.kernel.remove_source_guard(ifindex);
            }
            self.managers.released = true;
        }
        for (ssid, record) in outcome.learned {
            self.remember(Some(ifindex), ssid, record);
        }
    }

    /// Stops managing the interface.
    fn forget(&mut self, ifindex: u32) -> Option<ManagedInterface> {
        self.interfaces.schedule.set(ifindex, None);
        self.control.published.touch(ifindex);
        let gone = self.interfaces.managed.remove(&ifindex)?;
        let status = gone.machine_status();
        let is_masked = status.address_kind == AddressKind::Mask;
        self.interfaces.last_mask = is_masked.then_some((ifindex, status.link.address));
        Some(gone)
    }

    /// Stores a network's record and notifies every other machine.
    fn remember(&mut self, learner: Option<u32>, ssid: Ssid, record: Record) {
        self.environment.history.learn(ssid.clone(), record);
        let event = Event::Renewed { ssid, record };
        for ifindex in self.interfaces.managed.keys().copied().collect::<Vec<_>>() {
            if Some(ifindex) != learner {
                self.dispatch(ifindex, event.clone());
            }
        }
    }

    fn deadline(&self) -> Option<Time> {
        let named = self
            .interfaces
            .awaiting_udev
            .deadline()
            .filter(|_| !self.shutting_down);
        let held = self.interfaces.held.values().filter_map(|it| it.retry_at);
        self.interfaces
            .schedule
            .soonest()
            .into_iter()
            .chain(named)
            .chain(held)
            .chain(self.managers.turns.deadline())
            .min()
    }

    fn client_of_wpa(&self, ifindex: u32, name: &str) -> Option<Client<wpa::Request>> {
        match self.environment.config.backend {
            BackendChoice::Auto | BackendChoice::WpaSupplicant => {}
            BackendChoice::None | BackendChoice::Iwd => return None,
        }
        let target = wpa_supplicant::Target {
            ifname: name.to_owned(),
            control_dir: self.environment.config.ctrl_interface.clone(),
            client_dir: self.environment.runtime_dir.client_dir(),
            saved_settings: self.environment.runtime_dir.originals(name),
        };
        let report = self.reporter(ifindex, Report::Wpa);
        let client = |requests| wpa_supplicant::run(target, requests, report);
        Some(Client::start(client))
    }

    /// Reads the configuration again. With mistakes (the inner error) the old one remains active.
    fn reload(&mut self) -> Result<Result<(), config::Errors>, Error> {
        let layout = Layout::of(self.environment.config_file.as_deref());
        match Config::read_and_copy(&layout) {
            Ok((config, copy)) => {
                self.environment.keep(&copy);
                self.adopt(config).map(Ok)
            }
            Err(errors) => {
                warn!("keeping the old configuration: {errors}");
                Ok(Err(errors))
            }
        }
    }

    fn reconfigure(&mut self) {
        for managed in self.interfaces.managed.values_mut() {
            managed.reconfigure(&self.environment.config, &self.environment.host);
        }
    }

    fn adopt(&mut self, config: Config) -> Result<(), Error> {
        self.environment.config = config;
        self.environment.problems.configuration = None;
        self.environment.problems.holds = false;
        self.environment.read_host();
        apply_redaction(
            &self.environment.config,
            &self.environment.host,
            &mut self.environment.rng,
        );
        info!("configuration read again");
        self.report_problems();
        for warning in &self.environment.config.warnings {
            warn!("{warning}");
        }
        self.reconfigure();
        self.release_unmanaged();
        for ifindex in self.interfaces.managed.keys().copied().collect::<Vec<_>>() {
            self.carry_out(ifindex);
        }
        self.admit();
        self.interfaces.ignored.clear();
        self.interfaces.held.clear();
        self.recheck_managers()
    }

    fn report_problems(&self) {
        let problems = self.environment.problems.all();
        let first = problems.first().map_or("", String::as_str);
        service::status(first.lines().next().unwrap_or_default());
    }
}

/// Shows networks and addresses in the log as the configuration says.
fn apply_redaction(config: &Config, host: &Host, rng: &mut StdRng) {
    let boot = host.boot_id.as_deref().unwrap_or_default();
    log::set_redaction(Redaction {
        off: config.log_identities,
        key: if host.key.is_there() {
            host.key.for_purpose(&format!("macveil log {boot}"))
        } else {
            rng.random()
        },
    });
}
