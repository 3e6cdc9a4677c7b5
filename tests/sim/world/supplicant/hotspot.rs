//! A network in which the card is an access point: wpa_supplicant starts it as soon as it is selected, under the
//! address that the card has then. Parked, it is a network of a station, which is never found.

use std::time::Duration;

use macveil_core::machine::wpa::{self, OtherMode};

use super::{Condition, Due, Happening, World};
use crate::promise::What;

const BEACON_INTERVAL: Duration = Duration::from_millis(102);

impl World {
    pub(super) fn park_hotspots(&mut self) {
        let networks = self.supplicant.networks.iter();
        let hotspots = networks.filter(|it| it.is_hotspot).map(|it| it.id);
        self.supplicant.settings.parked = hotspots.collect();
    }

    /// What begins if the supplicant is to connect, before it searches for anything else.
    fn hotspot_to_start(&self) -> Option<u32> {
        let parked = &self.supplicant.settings.parked;
        let networks = self.supplicant.networks.iter();
        let mut enabled = networks.filter(|it| it.enabled);
        let network = enabled.find(|it| it.is_hotspot && !parked.contains(&it.id));
        network.map(|it| it.id)
    }

    /// Says whether there is one.
    pub(super) fn hotspot_starts(&mut self) -> bool {
        let Some(id) = self.hotspot_to_start() else {
            return false;
        };
        let (pause, life) = (self.micros(2_000, 15_000), self.supplicant.life);
        let due = Due::BecomesAccessPoint(life, id);
        self.after(pause, Happening::Supplicant(due));
        true
    }

    /// The kernel takes the link down to change the card's type, and brings it up again.
    pub(super) fn become_access_point(&mut self, id: u32) {
        let supplicant = &self.supplicant;
        let is_idle = matches!(supplicant.phase, Condition::Idle | Condition::Scanning);
        if supplicant.disconnected
            || !supplicant.knows_link_is_up
            || !self.kernel.exists
            || !is_idle
            || self.hotspot_to_start() != Some(id)
            || self.kernel.rfkill
        {
            return;
        }
        let was_up = self.kernel.link.up;
        self.interface_is_gone();
        self.kernel.link.up = was_up;
        self.supplicant.serves = true;
        self.air.has_outlived_daemon = self.daemon.is_away(self.now);
        self.note_line(|| "wpa_supplicant is an access point".to_owned());
        // hostapd's part begins.
        let first = self.micros(15_000, 100_000);
        let due = Due::Beacons(self.supplicant.life);
        self.after(first, Happening::Supplicant(due));
    }

    pub(super) fn hotspot_beacons(&mut self) {
        if self.supplicant.serves {
            if self.kernel.link.up {
                self.send(self.kernel.link.address, What::Beacon);
            }
            let due = Due::Beacons(self.supplicant.life);
            self.after(BEACON_INTERVAL, Happening::Supplicant(due));
        }
    }

    /// The card is a station again.
    pub(super) fn hotspot_ends(&mut self) {
        if !std::mem::take(&mut self.supplicant.serves) {
            return;
        }
        self.kernel.exists = true;
        self.air.hotspot_ordered = None;
        self.air.has_outlived_daemon = false;
        let pause = self.micros(200, 2_000);
        let life = self.daemon.life();
        self.after(pause, Happening::Interface(life));
        self.program_brings_link_up();
    }

    /// The only network that is enabled from now on.
    pub fn user_starts_hotspot(&mut self) {
        let networks = self.supplicant.networks.iter();
        let mut hotspots = networks.filter(|it| it.is_hotspot);
        if let Some(ssid) = hotspots.next().map(|it| it.ssid.clone()) {
            self.user_selects(&ssid);
        }
    }

    /// The same with a network that macveil has not seen as a hotspot: `set_network 9 mode 2` comes before.
    pub fn user_adds_hotspot(&mut self) {
        self.supplicant.settings.parked.clear();
        self.user_starts_hotspot();
    }

    pub(super) fn start_hotspot(&mut self, id: u32) {
        self.air.hotspot_ordered = Some(self.now);

        self.supplicant.settings.parked.retain(|it| *it != id);
        self.supplicant.disconnected = false;
        for network in &mut self.supplicant.networks {
            network.enabled = network.id == id;
        }
        self.hotspot_starts();
    }

    /// What is to begin, if no network of a station is enabled.
    pub(super) fn other_mode(&self) -> Option<OtherMode> {
        let networks = self.supplicant.networks.iter();
        let mut enabled = networks.filter(|it| it.enabled);
        let first = enabled.next().filter(|it| it.is_hotspot)?;
        enabled
            .all(|it| it.is_hotspot)
            .then(|| OtherMode::AccessPoint {
                id: first.id,
                ssid: Some(first.ssid.clone()),
            })
    }

    /// Every network of a station is enabled again, and no hotspot.
    pub fn user_ends_hotspot(&mut self) {
        self.hotspot_ends();
        let mut are_changed = false;
        for network in &mut self.supplicant.networks {
            are_changed |= network.enabled == network.is_hotspot;
            network.enabled = !network.is_hotspot;
        }
        if self.supplicant.running && are_changed {
            self.say(wpa::Supplicant::NetworksChanged);
        }
    }
}
