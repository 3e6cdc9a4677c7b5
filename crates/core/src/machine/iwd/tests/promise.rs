//! The promise, for any events in any order: an address that is not the network's is cut off as
//! soon as it is seen, the network's address is kept, and in the end iwd is connected under it.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::bench::{Bench, MADE_UP, PERMANENT, home, network, stable};
use super::rest::heard;
use super::*;
use crate::machine::Time;
use crate::types::Mac;

/// Two networks that iwd knows, and one for which it has no file.
fn networks() -> [NetworkId; 3] {
    [home(), network("Work"), network("New")]
}

#[derive(Debug, Clone, Copy)]
enum Address {
    Assigned,
    Permanent,
    MadeUp,
    /// The address on the link: a mask, or an earlier address.
    AsItIs,
}

/// The first source of the report that iwd connects.
#[derive(Debug, Clone, Copy)]
enum Source {
    Iwd,
    Kernel,
    /// The kernel, without the access point's answer.
    Beginning,
}

#[derive(Debug, Clone, Copy)]
enum Happening {
    Attempt(usize, Address, Source),
    /// iwd reports an arbitrary state of its station.
    Station(StationPhase, usize),
    Sets(Address),
    Scans(bool),
    ScanEnds,
    IwdScans(bool),
    Pass(u64),
    /// iwd performs the last request.
    Obeys,
    Refuses,
    StartsOver,
    Restarts,
    Live(bool),
    Edits(Address),
    Rejoin(usize),
    Rotate,
    Resumed,
}

fn happening() -> impl Strategy<Value = Happening> {
    let address = || {
        prop_oneof![
            3 => Just(Address::Assigned),
            1 => Just(Address::Permanent),
            1 => Just(Address::MadeUp),
            1 => Just(Address::AsItIs),
        ]
    };
    let source = prop_oneof![
        Just(Source::Iwd),
        Just(Source::Kernel),
        Just(Source::Beginning)
    ];
    let phase = prop_oneof![
        1 => Just(StationPhase::Connecting),
        3 => Just(StationPhase::Connected),
        1 => Just(StationPhase::Disconnecting),
        3 => Just(StationPhase::Disconnected),
    ];
    prop_oneof![
        6 => (0..3_usize, address(), source).prop_map(|(a, b, c)| Happening::Attempt(a, b, c)),
        6 => (phase, 0..3_usize).prop_map(|(a, b)| Happening::Station(a, b)),
        2 => address().prop_map(Happening::Sets),
        2 => any::<bool>().prop_map(Happening::Scans),
        2 => Just(Happening::ScanEnds),
        2 => any::<bool>().prop_map(Happening::IwdScans),
        6 => (0..12_000_u64).prop_map(Happening::Pass),
        4 => Just(Happening::Obeys),
        1 => Just(Happening::Refuses),
        4 => Just(Happening::StartsOver),
        1 => Just(Happening::Restarts),
        1 => any::<bool>().prop_map(Happening::Live),
        1 => address().prop_map(Happening::Edits),
        1 => (0..3_usize).prop_map(Happening::Rejoin),
        1 => Just(Happening::Rotate),
        1 => Just(Happening::Resumed),
    ]
}

struct World {
    bench: Bench,
    phase: StationPhase,
    network: NetworkId,
    /// When iwd last began to connect.
    attempted_at: Option<Time>,
}

impl World {
    fn new() -> Self {
        let mut bench = Bench::new("stable-ssid");
        bench.knows(network("Work"), None);
        // An attempt at one that is gone would be cut off, whatever its address.
        bench.air = ["Home", "Work", "New"].map(|name| heard(name, 20)).into();
        bench.tell_files();
        Self {
            bench,
            phase: StationPhase::Disconnected,
            network: home(),
            attempted_at: None,
        }
    }

    fn reports(&mut self, phase: StationPhase, network: NetworkId) {
        self.phase = phase;
        self.network = network.clone();
        self.bench.iwd_at(phase, network);
    }

    fn starts_over(&mut self) {
        self.phase = StationPhase::Disconnected;
        self.bench.starts_over();
    }

    fn address(&self, address: Address, network: &NetworkId) -> Mac {
        match address {
            Address::Assigned => stable(network),
            Address::Permanent => PERMANENT,
            Address::MadeUp => MADE_UP,
            Address::AsItIs => self.bench.link.address,
        }
    }

    /// Whether an attempt under this address must be cut off, if that can be said. For a network without
    /// a file iwd chooses an address: the network is joined again later. One that was on the card
    /// before can be iwd's, or one that another program has set.
    fn is_cut_off(&self, network: &NetworkId, address: Mac, was_there: bool) -> Option<bool> {
        let is_known = self.bench.files.iter().any(|known| known.id == *network);
        if is_known || address != MADE_UP {
            return Some(address != stable(network));
        }
        (!was_there).then_some(false)
    }

    fn obeys(&mut self) {
        for request in self.bench.asked() {
            match request {
                Request::Disconnect if self.phase != StationPhase::Disconnected => {
                    let network = self.network.clone();
                    self.reports(StationPhase::Disconnecting, network.clone());
                    self.reports(StationPhase::Disconnected, network);
                }
                Request::Connect(network) if self.phase == StationPhase::Disconnected => {
                    let address = stable(&network);
                    self.attempts(&network, address, Source::Iwd);
                    if self.phase == StationPhase::Connecting {
                        self.reports(StationPhase::Connected, network);
                    }
                }
                _ => {}
            }
        }
    }

