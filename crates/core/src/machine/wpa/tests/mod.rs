//! A simulated kernel and supplicant, and what the machine does with them.

mod addresses;
mod attempts;
mod behaviours;
mod channels;
mod commands;
mod conflicts;
mod connection;
mod faults;
mod guard;
mod hotspot;
mod owe;
mod p2p;
mod pauses;
mod peers;
mod releases;
mod roaming;
mod scanning;
mod silence;
mod snapshots;
mod user_scans;

use rustix::io::Errno;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;
use crate::address::{
    self, AddressFacts, AddressPolicies, ConnectionOptions, History, Host, HostKey, NetworkFacts,
    NetworkRule, Zone,
};
use crate::machine::link::guard_bench::GuardBench;
use crate::machine::*;
use crate::types::*;
use crate::types::{Bss, Channel, Mac, Ssid};

type Event = crate::machine::Event<WpaEvent>;
type Action = crate::machine::Action<Request>;

const PERMANENT: Mac = Mac([2, 0, 0, 0, 0, 0]);
const HOME_AP: Mac = Mac([2, 0, 0, 0, 7, 0]);
const HOME_CHANNEL: u32 = 2437;
/// An address that another program sets.
const OTHER_ADDRESS: Mac = Mac([0x0a, 0, 0, 0, 0, 0x77]);

#[allow(
    clippy::struct_excessive_bools,
    reason = "each selects one behaviour of the simulated system"
)]
/// A machine with a simulated kernel and supplicant, which execute and record every action.
struct Bench {
    machine: WpaMachine,
    now: Time,
    link: Link,
    /// How the driver sets an address; by default it succeeds.
    driver: fn(Link, Mac) -> Result<Link, KernelError>,
    /// The BSSs in range.
    air: Vec<BssEntry>,
    /// The age of the scan results when they are read.
    ms_ago: u32,
    networks: Vec<Network>,
    other: Option<OtherMode>,
    phase: Phase,
    selected: Option<Ssid>,
    connected_to: Option<Ssid>,
    done: Vec<Action>,
    masks: Vec<Mac>,
    guard: GuardBench,
    /// The supplicant does not report its address yet.
    slow_to_notice: bool,
    /// The address of the card during each scan.
    scanned_under: Vec<Mac>,
    /// The supplicant read its configuration again.
    reconfigured: bool,
    is_watched: bool,
    /// The channel of the access point that the supplicant is connected to.
    frequency: Frequency,
    /// The supplicant does not reply; the test replies instead.
    silent: bool,
    /// The driver refuses to change the address of a link that is up.
    refuses_live: bool,
    /// How the kernel handles a scan request.
    scans: Scans,
    /// The supplicant replies to `SelectNetwork`.
    answers_select: bool,
    /// The supplicant connects as soon as this is requested.
    connects: bool,
    /// The supplicant is configured to randomize the address.
    randomizes: bool,
    /// The OWE transition elements of BSSs.
    halves: Vec<(Mac, OweTransition)>,
}

/// How the kernel handles a scan request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scans {
    Done,
    /// The event that the supplicant has the results is missing.
    WithoutResults,
    NeverEnding,
    Refused(Errno),
}

impl Bench {
    fn new(up: bool, carrier: bool, change: impl FnOnce(&mut Card, &mut Settings)) -> Self {
        Self::with_options(
            ConnectionOptions::default(),
            Vec::new(),
            up,
            carrier,
            change,
        )
    }

