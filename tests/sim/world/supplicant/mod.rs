//! `wpa_supplicant` as macveil meets it through its backend: 2.10's rules of scanning, joining and
//! reconnecting, and what macveil's requests do to them.

mod attempt;
mod hotspot;
mod life;
mod requests;
mod scan;
mod signal;
mod user;

use std::time::Duration;

use macveil_core::machine::wpa::{NetworkLimit, Request, SupplicantStatus};
use macveil_core::types::{BssEntry, KeyMgmt, Mac, Ssid};

use super::{Event, HEARING, Happening, Report, World};

/// A new process scans after this.
const FIRST_SCAN: Duration = Duration::from_millis(100);
/// Nothing was found: another scan after this.
const SCAN_AGAIN: Duration = Duration::from_secs(5);
/// Before the kernel reports what came of it.
const TOLD_AT_ONCE: Duration = Duration::from_micros(100);
/// Between two scans in the background.
const BACKGROUND: Duration = Duration::from_secs(10);
const VALID_BY_DEFAULT: Duration = Duration::from_secs(5);
/// For how long it knows an access point that it no longer hears.
const KEPT_BY_DEFAULT: Duration = Duration::from_secs(180);
/// The same with macveil's setting, of which it makes use every ten seconds.
const KEPT: Duration = Duration::from_secs(25);
const VALID: Duration = Duration::from_secs(20);

#[allow(
    clippy::struct_excessive_bools,
    reason = "wpa_supplicant's own settings, and as many as it has"
)]
#[derive(Debug, Clone)]
pub struct Network {
    pub id: u32,
    pub ssid: Ssid,
    pub enabled: bool,
    pub hidden: bool,
    pub priority: i32,
    pub way: KeyMgmt,
    pub passphrase: String,
    /// wpa_supplicant's `id_str`.
    pub id_str: String,
    /// It has a line `bgscan`.
    pub bgscan: bool,
    /// It has a line `mode=2`: the card is to be an access point.
    pub is_hotspot: bool,
    /// It was given up after a wrong passphrase: how often, and until when.
    pub given_up: usize,
    pub given_up_until: Duration,
}

impl Network {
    pub fn new(id: u32, ssid: Ssid) -> Self {
        Self {
            id,
            ssid,
            enabled: true,
            hidden: false,
            priority: 0,
            way: KeyMgmt::Psk,
            passphrase: String::new(),
            id_str: String::new(),
            bgscan: false,
            is_hotspot: false,
            given_up: 0,
            given_up_until: Duration::ZERO,
        }
    }
}

#[allow(
    clippy::struct_excessive_bools,
    reason = "wpa_supplicant's own flags, and as many as it has"
)]
#[derive(Debug, Clone, Default)]
pub struct Supplicant {
    pub running: bool,
    pub networks: Vec<Network>,
    pub phase: Condition,
    /// The address that it believes to have.
    own: Option<Mac>,
    knows_link_is_up: bool,
    /// A client sent DISCONNECT.
    disconnected: bool,
    pub settings: Settings,
    /// macveil has changed its settings.
    imposed: bool,
    /// macveil's client hears what others request.
    tells_requests: bool,
    /// When it was last asked to rest: the client reads its state first.
    asked: Option<SupplicantStatus>,
    /// The user's last word was to disconnect.
    pub is_left: bool,
    table: Vec<Known>,
    last_scan: Option<Duration>,
    /// Where an access point asked it to go.
    steered_to: Option<Mac>,
    /// A scan of its own is on the air, or will be.
    scans_to_join: bool,
    attempt: Option<Attempt>,
    number: u64,
    life: u32,
    pub busy_until: Duration,
    /// It has one thread, which does nothing else until then.
    stalled_until: Duration,
    /// It leaves a request without an answer.
    ignoring: bool,
    /// It did not answer, and has not been attached again.
    given_up: bool,
    /// Its control socket is where macveil does not look for it.
    pub is_elsewhere: bool,
    /// It is an access point.
    serves: bool,
}

impl Supplicant {
    /// It receives no command.
    pub const fn is_silent(&self) -> bool {
        self.ignoring || self.given_up
    }

