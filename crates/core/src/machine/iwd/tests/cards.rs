//! Two cards of one iwd in random situations: the network sees each under its own address, and gets both.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::bench::{Bench, options};
use super::rest::heard;
use super::*;

const ADDRESSES: [&str; 2] = ["9a:11:22:33:44:55", "9a:11:22:33:44:66"];

fn own(card: usize) -> Mac {
    ADDRESSES[card].parse().unwrap()
}

#[derive(Debug, Clone, Copy)]
enum Happening {
    /// iwd joins by itself, unless it was told to join nothing.
    Joins(usize),
    Lost(usize),
    StartsOver(usize),
    Restarts,
    /// A scan of another program, under the card's address.
    Scans(usize),
    Pass(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let card = || 0..2_usize;
    prop_oneof![
        6 => card().prop_map(Happening::Joins),
        3 => card().prop_map(Happening::Lost),
        1 => card().prop_map(Happening::StartsOver),
        1 => Just(Happening::Restarts),
        2 => card().prop_map(Happening::Scans),
        4 => (0..12_000_u64).prop_map(Happening::Pass),
    ]
}

/// One card with its iwd.
struct Station {
    bench: Bench,
    is_connected: bool,
    is_kept_off: bool,
    /// The address in its file when it was last looked at.
    seen: Option<Mac>,
}

struct World {
    stations: Vec<Station>,
    turns: Turns,
    holder: usize,
    /// The address in the file of `Home`.
    file: Option<Mac>,
}

impl World {
    fn new() -> Self {
        let station = |address: &&str| {
            let mut bench = Bench::with_options(options(address));
            bench.files[0].address = None;
            bench.air = vec![heard("Home", 20)];
            Station {
                bench,
                is_connected: false,
                is_kept_off: false,
                seen: None,
            }
        };
        let mut world = Self {
            stations: ADDRESSES.iter().map(station).collect(),
            turns: Turns::default(),
            holder: 0,
            file: None,
        };
        world.take_turns();
        let first = &mut world.stations[0].bench;
        first.tell_files();
        world.share();
        world
    }

    /// Who may write is told, as the daemon does after each event.
    fn take_turns(&mut self) {
        let states = (0_u32..).zip(&self.stations);
        let states = states.map(|(card, it)| (card, it.bench.state()));
        let now = self.stations[0].bench.now;
        for (card, turn) in self.turns.tell(now, &states.collect()) {
            let card = card as usize;
            if turn == Turn::Own {
                self.holder = card;
            }
            let before = self.stations[card].bench.bounces;
            self.stations[card].bench.hear(IwdEvent::Turn(turn));
            assert_eq!(self.stations[card].bench.bounces, before);
        }
    }

    /// A file that one of them has written is seen by the other.
    fn share(&mut self) {
        self.take_turns();
        for _ in 0..4 {
            for (card, station) in self.stations.iter_mut().enumerate() {
                let written = station.bench.files[0].address;
                if written != station.seen {
                    assert_eq!(card, self.holder, "out of turn");
                    self.file = written;
                    station.seen = written;
                }
            }
            for station in &mut self.stations {
                if station.seen != self.file {
                    station.seen = self.file;
                    station.bench.files[0].address = self.file;
                    station.bench.tell_files();
                }
            }
            self.take_turns();
        }
        let settled = self
            .stations
            .iter()
            .all(|it| it.bench.files[0].address == self.file);
        assert!(settled, "they write again and again");
    }

    /// What iwd does when the link was taken down.
    fn start_over_after(&mut self, card: usize, bounces: u32) -> bool {
        let station = &mut self.stations[card];
        let is_cut = station.bench.bounces > bounces;
        if is_cut {
            station.is_connected = false;
            station.is_kept_off = false;
            station.bench.starts_over();
        }
        is_cut
    }

    fn joins(&mut self, card: usize) {
        let station = &mut self.stations[card];
        let Some(address) = self.file.filter(|_| !station.is_connected) else {
            return;
        };
        let bounces = station.bench.bounces;
        station.bench.iwd(StationPhase::Connecting);
        station.bench.sets(address);
        station.bench.shows(address);
        let is_cut = self.start_over_after(card, bounces);
        assert!(is_cut || address == own(card), "joined as the other card");
        if !is_cut {
            let station = &mut self.stations[card];
            station.is_connected = true;
            station.is_kept_off = false;
            station.bench.iwd(StationPhase::Connected);
        }
    }

    fn lost(&mut self, card: usize) {
        let station = &mut self.stations[card];
        if std::mem::take(&mut station.is_connected) {
            station.bench.is_lost();
        }
    }

    fn obeys(&mut self) {
        for card in 0..self.stations.len() {
            for request in self.stations[card].bench.asked() {
                match request {
                    Request::Disconnect => {
                        self.lost(card);
                        self.stations[card].is_kept_off = true;
                    }
                    Request::Connect(_) => self.joins(card),
                    _ => {}
                }
                self.share();
            }
        }
    }

    fn pass(&mut self, span: Duration) {
        let step = Duration::from_millis(500);
        let mut left = span;
        while !left.is_zero() {
            let step = step.min(left);
            left -= step;
            for card in 0..self.stations.len() {
                let bounces = self.stations[card].bench.bounces;
                self.stations[card].bench.pass(step);
                self.start_over_after(card, bounces);
            }
            self.share();
            self.obeys();
        }
    }

    fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Joins(card) if !self.stations[card].is_kept_off => self.joins(card),
            Happening::Joins(_) => {}
            Happening::Lost(card) => self.lost(card),
            Happening::StartsOver(card) => {
                let bounces = self.stations[card].bench.bounces;
                self.stations[card].bench.bounces += 1;
                self.start_over_after(card, bounces);
            }
            Happening::Restarts => self.restarts(),
            Happening::Scans(card) => self.scans(card),
            Happening::Pass(span) => self.pass(Duration::from_millis(span)),
        }
        self.share();
        self.obeys();
    }

    /// iwd scans before it is on the bus, and joins what it finds under the address in the file.
    fn restarts(&mut self) {
        for station in &mut self.stations {
            station.is_connected = false;
            station.is_kept_off = false;
            station.bench.ends();
        }
        for card in 0..self.stations.len() {
            let is_ended = self.is_scan_ended(card, true);
            assert!(is_ended, "joins what it finds");
        }
        for station in &mut self.stations {
            station.bench.appears(None);
        }
    }

    /// A scan under the network's address is ended.
    fn scans(&mut self, card: usize) {
        let is_ended = self.is_scan_ended(card, false);
        assert!(is_ended || !self.stations[card].is_connected);
    }

    fn is_scan_ended(&mut self, card: usize, random_address: bool) -> bool {
        let bench = &mut self.stations[card].bench;
        let aborts = |bench: &Bench| {
            let all = bench.done.iter();
            all.filter(|action| **action == Action::AbortScan).count()
        };
        let before = aborts(bench);
        bench.external_scan(random_address);
        let is_ended = aborts(bench) > before;
        bench.tell(Event::Scan(ScanEvent::Ended));
        is_ended
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn two_cards_get_connected_each_under_its_address(
        happenings in vec(happening(), 1..30),
    ) {
        let mut world = World::new();
        for happening in happenings {
            world.happens(happening);
        }
        // No more faults from now on; turns in vain and earlier refusals still apply.
        for _ in 0..200 {
            for card in 0..2 {
                world.happens(Happening::Joins(card));
            }
            world.pass(Duration::from_secs(2));
        }
        for station in &world.stations {
            prop_assert!(station.is_connected);
            prop_assert_eq!(station.bench.state(), StateKind::Associated);
        }
    }
}
