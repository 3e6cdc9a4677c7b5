//! iwd as macveil meets it: 3.10's rules of searching, joining and reconnecting, and how it changes the
//! interface's address by itself.

mod attempt;
mod files;
mod life;
mod requests;
mod search;
mod user;

use std::collections::BTreeMap;
use std::time::Duration;

use macveil_core::machine::iwd::{
    IwdEvent, Joining, KnownNetwork, NetworkId, StationPhase, StationState,
};
use macveil_core::types::{Frequency, KeyMgmt, Mac, Ssid};

use requests::Asked;

use super::{Backend, Event, Happening, Report, World};

/// It does not try an access point again so soon after a failure.
const AVOIDED: Duration = Duration::from_secs(60);
/// Between two searches, in seconds.
const PAUSES: [u64; 6] = [10, 20, 40, 80, 160, 300];

#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a property by itself"
)]
#[derive(Debug, Clone, Default)]
pub struct Iwd {
    pub running: bool,
    /// It makes an interface of its own at its start, with the permanent address.
    pub creates_interface: bool,
    /// One for each known network, in the order of preference.
    pub files: Vec<KnownNetwork>,
    /// As it read them last.
    read: Vec<KnownNetwork>,
    /// Its objects are on the bus.
    is_ready: bool,
    is_access_point: bool,
    station: Option<Station>,
    number: u64,
    life: u32,
    /// When its bus delivered last, and when it heard of the link last.
    delivered: Duration,
    heard_of_link: Duration,
    /// It changes the link itself.
    is_own_change: bool,
    /// Its next search; an earlier one no longer counts.
    planned: u64,
}

/// While the link is up.
#[derive(Debug, Clone, Default)]
struct Station {
    phase: StationPhase,
    network: Option<NetworkId>,
    search: Option<Search>,
    autoconnects: bool,
    /// Searches in vain.
    searches: usize,
    attempt: Option<Attempt>,
    /// To join once the search is over.
    next: Option<NetworkId>,
    /// What whole scans have found, and when.
    found: BTreeMap<(Mac, Ssid), Duration>,
    /// Access points that failed, and until when they are not tried.
    avoided: BTreeMap<Mac, Duration>,
}

#[derive(Debug, Clone)]
struct Search {
    /// Parts that are still to be visited.
    parts: Vec<Vec<Frequency>>,
    /// macveil requested it just now.
    is_requested: bool,
}

#[derive(Debug, Clone)]
struct Attempt {
    number: u64,
    id: NetworkId,
    ap: usize,
    /// It changes the address: it does not notice what the link does.
    is_changing: bool,
    /// It waits for what never comes.
    is_stuck: bool,
    /// It scans for the network by its name, because the kernel has forgotten it.
    seeks: bool,
    /// How often the link was down before it began to authenticate.
    downs: Option<u64>,
}

/// What iwd has yet to do.
#[derive(Debug, Clone)]
pub enum Due {
    BringsUp(u32),
    IsReady(u32),
    LinkIs(u32, bool),
    Searches(u64),
    /// A scan has ended; it was aborted.
    Results(u32, bool),
    ReadsFiles(u32),
    Step(u64, Step),
    Disconnected(u32),
    /// For the daemon of that life.
    Serves(Asked),
    Reports(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    SetsAddress,
    BringsUp,
    Begins,
    Authenticates(u32),
    Associates,
    Completes,
    GivesUp,
}

impl Iwd {
    /// It has an object for the interface on the bus.
    pub const fn has_device(&self) -> bool {
        self.running && self.is_ready && !self.is_access_point
    }

    /// It is about to show its address to a network.
    pub fn is_joining(&self) -> bool {
        let station = self.station.as_ref();
        station.is_some_and(|station| station.attempt.is_some())
    }

    pub fn is_connected(&self) -> bool {
        let station = self.station.as_ref();
        station.is_some_and(|station| station.phase == StationPhase::Connected)
    }

    fn state(&self) -> Option<StationState> {
        self.station.as_ref().map(|station| StationState {
            phase: station.phase,
            scanning: station.search.is_some(),
            network: station.network.clone(),
        })
    }
}

pub fn network_id(ssid: &Ssid, way: KeyMgmt) -> NetworkId {
    NetworkId {
        ssid: ssid.clone(),
        joining: if way == KeyMgmt::Open {
            Joining::Open
        } else {
            Joining::Psk
        },
    }
}

impl World {
    pub(super) fn iwd_due(&mut self, due: Due) {
        let life = self.iwd.life;
        let lives = |of: u32| of == life;
        match due {
            Due::BringsUp(of) if lives(of) => self.program_brings_link_up(),
            Due::IsReady(of) if lives(of) => self.iwd_is_ready(),
            Due::LinkIs(of, up) if lives(of) => self.iwd_notices_link(up),
            Due::Searches(planned) if planned == self.iwd.planned => self.iwd_searches_again(),
            Due::Results(of, aborted) if lives(of) => self.iwd_takes_results(aborted),
            Due::ReadsFiles(of) if lives(of) => self.iwd.read.clone_from(&self.iwd.files),
            Due::Disconnected(of) if lives(of) => self.iwd_is_disconnected(),
            Due::Step(number, step) => self.iwd_attempt_goes_on(number, step),
            Due::Serves(asked) => self.serve_request(asked),
            Due::Reports(asker) => self.client_reads_files(asker),
            _ => {}
        }
    }

    fn iwd_later(&mut self, least: u64, most: u64, due: Due) {
        let pause = self.micros(least, most);
        self.after(pause, Happening::Iwd(due));
    }

    /// The bus delivers in order.
    fn tell_of_iwd(&mut self, event: IwdEvent) {
        if self.daemon.backend() != Some(Backend::Iwd) {
            return;
        }
        let at = self.now + self.micros(200, 4_000);
        self.iwd.delivered = self.iwd.delivered.max(at);
        let pause = self.iwd.delivered.saturating_sub(self.now);
        let told = Event::Backend(Report::Iwd(event));
        let life = self.daemon.life();
        self.after(pause, Happening::Tell(life, told));
    }

    fn tell_of_station(&mut self) {
        let state = self.iwd.state();
        self.tell_of_iwd(IwdEvent::Station(state));
    }

    /// macveil's client finds iwd on the bus.
    pub(super) fn client_meets_iwd(&mut self) {
        if self.iwd.has_device() {
            self.tell_of_iwd(IwdEvent::Appeared {
                obstacle: None,
                random_scans: true,
            });
            self.tell_of_iwd(IwdEvent::Known(self.iwd.files.clone()));
            self.tell_of_station();
        }
    }

    /// macveil learns that iwd drives the interface, or no longer.
    fn tell_of_manager(&mut self) {
        let pause = self.micros(500, 4_000);
        let life = self.daemon.life();
        self.after(pause, Happening::Managers(life));
    }
}
