//! A simulated interface that iwd manages: a link, iwd's files, and an iwd that the test controls.

use rustix::io::Errno;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;
use crate::address::{
    AddressFacts, AddressPolicies, ConnectionOptions, History, Host, HostKey, NetworkFacts, Origin,
    Sourced, Zone,
};
use crate::machine::link::guard_bench::GuardBench;
use crate::types::{Bss, KeyMgmt, Mac, Ssid};

pub(super) const PERMANENT: Mac = Mac([2, 0, 0, 0, 0, 0]);
/// An address that iwd chooses.
pub(super) const MADE_UP: Mac = Mac([0x7a, 0x71, 0x37, 0xef, 0xf6, 0x50]);

/// Maximum number of actions after one event, including those after their results.
const MOST_AT_ONCE: usize = 30;

#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct Bench {
    pub(super) station: IwdMachine,
    pub(super) now: Time,
    pub(super) link: Link,
    pub(super) files: Vec<KnownNetwork>,
    pub(super) done: Vec<Action>,
    /// The kernel changes no address while the link is up.
    pub(super) refuses_live: bool,
    /// The driver reports success and leaves the address as it is.
    pub(super) ignores: bool,
    /// The kernel does not take the link down.
    pub(super) stays_up: bool,
    /// The link cannot be read.
    pub(super) unreadable: bool,
    /// Files cannot be written.
    pub(super) read_only: bool,
    /// Files are written only when the test calls `writes_files`.
    pub(super) writes_late: bool,
    /// Files that are not written yet.
    late: Vec<(NetworkId, Mac)>,
    pub(super) air: Vec<Bss>,
    pub(super) guard: GuardBench,
    /// How often the link was taken down and up again.
    pub(super) bounces: u32,
    doing: StationState,
}

pub(super) fn home() -> NetworkId {
    network("Home")
}

pub(super) fn network(name: &str) -> NetworkId {
    NetworkId {
        ssid: Ssid::new(name.as_bytes()).unwrap(),
        joining: Joining::Psk,
    }
}

impl Bench {
    /// iwd knows `Home` and is idle; the driver can change addresses of a link that is up.
    pub(super) fn new(policy: &str) -> Self {
        Self::with_options(options(policy))
    }

    /// The same with these options in the configuration.
    pub(super) fn with_options(options: ConnectionOptions) -> Self {
        let mut bench = Self::with(options, card(true));
        bench.knows(home(), None);
        bench.appears(None);
        bench
    }

    /// No iwd yet.
    pub(super) fn empty(policy: &str, live_change: bool) -> Self {
        Self::with(options(policy), card(live_change))
    }

    pub(super) fn empty_on(card: Card) -> Self {
        Self::with(options("stable-ssid"), card)
    }

    /// The card, which has been in use before, has this address.
    pub(super) fn found(policy: &str, address: Mac) -> Self {
        Self::under(options(policy), card(true), address)
    }

    fn with(options: ConnectionOptions, card: Card) -> Self {
        Self::under(options, card, PERMANENT)
    }

    fn under(options: ConnectionOptions, card: Card, address: Mac) -> Self {
        let link = Link {
            address,
            up: true,
            carrier: false,
        };
        let now = Time::from_secs(100);
        let rng = StdRng::seed_from_u64(7);
        let addresses = Addresses {
            policies: policies_of(options),
            history: History::default(),
        };
        let mut bench = Self {
            station: IwdMachine::new(at(now), card, settings(), addresses, link, rng),
            now,
            link,
            files: Vec::new(),
            done: Vec::new(),
            refuses_live: false,
            ignores: false,
            stays_up: false,
            unreadable: false,
            read_only: false,
            writes_late: false,
            late: Vec::new(),
            air: Vec::new(),
            guard: GuardBench::default(),
            bounces: 0,
            doing: StationState::default(),
        };
        bench.settle();
        bench
    }

    pub(super) fn knows(&mut self, id: NetworkId, address: Option<Mac>) {
        self.files.push(KnownNetwork {
            id,
            autoconnect: true,
            hidden: false,
            address,
            problem: None,
        });
    }

    pub(super) fn appears(&mut self, obstacle: Option<&str>) {
        self.appears_with(obstacle, true);
    }

    pub(super) fn appears_with(&mut self, obstacle: Option<&str>, random_scans: bool) {
        self.hear(IwdEvent::Appeared {
            obstacle: obstacle.map(str::to_owned),
            random_scans,
        });
        self.tell_files();
        self.tell_station();
    }

    pub(super) fn tell_files(&mut self) {
        self.hear(IwdEvent::Known(self.files.clone()));
    }

    fn tell_station(&mut self) {
        self.hear(IwdEvent::Station(Some(self.doing.clone())));
    }

    pub(super) fn hear(&mut self, news: IwdEvent) {
        self.tell(Event::Backend(news));
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.station.handle(at(self.now), event);
        self.settle();
    }

