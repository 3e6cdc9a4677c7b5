//! Random bad days, one for each seed.

pub mod iwd;
mod wire;

use std::time::Duration;

use macveil_core::address::Policy;
use macveil_core::machine::OnFailure;
use macveil_core::types::Mac;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustix::io::Errno;

use super::{ASKS, Begins, Day, Hour, NAMES, QUIRKS, Trouble};
use crate::setup::{Second, Site};
use crate::world::{Backend, Driver, Fault, FaultAt, Quirk};

const CHANNELS: [u32; 4] = [2412, 2437, 2462, 5180];
/// A day may have as many.
const ACTIONS: u64 = 250;
const ERRNOS: [Errno; 5] = [
    Errno::BUSY,
    Errno::IO,
    Errno::OPNOTSUPP,
    Errno::RFKILL,
    Errno::NOBUFS,
];

impl Day {
    pub fn random(backend: Backend, seed: u64) -> Self {
        match backend {
            Backend::Wpa => Self::of_seed(seed),
            Backend::Iwd => iwd::of_seed(seed),
            Backend::Ethernet => wire::of_seed(seed),
        }
    }

    pub fn of_seed(seed: u64) -> Self {
        let mut chance = StdRng::seed_from_u64(seed ^ 0x5eed);
        let mut sites = sites(&mut chance);
        for site in &mut sites {
            site.second = second(&mut chance);
        }
        let driver = Driver {
            random_address: chance.random(),
            live_change: chance.random_ratio(1, 3),
            quirk: Quirk::None,
        };
        let on_failure = on_failure(&mut chance);
        let faults = faults(&mut chance);
        let count = sites.len();
        let hours = hours(&mut chance, |chance| trouble(chance, count));
        Self {
            seed,
            backend: Backend::Wpa,
            owns_interface: false,
            driver,
            on_failure,
            begins: Begins::Macveil,
            faults,
            hours,
            sites,
        }
    }
}

fn on_failure(chance: &mut StdRng) -> OnFailure {
    if chance.random_ratio(1, 12) {
        OnFailure::Open
    } else {
        OnFailure::Closed
    }
}

fn hours(chance: &mut StdRng, trouble: impl Fn(&mut StdRng) -> Trouble) -> Vec<Hour> {
    let first = Hour {
        pause: Duration::from_millis(chance.random_range(20..3_000)),
        trouble: Trouble::Nothing,
    };
    let count = chance.random_range(3..25);
    let more = std::iter::repeat_with(|| hour(chance, &trouble)).take(count);
    std::iter::once(first).chain(more).collect()
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
        owe: chance.random_ratio(1, 8),
        second: None,
        priority: chance.random_range(0..3),
    };
    NAMES[..count].iter().copied().map(site).collect()
}

fn second(chance: &mut StdRng) -> Option<Second> {
    match chance.random_range(0..6) {
        0 => Some(Second::Same),
        1 => Some(Second::Own),
        _ => None,
    }
}

fn faults(chance: &mut StdRng) -> Vec<FaultAt> {
    let count = chance.random_range(0..4);
    let fault = || fault(chance, ACTIONS);
    std::iter::repeat_with(fault).take(count).collect()
}

/// Something that goes wrong at one of the first so many actions.
pub fn fault(chance: &mut StdRng, actions: u64) -> FaultAt {
    let span = Duration::from_millis(chance.random_range(1..5_000));
    FaultAt {
        action: chance.random_range(0..actions),
        fault: match chance.random_range(0..11) {
            0 => Fault::Refused(ERRNOS[chance.random_range(0..ERRNOS.len())]),
            1 => Fault::DoneButRefused,
            2 => Fault::NotDone,
            3 => Fault::Slow(span),
            4 => Fault::Slow(span * 10),
            5 => Fault::DiesBefore(span),
            6 if span.as_millis().is_multiple_of(2) => Fault::StoppedAfter(span),
            6 => Fault::DiesAfter(span),
            7 => Fault::ThenUntold(span),
            8 => Fault::ThenDoubled(span),
            9 => Fault::ThenShuffled(span),
            _ => Fault::ThenDeaf(span),
        },
    }
}

fn hour(chance: &mut StdRng, trouble: impl Fn(&mut StdRng) -> Trouble) -> Hour {
    let longest = if chance.random_ratio(1, 3) {
        60_000
    } else {
        3_000_000
    };
    let pause = chance.random_range(0..longest) * chance.random_range(1..10);
    Hour {
        pause: Duration::from_micros(pause),
        trouble: trouble(chance),
    }
}

fn trouble(chance: &mut StdRng, sites: usize) -> Trouble {
    let site = chance.random_range(0..sites);
    let place = if chance.random_ratio(1, 4) {
        NAMES.len() + site
    } else {
        site
    };
    let span = Duration::from_millis(chance.random_range(1..20_000));
    match chance.random_range(0..47) {
        0..3 => Trouble::Goes(place, chance.random()),
        3..6 => Trouble::Returns(place),
        6 => Trouble::Kicks(place),
        43 | 44 => Trouble::Weakens(place),
        45 => Trouble::Strengthens(place),
        46 => Trouble::UserRoams(place),
        7 => Trouble::Refuses(site, chance.random()),
        8 | 41 => Trouble::SupplicantDies,
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
        23 => Trouble::Shuffles(chance.random()),
        24 => Trouble::UserSelects(site),
        25 => Trouble::SupplicantStalls(span / 4),
        26 => Trouble::Asks(site),
        27 => Trouble::Steers(site),
        28 => Trouble::KernelLeaves,
        29 if chance.random() => Trouble::UserAddsHotspot,
        29 => Trouble::UserStartsHotspot,
        30 => Trouble::ConnectsWithIw(site),
        31 => Trouble::SupplicantStartsElsewhere,
        32..34 => Trouble::StrangerInvents(chance.random()),
        34..36 => Trouble::StrangerImitates(site, chance.random()),
        36 => Trouble::StrangerLeaves,
        37 => Trouble::StartRefused(span / 2),
        38..41 => Trouble::Asked(ASKS[chance.random_range(0..ASKS.len())]),
        _ => Trouble::Driver(QUIRKS[chance.random_range(0..QUIRKS.len())]),
    }
}