    /// iwd connects, unless macveil cuts it off.
    fn attempts(&mut self, network: &NetworkId, address: Mac, source: Source) {
        let before = self.bench.bounces;
        // What an attempt showed in the last second can be taken for the next one's.
        let attempted_at = self.attempted_at.replace(self.bench.now);
        let is_apart = attempted_at
            .is_none_or(|at| self.bench.now.saturating_sub(at) >= Duration::from_secs(1));
        let rested = is_apart && self.bench.state() == StateKind::Idle;
        let was_there = self.bench.link.address == address;
        match source {
            Source::Iwd => {
                self.reports(StationPhase::Connecting, network.clone());
                self.bench.sets(address);
                self.bench.shows(address);
            }
            Source::Kernel => {
                self.bench.sets(address);
                self.bench.shows(address);
                self.reports(StationPhase::Connecting, network.clone());
            }
            Source::Beginning => {
                self.bench.sets(address);
                self.bench.begins();
                self.reports(StationPhase::Connecting, network.clone());
            }
        }
        let cut = self.bench.bounces - before;
        let expected = self.is_cut_off(network, address, was_there);
        if rested && let Some(expected) = expected {
            assert_eq!(cut, u32::from(expected), "{network:?} under {address}");
        }
    }

    fn happens(&mut self, happening: Happening) {
        let all = networks();
        let bench = &mut self.bench;
        match happening {
            Happening::Attempt(network, address, source) => {
                let network = &all[network];
                let address = self.address(address, network);
                self.attempts(network, address, source);
            }
            Happening::Station(phase, network) => self.reports(phase, all[network].clone()),
            Happening::Sets(address) => {
                let address = self.address(address, &self.network);
                self.bench.sets(address);
            }
            Happening::Scans(random) => {
                let status = bench.station.status();
                let is_exposed =
                    matches!(status.state, StateKind::Associating | StateKind::Associated)
                        && status.address_kind != AddressKind::Mask;
                bench.asked();
                bench.external_scan(random);
                let is_ended = bench.did(&Action::AbortScan);
                assert!(is_ended || random || !is_exposed, "{status:?}");
            }
            Happening::ScanEnds => bench.tell(Event::Scan(ScanEvent::Ended)),
            Happening::IwdScans(scanning) => bench.iwd_scans(scanning),
            Happening::Pass(span) => bench.pass(Duration::from_millis(span)),
            Happening::Obeys => self.obeys(),
            Happening::Refuses => bench.hear(IwdEvent::Refused {
                why: "net.connman.iwd.Failed".to_owned(),
            }),
            Happening::StartsOver => self.starts_over(),
            Happening::Restarts => {
                bench.hear(IwdEvent::Vanished);
                bench.appears(None);
            }
            Happening::Live(refuses) => bench.refuses_live = refuses,
            Happening::Edits(address) => {
                let address = self.address(address, &home());
                self.bench.files[0].address = Some(address);
                self.bench.tell_files();
            }
            Happening::Rejoin(network) => {
                let ssid = all[network].ssid.clone();
                bench.tell(Event::Command(Command::Rejoin(ssid)));
            }
            Happening::Rotate => bench.tell(Event::Command(Command::Rotate)),
            Happening::Resumed => bench.tell(Event::Command(Command::Resumed)),
        }
    }

    /// The status must be true, and a connection under another address must end.
    fn check(&self) {
        let snapshot = self.bench.station.status();
        assert_eq!(snapshot.link, self.bench.link);
        let follows: &[StateKind] = match self.phase {
            StationPhase::Disconnected => {
                &[StateKind::Idle, StateKind::Rejoining, StateKind::Refused]
            }
            StationPhase::Connecting => &[
                StateKind::Associating,
                StateKind::Rejoining,
                StateKind::Refused,
            ],
            StationPhase::Connected => &[
                StateKind::Associated,
                StateKind::Rejoining,
                StateKind::Refused,
            ],
            StationPhase::Disconnecting => &[
                StateKind::Idle,
                StateKind::Associating,
                StateKind::Associated,
                StateKind::Rejoining,
                StateKind::Refused,
            ],
        };
        assert!(
            follows.contains(&snapshot.state),
            "{:?}: {:?}",
            self.phase,
            snapshot.state
        );
    }
}

proptest! {
    #[test]
    fn networks_see_only_their_address_and_get_connected(
        happenings in vec(happening(), 1..40),
    ) {
        let mut world = World::new();
        for happening in happenings {
            world.happens(happening);
            world.check();
        }
        // No more faults from now on; earlier refusals still apply.
        world.bench.refuses_live = false;
        world.bench.tell_files();
        world.bench.tell(Event::Scan(ScanEvent::Ended));
        world.bench.asked();
        world.starts_over();
        for _ in 0..40 {
            world.bench.pass(Duration::from_secs(10));
            world.obeys();
        }
        let mut bench = world.bench;
        if world.phase == StationPhase::Disconnected {
            prop_assert_eq!(bench.state(), StateKind::Idle);
            bench.connects_under(stable(&home()));
        }
        prop_assert_eq!(bench.state(), StateKind::Associated);
        let bounces = bench.bounces;
        bench.pass(Duration::from_secs(3600));
        prop_assert_eq!((bench.state(), bench.bounces), (StateKind::Associated, bounces));
    }
}