    /// iwd's station changes its phase.
    pub(super) fn iwd(&mut self, phase: StationPhase) {
        self.iwd_at(phase, home());
    }

    pub(super) fn iwd_at(&mut self, phase: StationPhase, network: NetworkId) {
        self.doing.phase = phase;
        self.doing.network = (phase != StationPhase::Disconnected).then_some(network);
        self.doing.scanning = false;
        self.tell_station();
    }

    pub(super) fn iwd_scans(&mut self, scanning: bool) {
        self.doing.scanning = scanning;
        self.tell_station();
    }

    /// iwd puts an address on the link.
    pub(super) fn sets(&mut self, address: Mac) {
        self.link.address = address;
        self.tell(Event::Link(LinkEvent::Changed(self.link)));
    }

    /// The kernel begins to authenticate.
    pub(super) fn begins(&mut self) {
        self.tell(Event::Mlme(MlmeEvent::Authenticating { peer: None }));
    }

    /// The access point answers.
    pub(super) fn shows(&mut self, station: Mac) {
        self.tell(Event::Mlme(MlmeEvent::Authenticated {
            station,
            peer: Mac([2, 0, 0, 0, 7, 0]),
        }));
    }

    pub(super) fn external_scan(&mut self, random_address: bool) {
        self.tell(Event::Scan(ScanEvent::Started(ScanStarted {
            active: true,
            random_address,
        })));
    }

    /// A complete connection under this address.
    pub(super) fn connects_under(&mut self, address: Mac) {
        self.iwd(StationPhase::Connecting);
        self.sets(address);
        self.shows(address);
        self.iwd(StationPhase::Connected);
    }

    /// The connection is lost.
    pub(super) fn is_lost(&mut self) {
        self.iwd(StationPhase::Disconnected);
    }

    /// The configuration changes to these options.
    pub(super) fn configure(&mut self, options: ConnectionOptions) {
        let now = at(self.now);
        self.station
            .reconfigure(now, settings(), policies_of(options));
        self.settle();
    }

    /// Lets time pass, deadline by deadline.
    pub(super) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(deadline) = self.station.poll_timeout().filter(|&at| at <= end) {
            self.now = deadline.max(self.now);
            self.station.handle_timeout(at(self.now));
            self.settle();
            let next = self.station.poll_timeout();
            assert!(
                next.is_none_or(|next| next > self.now),
                "the timeout is not in the future"
            );
        }
        self.now = end;
    }

    pub(super) fn state(&self) -> StateKind {
        self.station.status().state
    }

    /// The address in the file of `Home`.
    pub(super) fn filed(&self) -> Mac {
        self.files[0].address.expect("there is an address")
    }

    /// Requests to iwd since the last call, except writes of files.
    pub(super) fn asked(&mut self) -> Vec<Request> {
        let done = std::mem::take(&mut self.done);
        let asked = done.into_iter().filter_map(|action| match action {
            Action::Request(Request::Write { .. }) => None,
            Action::Request(request) => Some(request),
            _ => None,
        });
        asked.collect()
    }

    pub(super) fn notices(&self) -> Vec<&Notice> {
        let notices = self.done.iter().filter_map(|action| match action {
            Action::Notify(notice) => Some(notice),
            _ => None,
        });
        notices.collect()
    }

    pub(super) fn failures_reported(&self) -> usize {
        let notices = self.notices().into_iter();
        notices
            .filter(|it| matches!(it, Notice::Failed { .. }))
            .count()
    }

    pub(super) fn masks_put(&self) -> usize {
        let is_mask =
            |action: &&Action| matches!(action, Action::SetAddress { how: How::Live, .. });
        self.done.iter().filter(is_mask).count()
    }

    pub(super) fn did(&self, action: &Action) -> bool {
        self.done.contains(action)
    }

    /// Performs all actions as the kernel and the file system would.
    fn settle(&mut self) {
        let before = self.done.len();
        while let Some(action) = self.station.poll_action() {
            if let Action::SetSourceGuard(guard) = action {
                self.guard.now = Some(guard);
                let answer = Event::Link(LinkEvent::Guarded(Ok(())));
                self.station.handle(at(self.now), answer);
                continue;
            }
            self.done.push(action.clone());
            assert!(self.done.len() < before + MOST_AT_ONCE, "{:?}", self.done);
            let answer = match action {
                Action::ReadLink if self.unreadable => {
                    Event::Link(LinkEvent::Answered(Err(busy("read the link"))))
                }
                Action::ReadLink => Event::Link(LinkEvent::Answered(Ok(self.link))),
                Action::BringUp => {
                    self.link.up = true;
                    Event::Link(LinkEvent::Answered(Ok(self.link)))
                }
                Action::SetLinkDown if self.stays_up => {
                    Event::Link(LinkEvent::Answered(Err(busy("take the link down"))))
                }
                Action::SetLinkDown => {
                    self.link.up = false;
                    Event::Link(LinkEvent::Answered(Ok(self.link)))
                }
                Action::GetScanResults => Event::Scan(ScanEvent::Results(self.air.clone())),
                Action::SetAddress { address, how } => {
                    self.guard.check_setting(address);
                    let answer = match how {
                        How::Live => self.live_change(address),
                        _ if self.stays_up => Err(busy("take the link down")),
                        _ => Ok(self.bounce(address)),
                    };
                    Event::Link(LinkEvent::Answered(answer))
                }
                Action::Request(Request::Write { network, address }) if self.writes_late => {
                    self.late.push((network, address));
                    continue;
                }
                Action::Request(Request::Write { network, address }) => {
                    Event::Backend(self.write(network, address))
                }
                Action::Request(_)
                | Action::Notify(_)
                | Action::AbortScan
                | Action::ClearIpv6
                | Action::LeaveNetwork
                | Action::EnterNetwork(_)
                | Action::Remember { .. }
                | Action::Finish => continue,
                other => panic!("not an action of the iwd machine: {other:?}"),
            };
            self.station.handle(at(self.now), answer);
        }
        let is_joining = self.state() == StateKind::Associating && !self.link.carrier;
        if !self.unreadable && !is_joining {
            self.guard.check_settled(self.link.address);
        }
    }

    fn live_change(&mut self, address: Mac) -> Result<Link, KernelError> {
        assert!(!self.link.carrier, "no change while connected");
        if self.refuses_live || self.ignores {
            return Err(busy("set the address"));
        }
        self.link.address = address;
        Ok(self.link)
    }

    /// iwd starts over, but only when the test calls `starts_over`.
    fn bounce(&mut self, address: Mac) -> Link {
        self.bounces += 1;
        if self.ignores {
            self.link.up = false;
            return self.link;
        }
        self.link.address = address;
        self.link.carrier = false;
        self.link
    }

    /// After a bounce, or another end of iwd's station.
    pub(super) fn starts_over(&mut self) {
        self.doing = StationState::default();
        self.hear(IwdEvent::Station(None));
        self.tell_station();
    }

    /// iwd ends; another one appears later.
    pub(super) fn ends(&mut self) {
        self.doing = StationState::default();
        self.hear(IwdEvent::Vanished);
    }

    /// Writes the files that wait.
    pub(super) fn writes_files(&mut self) {
        for (network, address) in std::mem::take(&mut self.late) {
            let news = self.write(network, address);
            self.hear(news);
        }
    }

    fn write(&mut self, network: NetworkId, address: Mac) -> IwdEvent {
        let mut files = self.files.iter_mut();
        let file = files.find(|file| file.id == network).expect("a file");
        let result = if self.read_only {
            Err("read-only file system".to_owned())
        } else {
            file.address = Some(address);
            Ok(())
        };
        IwdEvent::Written { network, result }
    }
}

