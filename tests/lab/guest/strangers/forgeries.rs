//! Frames in an access point's name, to a station that is connected to it: beacons that say something else than
//! its own, and action frames of every category. The same frames in every play.

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

use super::frames::{ACTION, BEACON, RSN, announcement_with, element, id, management};
use macveil_testkit::air::Mac;

/// The access point in whose name a stranger speaks.
pub struct Victim {
    pub bssid: Mac,
    pub ssid: Vec<u8>,
    pub channel: u8,
}

impl Victim {
    /// A beacon like its own, with other elements behind them.
    fn beacon(&self, ssid: &[u8], security: &[u8], more: &[u8]) -> Vec<u8> {
        let more = [security, more].concat();
        announcement_with(
            BEACON,
            Mac::BROADCAST,
            self.bssid,
            ssid,
            self.channel,
            &more,
        )
    }

    /// A beacon that announces a channel switch in `count` beacons (IEEE 802.11-2020, 9.4.2.18).
    pub fn channel_switch(&self, channel: u8, count: u8) -> Vec<u8> {
        self.beacon(
            &self.ssid,
            &element(id::RSN, &RSN),
            &element(id::CHANNEL_SWITCH, &[0, channel, count]),
        )
    }

    /// One beacon of each kind.
    pub fn beacons(&self) -> Vec<Vec<u8>> {
        let secure = element(id::RSN, &RSN);
        let mut sae = RSN;
        sae[17] = 8;
        let owe_transition = [b"\x50\x6f\x9a\x1c", &self.bssid.0[..], b"\x04Cafe"].concat();
        let more = [
            element(id::HT_OPERATION, &[[11, 5].as_slice(), &[0; 20]].concat()),
            element(id::COUNTRY, b"JP \x01\x0b\x01"),
            element(id::POWER_CONSTRAINT, &[255]),
            element(id::QUIET, &[1, 1, 0xff, 0xff, 0, 0]),
            element(id::TIM, &[&[0, 1, 1][..], &[0xff; 250]].concat()),
            element(id::MULTIPLE_BSSID, &[1, 0, 4, 83, 2, 0, 0]),
            element(id::VENDOR, &owe_transition),
            element(id::EXTENDED_CHANNEL_SWITCH, &[1, 0, 0, 200]),
        ];
        let mut beacons: Vec<_> = more
            .iter()
            .map(|more| self.beacon(&self.ssid, &secure, more))
            .collect();
        beacons.extend([
            self.beacon(b"", &secure, &[]),
            self.beacon(&vec![0; self.ssid.len()], &secure, &[]),
            self.beacon(b"Cafe", &[], &[]),
            self.beacon(&self.ssid, &[], &[]),
            self.beacon(&self.ssid, &element(id::RSN, &sae), &[]),
            self.beacon(&self.ssid, &element(id::RSN, &[1, 0]), &[]),
        ]);
        beacons
    }

    /// Action frames of all categories, with valid beginnings for some and with noise.
    pub fn actions(&self, to: Mac, rng: &mut StdRng) -> Vec<Vec<u8>> {
        let valid: [&[u8]; 16] = [
            // Spectrum management: a measurement request, a channel switch, which the station must not follow twice.
            &[0, 0, 1, 38, 14, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0],
            // QoS map.
            &[
                1, 4, 110, 16, 0, 7, 8, 15, 16, 23, 24, 31, 32, 39, 40, 47, 48, 55, 56, 63,
            ],
            // Block Ack: an agreement is offered and ended.
            &[3, 0, 1, 2, 0x10, 0, 0, 0, 0],
            &[3, 2, 0, 0x08, 1, 0],
            // Public: GAS initial and comeback responses.
            &[4, 11, 1, 0, 0, 0, 0, 108, 2, 127, 0, 0, 0],
            &[4, 13, 1, 0, 0, 0, 0, 0, 108, 2, 127, 0, 0, 0],
            // Radio measurement: link measurement request, neighbor report response, LCI request.
            &[5, 2, 1, 0, 0],
            &[5, 5, 1, 52, 13, 2, 0, 0, 0, 9, 9, 0, 0, 0, 0, 81, 1, 7],
            &[5, 0, 1, 0, 0, 38, 4, 1, 0, 8, 0],
            // Fast BSS transition response.
            &[6, 2, 2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 9, 9, 0, 0],
            // SA Query request.
            &[8, 0, 1, 2],
            // Wireless network management: event request, sleep mode response, notification.
            &[10, 0, 1, 78, 3, 1, 0, 0],
            &[10, 17, 1, 0, 0, 93, 4, 0, 0, 0, 0],
            &[10, 26, 1, 1, 221, 5, 0x50, 0x6f, 0x9a, 0, 0],
            // TDLS discovery request, VHT operating mode.
            &[12, 10, 1],
            &[21, 2, 0],
        ];
        let mut bodies: Vec<Vec<u8>> = valid.iter().map(|body| body.to_vec()).collect();
        for category in (0..=30).chain([126, 127, 255]) {
            let mut noise = vec![0; rng.random_range(1..60)];
            rng.fill_bytes(&mut noise);
            noise[0] %= 32;
            bodies.push([&[category][..], &noise].concat());
        }
        bodies
            .iter()
            .map(|body| management(ACTION, to, self.bssid, self.bssid, body))
            .collect()
    }
}

pub fn chance() -> StdRng {
    StdRng::seed_from_u64(1)
}