    /// With these options for addresses.
    fn with_options(
        defaults: ConnectionOptions,
        rules: Vec<NetworkRule>,
        up: bool,
        carrier: bool,
        change: impl FnOnce(&mut Card, &mut Settings),
    ) -> Self {
        let link = Link {
            address: PERMANENT,
            up,
            carrier,
        };
        let mut card = Card {
            name: "wlan0".to_owned(),
            ifindex: 3,
            wiphy: 0,
            driver: "mac80211_hwsim".to_owned(),
            permanent: Some(PERMANENT),
            initial: PERMANENT,
            random_address: true,
            random_sequence: true,
            minimal_content: true,
            live_change: false,
            max_scan_ssids: 4,
            channels: vec![
                Channel {
                    frequency: 2412,
                    no_ir: false,
                },
                Channel {
                    frequency: HOME_CHANNEL,
                    no_ir: false,
                },
                Channel {
                    frequency: 5180,
                    no_ir: true,
                },
            ],
        };
        let mut settings = Settings::default();
        change(&mut card, &mut settings);
        let rng = StdRng::seed_from_u64(7);
        let addresses = Addresses {
            policies: policies(defaults, rules),
            history: History::default(),
        };
        let now = Time::from_secs(100);
        let machine = WpaMachine::new(clocks(now), card, settings, addresses, link, rng);
        let mut bench = Self {
            machine,
            now,
            link,
            driver: |link, address| Ok(Link { address, ..link }),
            air: Vec::new(),
            ms_ago: 0,
            networks: vec![home_network()],
            other: None,
            phase: Phase::Idle,
            selected: None,
            connected_to: None,
            done: Vec::new(),
            masks: Vec::new(),
            guard: GuardBench::default(),
            slow_to_notice: false,
            scanned_under: Vec::new(),
            reconfigured: false,
            is_watched: false,
            frequency: HOME_CHANNEL,
            silent: false,
            refuses_live: false,
            scans: Scans::Done,
            answers_select: true,
            connects: true,
            randomizes: false,
            halves: Vec::new(),
        };
        bench.run_actions();
        bench
    }

    fn idle() -> Self {
        Self::new(false, false, |_, _| {})
    }