fn busy(step: &'static str) -> KernelError {
    KernelError {
        step,
        errno: Some(Errno::BUSY),
        reason: "busy".to_owned(),
    }
}

/// The address that `stable-ssid` leads to.
pub(super) fn stable(id: &NetworkId) -> Mac {
    let facts = AddressFacts {
        permanent: Some(PERMANENT),
        initial: PERMANENT,
        current: PERMANENT,
        previous: None,
    };
    let network = NetworkFacts::new(&id.ssid).with_security(KeyMgmt::Psk);
    let mut rng = StdRng::seed_from_u64(0);
    let policies = policies("stable-ssid");
    policies.assign(&network, &facts, &mut rng).unwrap()
}

pub(super) fn at(boot: Time) -> Now {
    Now {
        boot,
        wall: UNIX_EPOCH + Duration::from_secs(1_700_000_000) + boot,
    }
}

pub(super) fn settings() -> Settings {
    Settings {
        on_exit: OnExit::Restore,
        ..Settings::default()
    }
}

pub(super) fn policies(policy: &str) -> AddressPolicies {
    policies_of(options(policy))
}

pub(super) fn policies_of(options: ConnectionOptions) -> AddressPolicies {
    let host = Arc::new(Host {
        key: HostKey::from_host_id(b"0123456789abcdef"),
        boot_id: None,
        zone: Zone::utc(),
    });
    AddressPolicies::new("wlan0".to_owned(), host, None, Vec::new(), options)
}

pub(super) fn options(policy: &str) -> ConnectionOptions {
    ConnectionOptions {
        policy: Some(said(policy.parse().unwrap())),
        ..ConnectionOptions::default()
    }
}

pub(super) const fn said<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::BuiltIn,
    }
}

pub(super) fn card(live_change: bool) -> Card {
    Card {
        name: "wlan0".to_owned(),
        ifindex: 7,
        wiphy: 0,
        driver: "mac80211_hwsim".to_owned(),
        permanent: Some(PERMANENT),
        initial: PERMANENT,
        random_address: true,
        random_sequence: true,
        minimal_content: false,
        live_change,
        max_scan_ssids: 4,
        channels: Vec::new(),
    }
}
