//! One card, its kernel, its supplicant, the access points around it, its user, and macveil's own
//! supervisor in between: all of it driven by one queue of happenings, so that a seed repeats it.

mod access_point;
mod daemon;
mod fault;
mod guard;
mod iwd;
mod kernel;
mod sniffer;
mod stranger;
mod supplicant;
mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

use macveil_core::machine::{StateKind, wpa};
use macveil_core::types::{Mac, Ssid};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

pub use access_point::AccessPoint;
use daemon::Report;
pub use daemon::{Backend, Daemon, Sabotage, policies, policies_of};
pub use fault::{Fault, FaultAt};
pub use iwd::{Iwd, network_id};
pub use kernel::{Driver, Kernel, Quirk};
pub use sniffer::{Sniffer, micros};
pub use supplicant::{Condition, Network, Supplicant};

use crate::promise::{Air, Frame, Kind, What};

/// Within this time, in microseconds, a daemon hears of what happens, and one that hears of it late and
/// in disorder.
const HEARING: u64 = 2_000;
const LATE_HEARING: u64 = 20_000;
/// No day is so eventful.
const ENDLESS: u64 = 200_000;

pub const PERMANENT: Mac = Mac([0x00, 0x1c, 0xb3, 0x01, 0x02, 0x03]);

pub type Event = macveil_core::machine::Event<Report>;

/// Something that is due at a moment.
#[derive(Debug, Clone)]
pub enum Happening {
    /// The daemon of this life is told something.
    Tell(u32, Event),
    /// The daemon is started again.
    DaemonStarts,
    /// It holds the card down.
    Holds(u32),
    /// It looks at what drives the interface.
    Managers(u32),
    /// The kernel tells it of another interface.
    Interface(u32),
    Kernel(kernel::Due),
    Supplicant(supplicant::Due),
    Iwd(iwd::Due),
    Wire(wire::Due),
}

pub struct World {
    pub now: Duration,
    pub air: Air,
    pub kernel: Kernel,
    pub backend: Backend,
    pub supplicant: Supplicant,
    pub iwd: Iwd,
    pub access_points: Vec<AccessPoint>,
    pub daemon: Daemon,
    pub sniffer: Sniffer,
    pub stranger: stranger::Stranger,
    pub chance: StdRng,
    /// Happenings so far.
    pub steps: u64,
    /// Of the supplicant.
    pub background_scans: u32,
    queue: BTreeMap<(Duration, u64), Happening>,
    serial: u64,
    /// When macveil's client told last whether there is a supplicant.
    told_presence: Duration,
    /// By then a daemon that can hear has heard of all that has happened.
    heard_by: Duration,
}

impl World {
    pub fn new(seed: u64, driver: Driver) -> Self {
        Self {
            now: Duration::from_secs(10),
            air: Air::default(),
            kernel: Kernel::new(driver),
            backend: Backend::Wpa,
            supplicant: Supplicant::default(),
            iwd: Iwd::default(),
            access_points: Vec::new(),
            daemon: Daemon::default(),
            sniffer: Sniffer::default(),
            stranger: stranger::Stranger::default(),
            chance: StdRng::seed_from_u64(seed),
            steps: 0,
            background_scans: 0,
            queue: BTreeMap::new(),
            serial: 0,
            told_presence: Duration::ZERO,
            heard_by: Duration::ZERO,
        }
    }

