//! A small world that obeys, and what the supervisor does in it.

mod addresses;
mod behaviours;
mod snapshots;

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;
use crate::address::{
    self, AddressBook, AddressFacts, History, Host, HostKey, Mac, NetworkFacts, NetworkRule,
    Wishes, Zone,
};
use crate::wifi::{Channel, Heard, Ssid};

const PERMANENT: Mac = Mac([2, 0, 0, 0, 0, 0]);
const HOME_AP: Mac = Mac([2, 0, 0, 0, 7, 0]);
const HOME_CHANNEL: u32 = 2437;

/// A station in a small world that does what it is told and remembers everything.
struct Bench {
    station: Station,
    now: Time,
    link: Link,
    /// What the driver does with an address: by default, take it.
    driver: fn(Link, Mac) -> Result<Link, Refusal>,
    /// BSSs on the air; a scan hears them.
    air: Vec<Entry>,
    networks: Vec<Network>,
    phase: Phase,
    connected_to: Option<Ssid>,
    done: Vec<Action>,
    masks: Vec<Mac>,
    /// The supplicant still believes in the address before.
    slow_to_notice: bool,
    /// What the card carried during each scan.
    scanned_under: Vec<Mac>,
    /// Its configuration was read again.
    reconfigured: bool,
}

impl Bench {
    fn new(up: bool, carrier: bool, change: impl FnOnce(&mut Card, &mut Settings)) -> Self {
        Self::wishing(Wishes::default(), Vec::new(), up, carrier, change)
    }

    /// With these wishes of addresses.
    fn wishing(
        defaults: Wishes,
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
        let mut settings = Settings {
            scan_random: true,
            mask_method: MaskMethod::Auto,
            mask_lifetime: Duration::ZERO,
            on_failure: OnFailure::Closed,
            on_exit: OnExit::Keep,
        };
        change(&mut card, &mut settings);
        let rng = StdRng::seed_from_u64(7);
        let addresses = Addresses {
            book: book(defaults, rules),
            history: History::default(),
        };
        let now = Time::from_secs(100);
        let station = Station::new(clocks(now), card, settings, addresses, link, rng);
        let mut bench = Self {
            station,
            now,
            link,
            driver: |link, address| Ok(Link { address, ..link }),
            air: Vec::new(),
            networks: vec![home_network()],
            phase: Phase::Idle,
            connected_to: None,
            done: Vec::new(),
            masks: Vec::new(),
            slow_to_notice: false,
            scanned_under: Vec::new(),
            reconfigured: false,
        };
        bench.settle();
        bench
    }

    fn idle() -> Self {
        Self::new(false, false, |_, _| {})
    }

    /// With a supplicant and an access point, and connected to it.
    fn connected() -> Self {
        let mut bench = Self::idle();
        bench.air = vec![home_entry()];
        bench.tell(Event::Supplicant(Supplicant::Appeared));
        bench.pass(Duration::from_secs(5));
        assert_eq!(bench.station.state_name(), "associated");
        bench.done.clear();
        bench
    }

    fn tell(&mut self, event: Event) {
        self.station.handle(clocks(self.now), event);
        self.settle();
    }