    /// With a supplicant and an access point, and connected to it.
    fn connected() -> Self {
        let mut bench = Self::idle();
        bench.air = vec![home_entry()];
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(5));
        assert_eq!(bench.machine.status().state, StateKind::Associated);
        bench.done.clear();
        bench
    }

    fn handle(&mut self, event: Event) {
        self.machine.handle(clocks(self.now), event);
        self.run_actions();
    }

    /// Advances the time, one deadline after the other.
    fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(deadline) = self
            .machine
            .poll_timeout()
            .filter(|&deadline| deadline <= end)
        {
            self.now = deadline.max(self.now);
            self.machine.handle_timeout(clocks(self.now));
            self.run_actions();
        }
        self.now = end;
    }

    fn run_actions(&mut self) {
        while let Some(action) = self.machine.poll_action() {
            if !matches!(action, Action::SetSourceGuard(_)) {
                self.done.push(action.clone());
            }
            self.check_promise(&action);
            for event in self.answers(action) {
                self.machine.handle(clocks(self.now), event);
            }
        }
        self.guard.check_settled(self.link.address);
    }

    /// No connection under the permanent address or a mask, and no scan under another address than a mask.
    fn check_promise(&mut self, action: &Action) {
        let masked = self.masks.contains(&self.link.address);
        match action {
            Action::Scan(scan) => {
                let begins = scan.may_begin_under(self.link.address).is_ok();
                let is_silent = scan.ssids.is_empty() && !scan.random_address;
                assert!(
                    masked || !begins || is_silent,
                    "a scan under {}",
                    self.link.address
                );
                assert!(!scan.frequencies.is_empty());
            }
            Action::Request(Request::Connect) => {
                assert!(
                    !masked && self.link.address != PERMANENT,
                    "joins as {}",
                    self.link.address
                );
                let only = SourceGuard::Only(self.link.address);
                assert_eq!(self.guard.now, Some(only), "as it joins");
            }
            Action::SetAddress { address, .. } => self.guard.check_setting(*address),
            _ => {}
        }
    }

    fn answers(&mut self, action: Action) -> Vec<Event> {
        match action {
            Action::SetSourceGuard(guard) => {
                self.guard.now = Some(guard);
                vec![Event::Link(LinkEvent::Guarded(Ok(())))]
            }
            Action::SetAddress { address, how } => {
                let connecting = self.done.iter().rev().find_map(|action| match action {
                    Action::Notify(Notice::Associating { address, .. }) => Some(*address),
                    _ => None,
                });
                if connecting != Some(address) {
                    self.masks.push(address);
                }
                let up = self.link.up || how == How::Cycle;
                if how == How::Live && self.refuses_live {
                    return vec![Event::Link(LinkEvent::Answered(Err(kernel_error(
                        Errno::BUSY,
                    ))))];
                }
                let result = (self.driver)(
                    Link {
                        up,
                        carrier: false,
                        ..self.link
                    },
                    address,
                );
                if let Ok(link) = result {
                    self.link = link;
                }
                vec![Event::Link(LinkEvent::Answered(result))]
            }
            Action::SetLinkDown => {
                self.link = Link {
                    up: false,
                    carrier: false,
                    ..self.link
                };
                vec![Event::Link(LinkEvent::Answered(Ok(self.link)))]
            }
            Action::BringUp | Action::ReadLink => {
                vec![Event::Link(LinkEvent::Answered(Ok(self.link)))]
            }
            Action::Scan(_) if let Scans::Refused(errno) = self.scans => {
                vec![Event::Scan(ScanEvent::Accepted(Err(kernel_error(errno))))]
            }
            Action::Scan(scan) => {
                if let Err(refusal) = scan.may_begin_under(self.link.address) {
                    return vec![Event::Scan(ScanEvent::Accepted(Err(refusal)))];
                }
                self.scanned_under.push(self.link.address);
                let started = ScanStarted {
                    active: !scan.ssids.is_empty(),
                    random_address: scan.random_address,
                };
                let begun = [
                    Event::Scan(ScanEvent::Accepted(Ok(()))),
                    Event::Scan(ScanEvent::Started(started)),
                ];
                let results = Event::Backend(WpaEvent::Supplicant(Supplicant::ScanResults));
                let ended = match self.scans {
                    Scans::Done => vec![results, Event::Scan(ScanEvent::Ended)],
                    Scans::WithoutResults => vec![Event::Scan(ScanEvent::Ended)],
                    Scans::NeverEnding | Scans::Refused(_) => vec![],
                };
                begun.into_iter().chain(ended).collect()
            }
            Action::GetScanResults => vec![Event::Scan(ScanEvent::Results(self.scan_results()))],
            Action::Request(_) if self.silent => vec![],
            Action::Request(Request::SelectNetwork { .. }) if !self.answers_select => vec![],
            Action::Request(request) => self.supplicant_reply(request),
            Action::AbortScan
            | Action::Notify(_)
            | Action::SetP2pDevices { .. }
            | Action::LeaveNetwork
            | Action::EnterNetwork(_)
            | Action::KeepChannel(_)
            | Action::Remember { .. }
            | Action::Finish => vec![],
            Action::ClearIpv6 => panic!("expected only from the iwd machine: {action:?}"),
        }
    }

    /// The results of the last scan.
    fn scan_results(&self) -> Vec<Bss> {
        let scans = self.done.iter().rev().filter_map(|action| match action {
            Action::Scan(scan) => Some(&scan.frequencies),
            _ => None,
        });
        let visited = scans.take(1).flatten().collect::<Vec<_>>();
        let found = self
            .air
            .iter()
            .filter(|entry| visited.contains(&&entry.frequency));
        let found = found.map(|entry| {
            let half = self.halves.iter().find(|(bssid, _)| *bssid == entry.bssid);
            Bss {
                owe: half.map(|(_, owe)| owe.clone()),
                ..bss(entry, self.ms_ago)
            }
        });
        found.collect()
    }

    fn supplicant_reply(&mut self, request: Request) -> Vec<Event> {
        let reply = match request {
            Request::Attach | Request::Quiesce => {
                let status = self.supplicant_status();
                if request == Request::Quiesce || self.phase != Phase::Connected {
                    self.phase = Phase::Idle;
                }
                Reply::Quiesce(Ok(QuiesceReport {
                    status,
                    had_own_randomization: self.randomizes,
                    reconfigured: self.reconfigured,
                    is_watched: self.is_watched,
                }))
            }
            Request::Status => Reply::Status(Ok(self.supplicant_status())),
            Request::ListNetworks { bssids } => {
                let named = |entry: &BssEntry| {
                    let mut networks = self.networks.iter();
                    networks.any(|network| network.ssid.as_ref() == Some(&entry.ssid))
                };
                let known = |entry: &&BssEntry| {
                    !bssids.is_empty() && (bssids.contains(&entry.bssid) || named(entry))
                };
                let table = self.air.iter().filter(known).cloned().collect();
                Reply::NetworkList(Ok(NetworkList {
                    networks: self.networks.clone(),
                    table,
                    other: self.other.clone(),
                }))
            }
            Request::Connect if !self.connects => {
                self.phase = Phase::Connecting;
                Reply::Done(Ok(()))
            }
            Request::Connect => {
                self.phase = Phase::Connected;
                self.connected_to = self.selected.clone();
                self.link.carrier = true;
                let connected = Supplicant::Connected {
                    bssid: HOME_AP,
                    id: None,
                };
                return vec![
                    Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))),
                    Event::Link(LinkEvent::Changed(self.link)),
                    Event::Backend(WpaEvent::Supplicant(connected)),
                ];
            }
            Request::SelectNetwork { ssid, .. } => {
                self.selected = Some(ssid.clone());
                Reply::Done(Ok(()))
            }
            Request::ForgetOwnAddress
            | Request::AllowRoaming { .. }
            | Request::Roam { .. }
            | Request::Silence
            | Request::StartHotspot { .. }
            | Request::Restore { .. } => Reply::Done(Ok(())),
        };
        vec![Event::Backend(WpaEvent::Reply(reply))]
    }

    fn supplicant_status(&self) -> SupplicantStatus {
        SupplicantStatus {
            phase: self.phase,
            address: (!self.slow_to_notice).then_some(self.link.address),
            bssid: Some(HOME_AP),
            ssid: self.connected_to.clone(),
            id: Some(0),
            frequency: Some(self.frequency),
        }
    }

    fn lose(&mut self, reason: u16, local: bool) {
        self.phase = Phase::Idle;
        self.link.carrier = false;
        self.handle(Event::Backend(WpaEvent::Supplicant(
            Supplicant::Disconnected { reason, local },
        )));
    }

    fn user_disconnects(&mut self) {
        self.handle(Event::Backend(WpaEvent::Supplicant(
            Supplicant::LeaveRequested,
        )));
        self.lose(3, true);
    }

    /// Handles the event, and returns the actions without executing them.
    fn handle_unanswered(&mut self, event: Event) -> Vec<Action> {
        self.machine.handle(clocks(self.now), event);
        self.unanswered()
    }

    /// All actions but that the guard is set.
    fn unanswered(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        while let Some(action) = self.machine.poll_action() {
            match action {
                Action::SetSourceGuard(guard) => self.guard.now = Some(guard),
                action => actions.push(action),
            }
        }
        actions
    }

    fn link_changes(&mut self, change: impl FnOnce(&mut Link)) {
        change(&mut self.link);
        self.handle(Event::Link(LinkEvent::Changed(self.link)));
    }

    fn other_program_changes_address(&mut self) {
        self.link_changes(|link| link.address = OTHER_ADDRESS);
    }

    /// A scan by another program, with or without the card's address.
    fn external_scan(&mut self, leaking: bool) {
        self.handle(Event::Scan(ScanEvent::Started(ScanStarted {
            active: true,
            random_address: !leaking,
        })));
        self.handle(Event::Scan(ScanEvent::Ended));
    }

    fn is_masked(&self) -> bool {
        self.machine.status().address_kind == AddressKind::Mask
    }

    fn method(&self) -> Method {
        self.machine.status().method.unwrap().0
    }

    fn state(&self) -> StateKind {
        self.machine.status().state
    }

    fn remarks(&self) -> usize {
        self.count(|action| matches!(action, Action::Notify(Notice::Remark(_))))
    }

    fn failures(&self) -> usize {
        self.count(|action| matches!(action, Action::Notify(Notice::Failed { .. })))
    }

    fn count_link_downs(&self) -> usize {
        self.count(|action| *action == Action::SetLinkDown)
    }

    fn count_requests(&self, request: &Request) -> usize {
        self.count(|action| is_request(action, request))
    }

    /// Of each scan, the channels.
    fn scanned_channels(&self) -> Vec<Vec<Frequency>> {
        let scans = self.done.iter().filter_map(|action| match action {
            Action::Scan(scan) => Some(scan.frequencies.clone()),
            _ => None,
        });
        scans.collect()
    }

    fn position(&self, wanted: impl Fn(&Action) -> bool) -> usize {
        self.done
            .iter()
            .position(wanted)
            .unwrap_or_else(|| panic!("not done: {:#?}", self.done))
    }

    fn count(&self, wanted: impl Fn(&Action) -> bool) -> usize {
        self.done.iter().filter(|action| wanted(action)).count()
    }
}