    /// macveil knows of it.
    pub const fn is_met(&mut self) {
        self.given_up = false;
        self.tells_requests = false;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Condition {
    #[default]
    Idle,
    Scanning,
    Connecting,
    Connected,
}

#[allow(
    clippy::struct_excessive_bools,
    reason = "wpa_supplicant's own settings, and as many as it has"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    passive: bool,
    p2p: bool,
    autoconnect: bool,
    scans: bool,
    valid: Duration,
    kept: Duration,
    /// It reports a weak signal.
    monitors: bool,
    admits: Admits,
    /// Networks whose `scan_ssid` and `bgscan` macveil changed.
    silenced: Vec<u32>,
    /// Hotspots that macveil made networks of a station.
    parked: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admits {
    Everything,
    Nothing,
    /// This SSID, without these BSSs; and networks that may join some BSSs only.
    Only(Ssid, Vec<Mac>, Vec<NetworkLimit>),
}

#[derive(Debug, Clone)]
struct Known {
    entry: BssEntry,
    heard: Duration,
    /// The kernel still had it as it was last asked.
    is_in_results: bool,
}

#[derive(Debug, Clone)]
struct Attempt {
    number: u64,
    network: u32,
    ap: Option<usize>,
    bssid: Mac,
    ssid: Ssid,
    /// From one access point of the network to another.
    roams: bool,
    /// The kernel had forgotten the access point, which was sought by its name.
    has_sought: bool,
    /// The kernel has begun, after so many times that the link went down.
    began_after: Option<u64>,
}

/// What the supplicant has yet to do.
#[derive(Debug, Clone)]
pub enum Due {
    LooksAtLink(u32),
    TakesResults(u32),
    Scans(u32),
    /// In the background, while the attempt of this number is a connection.
    ScansInBackground(u64),
    /// It has measured the signal of the connection that the attempt of this number made.
    Measures(u64),
    /// A step of the attempt of this number.
    Step(u64, Step),
    Answers(u32, u32, Request),
    IsGivenUp(u32, u32, Request),
    IsMetAgain(u32),
    /// It becomes the access point that this network is.
    BecomesAccessPoint(u32, u32),
    Beacons(u32),
    /// The radio is unblocked.
    StartsP2pDevice(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Authenticates(u32),
    Associates,
    Completes,
    /// The access point has had enough of wrong answers.
    IsThrownOut,
    GivesUp,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            passive: false,
            p2p: true,
            autoconnect: true,
            scans: true,
            valid: VALID_BY_DEFAULT,
            kept: KEPT_BY_DEFAULT,
            monitors: false,
            admits: Admits::Everything,
            silenced: Vec::new(),
            parked: Vec::new(),
        }
    }
}

impl Supplicant {
    /// It was told to disconnect, and to nothing else since.
    pub const fn is_at_rest(&self) -> bool {
        !self.running || self.disconnected
    }

    /// It is about to show its address to a network, or has done so.
    pub const fn joins(&self) -> bool {
        self.attempt.is_some()
    }

    pub const fn serves(&self) -> bool {
        self.serves
    }

    /// Or believes to be.
    pub fn is_connected(&self) -> bool {
        self.phase == Condition::Connected
    }

    /// The kernel authenticates or associates for it.
    pub fn has_begun_to_join(&self) -> bool {
        self.attempt
            .as_ref()
            .is_some_and(|it| it.began_after.is_some())
    }

    /// Its own scans are not only passive ones.
    pub fn scans_send(&self) -> bool {
        let mut networks = self.networks.iter();
        !self.settings.passive || networks.any(|it| self.is_named(it))
    }

    /// Its scans name this network.
    fn is_named(&self, network: &Network) -> bool {
        network.enabled && network.hidden && !self.settings.silenced.contains(&network.id)
    }

    fn silence(&mut self) {
        self.settings.silenced = self.networks.iter().map(|it| it.id).collect();
    }
}

impl Admits {
    fn allows(&self, id: u32, ssid: &Ssid, bssid: Mac) -> bool {
        match self {
            Self::Everything => true,
            Self::Nothing => false,
            Self::Only(only, except, limits) => {
                let mut limits = limits.iter().filter(|limit| limit.id == id);
                only == ssid
                    && !except.contains(&bssid)
                    && limits.all(|limit| limit.bssids.contains(&bssid))
            }
        }
    }
}
