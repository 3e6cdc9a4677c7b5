//! The shell around the state machines: it joins them to the kernel, to supplicants and to clients.
//!
//! | file | what it holds |
//! |---|---|
//! | `startup`, `event_loop`, `reload` | the life of the process |
//! | `notifications` | what the kernel says of interfaces |
//! | `cards`, `ethernet`, `retyped`, `awaiting_udev`, `hold` | which interfaces get a machine, and when |
//! | `machine`, `managed`, `iwd`, `schedule` | the machine of an interface and its supplicant |
//! | `managers`, `guards` | other programs |
//! | `control`, `commands`, `followed`, `status`, `metrics` | clients |
//! | `entry`, `journal`, `words` | the log |

mod awaiting_udev;
mod cards;
mod clock;
mod commands;
mod confinement;
mod control;
mod entry;
mod error;
mod ethernet;
mod event_loop;
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
mod notifications;
mod reload;
mod retyped;
mod schedule;
mod service;
mod startup;
mod status;
pub(crate) mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::{StdRng, SysRng};
use tokio::sync::mpsc;
use tracing::{debug, warn};

use crate::config::Config;
use crate::platform::managers::{ActiveManagers, InstanceLock};
use crate::platform::netlink::{Kernel, Notifications};
use crate::platform::sandbox::{self, Sandbox};
use crate::store::{self, RuntimeDir};
use awaiting_udev::AwaitingUdev;
use commands::PendingScans;
use control::Server;
pub use error::Error;
use event_loop::{EventSources, run_loop};
use followed::Published;
use history::KeptHistory;
use hold::Held;
use machine::Report;
use macveil_core::address::{Host, Record};
use macveil_core::machine::iwd::Turns;
use macveil_core::machine::{AddressKind, Event};
use macveil_core::types::{Mac, ManagerKind, Ssid};
use managed::{BackendEvent, ManagedInterface};
use metrics::Metrics;
use reload::apply_redaction;
use schedule::Schedule;
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

/// The interfaces of this machine, by ifindex. The maps of boxes share one code.
#[derive(Default)]
struct Interfaces {
    managed: BTreeMap<u32, Box<ManagedInterface>>,
    /// When each managed interface needs a timeout.
    schedule: Schedule,
    /// Unmanaged interfaces, remembered so that their notifications are cheap to ignore.
    ignored: BTreeMap<u32, Box<Identity>>,
    awaiting_udev: AwaitingUdev,
    /// The mask that the last released interface had: for the machine of its new backend.
    last_mask: Option<(u32, Mac)>,
    /// Held down, because there is no valid configuration.
    held: BTreeMap<u32, Box<Held>>,
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
        let sources = EventSources::new(notifications, report_receiver, requests)?;
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

impl Daemon {
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

    fn carry_out(&mut self, ifindex: u32) {
        let Some(managed) = self.interfaces.managed.get_mut(&ifindex) else {
            return;
        };
        let outcome = managed.carry_out(&mut self.kernel, &self.environment.runtime_dir);
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
        if let Some(channel) = outcome.channel
            && let Err(error) = store::add_channel(&self.environment.config.state_dir, channel)
        {
            debug!("cannot store channel {channel}: {error}");
        }
        for (ssid, record) in outcome.learned {
            self.remember(Some(ifindex), ssid, record);
        }
    }

    /// Stops managing the interface.
    fn forget(&mut self, ifindex: u32) -> Option<Box<ManagedInterface>> {
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
}