fn kernel_error(errno: Errno) -> KernelError {
    KernelError {
        step: "do it",
        errno: Some(errno),
        reason: "for a test".to_owned(),
    }
}

fn home() -> Ssid {
    Ssid::new(b"Home").unwrap()
}

/// When the wall clock of the bench starts.
const NEW_YEAR: u64 = 1_798_761_600;

fn clocks(boot: Time) -> Now {
    Now {
        boot,
        wall: UNIX_EPOCH + Duration::from_secs(NEW_YEAR) + boot,
    }
}

fn policies(defaults: ConnectionOptions, rules: Vec<NetworkRule>) -> AddressPolicies {
    let key = HostKey::from_host_id(b"a secret");
    let host = Host {
        key,
        boot_id: None,
        zone: Zone::utc(),
    };
    AddressPolicies::new("wlan0".to_owned(), Arc::new(host), None, rules, defaults)
}

/// The address that the default policy assigns.
fn home_address() -> Mac {
    let card = AddressFacts {
        permanent: Some(PERMANENT),
        initial: PERMANENT,
        current: PERMANENT,
        previous: None,
    };
    let mut rng = StdRng::seed_from_u64(0);
    policies(ConnectionOptions::default(), Vec::new())
        .assign(&NetworkFacts::new(&home()), &card, &mut rng)
        .unwrap()
}

