//! `wpa_supplicant` as macveil meets it through its backend: 2.10's rules of scanning, joining and
//! reconnecting, and what macveil's requests do to them.

mod attempt;
mod requests;

use std::cmp::Reverse;
use std::time::Duration;

use macveil_core::machine::wpa::{self, Failure, NetworkLimit, Request, WpaEvent};
use macveil_core::machine::{KernelError, LinkEvent, MlmeEvent, Scan};
use macveil_core::types::{BssEntry, KeyMgmt, Mac, Ssid};

use requests::decline;

use super::{Event, HEARING, Happening, World};
use crate::promise::Content;

/// A new process scans after this.
const FIRST_SCAN: Duration = Duration::from_millis(100);
/// Nothing was found: another scan after this.
const SCAN_AGAIN: Duration = Duration::from_secs(5);
/// Before the kernel reports what came of it.
const TOLD_AT_ONCE: Duration = Duration::from_micros(100);
/// Between two scans in the background.
const BACKGROUND: Duration = Duration::from_secs(10);
const VALID_BY_DEFAULT: Duration = Duration::from_secs(5);
const VALID: Duration = Duration::from_secs(20);

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
    table: Vec<Known>,
    last_scan: Option<Duration>,
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
    admits: Admits,
    /// Networks whose `scan_ssid` and `bgscan` macveil changed.
    silenced: Vec<u32>,
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
}

/// What the supplicant has yet to do.
#[derive(Debug, Clone)]
pub enum Due {
    LooksAtLink(u32),
    TakesResults(u32),
    Scans(u32),
    /// In the background, while the attempt of this number is a connection.
    ScansInBackground(u64),
    /// A step of the attempt of this number.
    Step(u64, Step),
    Answers(u32, u32, Request),
    IsGivenUp(u32, u32, Request),
    IsMetAgain(u32),
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
            admits: Admits::Everything,
            silenced: Vec::new(),
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

impl World {
    pub fn supplicant_starts(&mut self) {
        // wpa_supplicant brings the link up itself.
        let _ = self.link_up();
        let old = std::mem::take(&mut self.supplicant);
        self.supplicant = Supplicant {
            running: true,
            networks: old.networks,
            own: Some(self.kernel.link.address),
            knows_link_is_up: self.kernel.link.up,
            life: old.life + 1,
            number: old.number + 1,
            busy_until: old.busy_until,
            ..Supplicant::default()
        };
        let life = self.supplicant.life;
        self.after(FIRST_SCAN, Happening::Supplicant(Due::Scans(life)));
        self.report_presence(2_500, 6_000, wpa::Supplicant::Appeared);
    }

    pub fn supplicant_dies(&mut self) {
        if std::mem::take(&mut self.supplicant.running) {
            self.supplicant.life += 1;
            self.supplicant.number += 1;
            self.supplicant.attempt = None;
            self.supplicant.phase = Condition::Idle;
            self.report_presence(200, HEARING, wpa::Supplicant::Vanished);
            // The kernel ends the association of a process that dies.
            self.leave_association();
        }
    }

    pub(super) fn ask_supplicant(&mut self, request: Request) {
        let pause = match &request {
            // Dozens of commands.
            Request::Attach | Request::Quiesce => self.micros(8_000, 30_000),
            // By the last of as many it has noticed the address that was put back before.
            Request::Restore { .. } => self.micros(31_000, 45_000),
            _ => self.micros(1_000, 8_000),
        };
        self.queue_request(pause, request, Due::Answers);
    }

    /// It does not answer; macveil's client gives up after a while, and attaches again.
    pub(super) fn supplicant_is_silent(&mut self, request: Request) {
        self.supplicant.ignoring = true;
        self.queue_request(Duration::from_secs(10), request, Due::IsGivenUp);
    }

    /// One after the other, as the client asks.
    fn queue_request(
        &mut self,
        takes: Duration,
        request: Request,
        due: impl FnOnce(u32, u32, Request) -> Due,
    ) {
        let begin = self.supplicant.busy_until.max(self.now);
        self.supplicant.busy_until = begin + takes;
        let pause = self.supplicant.busy_until.saturating_sub(self.now);
        let due = due(self.supplicant.life, self.daemon.life(), request);
        self.after(pause, Happening::Supplicant(due));
    }

    /// Its work waits, and so do its clients.
    pub fn supplicant_stalls(&mut self, span: Duration) {
        let supplicant = &mut self.supplicant;
        supplicant.stalled_until = self.now + span;
        supplicant.busy_until = supplicant.busy_until.max(supplicant.stalled_until);
    }

    pub fn until_supplicant_listens(&mut self) {
        let pause = self.supplicant.stalled_until.saturating_sub(self.now);
        self.pass(pause);
    }

