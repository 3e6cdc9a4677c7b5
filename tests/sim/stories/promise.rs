//! What the promise is in a story: which addresses its networks may see.

use std::time::Duration;

use macveil_core::address::{AddressFacts, NetworkFacts};
use macveil_core::types::{Mac, Ssid};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::player::Player;
use crate::world::{Network, PERMANENT, World};

/// An address that is another one by then changes with time.
const LATER: Duration = Duration::from_secs(100 * 24 * 3600);

impl Player {
    /// By the configuration as it is now: what was promised before still holds of an association that
    /// goes on.
    pub fn promise(&mut self) {
        self.world.air.promise.permanent = Some(PERMANENT);
        for network in self.world.supplicant.networks.clone() {
            self.promise_to(&network);
        }
    }

    pub(super) fn promise_to(&mut self, network: &Network) {
        let ssid = &network.ssid;
        if network.hidden {
            self.world.air.promise.hidden.insert(ssid.clone());
        }
        let aps = self.world.access_points.iter();
        let bssids: Vec<_> = aps
            .filter(|ap| ap.ssid == *ssid && ap.way == network.way)
            .map(|ap| ap.bssid)
            .collect();
        for bssid in bssids {
            let facts = NetworkFacts {
                bssid: Some(bssid),
                id_str: Some(&network.id_str),
                ..NetworkFacts::new(ssid).with_security(network.way)
            };
            allow(&mut self.world, ssid, bssid, &facts);
        }
    }
}

fn allow(world: &mut World, ssid: &Ssid, bssid: Mac, facts: &NetworkFacts) {
    let card = AddressFacts {
        permanent: Some(PERMANENT),
        initial: world.daemon.initial().unwrap_or(world.kernel.link.address),
        current: world.kernel.link.address,
        previous: None,
    };
    let policies = &world.daemon.policies;
    let mut chance = StdRng::seed_from_u64(0);
    let mut at = |wall| {
        let facts = NetworkFacts {
            time: Some(wall),
            ..*facts
        };
        policies.assign(&facts, &card, &mut chance).ok()
    };
    let now = world.clocks().wall;
    let (address, later) = (at(now), at(now + LATER));
    let rotates = policies
        .resolve(facts)
        .is_ok_and(|it| it.rotates().is_some());
    let promise = &mut world.air.promise;
    let is_fixed = !rotates && address == later;
    if let Some(address) = address.filter(|_| is_fixed) {
        promise.seen_by.entry(address).or_default().insert(bssid);
    }
    match address {
        None => {}
        Some(PERMANENT) => drop(promise.trusted.insert(ssid.clone())),
        _ if rotates || address != later => drop(promise.random.insert(ssid.clone())),
        Some(address) => {
            let networks = promise.assigned.entry(address);
            networks.or_default().insert(ssid.clone());
        }
    }
}
