//! Worlds to begin with.

use macveil_core::address::{
    AddressFacts, ConnectionOptions, NetworkFacts, NetworkMatch, NetworkRule, Origin, Policy,
    Sourced,
};
use macveil_core::types::{KeyMgmt, Mac, Ssid};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::world::{AccessPoint, Driver, Network, PERMANENT, Quirk, World, policies};

pub fn ssid(name: &str) -> Ssid {
    Ssid::new(name.as_bytes()).unwrap()
}

pub fn driver(quirk: Quirk) -> Driver {
    Driver {
        random_address: true,
        live_change: false,
        quirk,
    }
}

/// A network of the user's, with an access point of it, and the address that it is to get.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    pub name: &'static str,
    pub channel: u32,
    pub policy: Policy,
    pub hidden: bool,
    pub open: bool,
    pub priority: i32,
}

impl Site {
    pub const fn home() -> Self {
        Self {
            name: "home",
            channel: 2437,
            policy: Policy::StableSsid,
            hidden: false,
            open: false,
            priority: 0,
        }
    }
}

fn said<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::BuiltIn,
    }
}

/// A world of these places, in which nothing runs yet.
pub fn world(seed: u64, driver: Driver, places: &[Site]) -> World {
    let mut world = World::new(seed, driver);
    for (number, place) in (1_u8..).zip(places) {
        let ssid = ssid(place.name);
        let mut ap = AccessPoint::new(place.name, number, &ssid, place.channel);
        ap.hidden = place.hidden;
        let way = if place.open {
            KeyMgmt::Open
        } else {
            KeyMgmt::Psk
        };
        ap.way = way;
        world.access_points.push(ap);
        world.supplicant.networks.push(Network {
            hidden: place.hidden,
            priority: place.priority,
            way,
            ..Network::new(u32::from(number), ssid.clone())
        });
    }
    let rules = places.iter();
    let policies = policies(rules.map(|it| rule(&ssid(it.name), it.policy)).collect());
    world.daemon.policies = policies.clone();
    let promise = &mut world.air.promise;
    promise.permanent = Some(PERMANENT);
    for place in places {
        let ssid = ssid(place.name);
        if place.hidden {
            promise.hidden.insert(ssid.clone());
        }
        match place.policy {
            Policy::Permanent | Policy::Preserve => {
                promise.trusted.insert(ssid);
            }
            Policy::Random => {
                promise.random.insert(ssid);
            }
            _ => {
                let facts = NetworkFacts::new(&ssid).with_security(KeyMgmt::Psk);
                let mut rng = StdRng::seed_from_u64(0);
                let address = policies.assign(&facts, &card(), &mut rng).unwrap();
                let networks = promise.assigned.entry(address);
                networks.or_default().insert(ssid);
            }
        }
    }
    world
}

fn rule(ssid: &Ssid, policy: Policy) -> NetworkRule {
    NetworkRule {
        about: NetworkMatch {
            ssids: vec![ssid.clone()],
            ..NetworkMatch::default()
        },
        options: ConnectionOptions {
            policy: Some(said(policy)),
            ..ConnectionOptions::default()
        },
        origin: Origin::BuiltIn,
    }
}

const fn card() -> AddressFacts {
    AddressFacts {
        permanent: Some(PERMANENT),
        initial: PERMANENT,
        current: Mac([2, 0, 0, 0, 0, 9]),
        previous: None,
    }
}