    /// Lets time go by, deadline after deadline.
    fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(deadline) = self.station.deadline().filter(|&deadline| deadline <= end) {
            self.now = deadline.max(self.now);
            self.station.handle_timeout(clocks(self.now));
            self.settle();
        }
        self.now = end;
    }

    fn settle(&mut self) {
        while let Some(action) = self.station.poll_action() {
            self.done.push(action.clone());
            self.check_promise(&action);
            for event in self.answers(action) {
                self.station.handle(clocks(self.now), event);
            }
        }
    }

    /// Nothing may be sent under the permanent address, nor a scan under an assigned one.
    fn check_promise(&self, action: &Action) {
        let masked = self.masks.contains(&self.link.address);
        match action {
            Action::Scan(scan) => {
                assert!(masked, "a scan under {}", self.link.address);
                assert!(!scan.frequencies.is_empty());
            }
            Action::Ask(Request::Connect) => {
                assert!(
                    !masked && self.link.address != PERMANENT,
                    "joins as {}",
                    self.link.address
                );
            }
            _ => {}
        }
    }

    fn answers(&mut self, action: Action) -> Vec<Event> {
        match action {
            Action::SetAddress { address, how } => {
                let connecting = self.done.iter().rev().find_map(|action| match action {
                    Action::Say(Notice::Associating { address, .. }) => Some(*address),
                    _ => None,
                });
                if connecting != Some(address) {
                    self.masks.push(address);
                }
                let up = self.link.up || how == How::Bounce;
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
                vec![Event::LinkSet(result)]
            }
            Action::HoldDown => {
                self.link = Link {
                    up: false,
                    carrier: false,
                    ..self.link
                };
                vec![Event::LinkSet(Ok(self.link))]
            }
            Action::BringUp | Action::ReadLink => vec![Event::LinkSet(Ok(self.link))],
            Action::Scan(scan) => {
                self.scanned_under.push(self.link.address);
                let started = ScanStarted {
                    active: !scan.ssids.is_empty(),
                    random_address: scan.random_address,
                };
                vec![
                    Event::ScanAccepted(Ok(())),
                    Event::ScanStarted(started),
                    Event::Supplicant(Supplicant::ScanResults),
                    Event::ScanEnded,
                ]
            }
            Action::ReadAir => vec![Event::Air(
                self.air.iter().map(|entry| heard(entry, 0)).collect(),
            )],
            Action::Ask(request) => self.supplicant_answers(request),
            Action::AbortScan | Action::Say(_) | Action::Remember { .. } | Action::Finish => {
                vec![]
            }
        }
    }

    fn supplicant_answers(&mut self, request: Request) -> Vec<Event> {
        let reply = match request {
            Request::Attach | Request::Quiet => {
                let status = self.status();
                if request == Request::Quiet || self.phase != Phase::Connected {
                    self.phase = Phase::Idle;
                }
                Reply::Quiet(Ok(Quieted {
                    status,
                    had_own_randomization: false,
                    reconfigured: self.reconfigured,
                }))
            }
            Request::Status => Reply::Status(Ok(self.status())),
            Request::Survey { bssids } => {
                let known = |entry: &&Entry| bssids.contains(&entry.bssid);
                let table = self.air.iter().filter(known).cloned().collect();
                Reply::Survey(Ok(Survey {
                    networks: self.networks.clone(),
                    table,
                }))
            }
            Request::Connect => {
                self.phase = Phase::Connected;
                self.connected_to = Some(home());
                self.link.carrier = true;
                let connected = Supplicant::Connected { bssid: HOME_AP };
                return vec![
                    Event::Reply(Reply::Done(Ok(()))),
                    Event::Link(self.link),
                    Event::Supplicant(connected),
                ];
            }
            Request::Pin { .. }
            | Request::Disarm
            | Request::Settle { .. }
            | Request::Release { .. } => Reply::Done(Ok(())),
        };
        vec![Event::Reply(reply)]
    }

    fn status(&self) -> Status {
        Status {
            phase: self.phase,
            address: (!self.slow_to_notice).then_some(self.link.address),
            bssid: Some(HOME_AP),
            ssid: self.connected_to.clone(),
            id: Some(0),
            frequency: Some(HOME_CHANNEL),
        }
    }

    fn lose(&mut self, reason: u16, local: bool) {
        self.phase = Phase::Idle;
        self.link.carrier = false;
        self.tell(Event::Supplicant(Supplicant::Disconnected {
            reason,
            local,
        }));
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

fn home() -> Ssid {
    Ssid::new(b"Home").unwrap()
}

/// When the bench's clocks start.
const NEW_YEAR: u64 = 1_798_761_600;

fn clocks(boot: Time) -> Now {
    Now {
        boot,
        wall: UNIX_EPOCH + Duration::from_secs(NEW_YEAR) + boot,
    }
}

fn book(defaults: Wishes, rules: Vec<NetworkRule>) -> AddressBook {
    let key = HostKey::from_host_id(b"a secret");
    let host = Host {
        key,
        boot_id: None,
        zone: Zone::utc(),
    };
    AddressBook::new("wlan0".to_owned(), Arc::new(host), None, rules, defaults)
}

/// What the default policy assigns.
fn home_address() -> Mac {
    let card = AddressFacts {
        permanent: Some(PERMANENT),
        initial: PERMANENT,
        current: PERMANENT,
        previous: None,
    };
    let mut rng = StdRng::seed_from_u64(0);
    book(Wishes::default(), Vec::new())
        .assign(&NetworkFacts::new(&home()), &card, &mut rng)
        .unwrap()
}

fn home_network() -> Network {
    Network {
        id: 0,
        ssid: Some(home()),
        enabled: true,
        temporarily_disabled: false,
        hidden: false,
        priority: 0,
        bssid: None,
        open: false,
        ways: vec![address::Security::Psk],
        id_str: String::new(),
    }
}

fn home_entry() -> Entry {
    Entry {
        bssid: HOME_AP,
        frequency: HOME_CHANNEL,
        signal: -40,
        ssid: home(),
        security: Security::Rsn,
        ways: vec![address::Security::Psk],
    }
}

fn heard(entry: &Entry, ms_ago: u32) -> Heard {
    Heard {
        bssid: entry.bssid,
        frequency: entry.frequency,
        signal: entry.signal,
        ssid: entry.ssid.clone(),
        ms_ago,
    }
}

fn is_ask(action: &Action, request: &Request) -> bool {
    matches!(action, Action::Ask(asked) if asked == request)
}

fn is_scan(action: &Action) -> bool {
    matches!(action, Action::Scan(_))
}

fn sets_address(action: &Action) -> bool {
    matches!(action, Action::SetAddress { .. })
}
