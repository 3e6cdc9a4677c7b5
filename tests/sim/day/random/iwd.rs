//! With iwd.

use std::time::Duration;

use macveil_core::machine::OnFailure;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::ASKS;
use super::{Begins, Day, Trouble, faults, hours, sites};
use crate::world::{Backend, Driver, Quirk};

/// iwd changes the address itself, so a driver that puts the old one back as the link comes up is not among them.
pub const QUIRKS: [Quirk; 7] = [
    Quirk::None,
    Quirk::Refuses,
    Quirk::Ignores,
    Quirk::AppliesLate,
    Quirk::BusyByTurns,
    Quirk::NeverComesUp,
    Quirk::RefusesLive,
];

pub(super) fn of_seed(seed: u64) -> Day {
    let mut chance = StdRng::seed_from_u64(seed ^ 0x01d0);
    let mut sites = sites(&mut chance);
    for site in &mut sites {
        // iwd does not know such pairs here.
        site.owe = false;
    }
    let count = sites.len();
    Day {
        seed,
        backend: Backend::Iwd,
        owns_interface: chance.random(),
        driver: Driver {
            random_address: chance.random_ratio(3, 4),
            live_change: chance.random(),
            quirk: Quirk::None,
        },
        on_failure: OnFailure::Closed,
        begins: if chance.random_ratio(1, 6) {
            Begins::Supplicant
        } else {
            Begins::Macveil
        },
        faults: faults(&mut chance),
        hours: hours(&mut chance, |chance| trouble(chance, count)),
        sites,
    }
}

fn trouble(chance: &mut StdRng, sites: usize) -> Trouble {
    let site = chance.random_range(0..sites);
    let span = Duration::from_millis(chance.random_range(1..20_000));
    match chance.random_range(0..37) {
        0..3 => Trouble::Goes(site, chance.random()),
        3..6 => Trouble::Returns(site),
        6 => Trouble::Kicks(site),
        7 => Trouble::Refuses(site, chance.random()),
        8 => Trouble::SupplicantDies,
        9..11 => Trouble::SupplicantStarts,
        11 => Trouble::DaemonDies(span),
        12 => Trouble::Deaf(span / 10),
        13 => Trouble::Stutters(chance.random()),
        14 => Trouble::Shuffles(chance.random()),
        15 => Trouble::UserScans,
        16 => Trouble::UserScansWithIw,
        17 => Trouble::UserDisconnects,
        18 => Trouble::UserReconnects,
        19 => Trouble::UserReconfigures,
        20 => Trouble::UserSelects(site),
        21 => Trouble::UserForgets(site),
        22 => Trouble::UserSetsMode(chance.random_ratio(1, 3)),
        23 => Trouble::LinkDown,
        24 => Trouble::LinkUp,
        25 => Trouble::AddressChanged,
        26 => Trouble::Blocked(chance.random()),
        27 => Trouble::Sleeps(span * 100),
        28 => Trouble::Asks(site),
        29 => Trouble::Steers(site),
        30 => Trouble::StrangerInvents(chance.random()),
        31..33 => Trouble::StrangerImitates(site, chance.random()),
        33 => Trouble::StrangerLeaves,
        34 => Trouble::StartRefused(span / 2),
        35 => Trouble::Asked(ASKS[chance.random_range(0..ASKS.len())]),
        _ => Trouble::Driver(QUIRKS[chance.random_range(0..QUIRKS.len())]),
    }
}