    pub(super) fn supplicant_due(&mut self, due: Due) {
        let stalled = self.supplicant.stalled_until.saturating_sub(self.now);
        let is_its_own = !matches!(due, Due::IsGivenUp(..) | Due::IsMetAgain(_));
        if is_its_own && !stalled.is_zero() {
            return self.after(stalled, Happening::Supplicant(due));
        }
        let life = self.supplicant.life;
        match due {
            Due::LooksAtLink(of) if of == life => self.look_at_link(),
            Due::TakesResults(of) if of == life => self.take_results(),
            Due::Scans(of) if of == life => self.scan_to_join(),
            Due::ScansInBackground(number) => self.scan_in_background(number),
            Due::Step(number, step) => self.attempt_goes_on(number, step),
            Due::Answers(of, asker, request) => {
                let reply = if of == life && self.supplicant.running {
                    self.answer(request)
                } else {
                    decline(&request, Failure::Unreachable("it has gone".to_owned()))
                };
                self.after(
                    Duration::from_micros(50),
                    Happening::Tell(asker, Event::Backend(WpaEvent::Reply(reply))),
                );
            }
            Due::IsGivenUp(of, asker, request) => {
                let why = Failure::Unreachable("it does not answer".to_owned());
                let reply = Event::Backend(WpaEvent::Reply(decline(&request, why)));
                self.after(Duration::ZERO, Happening::Tell(asker, reply));
                if of == life && self.supplicant.running {
                    self.supplicant.ignoring = false;
                    // Only the client that requested it ends it.
                    if asker != self.daemon.life() {
                        return;
                    }
                    self.supplicant.given_up = true;
                    self.report_presence(200, HEARING, wpa::Supplicant::Vanished);
                    let due = Due::IsMetAgain(of);
                    self.after(Duration::from_secs(1), Happening::Supplicant(due));
                }
            }
            Due::IsMetAgain(of) if of == life && self.supplicant.running => {
                self.report_presence(200, HEARING, wpa::Supplicant::Appeared);
            }
            _ => {}
        }
    }

    fn say(&mut self, event: wpa::Supplicant) {
        self.report(Event::Backend(WpaEvent::Supplicant(event)));
    }

    /// A connected supplicant tells macveil's client of every request, before it carries it out.
    fn leave_on_request(&mut self) {
        let supplicant = &self.supplicant;
        let requested = Event::Backend(WpaEvent::Supplicant(wpa::Supplicant::LeaveRequested));
        if supplicant.tells_requests
            && supplicant.phase == Condition::Connected
            && !self.daemon.loses(self.now, &requested)
        {
            let life = self.daemon.life();
            self.after(TOLD_AT_ONCE, Happening::Tell(life, requested));
        }
        self.leave_association();
    }

    pub fn user_disconnects(&mut self) {
        self.leave_on_request();
        self.disconnect();
    }

    fn disconnect(&mut self) {
        self.supplicant.disconnected = true;
        self.supplicant.scans_to_join = false;
        self.leave_association();
        self.end_attempt();
        self.supplicant.phase = Condition::Idle;
    }

    pub fn user_reconnects(&mut self) {
        if !self.supplicant.running || !self.supplicant.knows_link_is_up {
            return;
        }
        self.supplicant.disconnected = false;
        if matches!(
            self.supplicant.phase,
            Condition::Connecting | Condition::Connected
        ) {
            return;
        }
        self.join_or_scan();
    }

    fn join_or_scan(&mut self) {
        let valid = self.supplicant.settings.valid;
        let last_scan = self.supplicant.last_scan;
        let fresh = last_scan.is_some_and(|at| self.now.saturating_sub(at) <= valid);
        if fresh && self.join_from_table() {
            return;
        }
        if fresh {
            self.say(wpa::Supplicant::NetworkNotFound);
        }
        self.scan_to_join();
    }

    /// Says whether the scan was taken.
    pub fn user_scans(&mut self) -> bool {
        self.scan_as_supplicant(true).is_ok()
    }

    pub fn user_scans_for(&mut self, name: &Ssid) -> bool {
        self.supplicant.running && self.supplicant_scans_for(name)
    }

    /// Of all networks only this one may be joined from now on, and it is to be.
    pub fn user_selects(&mut self, ssid: &Ssid) {
        if !self.supplicant.running {
            return;
        }
        for network in &mut self.supplicant.networks {
            network.enabled = network.ssid == *ssid;
            if network.enabled {
                network.given_up_until = Duration::ZERO;
            }
        }
        let attempt = self.supplicant.attempt.as_ref();
        let joined = attempt.is_some_and(|attempt| attempt.ssid == *ssid);
        if joined && self.supplicant.phase == Condition::Connected {
            return;
        }
        self.leave_on_request();
        self.end_attempt();
        self.supplicant.phase = Condition::Idle;
        self.supplicant.disconnected = false;
        self.say(wpa::Supplicant::NetworksChanged);
        // Once the link is up it looks for it.
        if self.supplicant.knows_link_is_up {
            self.join_or_scan();
        }
    }

