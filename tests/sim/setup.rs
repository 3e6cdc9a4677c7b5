//! Worlds to begin with.

use macveil_core::address::{
    AddressFacts, AddressPolicies, ConnectionOptions, NetworkFacts, NetworkMatch, NetworkRule,
    Origin, Policy, Sourced,
};
use macveil_core::machine::iwd::KnownNetwork;
use macveil_core::types::{KeyMgmt, Mac, Ssid};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::world::{
    AccessPoint, Backend, Driver, Network, PERMANENT, Quirk, World, network_id, policies,
    policies_of,
};

/// A network of the user's in which the card is the access point.
pub const HOTSPOT: &str = "mine";
const HOTSPOT_ID: u32 = 9;

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

/// A second access point of a network's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// It sees the same address as the first one.
    Same,
    /// A rule for its BSSID gives it an address of its own.
    Own,
}

/// The address that the second access point of the site with this number sees, if it has its own.
const fn address_of_second_access_point(number: u8) -> Mac {
    Mac([0x06, 2, 2, 2, 2, number])
}

const fn bssid_of_second(number: u8) -> Mac {
    Mac([0x02, 0, 0, 0, number, 2])
}

/// A network of the user's, with an access point of it, and the address that it is to get.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    pub name: &'static str,
    pub channel: u32,
    pub policy: Policy,
    pub hidden: bool,
    pub open: bool,
    /// Open for those that cannot do OWE, with a hidden half for those that can, as the user's network does.
    pub owe: bool,
    pub second: Option<Second>,
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
            owe: false,
            second: None,
            priority: 0,
        }
    }

    /// Of the access point.
    const fn way(&self) -> KeyMgmt {
        if self.open || self.owe {
            KeyMgmt::Open
        } else {
            KeyMgmt::Psk
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
        ap.hidden = place.hidden && !place.owe;
        ap.way = place.way();
        world.access_points.push(ap);
        world.supplicant.networks.push(Network {
            hidden: place.hidden && !place.owe,
            priority: place.priority,
            way: if place.owe { KeyMgmt::Owe } else { place.way() },
            ..Network::new(u32::from(number), ssid.clone())
        });
    }
    add_second_access_points(&mut world, places);
    for (number, place) in places.iter().enumerate().filter(|(_, place)| place.owe) {
        world.add_owe_half(number, &half_of(place.name));
    }
    world.supplicant.networks.push(Network {
        enabled: false,
        is_hotspot: true,
        ..Network::new(HOTSPOT_ID, ssid(HOTSPOT))
    });
    let rules = places.iter().map(|it| rule(&ssid(it.name), it.policy));
    let policies = policies(
        rules_for_second_access_points(places)
            .chain(rules)
            .collect(),
    );
    promise_to(&mut world, places, &policies);
    world.daemon.policies = policies;
    world
}

/// The same with iwd, which may make an interface of its own.
pub fn world_of_iwd(seed: u64, driver: Driver, places: &[Site], owns_interface: bool) -> World {
    let mut world = world(seed, driver, places);
    world.backend = Backend::Iwd;
    world.iwd.creates_interface = owns_interface;
    world.air.is_cut_off = true;
    let bound = world.daemon.policies.clone().bound_to_card();
    world.air.promise.assigned.clear();
    promise_to(&mut world, places, &bound);
    let mut places: Vec<_> = places.iter().collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.priority));
    let files = places.into_iter().map(|place| KnownNetwork {
        id: network_id(&ssid(place.name), place.way()),
        autoconnect: true,
        hidden: place.hidden,
        address: None,
        problem: None,
    });
    world.iwd.files = files.collect();
    world
}

