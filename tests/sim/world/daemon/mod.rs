//! macveil in the simulated world: the real supervisor, and a shell around it that can fail at every
//! step, be deaf, be slow, and die.

mod act;
mod hear;
mod life;
mod machine;

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use macveil_core::address::{
    AddressPolicies, ConnectionOptions, History, Host, HostKey, NetworkRule, Zone,
};
use macveil_core::machine::wpa::WpaEvent;
use macveil_core::machine::{Now, Settings, StateKind};
use macveil_core::types::{Frequency, Mac};

pub use machine::{Action, Backend, Machine, Order, Report, Wanted};

use super::{Event, Fault, FaultAt, HEARING, Happening, PERMANENT, Quirk, World};

/// Maximum number of actions for one event.
const ENDLESS: u32 = 2_000;
/// After this long macveil's client no longer waits for the supplicant.
const GIVEN_UP: Duration = Duration::from_secs(10);
/// How often a service manager looks whether the last daemon has ended.
const ENDING: Duration = Duration::from_millis(50);
/// How long a new daemon needs to meet a supplicant that runs already.
const SETTLING_IN: Duration = Duration::from_secs(2);
const NEW_YEAR: Duration = Duration::from_secs(1_798_761_600);

/// What a broken shell would do: so that it can be seen that the simulation notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// After an association its address stays on the card, and the supervisor is told otherwise.
    NoNewMask,
    /// The supplicant is not brought to rest, and the supervisor is told otherwise.
    NeverQuiet,
    /// The kernel has no source guard, and the supervisor is told otherwise.
    NoSourceGuard,
    /// No attempt of iwd's is cut off, and the machine is told otherwise.
    NeverCuts,
    /// No scan is ended.
    NoAbort,
    /// No address is set, and whatever the machine is told of the link says otherwise.
    NoAddress,
}

#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a property by itself"
)]
pub struct Daemon {
    /// Without an interface there is none.
    machine: Option<Machine>,
    runs: bool,
    /// Its machine makes way for one of another kind.
    yields: bool,
    /// Its machine ends what wpa_supplicant began in another mode.
    ends_mode: bool,
    /// It has no valid configuration, and holds the card down.
    holds: bool,
    /// It noted for the next one that it holds the link down.
    has_noted_down: bool,
    /// The mask that the interface had as the last machine let go of it.
    last_mask: Option<Mac>,
    life: u32,
    /// Carried out so far, in all lives.
    pub actions: u64,
    pub faults: Vec<FaultAt>,
    pub policies: AddressPolicies,
    pub settings: Settings,
    /// What happened, for a person.
    pub log: Vec<String>,
    pub keep_log: bool,
    /// The runtime directory remembers it.
    initial: Option<Mac>,
    history: History,
    /// Stored channels.
    channels: Vec<Frequency>,
    deaf_until: Option<Duration>,
    busy_until: Duration,
    started: Duration,
    /// Tells every event twice.
    pub stutters: bool,
    /// Hears of events late, and not in their order.
    pub shuffles: bool,
    /// Until when faults make it do so, and miss what the supplicant says.
    stutters_until: Duration,
    shuffles_until: Duration,
    untold_until: Duration,
    pub sabotage: Option<Sabotage>,
    /// The address that it claims to read.
    pretended: Option<Mac>,
    /// The address that it put on the card last for an association.
    pub meant: Option<Mac>,
    /// What happened meanwhile it learned of late, or not at all.
    pub blind: Range<Duration>,
    /// How often a machine of it began to count random addresses.
    pub budgets: u64,
    /// When it called networks by their names, within the last minute.
    called: Vec<Duration>,
    /// How often it was woken.
    pub wakes: u64,
}