    pub fn user_adds(&mut self, network: Network) {
        self.supplicant.networks.push(network);
        self.say(wpa::Supplicant::NetworksChanged);
        self.scan_to_join();
    }

    /// To another access point of the network, without leaving the one before.
    pub fn user_roams(&mut self, bssid: Mac) {
        let Some(attempt) = self.supplicant.attempt.clone() else {
            return;
        };
        let known = self.supplicant.table.iter();
        let known = known.map(|known| &known.entry);
        let mut known = known.filter(|it| it.bssid == bssid && it.ssid == attempt.ssid);
        if known.next().is_none() || self.supplicant.phase != Condition::Connected {
            return;
        }
        self.begin_attempt(attempt.network, bssid, attempt.ssid, true);
        self.air.roams = Some((bssid, self.heard_by));
    }

    /// The kernel leaves the access point before it authenticates with the next one.
    fn leave_to_roam(&mut self) {
        if self.kernel.association.take().is_some() {
            self.kernel.link.carrier = false;
            let link = self.kernel.link;
            self.report(Event::Link(LinkEvent::Changed(link)));
            self.report(Event::Mlme(MlmeEvent::Ended));
        }
    }

    fn scan_as_supplicant(&mut self, for_others: bool) -> Result<(), KernelError> {
        let scan = self.own_scan(!self.supplicant.settings.passive);
        let content = if self.supplicant.settings.p2p {
            Content::WithWps
        } else {
            Content::Full
        };
        if for_others {
            self.scan_for_others(&scan, content)
        } else {
            self.scan(&scan, content)
        }
    }

    /// At the request of an access point or of the user: it does not look at `passive_scan`.
    pub(in crate::world) fn supplicant_scans_for(&mut self, name: &Ssid) -> bool {
        let scan = Scan {
            ssids: vec![name.clone()],
            ..self.own_scan(false)
        };
        self.scan_for_others(&scan, Content::Full).is_ok()
    }

    pub(in crate::world) fn supplicant_is_steered(&mut self) {
        let _ = self.scan_as_supplicant(true);
    }

    /// For its own network, with and without its name (`bgscan_simple.c`, 2.10).
    fn scan_in_background(&mut self, number: u64) {
        let supplicant = &self.supplicant;
        let attempt = supplicant.attempt.as_ref();
        let Some(attempt) = attempt.filter(|attempt| attempt.number == number) else {
            return;
        };
        let silenced = supplicant.settings.silenced.contains(&attempt.network);
        let mut networks = supplicant.networks.iter();
        let asks = networks.any(|it| it.id == attempt.network && it.bgscan);
        let ssid = attempt.ssid.clone();
        if asks && !silenced && supplicant.phase == Condition::Connected {
            self.background_scans += 1;
            self.supplicant_scans_for(&ssid);
        }
        if asks {
            let due = Due::ScansInBackground(number);
            self.after(BACKGROUND, Happening::Supplicant(due));
        }
    }

    fn own_scan(&self, active: bool) -> Scan {
        let hidden = self.supplicant.networks.iter();
        let hidden = hidden.filter(|it| self.supplicant.is_named(it));
        let mut ssids: Vec<_> = hidden.map(|it| it.ssid.clone()).collect();
        if active {
            ssids.push(Ssid::wildcard());
        }
        let channels = self.kernel.channels.iter();
        Scan {
            frequencies: channels.map(|channel| channel.frequency).collect(),
            ssids,
            under: None,
            random_address: false,
            random_sequence: false,
            minimal_content: false,
        }
    }

    fn scan_to_join(&mut self) {
        let supplicant = &self.supplicant;
        let idle = matches!(supplicant.phase, Condition::Idle | Condition::Scanning);
        let wanted = supplicant.networks.iter().any(|it| it.enabled);
        if supplicant.disconnected
            || !idle
            || !wanted
            || !supplicant.settings.scans
            || !supplicant.knows_link_is_up
        {
            return;
        }
        self.supplicant.phase = Condition::Scanning;
        self.supplicant.scans_to_join = true;
        if self.scan_as_supplicant(false).is_err() {
            self.scan_again(Duration::from_secs(1));
        }
    }

    fn scan_again(&mut self, pause: Duration) {
        let life = self.supplicant.life;
        self.after(pause, Happening::Supplicant(Due::Scans(life)));
    }

    pub(super) fn supplicant_hears_of_results(&mut self) {
        if self.supplicant.running {
            let (pause, life) = (self.micros(500, 6_000), self.supplicant.life);
            self.after(pause, Happening::Supplicant(Due::TakesResults(life)));
        }
    }

