//! Days that nobody would wish for, one for each seed.

use std::time::Duration;

use macveil::address::{Mac, Policy};
use macveil::supervisor::How;
use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::promise::BY_HAND;
use crate::setup::{Site, world};
use crate::world::{Driver, Fault, FaultAt, Quirk, World};

/// How a day went.
pub struct Day {
    pub world: World,
    pub connected: bool,
}

impl Day {
    pub fn is_good(&self) -> bool {
        self.connected && self.world.air.broken.is_empty()
    }
}

pub const QUIRKS: [Quirk; 7] = [
    Quirk::Refuses,
    Quirk::Ignores,
    Quirk::AppliesLate,
    Quirk::UndoesOnUp,
    Quirk::BusyByTurns,
    Quirk::NeverComesUp,
    Quirk::RefusesLive,
];

const CHANNELS: [u32; 4] = [2412, 2437, 2462, 5180];
const NAMES: [&str; 3] = ["home", "work", "cafe"];

/// Something that happens to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Goes(usize, bool),
    Returns(usize),
    Kicks(usize),
    Refuses(usize, bool),
    SupplicantDies,
    SupplicantStarts,
    DaemonDies(Duration),
    Deaf(Duration),
    Stutters(bool),
    UserScans,
    UserScansWithIw,
    UserDisconnects,
    UserReconnects,
    UserReconfigures,
    LinkDown,
    LinkUp,
    AddressChanged,
    Blocked(bool),
    Sleeps(Duration),
    Driver(Quirk),
}

/// Plays the day of a seed; with a log if it is to be looked at.
pub fn play(seed: u64, keep: bool) -> Day {
    let mut chance = StdRng::seed_from_u64(seed ^ 0x5eed);
    let sites = sites(&mut chance);
    let driver = Driver {
        random_address: chance.random(),
        live_change: chance.random_ratio(1, 3),
        quirk: Quirk::None,
    };
    let mut world = world(seed, driver, &sites);
    world.air.keep_all = keep;
    world.daemon.keep_log = keep;
    world.daemon.faults = faults(&mut chance);
    world.start_daemon();
    world.pass(Duration::from_millis(chance.random_range(20..3_000)));
    // A supplicant is started once macveil is ready.
    world.wait(Duration::from_secs(600), |it| {
        it.daemon.state() == Some("waiting")
    });
    world.supplicant_starts();
    for _ in 0..chance.random_range(3..25) {
        let pause = if chance.random_ratio(1, 3) {
            chance.random_range(0..60_000)
        } else {
            chance.random_range(0..3_000_000)
        };
        world.pass(Duration::from_micros(pause * chance.random_range(1..10)));
        let trouble = trouble(&mut chance, sites.len());
        world.befall(trouble);
    }
    let connected = world.heals();
    Day { world, connected }
}

fn sites(chance: &mut StdRng) -> Vec<Site> {
    let count = chance.random_range(1..=NAMES.len());
    let site = |name| Site {
        name,
        channel: CHANNELS[chance.random_range(0..CHANNELS.len())],
        policy: match chance.random_range(0..10) {
            0..5 => Policy::StableSsid,
            5..8 => Policy::Random,
            8 => Policy::Permanent,
            _ => Policy::Explicit(Mac([0x06, 1, 2, 3, 4, name.len() as u8])),
        },
        hidden: chance.random_ratio(1, 6),
        open: chance.random_ratio(1, 6),
        priority: chance.random_range(0..3),
    };
    NAMES[..count].iter().copied().map(site).collect()
}

fn faults(chance: &mut StdRng) -> Vec<FaultAt> {
    let count = chance.random_range(0..4);
    let mut faults = Vec::new();
    for _ in 0..count {
        let span = Duration::from_millis(chance.random_range(1..5_000));
        faults.push(FaultAt {
            action: chance.random_range(0..250),
            fault: match chance.random_range(0..6) {
                0 => Fault::Refused([16, 5, 95, 132, 105][chance.random_range(0..5)]),
                1 => Fault::DoneButRefused,
                2 => Fault::Slow(span),
                3 => Fault::DiesBefore(span),
                4 => Fault::DiesAfter(span),
                _ => Fault::ThenDeaf(span),
            },
        });
    }
    faults
}

fn trouble(chance: &mut StdRng, sites: usize) -> Trouble {
    let site = chance.random_range(0..sites);
    let span = Duration::from_millis(chance.random_range(1..20_000));
    match chance.random_range(0..24) {
        0..3 => Trouble::Goes(site, chance.random()),
        3..6 => Trouble::Returns(site),
        6 => Trouble::Kicks(site),
        7 => Trouble::Refuses(site, chance.random()),
        8 => Trouble::SupplicantDies,
        9 => Trouble::SupplicantStarts,
        10 => Trouble::DaemonDies(span),
        11 => Trouble::Deaf(span / 10),
        12 => Trouble::Stutters(chance.random()),
        13 => Trouble::UserScans,
        14 => Trouble::UserScansWithIw,
        15 => Trouble::UserDisconnects,
        16 => Trouble::UserReconnects,
        17 => Trouble::UserReconfigures,
        18 => Trouble::LinkDown,
        19 => Trouble::LinkUp,
        20 => Trouble::AddressChanged,
        21 => Trouble::Blocked(chance.random()),
        22 => Trouble::Sleeps(span * 100),
        _ => Trouble::Driver(QUIRKS[chance.random_range(0..QUIRKS.len())]),
    }
}