/// An Ethernet interface.
pub fn world_of_wire(seed: u64, driver: Driver, policy: Policy, plugged: bool) -> World {
    let mut world = World::new(seed, driver);
    world.backend = Backend::Ethernet;
    world.wire_is_there(plugged);
    let policies = policies_by_default(policy);
    let promise = &mut world.air.promise;
    promise.permanent = Some(PERMANENT);
    promise.is_permanent_on_wire = matches!(policy, Policy::Permanent | Policy::Preserve);
    promise.is_random_on_wire = policy == Policy::Random;
    if !promise.is_permanent_on_wire && !promise.is_random_on_wire {
        let mut rng = StdRng::seed_from_u64(0);
        let address = policies.assign(&NetworkFacts::default(), &card(), &mut rng);
        promise
            .assigned
            .insert(address.unwrap(), [ssid("wire")].into());
    }
    world.daemon.policies = policies;
    world
}

fn policies_by_default(policy: Policy) -> AddressPolicies {
    let options = ConnectionOptions {
        policy: Some(said(policy)),
        ..ConnectionOptions::default()
    };
    policies_of(Vec::new(), options)
}

/// What the hidden half of this network is called.
fn half_of(name: &str) -> Ssid {
    ssid(&format!("{name}-owe"))
}

fn promise_to(world: &mut World, places: &[Site], policies: &AddressPolicies) {
    promise_to_second_access_points(world, places);
    let promise = &mut world.air.promise;
    promise.permanent = Some(PERMANENT);
    for (number, place) in (1_u8..).zip(places) {
        let name = ssid(place.name);
        if place.hidden && !place.owe {
            promise.hidden.insert(name.clone());
        }
        if place.owe {
            promise.hidden.insert(half_of(place.name));
            promise.halves.insert(half_of(place.name), name.clone());
        }
        // wpa_supplicant joins an open access point of the name, too, unless the network has `owe_only`.
        let half = place.owe.then(|| half_of(place.name));
        let names = [name.clone()].into_iter().chain(half);
        match place.policy {
            Policy::Permanent | Policy::Preserve => promise.trusted.extend(names),
            Policy::Random => promise.random.extend(names),
            _ => {
                let way = if place.owe {
                    KeyMgmt::Owe
                } else {
                    KeyMgmt::Psk
                };
                let facts = NetworkFacts {
                    bssid: Some(Mac([0x02, 0, 0, 0, number, 0])),
                    ..NetworkFacts::new(&name).with_security(way)
                };
                let mut rng = StdRng::seed_from_u64(0);
                let address = policies.assign(&facts, &card(), &mut rng).unwrap();
                promise.assigned.entry(address).or_default().extend(names);
            }
        }
    }
}

/// The sites with two access points, and their numbers.
fn second_access_points(places: &[Site]) -> impl Iterator<Item = (u8, &Site, Second)> {
    let numbered = (1_u8..).zip(places);
    numbered.filter_map(|(number, place)| Some((number, place, place.second?)))
}

/// On another channel.
fn add_second_access_points(world: &mut World, places: &[Site]) {
    for (number, place, _) in second_access_points(places) {
        let first = &world.access_points[usize::from(number) - 1];
        let mut second = first.clone();
        second.name = format!("{}2", place.name);
        second.bssid = bssid_of_second(number);
        second.frequency = if place.channel == 2462 { 2412 } else { 2462 };
        second.signal = -60;
        world.access_points.push(second);
    }
}

fn rules_for_second_access_points(places: &[Site]) -> impl Iterator<Item = NetworkRule> {
    let own = second_access_points(places).filter(|(.., second)| *second == Second::Own);
    own.map(|(number, place, _)| {
        let mut rule = rule(
            &ssid(place.name),
            Policy::Explicit(address_of_second_access_point(number)),
        );
        rule.about.bssids.push(bssid_of_second(number));
        rule
    })
}

fn promise_to_second_access_points(world: &mut World, places: &[Site]) {
    let promise = &mut world.air.promise;
    for (number, place, _) in
        second_access_points(places).filter(|(.., second)| *second == Second::Own)
    {
        let (address, bssid) = (
            address_of_second_access_point(number),
            bssid_of_second(number),
        );
        let names = promise.assigned.entry(address).or_default();
        names.insert(ssid(place.name));
        promise.seen_by.entry(address).or_default().insert(bssid);
        promise.apart.insert(bssid);
    }
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