    /// Lets time go by.
    pub fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while self.step(end) {}
        self.now = end;
    }

    /// Lets time go by until something is so; says whether it came to be.
    pub fn wait(&mut self, longest: Duration, mut is_so: impl FnMut(&Self) -> bool) -> bool {
        let end = self.now + longest;
        while !is_so(self) {
            if !self.step(end) {
                self.now = end;
                return is_so(self);
            }
        }
        true
    }

    /// The next happening before that moment.
    fn step(&mut self, end: Duration) -> bool {
        assert!(
            self.steps < ENDLESS,
            "one happening leads to the next without end"
        );
        let due = self.queue.first_key_value().map(|((at, _), _)| *at);
        let alarm = self.daemon.deadline().map(|at| at.max(self.now));
        match (due, alarm) {
            (Some(due), alarm) if due <= end && alarm.is_none_or(|alarm| due <= alarm) => {
                if let Some(((at, _), happening)) = self.queue.pop_first() {
                    self.now = self.now.max(at);
                    self.steps += 1;
                    self.happen(happening);
                }
                true
            }
            (_, Some(alarm)) if alarm <= end => {
                self.now = alarm;
                self.steps += 1;
                self.daemon_alarm();
                true
            }
            _ => false,
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Tell(life, event) => self.tell_daemon(life, event),
            Happening::DaemonStarts => self.start_daemon(),
            Happening::Holds(life) => self.daemon_holds(life),
            Happening::Managers(life) => self.look_at_managers(life),
            Happening::Interface(life) => self.daemon_finds_interface(life),
            Happening::Iwd(due) => self.iwd_due(due),
            Happening::Wire(due) => self.wire_due(due),
            Happening::Kernel(due) => self.kernel_due(due),
            Happening::Supplicant(due) => self.supplicant_due(due),
        }
    }

    fn after(&mut self, pause: Duration, happening: Happening) {
        self.serial += 1;
        self.queue
            .insert((self.now + pause, self.serial), happening);
    }

    /// The daemon hears of something shortly.
    fn report(&mut self, event: Event) {
        let longest = self.hearing();
        self.heard_by = self.heard_by.max(self.now + Duration::from_micros(longest));
        let delay = self.micros(200, longest);
        let life = self.daemon.life();
        if !self.daemon.loses(self.now, &event) {
            self.after(delay, Happening::Tell(life, event));
        }
    }

    /// Whether there is a supplicant is found out by one client, which tells of it in its order.
    fn report_presence(&mut self, least: u64, most: u64, presence: wpa::Supplicant) {
        let at = self.now + self.micros(least, most);
        self.told_presence = self.told_presence.max(at);
        let pause = self.told_presence.saturating_sub(self.now);
        let life = self.daemon.life();
        self.after(
            pause,
            Happening::Tell(
                life,
                Event::Backend(Report::Wpa(wpa::WpaEvent::Supplicant(presence))),
            ),
        );
    }

    fn hearing(&self) -> u64 {
        if self.daemon.shuffles(self.now) {
            LATE_HEARING
        } else {
            HEARING
        }
    }

    fn micros(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_micros(self.chance.random_range(least..=most))
    }

    fn send(&mut self, from: Mac, what: What) {
        if Self::is_data(&what) {
            self.data_frames_leave(from, &what);
        }
        let absent = match &what {
            What::To {
                ssid,
                kind: Kind::Authentication,
                ..
            } => self.absence(ssid),
            _ => None,
        };
        // Nor does a program that does not answer get messages.
        self.air.unattended = self.daemon.was_away(self.now) || self.supplicant.is_silent();
        self.air.heard_by = self.heard_by;
        self.air.is_out_of_reach = self.supplicant.is_elsewhere;
        self.air.is_foreign = self.kernel.is_connected_by_others();
        self.air.is_cut_off =
            self.backend == Backend::Iwd || self.supplicant.is_elsewhere || self.air.is_foreign;
        let refuses = matches!(
            self.kernel.driver.quirk,
            Quirk::Refuses | Quirk::Ignores | Quirk::RefusesLive | Quirk::BusyByTurns
        );
        let is_alone = refuses && self.daemon.was_away(self.now);
        self.air.unseen = self.kernel.guard.is_new || is_alone;
        self.air.unmet =
            self.kernel.guard.is_bare && (self.kernel.guard.is_new || !self.daemon.is_running());
        self.air.budgets = self.daemon.budgets;
        self.note_whether_unprotected();
        self.stranger_tries_p2p_device(&what);
        let at = self.now;
        self.sniffer.hear(at, from, &what);
        self.air.send(Frame { at, from, what }, absent);
    }

    /// How long no access point of the network has been there; `None` if one is.
    fn absence(&self, ssid: &Ssid) -> Option<Duration> {
        let of_it = self.access_points.iter().filter(|ap| ap.ssid == *ssid);
        let gone = of_it.map(|ap| ap.gone_for(self.now));
        gone.min().unwrap_or(Some(Duration::MAX))
    }

    /// The network that it is connected to may see its address.
    pub fn has_right_address(&self) -> bool {
        let association = self.kernel.association.as_ref();
        let (now, address) = (self.now, self.kernel.link.address);
        association.is_some_and(|it| self.air.is_for(now, address, &it.ssid))
    }

    /// What drives the interface now.
    fn driven_by(&self) -> Backend {
        match self.backend {
            Backend::Iwd if !self.iwd.has_device() => Backend::Wpa,
            backend => backend,
        }
    }

    /// Connected, and knows it.
    pub fn is_connected_to(&self, name: &str) -> bool {
        let connected = self.kernel.association.as_ref();
        let ap = connected.and_then(|association| self.access_points.get(association.ap));
        let known = matches!(
            self.daemon.state(),
            Some(StateKind::Associated | StateKind::Unprotected)
        );
        ap.is_some_and(|ap| ap.name == name) && known
    }
}