impl World {
    fn befall(&mut self, trouble: Trouble) {
        // What a user undoes of macveil's settings while no macveil is there, is undone.
        let undoes = matches!(
            trouble,
            Trouble::UserReconfigures | Trouble::SupplicantStarts | Trouble::Sleeps(_)
        );
        if undoes && self.daemon.is_away(self.now) {
            return;
        }
        // Nor can it take an address away that a driver does not let go of, or be quicker than whoever
        // brings the link up under it.
        let shows = matches!(trouble, Trouble::LinkUp | Trouble::SupplicantStarts);
        if shows && !self.kernel.link.up && self.shows_identity() {
            return;
        }
        self.note_line(|| format!("== {trouble:?}"));
        match trouble {
            Trouble::Goes(site, with_goodbye) => self.access_point_goes(site, with_goodbye),
            Trouble::Returns(site) => self.access_point_returns(site),
            Trouble::Kicks(site) => self.access_point_kicks(site),
            Trouble::Refuses(site, refuses) => self.access_points[site].refuses = refuses,
            Trouble::SupplicantDies => self.supplicant_dies(),
            Trouble::SupplicantStarts => {
                if !self.supplicant.running {
                    self.supplicant_starts();
                }
            }
            Trouble::DaemonDies(span) => self.daemon_dies(span),
            Trouble::Deaf(span) => self.daemon_is_deaf(span),
            Trouble::Stutters(stutters) => self.daemon.stutters = stutters,
            Trouble::UserScans => {
                let sends = self.supplicant.scans_send();
                // Nobody can keep a user's scan under the address of a connection from being seen.
                if !(sends && self.shows_identity()) {
                    self.user_scans();
                }
            }
            Trouble::UserScansWithIw => self.user_scans_with_iw(),
            Trouble::UserDisconnects => self.user_disconnects(),
            Trouble::UserReconnects => {
                // Nor can anybody keep the scan from being seen that the user asks for here.
                let sends = self.supplicant.scans_send();
                let identity = self.air.shows_identity(self.kernel.link.address);
                // In the middle of an attempt it would join from what it knows, however old.
                let attempt = self.daemon.state() == Some("associating");
                if !identity && !attempt || !sends && self.kernel.association.is_some() {
                    self.user_reconnects();
                }
            }
            Trouble::UserReconfigures => {
                // In the middle of an attempt it takes macveil's settings back under the new address.
                if self.daemon.state() != Some("associating") {
                    self.user_reconfigures();
                }
            }
            Trouble::LinkDown => self.link_down(),
            Trouble::LinkUp => drop(self.link_up()),
            Trouble::AddressChanged => {
                let _ = self.set_address(BY_HAND, How::Bounce);
            }
            Trouble::Blocked(blocked) => {
                self.kernel.rfkill = blocked;
                if blocked {
                    self.link_down();
                }
            }
            Trouble::Sleeps(span) => {
                self.link_down();
                self.pass(Duration::from_millis(50));
                self.now += span;
                let _ = self.link_up();
                self.machine_resumes();
            }
            Trouble::Driver(quirk) => self.kernel.driver.quirk = quirk,
        }
    }

    fn shows_identity(&self) -> bool {
        self.air.shows_identity(self.kernel.link.address)
    }

    /// Nobody can keep a scan of another program under the address of a connection from being seen.
    fn user_scans_with_iw(&mut self) {
        let address = self.kernel.link.address;
        if !self.air.shows_identity(address) && self.daemon.state() != Some("associating") {
            self.iw_scans();
        }
    }

    /// Everything is well again; says whether there is a connection in the end.
    fn heals(&mut self) -> bool {
        self.note_line(|| "== all is well again".to_owned());
        self.kernel.driver.quirk = Quirk::None;
        self.daemon.faults.clear();
        self.daemon.stutters = false;
        self.kernel.rfkill = false;
        for site in 0..self.access_points.len() {
            self.access_points[site].refuses = false;
            self.access_point_returns(site);
        }
        self.pass(Duration::from_secs(30));
        self.start_daemon();
        // A driver that refused everything may have left the last network's address on the card.
        self.wait(Duration::from_secs(400), |it| !it.shows_identity());
        if !self.supplicant.running {
            self.supplicant_starts();
        }
        self.pass(Duration::from_secs(5));
        let _ = self.link_up();
        self.pass(Duration::from_secs(1));
        // While the card is held, nobody hears of the wish.
        (0..20).any(|_| {
            self.user_reconnects();
            self.wait(Duration::from_secs(60), |world| {
                NAMES.iter().any(|name| world.is_connected_to(name))
            })
        })
    }
}