    fn take_results(&mut self) {
        if !self.supplicant.knows_link_is_up {
            return;
        }
        let heard = self.air_now();
        let now = self.now;
        let aps = &self.access_points;
        let known = heard.into_iter().filter_map(|bss| {
            let ap = aps.iter().find(|ap| ap.bssid == bss.bssid)?;
            Some(Known {
                entry: BssEntry {
                    owe_open_half: false,
                    bssid: bss.bssid,
                    frequency: bss.frequency,
                    signal: bss.signal,
                    ssid: bss.ssid,
                    security: ap.security(),
                    key_mgmt: vec![ap.way],
                },
                heard: now.saturating_sub(Duration::from_millis(bss.ms_ago.into())),
            })
        });
        self.supplicant.table = known.collect();
        self.supplicant.last_scan = Some(now);
        self.say(wpa::Supplicant::ScanResults);
        if std::mem::take(&mut self.supplicant.scans_to_join)
            && !self.supplicant.disconnected
            && !self.join_from_table()
        {
            self.say(wpa::Supplicant::NetworkNotFound);
            self.scan_again(SCAN_AGAIN);
        }
    }

    fn join_from_table(&mut self) -> bool {
        if self.supplicant.phase == Condition::Connected {
            return true;
        }
        let admits = &self.supplicant.settings.admits;
        let aps = &self.access_points;
        let is_fast = |bssid| aps.iter().any(|ap| ap.bssid == bssid && ap.fast);
        let networks = self.supplicant.networks.iter();
        let networks = networks.filter(|it| it.enabled && it.given_up_until <= self.now);
        let mut choices: Vec<_> = networks
            .flat_map(|network| {
                let fits = |known: &&Known| {
                    known.entry.ssid == network.ssid
                        && known.entry.key_mgmt.contains(&network.way)
                        && admits.allows(network.id, &network.ssid, known.entry.bssid)
                };
                let table = self.supplicant.table.iter().filter(fits);
                table.map(|known| {
                    let fast = is_fast(known.entry.bssid);
                    let first = Reverse(network.id);
                    (network.priority, fast, known.heard, first, known)
                })
            })
            .collect();
        choices.sort_by_key(|(priority, fast, heard, first, _)| (*priority, *fast, *heard, *first));
        let Some((.., Reverse(network), known)) = choices.pop() else {
            return false;
        };
        let (bssid, ssid) = (known.entry.bssid, known.entry.ssid.clone());
        self.begin_attempt(network, bssid, ssid, false);
        true
    }

    /// The kernel says that the association is over.
    pub(super) fn supplicant_lost(&mut self, reason: u16, local: bool) {
        if self.supplicant.attempt.is_none() || !self.supplicant.running {
            return;
        }
        self.end_attempt();
        self.supplicant.phase = Condition::Idle;
        self.say(wpa::Supplicant::Disconnected { reason, local });
        if self.supplicant.settings.autoconnect && !self.supplicant.disconnected {
            self.scan_again(Duration::from_millis(100));
        } else {
            self.supplicant.disconnected = true;
        }
    }

    pub(super) fn supplicant_hears_of_link(&mut self) {
        if self.supplicant.running {
            let (pause, life) = (self.micros(1_000, 30_000), self.supplicant.life);
            self.after(pause, Happening::Supplicant(Due::LooksAtLink(life)));
        }
    }

    /// It looks at the link as it is by now, whatever it was told about.
    fn look_at_link(&mut self) {
        let link = self.kernel.link;
        if !link.up {
            if self.supplicant.knows_link_is_up {
                self.supplicant.knows_link_is_up = false;
                if self.supplicant.attempt.is_some() {
                    self.end_attempt();
                    let (reason, local) = (3, true);
                    self.say(wpa::Supplicant::Disconnected { reason, local });
                }
                self.supplicant.phase = Condition::Idle;
            }
            return;
        }
        let is_another = self.supplicant.own.replace(link.address) != Some(link.address);
        if !self.supplicant.knows_link_is_up {
            self.supplicant.knows_link_is_up = true;
            self.scan_to_join();
        } else if (is_another || self.supplicant.phase == Condition::Connected)
            && self.supplicant.attempt.is_some()
            && self.kernel.association.is_none()
        {
            self.supplicant_lost(3, true);
        }
    }

    /// Its configuration is read again: every setting that is a line of it is as at first. Who may be
    /// joined and whether it reconnects by itself are none.
    pub fn user_reconfigures(&mut self) {
        if self.supplicant.running {
            let settings = std::mem::take(&mut self.supplicant.settings);
            self.supplicant.settings = Settings {
                autoconnect: settings.autoconnect,
                admits: settings.admits,
                ..Settings::default()
            };
            self.leave_on_request();
            self.scan_again(Duration::from_millis(50));
        }
    }
}
