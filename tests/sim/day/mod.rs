//! A day as data: what there is, what happens to it, and what goes wrong. A seed makes one by chance; one
//! that breaks a promise is shortened, told, and can be played again from its text.

pub mod courses;
mod ends;
pub mod random;
pub mod shrink;
pub mod text;
mod trouble;

use std::time::Duration;

use macveil_core::address::Policy;
use macveil_core::machine::OnFailure;

use crate::setup::{self, Site};
use crate::world::{Backend, Driver, FaultAt, Quirk, Sabotage, World};

pub use trouble::{ASKS, Ask, Trouble};

pub const NAMES: [&str; 3] = ["home", "work", "cafe"];
/// Access points: one for each name, and the second ones.
pub const PLACES: [&str; 6] = ["home", "work", "cafe", "home2", "work2", "cafe2"];

pub const QUIRKS: [Quirk; 7] = [
    Quirk::Refuses,
    Quirk::Ignores,
    Quirk::AppliesLate,
    Quirk::UndoesOnUp,
    Quirk::BusyByTurns,
    Quirk::NeverComesUp,
    Quirk::RefusesLive,
];

#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// Of all that is left to chance.
    pub seed: u64,
    pub backend: Backend,
    /// iwd makes an interface of its own whenever it starts.
    pub owns_interface: bool,
    pub driver: Driver,
    pub sites: Vec<Site>,
    pub on_failure: OnFailure,
    pub begins: Begins,
    /// What goes wrong as macveil acts.
    pub faults: Vec<FaultAt>,
    /// What happens, each after a pause.
    pub hours: Vec<Hour>,
}

/// A pause, and what happens after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    pub pause: Duration,
    pub trouble: Trouble,
}

/// Who is there first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// macveil, and the supplicant once macveil is ready.
    Macveil,
    /// The supplicant, under an address that was set by hand.
    Supplicant,
}

/// How a day went.
pub struct Outcome {
    pub world: World,
    pub connected: bool,
}

impl Outcome {
    pub fn is_good(&self) -> bool {
        self.connected && self.world.air.broken.is_empty()
    }

    /// What happened, and what must not have.
    pub fn tell(&self) -> String {
        let world = &self.world;
        let frames: Vec<_> = world.air.frames.iter().map(ToString::to_string).collect();
        format!(
            "{}\n\nframes:\n{}\n\nconnected in the end: {}\n{:#?}",
            world.daemon.log.join("\n"),
            frames.join("\n"),
            self.connected,
            world.air.broken
        )
    }
}

impl Day {
    pub fn new(sites: Vec<Site>) -> Self {
        Self {
            seed: 1,
            backend: Backend::Wpa,
            owns_interface: false,
            driver: Driver {
                random_address: true,
                live_change: false,
                quirk: Quirk::None,
            },
            sites,
            on_failure: OnFailure::Closed,
            begins: Begins::Macveil,
            faults: Vec::new(),
            hours: Vec::new(),
        }
    }

    pub fn play(&self) -> Outcome {
        self.play_with(false, None)
    }

    /// With a log to be looked at.
    pub fn play_aloud(&self) -> Outcome {
        self.play_with(true, None)
    }

    pub fn play_with(&self, keep: bool, sabotage: Option<Sabotage>) -> Outcome {
        let mut world = self.world();
        world.air.keep_all = keep;
        world.daemon.keep_log = keep;
        world.daemon.sabotage = sabotage;
        world.daemon.faults.clone_from(&self.faults);
        world.daemon.settings.on_failure = self.on_failure;
        world.begin(self.begins);
        for hour in &self.hours {
            world.pass(hour.pause);
            world.befall(hour.trouble);
        }
        let connected = world.heals();
        Outcome { world, connected }
    }

    /// Programs connect that macveil does not reach.
    pub fn others_connect(&self) -> bool {
        let mut hours = self.hours.iter();
        hours.any(|hour| {
            matches!(
                hour.trouble,
                Trouble::SupplicantStartsElsewhere | Trouble::ConnectsWithIw(_)
            )
        })
    }

    /// What its driver may do instead of what it is told.
    pub fn quirks(&self) -> &'static [Quirk] {
        match self.backend {
            Backend::Iwd => &random::iwd::QUIRKS,
            Backend::Wpa | Backend::Ethernet => &QUIRKS,
        }
    }

    fn world(&self) -> World {
        let (seed, driver, sites) = (self.seed, self.driver, &self.sites);
        match self.backend {
            Backend::Wpa => setup::world(seed, driver, sites),
            Backend::Iwd => setup::world_of_iwd(seed, driver, sites, self.owns_interface),
            Backend::Ethernet => {
                let policy = sites.first().map_or(Policy::Stable, |site| site.policy);
                let plugged = self.begins == Begins::Supplicant;
                setup::world_of_wire(seed, driver, policy, plugged)
            }
        }
    }

    /// Panics with the shortest day that goes as wrong as this one.
    pub fn expect_good(&self) {
        if self.play().is_good() {
            return;
        }
        let shortest = shrink::shrink(self, |day| !day.play().is_good());
        panic!(
            "a promise is broken on this day:\n\n{shortest}\n\
             To play it again: MACVEIL_SIM_DAY=file cargo test --test sim replay\n\n{}",
            shortest.play_aloud().tell()
        );
    }
}
