//! A stranger with a radio: beacons of access points that do not exist, and of an impostor.

use std::time::Duration;

use macveil_core::types::{Frequency, KeyMgmt, Mac, Ssid};
use rand::RngExt;

use super::kernel::Bss;
use super::{AccessPoint, PERMANENT, World};
use crate::promise::What;
use crate::setup::ssid;

/// On each channel, each time that it is visited.
const INVENTED: usize = 3;
const IMPOSTOR: u8 = 0x66;
/// Longer than macveil waits for it.
const TO_BE_HEARD_OF: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub struct Stranger {
    /// It sends beacons without an SSID, each from another BSSID.
    pub invents: bool,
}

impl World {
    /// It answers each frame of the card with an action frame that no program wants. A P2P device that runs returns
    /// it, but for the time that macveil needs to hear that it runs.
    pub(super) fn stranger_tries_p2p_device(&mut self, what: &What) {
        let Some(since) = self.kernel.p2p_device_since else {
            return;
        };
        let since = since.max(self.daemon.busy_until());
        let is_heard_of = self.now.saturating_sub(since) > TO_BE_HEARD_OF;
        if is_heard_of && !self.air.unattended && !self.air.is_out_of_reach {
            self.note_broken(PERMANENT, what, "a P2P device answers a stranger");
        }
    }

    pub(super) fn hear_stranger(&mut self, frequency: Frequency) {
        if !self.stranger.invents {
            return;
        }
        for _ in 0..INVENTED {
            let mut bytes: [u8; 6] = self.chance.random();
            bytes[0] = 0x0e;
            self.kernel.bss.push(Bss {
                bssid: Mac(bytes),
                ssid: Ssid::wildcard(),
                frequency,
                heard: self.now,
            });
        }
    }

    /// Another access point of that name, with a stronger signal; what it knows of the passphrase is wrong.
    pub fn stranger_imitates(&mut self, site: usize, is_open: bool) {
        let Some(original) = self.access_points.get(site) else {
            return;
        };
        if original.is_impostor {
            return;
        }
        let name = original.name.clone();
        let frequency = original.frequency;
        let number = IMPOSTOR + site as u8;
        let mut impostor = AccessPoint::new(&name, number, &ssid(&name), frequency);
        let is_there = |it: &AccessPoint| it.bssid == impostor.bssid;
        if self.access_points.iter().any(is_there) {
            return;
        }
        impostor.signal = -30;
        impostor.fast = true;
        impostor.passphrase.push_str("guessed");
        impostor.is_impostor = true;
        impostor.way = if is_open { KeyMgmt::Open } else { KeyMgmt::Psk };
        self.access_points.push(impostor);
    }

    /// Its access points go, one that it is connected to last.
    pub fn stranger_leaves(&mut self) {
        self.stranger.invents = false;
        for index in 0..self.access_points.len() {
            if self.access_points[index].is_impostor {
                self.access_point_goes(index, false);
            }
        }
    }
}