fn home_network() -> Network {
    Network {
        id: 0,
        ssid: Some(home()),
        enabled: true,
        hidden: false,
        priority: 0,
        bssid: None,
        open: false,
        key_mgmt: vec![KeyMgmt::Psk],
        id_str: String::new(),
    }
}

fn home_entry() -> BssEntry {
    BssEntry {
        owe_open_half: false,
        bssid: HOME_AP,
        frequency: HOME_CHANNEL,
        signal: -40,
        ssid: home(),
        security: SecurityLevel::Rsn,
        key_mgmt: vec![KeyMgmt::Psk],
    }
}

fn bss(entry: &BssEntry, ms_ago: u32) -> Bss {
    Bss {
        bssid: entry.bssid,
        frequency: entry.frequency,
        signal: entry.signal,
        ssid: entry.ssid.clone(),
        ms_ago,
        owe: None,
    }
}

fn is_request(action: &Action, request: &Request) -> bool {
    matches!(action, Action::Request(sent) if sent == request)
}

fn is_scan(action: &Action) -> bool {
    matches!(action, Action::Scan(_))
}

fn sets_address(action: &Action) -> bool {
    matches!(action, Action::SetAddress { .. })
}

fn requests_bss(action: &Action) -> bool {
    matches!(action, Action::Request(Request::ListNetworks { bssids }) if !bssids.is_empty())
}

/// Without exceptions.
fn allow_roaming() -> Request {
    Request::AllowRoaming {
        ssid: home(),
        except: Vec::new(),
        limits: Vec::new(),
    }
}