impl Default for Daemon {
    fn default() -> Self {
        Self {
            machine: None,
            runs: false,
            yields: false,
            ends_mode: false,
            holds: false,
            has_noted_down: false,
            last_mask: None,
            life: 0,
            actions: 0,
            faults: Vec::new(),
            policies: policies(Vec::new()),
            settings: Settings::default(),
            log: Vec::new(),
            keep_log: false,
            initial: None,
            history: History::default(),
            channels: Vec::new(),
            deaf_until: None,
            busy_until: Duration::ZERO,
            started: Duration::ZERO,
            stutters: false,
            shuffles: false,
            stutters_until: Duration::ZERO,
            shuffles_until: Duration::ZERO,
            untold_until: Duration::ZERO,
            sabotage: None,
            pretended: None,
            meant: None,
            blind: Duration::ZERO..Duration::ZERO,
            budgets: 0,
            called: Vec::new(),
            wakes: 0,
        }
    }
}

impl Daemon {
    /// The address of the card when macveil first saw it.
    pub const fn initial(&self) -> Option<Mac> {
        self.initial
    }

    pub const fn life(&self) -> u32 {
        self.life
    }

    pub fn deadline(&self) -> Option<Duration> {
        let deadline = self.machine.as_ref()?.poll_timeout()?;
        Some(deadline.max(self.busy_until))
    }

    /// There is no daemon, or none that can see what happens, or one that has only just begun.
    pub fn was_away(&self, now: Duration) -> bool {
        self.is_away(now) || now.saturating_sub(self.started) < SETTLING_IN
    }

    /// Until when it waits for the kernel.
    pub const fn busy_until(&self) -> Duration {
        self.busy_until
    }

    /// Zero if it hears.
    pub fn deaf_until(&self) -> Duration {
        self.deaf_until.unwrap_or_default()
    }

    /// There is no daemon, or none that can see what happens.
    pub fn is_away(&self, now: Duration) -> bool {
        self.machine.is_none() || now < self.busy_until || self.deaf_until.is_some()
    }

    pub const fn is_running(&self) -> bool {
        self.runs
    }

    /// Whose machine it runs.
    pub fn backend(&self) -> Option<Backend> {
        self.machine.as_ref().map(Machine::backend)
    }

    pub fn state(&self) -> Option<StateKind> {
        self.machine.as_ref().map(Machine::state)
    }

    /// Whether what happens now is never heard of.
    pub fn loses(&self, now: Duration, event: &Event) -> bool {
        let is_told = matches!(event, Event::Backend(Report::Wpa(WpaEvent::Supplicant(_))));
        let untold = now < self.untold_until && is_told;
        self.deaf_until.is_some() || untold
    }

    /// It learns of nothing in that time.
    fn is_blind(&mut self, from: Duration, until: Duration) {
        if self.blind.end < from {
            self.blind.start = from;
        }
        self.blind.end = self.blind.end.max(until);
    }

    pub fn shuffles(&self, now: Duration) -> bool {
        self.shuffles || now < self.shuffles_until
    }

    fn stutters(&self, now: Duration) -> bool {
        self.stutters || now < self.stutters_until
    }

    fn fault_now(&mut self) -> Option<Fault> {
        let number = self.actions;
        self.actions += 1;
        let fault = self.faults.iter().find(|it| it.action == number);
        fault.map(|it| it.fault)
    }

    fn note(&mut self, text: impl FnOnce() -> String) {
        if self.keep_log {
            self.log.push(text());
        }
    }
}

fn host() -> Host {
    Host {
        key: HostKey::from_host_id(b"a secret of 16 b"),
        boot_id: None,
        zone: Zone::utc(),
    }
}

/// Which addresses networks get by these rules.
pub fn policies(rules: Vec<NetworkRule>) -> AddressPolicies {
    policies_of(rules, ConnectionOptions::default())
}

/// The same where no rule says anything.
pub fn policies_of(rules: Vec<NetworkRule>, defaults: ConnectionOptions) -> AddressPolicies {
    AddressPolicies::new("wlan0".to_owned(), Arc::new(host()), None, rules, defaults)
}

impl World {
    pub fn clocks(&self) -> Now {
        Now {
            boot: self.now,
            wall: UNIX_EPOCH + NEW_YEAR + self.now,
        }
    }

    pub fn note_line(&mut self, text: impl FnOnce() -> String) {
        let at = self.now.as_secs_f64();
        self.daemon.note(|| format!("{at:12.6}  {}", text()));
    }
}
