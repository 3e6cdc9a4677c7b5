//! With a cable.

use std::time::Duration;

use macveil_core::address::Policy;
use macveil_core::types::Mac;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::{Ask, QUIRKS};
use super::{Begins, Day, Trouble, faults, hours, on_failure};
use crate::setup::Site;
use crate::world::{Backend, Driver, Quirk};

pub(super) fn of_seed(seed: u64) -> Day {
    let mut chance = StdRng::seed_from_u64(seed ^ 0x0417);
    let policy = match chance.random_range(0..8) {
        0..4 => Policy::Stable,
        4..6 => Policy::Random,
        6 => Policy::Permanent,
        _ => Policy::Explicit(Mac([0x06, 1, 2, 3, 4, 5])),
    };
    let wire = Site {
        policy,
        ..Site::home()
    };
    Day {
        seed,
        backend: Backend::Ethernet,
        owns_interface: false,
        driver: Driver {
            random_address: false,
            live_change: chance.random(),
            quirk: Quirk::None,
        },
        on_failure: on_failure(&mut chance),
        begins: if chance.random_ratio(1, 4) {
            Begins::Supplicant
        } else {
            Begins::Macveil
        },
        faults: faults(&mut chance),
        hours: hours(&mut chance, trouble),
        sites: vec![wire],
    }
}

fn trouble(chance: &mut StdRng) -> Trouble {
    let span = Duration::from_millis(chance.random_range(1..20_000));
    match chance.random_range(0..21) {
        0..3 => Trouble::Cable(true),
        3..6 => Trouble::Cable(false),
        6..8 => Trouble::CableBlinks,
        8..10 => Trouble::LinkUp,
        10 => Trouble::LinkDown,
        11 => Trouble::AddressChanged,
        12 => Trouble::ChangedInUse,
        13 => Trouble::DaemonDies(span),
        14 => Trouble::Deaf(span / 10),
        15 => Trouble::Stutters(chance.random()),
        16 => Trouble::Shuffles(chance.random()),
        17 => Trouble::Sleeps(span * 100),
        18 => Trouble::Asked(Ask::Rotate),
        19 => Trouble::StartRefused(span / 2),
        _ => Trouble::Driver(QUIRKS[chance.random_range(0..QUIRKS.len())]),
    }
}
